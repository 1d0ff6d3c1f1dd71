//! Migrations: numbered steps over the items that are stored, a stretch at a time, while people work
//! (`docs/decisions/0020-migrations.md`). Nothing that answers a request comes by here, so here the table is scanned.

mod shared_lists;

use std::fmt;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use sprintsync_domain::{Event, Timestamp, Version};
use sprintsync_observe::TableCall;

use crate::call::{Condition, Outcome, failure, units};
use crate::item::{self, Head, Kind};
use crate::key::{self, Item, Key, PK, SK};
use crate::{Error, Store};

/// Items that are changed at once.
const AT_ONCE: usize = 8;
/// How often one item is looked at again because others changed it.
const TRIES: u32 = 20;

/// A step. Its number is its place, and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// People, tasks, account events and invites into the shared lists; into events of tasks what statistics count.
    SharedLists,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 1] = [Self::SharedLists];

    /// Its number.
    pub fn number(self) -> u32 {
        match self {
            Self::SharedLists => 1,
        }
    }

    /// What must be added to this item, and to those that go with it.
    async fn additions(self, store: &Store, item: &Item) -> Result<Vec<Addition>, Error> {
        match self {
            Self::SharedLists => shared_lists::additions(store, item).await,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::SharedLists => "shared lists",
        };
        write!(f, "step {} ({name})", self.number())
    }
}

/// A place in the table, in the order in which it is scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pk: String,
    sk: String,
}

/// What a stretch of the table came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Items that were looked at.
    pub looked_at: u64,
    /// Changes that there are to make, or were made.
    pub changes: u64,
    /// Where it ended; nothing at the end of the table.
    pub end: Option<Position>,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepState {
    number: u32,
    /// Items that it looked at.
    pub looked_at: u64,
    /// Changes that it made.
    pub changes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<Position>,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it had come to the end of the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
}

/// How far the steps are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrations {
    steps: Vec<StepState>,
    version: Version,
}

impl Migrations {
    /// How far this step is; nothing, where it never began.
    pub fn of(&self, step: Step) -> Option<&StepState> {
        self.steps.iter().find(|state| state.number == step.number())
    }
}

#[derive(Serialize, Deserialize)]
struct MigrationsBody {
    steps: Vec<StepState>,
}

impl Kind for MigrationsBody {
    const TYPE: &'static str = "migrations";
}

/// Something that is to be added.
enum Addition {
    /// Attributes of an item, if it is still the one that was looked at.
    Attributes { key: Key, version: AttributeValue, write_id: AttributeValue, set: Item },
    /// An event that was not written down.
    Event(Event),
}

impl Addition {
    /// Those of `wanted` that bear these names and that the item does not have so.
    fn to(item: &Item, mut wanted: Item, names: &[&str]) -> Result<Option<Self>, Error> {
        let head = |name: &str| item.get(name).cloned().ok_or(Error::Corrupt("an item without its head"));
        wanted.retain(|name, value| names.contains(&name.as_str()) && item.get(name) != Some(value));
        if wanted.is_empty() {
            return Ok(None);
        }
        let key = Key::of(item).ok_or(Error::Corrupt("an item without a key"))?;
        let (version, write_id) = (head("version")?, head("write_id")?);
        Ok(Some(Self::Attributes { key, version, write_id, set: wanted }))
    }
}

impl Store {
    /// How far the migrations are.
    pub async fn migrations(&self) -> Result<Migrations, Error> {
        let Some(item) = self.get(key::migrations()).await? else {
            return Ok(Migrations { steps: Vec::new(), version: 0 });
        };
        let item = item::decode::<MigrationsBody>(item)?;
        Ok(Migrations { steps: item.body.steps, version: item.version })
    }

    /// Counts what a step has to do in the next `limit` items behind `after`.
    pub async fn count_stretch(&self, step: Step, after: Option<&Position>, limit: usize) -> Result<Stretch, Error> {
        let (items, end) = self.scan(after, limit).await?;
        let mut stretch = Stretch { looked_at: items.len() as u64, changes: 0, end };
        for items in items.chunks(AT_ONCE) {
            let additions = try_join_all(items.iter().map(|item| step.additions(self, item))).await?;
            stretch.changes += additions.iter().map(|additions| additions.len() as u64).sum::<u64>();
        }
        Ok(stretch)
    }

