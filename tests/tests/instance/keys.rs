//! Keys that change.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local::{Data, Options};
use serde_json::Value;
use tests::{Forge, Own, PASSWORD, Person};

fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("a kid").to_owned()
}

#[test]
fn a_rotation_is_noticed_and_ends_nothing_at_once() {
    let own = Own::start(Options { limit_factor: 100, ..Options::default() });
    let first = Person::on(&own.api);
    for n in 0..3 {
        first.task(&format!("Task {n}"));
    }
    let next = first.get("/tasks?limit=2").expect(200).next().expect("a next page");
    let secret = own.stack.secrets();
    assert_eq!(kid(&first.token), secret.signing_key().expect("a key").current.version_id);

    let version = secret.rotate_signing_key().expect("a rotation");
    // A key id that is not known yet makes the functions look again, once in 30 seconds.
    let looked = Instant::now();
    let by_new_key = Forge::with(&secret.signing_key().expect("a key").current, &first.token).sign();
    first.with(&by_new_key).get("/auth/me").ok(200);
    first.get("/auth/me").ok(200);
    first.get(&next).ok(200);
    let second = first.sign_in(PASSWORD);
    assert_eq!(kid(&second), version);
    first.with(&second).get("/auth/me").ok(200);

    secret.rotate_signing_key().expect("a rotation");
    let by_newest_key = Forge::with(&secret.signing_key().expect("a key").current, &first.token).sign();
    let status = first.with(&by_newest_key).get("/auth/me").status;
    if looked.elapsed() < Duration::from_secs(30) {
        assert_eq!(status, 401, "the secret is not asked for at every forged key id");
    }
    own.stop();
}

#[test]
fn a_token_outlives_one_rotation_and_not_two() {
    let dir = tempfile::tempdir().expect("a folder");
    let options = || Options { data: Data::Dir(dir.path().to_owned()), limit_factor: 100, ..Options::default() };
    let own = Own::start(options());
    let person = Person::on(&own.api);
    for n in 0..3 {
        person.task(&format!("Task {n}"));
    }
    let next = person.get("/tasks?limit=2").expect(200).next().expect("a next page");
    own.stop();

    local::operator::rotate_key(dir.path()).expect("a rotation");
    let own = Own::start(options());
    let person = Person { api: own.api.clone(), ..person };
    person.get("/auth/me").ok(200);
    person.get(&next).ok(200);
    let newer = person.sign_in(PASSWORD);
    assert_ne!(kid(&newer), kid(&person.token));
    own.stop();

    local::operator::rotate_key(dir.path()).expect("a rotation");
    let own = Own::start(options());
    let person = Person { api: own.api.clone(), ..person };
    person.get("/auth/me").problem(401);
    let person = person.with(&newer);
    person.get("/auth/me").ok(200);
    person.get(&next).problem(400);
    person.sign_in(PASSWORD);
    own.stop();
}
