//! Making the statistics anew from all events that are stored. An operator's act: it reads the whole table.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, ReturnConsumedCapacity, TransactWriteItem};
use sprintsync_domain::Timestamp;
use sprintsync_observe::TableCall;

use super::{Countable, Emptying, State, StateBody};
use crate::call::{Condition, Outcome, Walk, failure, units};
use crate::item::{self, Head};
use crate::key::{self, Item, Key, PK, SK};
use crate::{Error, Order, Store};

/// Items that are looked at with one call.
const PAGE: i32 = 1_000;
/// Items that are deleted at once: a transaction has a hundred actions at most, of which one is a condition.
const DELETED: usize = 99;
/// Seconds for which a rebuild that was stopped can go on: its marks live longer, and so nothing is counted twice.
const GOES_ON_SECONDS: i64 = 7 * 86_400;

/// How far the rebuild of the statistics is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Items that were looked at since it was begun.
    pub looked_at: u64,
    /// Events among them that count.
    pub events: u64,
    /// Events among them that cannot be read, and are not counted.
    pub unreadable: u64,
    /// Whether the new statistics are those that are read now.
    pub current: bool,
    /// Whether the old ones are gone, too.
    pub done: bool,
}

impl Store {
    /// Makes the statistics anew, until it is done or `until` has come. `go_on` goes on where an earlier call ended, if
    /// that was in the last days; else it begins anew. What happens meanwhile is counted too, and the statistics of before
    /// are read until the new ones are whole.
    pub async fn rebuild(&self, until: Timestamp, go_on: bool) -> Result<Rebuilt, Error> {
        let mut state = self.rebuilding(go_on).await?;
        loop {
            state = self.rebuild_stretch(state).await?;
            let rebuilt = progress(&state);
            if rebuilt.done || self.world.now() >= until {
                return Ok(rebuilt);
            }
        }
    }

    async fn rebuild_stretch(&self, state: State) -> Result<State, Error> {
        let StateBody { current, next, emptying } = state.body;
        let mut rebuilt = progress(&state);
        match (emptying, next) {
            (Some(stage), _) => {
                let (Emptying::Before(generation) | Emptying::After(generation)) = stage;
                if !self.empty_stretch(&state, generation).await? {
                    return Ok(state);
                }
                let next = matches!(stage, Emptying::Before(_)).then_some(generation);
                self.put_state(&state, StateBody { current, next, emptying: None }, None, rebuilt).await
            }
            (None, Some(next)) => {
                let (items, end) = self.scan_events(&state.item).await?;
                rebuilt.looked_at += items.looked_at;
                rebuilt.events += u64::try_from(items.events.len()).unwrap_or_default();
                rebuilt.unreadable += items.unreadable;
                if !self.count_into(next, &items.events).await? {
                    return Err(Error::Busy(None));
                }
                let body = match end {
                    Some(_) => state.body,
                    None => {
                        let emptying = Some(Emptying::After(next.saturating_add(1)));
                        StateBody { current: next, next: None, emptying }
                    }
                };
                self.put_state(&state, body, end.as_ref(), rebuilt).await
            }
            (None, None) => Ok(state),
        }
    }

    /// The state of a rebuild that goes on, or of one that is begun now. Who does it at the same time is stopped.
    async fn rebuilding(&self, go_on: bool) -> Result<State, Error> {
        let found = match self.statistics_state().await? {
            Some(state) => state,
            None => self.first_state().await?,
        };
        let young =
            item::updated_at(&found.item).is_some_and(|at| at > self.world.now().plus_seconds(-GOES_ON_SECONDS));
        if go_on && young && !progress(&found).done {
            return Ok(found);
        }
        let StateBody { current, next, emptying } = found.body;
        let next = match (next, emptying) {
            // Its marks are not those of a rebuild that was given up, and its partition is not the one that is read.
            (Some(given_up), _) => given_up.saturating_add(2),
            (None, Some(Emptying::Before(unmarked))) => unmarked,
            (None, _) => current.saturating_add(1),
        };
        let body = StateBody { current, next: None, emptying: Some(Emptying::Before(next)) };
        self.put_state(&found, body, None, Rebuilt::default()).await
    }

    async fn first_state(&self) -> Result<State, Error> {
        let (now, write_id) = (self.world.now(), self.write_id());
        let body = StateBody { current: 0, next: None, emptying: None };
        let item = item::encode(Head::once(key::statistics(), now, None, &write_id), &body)?;
        let put = self.put(item.clone(), Condition::NotExists)?;
        match self.transact(&write_id, vec![put], self.budget()).await? {
            Outcome::Done => Ok(State { body, version: 1, item }),
            Outcome::Failed(_) => Err(Error::Busy(None)),
        }
    }

