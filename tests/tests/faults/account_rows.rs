//! Every write of an account. They take no key: each row says what the same request may answer when it is sent again
//! after a 503 that hid its effect.

use serde_json::json;
use tests::{Answer, PASSWORD, Person, fresh_name};

use crate::rows::{Check, Desk, Row, Write};

pub(crate) const OTHER_PASSWORD: &str = "seven loud herons dance";

/// The same desk with somebody new at it.
pub(crate) fn someone(desk: &Desk) -> Desk {
    desk.with(Person::on(&desk.person.api))
}

/// The same person, signed in a second time, and that session's id.
fn second(desk: &Desk) -> (Desk, String) {
    let person = desk.person.with(&desk.person.sign_in(PASSWORD));
    let sessions = person.get("/auth/sessions").ok(200);
    let id = sessions[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(sessions[0]["current"], true);
    (desk.with(person), id)
}

/// How many items of this kind the account has.
fn count(desk: &Desk, kind: &str) -> usize {
    let keys = desk.table.sort_keys(&format!("USER#{}", desk.person.id));
    keys.iter().filter(|key| key.starts_with(kind)).count()
}

/// `so` holds, and the account has one event more than now.
pub(crate) fn one_event(desk: Desk, so: impl Fn(&Desk) + 'static) -> Check {
    let before = count(&desk, "EV#");
    Box::new(move |_, _| {
        assert_eq!(count(&desk, "EV#"), before + 1, "one event more");
        so(&desk);
    })
}

/// The account of this name is there, and opens with its password.
fn signed_up(desk: &Desk, name: String) -> Check {
    let person = Person { name, ..desk.person.clone() };
    Box::new(move |_, _| {
        let person = person.with(&person.sign_in(PASSWORD));
        assert_eq!(person.get("/auth/me").ok(200)["username"], *person.name);
    })
}

/// One session more with its event, and what was given opens it. A 503 may have hidden one more, whose token nobody got.
fn signed_in(desk: &Desk, token: fn(&Answer) -> String) -> Check {
    let desk = desk.clone();
    let before = (count(&desk, "SESSION#"), count(&desk, "EV#"));
    Box::new(move |answer, hidden| {
        desk.person.with(&token(answer)).get("/auth/me").ok(200);
        let more = count(&desk, "SESSION#") - before.0;
        assert!(more == 1 || hidden && more == 2, "{more} sessions more");
        assert_eq!(count(&desk, "EV#") - before.1, more, "an event for each");
    })
}

fn from_json(answer: &Answer) -> String {
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}

fn from_cookie(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split_once('='));
    let token = cookie.and_then(|(_, rest)| rest.split(';').next()).expect("a cookie");
    token.to_owned()
}

/// The new password opens the account, and of its sessions only the one that came with it lives. Behind a 503 its token
/// got lost, and the old one is dead.
fn password_changed(desk: Desk, other: String, token: fn(&Answer) -> String) -> Check {
    let before = count(&desk, "EV#");
    Box::new(move |answer, hidden| {
        assert_eq!(count(&desk, "EV#"), before + 1, "one event more");
        match answer.status {
            401 => assert!(hidden, "{}", answer.text()),
            _ => drop(desk.person.with(&token(answer)).get("/auth/me").ok(200)),
        }
        for dead in [&desk.person, &desk.person.with(&other)] {
            dead.get("/auth/me").problem(401);
        }
        assert_eq!(count(&desk, "SESSION#"), 2, "the new one, and the other's, which is dead");
        desk.person.try_sign_in(OTHER_PASSWORD).expect(200);
    })
}

/// What was given opens a session, and the one before, of the same browser, is dead.
fn signed_in_over(desk: &Desk, before: &Person) -> Check {
    let (person, before) = (desk.person.clone(), before.clone());
    Box::new(move |answer, _| {
        person.with(&from_cookie(answer)).get("/auth/me").ok(200);
        before.get("/auth/me").problem(401);
        person.get("/auth/me").ok(200);
    })
}

/// The session is dead, and the person's first one lives.
fn ended(desk: &Desk, session: &Person) -> Check {
    let session = session.clone();
    one_event(desk.clone(), move |desk| {
        session.get("/auth/me").problem(401);
        desk.person.get("/auth/me").ok(200);
    })
}

/// Nobody can use the account, its name is free, and the rest is waiting to be erased.
fn left(desk: Desk) -> Check {
    Box::new(move |_, _| {
        desk.person.get("/auth/me").problem(401);
        desk.person.try_sign_in(PASSWORD).problem(401);
        assert!(desk.table.sort_keys("ERASURES").contains(&desk.person.id));
        let again = json!({"username": desk.person.name, "password": PASSWORD});
        desk.person.api.post("/auth/signup", &again).ok(201);
    })
}

