//! What operators and clients ask of the instance itself: `/health`, `/openapi.json`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde_json::json as value;
use sprintsync_auth::check_secret;
use sprintsync_domain::World;
use sprintsync_http::{Config, Function, Problem, json, routes};
use sprintsync_store::Store;

/// How long a check may take before the answer is that it failed.
const PATIENCE: Duration = Duration::from_secs(3);

/// The description of the REST API, made from the handlers by a test.
const OPENAPI: &str = include_str!("../openapi.json");

routes! {
    Ops;
    "/health" => { get: health },
    "/openapi.json" => { get: openapi_json },
}

/// What this function works with. It starts without a key, so that it can say that there is none.
#[derive(Debug, Clone)]
pub struct Ops(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    config: Config,
    store: Store,
    secrets: aws_sdk_secretsmanager::Client,
    world: World,
}

impl Ops {
    /// Works with this table and these secrets.
    pub fn new(
        config: Config,
        dynamodb: aws_sdk_dynamodb::Client,
        secrets: aws_sdk_secretsmanager::Client,
        world: World,
    ) -> Self {
        let store = Store::new(dynamodb, &config.table, world.clone());
        Self(Arc::new(Parts { config, store, secrets, world }))
    }
}

/// The function.
pub fn function(ops: &Ops) -> Function {
    Function::json("ops", routes().with_state(ops.clone()), &ops.0.config, &ops.0.world)
}

/// Is the instance well
///
/// It is when the table answers and the signing key can be read.
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/health", tag = "operations", operation_id = "health",
    responses(
        (status = 200, description = "All is well."),
        (status = 503, description = "The table or the key cannot be reached.", content_type = "application/problem+json"),
    ),
))]
async fn health(State(Ops(parts)): State<Ops>) -> Result<Response, Problem> {
    let secret = check_secret(&parts.secrets, &parts.config.signing_secret);
    let checks = async { tokio::join!(parts.store.ping(), secret) };
    let failed = match tokio::time::timeout(PATIENCE, checks).await {
        Ok((Ok(()), Ok(()))) => return json(&value!({"status": "ok"})),
        Ok((Err(error), _)) => Box::new(error) as Box<dyn std::error::Error + Send + Sync>,
        Ok((_, Err(error))) => Box::new(error),
        Err(elapsed) => Box::new(elapsed),
    };
    tracing::error!(error = failed.as_ref() as &(dyn std::error::Error + 'static), "the instance is not well");
    Err(Problem { detail: "The table or the signing key cannot be reached.".to_owned(), ..Problem::unavailable() })
}

/// Describe the API
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/openapi.json", tag = "operations", operation_id = "openapi",
    responses((status = 200, description = "This document.")),
))]
async fn openapi_json() -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))], OPENAPI)
        .into_response()
}
