//! How a function starts.

use std::future::Future;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_runtime::{Context, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sprintsync_domain::{Timestamp, World};
use sprintsync_observe::{Invocation, in_request};
use sprintsync_store::patient;

use crate::counting::invocation;
use crate::{Function, StartError, ending};

/// Starts a function in Lambda: sets up logs and clients, builds the function, and answers events until told to stop.
/// What keeps it from starting is logged, and ends the process.
pub async fn start<F, Fut>(build: F) -> ExitCode
where
    F: FnOnce(aws_config::SdkConfig, World) -> Fut,
    Fut: Future<Output = Result<Function, StartError>>,
{
    let built = async { build(connect().await?, world()).await };
    let function = match built.await {
        Ok(function) => function,
        Err(error) => return refuse(&error),
    };
    ending::at_shutdown(&function).await;
    let handler = service_fn(move |event: LambdaEvent<ApiGatewayV2httpRequest>| {
        let function = function.clone();
        async move { Ok::<_, lambda_runtime::Error>(function.call(event.payload, event.context).await) }
    });
    ended(lambda_runtime::run(handler).await)
}

/// What a function that can be asked how it is answers: to a check, or to an event.
#[derive(Serialize)]
#[serde(untagged)]
enum Told<T> {
    Check { status: &'static str },
    Http(T),
}

/// Starts a function as [`start`] does, which a schedule calls with `{"check": true}` beside. A check that fails is an
/// error of the function's, so that an alarm sees it.
pub async fn start_with_check<C, Fut, E>(
    build: impl FnOnce(aws_config::SdkConfig, World) -> Result<(Function, C), StartError>,
    check: impl Fn(C) -> Fut,
) -> ExitCode
where
    C: Clone,
    Fut: Future<Output = Result<(), E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let (function, checked) = match connect().await.and_then(|sdk| build(sdk, world())) {
        Ok(built) => built,
        Err(error) => return refuse(&error),
    };
    ending::at_shutdown(&function).await;
    let handler = service_fn(|event: LambdaEvent<Value>| {
        let (function, checking) = (function.clone(), Box::pin(check(checked.clone())));
        async move {
            if event.payload.get("check") == Some(&Value::Bool(true)) {
                function.work(&event.context, checking, "the instance is not well").await?;
                return Ok::<_, lambda_runtime::Error>(Told::Check { status: "ok" });
            }
            let answering = Box::pin(function.call(serde_json::from_value(event.payload)?, event.context));
            Ok(Told::Http(answering.await))
        }
    });
    ended(lambda_runtime::run(handler).await)
}

/// Starts a function that no gateway calls: `work` takes what it is called with, and answers as JSON. An error is one of
/// the function's, so that whoever called it tries again, and an alarm sees it.
pub async fn start_worker<W, Q, A, E, Fut>(
    service: &'static str,
    build: impl FnOnce(aws_sdk_dynamodb::Client, &aws_config::SdkConfig, World) -> Result<W, StartError>,
    work: impl Fn(W, Q) -> Fut,
) -> ExitCode
where
    W: Clone,
    Q: DeserializeOwned,
    A: Serialize,
    E: std::error::Error + Send + Sync + 'static,
    Fut: Future<Output = Result<A, E>>,
{
    let chances = world();
    let table = |sdk: &aws_config::SdkConfig| aws_sdk_dynamodb::Client::from_conf(patient(sdk.into()).build());
    let worker = match connect().await.and_then(|sdk| build(table(&sdk), &sdk, chances.clone())) {
        Ok(worker) => worker,
        Err(error) => return refuse(&error),
    };
    let called = AtomicBool::new(false);
    let handler = service_fn(|event: LambdaEvent<Q>| {
        let chance = u32::from_be_bytes(chances.random());
        let invocation = invocation(&event.context, &called, chance);
        let working = Box::pin(work(worker.clone(), event.payload));
        async move {
            let done = logged(service, &event.context, &invocation, working, "the work was not done").await;
            done.map_err(lambda_runtime::Error::from)
        }
    });
    ended(lambda_runtime::run(handler).await)
}

/// What the runtime is told of an error, which has been logged: of anything else it would write down all that it holds.
#[derive(Debug, thiserror::Error)]
#[error("this call failed: its error is in the log, under the call's own id")]
pub(crate) struct Logged;

/// Does what no gateway called for, with a log line of what it fails with.
pub(crate) async fn logged<T, E: std::error::Error + 'static>(
    service: &'static str,
    context: &Context,
    invocation: &Invocation,
    working: impl Future<Output = Result<T, E>>,
    what: &str,
) -> Result<T, Logged> {
    in_request(service, &context.request_id, invocation, async {
        working.await.map_err(|error| {
            let cause = &error as &(dyn std::error::Error + 'static);
            tracing::error!(error = cause, backtrace = %sprintsync_observe::backtrace(), message = what);
            Logged
        })
    })
    .await
}

async fn connect() -> Result<aws_config::SdkConfig, StartError> {
    sprintsync_observe::init();
    crate::sdk::config().await
}

fn refuse(error: &StartError) -> ExitCode {
    tracing::error!(error = error as &(dyn std::error::Error + 'static), "the function does not start");
    ExitCode::FAILURE
}

fn ended(outcome: Result<(), lambda_runtime::Error>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %error, "the function stopped");
            ExitCode::FAILURE
        }
    }
}

/// The real world: the system's clock and randomness.
pub fn world() -> World {
    World::new(now, fill)
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::expect_used, reason = "without randomness nothing here is safe, and the request must not go on")]
fn fill(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("the system gives random bytes");
}