fn profile(desk: &Desk) -> (i64, Check) {
    let minutes = desk.person.get("/auth/me").ok(200)["workday_minutes"].as_i64().expect("minutes") % 1_440 + 1;
    let desk = desk.clone();
    let check = one_event(desk, move |desk| {
        assert_eq!(desk.person.get("/auth/me").ok(200)["workday_minutes"], minutes);
    });
    (minutes, check)
}

fn row(
    route: &'static str,
    success: u16,
    landed: impl Into<Option<u16>>,
    make: fn(&Desk, Option<&str>) -> Write,
) -> Row {
    Row { route, success, landed: landed.into(), keyed: false, make }
}

pub(crate) fn of_accounts() -> Vec<Row> {
    vec![
        // Whose sign-up was answered 503 and landed learns that the name is taken, and can sign in.
        row("POST /auth/signup", 201, 409, |desk, _| {
            let name = fresh_name();
            let body = json!({"username": name, "password": PASSWORD});
            Write { send: desk.api("POST", "/auth/signup", Some(body), None), check: signed_up(desk, name) }
        }),
        row("POST /auth/login", 200, None, |desk, _| {
            let body = json!({"username": desk.person.name, "password": PASSWORD});
            Write { send: desk.api("POST", "/auth/login", Some(body), None), check: signed_in(desk, from_json) }
        }),
        // A session that ended behind a 503 is dead: its token says 401.
        row("POST /auth/logout", 204, 401, |desk, _| {
            let (second, _) = second(desk);
            let send = second.api("POST", "/auth/logout", None, None);
            Write { send, check: ended(desk, &second.person) }
        }),
        row("PATCH /auth/me", 200, None, |desk, _| {
            let (minutes, check) = profile(desk);
            Write { send: desk.api("PATCH", "/auth/me", Some(json!({"workday_minutes": minutes})), None), check }
        }),
        // A password that changed behind a 503 has ended the session.
        row("POST /auth/password", 200, 401, |desk, _| {
            let desk = someone(desk);
            let other = desk.person.sign_in(PASSWORD);
            let body = json!({"current_password": PASSWORD, "new_password": OTHER_PASSWORD});
            Write {
                send: desk.api("POST", "/auth/password", Some(body), None),
                check: password_changed(desk, other, from_json),
            }
        }),
        // A session that ended behind a 503 is not there any more.
        row("DELETE /auth/sessions/{id}", 204, 404, |desk, _| {
            let (second, id) = second(desk);
            let send = desk.api("DELETE", &format!("/auth/sessions/{id}"), None, None);
            Write { send, check: ended(desk, &second.person) }
        }),
        // An account that ended behind a 503 has no token any more.
        row("DELETE /auth/me", 204, 401, |desk, _| {
            let desk = someone(desk);
            let send = desk.api("DELETE", "/auth/me", Some(json!({"password": PASSWORD})), None);
            Write { send, check: left(desk) }
        }),
        row("POST /web/account/leave", 303, 401, |desk, _| {
            let desk = someone(desk);
            let send = desk.form("/web/account/leave", &[("password", PASSWORD)], None);
            Write { send, check: left(desk) }
        }),
        row("POST /web/signup", 303, 409, |desk, _| {
            let name = fresh_name();
            let fields = [("username", &*name), ("password", PASSWORD), ("time_zone", "UTC")];
            Write { send: desk.open_form("/web/signup", &fields), check: signed_up(desk, name) }
        }),
        row("POST /web/login", 303, None, |desk, _| {
            let fields = [("username", &*desk.person.name), ("password", PASSWORD)];
            Write { send: desk.open_form("/web/login", &fields), check: signed_in(desk, from_cookie) }
        }),
        row("POST /web/login", 303, None, |desk, _| {
            let (second, _) = second(desk);
            let fields = [("username", &*desk.person.name), ("password", PASSWORD)];
            Write { send: second.form("/web/login", &fields, None), check: signed_in_over(desk, &second.person) }
        }),
        row("POST /web/logout", 303, None, |desk, _| {
            let (second, _) = second(desk);
            Write { send: second.form("/web/logout", &[], None), check: ended(desk, &second.person) }
        }),
        row("POST /web/account", 303, None, |desk, _| {
            let (minutes, check) = profile(desk);
            let fields = [("time_zone", "UTC"), ("workday_minutes", &*minutes.to_string())];
            Write { send: desk.form("/web/account", &fields, None), check }
        }),
        row("POST /web/account/password", 303, 401, |desk, _| {
            let desk = someone(desk);
            let other = desk.person.sign_in(PASSWORD);
            let fields = [("current_password", PASSWORD), ("new_password", OTHER_PASSWORD)];
            let send = desk.form("/web/account/password", &fields, None);
            Write { send, check: password_changed(desk, other, from_cookie) }
        }),
        row("POST /web/account/sessions/{id}/end", 303, 404, |desk, _| {
            let (second, id) = second(desk);
            let send = desk.form(&format!("/web/account/sessions/{id}/end"), &[], None);
            Write { send, check: ended(desk, &second.person) }
        }),
    ]
}
