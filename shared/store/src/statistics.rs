//! Statistics: what the events add up to. Written behind requests, from the table's stream; each event is counted once,
//! by a mark in the transaction that adds it.
//!
//! They lie in generations, of which one is read and counted into. While the next is rebuilt from all events,
//! everything that happens is counted into both; then the next takes its place (`docs/decisions/0019-statistics.md`).
//! Reading asks for both and for which of them counts, all at once.

mod rebuild;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};
use sprintsync_domain::{Day, DayCounts, Durations, Statistics, Status, TaskCounts, Timestamp, UserId, Version};
use sprintsync_observe::branch;

use crate::call::{Condition, Outcome, Walk};
use crate::item::{self, Happened, Head, Kind, Sums};
use crate::key::{self, Item, Key};
use crate::{Error, Order, Store};

pub use rebuild::Rebuilt;

/// Events of one transaction: each is a mark, and adds to four items of its own and four of everybody's at most, of a
/// hundred that a transaction may have.
const AT_ONCE: usize = 16;
/// Days after which an event is certainly not delivered again: a stream keeps its records for one.
const MARKED_DAYS: i64 = 30;
/// Marks that were put by others meanwhile make another attempt with what is left.
const ATTEMPTS: usize = 8;

/// An event that can be counted.
#[derive(Debug, Clone)]
pub struct Countable {
    event: Key,
    adds: Statistics,
}

impl Countable {
    /// What an item of the stream adds to the statistics; nothing, where it is no event or adds nothing.
    ///
    /// # Errors
    /// It is an event that cannot be read.
    pub fn read(item: Item) -> Result<Option<Self>, Error> {
        let event = Key::of(&item).ok_or(Error::Corrupt("an item without a key"))?;
        let adds = match Happened::of(item)? {
            None => return Ok(None),
            Some(Happened::Task(event)) => {
                Statistics::of(&event).ok_or(Error::Corrupt("an event that says nothing of its task"))?
            }
            Some(Happened::Account(event)) => Statistics::of_account(&event),
        };
        Ok((!adds.is_empty()).then_some(Self { event, adds }))
    }
}

/// Everybody's sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// People with an account.
    pub users: i64,
    /// Their tasks and minutes.
    pub all: TaskCounts,
    /// How long tasks had each status before they got another one, in the order of the statuses.
    pub durations: [Durations; 3],
}

/// What each person did on each of some days.
pub type Days = BTreeMap<(Day, UserId), DayCounts>;

/// Which generation counts, and what of the next is done.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct StateBody {
    current: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    emptying: Option<Emptying>,
}

/// The generation whose partition is being emptied, and what for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Emptying {
    /// It is the next: nothing of an older one may be counted with it.
    Before(u32),
    /// It stands for the one that was read until now, and is not any more.
    After(u32),
}

struct State {
    body: StateBody,
    version: Version,
    item: Item,
}

/// What became of a few events.
enum Counted {
    /// All of them are counted.
    All,
    /// Another counted one of them meanwhile.
    Again,
    /// This generation counts no more.
    NotHere,
}

#[derive(Serialize, Deserialize)]
struct CountedBody {}

impl Kind for CountedBody {
    const TYPE: &'static str = "counted";
}

impl Kind for StateBody {
    const TYPE: &'static str = "statistics";
}

impl Store {
    async fn statistics_state(&self) -> Result<Option<State>, Error> {
        let Some(item) = self.get(key::statistics()).await? else { return Ok(None) };
        let decoded = item::decode::<StateBody>(item.clone())?;
        Ok(Some(State { body: decoded.body, version: decoded.version, item }))
    }

