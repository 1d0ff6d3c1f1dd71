//! What attackers try, on a stack with the contract's own limits.

use local::Options;
use serde_json::{Value, json};
use tests::{Answer, Api, Call, Clock, Own, PASSWORD, Person, Table, fresh_name};

const NEW: &str = "seven loud herons dance";

fn strict() -> Own {
    Own::start(Options::default())
}

/// A call from this address, as the front would say it with its own key.
fn from(own: &Own, address: &str, method: &str, path: &str) -> Call {
    let key = own.stack.secrets().origin_key().expect("the front's key");
    let call = Api::new(&own.stack.api_url()).call(method, path);
    call.header("x-origin-key", &key).header("x-viewer-ip", address).header("x-viewer-host", "localhost")
}

/// The cookies that an answer sets, as a browser sends them.
fn cookies(answer: &Answer) -> String {
    let pairs = answer.headers.get_all("set-cookie").iter();
    let pairs = pairs.map(|cookie| cookie.to_str().expect("text").split(';').next().expect("a pair").to_owned());
    pairs.collect::<Vec<_>>().join("; ")
}

fn what_happened(own: &Own, person: &Person) -> Vec<String> {
    let admin = Person::on(&own.api);
    Table::of(&own.stack).grant_admin(&admin.name);
    let events = admin.walk(&format!("/audit?person={}", person.id)).0;
    events.iter().map(|event| event["what"].as_str().expect("a kind").to_owned()).collect()
}

#[test]
fn a_stolen_session_has_five_guesses_wherever_they_come_from_and_leaves_a_trace() {
    let own = strict();
    let owner = Person::on(&own.api);
    let stolen = owner.with(&owner.sign_in(PASSWORD));
    let change = json!({"current_password": "wrong wrong wrong", "new_password": NEW});
    let leave = json!({"password": "wrong wrong wrong"});
    for n in 0..5 {
        let address = format!("198.51.100.{n}");
        let call = match n % 2 {
            0 => from(&own, &address, "POST", "/auth/password").json(&change),
            _ => from(&own, &address, "DELETE", "/auth/me").json(&leave),
        };
        let answer = call.bearer(&stolen.token).send();
        answer.problem(if n < 4 { 403 } else { 401 });
    }
    stolen.get("/auth/me").problem(401);
    owner.get("/auth/me").ok(200);
    let happened = what_happened(&own, &owner);
    let count = |what: &str| happened.iter().filter(|kind| *kind == what).count();
    assert_eq!((count("sign_in_failed"), count("session_ended")), (5, 1), "{happened:?}");
    own.stop();
}

