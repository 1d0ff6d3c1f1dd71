//! The table: an embedded DynamoDB, over SQLite, behind DynamoDB's protocol on a loopback port, so that the real SDK
//! talks to it.

use std::fmt;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::door::Door;
use crate::folder::open_private;
use crate::protocol::Protocol;
use crate::serve::Server;
use crate::services::serve;
use crate::{StartError, stream};

/// The table's name.
pub const TABLE: &str = "sprintsync";
pub(crate) const FILE: &str = "sprintsync.db";
/// How often expired items are removed. DynamoDB itself takes up to days, and readers filter.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// How long it may take to answer while it starts.
const START: Duration = Duration::from_mins(1);

/// A running table.
pub(crate) struct Table {
    database: Database,
    server: Server,
    /// Ends with the table.
    sweep: JoinSet<()>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({})", self.server.address())
    }
}

impl Table {
    /// Opens the table in `dir` (`None`: in memory), serves it on `listener` to whoever shows `access_key`, and creates
    /// it if it is not there.
    ///
    /// # Errors
    /// The file can not be opened, or the table can not be created.
    pub(crate) async fn start(dir: Option<&Path>, listener: TcpListener, access_key: &str) -> Result<Self, StartError> {
        let database = open(dir)?;
        let file = dir.map(|dir| dir.join(FILE));
        let sweep = JoinSet::from_iter([sweep(database.clone(), file.clone())]);
        let protocol = Protocol::new(database.clone(), Door::new(access_key.to_owned()));
        let server = serve(listener, move |request, peer| {
            let protocol = Arc::clone(&protocol);
            async move { protocol.serve(request, peer).await }
        })?;
        let table = Self { database, server, sweep };
        let client = starting(&table.endpoint(), access_key);
        create_if_missing(&client).await?;
        if let Some(file) = file {
            stream::switch_on(&client, &table.database).await?;
            trim(file).await.map_err(|error| StartError::Table(format!("its stream: {error}")))?;
        }
        Ok(table)
    }

    /// The table itself.
    pub(crate) fn database(&self) -> Database {
        self.database.clone()
    }

    /// The address of the table's protocol.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Removes what has expired by the system's clock. Gives the number of items.
    pub(crate) async fn sweep(&self) -> Result<usize, StartError> {
        let database = self.database.clone();
        let swept = tokio::task::spawn_blocking(move || database.sweep_ttl()).await;
        swept.map_err(failed)?.map_err(|error| StartError::Table(error.to_string()))
    }

    /// Lets running calls finish, then closes the file.
    pub(crate) async fn stop(self, patience: Duration) {
        drop(self.sweep);
        self.server.stop(patience).await;
    }
}

fn open(dir: Option<&Path>) -> Result<Database, StartError> {
    let database = match dir {
        None => Database::memory(),
        Some(dir) => {
            let path = dir.join(FILE);
            // What SQLite lays beside the file gets the file's own rights.
            open_private(&path, OpenOptions::new().write(true))
                .map_err(|source| StartError::Data { path: path.clone(), source })?;
            let path =
                path.to_str().ok_or_else(|| StartError::Table(format!("{}: the path is not UTF-8", path.display())))?;
            Database::new(path)
        }
    };
    database.map_err(|error| StartError::Table(error.to_string()))
}

async fn trim(file: PathBuf) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    let now = jiff::Timestamp::now().as_second();
    Ok(tokio::task::spawn_blocking(move || stream::trim(&file, now)).await??)
}

async fn sweep(database: Database, file: Option<PathBuf>) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        if let Some(file) = file.clone()
            && let Err(error) = trim(file).await
        {
            tracing::warn!(error, "old records of the stream could not be removed");
        }
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(items)) => tracing::info!(items, "expired items were removed"),
            Ok(Err(error)) => tracing::warn!(%error, "expired items could not be removed"),
            Err(error) => tracing::warn!(%error, "the sweep of expired items was lost"),
        }
    }
}

/// The SDK's client for a table at `endpoint`, with the access key that opens it and a made-up region: nothing of the
/// machine's own AWS set-up is read. `http` carries its calls, if it is not to be the SDK's own.
pub(crate) fn client(endpoint: &str, access_key: &str, http: Option<SharedHttpClient>) -> Client {
    let mut config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(credentials(access_key))
        .endpoint_url(endpoint);
    config.set_http_client(http);
    Client::from_conf(sprintsync_store::patient(config).build())
}

/// The secret that nothing is checked with: the local services look at the access key alone.
pub(crate) const UNCHECKED: &str = "local";

/// The credentials that the local services take.
pub(crate) fn credentials(access_key: &str) -> Credentials {
    Credentials::new(access_key, UNCHECKED, None, None, "local")
}

/// The same with more time: to describe a table, the embedded one counts all of its items.
fn starting(endpoint: &str, access_key: &str) -> Client {
    let config = client(endpoint, access_key, None).config().to_builder();
    let timeouts = TimeoutConfig::builder().operation_timeout(START).operation_attempt_timeout(START);
    Client::from_conf(config.timeout_config(timeouts.build()).build())
}

async fn create_if_missing(client: &Client) -> Result<(), StartError> {
    let tables = client.list_tables().send().await.map_err(failed)?;
    if tables.table_names().iter().any(|name| name == TABLE) {
        return sprintsync_store::ensure_index(client, TABLE).await.map_err(failed);
    }
    sprintsync_store::create_table(client, TABLE).await.map_err(failed)
}

pub(crate) fn failed(error: impl std::error::Error) -> StartError {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    StartError::Table(text)
}
