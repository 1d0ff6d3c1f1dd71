//! Everything together: started in the order in which one part needs the other, stopped in reverse.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use activity::{Act, Activity};
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Region};
use http::Uri;
use sprintsync_auth::SignUpMode;
use sprintsync_domain::World;
use sprintsync_http::{App, Config, Scheme, world};
use tokio::task::JoinSet;

use crate::folder::Folder;
use crate::front::Front;
use crate::gateway::{Functions, Gateway};
use crate::secrets::{SIGNING_KEY, Secrets};
use crate::serve::Server;
use crate::table::{TABLE, Table, client, credentials};

/// How long requests may still run once the stack stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often what lies behind requests is done.
const SCHEDULE: Duration = Duration::from_secs(30);

/// Where a stack keeps its data.
#[derive(Debug, Clone)]
pub enum Data {
    /// In this folder, which is made if it is missing.
    Dir(PathBuf),
    /// In the process, and gone with it.
    Memory,
}

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
    /// Who may sign up.
    pub sign_up_mode: SignUpMode,
    /// The folder of the static files and their manifest.
    pub static_dir: PathBuf,
    /// The clock and the randomness of the functions.
    pub world: World,
    /// What carries the functions' calls of the table, if it is not the SDK's own: where tests put faults.
    pub table_http: Option<SharedHttpClient>,
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
            sign_up_mode: SignUpMode::Open,
            static_dir: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../static")),
            world: world(),
            table_http: None,
        }
    }
}

/// Why the stack, or an operator's act on its data, could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program has the port.
    #[error("port {0} of 127.0.0.1 is taken; choose another with --port N")]
    PortTaken(u16),
    /// Another stack uses the data folder.
    #[error("{} is in use by another SprintSync; stop that one, or choose another folder with --data DIR", .0.display())]
    DataLocked(PathBuf),
    /// An operator's act on a folder that holds nothing.
    #[error("there is no SprintSync data in {}; start `sprintsync` once, or name its folder with --data DIR", .0.display())]
    NoData(PathBuf),
    /// The data folder can not be used.
    #[error("{}: {source}", path.display())]
    Data {
        /// The folder.
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
    /// The functions refuse to start.
    #[error("the functions: {0}")]
    Functions(#[from] sprintsync_http::StartError),
}

/// A running stack.
#[derive(Debug)]
pub struct Stack {
    front: Server,
    gateway: Server,
    secret_service: Server,
    secrets: Arc<Secrets>,
    table: Table,
    activity: Activity,
    /// Ends with the stack.
    schedule: JoinSet<()>,
    folder: Option<Folder>,
}

impl Stack {
    /// Starts everything. It runs in the caller's runtime, which wants several threads: the functions
    /// hash passwords and the table writes its file on them.
    ///
    /// # Errors
    /// [`StartError`] says what stands in the way.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        // Before anything is written: a taken port is the most likely failure.
        let listener = Server::bind(options.port).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => StartError::PortTaken(options.port),
            _ => StartError::Network(error),
        })?;
        let (folder, secrets, table) = match &options.data {
            Data::Memory => (None, Secrets::in_memory()?, Table::start(None).await?),
            Data::Dir(dir) => {
                let folder = Folder::take(dir)?;
                let secrets = Secrets::open(dir)?;
                let table = Table::start(Some(dir)).await?;
                folder.announce(&table.endpoint())?;
                (Some(folder), secrets, table)
            }
        };
        let secrets = Arc::new(secrets);
        let origin_key = secrets.origin_key()?;
        let secret_service = {
            let secrets = Arc::clone(&secrets);
            serve(Server::bind(0).await.map_err(StartError::Network)?, move |request, peer| {
                let secrets = Arc::clone(&secrets);
                async move { secrets.serve(request, peer).await }
            })?
        };

        let config = Config {
            table: TABLE.to_owned(),
            signing_secret: SIGNING_KEY.to_owned(),
            origin_key: Some(origin_key.clone()),
            sign_up_mode: options.sign_up_mode,
            limit_factor: options.limit_factor,
            scheme: Scheme::Http,
            plain_cookie: options.plain_cookie,
        };
        let dynamodb = client(&table.endpoint(), options.table_http);
        let secrets_manager = secret_client(&format!("http://{}", secret_service.address()));
        let ops = ops::Ops::new(config.clone(), dynamodb.clone(), secrets_manager.clone(), options.world.clone());
        let activity = Activity::new(dynamodb.clone(), TABLE, options.world.clone());
        let app = App::connect(config, dynamodb, secrets_manager, options.world).await?;
        let gateway = Arc::new(Gateway::new(Functions {
            auth: auth::function(&app),
            tasks: tasks::function(&app),
            ops: ops::function(&ops),
            web: web::function(&app),
        })?);
        let gateway = serve(Server::bind(0).await.map_err(StartError::Network)?, move |request, peer| {
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
        let schedule = JoinSet::from_iter([schedule(activity.clone())]);
        Ok(Self { front, gateway, secret_service, secrets, table, activity, schedule, folder })
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
        self.table.endpoint()
    }

    /// The secrets of this instance.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// What is called by a schedule in the cloud.
    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Removes what has expired from the table, as DynamoDB does within days. Gives the number of items.
    ///
    /// # Errors
    /// The table's file can not be written.
    pub async fn sweep(&self) -> Result<usize, StartError> {
        self.table.sweep().await
    }

    /// Takes no new request, lets those that run finish within five seconds, and closes the data.
    pub async fn stop(self) {
        let deadline = Instant::now() + PATIENCE;
        let left = || deadline.saturating_duration_since(Instant::now());
        drop(self.schedule);
        self.front.stop(left()).await;
        self.gateway.stop(left()).await;
        self.secret_service.stop(left()).await;
        self.table.stop(left()).await;
        drop(self.folder);
    }
}

/// Does at short intervals what the cloud does by a schedule.
async fn schedule(activity: Activity) {
    loop {
        tokio::time::sleep(SCHEDULE).await;
        if let Err(error) = activity.act(Act::Erase(true)).await {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "nothing was erased");
        }
    }
}

fn serve<H, F>(listener: tokio::net::TcpListener, handler: H) -> Result<Server, StartError>
where
    H: Fn(http::Request<hyper::body::Incoming>, std::net::SocketAddr) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = crate::serve::Answer> + Send + 'static,
{
    Server::start(listener, handler).map_err(StartError::Network)
}

fn secret_client(endpoint: &str) -> aws_sdk_secretsmanager::Client {
    aws_sdk_secretsmanager::Client::from_conf(
        aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(credentials())
            .endpoint_url(endpoint)
            .build(),
    )
}
