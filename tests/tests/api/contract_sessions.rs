//! Signing in and out, sessions, the password.

use serde_json::{Value, json};
use tests::{Answer, PASSWORD, Person, api, fresh_name};

use crate::{is_id, is_instant, keys};

#[test]
fn signing_in_gives_a_bearer_token_for_a_day_and_no_cookie() {
    let person = Person::new();
    let form = [("grant_type", "password"), ("username", &*person.name), ("password", PASSWORD), ("scope", "")];
    let by_form = api().call("POST", "/auth/login").form(&form).send();
    for answer in [person.try_sign_in(PASSWORD), by_form] {
        let answer = answer.expect(200);
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.json();
        assert_eq!(keys(&body), ["access_token", "expires_in", "token_type"]);
        assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(86_400)));
        let token = body["access_token"].as_str().expect("a token");
        assert_eq!(person.with(token).get("/auth/me").ok(200)["id"], person.id.as_str());
    }
}

#[test]
fn wrong_and_unknown_are_told_alike() {
    let person = Person::new();
    let tell = |answer: Answer| {
        let mut problem = answer.problem(401);
        problem.as_object_mut().expect("an object").remove("request_id");
        problem
    };
    let login =
        |name: &str, password: &str| api().post("/auth/login", &json!({"username": name, "password": password}));
    let wrong = tell(login(&person.name, "not the password at all"));
    for (name, password) in [(&*fresh_name(), PASSWORD), ("no such name ever", PASSWORD), ("", ""), (&person.name, "")]
    {
        assert_eq!(tell(login(name, password)), wrong, "{name}");
    }
}

#[test]
fn a_sign_in_needs_its_two_fields() {
    api().post("/auth/login", &json!({})).names(&["username", "password"]);
    api().post("/auth/login", &json!({"username": 1, "password": null})).names(&["username", "password"]);
    api().post("/auth/login", &json!({"username": "a", "password": "b", "otp": "1"})).names(&["otp"]);
    api().call("POST", "/auth/login").form(&[("username", "someone")]).send().names(&["password"]);
    let twice = "username=a&username=b&password=c";
    api().call("POST", "/auth/login").body("application/x-www-form-urlencoded", twice).send().names(&["username"]);
    let kind = "application/x-www-form-urlencoded";
    api().call("POST", "/auth/login").body(kind, "username=%ff&password=x").send().problem(400);
    api().call("POST", "/auth/login").body("text/plain", "{}").send().problem(415);
    api().call("POST", "/auth/login").body("application/json", "{").send().problem(400);
}

#[test]
fn signing_out_ends_the_token_at_once_and_no_other() {
    let person = Person::new();
    let other = person.with(&person.sign_in(PASSWORD));
    person.call("POST", "/auth/logout").send().expect(204);
    for _ in 0..3 {
        person.get("/auth/me").problem(401);
        person.get("/tasks").problem(401);
    }
    person.call("POST", "/auth/logout").send().problem(401);
    other.get("/auth/me").ok(200);
}

#[test]
fn sessions_are_listed_and_ended() {
    let person = Person::new();
    let second = person.with(&person.sign_in(PASSWORD));
    let list = |who: &Person| who.get("/auth/sessions").ok(200).as_array().expect("a list").clone();
    let sessions = list(&person);
    assert_eq!(sessions.len(), 2);
    for session in &sessions {
        assert_eq!(keys(session), ["client", "created_at", "current", "expires_at", "id"]);
        assert!(is_id(&session["id"]) && is_instant(&session["created_at"]) && is_instant(&session["expires_at"]));
        assert!(session["created_at"].as_str() < session["expires_at"].as_str());
        assert_eq!(session["client"], "sprintsync-tests");
    }
    // Newest first; each sees itself as the current one.
    let current = |sessions: &[Value]| sessions.iter().map(|one| one["current"] == json!(true)).collect::<Vec<_>>();
    assert_eq!(current(&sessions), [false, true]);
    assert_eq!(current(&list(&second)), [true, false]);

    let path = |session: &Value| format!("/auth/sessions/{}", session["id"].as_str().expect("an id"));
    person.delete(&path(&sessions[0])).expect(204);
    second.get("/auth/me").problem(401);
    person.delete(&path(&sessions[0])).problem(404);
    assert_eq!(list(&person).len(), 1);
    person.delete(&path(&sessions[1])).expect(204);
    person.get("/auth/me").problem(401);
}

#[test]
fn sessions_of_others_are_not_there() {
    let (person, other) = (Person::new(), Person::new());
    let session = other.get("/auth/sessions").ok(200)[0]["id"].as_str().expect("an id").to_owned();
    person.delete(&format!("/auth/sessions/{session}")).problem(404);
    for id in ["x", "0", "018f2c5e-7700-7abc-8def-0123456789ab", "%20", "..%2F..", &session.replace('-', "")] {
        person.delete(&format!("/auth/sessions/{id}")).problem(404);
    }
    other.get("/auth/me").ok(200);
}

