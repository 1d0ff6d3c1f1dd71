//! What happens behind requests: called by a schedule or by an operator, never by a gateway.

use serde::{Deserialize, Serialize};
use sprintsync_domain::World;
use sprintsync_http::{StartError, table_name};
use sprintsync_store::{Error, Store};

/// What this function is called to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// `{"erase": true}`: erases what is left of those who have left a minute ago or more.
    Erase(bool),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// People of whom nothing is left but what the team's sums need.
    pub erased: usize,
    /// People who left so recently that the next call will see to them.
    pub waiting: usize,
}

/// What this function works with. It needs no key.
#[derive(Debug, Clone)]
pub struct Activity {
    store: Store,
}

impl Activity {
    /// Works with this table.
    pub fn new(dynamodb: aws_sdk_dynamodb::Client, table: &str, world: World) -> Self {
        Self { store: Store::new(dynamodb, table, world) }
    }

    /// Works with the table that the environment names.
    ///
    /// # Errors
    /// It names none.
    pub fn from_env(dynamodb: aws_sdk_dynamodb::Client, world: World) -> Result<Self, StartError> {
        Ok(Self::new(dynamodb, &table_name()?, world))
    }

    /// Does what it is called for. May be cut off anywhere and called again.
    ///
    /// # Errors
    /// The table failed; what was done before stays done.
    pub async fn act(&self, act: Act) -> Result<Outcome, Error> {
        match act {
            Act::Erase(false) => Ok(Outcome { erased: 0, waiting: 0 }),
            Act::Erase(true) => {
                let erased = Box::pin(self.store.erase()).await?;
                if erased.people > 0 {
                    tracing::info!(people = erased.people, "those who had left were erased");
                }
                Ok(Outcome { erased: erased.people, waiting: erased.waiting })
            }
        }
    }
}
