//! All of a person's own data, page by page: what lies in their partition, and behind each task its history.
//!
//! A page costs two round trips and a bounded number of calls, however much there is.

use futures_util::future::try_join_all;
use sprintsync_domain::{AccountEvent, Entry, Event, KeptPlan, Session, Task, TaskId, Timer, Timestamp, User, UserId};
use sprintsync_observe::branch;

use crate::call::Walk;
use crate::item::{self, GoneBody};
use crate::key::{self, Item, Key};
use crate::{Error, Order, Page, Place, Store};

/// Items of a person that a page looks at, each of which may be a task whose history is read too, all at once.
const ITEMS: usize = 25;
/// A page ends here, as every list does at 1 MB read.
const MOST_BYTES: usize = 1024 * 1024;
/// What stands between a task's sort key and the place in its history.
const INSIDE: char = '@';

/// One record of an export.
#[derive(Debug, Clone)]
pub enum Exported {
    /// The account itself.
    User(Box<User>),
    /// Where the person is signed in.
    Session(Session),
    /// What happened to the account.
    AccountEvent(AccountEvent),
    /// The running timer.
    Timer(Timer),
    /// The plan of a day that was made last.
    Plan(Box<KeptPlan>),
    /// Minutes that the person worked, on whosever task.
    Entry(Entry),
    /// A task of theirs.
    Task(Task),
    /// A task in the trash, and until when it can be restored.
    Trashed(Task, Timestamp),
    /// What happened to a task of theirs, also to one that is gone.
    Event(Event),
}

/// An item of the person's partition, and whose history goes behind it.
struct Found {
    sk: String,
    record: Option<Exported>,
    history: Option<TaskId>,
}

impl Store {
    /// A page of what a person has here.
    pub async fn export(&self, user: UserId, place: &Place) -> Result<Page<Exported>, Error> {
        let (after, inside) = match place.after.as_deref().map(|after| after.split_once(INSIDE).ok_or(after)) {
            None => (None, None),
            Some(Ok((sk, inner))) => (Some(sk), Some((key::last_part::<TaskId>(sk)?, inner))),
            Some(Err(sk)) => (Some(sk), None),
        };
        let pk = key::user_partition(user);
        let limit = place.limit.min(ITEMS);
        let walk =
            Walk { pk, prefix: String::new(), by_status: false, between: None, after, limit, order: Order::Newest };
        let going_on = async {
            match inside {
                Some((task, inner)) => self.events_after(task, inner, place.limit).await.map(Some),
                None => Ok(None),
            }
        };
        let ((items, next), going_on) = tokio::try_join!(branch(self.walk(walk)), branch(going_on))?;
        let found = items.into_iter().map(|item| self.found(item)).collect::<Result<Vec<_>, _>>()?;
        let histories = found.iter().filter_map(|one| one.history);
        let histories = try_join_all(histories.map(|task| branch(self.events_after(task, "", place.limit)))).await?;

        let mut page = Filling::new(place.limit);
        let mut open = page.add_history(after.unwrap_or_default(), going_on);
        let mut histories = histories.into_iter();
        for one in found {
            if !open {
                break;
            }
            let history = one.history.and_then(|_| histories.next());
            open = page.add(one.record, &one.sk, history.is_some()) && page.add_history(&one.sk, history);
        }
        let more = !open || next.is_some();
        Ok(Page { next: page.end.filter(|_| more), items: page.records })
    }

    async fn events_after(&self, task: TaskId, inner: &str, limit: usize) -> Result<Page<Event>, Error> {
        let after = Some(inner.to_owned()).filter(|inner| !inner.is_empty());
        self.history(task, &Place { limit, after }).await
    }

    fn found(&self, item: Item) -> Result<Found, Error> {
        let sk = Key::of(&item).ok_or(Error::Corrupt("an item without a key"))?.sk;
        let is = |prefix: &str| sk.starts_with(prefix);
        let (now, expires) = (self.world.now(), item::expires_at(&item));
        let expired = expires.is_some_and(|at| at <= now);
        let mut history = None;
        let record = if is(key::TASK) {
            let task = item::to_task(item)?;
            history = Some(task.id);
            Some(Exported::Task(task))
        } else if is(key::TRASH) {
            let until = expires.unwrap_or(now);
            let task = item::to_task(item)?;
            // Of a task whose time in the trash is over, the mark below tells.
            history = (!expired).then_some(task.id);
            (!expired).then_some(Exported::Trashed(task, until))
        } else if is(key::GONE) {
            let gone = item::decode::<GoneBody>(item)?;
            history = if gone.body.until <= now { Some(key::last_part(&sk)?) } else { None };
            None
        } else if is(key::DAY) {
            Some(Exported::Entry(item::to_day_entry(item)?))
        } else if is(key::EVENT) {
            Some(Exported::AccountEvent(item::to_account_event(item)?)).filter(|_| !expired)
        } else if is(key::SESSION) {
            Some(Exported::Session(item::to_session(item)?)).filter(|_| !expired)
        } else if is(key::PLAN) {
            Some(Exported::Plan(Box::new(item::decode::<KeptPlan>(item)?.body))).filter(|_| !expired)
        } else if is(key::TIMER) {
            Some(Exported::Timer(item::to_timer(item)?))
        } else {
            Some(Exported::User(Box::new(item::to_user(item)?)))
        };
        Ok(Found { sk, record, history })
    }
}

/// A page that is being filled, and where it ended so far.
struct Filling {
    limit: usize,
    records: Vec<Exported>,
    bytes: usize,
    end: Option<String>,
}

impl Filling {
    fn new(limit: usize) -> Self {
        Self { limit, records: Vec::new(), bytes: 0, end: None }
    }

    fn has_room(&self) -> bool {
        self.records.len() < self.limit && self.bytes < MOST_BYTES
    }

    /// Adds what lies at a sort key; a task whose history follows is not done with by that. Says whether it was added.
    fn add(&mut self, record: Option<Exported>, sk: &str, history_follows: bool) -> bool {
        if record.is_some() && !self.has_room() {
            return false;
        }
        self.bytes += record.as_ref().map_or(0, size);
        self.records.extend(record);
        self.end = Some(if history_follows { format!("{sk}{INSIDE}") } else { sk.to_owned() });
        true
    }

    /// Adds the events of the task at a sort key. Says whether all were.
    fn add_history(&mut self, sk: &str, history: Option<Page<Event>>) -> bool {
        let Some(history) = history else { return true };
        for event in history.items {
            if !self.has_room() {
                return false;
            }
            self.end = Some(format!("{sk}{INSIDE}{}", key::event_position(event.version, event.beside)));
            let event = Exported::Event(event);
            self.bytes += size(&event);
            self.records.push(event);
        }
        if history.next.is_none() {
            self.end = Some(sk.to_owned());
        }
        history.next.is_none()
    }
}

/// About how many bytes a record is.
fn size(record: &Exported) -> usize {
    const FRAME: usize = 400;
    let fields = |fields: &sprintsync_domain::Fields| serde_json::to_string(fields).map_or(0, |text| text.len());
    FRAME
        + match record {
            Exported::Task(task) | Exported::Trashed(task, _) => task.description.as_str().len(),
            Exported::Event(event) => fields(&event.from) + fields(&event.to),
            _ => 0,
        }
}
