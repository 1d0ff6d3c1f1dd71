//! Lists that everybody's items are in together: people, tasks, the audit trail, invites. Each lies in four partitions of
//! an index that holds little more than keys; what is listed is then read from the table itself, strongly consistent.
//!
//! Ids sort by time whatever partition they are in, so one id says where a page ended in all four of them.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use futures_util::future::try_join_all;
use sprintsync_domain::{AccountEvent, Event, InviteId, Task, TaskCounts, Timestamp, User, UserId, What};
use sprintsync_observe::{TableCall, branch};

use crate::call::{failure, units};
use crate::item::{self, AUDIT_DAYS, Happened};
use crate::key::{self, GSI1, GSI1PK, GSI1SK, InShared, Item, Key, Shared, text};
use crate::statistics::current;
use crate::{Error, Names, Page, Place, Store};

/// Entries of the index that one partition gives to a search at most: four times so many are looked at.
const SEARCHED: usize = 500;
/// Before and behind every id.
const ENDS: (&str, &str) = ("0", "~");

/// Which events of the audit trail are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those that this person did, or that happened to this person's account or tasks.
    pub person: Option<UserId>,
    /// Those of this kind.
    pub what: Option<What>,
}

/// An event of the audit trail.
#[derive(Debug, Clone)]
pub enum Audited {
    /// Of an account.
    Account(AccountEvent),
    /// Of a task, done by somebody else than its owner.
    Task(Event),
}

/// An invite that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Its id, by which it can be taken back.
    pub id: InviteId,
    /// Who made it; an operator, where nobody is named.
    pub by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// A page of a shared list, before what it lists is read.
#[derive(Debug, Clone)]
pub struct Listed {
    keys: Vec<Key>,
    people: Vec<UserId>,
    next: Option<String>,
}

impl Listed {
    /// The page with what it lists.
    pub fn page<T>(&self, items: Vec<T>) -> Page<T> {
        Page { items, next: self.next.clone() }
    }

    /// The people in whose partitions it lies.
    ///
    /// # Errors
    /// It lies in somebody's whose id cannot be read.
    pub fn owners(&self) -> Result<Vec<UserId>, Error> {
        let people = self.keys.iter().filter(|key| key.pk.starts_with(key::USER));
        people.map(|key| key::last_part(&key.pk)).collect()
    }
}

impl AuditFilter {
    /// Whether an entry of the index is of an event that is wanted.
    fn wants(self, entry: &Item) -> bool {
        let person = self.person.is_none_or(|person| {
            let account = Key::of(entry).is_some_and(|key| key.pk == key::user_partition(person));
            account || people_in(entry).any(|one| one == person)
        });
        let what = entry.get("what").and_then(|what| what.as_s().ok());
        person && self.what.is_none_or(|wanted| what.is_some_and(|what| what == wanted.as_str()))
    }

    fn is_any(self) -> bool {
        self == Self::default()
    }
}

/// Who did what an entry of the index stands for, whose task it is, and whose it was.
fn people_in(entry: &Item) -> impl Iterator<Item = UserId> {
    let person = |attribute: &str, name: &str| entry.get(attribute)?.as_m().ok()?.get(name)?.as_s().ok()?.parse().ok();
    [person("by", "id"), person("around", "owner"), person("from", "user_id")].into_iter().flatten()
}

type Wanted<'a> = dyn Fn(&Item) -> bool + Send + Sync + 'a;

/// What one partition gave.
struct Shard {
    items: Vec<Item>,
    /// Behind this id it was not read.
    read_to: Option<String>,
}

impl Store {
    /// A page of all people, newest first; [`Store::people_at`] reads it.
    pub async fn people(&self, place: &Place) -> Result<Listed, Error> {
        self.walk_shared(Shared::Users, ENDS.0, place, None).await
    }

    /// People with what their tasks come to, in one round trip. Who left meanwhile is left out.
    pub async fn people_at(&self, listed: &Listed) -> Result<Vec<(User, TaskCounts)>, Error> {
        let people = listed.owners()?;
        let totals = |generation| people.iter().map(move |id| key::person_totals(generation, *id));
        let keys = listed.keys.iter().cloned().chain([key::statistics()]).chain(totals(0)).chain(totals(1));
        let mut profiles = self.get_many(&keys.collect::<Vec<_>>()).await?;
        let totals = current(profiles.split_off(listed.keys.len()), people.len())?;
        let mut found = Vec::with_capacity(totals.len());
        for (profile, totals) in profiles.into_iter().zip(totals) {
            if let Some(profile) = profile {
                found.push((item::to_user(profile)?, item::to_task_counts(totals.as_ref())));
            }
        }
        Ok(found)
    }

    /// A person, and what their tasks come to, in one round trip.
    pub async fn person(&self, id: UserId) -> Result<Option<(User, TaskCounts)>, Error> {
        let listed = Listed { keys: vec![key::profile(id)], people: Vec::new(), next: None };
        Ok(self.people_at(&listed).await?.pop())
    }

    /// A page of everybody's tasks, newest first; [`Store::tasks_at`] reads it.
    pub async fn all_tasks(&self, place: &Place) -> Result<Listed, Error> {
        self.walk_shared(Shared::Tasks, ENDS.0, place, None).await
    }

    /// Tasks, and the names of their owners, of whom `known` may be one, in one round trip. What is gone is left out.
    pub async fn tasks_at(&self, listed: &Listed, known: &User) -> Result<(Vec<Task>, Names), Error> {
        let (found, names) =
            tokio::try_join!(branch(self.get_many(&listed.keys)), branch(self.names(known, listed.owners()?)))?;
        let tasks = found.into_iter().flatten().map(item::to_task).collect::<Result<Vec<_>, _>>()?;
        Ok((tasks, names))
    }

