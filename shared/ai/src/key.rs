//! The provider's key, kept for a while and fetched again.

use std::fmt;

use aws_sdk_secretsmanager::Client;
use reqwest::header::HeaderValue;
use sprintsync_domain::{Timestamp, World};
use tokio::sync::Mutex;

use crate::{Declined, Provider};

/// Seconds that a key is used before it is asked for again.
const FRESH_SECONDS: i64 = 300;
/// Seconds after which a key that was absent, unreadable or refused is looked for again.
const AGAIN_SECONDS: i64 = 60;

/// The header that carries the key. It shows itself nowhere.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key(HeaderValue);

impl Key {
    /// The header of this provider for this secret. Nothing, where the secret is blank.
    fn of(provider: Provider, secret: &str) -> Result<Self, Declined> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(Declined::NoKey);
        }
        let mut value = match provider {
            Provider::Gemini => HeaderValue::from_str(secret),
            Provider::OpenAi => HeaderValue::from_str(&format!("Bearer {secret}")),
        }
        .map_err(|_| Declined::Misconfigured)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    /// For the request.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Where the key comes from.
#[derive(Debug)]
pub(crate) struct Keys {
    client: Client,
    secret_id: String,
    provider: Provider,
    /// Held while the key is fetched: whoever comes meanwhile waits for the same answer.
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    key: Result<Key, Declined>,
    due_at: Timestamp,
}

impl Keys {
    pub(crate) fn new(client: Client, secret_id: String, provider: Provider) -> Self {
        let held = Held { key: Err(Declined::NoKey), due_at: Timestamp::from_ms(i64::MIN) };
        Self { client, secret_id, provider, held: Mutex::new(held) }
    }

    /// The key, fetched if it is due. When it cannot be read, the one at hand goes on.
    pub(crate) async fn key(&self, world: &World) -> Result<Key, Declined> {
        let mut held = self.held.lock().await;
        let now = world.now();
        if now >= held.due_at {
            let fetched = self.fetch().await;
            let wait = if fetched.is_ok() { FRESH_SECONDS } else { AGAIN_SECONDS };
            held.due_at = now.plus_seconds(wait);
            if fetched != Err(Declined::Unreachable) || held.key.is_err() {
                held.key = fetched;
            }
        }
        held.key.clone()
    }

    /// The provider did not take the key: it is asked for again soon, as it may have been replaced.
    pub(crate) async fn refused(&self, world: &World) {
        let soon = world.now().plus_seconds(AGAIN_SECONDS);
        let mut held = self.held.lock().await;
        held.due_at = held.due_at.min(soon);
    }

    async fn fetch(&self) -> Result<Key, Declined> {
        let secret = self.client.get_secret_value().secret_id(&self.secret_id).version_stage("AWSCURRENT").send().await;
        match secret {
            Ok(secret) => {
                let key = Key::of(self.provider, secret.secret_string().unwrap_or_default());
                if key == Err(Declined::Misconfigured) {
                    tracing::error!(secret = self.secret_id, "the model's key has characters that no key has");
                }
                key
            }
            Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                Err(Declined::NoKey)
            }
            Err(error) => {
                let error = &error as &(dyn std::error::Error + 'static);
                tracing::error!(error, "the model's key cannot be read");
                Err(Declined::Unreachable)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_becomes_each_providers_header() {
        let header = |provider| Key::of(provider, " secret\n").map(|key| key.header());
        assert_eq!(header(Provider::Gemini), Ok(HeaderValue::from_static("secret")));
        assert_eq!(header(Provider::OpenAi), Ok(HeaderValue::from_static("Bearer secret")));
        assert_eq!(header(Provider::Gemini).map(|header| header.is_sensitive()), Ok(true));
    }

    #[test]
    fn a_blank_secret_is_no_key_and_a_strange_one_is_refused() {
        assert_eq!(Key::of(Provider::OpenAi, " \n"), Err(Declined::NoKey));
        assert_eq!(Key::of(Provider::OpenAi, "a\nb"), Err(Declined::Misconfigured));
    }

    #[test]
    fn a_key_shows_itself_nowhere() {
        let key = Key::of(Provider::OpenAi, "secret").expect("a key");
        assert_eq!(format!("{key:?} {:?}", key.header()), "Key Sensitive");
    }
}
