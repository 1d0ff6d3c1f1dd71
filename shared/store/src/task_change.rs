//! How a task changes: where it lies, what must be so beside it, and what is tried again where others were first.

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use sprintsync_domain::{Change, Entry, Event, TRASH_DAYS, Task, TaskId, Timer, UserId, Version};

use crate::call::{Condition, Outcome};
use crate::item::{self, GoneBody, Head};
use crate::key::{self, Item};
use crate::once::{Effect, Once, already_done};
use crate::{Error, Store};

/// Where a task lies before and after a change, and what is guarded.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Move {
    /// It stays with its owner's others, and was not changed since it was seen.
    Stay,
    /// It stays there, and minutes are added. Whoever meets others again and again adds them without looking at the rest
    /// of the task (docs/decisions/0027).
    Add,
    /// It goes into the trash.
    Away,
    /// It comes out of the trash.
    Back,
}

/// Attempts to book minutes at the version that was seen, before they are added beside whatever others do.
const AT_VERSION: u32 = 2;

/// What else must be so, and is written, for a change to happen.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    /// This entry was not taken back yet, and is by this.
    pub(crate) reversed: Option<&'a Entry>,
    /// What becomes of the owner's timer.
    pub(crate) timer: OnTimer<'a>,
}

/// What becomes of a timer in the transaction of a change.
#[derive(Clone, Copy, Default)]
pub(crate) enum OnTimer<'a> {
    /// What it likes.
    #[default]
    Nothing,
    /// None may run on the task.
    Idle,
    /// This one stops.
    Stops(&'a Timer),
    /// This one stops, and the other runs in its place.
    Becomes(&'a Timer, &'a Timer),
}

pub(crate) enum Changed {
    /// What it is now, by these changes, one after the other.
    To(Task, Vec<Change>),
    /// It is as it was.
    Not(Task),
}

/// The condition that the timer still runs that was seen.
const THIS_TIMER: &str = "task_id = :task AND started_at = :started";

impl Store {
    /// Changes a task that was `seen`, by what `act` makes of it as it is; nothing, where that is nothing.
    pub(crate) async fn change(
        &self,
        mut seen: Task,
        expected: Option<Version>,
        act: impl Fn(&Task) -> Vec<Change>,
        (moving, beside): (Move, Beside<'_>),
        once: Option<&Once<'_>>,
    ) -> Result<Changed, Error> {
        let budget = if moving == Move::Add { self.patient_budget() } else { self.budget() };
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            at_version(&seen, expected)?;
            let mut changes = act(&seen);
            let adding = moving == Move::Add && attempt >= AT_VERSION;
            if adding {
                changes = changes.into_iter().map(Change::beside_others).collect();
            }
            let Some(last) = changes.last() else { return Ok(Changed::Not(seen)) };
            let write_id = self.write_id();
            let mut actions = self.recorded_with(once, &Effect::Task(last), &write_id)?;
            let mut reasons = Vec::new();
            for (action, reason) in self.beside(beside, (&seen, &changes), &write_id)? {
                actions.push(action);
                reasons.push(reason);
            }
            match adding {
                true => actions.push(self.added(&seen, last, &write_id)?),
                false => actions.extend(self.moved(&seen, last, moving, &write_id)?),
            }
            for change in &changes {
                actions.extend(self.ledger(change, &write_id)?);
            }
            match self.transact(&write_id, actions, budget).await? {
                Outcome::Done => return Ok(Changed::To(last.task.clone(), changes)),
                Outcome::Failed(mut failed) => {
                    already_done(once, &mut failed)?;
                    let rest = failed.split_off(reasons.len().min(failed.len()));
                    let in_the_way = reasons.into_iter().zip(failed).find(|(_, failed)| failed.is_some());
                    if let Some((reason, _)) = in_the_way {
                        return Err(reason);
                    }
                    seen = current(rest)?;
                }
            }
        }
        Err(Error::Busy(None))
    }

