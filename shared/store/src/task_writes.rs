//! What is written of tasks: each change with its event, its entry and its idempotency record in one transaction.

use sprintsync_domain::{
    Change, Day, Entry, Event, NewEntry, NewTask, Status, StoppedBy, Task, TaskEdit, TimeZone, Timer, Timestamp,
    UserId, Version,
};

use crate::call::{Condition, Outcome};
use crate::item::{self, Head, OwnerBody};
use crate::key;
use crate::once::{Effect, Once, already_done};
use crate::task_change::{Beside, Changed, Move, OnTimer};
use crate::{Error, Store};

/// A timer that may run on a task that is changed, and where the days of whose it is begin.
#[derive(Debug, Clone)]
pub struct Running {
    /// The timer, on whichever task.
    pub timer: Option<Timer>,
    /// The zone of whose it is.
    pub zone: TimeZone,
}

/// A task that was edited.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The task as it is now.
    pub task: Task,
    /// What happened to it, oldest first; nothing, where it was so already.
    pub events: Vec<Event>,
    /// What its timer was stopped into, if one ran on it and it is done.
    pub stopped: Option<Entry>,
}

/// What was put back: what a person did by one click, and regrets.
#[derive(Debug, Clone)]
pub struct Undo<'a> {
    /// The entry that is taken back.
    pub entry: &'a Entry,
    /// The status that the task had before.
    pub status: Option<Status>,
    /// The timer that runs now, and the one that ran before.
    pub timer: Option<(&'a Timer, &'a Timer)>,
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

    /// Changes fields of a task that was `seen`. With `expected`, only that version is changed. Where it says that the task
    /// is done, the timer that runs on it is stopped into an entry in the same transaction.
    ///
    /// # Errors
    /// [`Error::Stale`] where the task is of another version than `expected`; [`Error::NotFound`] where it is gone;
    /// [`Error::AlreadyDone`] where the key of `once` was used.
    pub async fn edit_task(
        &self,
        seen: Task,
        running: Option<Running>,
        expected: Option<Version>,
        edit: &TaskEdit,
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<Edited, Error> {
        let act = |task: &Task| task.edit(edit, by, self.world.now());
        let running = running.filter(|_| edit.finishes());
        let changed = self.change_with_timer(seen, running, (Move::Stay, StoppedBy::Done), expected, act, once).await?;
        Ok(match changed {
            Changed::To(task, changes) => {
                let stopped = changes.iter().find_map(|change| change.entry.clone());
                Edited { task, events: changes.into_iter().map(|change| change.event).collect(), stopped }
            }
            Changed::Not(task) => Edited { task, events: Vec::new(), stopped: None },
        })
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
        let act = |task: &Task| vec![task.log(new.clone(), id, by, self.world.now())];
        booked(self.change(seen, None, act, (Move::Add, Beside::default()), once).await?)
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
        let act = |task: &Task| vec![task.reverse(entry, id, by, self.world.now())];
        let beside = Beside { reversed: Some(entry), ..Beside::default() };
        booked(self.change(seen, None, act, (Move::Add, beside), once).await?)
    }

    /// Starts a person's timer on a task of theirs that was `seen`.
    ///
    /// # Errors
    /// [`Error::TimerRuns`]; [`Error::NotFound`] where the task is gone; [`Error::AlreadyDone`].
    pub async fn start_timer(&self, seen: &Task, once: Option<&Once<'_>>) -> Result<Timer, Error> {
        let write_id = self.write_id();
        let timer =
            Timer { user_id: seen.owner, task_id: seen.id, title: seen.title.clone(), started_at: self.world.now() };
        let mut actions = self.recorded_with(once, &Effect::Timer(&timer), &write_id)?;
        actions.push(self.there(seen.owner, seen.id)?);
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
        let act = |task: &Task| vec![task.log(new.clone(), id, by, self.world.now())];
        let beside = Beside { timer: OnTimer::Stops(timer), ..Beside::default() };
        booked(self.change(seen, None, act, (Move::Add, beside), once).await?)
    }

    /// Stops a timer that was `seen` to run on a task that was `seen`, into an entry, and starts it on another task of the
    /// same person's, at once.
    ///
    /// # Errors
    /// [`Error::NoTimer`] where it was stopped meanwhile; [`Error::NotFound`] where either task is gone;
    /// [`Error::AlreadyDone`].
    pub async fn switch_timer(
        &self,
        seen: Task,
        timer: &Timer,
        new: &NewEntry,
        to: &Task,
        once: Option<&Once<'_>>,
    ) -> Result<(Timer, Entry), Error> {
        let (id, by) = (self.world.id(), seen.owner);
        let next = Timer { user_id: by, task_id: to.id, title: to.title.clone(), started_at: self.world.now() };
        let act = |task: &Task| vec![task.log(new.clone(), id, by, self.world.now())];
        let beside = Beside { timer: OnTimer::Becomes(timer, &next), ..Beside::default() };
        let (_, entry, _) = booked(self.change(seen, None, act, (Move::Add, beside), once).await?)?;
        Ok((next, entry))
    }

    /// Takes an entry of a task that was `seen` back, and with it what else the same click did, all or nothing.
    ///
    /// # Errors
    /// [`Error::Reversed`]; [`Error::NoTimer`] where the timer is another one by now; else as [`Store::edit_task`].
    pub async fn undo(&self, seen: Task, undo: &Undo<'_>, by: UserId, once: Option<&Once<'_>>) -> Result<(), Error> {
        let id = self.world.id();
        let act = |task: &Task| {
            let now = self.world.now();
            let reversal = task.reverse(undo.entry, id, by, now);
            let edit = undo.status.map(TaskEdit::status);
            let edited = edit.and_then(|edit| reversal.task.edit(&edit, by, now));
            [reversal].into_iter().chain(edited).collect()
        };
        let moving = if undo.status.is_some() { Move::Stay } else { Move::Add };
        let timer = undo.timer.map_or(OnTimer::Nothing, |(now, before)| OnTimer::Becomes(now, before));
        let beside = Beside { reversed: Some(undo.entry), timer };
        self.change(seen, None, act, (moving, beside), once).await.map(|_| ())
    }

    /// Moves a task that was `seen` into the trash. With `expected`, only that version is deleted. A timer that runs on it
    /// is stopped in the same transaction, into the entry that comes back.
    ///
    /// # Errors
    /// As [`Store::edit_task`].
    pub async fn delete_task(
        &self,
        seen: Task,
        running: Running,
        expected: Option<Version>,
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<Option<Entry>, Error> {
        let act = |task: &Task| Some(task.delete(by, self.world.now()));
        let moving = (Move::Away, StoppedBy::Deleted);
        Ok(match self.change_with_timer(seen, Some(running), moving, expected, act, once).await? {
            Changed::To(_, changes) => changes.into_iter().find_map(|change| change.entry),
            Changed::Not(_) => None,
        })
    }

    /// Changes a task, and stops the timer that runs on it in the same transaction, by which the task's owner worked. With
    /// nothing `running`, the timer is nobody's business.
    async fn change_with_timer(
        &self,
        seen: Task,
        mut running: Option<Running>,
        (moving, stopped_by): (Move, StoppedBy),
        expected: Option<Version>,
        act: impl Fn(&Task) -> Option<Change>,
        once: Option<&Once<'_>>,
    ) -> Result<Changed, Error> {
        let (id, owner, entry) = (seen.id, seen.owner, self.world.id());
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            let here =
                running.as_ref().and_then(|one| Some((one.timer.as_ref().filter(|t| t.task_id == id)?, &one.zone)));
            let all = |task: &Task| {
                let now = self.world.now();
                let stopped = here.map(|(timer, zone)| task.log(timer.cut(now, zone, stopped_by), entry, owner, now));
                let then = act(stopped.as_ref().map_or(task, |stopped| &stopped.task));
                stopped.into_iter().chain(then).collect()
            };
            let timer = match (here, moving) {
                (Some((timer, _)), _) => OnTimer::Stops(timer),
                // A task that is there may get a timer at any time; one in the trash must have none.
                (None, Move::Away) => OnTimer::Idle,
                (None, Move::Stay | Move::Add | Move::Back) => OnTimer::Nothing,
            };
            let beside = Beside { timer, ..Beside::default() };
            match self.change(seen.clone(), expected, all, (moving, beside), once).await {
                // It was started, or stopped, meanwhile.
                Err(Error::TimerRuns | Error::NoTimer) => {
                    let timer = self.timer(owner).await?;
                    running = running.map(|running| Running { timer, ..running });
                }
                outcome => return outcome,
            }
        }
        Err(Error::Busy(None))
    }

    /// Takes a task that was `seen` in the trash out of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is there no longer; [`Error::AlreadyDone`].
    pub async fn restore_task(&self, mut seen: Task, by: UserId, once: Option<&Once<'_>>) -> Result<Task, Error> {
        let (owner, id) = (seen.owner, seen.id);
        let act = |task: &Task| vec![task.restore(by, self.world.now())];
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            match self.change(seen, None, act, (Move::Back, Beside::default()), once).await {
                Ok(Changed::To(task, _) | Changed::Not(task)) => return Ok(task),
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
}

fn booked(changed: Changed) -> Result<(Task, Entry, Event), Error> {
    let Changed::To(task, changes) = changed else { return Err(Error::Corrupt("an entry that was not made")) };
    let booked = changes.into_iter().find_map(|change| Some((change.entry?, change.event)));
    booked.map(|(entry, event)| (task, entry, event)).ok_or(Error::Corrupt("an entry that was not made"))
}
