//! Tasks, their entries and their history: what is read of them.

use std::collections::{BTreeSet, HashMap};

use sprintsync_domain::{
    Day, Entry, EntryId, Event, Status, Task, TaskId, TimeZone, Timer, Timestamp, Title, UserId, Version, Words,
};

use crate::call::Walk;
use crate::item::{self, OwnerBody};
use crate::key::{self, Item};
use crate::{Error, Running, Store};

/// Where a page of a list begins, and how long it is at most.
#[derive(Debug, Clone)]
pub struct Place {
    /// Items at most.
    pub limit: usize,
    /// The position behind which it begins, from [`Page::next`].
    pub after: Option<String>,
}

/// From which end a list is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// What came last is first.
    #[default]
    Newest,
    /// What came first is first.
    Oldest,
}

/// Which of a person's tasks, and in which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskList {
    /// Of this status, or of any.
    pub status: Option<Status>,
    /// From which end.
    pub order: Order,
}

/// Tasks in which words were found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The tasks, and the position behind which the search goes on.
    pub page: Page<Task>,
    /// How many tasks were looked at.
    pub looked_at: usize,
    /// When the last task that was looked at was made.
    pub back_to: Option<Timestamp>,
}

/// Tasks that one search looks at: the read units that it costs at most are those of 1 MB, and a thousandth of a cent.
pub const LOOKED_AT: usize = 500;

/// A page of a list.
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

/// Whose a task is, and how often that changed.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Mark {
    pub(crate) owner: UserId,
    version: Version,
}

