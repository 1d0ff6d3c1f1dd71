//! What an unsafe request must show (Fetch Metadata, with the origin as fallback): what acts by cookie, that a page of
//! ours sent it; whatever else, not that a page elsewhere did.

use local::Options;
use serde_json::json;
use tests::{Answer, Api, Own, PASSWORD, Person, api, stack};

use crate::callers::ADMIN;

/// Adds a task by cookie from a page that sends these headers.
fn add(api: &Api, person: &Person, headers: &[(&str, &str)]) -> Answer {
    let call = api.call("POST", "/tasks").cookie(&person.token).json(&json!({"title": "x"}));
    headers.iter().fold(call, |call, (name, value)| call.header(name, value)).send()
}

#[test]
fn only_our_own_pages_act_by_cookie() {
    let (person, own) = (Person::new(), api().base());
    add(api(), &person, &[("sec-fetch-site", "same-origin")]).ok(201);
    add(api(), &person, &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")]).ok(201);
    add(api(), &person, &[("origin", own)]).ok(201);
    for site in ["cross-site", "same-site", "none", "", "SAME-ORIGIN", "same-origin, same-origin"] {
        add(api(), &person, &[("sec-fetch-site", site)]).problem(403);
        add(api(), &person, &[("sec-fetch-site", site), ("origin", own)]).problem(403);
    }
    let port = own.rsplit(':').next().expect("a port");
    let (https, other_host) = (own.replace("http:", "https:"), format!("http://127.0.0.1:{port}"));
    let (suffix, other_port) = (format!("{own}.evil.example"), "http://localhost:1".to_owned());
    for origin in ["null", "", "http://localhost", "https://evil.example", &https, &other_host, &suffix, &other_port] {
        add(api(), &person, &[("origin", origin)]).problem(403);
    }
    add(api(), &person, &[]).problem(403);
    add(api(), &person, &[("referer", &format!("{own}/dashboard"))]).problem(403);
    assert_eq!(person.get("/tasks").ok(200).as_array().map(Vec::len), Some(3));
}

#[test]
fn our_origin_is_the_host_that_the_viewer_asked() {
    let person = Person::new();
    let by_number = Api::new(&api().base().replace("localhost", "127.0.0.1"));
    add(&by_number, &person, &[("origin", by_number.base())]).ok(201);
    add(&by_number, &person, &[("origin", api().base())]).problem(403);
    // Nobody outside tells us another one.
    let evil =
        [("origin", "http://evil.example"), ("x-viewer-host", "evil.example"), ("x-forwarded-host", "evil.example")];
    add(api(), &person, &evil).problem(403);
    let direct = Api::new(&stack().api_url());
    add(&direct, &person, &evil).problem(403);
    add(&direct, &person, &[evil.as_slice(), &[("x-origin-key", "guessed")]].concat()).problem(403);
}

#[test]
fn every_unsafe_method_is_checked() {
    let person = Person::new();
    let path = person.task_path("x");
    for (method, path, body) in [
        ("PUT", path.clone(), json!({})),
        ("PATCH", path.clone(), json!({"title": "y"})),
        ("DELETE", path.clone(), json!({})),
        ("POST", format!("{path}/status"), json!({"status": "done"})),
        ("POST", format!("{path}/time"), json!({"minutes": 1})),
        ("PATCH", "/auth/me".to_owned(), json!({"workday_minutes": 1})),
        ("POST", "/auth/logout".to_owned(), json!({})),
        (
            "POST",
            "/auth/password".to_owned(),
            json!({"current_password": PASSWORD, "new_password": "seven loud herons"}),
        ),
    ] {
        let call = api().call(method, &path).cookie(&person.token).json(&body);
        call.header("sec-fetch-site", "cross-site").send().problem(403);
    }
    assert_eq!(person.get(&path).ok(200)["version"], 1);
}

#[test]
fn what_an_administrator_may_is_done_from_our_own_pages_alone() {
    let (admin, person) = (Person::new(), Person::new());
    ADMIN.patch(&format!("/auth/users/{}", admin.id), &json!({"is_admin": true})).ok(200);
    let (account, path) = (format!("/auth/users/{}", person.id), person.task_path("x"));
    for (method, path, body, done) in [
        ("PATCH", account.clone(), json!({"disabled": false}), 200),
        ("POST", format!("{account}/password-reset"), json!({}), 201),
        ("POST", "/auth/admin/invites".to_owned(), json!({}), 201),
        ("PUT", "/auth/admin/sign-up".to_owned(), json!({"mode": "open"}), 200),
        ("POST", format!("{path}/assign"), json!({"user_id": admin.id}), 200),
    ] {
        let call = || api().call(method, &path).cookie(&admin.token).json(&body);
        for site in ["cross-site", "same-site", "none"] {
            call().header("sec-fetch-site", site).send().problem(403);
        }
        call().send().problem(403);
        call().same_origin().send().expect(done);
    }
    assert_eq!(admin.get(&path).ok(200)["version"], 2, "given once");
}

#[test]
fn reading_by_cookie_is_free() {
    let person = Person::new();
    for site in ["cross-site", "none", "same-site"] {
        let call = api().call("GET", "/tasks").cookie(&person.token).header("sec-fetch-site", site);
        call.header("origin", "https://evil.example").send().ok(200);
    }
    api().call("GET", "/tasks").cookie(&person.token).send().ok(200);
}

#[test]
fn a_page_elsewhere_does_nothing_whatever_it_shows_of_a_caller() {
    let person = Person::new();
    let calls: [fn(&Person) -> tests::Call; 4] = [
        |person| person.call("POST", "/tasks"),
        |person| person.call("POST", "/tasks").cookie(&person.token),
        // A bad header does not make the cookie count.
        |person| api().call("POST", "/tasks").cookie(&person.token).header("authorization", "Basic eDp5"),
        |_| api().call("POST", "/tasks"),
    ];
    let elsewhere = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", ""),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", ""),
    ];
    for call in calls {
        for (name, value) in elsewhere {
            call(&person).header(name, value).json(&json!({"title": "x"})).send().problem(403);
        }
    }
    assert_eq!(person.get("/tasks").ok(200).as_array().map(Vec::len), Some(0));
    // A program says nothing of it, or as an extension of a browser does: `none`. A page of ours may show a token too.
    for headers in [vec![], vec![("sec-fetch-site", "none")], vec![("origin", api().base())]] {
        let call = headers.iter().fold(person.call("POST", "/tasks"), |call, (name, value)| call.header(name, value));
        call.json(&json!({"title": "x"})).send().ok(201);
    }
}

