//! The token that a metrics collector shows.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use sprintsync_domain::{Timestamp, World};

/// Seconds that a fetched token is used before it is asked for again.
const FRESH_SECONDS: i64 = 300;
/// A shorter one could be guessed.
const LEAST_BYTES: usize = 32;

/// Why it is not known which token is good.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScrapeError {
    #[error("the secret cannot be read")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the secret has fewer than {LEAST_BYTES} bytes")]
    TooShort,
}

/// The token in Secrets Manager, kept for a while.
pub(crate) struct ScrapeToken {
    client: aws_sdk_secretsmanager::Client,
    secret_id: String,
    world: World,
    held: Mutex<Option<(String, Timestamp)>>,
}

impl fmt::Debug for ScrapeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScrapeToken({})", self.secret_id)
    }
}

impl ScrapeToken {
    pub(crate) fn new(client: aws_sdk_secretsmanager::Client, secret_id: &str, world: World) -> Self {
        Self { client, secret_id: secret_id.to_owned(), world, held: Mutex::default() }
    }

    /// Whether this is the token.
    ///
    /// # Errors
    /// [`ScrapeError`].
    pub(crate) async fn is(&self, shown: &str) -> Result<bool, ScrapeError> {
        let now = self.world.now();
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let token = match held.filter(|(_, at)| now < at.plus_seconds(FRESH_SECONDS)) {
            Some((token, _)) => token,
            None => {
                let token = self.fetch().await?;
                *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some((token.clone(), now));
                token
            }
        };
        Ok(verify_slices_are_equal(token.as_bytes(), shown.as_bytes()).is_ok())
    }

    async fn fetch(&self) -> Result<String, ScrapeError> {
        let answer = self.client.get_secret_value().secret_id(&self.secret_id).send().await;
        let answer = answer.map_err(|error| ScrapeError::Unreachable(Box::new(error)))?;
        answer.secret_string.filter(|token| token.len() >= LEAST_BYTES).ok_or(ScrapeError::TooShort)
    }
}