    /// Counts events, each once however often it is handed over and by however many at once.
    pub async fn count_events(&self, events: &[Countable]) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        for _ in 0..ATTEMPTS {
            let state = self.statistics_state().await?.map(|state| state.body);
            let current = state.map_or(0, |state| state.current);
            let mut counted = true;
            for generation in [Some(current), state.and_then(|state| state.next)].into_iter().flatten() {
                counted &= self.count_into(generation, events).await?;
            }
            if counted {
                return Ok(());
            }
        }
        Err(Error::Busy(None))
    }

    /// Counts into one generation. Says whether it is still one that counts.
    async fn count_into(&self, generation: u32, events: &[Countable]) -> Result<bool, Error> {
        for events in events.chunks(AT_ONCE) {
            let mut attempts = 0;
            loop {
                match self.count_some(generation, events).await? {
                    Counted::All => break,
                    Counted::NotHere => return Ok(false),
                    Counted::Again if attempts < ATTEMPTS => attempts += 1,
                    Counted::Again => return Err(Error::Busy(None)),
                }
            }
        }
        Ok(true)
    }

    /// Counts those of a few events that are not counted yet.
    async fn count_some(&self, generation: u32, events: &[Countable]) -> Result<Counted, Error> {
        let mut marks: BTreeMap<String, (Key, &Statistics)> = BTreeMap::new();
        for event in events {
            let mark = key::counted(generation, &event.event);
            marks.insert(mark.pk.clone(), (mark, &event.adds));
        }
        let keys: Vec<Key> = marks.values().map(|(mark, _)| mark.clone()).collect();
        let seen = self.get_each(&keys).await?;
        let fresh = marks.into_values().zip(seen).filter(|(_, seen)| seen.is_none()).map(|(mark, _)| mark);
        let (now, write_id) = (self.world.now(), self.write_id());
        let (mut sum, mut actions) = (Statistics::default(), Vec::new());
        for (mark, adds) in fresh {
            sum += adds.clone();
            let mut head = Head::once(mark, now, None, &write_id);
            head.ttl = Some(now.plus_seconds(MARKED_DAYS * 86_400));
            actions.push(self.put(item::encode(head, &CountedBody {})?, Condition::NotExists)?);
        }
        if actions.is_empty() {
            return Ok(Counted::All);
        }
        for (key, sums) in sums_of(generation, &sum) {
            actions.extend(self.adding(&key, sums, now)?);
        }
        actions.push(self.counts(generation)?);
        Ok(match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Counted::All,
            Outcome::Failed(failed) if failed.last().is_some_and(Option::is_some) => Counted::NotHere,
            Outcome::Failed(_) => Counted::Again,
        })
    }

    /// The generation is one that is counted into: another that had its partition may be counted no more.
    fn counts(&self, generation: u32) -> Result<TransactWriteItem, Error> {
        let among = "#current = :generation OR #next = :generation";
        let condition = match generation {
            0 => format!("attribute_not_exists(pk) OR {among}"),
            _ => among.to_owned(),
        };
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key::statistics().attributes()))
            .condition_expression(condition)
            .expression_attribute_names("#current", "current")
            .expression_attribute_names("#next", "next")
            .expression_attribute_values(":generation", AttributeValue::N(generation.to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// Adds numbers to an item, which is made where it is not there.
    fn adding(&self, key: &Key, sums: Sums, now: Timestamp) -> Result<Option<TransactWriteItem>, Error> {
        let sums: Sums = sums.into_iter().filter(|(_, sum)| *sum != 0).collect();
        if sums.is_empty() {
            return Ok(None);
        }
        let added: Vec<String> = (0..sums.len()).map(|number| format!("#n{number} :n{number}")).collect();
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .update_expression(format!(
                "SET #type = :type, v = :one, version = if_not_exists(version, :none) + :one, \
                 created_at = if_not_exists(created_at, :now), updated_at = :now ADD {}",
                added.join(", ")
            ))
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":type", key::text("sums"))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":none", AttributeValue::N("0".to_owned()))
            .expression_attribute_values(":now", key::text(&now.to_string()));
        for (number, (name, sum)) in sums.into_iter().enumerate() {
            update = update
                .expression_attribute_names(format!("#n{number}"), name)
                .expression_attribute_values(format!(":n{number}"), AttributeValue::N(sum.to_string()));
        }
        Ok(Some(TransactWriteItem::builder().update(update.build().map_err(Error::broken)?).build()))
    }

    /// Everybody's sums, in one round trip.
    pub async fn totals(&self) -> Result<Totals, Error> {
        let of = |generation| {
            let left = |status| key::durations(generation, status);
            [key::totals(generation), left(Status::Todo), left(Status::InProgress), left(Status::Done)]
        };
        let keys: Vec<Key> = [key::statistics()].into_iter().chain(of(0)).chain(of(1)).collect();
        let mut found = current(self.get_each(&keys).await?, of(0).len())?.into_iter();
        let totals = found.next().flatten();
        let durations = Status::ALL.map(|_| item::to_durations(found.next().flatten().as_ref()));
        let users = totals.as_ref().map_or(0, |item| item::sum(item, "users"));
        Ok(Totals { users, all: item::to_task_counts(totals.as_ref()), durations })
    }

    /// What everybody did on the days `from` to `to`: one round trip for each megabyte, which some seven thousand days of
    /// one person fill.
    pub async fn days(&self, days: (Day, Day)) -> Result<Days, Error> {
        let state = async { Ok(self.statistics_state().await?.map_or(0, |state| state.body.current)) };
        let (current, even, odd) =
            tokio::try_join!(branch(state), branch(self.days_of(0, days)), branch(self.days_of(1, days)))?;
        Ok(if current % 2 == 0 { even } else { odd })
    }

    async fn days_of(&self, generation: u32, (from, to): (Day, Day)) -> Result<Days, Error> {
        let (mut days, mut after) = (Days::new(), None::<String>);
        loop {
            let walk = Walk {
                pk: key::statistics_partition(generation),
                prefix: key::DAY.to_owned(),
                by_status: false,
                between: Some((from.to_string(), format!("{to}#~"))),
                after: after.as_deref(),
                limit: usize::MAX,
                order: Order::Oldest,
            };
            let (items, next) = self.walk(walk).await?;
            for item in items {
                let key = Key::of(&item).ok_or(Error::Corrupt("an item without a key"))?;
                let mut parts = key.sk.split('#').skip(1);
                let day = parts.next().and_then(|day| day.parse::<Day>().ok());
                let person = parts.next().and_then(|person| person.parse::<UserId>().ok());
                let (Some(day), Some(person)) = (day, person) else {
                    return Err(Error::Corrupt("a sort key that does not parse"));
                };
                days.insert((day, person), item::to_day_counts(&item));
            }
            if next.is_none() {
                return Ok(days);
            }
            after = next;
        }
    }
}

/// Of the state and then as many items of each of two generations, those of the one that counts.
pub(crate) fn current(found: Vec<Option<Item>>, each: usize) -> Result<Vec<Option<Item>>, Error> {
    let mut found = found.into_iter();
    let state = found.next().flatten().map(item::decode::<StateBody>).transpose()?;
    let odd = state.is_some_and(|state| state.body.current % 2 == 1);
    Ok(found.skip(if odd { each } else { 0 }).take(each).collect())
}

/// What is added to which items.
fn sums_of(generation: u32, sum: &Statistics) -> Vec<(Key, Sums)> {
    let mut totals = item::task_counts(&sum.all);
    totals.push(("users".to_owned(), sum.users));
    let people =
        sum.people.iter().map(|(person, counts)| (key::person_totals(generation, *person), item::task_counts(counts)));
    let days = sum
        .days
        .iter()
        .map(|((day, person), counts)| (key::person_day(generation, *day, *person), item::day_counts(counts)));
    let durations = sum
        .durations
        .iter()
        .map(|(status, durations)| (key::durations(generation, *status), item::durations(durations)));
    std::iter::once((key::totals(generation), totals)).chain(people).chain(days).chain(durations).collect()
}
