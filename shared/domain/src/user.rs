//! People and their sessions.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{SessionId, TimeZone, Timestamp, UserId, Username, Version, Workday};

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The name to sign in with.
    pub username: Username,
    /// Whether this person administers the instance.
    pub is_admin: bool,
    /// Whether an administrator has shut this account.
    pub disabled: bool,
    /// Where the person's days begin and end.
    pub time_zone: TimeZone,
    /// How long the person works a day.
    pub workday_minutes: Workday,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its optimistic lock.
    pub version: Version,
    /// A session is alive only with the epoch it began in: raising it ends them all.
    pub epoch: u64,
    /// The hash of the password.
    pub password: PasswordHash,
}

impl User {
    /// Whether this person is one of those without whom nobody could administer the instance.
    pub fn counts_as_admin(&self) -> bool {
        self.is_admin && !self.disabled
    }
}

/// What a person may change about their own account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// A new time zone.
    pub time_zone: Option<TimeZone>,
    /// A new length of the working day.
    pub workday_minutes: Option<Workday>,
}

/// A password's hash in the PHC string format. Shows nothing of itself when printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// A place where a person is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The account's epoch when it began.
    pub epoch: u64,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// What signed in, in the words of its `User-Agent`, shortened.
    pub client: String,
}

impl Session {
    /// Whether it still counts for this person at this time.
    pub fn is_alive(&self, user: &User, now: Timestamp) -> bool {
        self.user_id == user.id && self.epoch == user.epoch && !user.disabled && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_does_not_print() {
        assert_eq!(format!("{:?}", PasswordHash("$argon2id$secret".to_owned())), "PasswordHash(..)");
    }
}
