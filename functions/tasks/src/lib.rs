//! Tasks, their time and their history over the REST API: `/tasks`, `/timer`, `/time`.

mod assign;
mod lists;
mod task;
mod time;

use sprintsync_http::{App, Function, routes};

routes! {
    App;
    "/tasks" => { get: lists::tasks [status, limit, cursor], post: task::create },
    "/tasks/{id}" => { get: task::read, put: task::replace, patch: task::edit, delete: task::delete },
    "/tasks/{id}/status" => { post: task::set_status },
    "/tasks/{id}/assign" => { post: assign::assign },
    "/tasks/{id}/restore" => { post: task::restore },
    "/tasks/{id}/time" => { get: lists::entries [limit, cursor], post: time::log_time },
    "/tasks/{id}/time/{entry}/reversal" => { post: time::reverse },
    "/tasks/{id}/timer/start" => { post: time::start },
    "/tasks/{id}/timer/stop" => { post: time::stop },
    "/tasks/{id}/history" => { get: lists::history [limit, cursor] },
    "/timer" => { get: time::timer },
    "/time" => { get: time::list [from, to, limit, cursor] },
}

/// The function.
pub fn function(app: &App) -> Function {
    Function::json("tasks", routes().with_state(app.clone()), app.base())
}