impl Store {
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
        let trashed = self.to_trashed(trash)?;
        if access.owner == Some(user) && access.own.is_none() && trashed.is_none() {
            let (own, trashed) = self.task_or_trash(user, id).await?;
            return Ok((Access { own, ..access }, trashed));
        }
        Ok((access, trashed))
    }

    /// Whose a task is, if it ever was.
    pub async fn owner(&self, id: TaskId) -> Result<Option<UserId>, Error> {
        to_owner(self.get(key::owner(id)).await?)
    }

    /// A task, whoever has it: by the mark of its owner, in two round trips. It is not there only if it was not given to
    /// somebody else while it was looked for.
    pub async fn task_of_anybody(&self, id: TaskId) -> Result<Option<Task>, Error> {
        let mut seen = None;
        while let Some(mark) = self.mark_after(seen, id).await? {
            if let Some(task) = self.task(mark.owner, id).await? {
                return Ok(Some(task));
            }
            seen = Some(mark);
        }
        Ok(None)
    }

    /// Whose a task is, unless that is as it was `seen`.
    pub(crate) async fn mark_after(&self, seen: Option<Mark>, id: TaskId) -> Result<Option<Mark>, Error> {
        let marker = self.get(key::owner(id)).await?.map(item::decode::<OwnerBody>).transpose()?;
        let mark = marker.map(|marker| Mark { owner: marker.body.owner, version: marker.version });
        Ok(mark.filter(|mark| seen != Some(*mark)))
    }

    fn to_trashed(&self, item: Option<Item>) -> Result<Option<Task>, Error> {
        item.filter(|item| !item::is_expired(item, self.world.now())).map(item::to_task).transpose()
    }

    /// A task by its owner and id.
    pub async fn task(&self, owner: UserId, id: TaskId) -> Result<Option<Task>, Error> {
        self.get(key::task(owner, id)).await?.map(item::to_task).transpose()
    }

    /// A task and, if it is there instead, the same task in its owner's trash, in one round trip; in two where it is
    /// in neither. Both places are read at once but not as one (BatchGetItem), and the task may have gone from one to
    /// the other meanwhile.
    pub async fn task_or_trash(&self, owner: UserId, id: TaskId) -> Result<(Option<Task>, Option<Task>), Error> {
        match self.task_and_trash(owner, id).await? {
            (None, None) => self.task_and_trash(owner, id).await,
            found => Ok(found),
        }
    }

    async fn task_and_trash(&self, owner: UserId, id: TaskId) -> Result<(Option<Task>, Option<Task>), Error> {
        let [live, trash] = self.get_all([key::task(owner, id), key::trash(owner, id)]).await?;
        Ok((live.map(item::to_task).transpose()?, self.to_trashed(trash)?))
    }

    /// A page of a person's tasks.
    pub async fn tasks(&self, owner: UserId, list: TaskList, place: &Place) -> Result<Page<Task>, Error> {
        let (items, next) = self.walk(walk_of(owner, list, place.after.as_deref(), place.limit)).await?;
        Ok(Page { items: items.into_iter().map(item::to_task).collect::<Result<_, _>>()?, next })
    }

    /// A person's tasks with these words in them, by one Query: at most [`LOOKED_AT`] tasks are looked at.
    pub async fn find(&self, owner: UserId, list: TaskList, words: &Words, place: &Place) -> Result<Found, Error> {
        let (items, mut next) = self.walk(walk_of(owner, list, place.after.as_deref(), LOOKED_AT)).await?;
        let mut found = Found { page: Page { items: Vec::new(), next: None }, looked_at: 0, back_to: None };
        let last = items.len();
        for item in items {
            let task = item::to_task(item)?;
            found.looked_at += 1;
            found.back_to = Some(task.created_at);
            if words.are_in(&task) {
                let id = task.id;
                found.page.items.push(task);
                if found.page.items.len() == place.limit && found.looked_at < last {
                    // There may be more behind it that was read but not looked at.
                    next = Some(id.to_string());
                    break;
                }
            }
        }
        found.page.next = next;
        Ok(found)
    }

    /// These tasks of a person's, in the order of `ids`, in one round trip; nothing in the place of one that is not
    /// there. At most a hundred of them (DynamoDB, BatchGetItem).
    pub async fn tasks_by_id(&self, owner: UserId, ids: &[TaskId]) -> Result<Vec<Option<Task>>, Error> {
        let keys: Vec<_> = ids.iter().map(|id| key::task(owner, *id)).collect();
        let found = self.get_each(&keys).await?;
        found.into_iter().map(|item| item.map(item::to_task).transpose()).collect()
    }

    /// A page of a person's trash, each task with the end of its time there. What has expired is left out, so a page
    /// may be short.
    pub async fn trash(&self, owner: UserId, place: &Place) -> Result<Page<(Task, Timestamp)>, Error> {
        let read = |item: Item| match item::expires_at(&item) {
            Some(until) if until > self.world.now() => Ok(Some((item::to_task(item)?, until))),
            _ => Ok(None),
        };
        let page = self.page(key::user_partition(owner), key::TRASH.to_owned(), place, read).await?;
        Ok(Page { items: page.items.into_iter().flatten().collect(), next: page.next })
    }

    /// The titles of these tasks, of those that are this person's.
    pub async fn titles(
        &self,
        owner: UserId,
        ids: impl IntoIterator<Item = TaskId>,
    ) -> Result<HashMap<TaskId, Title>, Error> {
        let ids: BTreeSet<TaskId> = ids.into_iter().collect();
        let keys: Vec<_> = ids.into_iter().map(|id| key::task(owner, id)).collect();
        let tasks = self.get_many(&keys).await?.into_iter().flatten().map(item::to_task);
        tasks.map(|task| task.map(|task| (task.id, task.title))).collect()
    }

    /// The titles of tasks, each with the person in whose list or trash it is looked for.
    pub async fn titles_of(
        &self,
        tasks: impl IntoIterator<Item = (UserId, TaskId)>,
    ) -> Result<HashMap<TaskId, Title>, Error> {
        let tasks: BTreeSet<(UserId, TaskId)> = tasks.into_iter().collect();
        let keys: Vec<_> =
            tasks.into_iter().flat_map(|(owner, id)| [key::task(owner, id), key::trash(owner, id)]).collect();
        let now = self.world.now();
        let there = self.get_many(&keys).await?.into_iter().flatten().filter(|item| !item::is_expired(item, now));
        there.map(|item| item::to_task(item).map(|task| (task.id, task.title))).collect()
    }

    /// A page of a task's entries, newest first.
    pub async fn entries(&self, task: TaskId, place: &Place) -> Result<Page<Entry>, Error> {
        self.page(key::task_partition(task), key::ENTRY.to_owned(), place, item::to_entry).await
    }

    /// A page of a task's events, newest first.
    pub async fn history(&self, task: TaskId, place: &Place) -> Result<Page<Event>, Error> {
        self.page(key::task_partition(task), key::EVENT.to_owned(), place, item::to_event).await
    }

    /// A page of a person's entries of the days `from` to `to`, latest day first.
    pub async fn time(&self, user: UserId, (from, to): (Day, Day), place: &Place) -> Result<Page<Entry>, Error> {
        // Behind a day stands `#` and an id; `~` sorts behind every id.
        let between = Some((from.to_string(), format!("{to}#~")));
        let (pk, prefix, after) = (key::user_partition(user), key::DAY.to_owned(), place.after.as_deref());
        let walk = Walk { pk, prefix, by_status: false, between, after, limit: place.limit, order: Order::Newest };
        let (items, next) = self.walk(walk).await?;
        Ok(Page { items: items.into_iter().map(item::to_day_entry).collect::<Result<_, _>>()?, next })
    }

    /// The timer that runs for a person.
    pub async fn timer(&self, user: UserId) -> Result<Option<Timer>, Error> {
        self.get(key::timer(user)).await?.map(item::to_timer).transpose()
    }

    /// What `user` may find under this id, and the person's timer, in one round trip.
    pub async fn access_and_timer(&self, user: UserId, id: TaskId) -> Result<(Access, Option<Timer>), Error> {
        let [own, owner, timer] = self.get_all([key::task(user, id), key::owner(id), key::timer(user)]).await?;
        let access = Access { own: own.map(item::to_task).transpose()?, owner: to_owner(owner)? };
        Ok((access, timer.map(item::to_timer).transpose()?))
    }

    /// What `user` may find under this id, and the person's timer where it is `wanted`, in one round trip.
    pub async fn access_and_timer_if(
        &self,
        wanted: bool,
        user: UserId,
        id: TaskId,
    ) -> Result<(Access, Option<Timer>), Error> {
        match wanted {
            true => self.access_and_timer(user, id).await,
            false => Ok((self.access(user, id).await?, None)),
        }
    }

    /// A task of somebody's, and the timer of theirs that may run on it, in one round trip.
    pub async fn task_and_running(&self, owner: UserId, id: TaskId) -> Result<(Option<Task>, Running), Error> {
        let [task, timer, owner] = self.get_all([key::task(owner, id), key::timer(owner), key::profile(owner)]).await?;
        Ok((task.map(item::to_task).transpose()?, to_running(timer, owner)?))
    }

    /// The timer of somebody's, and where their days begin, in one round trip.
    pub async fn running(&self, owner: UserId) -> Result<Running, Error> {
        let [timer, owner] = self.get_all([key::timer(owner), key::profile(owner)]).await?;
        to_running(timer, owner)
    }

    /// A task of a person's and their timer, where it is `wanted`, in one round trip.
    pub async fn task_and_timer_if(
        &self,
        wanted: bool,
        owner: UserId,
        id: TaskId,
    ) -> Result<(Option<Task>, Option<Timer>), Error> {
        if !wanted {
            return Ok((self.task(owner, id).await?, None));
        }
        let [task, timer] = self.get_all([key::task(owner, id), key::timer(owner)]).await?;
        Ok((task.map(item::to_task).transpose()?, timer.map(item::to_timer).transpose()?))
    }

    /// What is needed to put one's click on a timer back: the task, its entry, and the timer, in one round trip.
    pub async fn task_entry_and_timer(
        &self,
        owner: UserId,
        id: TaskId,
        entry: EntryId,
    ) -> Result<(Option<Task>, Option<Entry>, Option<Timer>), Error> {
        let keys = [key::task(owner, id), key::entry(id, entry), key::timer(owner)];
        let [task, entry, timer] = self.get_all(keys).await?;
        let (task, entry) = (task.map(item::to_task).transpose()?, entry.map(item::to_entry).transpose()?);
        Ok((task, entry, timer.map(item::to_timer).transpose()?))
    }

    /// What `user` may find under this id, and an entry of the task, in one round trip.
    pub async fn access_and_entry(
        &self,
        user: UserId,
        id: TaskId,
        entry: EntryId,
    ) -> Result<(Access, Option<Entry>), Error> {
        let [own, owner, entry] = self.get_all([key::task(user, id), key::owner(id), key::entry(id, entry)]).await?;
        let access = Access { own: own.map(item::to_task).transpose()?, owner: to_owner(owner)? };
        Ok((access, entry.map(item::to_entry).transpose()?))
    }

    async fn page<T>(
        &self,
        pk: String,
        prefix: String,
        place: &Place,
        read: impl Fn(Item) -> Result<T, Error>,
    ) -> Result<Page<T>, Error> {
        let after = place.after.as_deref();
        let order = Order::Newest;
        let walk = Walk { pk, prefix, by_status: false, between: None, after, limit: place.limit, order };
        let (items, next) = self.walk(walk).await?;
        Ok(Page { items: items.into_iter().map(read).collect::<Result<_, _>>()?, next })
    }
}

fn walk_of(owner: UserId, list: TaskList, after: Option<&str>, limit: usize) -> Walk<'_> {
    let prefix = list.status.map_or_else(|| key::TASK.to_owned(), |status| format!("{status}#"));
    let (pk, by_status) = (key::user_partition(owner), list.status.is_some());
    Walk { pk, prefix, by_status, between: None, after, limit, order: list.order }
}

fn to_running(timer: Option<Item>, owner: Option<Item>) -> Result<Running, Error> {
    // Who has left meanwhile has no days of their own any more.
    let zone = owner.map(item::to_user).transpose()?.map_or_else(TimeZone::utc, |owner| owner.time_zone);
    Ok(Running { timer: timer.map(item::to_timer).transpose()?, zone })
}

fn to_owner(marker: Option<Item>) -> Result<Option<UserId>, Error> {
    Ok(marker.map(item::decode::<OwnerBody>).transpose()?.map(|marker| marker.body.owner))
}