    /// What else must be so, each with what it means where it is not.
    fn beside(
        &self,
        Beside { reversed, timer }: Beside<'_>,
        (seen, changes): (&Task, &[Change]),
        write_id: &str,
    ) -> Result<Vec<(TransactWriteItem, Error)>, Error> {
        let mut actions = Vec::new();
        let opposite = changes.iter().find_map(|change| change.entry.as_ref());
        if let (Some(reversed), Some(opposite)) = (reversed, opposite) {
            let mark = self.put(item::reversal(opposite, reversed.id, write_id)?, Condition::NotExists)?;
            actions.push((mark, Error::Reversed));
        }
        match timer {
            OnTimer::Nothing => {}
            OnTimer::Idle => actions.push((self.idle(seen)?, Error::TimerRuns)),
            OnTimer::Stops(timer) => actions.push((self.stopping(timer)?, Error::NoTimer)),
            OnTimer::Becomes(timer, next) => {
                actions.push((self.becoming(timer, next, write_id)?, Error::NoTimer));
                // Of the task that is changed itself, the change makes sure.
                if next.task_id != seen.id {
                    actions.push((self.there(next.user_id, next.task_id)?, Error::NotFound));
                }
            }
        }
        Ok(actions)
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
            Move::Stay | Move::Add => vec![self.put(item::task(task, item::Place::Live, by, write_id)?, guard)?],
            Move::Away => {
                let until = change.event.at.plus_seconds(TRASH_DAYS * 86_400);
                let gone = Head::once(key::gone(seen.owner, seen.id), change.event.at, Some(by), write_id);
                vec![
                    self.delete(key::task(seen.owner, seen.id), guard)?,
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

    /// Minutes are added to the task, if it is there, of whichever version.
    fn added(&self, seen: &Task, change: &Change, write_id: &str) -> Result<TransactWriteItem, Error> {
        let number = |number: i64| AttributeValue::N(number.to_string());
        let minutes = change.entry.as_ref().map_or(0, |entry| entry.minutes);
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key::task(seen.owner, seen.id).attributes()))
            .update_expression(
                "SET updated_at = :now, updated_by = :by, write_id = :write ADD total_minutes :minutes, version :one",
            )
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", key::text(&change.event.at.to_string()))
            .expression_attribute_values(":by", key::text(&change.event.by.to_string()))
            .expression_attribute_values(":write", key::text(write_id))
            .expression_attribute_values(":minutes", number(minutes))
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// This task of this person's is there.
    pub(crate) fn there(&self, owner: UserId, id: TaskId) -> Result<TransactWriteItem, Error> {
        let there = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key::task(owner, id).attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().condition_check(there).build())
    }

    /// This timer, if it still runs, gives way to another.
    fn becoming(&self, timer: &Timer, next: &Timer, write_id: &str) -> Result<TransactWriteItem, Error> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item::timer(next, write_id)?))
            .condition_expression(THIS_TIMER)
            .expression_attribute_values(":task", key::text(&timer.task_id.to_string()))
            .expression_attribute_values(":started", key::text(&timer.started_at.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// This timer is stopped, if it still runs.
    pub(crate) fn stopping(&self, timer: &Timer) -> Result<TransactWriteItem, Error> {
        let delete = aws_sdk_dynamodb::types::Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key::timer(timer.user_id).attributes()))
            .condition_expression(THIS_TIMER)
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
        let network = change.event.is_audited().then(sprintsync_observe::network).flatten();
        let event = Event { network, ..change.event.clone() };
        let mut actions = vec![self.put(item::event(&event, write_id)?, Condition::NotExists)?];
        if let Some(entry) = &change.entry {
            actions.push(self.put(item::entry(entry, write_id)?, Condition::NotExists)?);
            actions.push(self.put(item::day_entry(entry, write_id)?, Condition::NotExists)?);
        }
        Ok(actions)
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
