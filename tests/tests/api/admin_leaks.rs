//! Nothing of another person's data reaches somebody who is no administrator.

use serde_json::{Value, json};
use tests::{Answer, Lab, PASSWORD, Person};

const NOBODY: &str = "018f2c5e-7700-7abc-8def-0123456789ab";

/// An answer without what is its request's own.
fn shown(answer: &Answer) -> (u16, String) {
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    (answer.status, body.replace(answer.request_id(), "the request's id"))
}

/// What belongs to one person, and a task that once did.
struct Theirs {
    owner: Person,
    heir: Person,
    task: String,
    entry: String,
    trashed: String,
    given: String,
    given_entry: String,
    session: String,
    invite: String,
}

fn of_somebody(lab: &Lab, admin: &Person) -> Theirs {
    let (owner, heir) = (Person::on(&lab.api), Person::on(&lab.api));
    let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
    let entry = |path: &str| {
        let logged = owner.post(&format!("{path}/time"), &json!({"minutes": 5, "note": "Their secret note"}));
        id(&logged.ok(201))
    };
    let task = owner.task_path("Their secret title");
    let trashed = owner.task_path("Their secret in the trash");
    owner.delete(&trashed).expect(204);
    let given = owner.task_path("Their secret that was given");
    let (of_the_task, given_entry) = (entry(&task), entry(&given));
    admin.post(&format!("{given}/assign"), &json!({"user_id": heir.id})).ok(200);
    heir.patch(&given, &json!({"description": "What the heir wrote in secret"})).ok(200);
    heir.post(&format!("{given}/time"), &json!({"minutes": 7, "note": "The heir's secret note"})).ok(201);
    owner.call("POST", &format!("{task}/timer/start")).send().ok(201);
    admin.call("POST", "/auth/admin/invites").send().expect(201);
    let invite = id(&admin.get("/auth/admin/invites").ok(200)[0]);
    let session = id(&owner.get("/auth/sessions").ok(200)[0]);
    Theirs { owner, heir, task, entry: of_the_task, trashed, given, given_entry, session, invite }
}

/// Every route that takes an id: how it is called, with what, of what there is and of nothing.
fn calls(theirs: &Theirs) -> Vec<(&'static str, String, String, Value)> {
    let Theirs { owner, task, entry, trashed, given, given_entry, session, invite, .. } = theirs;
    let whole = json!({"title": "x", "description": "", "status": "todo", "estimate_minutes": null, "due_on": null});
    let nothing = json!({});
    let mut calls: Vec<(&str, String, String, Value)> = Vec::new();
    for task in [task, trashed, given] {
        let none = format!("/tasks/{NOBODY}");
        for (method, rest, body) in [
            ("GET", "", &nothing),
            ("HEAD", "", &nothing),
            ("PUT", "", &whole),
            ("PATCH", "", &json!({"title": "x"})),
            ("DELETE", "", &nothing),
            ("POST", "/status", &json!({"status": "done"})),
            ("POST", "/restore", &nothing),
            ("POST", "/assign", &json!({"user_id": owner.id})),
            ("GET", "/time", &nothing),
            ("GET", "/time?limit=0", &nothing),
            ("GET", "/time?cursor=x", &nothing),
            ("POST", "/time", &json!({"minutes": 1})),
            ("POST", "/time", &json!({"minutes": 0})),
            ("POST", "/timer/start", &nothing),
            ("POST", "/timer/stop", &nothing),
            ("GET", "/history", &nothing),
        ] {
            calls.push((method, format!("{task}{rest}"), format!("{none}{rest}"), body.clone()));
        }
        for entry in [entry, given_entry] {
            let of = |task: &str, entry: &str| format!("{task}/time/{entry}/reversal");
            calls.push(("POST", of(task, entry), of(&none, NOBODY), nothing.clone()));
            calls.push(("POST", of(task, NOBODY), of(&none, entry), nothing.clone()));
        }
    }
    let of = |path: &str, id: &str| path.replace("{id}", id);
    for (method, path, there, body) in [
        ("GET", "/auth/users/{id}", &owner.id, &nothing),
        ("PATCH", "/auth/users/{id}", &owner.id, &json!({"is_admin": true})),
        ("PATCH", "/auth/users/{id}", &owner.id, &json!({"is_admin": "x"})),
        ("POST", "/auth/users/{id}/password-reset", &owner.id, &nothing),
        ("DELETE", "/auth/admin/invites/{id}", invite, &nothing),
        ("DELETE", "/auth/sessions/{id}", session, &nothing),
        ("GET", "/audit?person={id}", &owner.id, &nothing),
    ] {
        calls.push((method, of(path, there), of(path, NOBODY), body.clone()));
    }
    calls
}

fn send(person: &Person, method: &str, path: &str, body: &Value) -> Answer {
    let call = person.call(method, path);
    if ["GET", "HEAD", "DELETE"].contains(&method) { call.send() } else { call.json(body).send() }
}

