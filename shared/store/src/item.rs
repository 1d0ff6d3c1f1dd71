//! How a domain value lies in the table, and back.

mod events;
mod people;
mod statistics;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sprintsync_domain::{
    Day, Description, Entry, EntryId, Estimate, Note, Status, Task, TaskId, Timer, Timestamp, Title, UserId, Version,
};

use crate::Error;
use crate::key::{self, GSI1PK, GSI1SK, InShared, Item, Key, LSI1SK, PK, Shared, TTL, text};

pub(crate) use events::*;
pub(crate) use people::*;
pub(crate) use statistics::*;

/// A kind of item: its name in the table, and how it is written.
pub(crate) trait Kind: Serialize + DeserializeOwned {
    /// What `type` says.
    const TYPE: &'static str;
    /// The version of this layout; the table may hold older ones, which the code still reads.
    const SCHEMA: u32 = 1;
}

/// What every item carries beside its own fields.
pub(crate) struct Head<'a> {
    pub(crate) key: Key,
    pub(crate) lsi1sk: Option<String>,
    pub(crate) shared: Option<InShared>,
    pub(crate) ttl: Option<Timestamp>,
    pub(crate) version: Version,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) updated_by: Option<UserId>,
    pub(crate) write_id: &'a str,
}

impl<'a> Head<'a> {
    /// The head of an item that is put once and never changed.
    pub(crate) fn once(key: Key, at: Timestamp, by: Option<UserId>, write_id: &'a str) -> Self {
        Self {
            key,
            lsi1sk: None,
            shared: None,
            ttl: None,
            version: 1,
            created_at: at,
            updated_at: at,
            updated_by: by,
            write_id,
        }
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    v: u32,
    version: Version,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_by: Option<UserId>,
    write_id: &'a str,
}

/// Writes an item.
pub(crate) fn encode<K: Kind>(head: Head<'_>, body: &K) -> Result<Item, Error> {
    let mut item: Item = serde_dynamo::to_item(body).map_err(Error::broken)?;
    let envelope = Envelope {
        kind: K::TYPE,
        v: K::SCHEMA,
        version: head.version,
        created_at: head.created_at,
        updated_at: head.updated_at,
        updated_by: head.updated_by,
        write_id: head.write_id,
    };
    let envelope: Item = serde_dynamo::to_item(envelope).map_err(Error::broken)?;
    item.extend(envelope);
    item.extend(head.key.attributes());
    if let Some(lsi1sk) = head.lsi1sk {
        item.insert(LSI1SK.to_owned(), text(&lsi1sk));
    }
    if let Some(place) = head.shared {
        item.insert(GSI1PK.to_owned(), text(&place.pk));
        item.insert(GSI1SK.to_owned(), text(&place.sk));
    }
    if let Some(ttl) = head.ttl {
        let seconds = aws_sdk_dynamodb::types::AttributeValue::N(ttl.seconds().to_string());
        item.insert(TTL.to_owned(), seconds);
    }
    Ok(item)
}

/// What an item says: its own fields beside those that every item has.
pub(crate) struct Decoded<K> {
    pub(crate) key: Key,
    pub(crate) version: Version,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) body: K,
}

