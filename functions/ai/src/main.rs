//! The function behind `/ai` and `/web/ai`: the only one that may read the model's key.

use std::process::ExitCode;

use sprintsync_http::{App, Config, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    start(async |sdk, world| {
        let model = ai::model_from_env(&sdk, world.clone())?;
        let app = App::from_sdk(Config::from_env()?, &sdk, world).await?;
        Ok(ai::function(&app, &model))
    })
    .await
}
