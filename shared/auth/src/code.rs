//! Codes that stand for a right by themselves: invites, and one-time links for a new password. Whoever has one may use
//! it; the table keeps a digest alone (OWASP ASVS 5.0, 6.4.1 and 11.4).

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sprintsync_domain::{Timestamp, World};
use sprintsync_store::Store;

use crate::Error;

/// Days that an invite is good.
const INVITE_DAYS: i64 = 7;
/// Minutes that a one-time link is good.
const RESET_MINUTES: i64 = 15;

/// A code. Shows nothing of itself when printed for a developer.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// A fresh one, of 144 random bits.
    pub fn new(world: &World) -> Self {
        Self(URL_SAFE_NO_PAD.encode(world.random::<18>()))
    }

    /// Its text, to be handed over.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the table knows of it.
    pub fn digest(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.0.as_bytes()))
    }
}

impl From<String> for Code {
    fn from(text: String) -> Self {
        Self(text.trim().to_owned())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

/// Until when an invite is good that is made now.
pub fn invite_until(world: &World) -> Timestamp {
    whole_seconds(world.now().plus_seconds(INVITE_DAYS * 86_400))
}

/// Until when a one-time link is good that is made now.
pub fn reset_until(world: &World) -> Timestamp {
    whole_seconds(world.now().plus_seconds(RESET_MINUTES * 60))
}

/// The table counts ends in seconds: what is said is what is kept.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_ms(at.seconds() * 1_000)
}

/// Makes an invite, and gives its code. An operator's act.
///
/// # Errors
/// The table.
pub async fn create_invite(store: &Store, world: &World) -> Result<String, Error> {
    let code = Code::new(world);
    store.create_invite(&code.digest(), invite_until(world), None, None).await?;
    Ok(code.0)
}
