//! The beat: an item that the schedule puts over, and that comes back through the table's stream. By how much the newest
//! beat is ahead of the newest that came back is how far behind the counting of events is, also while nobody works.

use serde::{Deserialize, Serialize};
use sprintsync_domain::Timestamp;

use crate::item::{self, Head, Kind};
use crate::key::{self, Item, Key};
use crate::{Error, Store};

/// A beat that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Beat(Timestamp);

#[derive(Serialize, Deserialize)]
struct Put {
    at: Timestamp,
}

impl Kind for Put {
    const TYPE: &'static str = "beat";
}

#[derive(Serialize, Deserialize)]
struct CameBack {
    at: Timestamp,
}

impl Kind for CameBack {
    const TYPE: &'static str = "beat_came_back";
}

impl Beat {
    /// What an item of the stream says of a beat; nothing, where it is none.
    ///
    /// # Errors
    /// It is one that cannot be read.
    pub fn read(item: &Item) -> Result<Option<Self>, Error> {
        if Key::of(item) != Some(key::beat()) {
            return Ok(None);
        }
        Ok(Some(Self(item::decode::<Put>(item.clone())?.body.at)))
    }
}

impl Store {
    /// Puts the next beat. Says by how many seconds the one before was ahead of the newest that came back by now.
    ///
    /// # Errors
    /// The table does not answer, or does not take it.
    pub async fn beat(&self) -> Result<i64, Error> {
        let mut found = self.get_each(&[key::beat(), key::beat_came_back()]).await?.into_iter();
        let before = found.next().flatten().map(item::decode::<Put>).transpose()?.map(|beat| beat.body.at);
        let came = found.next().flatten().map(item::decode::<CameBack>).transpose()?.map(|came| came.body.at);
        let (at, write_id) = (self.world.now(), self.write_id());
        let put = item::encode(Head::once(key::beat(), at, None, &write_id), &Put { at })?;
        let mut actions = vec![self.put_over(put)?];
        if came.is_none() {
            // From the first on it is known since when none came back.
            actions.push(self.came_back(Beat(before.unwrap_or(at)), &write_id)?);
        }
        self.transact(&write_id, actions, self.budget()).await?;
        Ok(before.zip(came).map_or(0, |(before, came)| before.seconds() - came.seconds()))
    }

    /// Writes down that this beat came back.
    ///
    /// # Errors
    /// The table does not take it.
    pub async fn beat_came_back(&self, beat: Beat) -> Result<(), Error> {
        let write_id = self.write_id();
        let actions = vec![self.came_back(beat, &write_id)?];
        self.transact(&write_id, actions, self.budget()).await.map(|_| ())
    }

    fn came_back(&self, beat: Beat, write_id: &str) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, Error> {
        let head = Head::once(key::beat_came_back(), self.world.now(), None, write_id);
        self.put_over(item::encode(head, &CameBack { at: beat.0 })?)
    }
}
