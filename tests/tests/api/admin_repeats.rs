//! Writes of administrators sent again under their key: one effect, one answer.

use serde_json::{Value, json};
use tests::{Answer, Lab, Person, fresh_name};

fn send(person: &Person, (method, path, body): (&str, &str, &Option<Value>), key: &str) -> Answer {
    let call = person.call(method, path).header("idempotency-key", key);
    body.iter().fold(call, |call, body| call.json(body)).send()
}

/// Everything that an administrator writes, each of something fresh.
fn writes(lab: &Lab, admin: &Person) -> Vec<(&'static str, String, Option<Value>, u16)> {
    let person = Person::on(&lab.api);
    let account = format!("/auth/users/{}", person.id);
    let path = person.task_path("x");
    let timed = person.task_path("y");
    person.call("POST", &format!("{timed}/timer/start")).send().ok(201);
    admin.call("POST", "/auth/admin/invites").send().expect(201);
    let invites = admin.get("/auth/admin/invites").ok(200);
    let invite = invites[0]["id"].as_str().expect("an id");
    vec![
        ("PATCH", account.clone(), Some(json!({"is_admin": true})), 200),
        ("POST", format!("{account}/password-reset"), None, 201),
        ("POST", "/auth/admin/invites".to_owned(), None, 201),
        ("DELETE", format!("/auth/admin/invites/{invite}"), None, 204),
        ("PUT", "/auth/admin/sign-up".to_owned(), Some(json!({"mode": "invite"})), 200),
        ("POST", format!("{path}/assign"), Some(json!({"user_id": admin.id})), 200),
        ("POST", format!("{timed}/assign"), Some(json!({"user_id": admin.id})), 200),
    ]
}

/// The same answer; or, where the first held a code, that it was shown.
fn same(first: &Answer, again: &Answer) {
    if first.status == 201 {
        again.clone().problem(409);
        return;
    }
    assert_eq!((first.status, first.text()), (again.status, again.text()));
    for header in ["etag", "location", "content-type"] {
        assert_eq!(first.header(header), again.header(header), "{header}");
    }
}

#[test]
fn every_write_of_an_administrator_is_repeatable_and_a_key_belongs_to_one_of_them() {
    let lab = Lab::start();
    let (admin, other) = (lab.admin(), lab.admin());
    let writes = writes(&lab, &admin);
    let mut before: Option<String> = None;
    for (method, path, body, status) in &writes {
        let key = fresh_name();
        let write = (*method, path.as_str(), body);
        let events = || other.walk("/audit?limit=200").0.len();
        let count = events();
        let first = send(&admin, write, &key).expect(*status);
        for _ in 0..2 {
            same(&first, &send(&admin, write, &key));
        }
        assert_eq!(events(), count + 1, "{method} {path}: one effect");
        // The key of another write, or of the same with another body.
        if let Some(used) = before.replace(key.clone()) {
            send(&admin, write, &used).problem(422);
        }
        send(&admin, (method, path, &Some(json!({"is_admin": false}))), &key).problem(422);
        assert_eq!(events(), count + 1, "{method} {path}: nothing more");
        // Another's key of the same name is theirs: what was answered is not told.
        let theirs = send(&other, write, &key);
        assert!(theirs.status < 500 && (theirs.status == 404 || theirs.status == *status), "{}", theirs.text());
        if *status == 201 {
            assert_ne!(theirs.json()["code"], first.json()["code"]);
        }
    }
}

#[test]
fn who_is_no_administrator_any_more_does_not_learn_what_was_answered() {
    let lab = Lab::start();
    let (admin, other) = (lab.admin(), lab.admin());
    let writes = writes(&lab, &admin);
    let kept: Vec<(String, Answer)> = writes
        .iter()
        .map(|(method, path, body, status)| {
            let key = fresh_name();
            let answer = send(&admin, (method, path, body), &key).expect(*status);
            (key, answer)
        })
        .collect();
    let account = format!("/auth/users/{}", admin.id);
    other.patch(&account, &json!({"is_admin": false})).ok(200);
    for ((method, path, body, _), (key, _)) in writes.iter().zip(&kept) {
        send(&admin, (method, path, body), key).problem(403);
    }
    other.patch(&account, &json!({"is_admin": true})).ok(200);
    for ((method, path, body, _), (key, answer)) in writes.iter().zip(&kept) {
        same(answer, &send(&admin, (method, path, body), key));
    }
    other.patch(&account, &json!({"disabled": true})).ok(200);
    for ((method, path, body, _), (key, _)) in writes.iter().zip(&kept) {
        send(&admin, (method, path, body), key).problem(401);
    }
}

#[test]
fn what_had_no_effect_is_not_kept() {
    let lab = Lab::start();
    let admin = lab.admin();
    let (key, account) = (fresh_name(), format!("/auth/users/{}", admin.id));
    send(&admin, ("PATCH", &account, &Some(json!({"is_admin": false}))), &key).problem(409);
    send(&admin, ("PATCH", &account, &Some(json!({"is_admin": 1}))), &key).problem(422);
    let second = lab.admin();
    send(&admin, ("PATCH", &account, &Some(json!({"is_admin": false}))), &key).ok(200);
    // Done: and whoever did it is none any more.
    send(&admin, ("PATCH", &account, &Some(json!({"is_admin": false}))), &key).problem(403);
    for bad in ["", "a b", &"x".repeat(65), "\u{fc}"] {
        send(&second, ("POST", "/auth/admin/invites", &None), bad).problem(400);
    }
    assert_eq!(second.get("/auth/admin/invites").ok(200), json!([]));
}
