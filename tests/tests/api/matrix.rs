//! Every route × every kind of caller.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Answer, Call, Forge, PASSWORD, Person, Table, api, fresh_name, stack};

use crate::callers::{ADMIN, dead, forged, misplaced, now};

/// Who may call a route, and what it then answers.
#[derive(Debug, Clone, Copy)]
enum Who {
    /// Anyone, whatever they show.
    Anyone(u16),
    /// Whoever is signed in, about what is their own: the owner of what the path names, somebody else, an admin.
    SignedIn { owner: u16, other: u16, admin: u16 },
}

const fn signed_in(owner: u16, other: u16, admin: u16) -> Who {
    Who::SignedIn { owner, other, admin }
}

/// Administrators alone, whatever the path names.
const fn for_admins(admin: u16) -> Who {
    signed_in(403, 403, admin)
}

/// The matrix: method, path, who.
const MATRIX: &[(&str, &str, Who)] = &[
    ("POST", "/auth/signup", Who::Anyone(201)),
    ("POST", "/auth/login", Who::Anyone(200)),
    ("POST", "/auth/logout", signed_in(204, 204, 204)),
    ("GET", "/auth/me", signed_in(200, 200, 200)),
    ("PATCH", "/auth/me", signed_in(200, 200, 200)),
    ("DELETE", "/auth/me", signed_in(204, 204, 204)),
    ("GET", "/auth/me/export", signed_in(200, 200, 200)),
    ("POST", "/auth/password", signed_in(200, 200, 200)),
    ("POST", "/auth/reset", Who::Anyone(204)),
    ("GET", "/auth/sessions", signed_in(200, 200, 200)),
    ("DELETE", "/auth/sessions/{id}", signed_in(204, 404, 404)),
    ("GET", "/auth/users", for_admins(200)),
    ("GET", "/auth/users/{id}", for_admins(200)),
    ("PATCH", "/auth/users/{id}", for_admins(200)),
    ("POST", "/auth/users/{id}/password-reset", for_admins(201)),
    ("DELETE", "/auth/users/{id}/sessions", for_admins(204)),
    ("GET", "/auth/admin/invites", for_admins(200)),
    ("POST", "/auth/admin/invites", for_admins(201)),
    ("DELETE", "/auth/admin/invites/{id}", for_admins(204)),
    ("GET", "/auth/admin/sign-up", for_admins(200)),
    ("PUT", "/auth/admin/sign-up", for_admins(200)),
    ("GET", "/auth/admin/stats", for_admins(200)),
    ("GET", "/stats/top-users", for_admins(200)),
    ("GET", "/stats/cycle-time", for_admins(200)),
    ("GET", "/audit", for_admins(200)),
    ("GET", "/tasks", signed_in(200, 200, 200)),
    ("POST", "/tasks", signed_in(201, 201, 201)),
    ("GET", "/tasks/{id}", signed_in(200, 404, 200)),
    ("PUT", "/tasks/{id}", signed_in(200, 404, 403)),
    ("PATCH", "/tasks/{id}", signed_in(200, 404, 403)),
    ("DELETE", "/tasks/{id}", signed_in(204, 404, 204)),
    ("POST", "/tasks/{id}/status", signed_in(200, 404, 200)),
    ("POST", "/tasks/{id}/restore", signed_in(200, 404, 200)),
    ("POST", "/tasks/{id}/assign", for_admins(200)),
    ("GET", "/tasks/{id}/time", signed_in(200, 404, 403)),
    ("POST", "/tasks/{id}/time", signed_in(201, 404, 403)),
    ("POST", "/tasks/{id}/time/{entry}/reversal", signed_in(201, 404, 201)),
    ("POST", "/tasks/{id}/timer/start", signed_in(201, 404, 403)),
    ("POST", "/tasks/{id}/timer/stop", signed_in(201, 404, 403)),
    ("GET", "/tasks/{id}/history", signed_in(200, 404, 200)),
    ("GET", "/timer", signed_in(204, 204, 204)),
    ("GET", "/time", signed_in(200, 200, 200)),
    ("POST", "/ai/suggest", signed_in(200, 200, 200)),
    ("GET", "/health", Who::Anyone(200)),
    ("GET", "/metrics", for_admins(200)),
    ("GET", "/openapi.json", Who::Anyone(200)),
    ("GET", "/docs", Who::Anyone(200)),
];

