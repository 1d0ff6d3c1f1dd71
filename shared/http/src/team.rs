//! What the administration does through its routes as on its pages.

use std::collections::HashMap;

use sprintsync_auth::{Code, invite_until, reset_until};
use sprintsync_domain::{Day, Timestamp, UserId, World};
use sprintsync_store::Days;

/// A code that was just made, and is to be shown once.
#[derive(Debug, Clone)]
pub struct Issue {
    /// The code.
    pub code: Code,
    /// The page that takes it.
    pub path: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl Issue {
    /// An invite.
    pub fn invite(world: &World) -> Self {
        let code = Code::new(world);
        Self { path: format!("/signup?invite={}", code.as_str()), code, expires_at: invite_until(world) }
    }

    /// A one-time link for a new password.
    pub fn password_reset(world: &World) -> Self {
        let code = Code::new(world);
        Self { path: format!("/reset?code={}", code.as_str()), code, expires_at: reset_until(world) }
    }
}

/// Who worked most on the days `from` to `to`, with their minutes, as many people as `at_most`.
pub fn most_worked(days: &Days, (from, to): (Day, Day), at_most: usize) -> Vec<(UserId, i64)> {
    let mut minutes: HashMap<UserId, i64> = HashMap::new();
    for ((day, person), counts) in days {
        if (from..=to).contains(day) {
            *minutes.entry(*person).or_default() += counts.minutes;
        }
    }
    let mut top: Vec<(UserId, i64)> = minutes.into_iter().filter(|(_, minutes)| *minutes > 0).collect();
    top.sort_unstable_by_key(|(person, minutes)| (-minutes, *person));
    top.truncate(at_most);
    top
}
