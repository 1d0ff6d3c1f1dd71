//! The instance's secret, and the keys drawn from it.
//!
//! Secrets Manager's `AWSCURRENT` signs; `AWSPREVIOUS` still verifies. A key's id is the version of its secret.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::{hkdf, hmac};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use sprintsync_domain::{Timestamp, World};

use crate::Source;

/// Seconds that a fetched secret is used before it is asked for again.
const FRESH_SECONDS: i64 = 300;
/// Seconds in which a key id that is not known is looked for once: a forged one must not cost a call each time.
const UNKNOWN_SECONDS: i64 = 30;
/// A secret shorter than HS256's own output would be the weakest link (RFC 7518, 3.2).
const LEAST_BYTES: usize = 32;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Secrets Manager did not give the secret.
    #[error("the signing secret cannot be read")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The secret is no good.
    #[error("the signing secret has fewer than {LEAST_BYTES} bytes")]
    TooShort,
    /// The key derivation failed.
    #[error("no key can be drawn from the signing secret")]
    Derivation,
}

/// The keys drawn from one version of the secret (RFC 5869: HKDF, a label each).
pub struct Key {
    pub(crate) kid: String,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    /// Signs cursors.
    pub cursor: hmac::Key,
    pub(crate) counter: hmac::Key,
    pub(crate) device: hmac::Key,
    network: hmac::Key,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.kid)
    }
}

impl Key {
    /// Draws the keys from a secret of this version.
    ///
    /// # Errors
    /// [`KeyError::TooShort`], [`KeyError::Derivation`].
    pub fn derive(kid: &str, secret: &str) -> Result<Self, KeyError> {
        if secret.len() < LEAST_BYTES {
            return Err(KeyError::TooShort);
        }
        let master = hkdf::Salt::new(hkdf::HKDF_SHA256, b"sprintsync").extract(secret.as_bytes());
        let draw = |label: &[u8]| -> Result<[u8; 32], KeyError> {
            let mut bytes = [0; 32];
            let labels = [label];
            let drawn = master.expand(&labels, hkdf::HKDF_SHA256).map_err(|_| KeyError::Derivation)?;
            drawn.fill(&mut bytes).map_err(|_| KeyError::Derivation)?;
            Ok(bytes)
        };
        let token = draw(b"token")?;
        Ok(Self {
            kid: kid.to_owned(),
            signing: EncodingKey::from_secret(&token),
            verifying: DecodingKey::from_secret(&token),
            cursor: hmac::Key::new(hmac::HMAC_SHA256, &draw(b"cursor")?),
            counter: hmac::Key::new(hmac::HMAC_SHA256, &draw(b"counter")?),
            device: hmac::Key::new(hmac::HMAC_SHA256, &draw(b"device")?),
            network: hmac::Key::new(hmac::HMAC_SHA256, &draw(b"network")?),
        })
    }
}

/// The keys in force.
#[derive(Debug)]
pub struct Keys {
    /// Signs and verifies.
    pub current: Key,
    /// Verifies what was signed before the last rotation.
    pub previous: Option<Key>,
}

impl Keys {
    /// Those that verify, the one that signs first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    pub(crate) fn with_id(&self, kid: &str) -> Option<&Key> {
        self.all().find(|key| key.kid == kid)
    }

    /// The keys that a cursor may be signed with.
    pub fn cursors(&self) -> Vec<&hmac::Key> {
        self.all().map(|key| &key.cursor).collect()
    }
}

/// The keys, kept for a while and fetched again.
#[derive(Clone)]
pub struct KeyRing {
    client: Client,
    secret_id: String,
    world: World,
    held: Arc<Mutex<Held>>,
}

struct Held {
    keys: Arc<Keys>,
    fetched_at: Timestamp,
    looked_at: Timestamp,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({})", self.secret_id)
    }
}

impl KeyRing {
    /// Fetches the secret of this name for the first time.
    ///
    /// # Errors
    /// Without a secret nothing can be signed, and the program had better not start.
    pub async fn fetch(client: Client, secret_id: String, world: World) -> Result<Self, KeyError> {
        let keys = Arc::new(fetch(&client, &secret_id).await?);
        let now = world.now();
        let held = Held { keys, fetched_at: now, looked_at: Timestamp::from_ms(0) };
        Ok(Self { client, secret_id, world, held: Arc::new(Mutex::new(held)) })
    }