fn listed<'a>(routes: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeSet<String> {
    routes.into_iter().map(|(method, path)| format!("{} {path}", method.to_uppercase())).collect()
}

#[test]
fn the_matrix_has_every_route() {
    let matrix = listed(MATRIX.iter().map(|(method, path, _)| (*method, *path)));
    assert_eq!(matrix.len(), MATRIX.len(), "a route stands twice in the matrix");
    let families = [auth::ROUTES, admin::ROUTES, tasks::ROUTES, ai::ROUTES, ops::ROUTES].concat();
    assert_eq!(matrix, listed(families.iter().map(|(path, method)| (*method, *path))), "matrix and routers differ");
    let document: Value = serde_json::from_str(include_str!("../../../functions/ops/openapi.json")).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let described = paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("methods").keys().map(|method| (method.as_str(), path.as_str()))
    });
    assert_eq!(matrix, listed(described), "matrix and openapi.json differ");
    for (method, path, who) in MATRIX {
        let statuses = match *who {
            Who::Anyone(status) => vec![status],
            Who::SignedIn { owner, other, admin } => vec![owner, other, admin, 401],
        };
        for status in statuses {
            let described = &paths[*path][method.to_lowercase()]["responses"][status.to_string()];
            assert!(described.is_object(), "{method} {path}: {status} is not described");
        }
    }
}

/// What the query of each route may hold.
fn queries() -> Vec<(&'static str, &'static str, &'static [&'static str])> {
    [auth::QUERIES, admin::QUERIES, tasks::QUERIES, ai::QUERIES, ops::QUERIES].concat()
}

#[test]
fn no_route_of_the_api_ignores_what_it_does_not_understand_in_an_address() {
    let person = Person::new();
    let id = person.task("x")["id"].as_str().expect("an id").to_owned();
    for (path, method, names) in queries() {
        if names == ["any"] {
            continue;
        }
        let path = path.replace("{id}", &id).replace("{entry}", &id);
        let (method, known) = (method.to_uppercase(), names.first().copied());
        let ask = |query: &str| ADMIN.call(&method, &format!("{path}?{query}")).send();
        ask("stauts=done").names(&["stauts"]);
        ask("stauts=done&x&stauts=1").names(&["stauts", "x"]);
        if let Some(name) = known {
            ask(&format!("{name}=1&{name}=1")).names(&[name]);
            assert_eq!(ADMIN.call("HEAD", &format!("{path}?stauts=1")).send().status, 422, "{path}");
        }
    }
    // A method that is taken nowhere is told so, whatever stands in the query.
    person.call("DELETE", "/tasks?x=1").send().problem(405);
    // Pages take whatever comes, and so does what collectors ask.
    assert_eq!(api().get("/login?utm_source=x").status, 200);
    assert_eq!(ADMIN.get("/metrics?x=1").status, 200);
}

#[test]
fn what_a_route_takes_is_what_its_description_says() {
    let document: Value = serde_json::from_str(include_str!("../../../functions/ops/openapi.json")).expect("JSON");
    for (path, method, names) in queries() {
        let described = document["paths"][path][method]["parameters"].as_array().cloned().unwrap_or_default();
        let described = described.iter().filter(|parameter| parameter["in"] == "query");
        let mut described: Vec<&str> = described.filter_map(|parameter| parameter["name"].as_str()).collect();
        let mut names: Vec<&str> = names.iter().copied().filter(|name| *name != "any").collect();
        described.sort_unstable();
        names.sort_unstable();
        assert_eq!(described, names, "{method} {path}");
    }
}

thread_local! {
    /// Someone whose password is reset: of each test its own, since a newer link ends an older one.
    static FORGETFUL: Person = Person::new();
}

