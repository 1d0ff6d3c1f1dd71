//! Everything together: started in the order in which one part needs the other, stopped in reverse.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use activity::Activity;
use aws_sdk_dynamodb::config::SharedHttpClient;
use http::Uri;
use sprintsync_domain::{SignUpMode, UserId, World};
use sprintsync_http::{App, Config, Function, Scheme, world};
use sprintsync_store::Store;
use tokio::task::JoinSet;

use crate::front::Front;
use crate::gateway::{Functions, Gateway};
use crate::model::{self, Model};
use crate::secrets::{SCRAPE_TOKEN, SIGNING_KEY, Secrets};
use crate::serve::Server;
use crate::services::{Data, ServiceOptions, Services, bind, serve};
use crate::table::TABLE;

/// How long requests may still run once the stack stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the counts of requests are written.
const COUNTING: Duration = Duration::from_secs(30);

/// The folder of the static files of this source tree.
pub const STATIC_DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static");

/// How a stack is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port of the front on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Where the data are.
    pub data: Data,
    /// Every rate limit is multiplied by this (1: the limits of the cloud).
    pub limit_factor: u32,
    /// Sends the session's cookie without `Secure` and without the `__Host-` prefix, for browsers
    /// that refuse such cookies over plain HTTP. Anyone on the way could read and replace it.
    pub plain_cookie: bool,
    /// Whether the API refuses what did not come through the front.
    pub only_through_front: bool,
    /// Who may sign up.
    pub sign_up_mode: SignUpMode,
    /// The model that words suggestions; without one none is asked.
    pub model: Option<Model>,
    /// The folder of the static files and their manifest.
    pub static_dir: PathBuf,
    /// How long a check of the instance's health may take.
    pub patience: Duration,
    /// The clock and the randomness of the functions.
    pub world: World,
    /// What carries the functions' calls of the table, if it is not the SDK's own: where tests put faults.
    pub table_http: Option<SharedHttpClient>,
    /// Whether what lies behind requests is done by the clock. Tests that count calls do it themselves.
    pub schedule: bool,
}

impl Default for Options {
    /// In memory, on any free port, with the cloud's limits, open to sign-ups, with the static files
    /// of this source tree.
    fn default() -> Self {
        Self {
            port: 0,
            data: Data::Memory,
            limit_factor: 1,
            plain_cookie: false,
            only_through_front: false,
            sign_up_mode: SignUpMode::Open,
            model: None,
            static_dir: PathBuf::from(STATIC_DIR),
            patience: ops::PATIENCE,
            world: world(),
            table_http: None,
            schedule: true,
        }
    }
}

