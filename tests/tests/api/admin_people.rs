//! People, as administrators see and change them.

use serde_json::{Value, json};
use tests::{Lab, PASSWORD, Person, Table, api};

use crate::callers::ADMIN;
use crate::{is_id, is_instant, keys};

fn account(person: &Person) -> String {
    format!("/auth/users/{}", person.id)
}

fn edit(admin: &Person, person: &Person, fields: &Value) -> Value {
    admin.patch(&account(person), fields).ok(200)
}

/// A problem without what is its request's own.
fn without_id(mut problem: Value) -> Value {
    problem.as_object_mut().expect("a problem").remove("request_id");
    problem
}

#[test]
fn an_account_has_the_fields_that_are_promised_and_no_others() {
    let person = Person::new();
    person.patch("/auth/me", &json!({"time_zone": "Europe/Berlin", "workday_minutes": 450})).ok(200);
    let read = ADMIN.get(&account(&person)).ok(200);
    let fields =
        ["created_at", "disabled", "id", "is_admin", "time_zone", "username", "workday_ends", "workday_minutes"];
    assert_eq!(keys(&read), fields);
    assert!(is_id(&read["id"]) && is_instant(&read["created_at"]));
    assert_eq!(
        (&read["username"], &read["is_admin"], &read["disabled"]),
        (&json!(person.name), &json!(false), &json!(false))
    );
    assert_eq!(read, person.get("/auth/me").ok(200), "what the person sees");
    let listed = ADMIN.get("/auth/users?limit=200").ok(200);
    let listed = listed.as_array().expect("a list").iter().find(|one| one["id"] == *person.id).cloned();
    assert_eq!(listed.as_ref(), Some(&read));
    assert_eq!(ADMIN.get(&format!("{}/", account(&person))).ok(200), read, "one slash at the end");
    assert_eq!(ADMIN.get(&account(&person).to_uppercase().replace("/AUTH/USERS", "/auth/users")).ok(200), read);
}

#[test]
fn an_administrator_promotes_demotes_shuts_out_and_lets_in() {
    let (person, task) = (Person::new(), Person::new().task_path("Of another"));
    person.get("/audit").problem(403);
    assert_eq!(edit(&ADMIN, &person, &json!({"is_admin": true}))["is_admin"], true);
    person.get("/audit").ok(200);
    person.get(&task).ok(200);
    let by_cookie = || api().call("GET", "/auth/users?limit=1").cookie(&person.token).same_origin().send();
    by_cookie().ok(200);
    let demoted = edit(&ADMIN, &person, &json!({"is_admin": false}));
    assert_eq!((demoted["is_admin"].clone(), demoted), (json!(false), ADMIN.get(&account(&person)).ok(200)));
    // With the next request, also in the middle of a session.
    by_cookie().problem(403);
    for path in ["/auth/users", "/auth/admin/invites", "/auth/admin/stats", "/audit", "/stats/cycle-time"] {
        person.get(path).problem(403);
    }
    person.get(&task).problem(404);
    person.get("/auth/me").ok(200);
    // Both at once, and what is so already.
    let both = json!({"is_admin": true, "disabled": true});
    for _ in 0..2 {
        let now = edit(&ADMIN, &person, &both);
        assert_eq!((&now["is_admin"], &now["disabled"]), (&json!(true), &json!(true)));
    }
    assert_eq!(edit(&ADMIN, &person, &json!({})), ADMIN.get(&account(&person)).ok(200));
    edit(&ADMIN, &person, &json!({"is_admin": false, "disabled": false}));
    let audit = ADMIN.walk(&format!("/audit?person={}", person.id)).0;
    let what: Vec<&Value> = audit.iter().map(|event| &event["what"]).filter(|what| *what != "signed_in").collect();
    let expected =
        ["enabled", "admin_revoked", "disabled", "admin_granted", "admin_revoked", "admin_granted", "signed_up"];
    let (mut what, mut expected) =
        (what.iter().map(|what| what.as_str().expect("a kind")).collect::<Vec<_>>(), expected);
    // Two that happened at once have no order between them.
    what.sort_unstable();
    expected.sort_unstable();
    assert_eq!(what, expected, "each that happened, and once");
}

