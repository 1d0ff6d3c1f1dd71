//! Leaving: the account ends at once, in one transaction; what names its owner is erased afterwards, piece by piece,
//! and what the team's sums are made of stays without a name (`docs/decisions/0010-leaving.md`).

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};
use sprintsync_domain::{AccountEvent, Fields, Task, TaskId, User, UserId, What};

use crate::call::{Condition, Outcome, Walk};
use crate::item::{self, ErasureBody, GoneBody, Head};
use crate::key::{self, Item, Key};
use crate::{Error, Order, Store};

/// Items that are looked at, and then written, at once.
const AT_ONCE: usize = 100;
/// Seconds after which nothing of the account is under way any more: a request lasts 30 at most.
const SETTLED_SECONDS: i64 = 60;

/// What a round of erasing came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// People of whom nothing is left but what the sums need.
    pub people: usize,
    /// People who left so recently that the next round will see to them.
    pub waiting: usize,
}

impl Store {
    /// Ends the account that was `seen`: nobody can sign in with it, its sessions are dead, its name is free, and the
    /// rest is erased soon.
    ///
    /// # Errors
    /// [`Error::LastAdmin`]; [`Error::NotFound`] where it was ended, or its password changed, meanwhile.
    pub async fn leave(&self, seen: &User) -> Result<(), Error> {
        let mut current = seen.clone();
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            // What was verified was the password of that epoch.
            if current.epoch != seen.epoch {
                return Err(Error::NotFound);
            }
            let now = self.world.now().max(current.updated_at);
            let write_id = self.write_id();
            let event = self.account_event(&current, What::Left, now, Fields::new(), Fields::new());
            let mark = Head::once(key::erasure(current.id), now, Some(current.id), &write_id);
            let mut actions = vec![
                self.delete(key::profile(current.id), Condition::AtVersion(current.version))?,
                self.delete(key::name(&current.username), Condition::Exists)?,
                self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
                self.put(item::encode(mark, &ErasureBody {})?, Condition::NotExists)?,
            ];
            actions.extend(self.legacy_count(Some(&current.password), None, now)?);
            if current.counts_as_admin() {
                actions.push(self.one_admin_fewer(now)?);
            }
            let failed = match self.transact(&write_id, actions, budget).await? {
                Outcome::Done => return Ok(()),
                Outcome::Failed(failed) => failed,
            };
            let mut reasons = failed.into_iter();
            match reasons.next().flatten() {
                Some(Some(changed)) => current = item::to_user(changed)?,
                Some(None) => return Err(Error::NotFound),
                None if reasons.last().flatten().is_some() => return Err(Error::LastAdmin),
                None => return Err(Error::Corrupt("an account without its name")),
            }
        }
        Err(Error::Busy(None))
    }

    /// Erases what is left of those who have left. May be stopped anywhere and done again.
    pub async fn erase(&self) -> Result<Erased, Error> {
        let (mut erased, mut failed) = (Erased::default(), None);
        let settled = self.world.now().plus_seconds(-SETTLED_SECONDS);
        let mut marks = Items::of(key::ERASURES.to_owned());
        while let Some(page) = marks.next(self).await? {
            for mark in page {
                let mark = item::decode::<ErasureBody>(mark)?;
                if mark.created_at > settled {
                    erased.waiting += 1;
                    continue;
                }
                // What cannot be read of one keeps nobody else waiting.
                match self.erase_marked(mark.key).await {
                    Ok(()) => erased.people += 1,
                    Err(error) => failed = Some(error),
                }
            }
        }
        failed.map_or(Ok(erased), Err)
    }

    async fn erase_marked(&self, mark: Key) -> Result<(), Error> {
        let user = key::last_part(&mark.sk)?;
        // An administrator may have moved a task into the trash, or out of it, from behind the walk to before it.
        while self.erase_person(user).await? {}
        self.write_each(vec![delete(mark)?]).await
    }

    /// Walks through a person's items once. Says whether there was anything to delete.
    async fn erase_person(&self, user: UserId) -> Result<bool, Error> {
        let mut deleted = false;
        let mut items = Items::of(key::user_partition(user));
        while let Some(page) = items.next(self).await? {
            // The copy with the person is what leads to the other, so it comes last.
            let (mut entries, mut days, mut deletions) = (Vec::new(), Vec::new(), Vec::new());
            for item in page {
                let key = Key::of(&item).ok_or(Error::Corrupt("an item without a key"))?;
                match Of::sort_key(&key.sk)? {
                    Of::LiveTask => {
                        self.erase_task(&item::to_task(item)?).await?;
                        deleted = true;
                    }
                    Of::Task(task) => {
                        self.erase_texts(task).await?;
                        deletions.push(delete(key)?);
                    }
                    Of::Day => {
                        let entry = item::to_day_entry(item)?;
                        if !entry.note.as_str().is_empty() {
                            let (write_id, entry) = (self.write_id(), entry.without_texts());
                            entries.push(put(item::entry(&entry, &write_id)?)?);
                            days.push(put(item::day_entry(&entry, &write_id)?)?);
                        }
                    }
                    Of::AccountEvent => {
                        let event = item::to_account_event(item)?;
                        match event.what.outlives_account() {
                            true => {
                                let event = AccountEvent { network: None, ..event };
                                days.push(put(item::account_event(&event, &self.write_id())?)?);
                            }
                            false => deletions.push(delete(key)?),
                        }
                    }
                    Of::Other => deletions.push(delete(key)?),
                }
            }
            deleted |= !deletions.is_empty();
            for writes in [entries, days, deletions] {
                self.write_each(writes).await?;
            }
        }
        Ok(deleted)
    }

    /// Deletes a task with the event that says so, for the statistics, and leaves the mark that leads to its history.
    /// Where it changes meanwhile, or is given to somebody else, the next walk sees to it.
    async fn erase_task(&self, task: &Task) -> Result<(), Error> {
        let write_id = self.write_id();
        let event = task.erase(self.world.now());
        let mark = Head::once(key::gone(task.owner, task.id), event.at, Some(task.owner), &write_id);
        let actions = vec![
            self.put_over(item::encode(mark, &GoneBody { until: event.at })?)?,
            self.delete(key::task(task.owner, task.id), Condition::AtVersion(task.version))?,
            self.put(item::event(&event, &write_id)?, Condition::NotExists)?,
        ];
        self.transact(&write_id, actions, self.budget()).await.map(|_| ())
    }

    /// Takes the texts out of a task's history; and the names, which an older layout held there.
    async fn erase_texts(&self, task: TaskId) -> Result<(), Error> {
        let mut items = Items::beginning(key::task_partition(task), key::EVENT);
        while let Some(page) = items.next(self).await? {
            let mut writes = Vec::new();
            for item in page {
                let event = item::to_event(item)?.without_texts();
                writes.push(put(item::event(&event, &self.write_id())?)?);
            }
            self.write_each(writes).await?;
        }
        Ok(())
    }
}

