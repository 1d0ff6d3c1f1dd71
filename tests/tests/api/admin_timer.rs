//! A timer that an administrator's act stops.

use serde_json::json;
use tests::Person;

use crate::callers::ADMIN;
use crate::contract_timer::{deleting_stops_the_timer, done_stops_the_timer};

#[test]
fn a_timer_is_stopped_into_its_owners_minutes_by_an_administrator_too() {
    let person = Person::new();
    deleting_stops_the_timer(&person, &ADMIN);
    done_stops_the_timer(&person, &ADMIN, "POST", "/status", &json!({"status": "done"}));
}
