//! What administrators do over the REST API: people, invites, statistics, the audit trail.

mod audit;
mod invites;
mod people;
mod statistics;

use sprintsync_http::{App, Function, routes};

routes! {
    App;
    "/auth/users" => { get: people::list [limit, cursor] },
    "/auth/users/{id}" => { get: people::read, patch: people::edit },
    "/auth/users/{id}/password-reset" => { post: people::reset_password },
    "/auth/users/{id}/sessions" => { delete: people::end_sessions },
    "/auth/admin/invites" => { get: invites::list [limit, cursor], post: invites::create },
    "/auth/admin/invites/{id}" => { delete: invites::revoke },
    "/auth/admin/sign-up" => { get: invites::sign_up, put: invites::set_sign_up },
    "/auth/admin/stats" => { get: statistics::overview [limit, cursor] },
    "/stats/top-users" => { get: statistics::top_users [days] },
    "/stats/cycle-time" => { get: statistics::cycle_time },
    "/audit" => { get: audit::list [person, what, limit, cursor] },
}

/// The function.
pub fn function(app: &App) -> Function {
    Function::json("admin", routes().with_state(app.clone()), app.base())
}
