//! The timer, over hours and nights.

use serde_json::{Value, json};
use tests::{Answer, Lab, PASSWORD, Person};

use crate::HOUR;

fn start(person: &Person, path: &str) {
    person.call("POST", &format!("{path}/timer/start")).send().ok(201);
}

fn stop(person: &Person, path: &str, body: &Value) -> Answer {
    person.post(&format!("{path}/timer/stop"), body)
}

#[test]
fn a_timer_counts_whole_minutes_on_the_day_it_was_started() {
    let lab = Lab::start();
    // The night on which an hour comes twice.
    lab.clock.set("2026-10-24T21:30:00Z");
    let person = Person::on(&lab.api);
    person.patch("/auth/me", &json!({"time_zone": "Europe/Berlin"})).ok(200);
    let path = person.task_path("x");
    start(&person, &path);
    lab.clock.advance(5 * HOUR + 1);
    let entry = stop(&person, &path, &json!({})).ok(201);
    assert_eq!((&entry["minutes"], &entry["worked_on"]), (&json!(301), &json!("2026-10-24")));
}

#[test]
fn a_forgotten_timer_survives_sign_out_and_asks() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let path = person.task_path("x");
    start(&person, &path);
    person.call("POST", "/auth/logout").send().expect(204);
    lab.clock.advance(720 * 60);
    let person = person.with(&person.sign_in(PASSWORD));
    let running = person.get("/timer").ok(200);
    lab.clock.advance(60);
    let refused = stop(&person, &path, &json!({})).problem(409);
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("minutes")), "{refused}");
    assert_eq!(person.get("/timer").ok(200), running, "it is never cut off by itself");
    stop(&person, &path, &json!({"minutes": 723})).names(&["minutes"]);
    let entry = stop(&person, &path, &json!({"minutes": 200})).ok(201);
    assert_eq!(entry["minutes"], 200);
    person.get("/timer").expect(204);
    assert_eq!(person.get(&path).ok(200)["total_minutes"], 200);
}

#[test]
fn a_forgotten_timer_asks_who_is_there_and_is_cut_where_nobody_is() {
    let lab = Lab::start();
    let (person, admin) = (Person::on(&lab.api), lab.admin());
    let forgotten = |person: &Person| {
        let path = person.task_path("x");
        start(person, &path);
        lab.clock.advance(13 * HOUR);
        path
    };
    let done = json!({"status": "done"});
    // Whose it is is asked how much of it was work before the task is done; nothing has changed.
    let path = forgotten(&person);
    let refused = person.post(&format!("{path}/status"), &done).problem(409);
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("minutes, over 720")), "{refused}");
    person.patch(&path, &done).problem(409);
    assert_eq!(person.get(&path).ok(200)["version"], 1);
    let noted = |person: &Person, path: &str| {
        let entries = person.get(&format!("{path}/time")).ok(200);
        (entries[0]["minutes"].clone(), entries[0]["note"].as_str().expect("a note").to_owned())
    };
    let cut = |what: &str| (json!(720), format!("Timer stopped when the task was {what}; it had run for longer."));
    // An administrator cannot say.
    admin.post(&format!("{path}/status"), &done).ok(200);
    assert_eq!(noted(&person, &path), cut("marked done"));
    // A deletion asks nobody.
    let path = forgotten(&person);
    let person = person.with(&person.sign_in(PASSWORD));
    person.delete(&path).expect(204);
    person.get("/timer").expect(204);
    person.call("POST", &format!("{path}/restore")).send().ok(200);
    assert_eq!(noted(&person, &path), cut("deleted"));
}

#[test]
fn a_timer_of_days_takes_a_day_at_most() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let path = person.task_path("x");
    start(&person, &path);
    lab.clock.advance(72 * HOUR);
    let person = person.with(&person.sign_in(PASSWORD));
    stop(&person, &path, &json!({})).problem(409);
    stop(&person, &path, &json!({"minutes": 1_441})).names(&["minutes"]);
    assert_eq!(stop(&person, &path, &json!({"minutes": 1_440})).ok(201)["minutes"], 1_440);
}
