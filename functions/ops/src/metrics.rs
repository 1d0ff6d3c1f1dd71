//! The counts of all environments, as Prometheus reads them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use sprintsync_auth::Token;
use sprintsync_http::Problem;
use sprintsync_observe::{Build, Counts, exposition};
use sprintsync_store::{Deployment, Error};

use crate::Ops;
use crate::caller::Shown;

/// The text format's own type (Prometheus, "Exposition formats").
const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Read metrics
///
/// For a collector that shows the scrape token, or for an administrator. What an environment counted comes at most a
/// minute late.
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/metrics", tag = "operations", operation_id = "metrics",
    security(("bearer" = []), ("scrape" = [])),
    responses(
        (status = 200, description = "The metrics, in Prometheus's text format 0.0.4.", body = String,
         content_type = "text/plain"),
        (status = 403, description = "Admins only.", content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn metrics(State(ops): State<Ops>, mut shown: Shown) -> Result<Response, Problem> {
    let collector = shown.bearer().filter(|shown| !Token::has_form(shown));
    let (counts, deployment) = match collector {
        // Before anything is read: anybody may show some token.
        Some(token) => match ops.0.scrape.is(token).await {
            Ok(true) => ops.read().await?,
            Ok(false) => return Err(Problem::not_signed_in()),
            Err(error) => return Err(Problem::busy(&error, "the scrape token cannot be read")),
        },
        None => {
            let (caller, app) = shown.caller(&ops).await?;
            let (me, read) = caller.alongside(&app, ops.read()).await?;
            me.admin()?;
            read
        }
    };
    let commit = deployment.as_ref().map(|deployment| deployment.commit.to_string());
    let build = deployment.zip(commit.as_deref()).map(|(Deployment { at, .. }, commit)| Build {
        version: env!("CARGO_PKG_VERSION"),
        commit,
        uptime_seconds: ops.0.world.now().seconds().saturating_sub(at.seconds()),
    });
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(TYPE))], exposition(&counts, build.as_ref())).into_response())
}

impl Ops {
    async fn read(&self) -> Result<(Counts, Option<Deployment>), Error> {
        tokio::try_join!(self.0.store.requests(), self.0.store.deployment())
    }
}
