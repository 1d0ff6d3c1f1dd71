//! The pages, and the fragments and forms behind them.

mod account;
mod chart;
mod dashboard;
mod day;
mod frame;
mod leaving;
mod plan;
mod proof;
mod reset;
mod row;
mod show;
mod sign_in;
#[cfg(feature = "styleguide")]
mod styleguide;
mod task;
mod task_edit;
mod team;
mod timer;
mod trash;
mod undo;
mod view;
mod views;
mod week;

use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect};
use sprintsync_http::{App, Function, keep_signed_in, routes};
use sprintsync_pages::answer;

routes! {
    pages App;
    "/" => { get: home },
    "/login" => { get: sign_in::login_page },
    "/signup" => { get: sign_in::signup_page },
    "/signed-in" => { get: sign_in::signed_in_page },
    "/dashboard" => { get: dashboard::page },
    "/task/{id}" => { get: task::page },
    "/day" => { get: day::page },
    "/week" => { get: week::page },
    "/trash" => { get: trash::page },
    "/account" => { get: account::page },
    "/team" => { get: team::overview::page },
    "/team/people" => { get: team::people::page },
    "/team/people/{id}" => { get: team::person::page },
    "/team/tasks" => { get: team::tasks::page },
    "/team/tasks/{id}" => { get: team::task::page },
    "/team/tasks/{id}/assign" => { get: team::assign::page },
    "/team/audit" => { get: team::audit::page },
    "/reset" => { get: reset::page },
    "/account/export" => { get: leaving::export_page },
    "/web/login" => { post: sign_in::sign_in },
    "/web/signup" => { post: sign_in::sign_up },
    "/web/reset" => { post: reset::reset },
    "/web/logout" => { post: sign_in::sign_out },
    "/web/scheme" => { post: frame::choose_scheme },
    "/web/account" => { post: account::save_profile },
    "/web/account/password" => { post: account::change_password },
    "/web/account/export" => { get: leaving::export },
    "/web/account/leave" => { post: leaving::leave },
    "/web/account/sessions/{id}/end" => { post: account::end_session },
    "/web/team/people/{id}/account" => { get: team::home, post: team::account::edit },
    "/web/team/people/{id}/link" => { get: team::home, post: team::account::issue_link },
    "/web/team/people/{id}/sessions/end" => { get: team::home, post: team::account::end_sessions },
    "/web/team/invites" => { get: team::home, post: team::invites::create },
    "/web/team/invites/{id}/revoke" => { post: team::invites::revoke },
    "/web/team/sign-up" => { post: team::invites::set_sign_up },
    "/web/team/tasks/{id}/status" => { post: team::task::set_status },
    "/web/team/tasks/{id}/delete" => { post: team::task::delete },
    "/web/team/tasks/{id}/restore" => { post: team::task::restore },
    "/web/team/tasks/{id}/assign" => { get: team::home, post: team::assign::assign },
    "/web/plan" => { get: plan::card },
    "/web/plan/{id}/not-today" => { post: plan::put_off },
    "/web/find" => { get: dashboard::find },
    "/web/tasks" => { get: dashboard::rows, post: dashboard::add },
    "/web/tasks/status" => { post: row::move_many },
    "/web/tasks/{id}" => { get: row::row, post: task_edit::save },
    "/web/tasks/{id}/edit" => { get: row::edit },
    "/web/tasks/{id}/status" => { post: row::set_status },
    "/web/tasks/{id}/delete" => { post: row::delete },
    "/web/tasks/{id}/restore" => { post: row::restore },
    "/web/tasks/{id}/time" => { get: task::entries, post: task_edit::log_time },
    "/web/tasks/{id}/time/{entry}/reversal" => { post: timer::reverse },
    "/web/tasks/{id}/timer/start" => { post: timer::start },
    "/web/tasks/{id}/timer/stop" => { post: timer::stop },
    "/web/tasks/{id}/timer/undo" => { post: undo::undo },
    "/web/tasks/{id}/history" => { get: task::events },
}

/// The function.
pub fn function(app: &App) -> Function {
    let routes = routes();
    #[cfg(feature = "styleguide")]
    let routes = routes.route("/styleguide", sprintsync_http::axum::routing::get(styleguide::page));
    let routes = routes.layer(from_fn_with_state(app.clone(), keep_signed_in));
    Function::pages("web", routes.with_state(app.clone()), app.base(), answer::tell)
}

async fn home() -> impl IntoResponse {
    Redirect::to("/dashboard")
}
