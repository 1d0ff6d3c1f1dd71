//! Step 1: into the lists that everybody's items are in together, and into the events of tasks what statistics are made
//! of. Both came when there were items already.

mod history;

use aws_lc_rs::digest;
use sprintsync_domain::{Around, Event, InviteId, Timestamp, Version, What};
use uuid::Builder;

use super::Addition;
use crate::item::{self, Kind, OwnerBody};
use crate::key::{self, GSI1PK, GSI1SK, Item, Key};
use crate::{Error, Invite, Store};

/// Where an item lies in a shared list.
const PLACE: [&str; 2] = [GSI1PK, GSI1SK];
const AROUND: &str = "around";
const STATUS_SINCE: &str = "status_since";
/// How often a task is read again that changes while it is read.
const TRIES: u32 = 5;

pub(super) async fn additions(store: &Store, item: &Item) -> Result<Vec<Addition>, Error> {
    let Key { pk, sk } = Key::of(item).ok_or(Error::Corrupt("an item without a key"))?;
    if item::is_expired(item, store.world.now()) {
        return Ok(Vec::new());
    }
    let kind = item.get("type").and_then(|kind| kind.as_s().ok()).map(String::as_str);
    let in_list = |wanted| Ok(Addition::to(item, wanted, &PLACE)?.into_iter().collect());
    match kind {
        Some(item::UserBody::TYPE) => {
            let user = item::to_user(item.clone())?;
            in_list(item::user(&user, None, "")?)
        }
        Some(item::TaskBody::TYPE) if sk.starts_with(key::TASK) => {
            let task = item::to_task(item.clone())?;
            in_list(item::task(&task, item::Place::Live, task.owner, "")?)
        }
        Some(item::EventBody::TYPE) if pk.starts_with(key::USER) => {
            let event = item::to_account_event(item.clone())?;
            in_list(item::account_event(&event, "")?)
        }
        Some(item::INVITE) if !item.contains_key("id") => {
            let digest: String = key::last_part(&pk)?;
            let (created_at, expires_at) = item::invite_times(item.clone())?;
            let id = invite_id(&digest, created_at);
            let wanted = item::invite(&Invite { id, by: None, created_at, expires_at }, &digest, "")?;
            let [pk, sk] = PLACE;
            Ok(Addition::to(item, wanted, &[pk, sk, "id"])?.into_iter().collect())
        }
        // The history of a task is taken as a whole, when its marker is met.
        Some(OwnerBody::TYPE) => store.history_additions(item).await,
        _ => Ok(Vec::new()),
    }
}

/// An id for an invite that has none: the same in every run.
fn invite_id(digest_of_code: &str, created_at: Timestamp) -> InviteId {
    let digest = digest::digest(&digest::SHA256, digest_of_code.as_bytes());
    let mut tail = [0; 10];
    tail.iter_mut().zip(digest.as_ref()).for_each(|(byte, of)| *byte = *of);
    Builder::from_unix_timestamp_millis(created_at.ms().unsigned_abs(), &tail).into_uuid().into()
}

impl Store {
    /// What the events of a task lack, and the task itself. Events that older code wrote say nothing of the task around
    /// them, and what newer code wrote of such a task, or when it erased such an event's texts, may have been guessed.
    async fn history_additions(&self, marker: &Item) -> Result<Vec<Addition>, Error> {
        let marker = item::decode::<OwnerBody>(marker.clone())?;
        let id = key::last_part(&marker.key.pk)?;
        let mut tries = 0..TRIES;
        let (items, told, task) = loop {
            let items = self.whole(key::task_partition(id), key::EVENT).await?;
            let events = items.iter().cloned().map(item::to_event).collect::<Result<Vec<_>, _>>()?;
            let entries = self.whole(key::task_partition(id), key::ENTRY).await?;
            let entries = entries.into_iter().map(item::to_entry).collect::<Result<Vec<_>, _>>()?;
            let Some(told) = history::retold(events, marker.body.owner, &entries) else { return Ok(Vec::new()) };
            let [live, trashed] = self.get_all([key::task(told.owner, id), key::trash(told.owner, id)]).await?;
            let task = live.or(trashed).map(|task| Ok::<_, Error>((item::to_task(task.clone())?, task))).transpose()?;
            // Every version has its event, wherever that stands.
            if task.as_ref().is_none_or(|(task, _)| usize::try_from(task.version) == Ok(told.events.len())) {
                break (items, told, task);
            }
            tries.next().ok_or(Error::Busy(None))?;
        };

        let mut additions = Vec::new();
        if let Some((mut task, item)) = task {
            task.status_since = told.since;
            let wanted = item::task(&task, item::Place::Live, task.owner, "")?;
            additions.extend(Addition::to(&item, wanted, &[STATUS_SINCE])?);
        } else {
            additions.extend(self.erased(&told).await?);
        }
        let [pk, sk] = PLACE;
        for (event, item) in told.events.iter().zip(&items) {
            additions.extend(Addition::to(item, item::event(event, "")?, &[pk, sk, AROUND])?);
        }
        Ok(additions)
    }

    /// The event that a task went with its owner, where that was not written down yet.
    async fn erased(&self, told: &history::Told) -> Result<Option<Addition>, Error> {
        let Some(last) = told.events.last() else { return Ok(None) };
        if matches!(last.what, What::Deleted | What::Erased) || self.get(key::profile(told.owner)).await?.is_some() {
            return Ok(None);
        }
        let account = self.whole(key::user_partition(told.owner), key::EVENT).await?;
        let account = account.into_iter().map(item::to_account_event).collect::<Result<Vec<_>, _>>()?;
        let Some(left) = account.iter().find(|event| event.what == What::Left) else { return Ok(None) };
        let event = Event {
            version: told.events.len() as Version + 1,
            beside: None,
            at: left.at.max(last.at),
            by: told.owner,
            what: What::Erased,
            from: Default::default(),
            to: Default::default(),
            around: last.around.clone().map(|around| Around { since: told.since, worked: None, ..around }),
            ..last.clone()
        };
        Ok(Some(Addition::Event(event)))
    }
}
