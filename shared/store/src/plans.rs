//! Day plans: what one is made from, and the one that was made last for a person.

use sprintsync_domain::{FINISHED, KeptPlan, MOST_OPEN, Status, Task, UserId};
use sprintsync_observe::branch;

use crate::item::{self, Head, Kind};
use crate::{Error, Order, Place, Recorded, Store, TaskList, key};

/// Seconds for which a plan is kept: it is of one day, wherever that day is.
const KEPT_SECONDS: i64 = 48 * 3_600;

impl Kind for KeptPlan {
    const TYPE: &'static str = "plan";
}

/// Tasks that are open, the ones in progress first, oldest first.
#[derive(Debug, Clone)]
pub struct Open {
    /// At most [`MOST_OPEN`].
    pub tasks: Vec<Task>,
    /// Whether there are more.
    pub more: bool,
}

impl Store {
    /// A person's open tasks, as many as a plan looks at, in one round trip of two Queries.
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
