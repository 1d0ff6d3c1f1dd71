//! The function behind requests.

use std::process::ExitCode;

use activity::Activity;
use sprintsync_http::start_worker;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let work = async |activity: Activity, call| activity.call(call).await;
    start_worker("activity", Activity::from_env, work).await
}
