//! Tasks, their entries and their history.

use sprintsync_domain::{
    Actor, Change, Day, Entry, Event, NewEntry, NewTask, Status, TRASH_DAYS, Task, TaskEdit, TaskId, Timestamp, UserId,
    Version,
};

use crate::call::{Condition, Outcome, Walk};
use crate::item::{self, Head, OwnerBody};
use crate::key::{self, Item};
use crate::{Error, Store};

/// How often a write without a version is computed again on what others wrote meanwhile.
const TRIES: u32 = 8;

/// Where a page of a list begins, and how long it is at most.
#[derive(Debug, Clone)]
pub struct Place {
    /// Items at most.
    pub limit: usize,
    /// The position behind which it begins, from [`Page::next`].
    pub after: Option<String>,
}

/// A page of a list, newest first.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// The position behind which the next page begins; `None` at the end of the list.
    pub next: Option<String>,
}

/// What a person may find under a task's id.
#[derive(Debug, Clone)]
pub struct Access {
    /// The task, if it is this person's own.
    pub own: Option<Task>,
    /// Whose the task is, if it ever was.
    pub owner: Option<UserId>,
}

impl Store {
    /// Adds a task of `by`, for whom it is `today`.
    pub async fn create_task(&self, new: NewTask, by: Actor, now: Timestamp, today: Day) -> Result<Task, Error> {
        let change = Task::create(new, self.world.id(), self.world.id(), by, now, today);
        let write_id = self.write_id();
        let (task, owner) = (&change.task, change.task.owner);
        let marker = Head::once(key::owner(task.id), now, Some(owner), &write_id);
        let mut actions = vec![
            self.put(item::task(task, item::Place::Live, owner, &write_id)?, Condition::NotExists)?,
            self.put(item::encode(marker, &OwnerBody { owner })?, Condition::NotExists)?,
        ];
        actions.extend(self.ledger(&change, &write_id)?);
        match self.transact(&write_id, actions).await? {
            Outcome::Done => Ok(change.task),
            Outcome::Failed(_) => Err(Error::Corrupt("an item under a fresh id")),
        }
    }

    /// What `user` may find under this id, in one round trip.
    pub async fn access(&self, user: UserId, id: TaskId) -> Result<Access, Error> {
        let [own, owner] = self.get_all([key::task(user, id), key::owner(id)]).await?;
        Ok(Access { own: own.map(item::to_task).transpose()?, owner: to_owner(owner)? })
    }

    /// What `user` may find under this id, and the task in the person's trash, in one round trip.
    pub async fn trash_access(&self, user: UserId, id: TaskId) -> Result<(Access, Option<Task>), Error> {
        let keys = [key::task(user, id), key::owner(id), key::trash(user, id)];
        let [own, owner, trash] = self.get_all(keys).await?;
        let access = Access { own: own.map(item::to_task).transpose()?, owner: to_owner(owner)? };
        Ok((access, self.to_trashed(trash)?))
    }

    /// Whose a task is, if it ever was.
    pub async fn owner(&self, id: TaskId) -> Result<Option<UserId>, Error> {
        to_owner(self.get(key::owner(id)).await?)
    }

    fn to_trashed(&self, item: Option<Item>) -> Result<Option<Task>, Error> {
        item.filter(|item| !item::is_expired(item, self.world.now())).map(item::to_task).transpose()
    }

    /// A task by its owner and id.
    pub async fn task(&self, owner: UserId, id: TaskId) -> Result<Option<Task>, Error> {
        self.get(key::task(owner, id)).await?.map(item::to_task).transpose()
    }

    /// A task and, if it is there instead, the same task in its owner's trash, in one round trip.
    pub async fn task_or_trash(&self, owner: UserId, id: TaskId) -> Result<(Option<Task>, Option<Task>), Error> {
        let [live, trash] = self.get_all([key::task(owner, id), key::trash(owner, id)]).await?;
        Ok((live.map(item::to_task).transpose()?, self.to_trashed(trash)?))
    }

    /// A page of a person's tasks, newest first; of one status if it is named.
    pub async fn tasks(&self, owner: UserId, status: Option<Status>, place: &Place) -> Result<Page<Task>, Error> {
        let prefix = status.map_or_else(|| key::TASK.to_owned(), |status| format!("{status}#"));
        self.page(key::user_partition(owner), prefix, status.is_some(), place, item::to_task).await
    }

    /// A page of a task's entries, newest first.
    pub async fn entries(&self, task: TaskId, place: &Place) -> Result<Page<Entry>, Error> {
        self.page(key::task_partition(task), key::ENTRY.to_owned(), false, place, item::to_entry).await
    }

    /// A page of a task's events, newest first.
    pub async fn history(&self, task: TaskId, place: &Place) -> Result<Page<Event>, Error> {
        self.page(key::task_partition(task), key::EVENT.to_owned(), false, place, item::to_event).await
    }

    async fn page<T>(
        &self,
        pk: String,
        prefix: String,
        by_status: bool,
        place: &Place,
        read: impl Fn(Item) -> Result<T, Error>,
    ) -> Result<Page<T>, Error> {
        let walk = Walk { pk, prefix, by_status, after: place.after.as_deref(), limit: place.limit };
        let (items, next) = self.walk(walk).await?;
        Ok(Page { items: items.into_iter().map(read).collect::<Result<_, _>>()?, next })
    }

