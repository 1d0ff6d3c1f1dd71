//! What operators and clients ask of the instance itself: whether it is well, its metrics, its API's description.

mod caller;
mod docs;
mod health;
mod metrics;
mod scrape;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sprintsync_domain::{Timestamp, World};
use sprintsync_http::{App, Base, Config, Function, StartError, needed, routes};
use sprintsync_store::{Store, patient};
use tokio::sync::OnceCell;

/// What the template names.
mod views {
    pub(crate) use sprintsync_pages::views::asset;
}

use scrape::ScrapeToken;

pub use health::Unwell;

/// How long a check may take before the answer is that it failed.
pub const PATIENCE: Duration = Duration::from_secs(3);

routes! {
    Ops;
    "/health" => { get: health::health },
    "/metrics" => { get: metrics::metrics [any] },
    "/openapi.json" => { get: docs::openapi_json },
    "/docs" => { get: docs::docs [any] },
}

/// How the function is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The instance.
    pub config: Config,
    /// The name of the secret that a metrics collector shows.
    pub scrape_secret: String,
    /// How long a check may take before the answer is that it failed.
    pub patience: Duration,
}

impl Settings {
    /// The settings in the environment: those of [`Config`], and `SCRAPE_SECRET`.
    ///
    /// # Errors
    /// A variable is missing or makes no sense.
    pub fn from_env() -> Result<Self, StartError> {
        Ok(Self { config: Config::from_env()?, scrape_secret: needed("SCRAPE_SECRET")?, patience: PATIENCE })
    }
}

/// What this function works with. It starts without a key, so that it can say that there is none.
#[derive(Debug, Clone)]
pub struct Ops(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: Settings,
    dynamodb: aws_sdk_dynamodb::Client,
    secrets: aws_sdk_secretsmanager::Client,
    store: Store,
    scrape: ScrapeToken,
    world: World,
    /// When the signing key was last seen to be readable.
    key_read_at: Mutex<Option<Timestamp>>,
    /// What knows callers, once one has come.
    app: OnceCell<App>,
}

impl Ops {
    /// Works with this table and these secrets.
    pub fn new(
        settings: Settings,
        dynamodb: aws_sdk_dynamodb::Client,
        secrets: aws_sdk_secretsmanager::Client,
        world: World,
    ) -> Self {
        let store = Store::new(dynamodb.clone(), &settings.config.table, world.clone());
        let scrape = ScrapeToken::new(secrets.clone(), &settings.scrape_secret, world.clone());
        let (key_read_at, app) = (Mutex::default(), OnceCell::new());
        Self(Arc::new(Parts { settings, dynamodb, secrets, store, scrape, world, key_read_at, app }))
    }

    /// Works with the clients of this SDK configuration, as the environment says.
    ///
    /// # Errors
    /// As [`Settings::from_env`].
    pub fn from_sdk(sdk: &aws_config::SdkConfig, world: World) -> Result<Self, StartError> {
        let dynamodb = aws_sdk_dynamodb::Client::from_conf(patient(sdk.into()).build());
        Ok(Self::new(Settings::from_env()?, dynamodb, aws_sdk_secretsmanager::Client::new(sdk), world))
    }
}

/// The function.
pub fn function(ops: &Ops) -> Function {
    let Parts { settings, store, world, .. } = &*ops.0;
    let base = Base { config: &settings.config, store, world, ring: None };
    Function::json("ops", routes().with_state(ops.clone()), base)
}
