//! What is brought over from the original: people and tasks under ids made of the original's, so that whatever is
//! brought again is met, and left as it is.

use aws_lc_rs::digest;
use sprintsync_domain::{
    AccountEvent, Description, Entry, EntryId, EventId, Fields, NewTask, Note, PasswordHash, Status, Task, TaskId,
    TimeZone, Timestamp, Title, User, UserId, Username, What, Workday, WorkdayEnd, Worked,
};
use uuid::{Builder, Uuid};

use crate::call::{Condition, MOST_KEYS, Outcome};
use crate::item::{self, Head, NameBody, OwnerBody};
use crate::{Error, Store, key};

/// A row of the original: its number there, and when it was made. Its id here is made of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original {
    /// Its number.
    pub number: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Original {
    /// The account that this row of the original's people becomes.
    pub fn user_id(self) -> UserId {
        self.id("user")
    }

    /// The task that this row of the original's tasks becomes.
    pub fn task_id(self) -> TaskId {
        self.id("task")
    }

    fn signed_up_id(self) -> EventId {
        self.id("user signed up")
    }

    fn entry_id(self) -> EntryId {
        self.id("task total_minutes")
    }

    /// A UUIDv7 of when the row was made, so that lists sort rightly; the rest is a digest of what it is.
    fn id<I: From<Uuid>>(self, what: &str) -> I {
        let digest = digest::digest(&digest::SHA256, format!("original {what} {}", self.number).as_bytes());
        let mut tail = [0; 10];
        tail.iter_mut().zip(digest.as_ref()).for_each(|(byte, of)| *byte = *of);
        Builder::from_unix_timestamp_millis(self.created_at.ms().unsigned_abs(), &tail).into_uuid().into()
    }
}

/// A person of the original.
#[derive(Debug, Clone)]
pub struct ImportedUser {
    /// The row.
    pub original: Original,
    /// The name to sign in with here.
    pub username: Username,
    /// Whether they administer.
    pub is_admin: bool,
    /// The hash of their password: the original's, or one that no password has.
    pub password: PasswordHash,
}

/// A task of the original.
#[derive(Debug, Clone)]
pub struct ImportedTask {
    /// The row.
    pub original: Original,
    /// Whose it is here.
    pub owner: UserId,
    /// Its title.
    pub title: Title,
    /// Its description.
    pub description: Description,
    /// Its status.
    pub status: Status,
    /// Its minutes; they become one entry, of the day in UTC on which the task was made.
    pub minutes: i64,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// What is there of a person of the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// Nothing yet.
    Not,
    /// Their account, under this name.
    Here(Username),
    /// They were brought and have left since.
    Left,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It is here now.
    Done,
    /// It was brought before, and is left as it is.
    Before,
    /// Somebody has the name.
    NameTaken,
}

impl Store {
    /// What is there of these people of the original, in their order.
    pub async fn brought_users(&self, rows: &[Original]) -> Result<Vec<Brought>, Error> {
        let mut all = Vec::with_capacity(rows.len());
        for rows in rows.chunks(MOST_KEYS / 2) {
            let profiles = rows.iter().map(|row| key::profile(row.user_id()));
            let sign_ups = rows.iter().map(|row| key::account_event(row.user_id(), row.signed_up_id()));
            let keys: Vec<_> = profiles.chain(sign_ups).collect();
            let mut found = self.get_each(&keys).await?;
            let sign_ups = found.split_off(rows.len());
            for pair in found.into_iter().zip(sign_ups) {
                all.push(match pair {
                    (Some(profile), _) => Brought::Here(item::to_user(profile)?.username),
                    (None, Some(_)) => Brought::Left,
                    (None, None) => Brought::Not,
                });
            }
        }
        Ok(all)
    }

    /// Whether each of these tasks of the original was brought before, wherever it is by now.
    pub async fn brought_tasks(&self, rows: &[Original]) -> Result<Vec<bool>, Error> {
        let mut all = Vec::with_capacity(rows.len());
        for rows in rows.chunks(MOST_KEYS) {
            let markers: Vec<_> = rows.iter().map(|row| key::owner(row.task_id())).collect();
            all.extend(self.get_each(&markers).await?.into_iter().map(|marker| marker.is_some()));
        }
        Ok(all)
    }

