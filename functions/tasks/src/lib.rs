//! Tasks, their time and their history over the REST API: `/tasks`, `/timer`, `/time`.

mod lists;
mod task;
mod time;

use axum::extract::FromRequestParts;
use http::request::Parts;
use sprintsync_domain::TaskId;
use sprintsync_http::{App, Function, Problem, routes};

routes! {
    App;
    "/tasks" => { get: lists::tasks, post: task::create },
    "/tasks/{id}" => { get: task::read, put: task::replace, patch: task::edit, delete: task::delete },
    "/tasks/{id}/status" => { post: task::set_status },
    "/tasks/{id}/restore" => { post: task::restore },
    "/tasks/{id}/time" => { get: lists::entries, post: time::log_time },
    "/tasks/{id}/time/{entry}/reversal" => { post: time::reverse },
    "/tasks/{id}/timer/start" => { post: time::start },
    "/tasks/{id}/timer/stop" => { post: time::stop },
    "/tasks/{id}/history" => { get: lists::history },
    "/timer" => { get: time::timer },
    "/time" => { get: time::list },
}

/// The function.
pub fn function(app: &App) -> Function {
    Function::json("tasks", routes().with_state(app.clone()), &app.config, &app.world)
}

/// The task's id in the path. What is no id names no task.
pub(crate) struct Id(pub(crate) TaskId);

impl FromRequestParts<App> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, app).await;
        path.ok().and_then(|path| path.parse().ok()).map(Self).ok_or_else(Problem::not_found)
    }
}
