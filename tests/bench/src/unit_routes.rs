//! The routes whose calls and units are measured with very many tasks: all that read or write somebody's tasks, time or
//! account, in an order that can be gone through again.

use http::Method;
use serde_json::json;
use sprintsync_domain::TimeZone;

use crate::event::Call;
use crate::instance::Person;

/// Function, route and call, of an administrator who has two tasks at least. What one of them does, a later one undoes.
pub(crate) fn calls(person: &Person) -> Vec<(&'static str, &'static str, Call)> {
    let mut all = programs(person);
    all.extend(people(person));
    all
}

fn programs(person: &Person) -> Vec<(&'static str, &'static str, Call)> {
    let token = Some(person.token.as_str());
    let path = task(person, "/tasks");
    let at = |rest: &str| format!("{path}{rest}");
    let get = |path: &str| Call::get(path, token);
    let post = |rest: &str, body| Call::post(at(rest), token, body);
    let with = |method, rest: &str, body| Call { method, ..Call::post(at(rest), token, body) };
    let whole = json!({ "title": "Anew", "description": "", "status": "todo", "estimate_minutes": 30, "due_on": null });
    let month = format!("/time?from={}&to={}", day(-15), day(15));
    vec![
        ("auth", "GET /auth/me", get("/auth/me")),
        ("auth", "GET /auth/sessions", get("/auth/sessions")),
        ("auth", "GET /auth/me/export", get("/auth/me/export")),
        ("tasks", "GET /tasks", get("/tasks?limit=25")),
        ("tasks", "GET /tasks (by status)", get("/tasks?limit=5&status=todo")),
        ("tasks", "GET /tasks/{id}", get(&path)),
        ("tasks", "POST /tasks", Call::post("/tasks", token, json!({ "title": "One more" }))),
        ("tasks", "PUT /tasks/{id}", with(Method::PUT, "", whole)),
        ("tasks", "PATCH /tasks/{id}", with(Method::PATCH, "", json!({ "title": "Once more" }))),
        ("tasks", "POST /tasks/{id}/status", post("/status", json!({ "status": "in_progress" }))),
        ("tasks", "POST /tasks/{id}/status (back)", post("/status", json!({ "status": "todo" }))),
        ("tasks", "POST /tasks/{id}/time", post("/time", json!({ "minutes": 1 }))),
        ("tasks", "POST /tasks/{id}/timer/start", post("/timer/start", json!({}))),
        ("tasks", "GET /timer", get("/timer")),
        ("tasks", "POST /tasks/{id}/timer/stop", post("/timer/stop", json!({}))),
        ("tasks", "GET /time (a month)", get(&month)),
        ("tasks", "GET /tasks/{id}/time", get(&at("/time?limit=1"))),
        ("tasks", "GET /tasks/{id}/history", get(&at("/history?limit=5"))),
        ("tasks", "DELETE /tasks/{id}", with(Method::DELETE, "", json!({}))),
        ("web", "GET /trash", get("/trash")),
        ("tasks", "POST /tasks/{id}/restore", post("/restore", json!({}))),
        ("ai", "POST /ai/suggest (a plan)", Call::post("/ai/suggest", token, json!({ "mode": "plan" }))),
        ("admin", "GET /auth/users", get("/auth/users")),
        ("admin", "GET /auth/users/{id}", get(&format!("/auth/users/{}", person.id))),
        ("admin", "GET /auth/admin/stats", get("/auth/admin/stats")),
        ("admin", "GET /stats/cycle-time", get("/stats/cycle-time")),
        ("admin", "GET /stats/top-users", get("/stats/top-users")),
        ("admin", "GET /audit", get("/audit?limit=5")),
        ("ops", "GET /health", Call::get("/health", None)),
        ("ops", "GET /metrics", get("/metrics")),
    ]
}

fn people(person: &Person) -> Vec<(&'static str, &'static str, Call)> {
    let token = Some(person.token.as_str());
    let get = |path: &str| Call::get(path, token);
    let path = task(person, "/web/tasks");
    let unchanged = format!("/task/{}", person.tasks.last().map(String::as_str).unwrap_or_default());
    let form = |rest: &str, body: &str| Call::form(format!("{path}{rest}"), token, body);
    vec![
        ("web", "GET /dashboard", get("/dashboard")),
        ("web", "GET /dashboard (oldest first)", get("/dashboard?order=oldest")),
        ("web", "GET /dashboard (by status)", get("/dashboard?status=done")),
        ("web", "GET /dashboard (board)", get("/dashboard?view=board")),
        ("web", "GET /dashboard (text, found)", get("/dashboard?q=inbox")),
        ("web", "GET /dashboard (text, not found)", get("/dashboard?q=zebra")),
        ("web", "GET /web/tasks", get("/web/tasks")),
        ("web", "GET /web/find", get("/web/find?q=zebra")),
        ("web", "GET /web/plan", get("/web/plan")),
        // One that nothing here changes: its history stays as long.
        ("web", "GET /task/{id}", get(&unchanged)),
        ("web", "GET /web/tasks/{id}/edit", get(&format!("{path}/edit?view=all"))),
        ("web", "GET /day", get("/day")),
        ("web", "GET /week", get("/week")),
        ("web", "GET /account", get("/account")),
        ("web", "GET /account/export", get("/account/export")),
        ("web", "POST /web/tasks", Call::form("/web/tasks", token, "title=By+the+form")),
        ("web", "POST /web/tasks/{id}/status", form("/status", "status=in_progress")),
        ("web", "POST /web/tasks/{id}/status (back)", form("/status", "status=todo")),
        ("web", "POST /web/tasks/{id}/time", form("/time", "minutes=1")),
        ("web", "POST /web/tasks/{id}/delete", form("/delete", "")),
        ("web", "POST /web/tasks/{id}/restore", form("/restore", "")),
        ("web", "GET /team", get("/team")),
        ("web", "GET /team/people", get("/team/people")),
        ("web", "GET /team/people/{id}", get(&format!("/team/people/{}", person.id))),
        ("web", "GET /team/tasks", get("/team/tasks")),
        ("web", "GET /team/tasks (a person's)", get(&format!("/team/tasks?person={}", person.id))),
        ("web", "GET /team/audit", get("/team/audit")),
    ]
}

fn task(person: &Person, under: &str) -> String {
    format!("{under}/{}", person.tasks.first().map(String::as_str).unwrap_or_default())
}

/// The day in UTC that is so many days from now.
fn day(from_now: i64) -> String {
    sprintsync_http::world().now().day_in(&TimeZone::utc()).plus(from_now).to_string()
}
