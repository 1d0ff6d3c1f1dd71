//! What the operator of an instance does by hand: through the table of the stack that runs, or on its
//! file when none does.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sprintsync_domain::{Commit, Timestamp, Username};
use sprintsync_http::world;
use sprintsync_store::{Rebuilt, Store};

use crate::StartError;
use crate::folder::{Folder, announced_table};
use crate::secrets::Secrets;
use crate::services::bind;
use crate::table::{FILE, TABLE, Table, client};

const PATIENCE: Duration = Duration::from_secs(5);

/// Why an operator's act did not happen.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The data could not be reached.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The name is none.
    #[error("{0:?} is not a username. {1}")]
    Name(String, sprintsync_domain::Invalid),
    /// Nobody has the name.
    #[error("no user {0:?}. They need to sign up first")]
    Nobody(String),
    /// The table did not do it.
    #[error("the table: {0}")]
    Store(#[source] sprintsync_store::Error),
    /// The invite could not be made.
    #[error("the invite: {0}")]
    Invite(#[from] sprintsync_auth::Error),
}

/// Makes the person with this name an administrator; returns the name as they write it.
///
/// # Errors
/// [`OperatorError::Nobody`] for a name that nobody has; otherwise what stands in the way.
pub async fn grant_admin(dir: &Path, name: &str) -> Result<String, OperatorError> {
    let parsed: Username = name.parse().map_err(|error| OperatorError::Name(name.to_owned(), error))?;
    let table = Access::open(dir).await?;
    let granted = table.store().grant_admin(&parsed).await;
    table.close().await;
    match granted {
        Ok(user) => Ok(user.username.to_string()),
        Err(sprintsync_store::Error::NotFound) => Err(OperatorError::Nobody(name.to_owned())),
        Err(error) => Err(OperatorError::Store(error)),
    }
}

/// The state of the source as it lies there now, if git knows it: a program that `cargo run` starts was built from it.
pub fn source() -> Option<Commit> {
    let arguments = ["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"];
    let described = Command::new("git").args(arguments).output().ok()?;
    String::from_utf8(described.stdout).ok()?.trim().parse().ok()
}

/// Makes a code with which one person may sign up, and returns it; the table keeps its digest alone.
///
/// # Errors
/// What stands in the way.
pub async fn invite(dir: &Path) -> Result<String, OperatorError> {
    let table = Access::open(dir).await?;
    let made = sprintsync_auth::create_invite(&table.store(), &world()).await;
    table.close().await;
    Ok(made?)
}

/// Makes the statistics anew from all events, and returns how many items were looked at and how many events count.
/// `tell` hears of it on the way.
///
/// # Errors
/// What stands in the way; called again with `go_on`, it goes on from there.
pub async fn rebuild(dir: &Path, mut go_on: bool, tell: impl Fn(&Rebuilt)) -> Result<Rebuilt, OperatorError> {
    let table = Access::open(dir).await?;
    let store = table.store();
    let rebuilt = loop {
        // A page of items at a time, so that there is something to tell.
        match store.rebuild(Timestamp::from_ms(0), go_on).await {
            Ok(rebuilt) if !rebuilt.done => {
                go_on = true;
                tell(&rebuilt);
            }
            ended => break ended.map_err(OperatorError::Store),
        }
    };
    table.close().await;
    rebuilt
}

/// Makes a new signing key and keeps the one in use for verification; returns the new version's id.
/// Functions that run take notice within five minutes.
///
/// # Errors
/// What stands in the way.
pub fn rotate_key(dir: &Path) -> Result<String, OperatorError> {
    require_data(dir)?;
    Ok(Secrets::open(dir)?.rotate_signing_key()?)
}

/// The table of a folder, however it can be reached: that of the stack that runs on it, or its file.
pub struct Access {
    endpoint: String,
    access_key: String,
    /// Set where no stack runs and the file was opened here.
    own: Option<(Table, Folder)>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Access({})", self.endpoint)
    }
}

impl Access {
    /// Reaches the table of a folder, which must be there.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn open(dir: &Path) -> Result<Self, StartError> {
        require_data(dir)?;
        match Folder::take(dir) {
            Ok(folder) => {
                let access_key = Secrets::open(dir)?.access_key()?;
                let table = Table::start(Some(dir), bind(0).await?, &access_key).await?;
                Ok(Self { endpoint: table.endpoint(), access_key, own: Some((table, folder)) })
            }
            Err(StartError::DataLocked(dir)) => match announced_table(&dir) {
                Some(endpoint) => Ok(Self { endpoint, access_key: Secrets::open(&dir)?.access_key()?, own: None }),
                None => Err(StartError::DataLocked(dir)),
            },
            Err(error) => Err(error),
        }
    }

    /// The store over it.
    pub fn store(&self) -> Store {
        Store::new(client(&self.endpoint, &self.access_key, None), TABLE, world())
    }

    /// Closes what was opened.
    pub async fn close(self) {
        if let Some((table, folder)) = self.own {
            table.stop(PATIENCE).await;
            drop(folder);
        }
    }
}

fn require_data(dir: &Path) -> Result<(), StartError> {
    if dir.join(FILE).is_file() { Ok(()) } else { Err(StartError::NoData(dir.to_owned())) }
}