    /// The keys in force. When they are due and cannot be fetched, the ones at hand go on.
    pub async fn keys(&self) -> Arc<Keys> {
        let now = self.world.now();
        let due = self.with(|held| {
            let due = now >= held.fetched_at.plus_seconds(FRESH_SECONDS);
            if due {
                // Another request at this moment need not ask too; a failure is tried again in a while.
                held.fetched_at = now.plus_seconds(UNKNOWN_SECONDS - FRESH_SECONDS);
            }
            due
        });
        if due {
            self.refresh(now).await;
        }
        self.with(|held| Arc::clone(&held.keys))
    }

    /// The mark of the network that a request comes from: the same for the same one while the secret is, and nothing that
    /// tells an address. With the keys at hand; no call is made for it.
    pub fn network_mark(&self, source: &Source) -> String {
        let keys = self.with(|held| Arc::clone(&held.keys));
        let mac = hmac::sign(&keys.current.network, source.network.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.as_ref().get(..9).unwrap_or_default())
    }

    /// The keys in force, asked for again if none of them has this id.
    pub(crate) async fn keys_with(&self, kid: &str) -> Arc<Keys> {
        let keys = self.keys().await;
        if keys.with_id(kid).is_some() { keys } else { self.fresh_keys().await }
    }

    /// The keys in force, asked for again at most once in a while: for what is signed with a key that is not known.
    pub async fn fresh_keys(&self) -> Arc<Keys> {
        let now = self.world.now();
        let may_look = self.with(|held| {
            let may_look = now >= held.looked_at.plus_seconds(UNKNOWN_SECONDS);
            if may_look {
                held.looked_at = now;
            }
            may_look
        });
        if may_look {
            self.refresh(now).await;
        }
        self.with(|held| Arc::clone(&held.keys))
    }

    async fn refresh(&self, now: Timestamp) {
        match fetch(&self.client, &self.secret_id).await {
            Ok(keys) => self.with(|held| {
                held.keys = Arc::new(keys);
                held.fetched_at = now;
            }),
            Err(error) => {
                tracing::error!(
                    error = &error as &(dyn std::error::Error + 'static),
                    "the signing secret was not refreshed"
                );
            }
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Held) -> T) -> T {
        act(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether the secret of this name can be read and is good: for health.
///
/// # Errors
/// It is not.
pub async fn check_secret(client: &Client, secret_id: &str) -> Result<(), KeyError> {
    current(client, secret_id).await.map(|_| ())
}

async fn fetch(client: &Client, secret_id: &str) -> Result<Keys, KeyError> {
    // One after the other, over one connection: a second one's handshake takes longer than the answer.
    let current = current(client, secret_id).await?;
    Ok(Keys { current, previous: previous(client, secret_id).await? })
}

async fn current(client: &Client, secret_id: &str) -> Result<Key, KeyError> {
    let secret = client.get_secret_value().secret_id(secret_id).version_stage("AWSCURRENT").send().await;
    key(&secret.map_err(|error| KeyError::Unreachable(Box::new(error)))?)
}

async fn previous(client: &Client, secret_id: &str) -> Result<Option<Key>, KeyError> {
    match client.get_secret_value().secret_id(secret_id).version_stage("AWSPREVIOUS").send().await {
        Ok(secret) => key(&secret).map(Some),
        // Before the first rotation there is none.
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => Ok(None),
        Err(error) => Err(KeyError::Unreachable(Box::new(error))),
    }
}

fn key(secret: &GetSecretValueOutput) -> Result<Key, KeyError> {
    Key::derive(secret.version_id().unwrap_or_default(), secret.secret_string().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_is_no_key() {
        assert!(matches!(Key::derive("v", &"x".repeat(31)), Err(KeyError::TooShort)));
        assert!(matches!(Key::derive("v", ""), Err(KeyError::TooShort)));
        assert!(Key::derive("v", &"x".repeat(32)).is_ok());
    }

    #[test]
    fn a_key_shows_only_its_id() {
        assert_eq!(format!("{:?}", Key::derive("v1", &"x".repeat(32)).expect("a key")), "Key(v1)");
    }
}