/// A body that the route takes. `owner` is whose password it states.
fn body(method: &str, path: &str, owner: &Person) -> Option<Value> {
    Some(match (method, path) {
        ("POST", "/auth/signup") => json!({"username": fresh_name(), "password": PASSWORD}),
        ("POST", "/auth/login") => json!({"username": owner.name, "password": PASSWORD}),
        ("PATCH", "/auth/me") => json!({"workday_minutes": 450}),
        ("DELETE", "/auth/me") => json!({"password": PASSWORD}),
        ("POST", "/auth/password") => json!({"current_password": PASSWORD, "new_password": "seven loud herons dance"}),
        ("POST", "/auth/reset") => {
            let path = FORGETFUL.with(|person| format!("/auth/users/{}/password-reset", person.id));
            let issued = ADMIN.call("POST", &path).send().ok(201);
            json!({"code": issued["code"], "new_password": PASSWORD})
        }
        ("PATCH", "/auth/users/{id}") => json!({"disabled": false}),
        ("PUT", "/auth/admin/sign-up") => json!({"mode": "open"}),
        ("POST", "/tasks/{id}/assign") => json!({"user_id": owner.id}),
        ("POST", "/ai/suggest") => json!({"mode": "plan"}),
        ("POST", "/tasks") => json!({"title": "By the matrix"}),
        ("PUT", _) => {
            json!({"title": "x", "description": "", "status": "todo", "estimate_minutes": null, "due_on": null})
        }
        ("PATCH", _) => json!({"title": "By the matrix"}),
        ("POST", "/tasks/{id}/status") => json!({"status": "done"}),
        ("POST", "/tasks/{id}/time") => json!({"minutes": 1}),
        _ => return None,
    })
}

fn send(call: Call, body: Option<&Value>) -> Answer {
    match body {
        Some(body) => call.json(body).send(),
        None => call.send(),
    }
}

/// The path of something of this owner's: the account, a session that is not the one at hand, a task, in the trash if it
/// is to be restored, with its timer running if that is to be stopped, an entry; or of an invite.
fn object(path: &str, owner: &Person) -> String {
    if path == "/time" {
        return "/time?from=2026-01-01&to=2026-12-31".to_owned();
    }
    if path.starts_with("/auth/sessions/") {
        let second = owner.with(&owner.sign_in(PASSWORD));
        let sessions = second.get("/auth/sessions").ok(200);
        return path.replace("{id}", sessions[0]["id"].as_str().expect("an id"));
    }
    if path.starts_with("/auth/users/") {
        // Whose sessions are ended is none of those who call.
        let id =
            if path.ends_with("/sessions") { FORGETFUL.with(|person| person.id.clone()) } else { owner.id.clone() };
        return path.replace("{id}", &id);
    }
    if path.starts_with("/auth/admin/invites/") {
        return path.replace("{id}", &invite());
    }
    if !path.starts_with("/tasks/") {
        return path.to_owned();
    }
    let mut task = owner.task_path("Of the owner");
    let mut entry = String::new();
    if path.ends_with("/restore") {
        owner.delete(&task).expect(204);
    } else if path.ends_with("/reversal") {
        let logged = owner.post(&format!("{task}/time"), &json!({"minutes": 5})).ok(201);
        entry = logged["id"].as_str().expect("an id").to_owned();
    } else if path.ends_with("/stop") {
        let running = owner.get("/timer");
        if running.status == 200 {
            task = format!("/tasks/{}", running.json()["task_id"].as_str().expect("an id"));
        } else {
            owner.call("POST", &format!("{task}/timer/start")).send().ok(201);
        }
    }
    path.replace("/tasks/{id}", &task).replace("{entry}", &entry)
}

/// The id of a fresh invite.
fn invite() -> String {
    ADMIN.call("POST", "/auth/admin/invites").send().ok(201);
    let invites = ADMIN.get("/auth/admin/invites?limit=1").ok(200);
    invites[0]["id"].as_str().expect("an id").to_owned()
}

/// Someone who was an administrator until just now.
fn demoted() -> Person {
    let person = Person::new();
    Table::of(stack()).grant_admin(&person.name);
    person.get("/audit?limit=1").ok(200);
    ADMIN.patch(&format!("/auth/users/{}", person.id), &json!({"is_admin": false})).ok(200);
    person
}

#[track_caller]
fn is_told(answer: Answer, status: u16) {
    let answer = answer.expect(status);
    if answer.status == 401 {
        assert_eq!(answer.header("set-cookie"), None);
    }
}