#[test]
fn a_browser_whose_session_was_used_up_is_led_to_sign_in() {
    let own = strict();
    let owner = Person::on(&own.api);
    let form = [("current_password", "wrong wrong wrong"), ("new_password", NEW)];
    let send = |path: &str, form: &[(&str, &str)]| {
        own.api.call("POST", path).cookie(&owner.token).same_origin().form(form).send()
    };
    for _ in 0..4 {
        assert_eq!(send("/web/account/password", &form).status, 403);
    }
    let ended = send("/web/account/leave", &[("password", "wrong wrong wrong")]);
    assert_eq!((ended.status, ended.header("location")), (303, Some("/login?done=wrong")));
    assert!(ended.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    let page = own.api.get("/login?done=wrong");
    assert!(page.text().contains("Too many wrong passwords."), "{}", page.text());
    owner.get("/auth/me").problem(401);
    own.stop();
}

#[test]
fn a_name_that_others_lock_still_opens_in_the_browser_of_its_owner() {
    let own = strict();
    let owner = Person::on(&own.api);
    let sign_in = |address: &str, cookie: &str, name: &str, password: &str| {
        let call = from(&own, address, "POST", "/web/login").header("origin", "http://localhost");
        call.header("cookie", cookie).form(&[("username", name), ("password", password)]).send()
    };
    let home = sign_in("192.0.2.1", "a=b", &owner.name, PASSWORD);
    assert_eq!(home.status, 303, "{}", home.text());
    let device = cookies(&home).split("; ").find(|pair| pair.starts_with("__Host-device=")).expect("it").to_owned();
    assert!(!device.contains(&owner.name), "it does not tell the name");
    for source in 0..10 {
        for _ in 0..5 {
            sign_in(&format!("198.51.100.{source}"), "a=b", &owner.name, "wrong wrong wrong");
        }
    }
    assert_eq!(sign_in("192.0.2.1", "a=b", &owner.name, PASSWORD).status, 429, "the name is locked");
    assert_eq!(sign_in("192.0.2.1", &device, &owner.name.to_uppercase(), PASSWORD).status, 303);
    // It is its own name's alone, and has five tries as everybody.
    let other = fresh_name();
    for _ in 0..5 {
        assert_eq!(sign_in("198.51.100.77", &device, &other, "wrong wrong wrong").status, 401);
        assert_eq!(sign_in("198.51.100.78", &device, &owner.name, "wrong wrong wrong").status, 401);
    }
    assert_eq!(sign_in("198.51.100.77", &device, &other, "wrong wrong wrong").status, 429);
    assert_eq!(sign_in("192.0.2.1", &device, &owner.name, PASSWORD).status, 429, "used up");
    let forged = format!("{device}x");
    assert_eq!(sign_in("192.0.2.1", &forged, &owner.name, PASSWORD).status, 429);
    own.stop();
}

#[test]
fn a_person_has_thirty_sessions_and_the_oldest_end() {
    let own = strict();
    let first = Person::on(&own.api);
    let others: Vec<Person> = (0..31).map(|_| first.with(&first.sign_in(PASSWORD))).collect();
    let alive = |person: &Person| person.get("/auth/me").status == 200;
    assert!(!alive(&first) && !alive(&others[0]), "the two oldest");
    assert!(others[1..].iter().all(alive));
    let listed = others[30].get("/auth/sessions?limit=200").ok(200);
    assert_eq!(listed.as_array().map(Vec::len), Some(30));
    assert_eq!(what_happened(&own, &first).iter().filter(|what| *what == "session_ended").count(), 2);
    own.stop();
}

#[test]
fn nobody_writes_more_than_three_hundred_times_a_minute() {
    let clock = Clock::default();
    clock.set("2026-11-23T09:00:00Z");
    let own = Own::start(Options { world: clock.world(), ..Options::default() });
    let (person, other) = (Person::on(&own.api), Person::on(&own.api));
    // A body that is refused is a write all the same.
    let write = |person: &Person| person.post("/tasks", &json!({"title": ""}));
    let answers: Vec<u16> = (0..301).map(|_| write(&person).status).collect();
    assert_eq!(answers.iter().filter(|status| **status == 422).count(), 300);
    let refused = write(&person).expect(429);
    assert!(refused.header("retry-after").is_some_and(|seconds| seconds.parse::<i64>().is_ok_and(|s| s <= 61)));
    person.get("/tasks").ok(200);
    write(&other).problem(422);
    clock.advance(61);
    write(&person).problem(422);
    own.stop();
}

#[test]
fn an_api_that_is_shut_but_for_its_front_answers_nobody_else() {
    let own = Own::start(Options { only_through_front: true, ..Options::default() });
    let person = Person::on(&own.api);
    person.get("/auth/me").ok(200);
    own.api.get("/health").ok(200);
    let direct = Api::new(&own.stack.api_url());
    for call in [
        direct.call("GET", "/health"),
        direct.call("GET", "/auth/me").bearer(&person.token),
        direct.call("POST", "/auth/login").json(&json!({"username": person.name, "password": PASSWORD})),
        direct.call("GET", "/health").header("x-origin-key", "guessed"),
    ] {
        call.send().problem(403);
    }
    assert_eq!(direct.get("/login").status, 403);
    assert_eq!(from(&own, "192.0.2.1", "GET", "/health").send().status, 200);
    own.stop();
}

#[test]
fn codes_are_kept_nowhere_in_clear_and_shown_once() {
    let own = strict();
    let (admin, person) = (Person::on(&own.api), Person::on(&own.api));
    let table = Table::of(&own.stack);
    table.grant_admin(&admin.name);
    let reset = format!("/auth/users/{}/password-reset", person.id);
    for path in [reset.as_str(), "/auth/admin/invites"] {
        let key = fresh_name();
        let ask = || admin.call("POST", path).header("idempotency-key", &key).send();
        let issued: Value = ask().ok(201);
        let code = issued["code"].as_str().expect("a code");
        for _ in 0..2 {
            let problem = ask().problem(409);
            assert!(problem["detail"].as_str().is_some_and(|text| text.starts_with("Already shown.")), "{problem}");
        }
        assert!(!format!("{:?}", table.everything()).contains(code), "{path}: in clear");
    }
    own.stop();
}
