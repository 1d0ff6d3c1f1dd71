//! Every route × every kind of caller.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tests::{Answer, Call, Forge, PASSWORD, Person, Table, api, fresh_name, stack};

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

/// The matrix: method, path, who.
const MATRIX: &[(&str, &str, Who)] = &[
    ("POST", "/auth/signup", Who::Anyone(201)),
    ("POST", "/auth/login", Who::Anyone(200)),
    ("POST", "/auth/logout", signed_in(204, 204, 204)),
    ("GET", "/auth/me", signed_in(200, 200, 200)),
    ("PATCH", "/auth/me", signed_in(200, 200, 200)),
    ("DELETE", "/auth/me", signed_in(204, 204, 204)),
    ("GET", "/auth/me/export", signed_in(200, 200, 200)),
    ("POST", "/auth/password", signed_in(204, 204, 204)),
    ("GET", "/auth/sessions", signed_in(200, 200, 200)),
    ("DELETE", "/auth/sessions/{id}", signed_in(204, 404, 404)),
    ("GET", "/tasks", signed_in(200, 200, 200)),
    ("POST", "/tasks", signed_in(201, 201, 201)),
    ("GET", "/tasks/{id}", signed_in(200, 404, 200)),
    ("PUT", "/tasks/{id}", signed_in(200, 404, 403)),
    ("PATCH", "/tasks/{id}", signed_in(200, 404, 403)),
    ("DELETE", "/tasks/{id}", signed_in(204, 404, 204)),
    ("POST", "/tasks/{id}/status", signed_in(200, 404, 200)),
    ("POST", "/tasks/{id}/restore", signed_in(200, 404, 200)),
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
    ("GET", "/openapi.json", Who::Anyone(200)),
];

fn listed<'a>(routes: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeSet<String> {
    routes.into_iter().map(|(method, path)| format!("{} {path}", method.to_uppercase())).collect()
}

#[test]
fn the_matrix_has_every_route() {
    let matrix = listed(MATRIX.iter().map(|(method, path, _)| (*method, *path)));
    assert_eq!(matrix.len(), MATRIX.len(), "a route stands twice in the matrix");
    let families = [auth::ROUTES, tasks::ROUTES, ai::ROUTES, ops::ROUTES].concat();
    assert_eq!(matrix, listed(families.iter().map(|(path, method)| (*method, *path))), "matrix and routers differ");
    let document: Value = serde_json::from_str(include_str!("../../../functions/ops/openapi.json")).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let described = paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("methods").keys().map(|method| (method.as_str(), path.as_str()))
    });
    assert_eq!(matrix, listed(described), "matrix and openapi.json differ");
}

