//! How a function starts.

use std::future::Future;
use std::process::ExitCode;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_runtime::{LambdaEvent, service_fn};
use sprintsync_domain::{Timestamp, World};
use sprintsync_store::timeouts;

use crate::{Function, StartError};

/// Starts a function in Lambda: sets up logs and clients, builds the function, and answers events until told to stop.
/// What keeps it from starting is logged, and ends the process.
pub async fn start<F, Fut>(build: F) -> ExitCode
where
    F: FnOnce(aws_config::SdkConfig, World) -> Fut,
    Fut: Future<Output = Result<Function, StartError>>,
{
    sprintsync_observe::init();
    let sdk = aws_config::from_env().timeout_config(timeouts()).load().await;
    let function = match build(sdk, world()).await {
        Ok(function) => function,
        Err(error) => {
            tracing::error!(error = &error as &(dyn std::error::Error + 'static), "the function does not start");
            return ExitCode::FAILURE;
        }
    };
    let handler = service_fn(move |event: LambdaEvent<ApiGatewayV2httpRequest>| {
        let function = function.clone();
        async move { Ok::<_, lambda_runtime::Error>(function.call(event.payload, event.context).await) }
    });
    match lambda_runtime::run(handler).await {
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
