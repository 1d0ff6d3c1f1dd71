//! How events lie in the table.

use serde::{Deserialize, Serialize};
use sprintsync_domain::{AccountEvent, Around, Event, Fields, Status, Timestamp, UserId, What, Worked};

use super::{Decoded, Head, Kind, decode, encode};
use crate::Error;
use crate::key::{self, Item, Key, Shared};

/// Who did something.
#[derive(Serialize, Deserialize)]
pub(crate) struct By {
    pub(crate) id: UserId,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EventBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<By>,
    what: What,
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    from: Fields,
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    to: Fields,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    /// Of a task. Events that were stored before statistics were kept have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    around: Option<AroundBody>,
}

#[derive(Serialize, Deserialize)]
struct AroundBody {
    owner: UserId,
    status: Status,
    since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    worked: Option<Worked>,
}

impl Kind for EventBody {
    const TYPE: &'static str = "event";
}

/// Days that an event is in the audit trail.
pub(crate) const AUDIT_DAYS: i64 = 365;

/// An event of a task. In the audit trail it has the place of an id that is made of its time.
pub(crate) fn event(event: &Event, write_id: &str) -> Result<Item, Error> {
    let key = key::event(event.task_id, event.version, event.beside);
    let around = event.around.clone();
    let body = EventBody {
        by: Some(By { id: event.by }),
        what: event.what,
        from: event.from.clone(),
        to: event.to.clone(),
        network: event.network.clone(),
        around: around.map(|Around { owner, status, since, worked }| AroundBody { owner, status, since, worked }),
    };
    let mut head = Head::once(key, event.at, Some(event.by), write_id);
    head.shared = event.is_audited().then(|| key::shared(Shared::Audit, audit_id(event)));
    encode(head, &body)
}

/// An id of the time of an event, which is the same whenever it is asked for.
fn audit_id(event: &Event) -> uuid::Uuid {
    // Others may have been added beside the same version in the same moment.
    if let Some(entry) = event.beside {
        return entry.into();
    }
    let task: uuid::Uuid = event.task_id.into();
    let [.., a, b, c, d, e, f, g, h] = task.into_bytes();
    let [.., y, z] = event.version.to_be_bytes();
    uuid::Builder::from_unix_timestamp_millis(event.at.ms().unsigned_abs(), &[y, z, a, b, c, d, e, f, g, h]).into_uuid()
}

pub(crate) fn to_event(item: Item) -> Result<Event, Error> {
    let Decoded { key, created_at, body, .. } = decode::<EventBody>(item)?;
    let by = body.by.ok_or(Error::Corrupt("an event of nobody"))?.id;
    let around = body.around.map(|AroundBody { owner, status, since, worked }| Around { owner, status, since, worked });
    let (version, beside) = key::event_place(&key.sk)?;
    Ok(Event {
        task_id: key::last_part(&key.pk)?,
        version,
        beside,
        at: created_at,
        by,
        what: body.what,
        from: body.from,
        to: body.to,
        network: body.network,
        around,
    })
}

pub(crate) fn to_account_event(item: Item) -> Result<AccountEvent, Error> {
    let Decoded { key, created_at, body, .. } = decode::<EventBody>(item)?;
    Ok(AccountEvent {
        id: key::last_part(&key.sk)?,
        user_id: key::last_part(&key.pk)?,
        at: created_at,
        by: body.by.map(|by| by.id),
        what: body.what,
        from: body.from,
        to: body.to,
        network: body.network,
    })
}

pub(crate) fn account_event(event: &AccountEvent, write_id: &str) -> Result<Item, Error> {
    let key = key::account_event(event.user_id, event.id);
    let by = event.by.map(|id| By { id });
    let (from, to, network) = (event.from.clone(), event.to.clone(), event.network.clone());
    let body = EventBody { by, what: event.what, from, to, network, around: None };
    let mut head = Head::once(key, event.at, event.by, write_id);
    head.shared = Some(key::shared(Shared::Audit, event.id));
    if !event.what.outlives_account() {
        head.ttl = Some(event.at.plus_seconds(AUDIT_DAYS * 86_400));
    }
    encode(head, &body)
}

/// An event of either kind.
pub(crate) enum Happened {
    /// Of a task.
    Task(Event),
    /// Of an account.
    Account(AccountEvent),
}

impl Happened {
    /// Reads an event; nothing where the item is none.
    pub(crate) fn of(item: Item) -> Result<Option<Self>, Error> {
        let key = Key::of(&item).ok_or(Error::Corrupt("an item without a key"))?;
        Ok(match (key.sk.starts_with(key::EVENT), key.pk.starts_with(key::TASK)) {
            (false, _) => None,
            (true, true) => Some(Self::Task(to_event(item)?)),
            (true, false) => Some(Self::Account(to_account_event(item)?)),
        })
    }
}
