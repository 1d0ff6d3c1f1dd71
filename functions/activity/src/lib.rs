//! What happens behind requests: called by the table's stream, by a schedule or by an operator, never by a gateway.

mod given_up;
mod stream;

use serde::{Deserialize, Serialize};
use sprintsync_auth::create_invite;
use sprintsync_domain::{Commit, Timestamp, Username, World};
use sprintsync_http::{StartError, table_name, variable};
use sprintsync_store::{Rebuilt, Store};

pub use given_up::GivenUp;
pub use stream::{Batch, BatchItemFailure, Handled, Record};

/// Seconds that one call makes statistics anew for, at most: the next one goes on.
const REBUILDING_SECONDS: i64 = 20;

/// Seconds by which what is counted may be behind.
const MAY_BE_BEHIND: i64 = 15 * 60;

/// What this function is called with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Call {
    /// Records of the table's stream.
    Batch(Batch),
    /// What an operator or the schedule wants.
    Act(Act),
}

/// What it answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To a batch.
    Handled(Handled),
    /// To an act.
    Outcome(Outcome),
}

/// What this function is called to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// `{"erase": true}`: erases what is left of those who have left a minute ago or more.
    Erase(bool),
    /// `{"beat": true}`: puts something into the table's stream, and fails where it did not come back of late.
    Beat(bool),
    /// `{"grant_admin": "NAME"}`: makes this person an administrator.
    GrantAdmin(Username),
    /// `{"invite": true}`: makes a code with which one person may sign up.
    Invite(bool),
    /// `{"rebuild": true}`: begins to make the statistics anew from all events, for some seconds.
    Rebuild(bool),
    /// `{"go_on_rebuilding": true}`: goes on with it. Call it until it says `done`.
    GoOnRebuilding(bool),
    /// `{"deployed": "COMMIT"}`: writes down what was deployed just now.
    Deployed(Commit),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Of [`Act::Erase`].
    Erased {
        /// People of whom nothing is left but what the team's sums need.
        erased: usize,
        /// People who left so recently that the next call will see to them.
        waiting: usize,
    },
    /// Of [`Act::Beat`].
    Beating {
        /// Seconds by which what is counted is behind; up to fifteen minutes are well.
        behind: i64,
    },
    /// Of [`Act::GrantAdmin`].
    Admin {
        /// The name, as the person writes it.
        admin: Username,
    },
    /// Of [`Act::GrantAdmin`], where there is no such person: they sign up first.
    Nobody {
        /// The name that nobody has.
        nobody: Username,
    },
    /// Of [`Act::Invite`].
    Invited {
        /// The code; the table keeps a digest of it alone.
        code: String,
    },
    /// Of [`Act::Rebuild`] and [`Act::GoOnRebuilding`].
    Rebuilt {
        /// Items of the table that were looked at since it was begun.
        looked_at: u64,
        /// Events among them that count.
        events: u64,
        /// Events that cannot be read, and are not counted.
        unreadable: u64,
        /// Whether the new statistics are those that are read now.
        current: bool,
        /// Whether it is done; else the next call goes on.
        done: bool,
    },
    /// Of [`Act::Deployed`].
    Deployed {
        /// What runs now.
        commit: Commit,
        /// Since when.
        deployed_at: Timestamp,
    },
    /// Of an act with `false` in place of `true`.
    Nothing {},
}

/// Why an act did not happen, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The table failed; what was done before stays done.
    #[error("the table")]
    Store(#[from] sprintsync_store::Error),
    /// The invite could not be made.
    #[error("the invite")]
    Invite(#[from] sprintsync_auth::Error),
    /// The stream's mapping is disabled, throttled, or fails.
    #[error("events are not counted: what is counted is {0} seconds behind")]
    Behind(i64),
}

/// What this function works with. It needs no key.
#[derive(Debug, Clone)]
pub struct Activity {
    store: Store,
    world: World,
    given_up: GivenUp,
}

impl Activity {
    /// Works with this table. What cannot be counted is sent there.
    pub fn new(dynamodb: aws_sdk_dynamodb::Client, table: &str, world: World, given_up: GivenUp) -> Self {
        Self { store: Store::new(dynamodb, table, world.clone()), world, given_up }
    }

    /// Works with what the environment names: `TABLE_NAME`, `GIVEN_UP_QUEUE` (the address of a queue; without one, what
    /// cannot be counted is left to the mapping of the stream).
    ///
    /// # Errors
    /// It names no table.
    pub fn from_env(
        dynamodb: aws_sdk_dynamodb::Client,
        sdk: &aws_config::SdkConfig,
        world: World,
    ) -> Result<Self, StartError> {
        let given_up = match variable("GIVEN_UP_QUEUE") {
            Some(url) => GivenUp::queue(sdk, url),
            None => GivenUp::Mapping,
        };
        Ok(Self::new(dynamodb, &table_name()?, world, given_up))
    }

    /// Answers a call.
    ///
    /// # Errors
    /// As [`Activity::act`].
    pub async fn call(&self, call: Call) -> Result<Answer, ActError> {
        match call {
            Call::Batch(batch) => Ok(Answer::Handled(self.count(batch).await)),
            Call::Act(act) => self.act(act).await.map(Answer::Outcome),
        }
    }

    /// Does what it is called for. May be cut off anywhere and called again.
    ///
    /// # Errors
    /// [`ActError`] says why it was not done.
    pub async fn act(&self, act: Act) -> Result<Outcome, ActError> {
        match act {
            Act::Erase(false)
            | Act::Beat(false)
            | Act::Invite(false)
            | Act::Rebuild(false)
            | Act::GoOnRebuilding(false) => Ok(Outcome::Nothing {}),
            Act::Erase(true) => {
                let erased = Box::pin(self.store.erase()).await?;
                if erased.people > 0 {
                    tracing::info!(people = erased.people, "those who had left were erased");
                }
                Ok(Outcome::Erased { erased: erased.people, waiting: erased.waiting })
            }
            Act::Beat(true) => match self.store.beat().await? {
                behind if behind > MAY_BE_BEHIND => Err(ActError::Behind(behind)),
                behind => Ok(Outcome::Beating { behind }),
            },
            Act::GrantAdmin(name) => match self.store.grant_admin(&name).await {
                Ok(user) => {
                    tracing::info!(user_id = %user.id, "an operator granted the role of an administrator");
                    Ok(Outcome::Admin { admin: user.username })
                }
                Err(sprintsync_store::Error::NotFound) => Ok(Outcome::Nobody { nobody: name }),
                Err(error) => Err(error.into()),
            },
            Act::Invite(true) => {
                let code = create_invite(&self.store, &self.world).await?;
                tracing::info!("an operator made an invite");
                Ok(Outcome::Invited { code })
            }
            Act::Rebuild(true) => self.rebuild(false).await,
            Act::GoOnRebuilding(true) => self.rebuild(true).await,
            Act::Deployed(commit) => {
                let deployment = self.store.deployed(commit).await?;
                tracing::info!(commit = %deployment.commit, "deployed");
                Ok(Outcome::Deployed { commit: deployment.commit, deployed_at: deployment.at })
            }
        }
    }

    async fn rebuild(&self, go_on: bool) -> Result<Outcome, ActError> {
        let until = self.world.now().plus_seconds(REBUILDING_SECONDS);
        let Rebuilt { looked_at, events, unreadable, current, done } =
            Box::pin(self.store.rebuild(until, go_on)).await?;
        tracing::info!(looked_at, events, unreadable, done, "the statistics are rebuilt");
        Ok(Outcome::Rebuilt { looked_at, events, unreadable, current, done })
    }
}