    /// Changes fields of a task that was `seen`. With `expected`, only that version is changed. Gives the task as it
    /// is now, and the event, if anything changed.
    ///
    /// # Errors
    /// [`Error::Stale`] where the task is of another version than `expected`; [`Error::NotFound`] where it is gone.
    pub async fn edit_task(
        &self,
        seen: Task,
        expected: Option<Version>,
        edit: &TaskEdit,
        by: &Actor,
    ) -> Result<(Task, Option<Event>), Error> {
        let act = |task: &Task| task.edit(edit, by.clone(), self.world.now());
        match self.change(seen, expected, act).await? {
            Changed::To(change) => Ok((change.task, Some(change.event))),
            Changed::Not(task) => Ok((task, None)),
        }
    }

    /// Logs time on a task that was `seen`, worked by `by`. Needs no version. Gives the task as
    /// it is now, the entry, and the event.
    pub async fn log_time(&self, seen: Task, new: &NewEntry, by: &Actor) -> Result<(Task, Entry, Event), Error> {
        let id = self.world.id();
        let act = |task: &Task| Some(task.log(new.clone(), id, by.clone(), self.world.now()));
        match self.change(seen, None, act).await? {
            Changed::To(Change { task, entry: Some(entry), event }) => Ok((task, entry, event)),
            _ => Err(Error::Corrupt("an entry that was not made")),
        }
    }

    async fn change(
        &self,
        mut seen: Task,
        expected: Option<Version>,
        act: impl Fn(&Task) -> Option<Change>,
    ) -> Result<Changed, Error> {
        for attempt in 0..TRIES {
            if attempt > 0 {
                self.pause(attempt).await;
            }
            at_version(&seen, expected)?;
            let Some(change) = act(&seen) else { return Ok(Changed::Not(seen)) };
            let write_id = self.write_id();
            let task = item::task(&change.task, item::Place::Live, change.event.by.id, &write_id)?;
            let mut actions = vec![self.put(task, Condition::AtVersion(seen.version))?];
            actions.extend(self.ledger(&change, &write_id)?);
            match self.transact(&write_id, actions).await? {
                Outcome::Done => return Ok(Changed::To(change)),
                Outcome::Failed(failed) => seen = current(failed)?,
            }
        }
        Err(Error::Busy(None))
    }

    /// Moves a task that was `seen` into the trash. With `expected`, only that version is deleted.
    ///
    /// # Errors
    /// As [`Store::edit_task`].
    pub async fn delete_task(&self, mut seen: Task, expected: Option<Version>, by: &Actor) -> Result<(), Error> {
        for attempt in 0..TRIES {
            if attempt > 0 {
                self.pause(attempt).await;
            }
            at_version(&seen, expected)?;
            let now = self.world.now();
            let change = seen.delete(by.clone(), now);
            let write_id = self.write_id();
            let until = now.plus_seconds(TRASH_DAYS * 86_400);
            let trashed = item::task(&change.task, item::Place::Trash { until }, by.id, &write_id)?;
            let mut actions = vec![
                self.delete(key::task(seen.owner, seen.id), Condition::AtVersion(seen.version))?,
                // An expired item of the same task may still lie there; it may be replaced.
                self.put_over(trashed)?,
            ];
            actions.extend(self.ledger(&change, &write_id)?);
            match self.transact(&write_id, actions).await? {
                Outcome::Done => return Ok(()),
                Outcome::Failed(failed) => seen = current(failed)?,
            }
        }
        Err(Error::Busy(None))
    }

    /// Takes a task that was `seen` in the trash out of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is there no longer.
    pub async fn restore_task(&self, seen: Task, by: &Actor) -> Result<Task, Error> {
        let change = seen.restore(by.clone(), self.world.now());
        let write_id = self.write_id();
        let mut actions = vec![
            self.delete(key::trash(seen.owner, seen.id), Condition::AtVersion(seen.version))?,
            self.put(item::task(&change.task, item::Place::Live, by.id, &write_id)?, Condition::NotExists)?,
        ];
        actions.extend(self.ledger(&change, &write_id)?);
        match self.transact(&write_id, actions).await? {
            Outcome::Done => Ok(change.task),
            // Someone else restored it first: then it is where it was wanted.
            Outcome::Failed(_) => self.task(seen.owner, seen.id).await?.ok_or(Error::NotFound),
        }
    }

    /// The event of a change, and its entry: what is put in the same transaction, whatever else is.
    fn ledger(
        &self,
        change: &Change,
        write_id: &str,
    ) -> Result<Vec<aws_sdk_dynamodb::types::TransactWriteItem>, Error> {
        let mut actions = vec![self.put(item::event(&change.event, write_id)?, Condition::NotExists)?];
        if let Some(entry) = &change.entry {
            actions.push(self.put(item::entry(entry, write_id)?, Condition::NotExists)?);
        }
        Ok(actions)
    }
}

enum Changed {
    To(Change),
    Not(Task),
}

fn to_owner(marker: Option<Item>) -> Result<Option<UserId>, Error> {
    Ok(marker.map(item::decode::<OwnerBody>).transpose()?.map(|marker| marker.body.owner))
}

fn at_version(task: &Task, expected: Option<Version>) -> Result<(), Error> {
    match expected {
        Some(expected) if expected != task.version => Err(Error::Stale { current: task.version }),
        _ => Ok(()),
    }
}

/// The task that stood in the way of a change; it is the first action's.
fn current(failed: Vec<Option<Option<Item>>>) -> Result<Task, Error> {
    match failed.into_iter().next().flatten() {
        Some(Some(item)) => item::to_task(item),
        _ => Err(Error::NotFound),
    }
}
