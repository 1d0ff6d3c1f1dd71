//! Accounts and sessions over the REST API: `/auth`.

mod account;
mod session;

use sprintsync_http::{App, Function, routes};

routes! {
    App;
    "/auth/signup" => { post: account::sign_up },
    "/auth/login" => { post: session::sign_in },
    "/auth/logout" => { post: session::sign_out },
    "/auth/me" => { get: account::read, patch: account::edit, delete: account::leave },
    "/auth/me/export" => { get: account::export [limit, cursor] },
    "/auth/password" => { post: account::change_password },
    "/auth/reset" => { post: account::reset_password },
    "/auth/sessions" => { get: session::list [limit, cursor] },
    "/auth/sessions/{id}" => { delete: session::end },
}

/// The function.
pub fn function(app: &App) -> Function {
    Function::json("auth", routes().with_state(app.clone()), app.base())
}
