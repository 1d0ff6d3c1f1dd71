//! A new password by a one-time link.

use serde_json::{Value, json};
use tests::{Answer, PASSWORD, Person, api};

use crate::callers::ADMIN;
use crate::{is_instant, keys};

const NEW: &str = "seven loud herons dance";

fn issue(person: &Person) -> Value {
    ADMIN.call("POST", &format!("/auth/users/{}/password-reset", person.id)).send().ok(201)
}

fn code(person: &Person) -> String {
    issue(person)["code"].as_str().expect("a code").to_owned()
}

fn reset(code: &str, password: &str) -> Answer {
    api().post("/auth/reset", &json!({"code": code, "new_password": password}))
}

#[test]
fn a_link_sets_a_new_password_once_and_ends_every_session() {
    let person = Person::new();
    let second = person.with(&person.sign_in(PASSWORD));
    let issued = issue(&person);
    assert_eq!(keys(&issued), ["code", "expires_at", "path"]);
    let code = issued["code"].as_str().expect("a code");
    assert_eq!(issued["path"], format!("/reset?code={code}"));
    assert!(is_instant(&issued["expires_at"]) && code.len() == 24);
    // Nothing changes by its being made.
    person.get("/auth/me").ok(200);
    let answer = reset(code, NEW).expect(204);
    assert_eq!((answer.header("set-cookie"), answer.body.len()), (None, 0), "nobody is signed in by it");
    person.get("/auth/me").problem(401);
    second.get("/auth/me").problem(401);
    person.try_sign_in(PASSWORD).problem(401);
    person.try_sign_in(NEW).ok(200);
    reset(code, "nine calm badgers swim").names(&["code"]);
    person.try_sign_in(NEW).ok(200);
}

#[test]
fn of_two_links_both_are_good_until_one_is_used() {
    let person = Person::new();
    let (first, second) = (code(&person), code(&person));
    assert_ne!(first, second);
    reset(&first, NEW).expect(204);
    reset(&second, PASSWORD).names(&["code"]);
    let (first, second) = (code(&person), code(&person));
    reset(&second, PASSWORD).expect(204);
    reset(&first, NEW).names(&["code"]);
    person.try_sign_in(PASSWORD).ok(200);
}

#[test]
fn a_link_ends_with_every_other_change_of_the_password_and_when_its_owner_is_shut_out_or_leaves() {
    let person = Person::new();
    let link = code(&person);
    let person = person.change_password(PASSWORD, NEW);
    reset(&link, "nine calm badgers swim").names(&["code"]);
    person.try_sign_in(NEW).ok(200);
    // What leaves the password as it is leaves the link as it is.
    let link = code(&person);
    person.patch("/auth/me", &json!({"workday_minutes": 400})).ok(200);
    person.call("POST", "/auth/logout").send().expect(204);
    ADMIN.patch(&format!("/auth/users/{}", person.id), &json!({"is_admin": true})).ok(200);
    ADMIN.patch(&format!("/auth/users/{}", person.id), &json!({"is_admin": false})).ok(200);
    reset(&link, PASSWORD).expect(204);
    let link = code(&person);
    let account = format!("/auth/users/{}", person.id);
    ADMIN.patch(&account, &json!({"disabled": true})).ok(200);
    reset(&link, NEW).names(&["code"]);
    // A link does not let anybody in who is shut out.
    reset(&code(&person), NEW).expect(204);
    person.try_sign_in(NEW).problem(401);
    ADMIN.patch(&account, &json!({"disabled": false})).ok(200);
    let person = person.with(&person.sign_in(NEW));
    let link = code(&person);
    person.call("DELETE", "/auth/me").json(&json!({"password": NEW})).send().expect(204);
    reset(&link, PASSWORD).names(&["code"]);
    ADMIN.call("POST", &format!("{account}/password-reset")).send().problem(404);
}

#[test]
fn a_password_that_is_refused_leaves_the_link_good() {
    let person = Person::new();
    let link = code(&person);
    for weak in ["", "short", "password", "12345678", &person.name, &"x".repeat(129)] {
        reset(&link, weak).names(&["new_password"]);
    }
    api().post("/auth/reset", &json!({"code": link})).names(&["new_password"]);
    api().post("/auth/reset", &json!({"code": link, "new_password": null})).names(&["new_password"]);
    api()
        .post("/auth/reset", &json!({"code": link, "new_password": NEW, "username": person.name}))
        .names(&["username"]);
    person.get("/auth/me").ok(200);
    reset(&link, NEW).expect(204);
}

#[test]
fn a_code_that_is_none_says_nothing_of_anybody() {
    let person = Person::new();
    let used = code(&person);
    reset(&used, NEW).expect(204);
    let told = |code: Value| {
        let mut problem = api().post("/auth/reset", &json!({"code": code, "new_password": PASSWORD})).problem(422);
        problem.as_object_mut().expect("a problem").remove("request_id");
        problem
    };
    let of_a_used_one = told(json!(used));
    let weak = api().post("/auth/reset", &json!({"code": used, "new_password": "x"})).names(&["code"]);
    assert!(!weak.text().contains("new_password"), "whose it was is not told by what is asked of the password");
    for bad in [
        json!("x"),
        json!(""),
        json!("A".repeat(24)),
        json!(used.to_lowercase()),
        json!("x".repeat(9_000)),
        json!(null),
        json!(7),
    ] {
        assert_eq!(told(bad), of_a_used_one);
    }
    api().post("/auth/reset", &json!({"new_password": PASSWORD})).names(&["code"]);
    api().call("POST", "/auth/reset").body("application/json", "{").send().problem(400);
    api().call("POST", "/auth/reset").form(&[("code", &used), ("new_password", NEW)]).send().problem(415);
    // An invite is no link.
    let invite = ADMIN.call("POST", "/auth/admin/invites").send().ok(201);
    assert_eq!(told(invite["code"].clone()), of_a_used_one);
    person.try_sign_in(NEW).ok(200);
}

#[test]
fn an_administrator_is_no_less_a_person() {
    // By an administrator for themselves, with the session that ends by it.
    let admin = Person::new();
    ADMIN.patch(&format!("/auth/users/{}", admin.id), &json!({"is_admin": true})).ok(200);
    let issued = admin.call("POST", &format!("/auth/users/{}/password-reset", admin.id)).send().ok(201);
    reset(issued["code"].as_str().expect("a code"), NEW).expect(204);
    admin.get("/auth/me").problem(401);
    assert_eq!(admin.with(&admin.sign_in(NEW)).get("/auth/me").ok(200)["is_admin"], true);
}
