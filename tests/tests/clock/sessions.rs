//! Sessions: a day by token, and by cookie as long as they are used, for thirty days.

use serde_json::json;
use sprintsync_domain::Session;
use tests::{Answer, Lab, PASSWORD, Person, Table};

use crate::{DAY, HOUR};

fn open(lab: &Lab, token: &str, path: &str) -> Answer {
    lab.api.call("GET", path).cookie(token).same_origin().send()
}

/// Signs in by the form, and gives the cookie's token.
fn browser(lab: &Lab, person: &Person) -> String {
    let form = [("username", &*person.name), ("password", PASSWORD)];
    let answer = lab.api.call("POST", "/web/login").same_origin().form(&form).send().expect(303);
    renewed(&answer).expect("a cookie").0
}

/// The token that an answer puts in the cookie, and for how long.
fn renewed(answer: &Answer) -> Option<(String, i64)> {
    let cookie = answer.header("set-cookie")?;
    let token = cookie.strip_prefix("__Host-sprintsync=")?.split(';').next()?.to_owned();
    let seconds = cookie.split("Max-Age=").nth(1)?.split(';').next()?.parse().ok()?;
    assert!(cookie.contains("HttpOnly") && cookie.contains("Secure") && cookie.contains("SameSite=Lax"), "{cookie}");
    Some((token, seconds))
}

#[test]
fn a_cookie_in_use_is_renewed_for_thirty_days_and_a_bearer_token_is_not() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let bearer = person.sign_in(PASSWORD);
    let mut token = browser(&lab, &person);
    assert_eq!(renewed(&open(&lab, &token, "/dashboard").expect(200)), None, "it is fresh");
    lab.clock.advance(13 * HOUR);
    person.with(&bearer).get("/tasks").ok(200);
    // Not even where it is shown as a cookie: it is a program's.
    assert_eq!(renewed(&open(&lab, &bearer, "/dashboard").expect(200)), None);
    let mut age = 13 * HOUR;
    let mut renewals = 0;
    loop {
        let answer = open(&lab, &token, "/dashboard");
        if answer.status != 200 {
            assert_eq!(answer.header("location"), Some("/login?next=%2Fdashboard"));
            break;
        }
        if let Some((next, seconds)) = renewed(&answer) {
            assert!((1..=DAY).contains(&seconds) && age + seconds <= 30 * DAY + 60, "{age} {seconds}");
            renewals += 1;
            // The token of before is good until its own end.
            open(&lab, &token, "/account").expect(200);
            token = next;
        }
        lab.clock.advance(6 * HOUR);
        age += 6 * HOUR;
        assert!(age < 31 * DAY, "it never ends");
    }
    assert!(age >= 30 * DAY && renewals > 50, "{age} {renewals}");
    person.with(&bearer).get("/tasks").problem(401);
}

#[test]
fn a_session_that_ended_is_not_renewed_and_a_write_never_waits_for_it() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let (gone, kept) = (browser(&lab, &person), browser(&lab, &person));
    let person = person.with(&kept);
    lab.clock.advance(13 * HOUR);
    person.with(&gone).call("POST", "/auth/logout").send().expect(204);
    let answer = open(&lab, &gone, "/dashboard").expect(303);
    assert_eq!(answer.header("set-cookie"), None);
    let form = lab.api.call("POST", "/web/tasks").cookie(&person.token).same_origin().form(&[("title", "x")]).send();
    assert_eq!(form.expect(303).header("set-cookie"), None);
    let by_header = person.call("GET", "/dashboard").send().expect(200);
    assert_eq!(by_header.header("set-cookie"), None);
    let (token, _) = renewed(&open(&lab, &person.token, "/dashboard").expect(200)).expect("a new cookie");
    // It is the same session, and ends as one.
    let sessions = person.with(&token).get("/auth/sessions").ok(200);
    assert_eq!(sessions.as_array().map(Vec::len), Some(2), "this one, and the program's");
    person.call("POST", "/auth/logout").send().expect(204);
    open(&lab, &token, "/dashboard").expect(303);
}