    /// Takes a step over the next `limit` items behind those that it was `seen` to have done, and writes down how far it
    /// is then. A step that was finished begins anew.
    ///
    /// # Errors
    /// [`Error::Stale`] where another run has written down how far it is; what was changed is changed, and changing it
    /// again changes nothing.
    pub async fn migrate_stretch(&self, seen: &Migrations, step: Step, limit: usize) -> Result<Migrations, Error> {
        let mut state = match seen.of(step).filter(|state| state.finished_at.is_none()) {
            Some(state) => state.clone(),
            None => {
                let begun_at = self.world.now();
                StepState { number: step.number(), looked_at: 0, changes: 0, end: None, begun_at, finished_at: None }
            }
        };
        let (items, end) = self.scan(state.end.as_ref(), limit).await?;
        state.looked_at += items.len() as u64;
        for items in items.chunks(AT_ONCE) {
            let changes = try_join_all(items.iter().map(|item| self.migrate_item(step, item.clone()))).await?;
            state.changes += changes.into_iter().sum::<u64>();
        }
        state.finished_at = end.is_none().then(|| self.world.now());
        state.end = end;
        let mut steps = seen.steps.clone();
        match steps.iter_mut().find(|known| known.number == state.number) {
            Some(known) => *known = state,
            None => steps.push(state),
        }
        self.save_migrations(seen.version, steps).await
    }

    async fn save_migrations(&self, seen: Version, steps: Vec<StepState>) -> Result<Migrations, Error> {
        let write_id = self.write_id();
        let version = seen + 1;
        let begun_at = steps.first().map_or_else(|| self.world.now(), |step| step.begun_at);
        let head =
            Head { version, updated_at: self.world.now(), ..Head::once(key::migrations(), begun_at, None, &write_id) };
        let condition = if seen == 0 { Condition::NotExists } else { Condition::AtVersion(seen) };
        let put = self.put(item::encode(head, &MigrationsBody { steps: steps.clone() })?, condition)?;
        match self.transact(&write_id, vec![put], self.budget()).await? {
            Outcome::Done => Ok(Migrations { steps, version }),
            Outcome::Failed(_) => Err(Error::Stale { current: version }),
        }
    }

    /// Changes an item, and what goes with it, until it is as the step wants it. Gives the number of changes.
    async fn migrate_item(&self, step: Step, mut item: Item) -> Result<u64, Error> {
        let mut changes = 0;
        for attempt in 0..TRIES {
            if attempt > 0 {
                self.pause(attempt).await;
            }
            let mut met = false;
            for addition in step.additions(self, &item).await? {
                match self.apply(addition).await? {
                    true => changes += 1,
                    false => met = true,
                }
            }
            if !met {
                return Ok(changes);
            }
            // Someone changed something meanwhile: what is to be done is worked out again.
            match self.get(Key::of(&item).ok_or(Error::Corrupt("an item without a key"))?).await? {
                Some(current) => item = current,
                None => return Ok(changes),
            }
        }
        Err(Error::Busy(None))
    }

    async fn apply(&self, addition: Addition) -> Result<bool, Error> {
        match addition {
            Addition::Attributes { key, version, write_id, set } => {
                self.add_attributes(key, (version, write_id), set).await
            }
            Addition::Event(event) => {
                let write_id = self.write_id();
                let put = self.put(item::event(&event, &write_id)?, Condition::NotExists)?;
                Ok(matches!(self.transact(&write_id, vec![put], self.budget()).await?, Outcome::Done))
            }
        }
    }

    /// Adds attributes to an item, if nobody has written it since. Its version and the id of its last write stay: who is
    /// about to write it, or looks whether they have, is not to meet this.
    async fn add_attributes(
        &self,
        key: Key,
        (version, write_id): (AttributeValue, AttributeValue),
        set: Item,
    ) -> Result<bool, Error> {
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression("version = :version AND write_id = :write")
            .expression_attribute_values(":version", version)
            .expression_attribute_values(":write", write_id)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let mut sets = Vec::with_capacity(set.len());
        for (at, (name, value)) in set.into_iter().enumerate() {
            sets.push(format!("#a{at} = :a{at}"));
            update = update.expression_attribute_names(format!("#a{at}"), name);
            update = update.expression_attribute_values(format!(":a{at}"), value);
        }
        let call = TableCall::start("UpdateItem");
        let answer = update.update_expression(format!("SET {}", sets.join(", "))).send().await;
        call.end(0.0, units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())));
        match answer {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(met))
                if met.err().is_conditional_check_failed_exception()
                    || met.err().is_transaction_conflict_exception() =>
            {
                Ok(false)
            }
            Err(error) => Err(failure(error)),
        }
    }

    /// The next items of the whole table, in no order that means anything.
    async fn scan(&self, after: Option<&Position>, limit: usize) -> Result<(Vec<Item>, Option<Position>), Error> {
        let start = after.map(|after| Key { pk: after.pk.clone(), sk: after.sk.clone() }.attributes());
        let call = TableCall::start("Scan");
        let answer = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.end(units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())), 0.0);
        let answer = answer.map_err(failure)?;
        let end = answer.last_evaluated_key.as_ref().and_then(Key::of).map(|key| Position { pk: key.pk, sk: key.sk });
        Ok((answer.items.unwrap_or_default(), end))
    }
}

const _: () = assert!(matches!((PK.as_bytes(), SK.as_bytes()), (b"pk", b"sk")), "a position names the table's key");
