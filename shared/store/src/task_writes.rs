//! What is written of tasks: each change with its event, its entry and its idempotency record in one transaction.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem};
use sprintsync_domain::{
    Change, Day, Entry, Event, NewEntry, NewTask, TRASH_DAYS, Task, TaskEdit, Timer, Timestamp, UserId, Version,
};

use crate::call::{Condition, Outcome};
use crate::item::{self, GoneBody, Head, OwnerBody};
use crate::key::{self, Item};
use crate::once::{Effect, Once, already_done};
use crate::{Error, Store};

/// Where a task lies before and after a change.
#[derive(Clone, Copy)]
enum Move {
    /// It stays with its owner's others.
    Stay,
    /// It goes into the trash.
    Away,
    /// It comes out of the trash.
    Back,
}

/// What else must be so, and is written, for a change to happen.
enum Beside<'a> {
    Nothing,
    /// This timer stops.
    Stop(&'a Timer),
    /// This entry was not taken back yet.
    Reverse(&'a Entry),
}

#[expect(clippy::large_enum_variant, reason = "made and taken apart at once, never kept")]
enum Changed {
    To(Change),
    Not(Task),
}

impl Store {
    /// Adds a task of `by`, for whom it is `today`.
    pub async fn create_task(
        &self,
        new: NewTask,
        by: UserId,
        (now, today): (Timestamp, Day),
        once: Option<&Once<'_>>,
    ) -> Result<Task, Error> {
        let change = Task::create(new, self.world.id(), self.world.id(), by, now, today);
        let write_id = self.write_id();
        let (task, owner) = (&change.task, change.task.owner);
        let marker = Head::once(key::owner(task.id), now, Some(owner), &write_id);
        let mut actions = self.recorded_with(once, &Effect::Task(&change), &write_id)?;
        actions.push(self.put(item::task(task, item::Place::Live, owner, &write_id)?, Condition::NotExists)?);
        actions.push(self.put(item::encode(marker, &OwnerBody { owner })?, Condition::NotExists)?);
        actions.extend(self.ledger(&change, &write_id)?);
        match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(change.task),
            Outcome::Failed(mut failed) => {
                already_done(once, &mut failed)?;
                Err(Error::Corrupt("an item under a fresh id"))
            }
        }
    }

    /// Changes fields of a task that was `seen`. With `expected`, only that version is changed. Gives the task as it
    /// is now, and the event, if anything changed.
    ///
    /// # Errors
    /// [`Error::Stale`] where the task is of another version than `expected`; [`Error::NotFound`] where it is gone;
    /// [`Error::AlreadyDone`] where the key of `once` was used.
    pub async fn edit_task(
        &self,
        seen: Task,
        expected: Option<Version>,
        edit: &TaskEdit,
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<(Task, Option<Event>), Error> {
        let act = |task: &Task| task.edit(edit, by, self.world.now());
        match self.change(seen, expected, act, (Move::Stay, &Beside::Nothing), once).await? {
            Changed::To(change) => Ok((change.task, Some(change.event))),
            Changed::Not(task) => Ok((task, None)),
        }
    }

    /// Logs time on a task that was `seen`, worked by `by`. Needs no version. Gives the task as it is now, the entry,
    /// and the event.
    ///
    /// # Errors
    /// As [`Store::edit_task`].
    pub async fn log_time(
        &self,
        seen: Task,
        new: &NewEntry,
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<(Task, Entry, Event), Error> {
        let id = self.world.id();
        let act = |task: &Task| Some(task.log(new.clone(), id, by, self.world.now()));
        booked(self.change(seen, None, act, (Move::Stay, &Beside::Nothing), once).await?)
    }

    /// Takes an entry of a task that was `seen` back, by its opposite.
    ///
    /// # Errors
    /// [`Error::Reversed`] where that was done before; else as [`Store::edit_task`].
    pub async fn reverse_entry(
        &self,
        seen: Task,
        entry: &Entry,
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<(Task, Entry, Event), Error> {
        let id = self.world.id();
        let act = |task: &Task| Some(task.reverse(entry, id, by, self.world.now()));
        booked(self.change(seen, None, act, (Move::Stay, &Beside::Reverse(entry)), once).await?)
    }

    /// Starts a person's timer on a task of theirs that was `seen`.
    ///
    /// # Errors
    /// [`Error::TimerRuns`]; [`Error::NotFound`] where the task is gone; [`Error::AlreadyDone`].
    pub async fn start_timer(&self, seen: &Task, once: Option<&Once<'_>>) -> Result<Timer, Error> {
        let write_id = self.write_id();
        let timer =
            Timer { user_id: seen.owner, task_id: seen.id, title: seen.title.clone(), started_at: self.world.now() };
        let there = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key::task(seen.owner, seen.id).attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(Error::broken)?;
        let mut actions = self.recorded_with(once, &Effect::Timer(&timer), &write_id)?;
        actions.push(TransactWriteItem::builder().condition_check(there).build());
        actions.push(self.put(item::timer(&timer, &write_id)?, Condition::NotExists)?);
        match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(timer),
            Outcome::Failed(mut failed) => {
                already_done(once, &mut failed)?;
                let gone = failed.first().is_some_and(Option::is_some);
                Err(if gone { Error::NotFound } else { Error::TimerRuns })
            }
        }
    }

    /// Stops a timer that was `seen` to run on a task that was `seen`, into an entry.
    ///
    /// # Errors
    /// [`Error::NoTimer`] where it was stopped meanwhile; else as [`Store::edit_task`].
    pub async fn stop_timer(
        &self,
        seen: Task,
        timer: &Timer,
        new: &NewEntry,
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<(Task, Entry, Event), Error> {
        let id = self.world.id();
        let act = |task: &Task| Some(task.log(new.clone(), id, by, self.world.now()));
        booked(self.change(seen, None, act, (Move::Stay, &Beside::Stop(timer)), once).await?)
    }

    /// Moves a task that was `seen` into the trash. With `expected`, only that version is deleted.
    ///
    /// # Errors
    /// [`Error::TimerRuns`] where its owner's timer runs on it; else as [`Store::edit_task`].
    pub async fn delete_task(
        &self,
        seen: Task,
        expected: Option<Version>,
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<(), Error> {
        let act = |task: &Task| Some(task.delete(by, self.world.now()));
        self.change(seen, expected, act, (Move::Away, &Beside::Nothing), once).await.map(|_| ())
    }

    /// Takes a task that was `seen` in the trash out of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is there no longer; [`Error::AlreadyDone`].
    pub async fn restore_task(&self, mut seen: Task, by: UserId, once: Option<&Once<'_>>) -> Result<Task, Error> {
        let (owner, id) = (seen.owner, seen.id);
        let act = |task: &Task| Some(task.restore(by, self.world.now()));
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            match self.change(seen, None, act, (Move::Back, &Beside::Nothing), once).await {
                Ok(Changed::To(Change { task, .. }) | Changed::Not(task)) => return Ok(task),
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
            match self.task_or_trash(owner, id).await? {
                // Someone else restored it first: then it is where it was wanted.
                (Some(task), _) => return Ok(task),
                // And deleted it again.
                (None, Some(task)) => seen = task,
                (None, None) => return Err(Error::NotFound),
            }
        }
        Err(Error::Busy(None))
    }

    async fn change(
        &self,
        mut seen: Task,
        expected: Option<Version>,
        act: impl Fn(&Task) -> Option<Change>,
        (moving, beside): (Move, &Beside<'_>),
        once: Option<&Once<'_>>,
    ) -> Result<Changed, Error> {
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            at_version(&seen, expected)?;
            let Some(change) = act(&seen) else { return Ok(Changed::Not(seen)) };
            let write_id = self.write_id();
            let mut actions = self.recorded_with(once, &Effect::Task(&change), &write_id)?;
            actions.extend(self.beside(beside, &change, &write_id)?);
            let besides = actions.len() - usize::from(once.is_some());
            actions.extend(self.moved(&seen, &change, moving, &write_id)?);
            actions.extend(self.ledger(&change, &write_id)?);
            match self.transact(&write_id, actions, budget).await? {
                Outcome::Done => return Ok(Changed::To(change)),
                Outcome::Failed(mut failed) => {
                    already_done(once, &mut failed)?;
                    if failed.drain(..besides).any(|reason| reason.is_some()) {
                        return Err(match beside {
                            Beside::Reverse(_) => Error::Reversed,
                            Beside::Stop(_) | Beside::Nothing => Error::NoTimer,
                        });
                    }
                    if matches!(moving, Move::Away) && failed.get(1).is_some_and(Option::is_some) {
                        return Err(Error::TimerRuns);
                    }
                    seen = current(failed)?;
                }
            }
        }
        Err(Error::Busy(None))
    }

    fn beside(&self, beside: &Beside<'_>, change: &Change, write_id: &str) -> Result<Option<TransactWriteItem>, Error> {
        Ok(match (beside, &change.entry) {
            (Beside::Stop(timer), _) => Some(self.stopping(timer)?),
            (Beside::Reverse(entry), Some(opposite)) => {
                Some(self.put(item::reversal(opposite, entry.id, write_id)?, Condition::NotExists)?)
            }
            (Beside::Reverse(_) | Beside::Nothing, _) => None,
        })
    }

    /// The task where it was and where it will be. The first action is the one that its version guards.
    fn moved(
        &self,
        seen: &Task,
        change: &Change,
        moving: Move,
        write_id: &str,
    ) -> Result<Vec<TransactWriteItem>, Error> {
        let (task, by) = (&change.task, change.event.by);
        let guard = Condition::AtVersion(seen.version);
        Ok(match moving {
            Move::Stay => vec![self.put(item::task(task, item::Place::Live, by, write_id)?, guard)?],
            Move::Away => {
                let until = change.event.at.plus_seconds(TRASH_DAYS * 86_400);
                let gone = Head::once(key::gone(seen.owner, seen.id), change.event.at, Some(by), write_id);
                vec![
                    self.delete(key::task(seen.owner, seen.id), guard)?,
                    self.idle(seen)?,
                    // An expired item of the same task may still lie there; it may be replaced.
                    self.put_over(item::task(task, item::Place::Trash { until }, by, write_id)?)?,
                    self.put_over(item::encode(gone, &GoneBody { until })?)?,
                ]
            }
            Move::Back => vec![
                self.delete(key::trash(seen.owner, seen.id), guard)?,
                self.put(item::task(task, item::Place::Live, by, write_id)?, Condition::NotExists)?,
                self.delete_any(key::gone(seen.owner, seen.id))?,
            ],
        })
    }

    /// This timer is stopped, if it still runs.
    pub(crate) fn stopping(&self, timer: &Timer) -> Result<TransactWriteItem, Error> {
        let delete = aws_sdk_dynamodb::types::Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key::timer(timer.user_id).attributes()))
            .condition_expression("task_id = :task AND started_at = :started")
            .expression_attribute_values(":task", key::text(&timer.task_id.to_string()))
            .expression_attribute_values(":started", key::text(&timer.started_at.to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// No timer of its owner's runs on this task.
    pub(crate) fn idle(&self, task: &Task) -> Result<TransactWriteItem, Error> {
        let idle = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key::timer(task.owner).attributes()))
            .condition_expression("attribute_not_exists(pk) OR task_id <> :task")
            .expression_attribute_values(":task", AttributeValue::S(task.id.to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().condition_check(idle).build())
    }

    /// The event of a change, and its entry: what is put in the same transaction, whatever else is.
    pub(crate) fn ledger(&self, change: &Change, write_id: &str) -> Result<Vec<TransactWriteItem>, Error> {
        let mut actions = vec![self.put(item::event(&change.event, write_id)?, Condition::NotExists)?];
        if let Some(entry) = &change.entry {
            actions.push(self.put(item::entry(entry, write_id)?, Condition::NotExists)?);
            actions.push(self.put(item::day_entry(entry, write_id)?, Condition::NotExists)?);
        }
        Ok(actions)
    }
}

fn booked(changed: Changed) -> Result<(Task, Entry, Event), Error> {
    match changed {
        Changed::To(Change { task, entry: Some(entry), event }) => Ok((task, entry, event)),
        _ => Err(Error::Corrupt("an entry that was not made")),
    }
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
