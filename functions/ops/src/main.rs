//! The function behind `/health` and `/openapi.json`.

use std::process::ExitCode;

use sprintsync_http::{Config, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    start(async |sdk, world| {
        let (dynamodb, secrets) = (aws_sdk_dynamodb::Client::new(&sdk), aws_sdk_secretsmanager::Client::new(&sdk));
        Ok(ops::function(&ops::Ops::new(Config::from_env()?, dynamodb, secrets, world)))
    })
    .await
}
