//! Events: what happened, who did it, what was there before and after. An event is put once and never changed. It names
//! nobody: who did it is an id, and means a person only while that person has an account.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Day, EntryId, EventId, Invalid, Status, TaskId, Timestamp, UserId, Version};

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
    /// An administrator gave a task to somebody; `from` and `to` name the owners.
    Assigned,
    /// A task went with its owner, who left.
    Erased,
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
    /// The person is an administrator no longer.
    AdminRevoked,
    /// The account was shut, and every session ended.
    Disabled,
    /// The account was opened again.
    Enabled,
    /// An administrator made a one-time link with which the person sets a new password.
    PasswordResetIssued,
    /// The person set a new password by such a link, and every session ended.
    PasswordReset,
    /// An administrator made an invite.
    Invited,
    /// An administrator took an invite back.
    InviteRevoked,
    /// An administrator changed who may sign up.
    SignUpModeSet,
    /// The person left, and what names them is being erased.
    Left,
}

/// An event of a task. Its place in the task's history is the version that it made; minutes that were added while others
/// wrote have theirs right behind the version before.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The task.
    pub task_id: TaskId,
    /// The version of the task that this event made; of minutes that were added beside others, the earliest that it may
    /// have made.
    pub version: Version,
    /// The entry, where minutes were added beside whatever else happened to the task at the same time. Of several such
    /// behind one version, it says the order.
    pub beside: Option<EntryId>,
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
    /// The mark of the network that it was done from: a keyed hash, of what belongs into the audit trail.
    pub network: Option<String>,
    /// What statistics need to know beside that; events that were put before there were any have none until a migration
    /// gives it to them.
    pub around: Option<Around>,
}

/// The task around an event, so that every event can be counted by itself and in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// Whose the task is, after it.
    pub owner: UserId,
    /// How far the task has come, after it.
    pub status: Status,
    /// Since when the task had the status that it had before it.
    pub since: Timestamp,
    /// The minutes that were booked by it.
    pub worked: Option<Worked>,
}

/// Minutes that were booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    /// Who worked.
    pub user_id: UserId,
    /// On which day.
    pub worked_on: Day,
    /// How long; below zero where an entry was taken back.
    pub minutes: i64,
}

impl Event {
    /// Whether it belongs into the audit trail: somebody else than the owner did it.
    pub fn is_audited(&self) -> bool {
        self.what == What::Assigned || self.around.as_ref().is_some_and(|around| around.owner != self.by)
    }

    /// What is left of it once its task's owner has left: that it happened, and its numbers, but nothing that anybody
    /// wrote, and not from where.
    #[must_use]
    pub fn without_texts(mut self) -> Self {
        for fields in [&mut self.from, &mut self.to] {
            fields.retain(|name, _| !matches!(name.as_str(), "title" | "description"));
        }
        self.network = None;
        self
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for What {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|what| what.as_str() == text);
        known.ok_or_else(|| Invalid::because("Unknown kind of event."))
    }
}

impl What {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Created,
        Self::Edited,
        Self::TimeLogged,
        Self::TimeReversed,
        Self::Deleted,
        Self::Restored,
        Self::Assigned,
        Self::Erased,
        Self::SignedUp,
        Self::SignedIn,
        Self::SignInFailed,
        Self::SessionEnded,
        Self::PasswordChanged,
        Self::AdminGranted,
        Self::AdminRevoked,
        Self::Disabled,
        Self::Enabled,
        Self::PasswordResetIssued,
        Self::PasswordReset,
        Self::Invited,
        Self::InviteRevoked,
        Self::SignUpModeSet,
        Self::Left,
    ];

    /// Its name in the API and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Edited => "edited",
            Self::TimeLogged => "time_logged",
            Self::TimeReversed => "time_reversed",
            Self::Deleted => "deleted",
            Self::Restored => "restored",
            Self::Assigned => "assigned",
            Self::Erased => "erased",
            Self::SignedUp => "signed_up",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SessionEnded => "session_ended",
            Self::PasswordChanged => "password_changed",
            Self::AdminGranted => "admin_granted",
            Self::AdminRevoked => "admin_revoked",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::PasswordResetIssued => "password_reset_issued",
            Self::PasswordReset => "password_reset",
            Self::Invited => "invited",
            Self::InviteRevoked => "invite_revoked",
            Self::SignUpModeSet => "sign_up_mode_set",
            Self::Left => "left",
        }
    }

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
    /// The mark of the network that it was done from: a keyed hash.
    pub network: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_the_name_that_it_is_written_with() {
        for what in What::ALL {
            assert_eq!(serde_json::to_value(what).expect("JSON"), what.as_str());
            assert_eq!(what.as_str().parse(), Ok(what));
        }
        assert!("nothing".parse::<What>().is_err());
    }
}