    /// A page of the audit trail, newest first; [`Store::audited_at`] reads it. Where something is looked for, it may be
    /// short, or empty, before the end. Events are in it for a year.
    pub async fn audit(&self, filter: AuditFilter, place: &Place) -> Result<Listed, Error> {
        let oldest = self.world.now().plus_seconds(-AUDIT_DAYS * 86_400);
        let wanted = |entry: &Item| filter.wants(entry);
        let wanted: Option<&Wanted> = if filter.is_any() { None } else { Some(&wanted) };
        self.walk_shared(Shared::Audit, &key::ids_from(oldest), place, wanted).await
    }

    /// Events, and the names of those who did them and to whose accounts they happened, in one round trip.
    pub async fn audited_at(&self, listed: &Listed, known: &User) -> Result<(Vec<Audited>, Names), Error> {
        let people = listed.people.iter().copied().chain(listed.owners()?);
        let (found, names) = tokio::try_join!(branch(self.get_many(&listed.keys)), branch(self.names(known, people)))?;
        let now = self.world.now();
        let mut events = Vec::with_capacity(found.len());
        for item in found.into_iter().flatten().filter(|item| !item::is_expired(item, now)) {
            events.extend(Happened::of(item)?.map(|happened| match happened {
                Happened::Account(event) => Audited::Account(event),
                Happened::Task(event) => Audited::Task(event),
            }));
        }
        Ok((events, names))
    }

    /// A page of the invites that are good, newest first; [`Store::invites_at`] reads it.
    pub async fn invites(&self, place: &Place) -> Result<Listed, Error> {
        self.walk_shared(Shared::Invites, ENDS.0, place, None).await
    }

    /// Invites, and the names of those who made them, in one round trip.
    pub async fn invites_at(&self, listed: &Listed, known: &User) -> Result<(Vec<Invite>, Names), Error> {
        let people = listed.people.iter().copied();
        let (found, names) = tokio::try_join!(branch(self.get_many(&listed.keys)), branch(self.names(known, people)))?;
        let now = self.world.now();
        let good = found.into_iter().flatten().filter(|item| !item::is_expired(item, now));
        Ok((good.map(item::to_invite).collect::<Result<_, _>>()?, names))
    }

    /// Where the item that has this id in a shared list lies in the table.
    pub(crate) async fn find_shared(&self, InShared { pk, sk }: InShared) -> Result<Option<Key>, Error> {
        let found = self.walk_shard(pk, (&sk, &sk), 1).await?;
        Ok(found.items.first().and_then(Key::of))
    }

    async fn walk_shared(
        &self,
        list: Shared,
        oldest: &str,
        place: &Place,
        wanted: Option<&Wanted<'_>>,
    ) -> Result<Listed, Error> {
        let newest = place.after.as_deref().unwrap_or(ENDS.1);
        if newest < oldest {
            // The place where an earlier page ended has left the list meanwhile.
            return Ok(Listed { keys: Vec::new(), people: Vec::new(), next: None });
        }
        // One more than wanted, to know whether there is more; and the one behind which the page begins.
        let each = if wanted.is_some() { SEARCHED } else { place.limit.saturating_add(2) };
        let walks = list.partitions().map(|partition| branch(self.walk_shard(partition, (oldest, newest), each)));
        let shards = try_join_all(walks).await?;
        let read_to = shards.iter().filter_map(|shard| shard.read_to.clone()).max();
        let id = |item: &Item| item.get(GSI1SK).and_then(|id| id.as_s().ok()).cloned().unwrap_or_default();
        let mut items: Vec<(String, Item)> =
            shards.into_iter().flat_map(|shard| shard.items).map(|item| (id(&item), item)).collect();
        // What lies behind the end of a partition that was not read to its own may have something newer beside it.
        items.retain(|(id, item)| {
            Some(id) != place.after.as_ref()
                && read_to.as_ref().is_none_or(|end| id >= end)
                && wanted.is_none_or(|wanted| wanted(item))
        });
        items.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
        let next = match items.len() > place.limit {
            true => items.get(place.limit.saturating_sub(1)).map(|(id, _)| id.clone()),
            false => read_to,
        };
        items.truncate(place.limit);
        Ok(Listed {
            keys: items.iter().filter_map(|(_, item)| Key::of(item)).collect(),
            people: items.iter().flat_map(|(_, item)| people_in(item)).collect(),
            next,
        })
    }

    /// What lies between two ids in one partition of a shared list, both included, newest first.
    async fn walk_shard(
        &self,
        partition: String,
        (oldest, newest): (&str, &str),
        limit: usize,
    ) -> Result<Shard, Error> {
        let call = TableCall::start("Query");
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(GSI1)
            .key_condition_expression("#list = :list AND #place BETWEEN :oldest AND :newest")
            .expression_attribute_names("#list", GSI1PK)
            .expression_attribute_names("#place", GSI1SK)
            .expression_attribute_values(":list", text(&partition))
            .expression_attribute_values(":oldest", text(oldest))
            .expression_attribute_values(":newest", text(newest))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = query.send().await;
        call.end(units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())), 0.0);
        let answer = answer.map_err(failure)?;
        let end = answer.last_evaluated_key.as_ref().and_then(|key| key.get(GSI1SK)?.as_s().ok().cloned());
        Ok(Shard { items: answer.items.unwrap_or_default(), read_to: end })
    }
}