    /// Brings a person of the original, as one who signed up when they did there.
    pub async fn import_user(&self, new: &ImportedUser) -> Result<Imported, Error> {
        let (id, at) = (new.original.user_id(), new.original.created_at);
        let user = User {
            id,
            username: new.username.clone(),
            is_admin: new.is_admin,
            disabled: false,
            time_zone: TimeZone::utc(),
            workday_minutes: Workday::default(),
            workday_ends: WorkdayEnd::default(),
            created_at: at,
            updated_at: at,
            version: 1,
            epoch: 0,
            password: new.password.clone(),
        };
        let event = AccountEvent {
            id: new.original.signed_up_id(),
            user_id: id,
            at,
            by: Some(id),
            what: What::SignedUp,
            from: Fields::new(),
            to: Fields::new(),
            network: None,
        };
        let (now, write_id) = (self.world.now(), self.write_id());
        let marker = Head::once(key::name(&user.username), at, Some(id), &write_id);
        // The event outlives the account: who has left does not come back by this.
        let mut actions = vec![
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
            self.put(item::user(&user, Some(id), &write_id)?, Condition::NotExists)?,
            self.put(item::encode(marker, &NameBody { user_id: id })?, Condition::NotExists)?,
        ];
        actions.extend(self.legacy_count(None, Some(&user.password), now)?);
        if user.counts_as_admin() {
            actions.push(self.one_more_admin(now)?);
        }
        match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(Imported::Done),
            Outcome::Failed(failed) if failed.iter().take(2).any(Option::is_some) => Ok(Imported::Before),
            Outcome::Failed(_) => Ok(Imported::NameTaken),
        }
    }

    /// Brings a task of the original, as one that its owner made when it was made there.
    pub async fn import_task(&self, new: &ImportedTask) -> Result<Imported, Error> {
        let (id, at) = (new.original.task_id(), new.original.created_at);
        let plain = NewTask {
            title: new.title.clone(),
            description: new.description.clone(),
            status: new.status,
            estimate: None,
            due_on: None,
            logged: None,
        };
        let day = at.day_in(&TimeZone::utc());
        let mut change = Task::create(plain, id, new.original.entry_id(), new.owner, at, day);
        change.task.updated_at = new.updated_at.map_or(at, |updated| updated.max(at));
        if new.minutes > 0 {
            // May be more than a day: the original kept but a sum.
            change.task.total_minutes = new.minutes;
            change.event.to.insert("total_minutes".to_owned(), new.minutes.into());
            if let Some(around) = &mut change.event.around {
                around.worked = Some(Worked { user_id: new.owner, worked_on: day, minutes: new.minutes });
            }
            change.entry = Some(Entry {
                id: new.original.entry_id(),
                task_id: id,
                user_id: new.owner,
                minutes: new.minutes,
                note: Note::default(),
                worked_on: day,
                reverses: None,
                created_at: at,
            });
        }
        let write_id = self.write_id();
        let marker = Head::once(key::owner(id), at, Some(new.owner), &write_id);
        // The marker is never deleted: a task that was deleted or assigned since does not come twice.
        let mut actions = vec![
            self.put(item::encode(marker, &OwnerBody { owner: new.owner })?, Condition::NotExists)?,
            self.put(item::task(&change.task, item::Place::Live, new.owner, &write_id)?, Condition::NotExists)?,
        ];
        actions.extend(self.ledger(&change, &write_id)?);
        match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(Imported::Done),
            Outcome::Failed(_) => Ok(Imported::Before),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_one_id_and_sorts_by_when_it_was_made() {
        let row = |number, ms| Original { number, created_at: Timestamp::from_ms(ms) };
        assert_eq!(row(7, 1_000).task_id(), row(7, 1_000).task_id());
        assert_ne!(row(7, 1_000).task_id(), row(8, 1_000).task_id());
        assert_ne!(row(7, 1_000).task_id().to_string(), row(7, 1_000).user_id().to_string());
        assert!(row(9, 1_000).task_id() < row(1, 2_000).task_id());
        let id = row(7, 1_764_000_000_000).task_id();
        assert_eq!(id.to_string().parse::<TaskId>(), Ok(id), "a UUIDv7");
    }
}