#[test]
fn who_is_shut_out_has_no_access_with_the_next_request() {
    let person = Person::new();
    let browser = api().call("POST", "/web/login").same_origin();
    let signed_in = browser.form(&[("username", &*person.name), ("password", PASSWORD)]).send().expect(303);
    let cookie = signed_in.header("set-cookie").expect("a cookie");
    let cookie = cookie.split('=').nth(1).and_then(|rest| rest.split(';').next()).expect("a token").to_owned();
    let page = || api().call("GET", "/dashboard").cookie(&cookie).same_origin().send();
    page().expect(200);
    edit(&ADMIN, &person, &json!({"disabled": true}));
    person.get("/tasks").problem(401);
    person.post("/tasks", &json!({"title": "x"})).problem(401);
    let sent_away = page().expect(303);
    assert_eq!(sent_away.header("location"), Some("/login?next=%2Fdashboard"));
    // As if the password were wrong, in words too.
    let shut = without_id(person.try_sign_in(PASSWORD).problem(401));
    assert_eq!(shut, without_id(person.try_sign_in("four loud herons dance").problem(401)));
    assert_eq!(
        shut,
        without_id(Person { name: tests::fresh_name(), ..person.clone() }.try_sign_in(PASSWORD).problem(401))
    );
    edit(&ADMIN, &person, &json!({"disabled": false}));
    // What was signed out stays so.
    person.get("/tasks").problem(401);
    assert_eq!(page().status, 303);
    person.with(&person.sign_in(PASSWORD)).get("/tasks").ok(200);
}

#[test]
fn what_is_wrong_with_an_edit_is_told() {
    let person = Person::new();
    let path = account(&person);
    for (body, fields) in [
        (json!({"is_admin": "true"}), vec!["is_admin"]),
        (json!({"is_admin": 1, "disabled": []}), vec!["is_admin", "disabled"]),
        (json!({"is_admin": null}), vec!["is_admin"]),
        (json!({"username": "x", "is_admin": true}), vec!["username"]),
        (
            json!({"id": person.id, "created_at": "2026-01-01T00:00:00.000Z", "password": "x"}),
            vec!["id", "created_at", "password"],
        ),
        (json!({"epoch": 1, "version": 1}), vec!["epoch", "version"]),
    ] {
        ADMIN.patch(&path, &body).names(&fields);
    }
    assert_eq!(ADMIN.get(&path).ok(200)["is_admin"], false, "nothing of it was done");
    for bad in ["{", "", "{\"is_admin\": true,}", "{\"is_admin\": tru"] {
        ADMIN.call("PATCH", &path).body("application/json", bad).send().problem(400);
    }
    for bad in ["[]", "null", "\"x\"", "7"] {
        ADMIN.call("PATCH", &path).body("application/json", bad).send().problem(422);
    }
    ADMIN.call("PATCH", &path).body("application/json", b"{\"x\": \"\xff\"}".as_slice()).send().problem(400);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"] {
        ADMIN.call("PATCH", &path).body(kind, "{\"is_admin\": true}").send().problem(415);
    }
    ADMIN.call("PATCH", &path).untyped("{\"is_admin\": true}").send().problem(415);
    let huge = format!("{{\"x\": \"{}\"}}", "x".repeat(300 * 1024));
    ADMIN.call("PATCH", &path).body("application/json", huge).send().problem(413);
    ADMIN.call("PATCH", &path).json(&json!({"is_admin": true, "is_admin ": true})).send().names(&["is_admin "]);
    let twice = "{\"is_admin\": true, \"is_admin\": false}";
    ADMIN.call("PATCH", &path).body("application/json", twice).send().names(&["is_admin"]);
    assert_eq!(ADMIN.get(&path).ok(200)["is_admin"], false);
}

#[test]
fn an_id_that_is_none_or_nobody_s_is_404() {
    let gone = Person::new();
    gone.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send().expect(204);
    let task = Person::new().task("x")["id"].as_str().expect("an id").to_owned();
    let nobody = "018f2c5e-7700-7abc-8def-0123456789ab";
    for id in ["x", "1", "%00", "..%2F..", "me", "0", "00000000-0000-0000-0000-000000000000", nobody, &task, &gone.id] {
        let path = format!("/auth/users/{id}");
        ADMIN.get(&path).problem(404);
        ADMIN.patch(&path, &json!({"is_admin": true})).problem(404);
        ADMIN.call("POST", &format!("{path}/password-reset")).send().problem(404);
        ADMIN.delete(&format!("/auth/admin/invites/{id}")).problem(404);
        if id != task {
            ADMIN.post(&format!("/tasks/{id}/assign"), &json!({"user_id": ADMIN.id})).problem(404);
        }
    }
}