/// What an item in a person's partition is, as far as erasing tells them apart.
enum Of {
    /// A task.
    LiveTask,
    /// What leads to the history of a task that is in the trash or gone.
    Task(TaskId),
    AccountEvent,
    Day,
    Other,
}

impl Of {
    fn sort_key(sk: &str) -> Result<Self, Error> {
        let begins = |prefix: &str| sk.starts_with(prefix);
        Ok(if begins(key::TASK) {
            Self::LiveTask
        } else if [key::TRASH, key::GONE].into_iter().any(begins) {
            Self::Task(key::last_part(sk)?)
        } else if begins(key::EVENT) {
            Self::AccountEvent
        } else if begins(key::DAY) {
            Self::Day
        } else {
            Self::Other
        })
    }
}

/// The items of a partition, page by page.
struct Items {
    pk: String,
    prefix: String,
    after: Option<String>,
    over: bool,
}

impl Items {
    fn of(pk: String) -> Self {
        Self::beginning(pk, "")
    }

    fn beginning(pk: String, prefix: &str) -> Self {
        Self { pk, prefix: prefix.to_owned(), after: None, over: false }
    }

    async fn next(&mut self, store: &Store) -> Result<Option<Vec<Item>>, Error> {
        if self.over {
            return Ok(None);
        }
        let (pk, prefix, after) = (self.pk.clone(), self.prefix.clone(), self.after.take());
        let walk = Walk {
            pk,
            prefix,
            by_status: false,
            between: None,
            after: after.as_deref(),
            limit: AT_ONCE,
            order: Order::Newest,
        };
        let (items, next) = store.walk(walk).await?;
        self.over = next.is_none();
        self.after = next;
        Ok(Some(items))
    }
}

fn put(item: Item) -> Result<WriteRequest, Error> {
    let put = PutRequest::builder().set_item(Some(item)).build().map_err(Error::broken)?;
    Ok(WriteRequest::builder().put_request(put).build())
}

fn delete(key: Key) -> Result<WriteRequest, Error> {
    let delete = DeleteRequest::builder().set_key(Some(key.attributes())).build().map_err(Error::broken)?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}
