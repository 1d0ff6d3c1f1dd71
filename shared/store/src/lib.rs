//! The single table: who may find what by which key, and the transactions that keep it true.
//!
//! `docs/data-model.md` lists the access patterns; each public method of [`Store`] is one of them.

mod account_changes;
mod assigning;
mod beat;
mod call;
mod counters;
pub mod cursor;
mod deployment;
mod export;
mod import;
mod instance;
mod item;
mod key;
mod leaving;
mod legacy;
mod migrations;
mod names;
mod once;
mod patience;
mod plans;
mod requests;
mod schema;
mod sessions;
mod shared;
mod statistics;
mod task_change;
mod task_writes;
mod tasks;
mod users;

use aws_sdk_dynamodb::Client;
use sprintsync_domain::{Version, World};

pub use account_changes::{ALL_SESSIONS, AccountEdit};
pub use assigning::Assignable;
pub use beat::Beat;
pub use counters::{Added, Heard, RateKey, RateKind, Seen};
pub use deployment::Deployment;
pub use export::Exported;
pub use import::{Brought, Imported, ImportedTask, ImportedUser, Original};
pub use instance::InvitePlace;
pub use key::{GSI1, GSI1PK, GSI1SK, LSI1, LSI1SK, PK, SK, TTL};
pub use leaving::Erased;
pub use legacy::SignInLook;
pub use migrations::{Migrations, Position, Step, StepState, Stretch};
pub use names::Names;
pub use once::{Claim, Effect, Once, Recorded};
pub use patience::{patient, timeouts};
pub use plans::{Open, PlanSeen};
pub use requests::REQUEST_SHARDS;
pub use schema::{create_table, ensure_index};
pub use shared::{AuditFilter, Audited, Invite, Listed};
pub use statistics::{Countable, Days, Rebuilt, Totals};
pub use task_writes::{Edited, Running, Undo};
pub use tasks::{Access, Found, LOOKED_AT, Order, Page, Place, TaskList};

/// Why the table did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing (or no longer).
    #[error("not found")]
    NotFound,
    /// The caller wrote against a version that is no longer the current one.
    #[error("the current version is {current}")]
    Stale {
        /// The version that is there now.
        current: Version,
    },
    /// The key was used before: the effect is in the table, with the answer that was given.
    #[error("already done under this key")]
    AlreadyDone,
    /// A timer runs already.
    #[error("a timer runs")]
    TimerRuns,
    /// No such timer runs (or no longer).
    #[error("no timer runs")]
    NoTimer,
    /// The entry was taken back before.
    #[error("already reversed")]
    Reversed,
    /// The name belongs to someone.
    #[error("the name is taken")]
    NameTaken,
    /// Nobody else could administer the instance.
    #[error("the last administrator")]
    LastAdmin,
    /// The person who was to have the task has left, or is shut out.
    #[error("nobody who can have tasks")]
    NoAssignee,
    /// The invite does not exist, was used, or has expired.
    #[error("the invite is not good")]
    BadInvite,
    /// The table is out of reach, throttles, or kept being changed by others: worth trying again.
    #[error("the table is busy or out of reach")]
    Busy(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The table answered something that this code cannot have caused rightly.
    #[error("the table refused the call")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An item is not what its key says.
    #[error("the table holds {0}")]
    Corrupt(&'static str),
}

impl Error {
    pub(crate) fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Broken(Box::new(error))
    }
}

/// The table, as the product knows it.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    world: World,
}

impl Store {
    /// The store in this table.
    pub fn new(client: Client, table: impl Into<String>, world: World) -> Self {
        Self { client, table: table.into(), world }
    }

    /// Asks the table for something small, to see whether it answers and to open the connection.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.get(key::admins()).await.map(|_| ())
    }

    /// A fresh id for a write.
    fn write_id(&self) -> String {
        self.world.id::<sprintsync_domain::EventId>().to_string()
    }
}
