//! Idempotency keys: a day.

use serde_json::json;
use tests::{Lab, PASSWORD, Person};

use crate::{DAY, HOUR};

#[test]
fn a_key_is_remembered_for_a_day_and_then_another() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let send = |person: &Person| {
        person.call("POST", "/tasks").header("idempotency-key", "one").json(&json!({"title": "x"})).send().ok(201)
    };
    let first = send(&person);
    lab.clock.advance(23 * HOUR);
    assert_eq!(send(&person), first);
    lab.clock.advance(DAY - 23 * HOUR + 1);
    let person = person.with(&person.sign_in(PASSWORD));
    let second = send(&person);
    assert_ne!(second["id"], first["id"]);
    assert_eq!(send(&person), second);
    assert_eq!(person.walk("/tasks").0.len(), 2);
}