#[test]
fn nobody_elsewhere_uses_up_a_visitor_s_tries_or_makes_accounts() {
    let own = Own::start(Options::default());
    let person = Person::on(&own.api);
    let form = [("username", person.name.as_str()), ("password", "wrong wrong wrong")];
    for _ in 0..6 {
        let evil = own.api.call("POST", "/auth/login").header("origin", "https://evil.example");
        evil.header("sec-fetch-site", "cross-site").form(&form).send().problem(403);
        let old = own.api.call("POST", "/auth/login").header("origin", "https://evil.example");
        old.form(&form).send().problem(403);
    }
    person.try_sign_in(PASSWORD).ok(200);
    let name = tests::fresh_name();
    for _ in 0..21 {
        let evil = own.api.call("POST", "/auth/signup").header("sec-fetch-site", "cross-site");
        evil.json(&json!({"username": name, "password": PASSWORD})).send().problem(403);
    }
    own.api.post("/auth/signup", &json!({"username": name, "password": PASSWORD})).ok(201);
    let evil = own.api.call("POST", "/auth/reset").header("sec-fetch-site", "same-site");
    evil.json(&json!({"code": "x", "new_password": PASSWORD})).send().problem(403);
    own.stop();
}

#[test]
fn forms_are_always_checked() {
    let person = Person::new();
    let fields = [("username", person.name.as_str()), ("password", PASSWORD)];
    let submit = |path: &str| api().call("POST", path).form(&fields);
    for path in ["/web/login", "/web/signup", "/web/tasks", "/web/logout"] {
        for answer in [
            submit(path).send(),
            submit(path).header("sec-fetch-site", "cross-site").send(),
            submit(path).header("sec-fetch-site", "none").send(),
            submit(path).header("origin", "https://evil.example").send(),
            submit(path).header("origin", "null").send(),
            submit(path).bearer(&person.token).header("sec-fetch-site", "cross-site").send(),
            submit(path).cookie(&person.token).header("sec-fetch-site", "same-site").send(),
        ] {
            assert_eq!(answer.status, 403, "{path}: {}", answer.text());
            assert_eq!(answer.header("set-cookie"), None, "{path}");
        }
    }
    person.get("/auth/me").ok(200);
    let signed_in = submit("/web/login").same_origin().send();
    assert_eq!(signed_in.status, 303, "{}", signed_in.text());
    let cookie = signed_in.header("set-cookie").expect("a cookie");
    for part in ["__Host-sprintsync=", "; Path=/", "; Max-Age=86400", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.to_ascii_lowercase().contains("domain="), "{cookie}");
    assert_eq!(submit("/web/login").header("origin", api().base()).send().status, 303);
}