#[test]
fn what_there_is_and_what_is_not_are_the_same_to_whoever_may_not_see_it() {
    let lab = Lab::start();
    let admin = lab.admin();
    let theirs = of_somebody(&lab, &admin);
    let stranger = Person::on(&lab.api);
    let was_admin = lab.admin();
    admin.patch(&format!("/auth/users/{}", was_admin.id), &json!({"is_admin": false})).ok(200);
    let before = (admin.get(&theirs.task).ok(200), admin.get(&theirs.given).ok(200));
    for (method, there, nowhere, body) in calls(&theirs) {
        for person in [&stranger, &was_admin] {
            let answer = send(person, method, &there, &body);
            assert!([400, 403, 404, 422].contains(&answer.status), "{method} {there}: {}", answer.status);
            let nothing = send(person, method, &nowhere, &body);
            assert_eq!(shown(&answer), shown(&nothing), "{method} {there}");
        }
    }
    // The former owner is a stranger too, but for their own entry, which is theirs to take back.
    for (method, there, nowhere, body) in calls(&theirs) {
        if there.starts_with(&theirs.given) && !there.contains(&theirs.given_entry) {
            let answer = send(&theirs.owner, method, &there, &body);
            assert_eq!(shown(&answer), shown(&send(&theirs.owner, method, &nowhere, &body)), "{method} {there}");
        }
    }
    assert_eq!((admin.get(&theirs.task).ok(200), admin.get(&theirs.given).ok(200)), before, "and nothing was done");
}

/// Everything that a person can read.
fn readable(person: &Person) -> String {
    let mut text = String::new();
    for path in [
        "/auth/me",
        "/auth/me/export?limit=200",
        "/auth/sessions",
        "/auth/users",
        "/auth/admin/invites",
        "/auth/admin/sign-up",
        "/auth/admin/stats",
        "/stats/top-users",
        "/stats/top-users?days=90",
        "/stats/cycle-time",
        "/audit",
        "/tasks?limit=200",
        "/time?from=2020-01-01&to=2100-01-01&limit=200",
        "/timer",
        "/health",
        "/dashboard",
        "/account",
        "/day",
        "/week",
        "/trash",
        "/login",
        "/signup",
        "/nowhere",
    ] {
        let call = person.call("GET", path);
        text.push_str(&String::from_utf8_lossy(&call.send().body));
    }
    let plan = person.post("/ai/suggest", &json!({"mode": "plan"}));
    text + plan.text()
}

#[test]
fn no_list_history_statistic_or_error_says_anything_of_another() {
    let lab = Lab::start();
    let admin = lab.admin();
    let theirs = of_somebody(&lab, &admin);
    let stranger = Person::on(&lab.api);
    stranger.task("Of the stranger");
    let ids = |person: &Person| [person.id.clone(), person.name.clone()];
    let secret = ["secret".to_owned(), theirs.task.replace("/tasks/", ""), theirs.entry.clone(), theirs.invite.clone()];
    let text = readable(&stranger);
    assert!(text.contains("Of the stranger"));
    for hidden in secret.iter().chain(ids(&theirs.owner).iter()).chain(&ids(&theirs.heir)).chain(&ids(&admin)) {
        assert!(!text.contains(hidden.as_str()), "{hidden}");
    }
    // The former owner knows what they wrote of their own entry, and nothing of what came after.
    let text = readable(&theirs.owner);
    assert!(text.contains("Their secret note"));
    let after = ["What the heir wrote", "The heir's", "Their secret that was given"].map(str::to_owned);
    for hidden in after.iter().chain(&ids(&theirs.heir)).chain(&ids(&admin)) {
        assert!(!text.contains(hidden.as_str()), "{hidden}");
    }
}

#[test]
fn a_cursor_of_an_administrator_s_list_is_nothing_to_anybody_else() {
    let lab = Lab::start();
    let admin = lab.admin();
    let theirs = of_somebody(&lab, &admin);
    let stranger = Person::on(&lab.api);
    let cursor = |path: &str| {
        let next = admin.get(path).expect(200).next().expect("a next page");
        next.rsplit_once("cursor=").expect("a cursor").1.to_owned()
    };
    let history = format!("{}/history?limit=1", theirs.given);
    for list in ["/auth/users?limit=1", "/audit?limit=1", &history] {
        let cursor = cursor(list);
        for path in ["/tasks", "/auth/sessions", "/auth/me/export", "/time?from=2026-01-01&to=2026-12-31", list] {
            let joined = format!("{path}{}cursor={cursor}", if path.contains('?') { '&' } else { '?' });
            for person in [&stranger, &theirs.owner, &theirs.heir] {
                let answer = person.get(&joined);
                assert!([400, 403, 404].contains(&answer.status), "{joined}: {}", answer.status);
            }
            assert_eq!(lab.api.get(&joined).status, 401);
        }
        // What it holds can be followed, not changed to another's.
        assert!(!cursor.contains(&admin.id));
    }
    // A session that ended takes its cursors along.
    let path = format!("/auth/users?limit=1&cursor={}", cursor("/auth/users?limit=1"));
    admin.get(&path).expect(200);
    let again = admin.with(&admin.sign_in(PASSWORD));
    admin.call("POST", "/auth/logout").send().expect(204);
    admin.get(&path).problem(401);
    again.get(&path).expect(200);
}
