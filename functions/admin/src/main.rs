//! The function behind the administration.

use std::process::ExitCode;

use sprintsync_http::{App, Config, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    start(async |sdk, world| {
        let app = App::from_sdk(Config::from_env()?, &sdk, world).await?;
        Ok(admin::function(&app))
    })
    .await
}