    /// Replaces the state, if it is still the one that was seen: else another rebuilds.
    async fn put_state(
        &self,
        seen: &State,
        body: StateBody,
        end: Option<&Item>,
        rebuilt: Rebuilt,
    ) -> Result<State, Error> {
        let (now, write_id) = (self.world.now(), self.write_id());
        let head = Head { version: seen.version + 1, ..Head::once(key::statistics(), now, None, &write_id) };
        let mut item = item::encode(head, &body)?;
        item.insert(LOOKED_AT.to_owned(), AttributeValue::N(rebuilt.looked_at.to_string()));
        item.insert(EVENTS.to_owned(), AttributeValue::N(rebuilt.events.to_string()));
        item.insert(UNREADABLE.to_owned(), AttributeValue::N(rebuilt.unreadable.to_string()));
        if let Some(end) = end {
            item.insert(END.to_owned(), AttributeValue::M(end.clone()));
        }
        let put = self.put(item.clone(), Condition::AtVersion(seen.version))?;
        match self.transact(&write_id, vec![put], self.budget()).await? {
            Outcome::Done => Ok(State { body, version: seen.version + 1, item }),
            Outcome::Failed(_) => Err(Error::Busy(None)),
        }
    }

    /// The next events behind the place where the last call ended.
    async fn scan_events(&self, state: &Item) -> Result<(Events, Option<Item>), Error> {
        let start = state.get(END).and_then(|end| end.as_m().ok()).cloned();
        let call = TableCall::start("Scan");
        let answer = self
            .client
            .scan()
            .table_name(&self.table)
            .filter_expression("begins_with(#sk, :event)")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":event", key::text(key::EVENT))
            .consistent_read(true)
            .limit(PAGE)
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.end(units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())), 0.0);
        let answer = answer.map_err(failure)?;
        let looked_at = u64::try_from(answer.scanned_count).unwrap_or_default();
        let (mut events, mut unreadable) = (Vec::new(), 0);
        for item in answer.items.unwrap_or_default() {
            match Countable::read(item) {
                Ok(event) => events.extend(event),
                // The stream told of it; the rest must be counted all the same.
                Err(_) => unreadable += 1,
            }
        }
        let end = answer.last_evaluated_key.map(|mut end| {
            end.retain(|name, _| name == PK || name == SK);
            end
        });
        Ok((Events { looked_at, events, unreadable }, end))
    }

    /// Deletes a few items in the partition of a generation that is neither read nor counted into, as long as `state`
    /// stands. Says whether none is left.
    async fn empty_stretch(&self, state: &State, generation: u32) -> Result<bool, Error> {
        let walk = Walk {
            pk: key::statistics_partition(generation),
            prefix: String::new(),
            by_status: false,
            between: None,
            after: None,
            limit: DELETED,
            order: Order::Newest,
        };
        let (items, more) = self.walk(walk).await?;
        let deletions = items.iter().filter_map(Key::of).map(|key| self.delete_any(key));
        let mut actions = deletions.collect::<Result<Vec<_>, _>>()?;
        if !actions.is_empty() {
            actions.push(self.stands(state)?);
            if let Outcome::Failed(_) = self.transact(&self.write_id(), actions, self.budget()).await? {
                return Err(Error::Busy(None));
            }
        }
        Ok(more.is_none())
    }

    /// The state is still this one.
    fn stands(&self, state: &State) -> Result<TransactWriteItem, Error> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key::statistics().attributes()))
            .condition_expression(item::AT_VERSION)
            .expression_attribute_values(":seen", AttributeValue::N(state.version.to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

const LOOKED_AT: &str = "looked_at";
const EVENTS: &str = "events";
const UNREADABLE: &str = "unreadable";
const END: &str = "end";

struct Events {
    looked_at: u64,
    events: Vec<Countable>,
    unreadable: u64,
}

/// How far a rebuild is.
fn progress(state: &State) -> Rebuilt {
    let number = |name| u64::try_from(item::sum(&state.item, name)).unwrap_or_default();
    let StateBody { next, emptying, .. } = state.body;
    Rebuilt {
        looked_at: number(LOOKED_AT),
        events: number(EVENTS),
        unreadable: number(UNREADABLE),
        current: next.is_none() && !matches!(emptying, Some(Emptying::Before(_))),
        done: next.is_none() && emptying.is_none(),
    }
}
