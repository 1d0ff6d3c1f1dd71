//! What the functions call, and what calls them by the clock: the table, the secrets and the schedule. The whole
//! stack stands on it, and so do functions that run elsewhere on this machine.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use activity::{Act, Activity, GivenUp};
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Region};
use sprintsync_domain::World;
use sprintsync_http::world;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::StartError;
use crate::door::Door;
use crate::folder::Folder;
use crate::mapping::Mapping;
use crate::secrets::Secrets;
use crate::serve::Server;
use crate::table::{TABLE, Table, client, credentials};

/// How often what lies behind requests is done.
const SCHEDULE: Duration = Duration::from_secs(30);

/// Where the data are kept.
#[derive(Debug, Clone)]
pub enum Data {
    /// In this folder, which is made if it is missing.
    Dir(PathBuf),
    /// In the process, and gone with it.
    Memory,
}

/// How the services are started.
#[derive(Debug, Clone)]
pub struct ServiceOptions {
    /// Where the data are.
    pub data: Data,
    /// The table's port on 127.0.0.1, and the next is the secrets'; 0 takes any two free ones.
    pub port: u16,
    /// The key of a model, if there is one.
    pub model_key: Option<String>,
    /// The clock and the randomness of what the schedule does.
    pub world: World,
    /// What carries the calls of the table, if it is not the SDK's own: where tests put faults.
    pub table_http: Option<SharedHttpClient>,
    /// Whether what lies behind requests is done by the clock. Tests that count calls do it themselves.
    pub schedule: bool,
}

impl Default for ServiceOptions {
    /// In memory, on any free ports.
    fn default() -> Self {
        Self { data: Data::Memory, port: 0, model_key: None, world: world(), table_http: None, schedule: true }
    }
}

/// The running services.
#[derive(Debug)]
pub struct Services {
    secret_service: Server,
    secrets: Arc<Secrets>,
    table: Table,
    dynamodb: aws_sdk_dynamodb::Client,
    activity: Activity,
    /// What is done behind requests; ends with the services.
    by_itself: JoinSet<()>,
    folder: Option<Folder>,
}

impl Services {
    /// Starts them. The table writes its file on threads of the caller's runtime.
    ///
    /// # Errors
    /// [`StartError`] says what stands in the way.
    pub async fn start(options: ServiceOptions) -> Result<Self, StartError> {
        // Before anything is written: a taken port is the most likely failure.
        let for_table = bind(options.port).await?;
        let for_secrets = bind(if options.port == 0 { 0 } else { next(options.port)? }).await?;
        let (folder, secrets, table) = match &options.data {
            Data::Memory => {
                let secrets = Secrets::in_memory()?;
                let table = Table::start(None, for_table, &secrets.access_key()?).await?;
                (None, secrets, table)
            }
            Data::Dir(dir) => {
                let folder = Folder::take(dir)?;
                let secrets = Secrets::open(dir)?;
                let table = Table::start(Some(dir), for_table, &secrets.access_key()?).await?;
                folder.announce(&table.endpoint())?;
                (Some(folder), secrets, table)
            }
        };
        let secrets = Arc::new(secrets.with_model_key(options.model_key)?);
        let access_key = secrets.access_key()?;
        let secret_service = {
            let (secrets, door) = (Arc::clone(&secrets), Door::new(access_key.clone()));
            serve(for_secrets, move |request, peer| {
                let (secrets, door) = (Arc::clone(&secrets), door.clone());
                async move { secrets.serve(&door, request, peer).await }
            })?
        };
        let dynamodb = client(&table.endpoint(), &access_key, options.table_http);
        let activity = Activity::new(dynamodb.clone(), TABLE, options.world, GivenUp::Log);
        let mut by_itself = JoinSet::new();
        if options.schedule {
            by_itself.spawn(every(Act::Erase(true), activity.clone()));
            // A table in memory has no stream.
            if let Data::Dir(dir) = &options.data {
                by_itself.spawn(every(Act::Beat(true), activity.clone()));
                by_itself.spawn(Mapping::new(table.database(), activity.clone(), dir).run());
            }
        }
        Ok(Self { secret_service, secrets, table, dynamodb, activity, by_itself, folder })
    }

    /// The address of the table, for the DynamoDB SDK.
    pub fn table_endpoint(&self) -> String {
        self.table.endpoint()
    }

    /// The address of the secrets, for the Secrets Manager SDK.
    pub fn secrets_endpoint(&self) -> String {
        format!("http://{}", self.secret_service.address())
    }

    /// The secrets of this instance.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The client of the secrets.
    ///
    /// # Errors
    /// The access key can not be read.
    pub(crate) fn secrets_manager(&self) -> Result<aws_sdk_secretsmanager::Client, StartError> {
        let config = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(credentials(&self.secrets.access_key()?))
            .endpoint_url(self.secrets_endpoint());
        Ok(aws_sdk_secretsmanager::Client::from_conf(config.build()))
    }

    /// The client of the table.
    pub(crate) fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamodb
    }

    /// What the schedule calls.
    pub(crate) fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Removes what has expired from the table. Gives the number of items.
    pub(crate) async fn sweep(&self) -> Result<usize, StartError> {
        self.table.sweep().await
    }

    /// Takes no new call, lets those that run finish within `patience`, and closes the data.
    pub async fn stop(self, patience: Duration) {
        let deadline = Instant::now() + patience;
        let left = || deadline.saturating_duration_since(Instant::now());
        drop(self.by_itself);
        self.secret_service.stop(left()).await;
        self.table.stop(left()).await;
        drop(self.folder);
    }
}

/// Does at short intervals what the cloud does by a schedule.
async fn every(act: Act, activity: Activity) {
    loop {
        tokio::time::sleep(SCHEDULE).await;
        if let Err(error) = activity.act(act.clone()).await {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), ?act, "the schedule's act failed");
        }
    }
}

fn next(port: u16) -> Result<u16, StartError> {
    let none = || StartError::Network(std::io::Error::other("no port comes after 65535"));
    port.checked_add(1).ok_or_else(none)
}

/// Opens `port` of 127.0.0.1; 0 takes any free one.
pub(crate) async fn bind(port: u16) -> Result<TcpListener, StartError> {
    Server::bind(port).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortTaken(port),
        _ => StartError::Network(error),
    })
}

pub(crate) fn serve<H, F>(listener: TcpListener, handler: H) -> Result<Server, StartError>
where
    H: Fn(http::Request<hyper::body::Incoming>, std::net::SocketAddr) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = crate::serve::Answer> + Send + 'static,
{
    Server::start(listener, handler).map_err(StartError::Network)
}
