//! What a function works with: its configuration, the store, the accounts.

use std::num::{NonZero, ParseIntError};
use std::ops::Deref;
use std::sync::Arc;

use sprintsync_auth::{Accounts, KeyError, KeyRing};
use sprintsync_domain::{Limits, SignUpMode, World};
use sprintsync_store::{Store, patient};

use crate::Base;
use crate::writes::Writes;

/// How a viewer reaches the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// As in the cloud.
    Https,
    /// As on the machine that the program runs on.
    Http,
}

/// How an instance is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// The table's name.
    pub table: String,
    /// The name of the secret that keys are drawn from.
    pub signing_secret: String,
    /// What the front shows to be believed; without it no front is.
    pub origin_key: Option<String>,
    /// Who may make an account.
    pub sign_up_mode: SignUpMode,
    /// How many times as high as the contract's the limits are: 1 but for tests and loads.
    pub limit_factor: u32,
    /// How a viewer reaches the instance.
    pub scheme: Scheme,
    /// Whether the cookie does without `__Host-` and `Secure`: only for browsers that refuse those on loopback.
    pub plain_cookie: bool,
    /// Whether requests that did not come through the front are refused.
    pub only_through_front: bool,
}

/// Why a function does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An environment variable is missing.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// An environment variable holds what it must not.
    #[error("the environment variable {0} is invalid: {1}")]
    Bad(&'static str, String),
    /// There is no key to sign with.
    #[error("there is no signing key")]
    NoKey(#[from] KeyError),
}

impl Config {
    /// The configuration in the environment: `TABLE_NAME`, `SIGNING_SECRET`, `ORIGIN_KEY`, `ONLY_THROUGH_FRONT` (`true`
    /// or `false`, which it is unless it says otherwise), `SIGN_UP_MODE` (closed unless it says otherwise),
    /// `LIMIT_FACTOR` (a whole number of at least 1, which it is unless it says otherwise).
    ///
    /// # Errors
    /// A variable is missing or makes no sense.
    pub fn from_env() -> Result<Self, StartError> {
        let sign_up_mode = match variable("SIGN_UP_MODE") {
            Some(mode) => mode.parse().map_err(|error| StartError::Bad("SIGN_UP_MODE", format!("{error}")))?,
            None => SignUpMode::Closed,
        };
        let origin_key = variable("ORIGIN_KEY");
        Ok(Self {
            table: table_name()?,
            signing_secret: needed("SIGNING_SECRET")?,
            only_through_front: only_through_front(variable("ONLY_THROUGH_FRONT").as_deref(), origin_key.as_deref())?,
            origin_key,
            sign_up_mode,
            limit_factor: limit_factor(variable("LIMIT_FACTOR").as_deref())?,
            scheme: Scheme::Https,
            plain_cookie: false,
        })
    }
}

/// The table's name in the environment: `TABLE_NAME`.
///
/// # Errors
/// It is missing.
pub fn table_name() -> Result<String, StartError> {
    needed("TABLE_NAME")
}

/// Without a key nothing would show that it came through the front, and everybody would be refused.
fn only_through_front(said: Option<&str>, origin_key: Option<&str>) -> Result<bool, StartError> {
    let bad = |why: &str| StartError::Bad("ONLY_THROUGH_FRONT", why.to_owned());
    match (said, origin_key) {
        (None | Some("false"), _) => Ok(false),
        (Some("true"), Some(_)) => Ok(true),
        (Some("true"), None) => Err(bad("needs ORIGIN_KEY")),
        (Some(_), _) => Err(bad("must be true or false")),
    }
}

fn limit_factor(said: Option<&str>) -> Result<u32, StartError> {
    let bad =
        |error: ParseIntError| StartError::Bad("LIMIT_FACTOR", format!("use a whole number of at least 1 ({error})"));
    said.map_or(Ok(1), |said| said.parse().map(NonZero::<u32>::get).map_err(bad))
}

/// What a variable of the environment says; nothing, where it is not set or empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What a variable of the environment says.
///
/// # Errors
/// It is missing.
pub fn needed(name: &'static str) -> Result<String, StartError> {
    variable(name).ok_or(StartError::Missing(name))
}

/// What the handlers of a function work with.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
#[derive(Debug)]
pub struct Parts {
    /// The table.
    pub store: Store,
    /// The accounts.
    pub accounts: Accounts,
    /// The keys.
    pub ring: KeyRing,
    /// The clock and the randomness.
    pub world: World,
    /// The configuration.
    pub config: Config,
    /// How much each person writes through this environment.
    pub writes: Writes,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// What a function over this stands on.
    pub fn base(&self) -> Base<'_> {
        Base { config: &self.config, store: &self.store, world: &self.world, ring: Some(&self.ring) }
    }

    /// As [`App::connect`], with the clients of this SDK configuration.
    ///
    /// # Errors
    /// As [`App::connect`].
    pub async fn from_sdk(config: Config, sdk: &aws_config::SdkConfig, world: World) -> Result<Self, StartError> {
        let dynamodb = aws_sdk_dynamodb::Client::from_conf(patient(sdk.into()).build());
        Self::connect(config, dynamodb, aws_sdk_secretsmanager::Client::new(sdk), world).await
    }

    /// Fetches the key and opens the connection to the table, both at once.
    ///
    /// # Errors
    /// There is no key; a table out of reach is no reason not to start.
    pub async fn connect(
        config: Config,
        dynamodb: aws_sdk_dynamodb::Client,
        secrets: aws_sdk_secretsmanager::Client,
        world: World,
    ) -> Result<Self, StartError> {
        let store = Store::new(dynamodb, &config.table, world.clone());
        let fetching = KeyRing::fetch(secrets, config.signing_secret.clone(), world.clone());
        let (ring, reached) = tokio::join!(fetching, store.ping());
        if let Err(error) = reached {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "the table was not reached at start");
        }
        let ring = ring?;
        let limits = Limits::times(config.limit_factor);
        let writes = Writes::within(limits.writes);
        let accounts = Accounts::new(store.clone(), ring.clone(), world.clone(), limits, config.sign_up_mode);
        Ok(Self(Arc::new(Parts { store, accounts, ring, world, config, writes })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_is_the_only_way_in_where_it_is_said_and_can_show_itself() {
        let key = Some("key");
        for (said, key, only) in [(None, None, false), (Some("false"), None, false), (Some("true"), key, true)] {
            assert_eq!(only_through_front(said, key).unwrap(), only);
        }
        for (said, key) in [("true", None), ("yes", key), ("TRUE", key), ("1", key)] {
            let refused = only_through_front(Some(said), key).unwrap_err();
            assert!(matches!(refused, StartError::Bad("ONLY_THROUGH_FRONT", _)), "{said}: {refused}");
        }
    }

    #[test]
    fn limits_are_the_contracts_or_multiples_of_them() {
        for (said, factor) in [(None, 1), (Some("1"), 1), (Some("1000"), 1000)] {
            assert_eq!(limit_factor(said).unwrap(), factor);
        }
        for said in ["0", "-1", "1.5", "many", "4294967296"] {
            let refused = limit_factor(Some(said)).unwrap_err();
            assert!(matches!(refused, StartError::Bad("LIMIT_FACTOR", _)), "{said}: {refused}");
        }
    }
}