/// Why the stack, or an operator's act on its data, could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program has the port.
    #[error("port {0} of 127.0.0.1 is taken. Choose another with --port N")]
    PortTaken(u16),
    /// Another stack uses the data folder.
    #[error("{} is in use by another SprintSync. Stop that one, or choose another folder with --data DIR", .0.display())]
    DataLocked(PathBuf),
    /// An operator's act on a folder that holds nothing.
    #[error("no SprintSync data in {}. Start `sprintsync` once, or name its folder with --data DIR", .0.display())]
    NoData(PathBuf),
    /// The data folder can not be used.
    #[error("{}: {source}", path.display())]
    Data {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The front's own key is nowhere.
    #[error("no origin key in {}. Set ORIGIN_KEY, start `sprintsync table` first, or name its folder with --data DIR", .0.display())]
    NoOriginKey(PathBuf),
    /// The address of an API that a front does not go before.
    #[error("{0:?} can't be the API. Use http://HOST[:PORT] on this machine's loopback, without a path")]
    Api(String),
    /// The environment of the functions can not be written.
    #[error("{}: {source}", path.display())]
    Environment {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// No socket can be had.
    #[error("the network of this machine: {0}")]
    Network(#[source] std::io::Error),
    /// The table can not be opened or created.
    #[error("the table: {0}")]
    Table(String),
    /// The secrets can not be read, made or written.
    #[error("the secrets: {0}")]
    Secrets(String),
    /// The static files can not be read.
    #[error("the static files: {0}")]
    Static(String),
    /// The table of routes contradicts itself.
    #[error("the routes: {0}")]
    Routes(String),
    /// What is said of the model makes no sense.
    #[error("the model: {0}")]
    Model(#[from] sprintsync_ai::BadSettings),
    /// The model's key can not be read.
    #[error("{}: {source}", path.display())]
    ModelKey {
        /// The file that should hold it.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The functions refuse to start.
    #[error("the functions: {0}")]
    Functions(#[from] sprintsync_http::StartError),
}

/// A running stack.
#[derive(Debug)]
pub struct Stack {
    front: Server,
    gateway: Server,
    services: Services,
    ops: ops::Ops,
    functions: Vec<Function>,
    store: Store,
    /// What is done by the clock; ends with the stack.
    by_itself: JoinSet<()>,
    /// Whether the data outlive the process.
    keeps: bool,
}

impl Stack {
    /// Starts everything. It runs in the caller's runtime, which wants several threads: the functions
    /// hash passwords and the table writes its file on them.
    ///
    /// # Errors
    /// [`StartError`] says what stands in the way.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        // Before anything is written: a taken port is the most likely failure.
        let listener = bind(options.port).await?;
        let keeps = matches!(options.data, Data::Dir(_));
        let services = Services::start(ServiceOptions {
            data: options.data,
            model_key: options.model.as_ref().map(|model| model.key.clone()),
            world: options.world.clone(),
            table_http: options.table_http,
            schedule: options.schedule,
            ..ServiceOptions::default()
        })
        .await?;
        let origin_key = services.secrets().origin_key()?;

        let config = Config {
            table: TABLE.to_owned(),
            signing_secret: SIGNING_KEY.to_owned(),
            origin_key: Some(origin_key.clone()),
            sign_up_mode: options.sign_up_mode,
            limit_factor: options.limit_factor,
            scheme: Scheme::Http,
            plain_cookie: options.plain_cookie,
            only_through_front: options.only_through_front,
        };
        let dynamodb = services.dynamodb().clone();
        let secrets_manager = services.secrets_manager()?;
        let settings = ops::Settings {
            config: config.clone(),
            scrape_secret: SCRAPE_TOKEN.to_owned(),
            patience: options.patience,
        };
        let ops = ops::Ops::new(settings, dynamodb.clone(), secrets_manager.clone(), options.world.clone());
        let model = model::client(options.model.as_ref(), secrets_manager.clone(), options.world.clone())?;
        let app = App::connect(config, dynamodb, secrets_manager, options.world).await?;
        let functions = Functions {
            auth: auth::function(&app),
            tasks: tasks::function(&app),
            admin: admin::function(&app),
            ai: ai::function(&app, &model),
            ops: ops::function(&ops),
            web: web::function(&app),
        };
        let (all, store) = (functions.all(), app.store.clone());
        let gateway = Arc::new(Gateway::new(functions)?);
        let gateway = serve(bind(0).await?, move |request, peer| {
            let gateway = Arc::clone(&gateway);
            async move { gateway.serve(request, peer).await }
        })?;

        let api = Uri::builder()
            .scheme("http")
            .authority(gateway.address().to_string())
            .path_and_query("/")
            .build()
            .map_err(|error| StartError::Network(std::io::Error::other(error)))?;
        let front = Arc::new(Front::new(api, &options.static_dir, &origin_key)?);
        let front = serve(listener, move |request, peer| {
            let front = Arc::clone(&front);
            async move { front.serve(request, peer).await }
        })?;
        let mut by_itself = JoinSet::new();
        if options.schedule {
            by_itself.spawn(count(all.clone()));
        }
        Ok(Self { front, gateway, services, ops, functions: all, store, by_itself, keeps })
    }

    /// The address for people and programs.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.front.address().port())
    }

    /// The address of the API behind the front, as a program meets it that calls the API directly.
    pub fn api_url(&self) -> String {
        format!("http://{}", self.gateway.address())
    }

    /// The address of the table, for the DynamoDB SDK.
    pub fn table_endpoint(&self) -> String {
        self.services.table_endpoint()
    }

    /// The address of the secrets, for the Secrets Manager SDK.
    pub fn secrets_endpoint(&self) -> String {
        self.services.secrets_endpoint()
    }

    /// The secrets of this instance.
    pub fn secrets(&self) -> &Secrets {
        self.services.secrets()
    }

    /// What checks the instance, by a schedule in the cloud.
    pub fn ops(&self) -> &ops::Ops {
        &self.ops
    }

    /// What is called by a schedule in the cloud.
    pub fn activity(&self) -> &Activity {
        self.services.activity()
    }

    /// Removes what has expired from the table, as DynamoDB does within days. Gives the number of items.
    ///
    /// # Errors
    /// The table's file can not be written.
    pub async fn sweep(&self) -> Result<usize, StartError> {
        self.services.sweep().await
    }

    /// Writes the counts of all requests so far, as is done by the clock.
    pub async fn write_counts(&self) {
        write_counts(&self.functions).await;
    }

    /// Who people are, for whoever reads along.
    pub fn names(&self) -> Names {
        Names(self.store.clone())
    }

    /// Takes no new request, lets those that run finish within five seconds, and closes the data.
    pub async fn stop(mut self) {
        let deadline = Instant::now() + PATIENCE;
        let left = || deadline.saturating_duration_since(Instant::now());
        self.front.stop(left()).await;
        self.gateway.stop(left()).await;
        self.by_itself.shutdown().await;
        if self.keeps {
            write_counts(&self.functions).await;
        }
        self.services.stop(left()).await;
    }
}

/// Who people are.
#[derive(Debug, Clone)]
pub struct Names(Store);

impl Names {
    /// The name of the person with this id, if somebody has it.
    pub fn of(&self, id: &str) -> impl Future<Output = Option<String>> + Send + use<> {
        let (id, store) = (id.parse::<UserId>(), self.0.clone());
        async move { Some(store.user(id.ok()?).await.ok()??.username.to_string()) }
    }
}

/// Writes counts by the clock: here no environment freezes between requests.
async fn count(functions: Vec<Function>) {
    loop {
        tokio::time::sleep(COUNTING).await;
        write_counts(&functions).await;
    }
}

async fn write_counts(functions: &[Function]) {
    let mut writing: JoinSet<()> = functions.iter().map(Function::write_counts).collect();
    while writing.join_next().await.is_some() {}
}