#[test]
fn a_new_password_ends_every_other_session() {
    let person = Person::new();
    let other = person.with(&person.sign_in(PASSWORD));
    let change = |current: &str, new: &str| {
        person.post("/auth/password", &json!({"current_password": current, "new_password": new}))
    };
    let new = "seven loud herons dance";
    change("not the password at all", new).problem(403);
    other.get("/auth/me").ok(200);
    person.try_sign_in(new).problem(401);

    let body = change(PASSWORD, new).ok(200);
    assert_eq!(keys(&body), ["access_token", "expires_in", "token_type"]);
    person.get("/auth/me").problem(401);
    let person = person.with(body["access_token"].as_str().expect("a token"));
    person.get("/auth/me").ok(200);
    other.get("/auth/me").problem(401);
    other.get("/tasks").problem(401);
    assert_eq!(person.get("/auth/sessions").ok(200).as_array().map(Vec::len), Some(1));
    person.try_sign_in(PASSWORD).problem(401);
    let third = person.with(&person.sign_in(new));
    third.get("/auth/me").ok(200);
    person.get("/auth/me").ok(200);
}

/// The cookies that an answer sets, by name.
fn cookies(answer: &Answer) -> Vec<(String, String)> {
    let all = answer.headers.get_all("set-cookie").iter();
    let all = all.map(|cookie| cookie.to_str().expect("text").split(';').next().expect("a pair").to_owned());
    all.filter_map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

#[test]
fn a_sign_in_over_a_session_ends_it_whosever_it_was() {
    let (person, other) = (Person::new(), Person::new());
    let form = |person: &Person, password: &str, over: &str| {
        let fields = [("username", person.name.as_str()), ("password", password)];
        api().call("POST", "/web/login").cookie(over).same_origin().form(&fields).send()
    };
    let signed_in = |answer: &Answer| person.with(&cookies(answer).first().expect("a cookie").1);
    let first = signed_in(&form(&person, PASSWORD, "none"));
    // Nothing ends where nobody is signed in.
    assert_eq!(form(&person, "wrong wrong wrong", &first.token).status, 401);
    first.get("/auth/me").ok(200);
    let second = signed_in(&form(&person, PASSWORD, &first.token));
    assert_ne!(second.token, first.token);
    first.get("/auth/me").problem(401);
    person.get("/auth/me").ok(200);
    let others = signed_in(&form(&other, PASSWORD, &second.token));
    second.get("/auth/me").problem(401);
    let name = fresh_name();
    let fields = [("username", name.as_str()), ("password", PASSWORD)];
    let made = api().call("POST", "/web/signup").cookie(&others.token).same_origin().form(&fields).send();
    assert_eq!(made.status, 303, "{}", made.text());
    others.get("/auth/me").problem(401);
    other.get("/auth/me").ok(200);
    let out = api().call("POST", "/web/logout").cookie(&signed_in(&made).token).same_origin().form(&[]).send();
    assert_eq!((out.status, out.header("clear-site-data")), (303, Some("\"cache\"")));
}

#[test]
fn a_bad_new_password_changes_nothing() {
    let person = Person::new();
    let change = |body: Value| person.post("/auth/password", &body);
    for new in ["short", "password", &"x".repeat(129), &person.name, ""] {
        change(json!({"current_password": PASSWORD, "new_password": new})).names(&["new_password"]);
    }
    change(json!({"current_password": PASSWORD})).names(&["new_password"]);
    change(json!({"new_password": "seven loud herons dance"})).names(&["current_password"]);
    change(json!({"current_password": 1, "new_password": 2})).names(&["current_password", "new_password"]);
    let more = json!({"current_password": PASSWORD, "new_password": "seven loud herons dance", "user_id": "x"});
    change(more).names(&["user_id"]);
    person.sign_in(PASSWORD);
}

#[test]
fn sessions_are_paged() {
    let person = Person::new();
    for _ in 0..4 {
        person.sign_in(PASSWORD);
    }
    let whole = person.get("/auth/sessions").ok(200);
    assert_eq!(whole.as_array().map(Vec::len), Some(5));
    let (sessions, pages) = person.walk("/auth/sessions?limit=2");
    assert_eq!((Value::Array(sessions), pages), (whole, 3));
    let next = person.get("/auth/sessions?limit=2").expect(200).next().expect("a next page");
    Person::new().get(&next).problem(400);
    person.get("/auth/sessions?limit=0").names(&["limit"]);
    person.get("/auth/sessions?cursor=x").problem(400);
}
