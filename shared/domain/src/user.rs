//! People and their sessions.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{SessionId, TimeZone, Timestamp, UserId, Username, Version, Workday, WorkdayEnd};

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
    /// When the person stops working: no plan reaches past it.
    pub workday_ends: WorkdayEnd,
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
    /// Another end of the working day.
    pub workday_ends: Option<WorkdayEnd>,
}

/// A password's hash in the PHC string format; until its person signs in for the first time, as it was brought from the
/// original. Shows nothing of itself when printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub String);

impl PasswordHash {
    /// Whether it was brought from the original, as bcrypt makes them, and is to be replaced.
    pub fn is_legacy(&self) -> bool {
        self.0.starts_with("$2")
    }
}

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
    /// When the person last showed their password in it.
    pub authenticated_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether a browser keeps it, in a cookie: only such a session is renewed.
    pub in_browser: bool,
    /// What signed in, in the words of its `User-Agent`, shortened.
    pub client: String,
}

/// Seconds that a session lives without being renewed: a day.
pub const SESSION_SECONDS: i64 = 86_400;
/// Seconds after which the password is asked for again before what changes who may do what.
const FRESH_SECONDS: i64 = 600;
/// Days after which even a session in use ends, and the person signs in again.
const LONGEST_SESSION_DAYS: i64 = 30;

impl Session {
    /// Until when a browser's session in use is to live on, asked with a token that ends at `token_ends`. Nothing, while
    /// more than half a day is left, or where nothing is to be gained any more.
    pub fn renewal(&self, token_ends: Timestamp, now: Timestamp) -> Option<Timestamp> {
        if !self.in_browser {
            return None;
        }
        let half_over = |end: Timestamp| end < now.plus_seconds(SESSION_SECONDS / 2);
        if !half_over(token_ends) {
            return None;
        }
        // It may have been renewed from another tab.
        let until = match half_over(self.expires_at) {
            true => now.plus_seconds(SESSION_SECONDS).min(self.created_at.plus_seconds(LONGEST_SESSION_DAYS * 86_400)),
            false => self.expires_at,
        };
        // Tokens end at whole seconds.
        (until.seconds() > token_ends.seconds()).then_some(until)
    }

    /// Whether the password was shown in it lately enough for what changes who may do what (OWASP ASVS 5.0, 7.5).
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now < self.authenticated_at.plus_seconds(FRESH_SECONDS)
    }

    /// Whether it still counts for this person at this time.
    pub fn is_alive(&self, user: &User, now: Timestamp) -> bool {
        self.user_id == user.id && self.epoch == user.epoch && !user.disabled && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_in_use_is_renewed_when_its_day_is_half_over_for_thirty_days() {
        let hour = 3_600;
        let start = Timestamp::from_ms(1_000_000_000_000);
        let at = |hours: i64| start.plus_seconds(hours * hour);
        let mut session = Session {
            id: SessionId::from(uuid::Uuid::from_u128(1)),
            user_id: UserId::from(uuid::Uuid::from_u128(2)),
            epoch: 0,
            created_at: start,
            authenticated_at: start,
            expires_at: at(24),
            in_browser: true,
            client: String::new(),
        };
        assert_eq!(session.renewal(at(24), at(12)), None);
        assert_eq!(session.renewal(at(24), at(13)), Some(at(37)));
        // From another tab, with the token of before: it gets what the first one got.
        session.expires_at = at(37);
        assert_eq!(session.renewal(at(24), at(14)), Some(at(37)));
        // Near the end of the thirty days nothing is gained but what is left, once.
        session.expires_at = at(718);
        assert_eq!(session.renewal(at(718), at(710)), Some(at(720)));
        session.expires_at = at(720);
        assert_eq!(session.renewal(at(718), at(711)), Some(at(720)));
        assert_eq!(session.renewal(at(720), at(712)), None);
        assert!(session.is_fresh(start.plus_seconds(599)) && !session.is_fresh(start.plus_seconds(600)));
        let of_a_program = Session { in_browser: false, expires_at: at(24), ..session };
        assert_eq!(of_a_program.renewal(at(24), at(13)), None);
    }

    #[test]
    fn a_hash_does_not_print() {
        assert_eq!(format!("{:?}", PasswordHash("$argon2id$secret".to_owned())), "PasswordHash(..)");
    }
}