/// An item that has the head of its kind and not the fields.
#[derive(Debug, thiserror::Error)]
#[error("an item of the type {0} has a field that cannot be read")]
struct Unreadable(&'static str);

/// Reads an item, which must be of this kind and of a layout that this code knows.
pub(crate) fn decode<K: Kind>(item: Item) -> Result<Decoded<K>, Error> {
    let key = Key::of(&item).ok_or(Error::Corrupt("an item without a key"))?;
    let head = |name: &str| item.get(name).ok_or(Error::Corrupt("an item without its head"));
    let text = |name| head(name)?.as_s().map_err(|_| Error::Corrupt("a head that is no text"));
    let number = |name| -> Result<u64, Error> {
        let number = head(name)?.as_n().ok().and_then(|number| number.parse().ok());
        number.ok_or(Error::Corrupt("a head that is no number"))
    };
    let time = |name| -> Result<Timestamp, Error> {
        text(name)?.parse().map_err(|_| Error::Corrupt("a head that is no time"))
    };
    if text("type")? != K::TYPE {
        return Err(Error::Corrupt("an item of another type"));
    }
    if number("v")? > u64::from(K::SCHEMA) {
        return Err(Error::Corrupt("an item of a newer layout"));
    }
    let (version, created_at, updated_at) = (number("version")?, time("created_at")?, time("updated_at")?);
    // What serde says of it may quote it, and what people wrote is in no log.
    let body = serde_dynamo::from_item(item).map_err(|_| Error::broken(Unreadable(K::TYPE)))?;
    Ok(Decoded { key, version, created_at, updated_at, body })
}

/// When an item expires, if it does.
pub(crate) fn expires_at(item: &Item) -> Option<Timestamp> {
    let seconds = item.get(TTL)?.as_n().ok()?.parse::<i64>().ok()?;
    Some(Timestamp::from_ms(seconds.saturating_mul(1_000)))
}

/// Whether an item has expired, though DynamoDB may not have removed it yet.
pub(crate) fn is_expired(item: &Item, now: Timestamp) -> bool {
    expires_at(item).is_some_and(|at| at <= now)
}

/// When an item last changed.
pub(crate) fn updated_at(item: &Item) -> Option<Timestamp> {
    item.get("updated_at")?.as_s().ok()?.parse().ok()
}

/// The id of the write that an item came from.
pub(crate) fn write_id(item: &Item) -> Option<&str> {
    item.get("write_id")?.as_s().ok().map(String::as_str)
}

#[derive(Serialize, Deserialize)]
pub(crate) struct TaskBody {
    owner: UserId,
    title: Title,
    #[serde(default, skip_serializing_if = "is_empty")]
    description: Description,
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    estimate_minutes: Option<Estimate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_on: Option<Day>,
    total_minutes: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completed_at: Option<Timestamp>,
    /// Tasks that were stored before statistics were kept have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status_since: Option<Timestamp>,
}

fn is_empty(description: &Description) -> bool {
    description.as_str().is_empty()
}

impl Kind for TaskBody {
    const TYPE: &'static str = "task";
}

/// Where a task lies: with its owner's others, or in the trash until then.
pub(crate) enum Place {
    Live,
    Trash { until: Timestamp },
}

pub(crate) fn task(task: &Task, place: Place, by: UserId, write_id: &str) -> Result<Item, Error> {
    let (key, lsi1sk, shared, ttl) = match place {
        Place::Live => {
            let by_status = key::by_status(task.status, task.id);
            (key::task(task.owner, task.id), Some(by_status), Some(key::shared(Shared::Tasks, task.id)), None)
        }
        Place::Trash { until } => (key::trash(task.owner, task.id), None, None, Some(until)),
    };
    let head = Head {
        key,
        lsi1sk,
        shared,
        ttl,
        version: task.version,
        created_at: task.created_at,
        updated_at: task.updated_at,
        updated_by: Some(by),
        write_id,
    };
    let body = TaskBody {
        owner: task.owner,
        title: task.title.clone(),
        description: task.description.clone(),
        status: task.status,
        estimate_minutes: task.estimate,
        due_on: task.due_on,
        total_minutes: task.total_minutes,
        completed_at: task.completed_at,
        status_since: Some(task.status_since),
    };
    encode(head, &body)
}

pub(crate) fn to_task(item: Item) -> Result<Task, Error> {
    let Decoded { key, version, created_at, updated_at, body } = decode::<TaskBody>(item)?;
    Ok(Task {
        id: key::last_part(&key.sk)?,
        owner: body.owner,
        title: body.title,
        description: body.description,
        status: body.status,
        estimate: body.estimate_minutes,
        due_on: body.due_on,
        total_minutes: body.total_minutes,
        version,
        created_at,
        updated_at,
        completed_at: body.completed_at,
        status_since: body.status_since.or(body.completed_at).unwrap_or(created_at),
    })
}

/// The mark that a task was deleted, and until when it can be restored.
#[derive(Serialize, Deserialize)]
pub(crate) struct GoneBody {
    pub(crate) until: Timestamp,
}

impl Kind for GoneBody {
    const TYPE: &'static str = "deleted_task";
}

#[derive(Serialize, Deserialize)]
pub(crate) struct OwnerBody {
    pub(crate) owner: UserId,
}

impl Kind for OwnerBody {
    const TYPE: &'static str = "owner";
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EntryBody {
    user_id: UserId,
    minutes: i64,
    note: Note,
    worked_on: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reverses: Option<EntryId>,
}

impl Kind for EntryBody {
    const TYPE: &'static str = "entry";
}

pub(crate) fn entry(entry: &Entry, write_id: &str) -> Result<Item, Error> {
    let key = key::entry(entry.task_id, entry.id);
    let body = EntryBody {
        user_id: entry.user_id,
        minutes: entry.minutes,
        note: entry.note.clone(),
        worked_on: entry.worked_on,
        reverses: entry.reverses,
    };
    encode(Head::once(key, entry.created_at, Some(entry.user_id), write_id), &body)
}

pub(crate) fn to_entry(item: Item) -> Result<Entry, Error> {
    let Decoded { key, created_at, body, .. } = decode::<EntryBody>(item)?;
    Ok(Entry {
        id: key::last_part(&key.sk)?,
        task_id: key::last_part(&key.pk)?,
        user_id: body.user_id,
        minutes: body.minutes,
        note: body.note,
        worked_on: body.worked_on,
        reverses: body.reverses,
        created_at,
    })
}

/// The same entry, among those of the person who worked.
#[derive(Serialize, Deserialize)]
pub(crate) struct DayBody {
    task_id: TaskId,
    minutes: i64,
    note: Note,
    worked_on: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reverses: Option<EntryId>,
}

impl Kind for DayBody {
    const TYPE: &'static str = "day_entry";
}

pub(crate) fn day_entry(entry: &Entry, write_id: &str) -> Result<Item, Error> {
    let key = key::day(entry.user_id, entry.worked_on, entry.id);
    let body = DayBody {
        task_id: entry.task_id,
        minutes: entry.minutes,
        note: entry.note.clone(),
        worked_on: entry.worked_on,
        reverses: entry.reverses,
    };
    encode(Head::once(key, entry.created_at, Some(entry.user_id), write_id), &body)
}

pub(crate) fn to_day_entry(item: Item) -> Result<Entry, Error> {
    let Decoded { key, created_at, body, .. } = decode::<DayBody>(item)?;
    Ok(Entry {
        id: key::last_part(&key.sk)?,
        task_id: body.task_id,
        user_id: key::last_part(&key.pk)?,
        minutes: body.minutes,
        note: body.note,
        worked_on: body.worked_on,
        reverses: body.reverses,
        created_at,
    })
}

/// The mark that an entry was taken back, and by which.
#[derive(Serialize, Deserialize)]
pub(crate) struct ReversalBody {
    by_entry: EntryId,
}

impl Kind for ReversalBody {
    const TYPE: &'static str = "reversal";
}

pub(crate) fn reversal(opposite: &Entry, reversed: EntryId, write_id: &str) -> Result<Item, Error> {
    let key = key::reversal(opposite.task_id, reversed);
    let head = Head::once(key, opposite.created_at, Some(opposite.user_id), write_id);
    encode(head, &ReversalBody { by_entry: opposite.id })
}

#[derive(Serialize, Deserialize)]
pub(crate) struct TimerBody {
    pub(crate) task_id: TaskId,
    title: Title,
    started_at: Timestamp,
}

impl Kind for TimerBody {
    const TYPE: &'static str = "timer";
}

pub(crate) fn timer(timer: &Timer, write_id: &str) -> Result<Item, Error> {
    let head = Head::once(key::timer(timer.user_id), timer.started_at, Some(timer.user_id), write_id);
    let body = TimerBody { task_id: timer.task_id, title: timer.title.clone(), started_at: timer.started_at };
    encode(head, &body)
}

pub(crate) fn to_timer(item: Item) -> Result<Timer, Error> {
    let Decoded { key, body, .. } = decode::<TimerBody>(item)?;
    Ok(Timer {
        user_id: key::last_part(&key.pk)?,
        task_id: body.task_id,
        title: body.title,
        started_at: body.started_at,
    })
}

/// The condition that nothing is there.
pub(crate) const NOT_EXISTS: &str = "attribute_not_exists(pk)";
/// The condition that something is there, of the version `:seen`.
pub(crate) const AT_VERSION: &str = "attribute_exists(pk) AND version = :seen";

const _: () = assert!(matches!(PK.as_bytes(), b"pk"), "the conditions above name the partition key");