#[test]
fn methods_are_those_of_the_contract() {
    let person = Person::new();
    let path = account(&person);
    for (method, path, allow) in [
        ("DELETE", "/auth/users", "GET,HEAD"),
        ("POST", "/auth/users", "GET,HEAD"),
        ("PUT", &*path, "GET,HEAD,PATCH"),
        ("DELETE", &*path, "GET,HEAD,PATCH"),
        ("GET", &*format!("{path}/password-reset"), "POST"),
        ("PUT", "/auth/admin/invites", "GET,HEAD,POST"),
        ("GET", "/auth/admin/invites/x", "DELETE"),
        ("PATCH", "/auth/admin/sign-up", "GET,HEAD,PUT"),
        ("POST", "/auth/admin/stats", "GET,HEAD"),
        ("POST", "/stats/top-users", "GET,HEAD"),
        ("DELETE", "/stats/cycle-time", "GET,HEAD"),
        ("DELETE", "/audit", "GET,HEAD"),
        ("GET", "/auth/reset", "POST"),
        ("GET", "/tasks/x/assign", "POST"),
    ] {
        let answer = ADMIN.call(method, path).send().expect(405);
        let mut allowed: Vec<&str> = answer.header("allow").expect("a list").split(',').map(str::trim).collect();
        allowed.sort_unstable();
        let mut expected: Vec<&str> = allow.split(',').collect();
        expected.sort_unstable();
        assert_eq!(allowed, expected, "{method} {path}");
    }
    for path in [
        "/auth/users?limit=1",
        &path,
        "/auth/admin/invites",
        "/auth/admin/sign-up",
        "/auth/admin/stats?limit=1",
        "/stats/top-users",
        "/stats/cycle-time",
        "/audit?limit=1",
    ] {
        let head = ADMIN.call("HEAD", path).send();
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(head.header("content-type"), Some("application/json"), "{path}");
        assert_eq!(person.call("HEAD", path).send().status, 403, "{path}");
    }
}

#[test]
fn the_last_enabled_administrator_stays() {
    let lab = Lab::start();
    let (admin, second) = (lab.admin(), Person::on(&lab.api));
    let leave = |person: &Person| person.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send();
    let nobody_else = |admin: &Person| {
        for fields in
            [json!({"is_admin": false}), json!({"disabled": true}), json!({"is_admin": false, "disabled": true})]
        {
            admin.patch(&account(admin), &fields).problem(409);
        }
        leave(admin).problem(409);
        let me = admin.get("/auth/me").ok(200);
        assert_eq!((&me["is_admin"], &me["disabled"]), (&json!(true), &json!(false)));
    };
    nobody_else(&admin);
    // Somebody who is shut out does not count, also as one who was promoted.
    edit(&admin, &second, &json!({"is_admin": true, "disabled": true}));
    nobody_else(&admin);
    edit(&admin, &second, &json!({"disabled": false}));
    let second = second.with(&second.sign_in(PASSWORD));
    edit(&admin, &admin, &json!({"is_admin": false}));
    admin.get("/auth/users").problem(403);
    admin.patch(&account(&second), &json!({"is_admin": false})).problem(403);
    nobody_else(&second);
    // Promoted ones count: by whom they were, makes no difference.
    edit(&second, &admin, &json!({"is_admin": true}));
    edit(&admin, &second, &json!({"disabled": true}));
    second.get("/auth/users").problem(401);
    nobody_else(&admin);
    edit(&admin, &second, &json!({"disabled": false}));
    leave(&admin).expect(204);
    let second = second.with(&second.sign_in(PASSWORD));
    nobody_else(&second);
    second.get(&account(&admin)).problem(404);
}

#[test]
fn an_operator_s_administrators_count_with_those_who_were_promoted() {
    let lab = Lab::start();
    let (admin, second) = (lab.admin(), Person::on(&lab.api));
    edit(&admin, &second, &json!({"is_admin": true}));
    // Named once more: no second count.
    Table::of(&lab.stack).grant_admin(&second.name);
    edit(&second, &admin, &json!({"is_admin": false}));
    second.patch(&account(&second), &json!({"is_admin": false})).problem(409);
}
