//! The contract's own limits, on a stack that does not stretch them.

use local::Options;
use serde_json::json;
use tests::{Answer, Api, Own, PASSWORD, Person, fresh_name, raw};

fn strict() -> Own {
    Own::start(Options::default())
}

fn wait(answer: &Answer) -> i64 {
    answer.header("retry-after").expect("Retry-After").parse().expect("seconds")
}

fn sign_in(api: &Api, name: &str, password: &str) -> Answer {
    api.post("/auth/login", &json!({"username": name, "password": password}))
}

#[test]
fn after_five_failures_nobody_signs_in_for_a_quarter_of_an_hour() {
    let own = strict();
    let person = Person::on(&own.api);
    for _ in 0..5 {
        sign_in(&own.api, &person.name, "wrong wrong wrong").problem(401);
    }
    // Not even with the right password, nor with the name in another case.
    for name in [person.name.clone(), person.name.to_uppercase()] {
        let refused = sign_in(&own.api, &name, PASSWORD).expect(429);
        assert!((800..=901).contains(&wait(&refused)), "{}", wait(&refused));
    }
    // What is signed in stays so, and others from the same place sign in.
    person.get("/auth/me").ok(200);
    Person::on(&own.api);
    own.stop();
}

#[test]
fn unknown_names_count_alike() {
    let own = strict();
    let name = fresh_name();
    for _ in 0..5 {
        sign_in(&own.api, &name, "wrong wrong wrong").problem(401);
    }
    let refused = sign_in(&own.api, &name, "wrong wrong wrong").expect(429);
    assert!((800..=901).contains(&wait(&refused)), "{}", wait(&refused));
    own.stop();
}

#[test]
fn a_success_forgets_the_failures() {
    let own = strict();
    let person = Person::on(&own.api);
    for _ in 0..3 {
        for _ in 0..4 {
            person.try_sign_in("wrong wrong wrong").problem(401);
        }
        person.try_sign_in(PASSWORD).ok(200);
    }
    own.stop();
}

#[test]
fn right_passwords_are_never_limited() {
    let own = strict();
    let person = Person::on(&own.api);
    for _ in 0..25 {
        person.try_sign_in(PASSWORD).ok(200);
    }
    own.stop();
}

#[test]
fn nobody_s_word_about_where_they_come_from_counts() {
    let own = strict();
    let person = Person::on(&own.api);
    let from = |n: usize, api: &Api| {
        let call = api.call("POST", "/auth/login");
        let call =
            call.header("x-forwarded-for", &format!("198.51.100.{n}")).header("x-viewer-ip", &format!("203.0.113.{n}"));
        let call = call.header("forwarded", &format!("for=192.0.2.{n}")).header("x-real-ip", &format!("192.0.2.{n}"));
        let call = call.header("x-origin-key", "guessed");
        call.json(&json!({"username": person.name, "password": "wrong wrong wrong"})).send()
    };
    for n in 0..5 {
        from(n, &own.api).problem(401);
    }
    from(6, &own.api).problem(429);
    // Past the front it is the same address still.
    from(7, &Api::new(&own.stack.api_url())).problem(429);
    own.stop();
}

#[test]
fn twenty_accounts_an_hour_come_from_one_source() {
    let own = strict();
    let sign_up = |name: &str| own.api.post("/auth/signup", &json!({"username": name, "password": PASSWORD}));
    let taken = fresh_name();
    sign_up(&taken).ok(201);
    // A name that is taken counts; what is refused for its form does not.
    sign_up(&taken).problem(409);
    for _ in 0..5 {
        sign_up("x").names(&["username"]);
    }
    for _ in 0..18 {
        sign_up(&fresh_name()).ok(201);
    }
    let refused = sign_up(&fresh_name()).expect(429);
    assert!((1..=3_601).contains(&wait(&refused)), "{}", wait(&refused));
    sign_up(&taken).problem(429);
    // Signing in is another counter.
    sign_in(&own.api, &taken, PASSWORD).ok(200);
    own.stop();
}

#[test]
fn guessing_the_current_password_is_limited_too() {
    let own = strict();
    let person = Person::on(&own.api);
    let change = |current: &str| {
        person.post("/auth/password", &json!({"current_password": current, "new_password": "seven loud herons dance"}))
    };
    for _ in 0..4 {
        change("wrong wrong wrong").problem(403);
    }
    // Whoever guesses once too often in a session is not its owner: it ends.
    change("wrong wrong wrong").problem(401);
    change(PASSWORD).problem(401);
    let person = person.with(&person.sign_in(PASSWORD));
    let body = json!({"current_password": PASSWORD, "new_password": "seven loud herons dance"});
    person.post("/auth/password", &body).problem(429);
    own.stop();
}

/// Tries to sign in from this address, as the front would say it with its own key.
fn from(own: &Own, address: &str, name: &str) -> Answer {
    let key = own.stack.secrets().origin_key().expect("the front's key");
    let call = Api::new(&own.stack.api_url()).call("POST", "/auth/login");
    let call = call.header("x-origin-key", &key).header("x-viewer-ip", address).header("x-viewer-host", "localhost");
    call.json(&json!({"username": name, "password": "wrong wrong wrong"})).send()
}

#[test]
fn fifty_failures_an_hour_shut_a_name_wherever_they_come_from() {
    let own = strict();
    let name = fresh_name();
    for source in 0..10 {
        for _ in 0..5 {
            from(&own, &format!("198.51.100.{source}"), &name).problem(401);
        }
    }
    let refused = from(&own, "198.51.100.99", &name).expect(429);
    assert!((1..=3_601).contains(&wait(&refused)), "{}", wait(&refused));
    from(&own, "198.51.100.99", &fresh_name()).problem(401);
    own.stop();
}

#[test]
fn a_hundred_failures_shut_a_source_whoever_it_tries() {
    let own = strict();
    for n in 0..100 {
        // One subscriber has a whole /64 of IPv6 addresses.
        from(&own, &format!("2001:db8:1:2::{n:x}"), &fresh_name()).problem(401);
    }
    let refused = from(&own, "2001:db8:1:2:ffff::1", &fresh_name()).expect(429);
    assert!((1..=901).contains(&wait(&refused)), "{}", wait(&refused));
    from(&own, "2001:db8:1:3::1", &fresh_name()).problem(401);
    own.stop();
}

#[test]
fn a_limited_form_keeps_its_page() {
    let own = strict();
    let name = fresh_name();
    for _ in 0..5 {
        sign_in(&own.api, &name, "wrong wrong wrong").problem(401);
    }
    let form = [("username", name.as_str()), ("password", "wrong wrong wrong")];
    let page = own.api.call("POST", "/web/login").form(&form).same_origin().send();
    assert_eq!(page.status, 429, "{}", page.text());
    assert!(page.header("retry-after").is_some() && page.text().contains(&name), "{}", page.text());
    assert!(!page.text().contains("wrong wrong wrong"), "the password is not shown again");
    own.stop();
}

#[test]
fn a_connection_that_says_nothing_harms_nobody() {
    let own = strict();
    let address = own.api.base().replace("http://localhost", "127.0.0.1");
    let silent: Vec<_> = (0..20).map(|_| std::net::TcpStream::connect(&address).expect("a connection")).collect();
    own.api.get("/health").ok(200);
    let garbage = raw(&own.api, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not http\r\n\r\n");
    assert_eq!(garbage.0, 400);
    drop(silent);
    own.stop();
}