/// A body that the route takes. `owner` is whose password it states.
fn body(method: &str, path: &str, owner: &Person) -> Option<Value> {
    Some(match (method, path) {
        ("POST", "/auth/signup") => json!({"username": fresh_name(), "password": PASSWORD}),
        ("POST", "/auth/login") => json!({"username": owner.name, "password": PASSWORD}),
        ("PATCH", "/auth/me") => json!({"workday_minutes": 450}),
        ("DELETE", "/auth/me") => json!({"password": PASSWORD}),
        ("POST", "/auth/password") => json!({"current_password": PASSWORD, "new_password": "seven loud herons dance"}),
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

/// The path of something of this owner's: a session that is not the one at hand, a task, in the trash if it is to be
/// restored, with its timer running if that is to be stopped, an entry.
fn object(path: &str, owner: &Person) -> String {
    if path == "/time" {
        return "/time?from=2026-01-01&to=2026-12-31".to_owned();
    }
    if path.starts_with("/auth/sessions/") {
        let second = owner.with(&owner.sign_in(PASSWORD));
        let sessions = second.get("/auth/sessions").ok(200);
        return path.replace("{id}", sessions[0]["id"].as_str().expect("an id"));
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
        for (person, status) in [(&other, for_other), (&admin, for_admin), (&owner, for_owner)] {
            let call = person.call(method, &object(path, &owner));
            is_told(send(call, body(method, path, person).as_ref()), *status);
        }
        // The cookie counts as the header does.
        let owner = Person::new();
        let call = api().call(method, &object(path, &owner)).cookie(&owner.token).same_origin();
        is_told(send(call, body(method, path, &owner).as_ref()), *for_owner);
    }
}

/// How a caller is shown who is not let in: a name, and what is put on the call.
type Kind = (&'static str, Box<dyn Fn(Call) -> Call>);

fn bearer(token: String) -> Box<dyn Fn(Call) -> Call> {
    Box::new(move |call| call.bearer(&token))
}

fn header(value: String) -> Box<dyn Fn(Call) -> Call> {
    Box::new(move |call| call.header("authorization", &value))
}

/// Callers whose token is of `owner` and good but for one thing.
fn forged(owner: &Person) -> Vec<Kind> {
    let good = || Forge::of(stack(), &owner.token);
    let secret = stack().secrets().signing_key().expect("a key").current.value;
    let (head, rest) = owner.token.split_once('.').expect("a token");
    let (claims, signature) = rest.split_once('.').expect("a token");
    let other = Person::new();
    let others_claims = other.token.split('.').nth(1).expect("claims");
    vec![
        ("expired", bearer(good().claim("exp", 1_700_000_000).sign())),
        ("expired this second", bearer(good().claim("exp", now()).sign())),
        ("without an end", bearer(good().without("exp").sign())),
        ("forged with another key", bearer(good().secret(&"x".repeat(64)).sign())),
        ("forged with the secret itself", bearer(good().raw_key(secret.as_bytes()).sign())),
        ("forged with an empty key", bearer(good().raw_key(b"").sign())),
        ("another's claims", bearer(format!("{head}.{others_claims}.{signature}"))),
        ("no signature", bearer(format!("{head}.{claims}."))),
        ("cut off", bearer(owner.token[..owner.token.len() - 2].to_owned())),
        ("alg none", bearer(good().unsigned())),
        ("another algorithm", bearer(good().algorithm(Algorithm::HS512).sign())),
        ("wrong audience", bearer(good().claim("aud", "another-api").sign())),
        ("no audience", bearer(good().without("aud").sign())),
        ("wrong issuer", bearer(good().claim("iss", "https://example.com").sign())),
        ("no issuer", bearer(good().without("iss").sign())),
        ("wrong typ", bearer(good().typ(Some("JWT")).sign())),
        ("no typ", bearer(good().typ(None).sign())),
        ("no kid", bearer(good().kid(None).sign())),
        ("unknown kid", bearer(good().kid(Some("nobody-knows")).sign())),
        ("another subject", bearer(good().claim("sub", other.id.as_str()).sign())),
        ("no subject", bearer(good().without("sub").sign())),
        ("a subject that is none", bearer(good().claim("sub", "../../etc").sign())),
        ("no session", bearer(good().without("sid").sign())),
        ("an unknown session", bearer(good().claim("sid", "018f2c5e-7700-7abc-8def-0123456789ab").sign())),
        ("endless token", bearer(good().claim("pad", "x".repeat(4_000)).sign())),
    ]
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
    i64::try_from(since.as_secs()).expect("seconds")
}

/// Callers whose session died.
fn dead() -> Vec<Kind> {
    let table = Table::of(stack());
    let revoked = Person::new();
    revoked.call("POST", "/auth/logout").send().expect(204);
    let old = Person::new();
    let elsewhere = old.with(&old.sign_in(PASSWORD));
    let change = json!({"current_password": PASSWORD, "new_password": "seven loud herons dance"});
    elsewhere.post("/auth/password", &change).expect(204);
    let disabled = Person::new();
    table.disable(&disabled.id, true);
    disabled.try_sign_in(PASSWORD).problem(401);
    let over = Person::new();
    let session = over.get("/auth/sessions").ok(200)[0]["id"].as_str().expect("an id").to_owned();
    let past = AttributeValue::S("2020-01-01T00:00:00.000Z".to_owned());
    table.set(&format!("USER#{}", over.id), &format!("SESSION#{session}"), "expires_at", past);
    let disabled_token = disabled.token.clone();
    vec![
        ("revoked", bearer(revoked.token)),
        ("old epoch", bearer(old.token)),
        ("disabled", bearer(disabled.token)),
        ("disabled, by cookie", Box::new(move |call| call.cookie(&disabled_token).same_origin())),
        ("session over", bearer(over.token)),
    ]
}

/// Callers who show a good token where none is read, or something else where one is.
fn misplaced(owner: &Person) -> Vec<Kind> {
    let token = owner.token.clone();
    let fallback = |value: &'static str| -> Box<dyn Fn(Call) -> Call> {
        let token = token.clone();
        Box::new(move |call| call.cookie(&token).same_origin().header("authorization", value))
    };
    let dead = Forge::of(stack(), &owner.token).claim("exp", 1_700_000_000).sign();
    let (both, cookie, plain) = (token.clone(), dead.clone(), token.clone());
    vec![
        ("anonymous", Box::new(|call| call)),
        ("empty header", header(String::new())),
        ("bearer without a token", header("Bearer ".to_owned())),
        ("nonsense", header("Bearer nonsense".to_owned())),
        ("token without a scheme", header(token.clone())),
        ("another scheme", header(format!("Token {token}"))),
        ("basic", header("Basic b3duZXI6dGhyZWUgcXVpZXQgb3R0ZXJz".to_owned())),
        ("two tokens", header(format!("Bearer {token}, Bearer {token}"))),
        ("bad header, good cookie", fallback("Bearer nonsense")),
        ("empty header, good cookie", fallback("")),
        ("basic, good cookie", fallback("Basic eDp5")),
        ("expired header, good cookie", Box::new(move |call| call.cookie(&both).same_origin().bearer(&dead))),
        ("expired cookie", Box::new(move |call| call.cookie(&cookie).same_origin())),
        (
            "cookie of another name",
            Box::new(move |call| call.header("cookie", &format!("sprintsync={plain}; token={plain}")).same_origin()),
        ),
    ]
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
    let before = |path: &str| owner.get(path).ok(200);
    let (me, list) = (before("/auth/me"), before("/tasks"));
    let id = task["id"].as_str().expect("an id");

    let kinds = forged(&owner).into_iter().chain(dead()).chain(misplaced(&owner));
    for (name, show) in kinds {
        for (method, pattern, who) in MATRIX {
            let path = match *pattern {
                "/auth/sessions/{id}" => pattern.replace("{id}", &session),
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
    api().get(&format!("/auth/me?access_token={0}&token={0}", person.token)).problem(401);
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
