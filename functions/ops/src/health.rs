//! Whether the instance is well: its table answers, and its signing key can be read.

use std::sync::PoisonError;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json as value};
use sprintsync_auth::{KeyError, check_secret};
use sprintsync_http::{Problem, json};
use sprintsync_store::Deployment;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::Ops;
use crate::caller::Shown;

/// Seconds for which a key that could be read is not read again for whoever asks over HTTP: each reading costs, and anybody
/// may ask. The schedule's check reads it each time.
const KEY_SECONDS: i64 = 60;

/// Why the instance is not well.
#[derive(Debug, thiserror::Error)]
pub enum Unwell {
    /// The table does not answer.
    #[error("the table cannot be reached")]
    Table(#[source] sprintsync_store::Error),
    /// The table did not answer in time.
    #[error("the table does not answer in time")]
    TableSlow(#[source] Elapsed),
    /// There is no key to sign with.
    #[error("the signing key cannot be read")]
    Key(#[source] KeyError),
    /// Nobody said in time whether there is one.
    #[error("the signing key cannot be read in time")]
    KeySlow(#[source] Elapsed),
}

impl Ops {
    /// Checks whether the instance is well.
    ///
    /// # Errors
    /// [`Unwell`] says why it is not.
    pub async fn check(self) -> Result<(), Unwell> {
        let (table, key) = tokio::join!(self.table(), self.key());
        table.and(key)
    }

    async fn table(&self) -> Result<(), Unwell> {
        let pinged = timeout(self.0.settings.patience, self.0.store.ping()).await;
        pinged.map_err(Unwell::TableSlow)?.map_err(Unwell::Table)
    }

    async fn key(&self) -> Result<(), Unwell> {
        let reading = check_secret(&self.0.secrets, &self.0.settings.config.signing_secret);
        let read = timeout(self.0.settings.patience, reading).await;
        read.map_err(Unwell::KeySlow)?.map_err(Unwell::Key)?;
        *self.0.key_read_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.0.world.now());
        Ok(())
    }

    async fn key_of_late(&self) -> Result<(), Unwell> {
        let read_at = *self.0.key_read_at.lock().unwrap_or_else(PoisonError::into_inner);
        match read_at.is_some_and(|at| self.0.world.now() < at.plus_seconds(KEY_SECONDS)) {
            true => Ok(()),
            false => self.key().await,
        }
    }

    /// What an administrator is told beside; nothing to anybody else, and nothing of why.
    async fn details(&self, mut shown: Shown) -> Option<Value> {
        if shown.nothing() {
            return None;
        }
        let (caller, app) = shown.caller(self).await.ok()?;
        let (me, deployment) = caller.alongside(&app, self.0.store.deployment()).await.ok()?;
        me.admin().ok()?;
        let version = env!("CARGO_PKG_VERSION");
        Some(match deployment {
            None => value!({"version": version}),
            Some(Deployment { commit, at }) => value!({"version": version, "commit": commit, "deployed_at": at}),
        })
    }
}

/// Check health
///
/// It is when the table answers and the signing key can be read. An administrator is told what runs, too.
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/health", tag = "operations", operation_id = "health",
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "All is well.", body = Health),
        (status = 503, description = "The table or the key cannot be reached.", content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn health(State(ops): State<Ops>, shown: Shown) -> Result<Response, Problem> {
    // Where the table hangs, nothing waits for who asks.
    let details = async { timeout(ops.0.settings.patience, ops.details(shown)).await.ok().flatten() };
    let checked = async {
        let (table, key) = tokio::join!(ops.table(), ops.key_of_late());
        table.and(key)
    };
    let (checked, details) = tokio::join!(checked, details);
    if let Err(error) = checked {
        let told = Problem::busy(&error, "the instance is not well");
        return Err(Problem { detail: "The table or the signing key cannot be reached.".to_owned(), ..told });
    }
    let mut answer = value!({"status": "ok"});
    if let (Some(answer), Some(Value::Object(details))) = (answer.as_object_mut(), details) {
        answer.extend(details);
    }
    json(&answer)
}

/// How the instance is.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it is there to be described")]
struct Health {
    /// `ok`.
    #[schema(pattern = "^ok$")]
    status: String,
    /// The version of the source. For administrators.
    version: Option<String>,
    /// The state of the source. For administrators, where a deployment noted it.
    commit: Option<String>,
    /// Since when it runs. For administrators, where a deployment noted it.
    #[schema(format = DateTime)]
    deployed_at: Option<String>,
}