#[test]
fn owners_others_and_admins() {
    let table = Table::of(stack());
    for (method, path, who) in MATRIX {
        let Who::SignedIn { owner: for_owner, other: for_other, admin: for_admin } = who else { continue };
        // Each route gets people of its own: some of them end sessions or change passwords.
        let (owner, other, admin) = (Person::new(), Person::new(), Person::new());
        table.grant_admin(&admin.name);
        let all = [(&other, for_other), (&demoted(), for_other), (&admin, for_admin), (&owner, for_owner)];
        for (person, status) in all {
            let call = person.call(method, &object(path, &owner));
            is_told(send(call, body(method, path, person).as_ref()), *status);
        }
        // The cookie counts as the header does; a new token comes as a new cookie.
        let for_owner = if *path == "/auth/password" { &204 } else { for_owner };
        let owner = Person::new();
        let call = api().call(method, &object(path, &owner)).cookie(&owner.token).same_origin();
        is_told(send(call, body(method, path, &owner).as_ref()), *for_owner);
    }
}

#[test]
fn nobody_else_is_let_in() {
    let owner = Person::new();
    let task = owner.task("Of the owner");
    let trashed = owner.task("In the trash");
    let trashed = trashed["id"].as_str().expect("an id");
    owner.delete(&format!("/tasks/{trashed}")).expect(204);
    let second = owner.with(&owner.sign_in(PASSWORD));
    let session = second.get("/auth/sessions").ok(200)[0]["id"].as_str().expect("an id").to_owned();
    let invite = invite();
    let before = |path: &str| owner.get(path).ok(200);
    let (me, list) = (before("/auth/me"), before("/tasks"));
    let id = task["id"].as_str().expect("an id");

    let kinds = forged(&owner).into_iter().chain(dead()).chain(misplaced(&owner));
    for (name, show) in kinds {
        for (method, pattern, who) in MATRIX {
            let path = match *pattern {
                "/auth/sessions/{id}" => pattern.replace("{id}", &session),
                "/auth/admin/invites/{id}" => pattern.replace("{id}", &invite),
                _ if pattern.starts_with("/auth/users/") => pattern.replace("{id}", &owner.id),
                "/tasks/{id}/restore" => pattern.replace("{id}", trashed),
                "/time" => "/time?from=2026-01-01&to=2026-12-31".to_owned(),
                _ => pattern.replace("{id}", id).replace("{entry}", id),
            };
            let expected = match who {
                Who::Anyone(status) => *status,
                Who::SignedIn { .. } => 401,
            };
            let call = show(api().call(method, &path));
            let answer = send(call, body(method, pattern, &owner).as_ref());
            assert_eq!(answer.status, expected, "{name}: {method} {path}: {}", answer.text());
            is_told(answer, expected);
            if *method == "GET" {
                assert_eq!(show(api().call("HEAD", &path)).send().status, expected, "{name}: HEAD {path}");
            }
        }
    }
    assert_eq!((before("/auth/me"), before("/tasks")), (me, list));
    second.get("/auth/me").ok(200);
    // The forger's own tool makes good tokens: what was refused above was refused for its one fault.
    owner.with(&Forge::of(stack(), &owner.token).sign()).get("/auth/me").ok(200);
    owner.with(&Forge::of(stack(), &owner.token).claim("exp", now() + 60).sign()).get("/auth/me").ok(200);
}

#[test]
fn a_token_in_the_query_is_none() {
    let person = Person::new();
    // It is a parameter that no route knows; a page, which takes whatever comes, sends to sign in.
    let query = format!("access_token={0}&token={0}", person.token);
    api().get(&format!("/auth/me?{query}")).names(&["access_token", "token"]);
    api().get(&format!("/metrics?{query}")).problem(401);
    assert_eq!(api().get(&format!("/dashboard?{query}")).status, 303);
}

#[test]
fn a_bad_token_costs_no_call_of_the_table() {
    let person = Person::new();
    for (name, show) in forged(&person).into_iter().chain(misplaced(&person)) {
        if matches!(name, "another subject" | "an unknown session") {
            // Signed by the instance: only the table knows that there is no such session.
            continue;
        }
        let answer = show(api().call("GET", "/tasks")).send();
        let line = tests::request_line(answer.request_id());
        assert_eq!(line["table_calls"], 0, "{name}");
    }
}

#[test]
fn an_account_that_is_opened_again_is_let_in() {
    let table = Table::of(stack());
    let person = Person::new();
    table.disable(&person.id, true);
    person.get("/tasks").problem(401);
    person.try_sign_in(PASSWORD).problem(401);
    table.disable(&person.id, false);
    person.try_sign_in(PASSWORD).ok(200);
}
