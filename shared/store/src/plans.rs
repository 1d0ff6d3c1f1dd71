//! Day plans: what one is made from, and the one that was made last for a person.

use sprintsync_domain::{Day, FINISHED, KeptPlan, MOST_OPEN, Status, Task, TaskId, UserId};
use sprintsync_observe::branch;

use crate::call::{Condition, Outcome};
use crate::item::{self, Head, Kind};
use crate::{Error, Order, Place, Recorded, Store, TaskList, key};

/// Seconds for which a plan is kept: it is of one day, wherever that day is.
const KEPT_SECONDS: i64 = 48 * 3_600;

impl Kind for KeptPlan {
    const TYPE: &'static str = "plan";
}

/// To-dos that are looked through for what is due, from the newest back, beside the [`MOST_OPEN`] oldest; and tasks in
/// progress. A Query ends after 1 MB too, whichever is first.
const LOOKED_THROUGH: usize = 800;

/// Tasks that are open.
#[derive(Debug, Clone)]
pub struct Open {
    /// As many as were asked for.
    pub tasks: Vec<Task>,
    /// Whether there are more.
    pub more: bool,
}

/// A plan, and which write left it as it is.
#[derive(Debug, Clone)]
pub struct PlanSeen {
    kept: KeptPlan,
    write_id: String,
}

impl Store {
    /// A person's open tasks to make a plan of, in one round trip of three Queries. No index lists them by due day, so
    /// they are read from both ends: what is due was mostly added lately, or long ago. Some may come twice.
    pub async fn tasks_to_plan(&self, owner: UserId) -> Result<Open, Error> {
        let (begun, oldest, newest) = tokio::try_join!(
            branch(self.of_status(owner, Status::InProgress, Order::Oldest, LOOKED_THROUGH)),
            branch(self.of_status(owner, Status::Todo, Order::Oldest, MOST_OPEN)),
            branch(self.of_status(owner, Status::Todo, Order::Newest, LOOKED_THROUGH)),
        )?;
        // Between the two ends is something that was not read, where they do not meet.
        let meet = match (oldest.items.last(), newest.items.last()) {
            (Some(old), Some(new)) => old.id >= new.id,
            (None, _) | (_, None) => true,
        };
        let more = begun.next.is_some() || (oldest.next.is_some() && newest.next.is_some() && !meet);
        Ok(Open { tasks: [begun.items, oldest.items, newest.items].concat(), more })
    }

    /// A person's open tasks, the ones in progress first, oldest first, at most [`MOST_OPEN`], in one round trip of two
    /// Queries.
    pub async fn open_tasks(&self, owner: UserId) -> Result<Open, Error> {
        let (begun, todo) = tokio::try_join!(
            branch(self.of_status(owner, Status::InProgress, Order::Oldest, MOST_OPEN)),
            branch(self.of_status(owner, Status::Todo, Order::Oldest, MOST_OPEN)),
        )?;
        let mut more = begun.next.is_some() || todo.next.is_some();
        let mut tasks: Vec<_> = begun.items.into_iter().chain(todo.items).collect();
        more |= tasks.len() > MOST_OPEN;
        tasks.truncate(MOST_OPEN);
        Ok(Open { tasks, more })
    }

    /// The plan that is kept for a person, to be changed.
    pub async fn plan_to_change(&self, user: UserId) -> Result<Option<PlanSeen>, Error> {
        let item = self.get(key::plan(user)).await?;
        let Some(item) = item.filter(|item| !item::is_expired(item, self.world.now())) else { return Ok(None) };
        let write_id = item::write_id(&item).unwrap_or_default().to_owned();
        Ok(Some(PlanSeen { kept: item::decode::<KeptPlan>(item)?.body, write_id }))
    }

    /// Puts a task off for the day of the plan that was seen, or of the one that took its place meanwhile. A plan of none
    /// of these days stays as it is. Gives whether there was one.
    ///
    /// # Errors
    /// [`Error::Busy`] where others go on writing it.
    pub async fn put_off(
        &self,
        user: UserId,
        mut seen: Option<PlanSeen>,
        task: TaskId,
        days: [Day; 2],
    ) -> Result<bool, Error> {
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            if attempt > 0 {
                seen = self.plan_to_change(user).await?;
            }
            let Some(PlanSeen { mut kept, write_id: before }) =
                seen.take().filter(|seen| days.contains(&seen.kept.plan.day))
            else {
                return Ok(false);
            };
            kept.put_off(task);
            let write_id = self.write_id();
            let mut head = Head::once(key::plan(user), kept.made_at, Some(user), &write_id);
            head.ttl = Some(kept.made_at.plus_seconds(KEPT_SECONDS));
            let put = self.put(item::encode(head, &kept)?, Condition::AsWritten(before))?;
            match self.transact(&write_id, vec![put], budget).await? {
                Outcome::Done => return Ok(true),
                // Another plan was made meanwhile, or another task put off.
                Outcome::Failed(_) => {}
            }
        }
        Err(Error::Busy(None))
    }

    /// The tasks that a person finished, from the youngest task back: as many as say what is usual for them.
    pub async fn finished_tasks(&self, owner: UserId) -> Result<Vec<Task>, Error> {
        Ok(self.of_status(owner, Status::Done, Order::Newest, FINISHED).await?.items)
    }

    async fn of_status(
        &self,
        owner: UserId,
        status: Status,
        order: Order,
        limit: usize,
    ) -> Result<crate::Page<Task>, Error> {
        self.tasks(owner, TaskList { status: Some(status), order }, &Place { limit, after: None }).await
    }

    /// The plan that was made last for a person, if it is still kept.
    pub async fn kept_plan(&self, user: UserId) -> Result<Option<KeptPlan>, Error> {
        let item = self.get(key::plan(user)).await?;
        let item = item.filter(|item| !item::is_expired(item, self.world.now()));
        Ok(item.map(item::decode::<KeptPlan>).transpose()?.map(|decoded| decoded.body))
    }

    /// Keeps a plan in place of the one before, and the answer to a key that was taken for it ([`Store::claim`]).
    pub async fn keep_plan(&self, user: UserId, kept: &KeptPlan, once: Option<(&str, &Recorded)>) -> Result<(), Error> {
        let write_id = self.write_id();
        let mut head = Head::once(key::plan(user), kept.made_at, Some(user), &write_id);
        head.ttl = Some(kept.made_at.plus_seconds(KEPT_SECONDS));
        let mut actions = vec![self.put_over(item::encode(head, kept)?)?];
        if let Some((idempotency_key, recorded)) = once {
            actions.push(self.finishing(user, idempotency_key, recorded, &write_id)?);
        }
        self.transact(&write_id, actions, self.budget()).await.map(|_| ())
    }
}
