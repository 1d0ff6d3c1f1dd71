//! A task gets another owner: it goes from one person's partition into the other's, and what runs on it stops.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem, Update};
use sprintsync_domain::{Change, StoppedBy, Task, TaskId, TimeZone, Timer, User, UserId};

use crate::call::Condition;
use crate::call::Outcome;
use crate::item::{self, Place};
use crate::key;
use crate::once::{Effect, Once, already_done};
use crate::{Error, Store};

impl Store {
    /// What an administrator needs to give a task of `owner` to somebody, in one round trip: the task, the owner with the
    /// timer that runs for them, and the person. In three, where the task was given to somebody else meanwhile.
    pub async fn assignable(&self, (owner, task): (UserId, TaskId), to: UserId) -> Result<Assignable, Error> {
        let mut there = self.assignable_of((owner, task), to).await?;
        let mut seen = None;
        while there.task.is_none()
            && let Some(mark) = self.mark_after(seen, task).await?
        {
            there = self.assignable_of((mark.owner, task), to).await?;
            seen = Some(mark);
        }
        Ok(there)
    }

    async fn assignable_of(&self, (owner, task): (UserId, TaskId), to: UserId) -> Result<Assignable, Error> {
        let keys = match owner == to {
            true => vec![key::task(owner, task), key::timer(owner), key::profile(owner)],
            false => vec![key::task(owner, task), key::timer(owner), key::profile(owner), key::profile(to)],
        };
        let mut found = self.get_each(&keys).await?.into_iter();
        let mut next = || found.next().flatten();
        let task = next().map(item::to_task).transpose()?;
        let timer = next().map(item::to_timer).transpose()?;
        let owner = next().map(item::to_user).transpose()?;
        let to = if keys.len() > 3 { next().map(item::to_user).transpose()? } else { owner.clone() };
        Ok(Assignable { task, timer, owner, to })
    }

    /// Gives a task that was `seen` to `to`. A timer that runs on it is stopped into an entry in the same transaction.
    /// Where the task was given to somebody else meanwhile, it is taken from there.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the task is gone; [`Error::NoAssignee`]; [`Error::AlreadyDone`].
    pub async fn assign_task(
        &self,
        mut seen: Task,
        (owner, mut timer): (Option<&User>, Option<Timer>),
        to: UserId,
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<Task, Error> {
        let (id, entry) = (seen.id, self.world.id());
        // Who has left meanwhile has no days of their own any more.
        let zone_of = |owner: Option<&User>| owner.map_or_else(TimeZone::utc, |owner| owner.time_zone.clone());
        let mut zone = zone_of(owner);
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            timer = timer.filter(|timer| timer.task_id == id);
            let (former, now) = (seen.owner, self.world.now());
            let stopped =
                timer.as_ref().map(|timer| seen.log(timer.cut(now, &zone, StoppedBy::Assigned), entry, former, now));
            let current = stopped.as_ref().map_or(&seen, |stopped| &stopped.task);
            let Some(change) = current.assign(to, by, now) else { return Ok(seen) };
            let write_id = self.write_id();
            let mut actions = self.recorded_with(once, &Effect::Task(&change), &write_id)?;
            actions.push(self.delete(key::task(former, id), Condition::AtVersion(seen.version))?);
            actions.push(self.timer_stops(&seen, timer.as_ref())?);
            actions.push(self.may_have_tasks(to)?);
            actions.push(self.put(item::task(&change.task, Place::Live, by, &write_id)?, Condition::NotExists)?);
            actions.push(self.owned_by(&change, former, &write_id)?);
            for change in stopped.iter().chain([&change]) {
                actions.extend(self.ledger(change, &write_id)?);
            }
            let mut failed = match self.transact(&write_id, actions, budget).await? {
                Outcome::Done => return Ok(change.task),
                Outcome::Failed(failed) => failed,
            };
            already_done(once, &mut failed)?;
            let mut reasons = failed.into_iter();
            let (task, running, person) =
                (reasons.next().flatten(), reasons.next().flatten(), reasons.next().flatten());
            if person.is_some() {
                return Err(Error::NoAssignee);
            }
            match (task, running) {
                (Some(Some(current)), _) => seen = item::to_task(current)?,
                (Some(None), _) => {
                    let there = self.assignable((former, id), to).await?;
                    seen = there.task.ok_or(Error::NotFound)?;
                    timer = there.timer;
                    zone = zone_of(there.owner.as_ref());
                }
                // It was started, or stopped, meanwhile.
                (None, Some(_)) => timer = self.timer(former).await?,
                (None, None) => return Err(Error::Corrupt("a task without its owner")),
            }
        }
        Err(Error::Busy(None))
    }

    /// The timer that runs on the task is stopped; or none runs on it.
    fn timer_stops(&self, task: &Task, timer: Option<&Timer>) -> Result<TransactWriteItem, Error> {
        match timer {
            Some(timer) => self.stopping(timer),
            None => self.idle(task),
        }
    }

    /// The person is there, and not shut out.
    fn may_have_tasks(&self, person: UserId) -> Result<TransactWriteItem, Error> {
        let there = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key::profile(person).attributes()))
            .condition_expression("attribute_exists(pk) AND disabled = :no")
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().condition_check(there).build())
    }

    /// The mark of the task's owner, changed.
    fn owned_by(&self, change: &Change, former: UserId, write_id: &str) -> Result<TransactWriteItem, Error> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key::owner(change.task.id).attributes()))
            .update_expression(
                "SET #owner = :owner, updated_at = :now, updated_by = :by, version = version + :one, write_id = :write",
            )
            .condition_expression("#owner = :former")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", key::text(&change.task.owner.to_string()))
            .expression_attribute_values(":former", key::text(&former.to_string()))
            .expression_attribute_values(":now", key::text(&change.event.at.to_string()))
            .expression_attribute_values(":by", key::text(&change.event.by.to_string()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":write", key::text(write_id))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// What is there of a task that is to be given to somebody.
#[derive(Debug, Clone)]
pub struct Assignable {
    /// The task, if it is not in the trash or gone.
    pub task: Option<Task>,
    /// The timer that runs for its owner, on whichever task.
    pub timer: Option<Timer>,
    /// Its owner.
    pub owner: Option<User>,
    /// The person who is to have it.
    pub to: Option<User>,
}
