//! The function behind `/health`, `/metrics`, `/docs` and `/openapi.json`.

use std::process::ExitCode;

use ops::{Ops, function};
use sprintsync_http::start_with_check;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let build = |sdk, world| {
        let ops = Ops::from_sdk(&sdk, world)?;
        Ok((function(&ops), ops))
    };
    start_with_check(build, Ops::check).await
}
