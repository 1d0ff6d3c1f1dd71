//! Events: what happened, who did it, what was there before and after. An event is put once and never changed. It names
//! nobody: who did it is an id, and means a person only while that person has an account.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{EventId, TaskId, Timestamp, UserId, Version};

/// Values by the name of their field, as the API writes them.
pub type Fields = Map<String, Value>;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A task was made; `to` holds its fields.
    Created,
    /// Fields of a task or an account changed; `from` and `to` hold only those.
    Edited,
    /// Minutes were logged; `to` holds the entry.
    TimeLogged,
    /// An entry was taken back by its opposite; `to` holds the new entry.
    TimeReversed,
    /// A task went into the trash.
    Deleted,
    /// A task came out of the trash.
    Restored,
    /// An account was made.
    SignedUp,
    /// A session began.
    SignedIn,
    /// A sign-in with this name failed.
    SignInFailed,
    /// A session was ended.
    SessionEnded,
    /// The password changed, and every other session ended.
    PasswordChanged,
    /// The person became an administrator.
    AdminGranted,
    /// The person left, and what names them is being erased.
    Left,
}

/// An event of a task. Its place in the task's history is the version that it made.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The task.
    pub task_id: TaskId,
    /// The version of the task that this event made.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: UserId,
    /// What happened.
    pub what: What,
    /// The changed fields, before.
    pub from: Fields,
    /// The changed fields, after.
    pub to: Fields,
}

impl Event {
    /// What is left of it once its task's owner has left: that it happened, and its numbers, but nothing that anybody
    /// wrote.
    #[must_use]
    pub fn without_texts(mut self) -> Self {
        for fields in [&mut self.from, &mut self.to] {
            fields.retain(|name, _| !matches!(name.as_str(), "title" | "description"));
        }
        self
    }
}

impl What {
    /// Whether the event outlives its account: the sums of the team need to know who came and who went, by id.
    pub fn outlives_account(self) -> bool {
        matches!(self, Self::SignedUp | Self::Left)
    }
}

/// An event of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountEvent {
    /// Its place among the account's events.
    pub id: EventId,
    /// The account.
    pub user_id: UserId,
    /// When.
    pub at: Timestamp,
    /// Who; a sign-in that failed was tried by nobody known.
    pub by: Option<UserId>,
    /// What happened.
    pub what: What,
    /// The changed fields, before. Never a password or its hash.
    pub from: Fields,
    /// The changed fields, after. Never a password or its hash.
    pub to: Fields,
}