#[test]
fn a_page_is_shown_where_the_renewal_fails() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let person = person.with(&browser(&lab, &person));
    lab.clock.advance(13 * HOUR);
    lab.faults.plan(|call| (call.operation == "UpdateItem").then_some(tests::Fault::Unavailable));
    let answer = open(&lab, &person.token, "/dashboard").expect(200);
    assert_eq!(answer.header("set-cookie"), None);
    assert!(lab.faults.happened() > 0);
    lab.faults.calm();
    assert!(renewed(&open(&lab, &person.token, "/dashboard")).is_some());
}

#[test]
fn a_password_that_changed_ends_what_was_renewed_elsewhere() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let elsewhere = browser(&lab, &person);
    lab.clock.advance(13 * HOUR);
    let (renewed, _) = renewed(&open(&lab, &elsewhere, "/dashboard")).expect("a new cookie");
    let changed = person.change_password(PASSWORD, "seven loud herons dance");
    open(&lab, &renewed, "/dashboard").expect(303);
    person.get("/auth/me").problem(401);
    changed.get("/auth/me").ok(200);
}

#[test]
fn a_session_that_ends_while_it_is_renewed_stays_ended() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let table = Table::of(&lab.stack);
    let store = table.store();
    let id = person.get("/auth/sessions").ok(200)[0]["id"].as_str().expect("an id").to_owned();
    let (user, session) = (person.id.parse().expect("an id"), id.parse().expect("an id"));
    let (_, seen) = tests::run(store.caller(user, session)).expect("the table").expect("a session");
    person.call("POST", "/auth/logout").send().expect(204);
    let renewed = Session { expires_at: lab.clock.now().plus_seconds(DAY), ..seen };
    assert!(!tests::run(store.renew_session(&renewed)).expect("the table"));
    assert!(!table.sort_keys(&format!("USER#{}", person.id)).iter().any(|sk| sk.starts_with("SESSION#")));
    person.get("/auth/me").problem(401);
}

#[test]
fn a_password_changed_in_a_browser_begins_a_session_of_its_own_which_is_renewed_like_any() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let tab = browser(&lab, &person);
    lab.clock.advance(13 * HOUR);
    let form = [("current_password", PASSWORD), ("new_password", "seven loud herons dance")];
    let call = lab.api.call("POST", "/web/account/password").cookie(&tab).same_origin();
    let (token, seconds) = renewed(&call.form(&form).send().expect(303)).expect("a new cookie");
    assert_eq!(seconds, DAY);
    open(&lab, &tab, "/dashboard").expect(303);
    open(&lab, &token, "/dashboard").expect(200);
    let sessions = person.with(&token).get("/auth/sessions").ok(200);
    assert_eq!(sessions.as_array().map(Vec::len), Some(1));
    // The same by a page's script, to which the token is not told.
    let change = json!({"current_password": "seven loud herons dance", "new_password": PASSWORD});
    let call = lab.api.call("POST", "/auth/password").cookie(&token).same_origin();
    let answer = call.json(&change).send().expect(204);
    let (next, _) = renewed(&answer).expect("a new cookie");
    assert!(answer.body.is_empty());
    open(&lab, &token, "/dashboard").expect(303);
    lab.clock.advance(13 * HOUR);
    assert!(renewed(&open(&lab, &next, "/dashboard").expect(200)).is_some(), "a browser's");
}

#[test]
fn a_page_of_two_steps_leaves_the_renewal_to_another() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let tab = browser(&lab, &person);
    let task = person.task_path("x");
    person.post(&format!("{task}/time"), &json!({"minutes": 5})).ok(201);
    lab.clock.advance(13 * HOUR);
    let day = person.get(&format!("{task}/time")).ok(200)[0]["worked_on"].as_str().expect("a day").to_owned();
    let week = open(&lab, &tab, &format!("/week?day={day}")).expect(200);
    assert_eq!((renewed(&week), tests::request_line(week.request_id())["table_sequence"].as_i64()), (None, Some(2)));
    let list = open(&lab, &tab, "/dashboard").expect(200);
    assert!(renewed(&list).is_some());
}
