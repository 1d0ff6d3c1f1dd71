//! The timer, what takes an entry back, and one's own days.

use serde_json::{Value, json};
use tests::{Person, api};

use crate::{is_instant, keys};

fn post(person: &Person, path: &str) -> tests::Answer {
    person.call("POST", path).send()
}

#[test]
fn one_timer_runs_and_stops_into_an_entry() {
    let person = Person::new();
    let (path, other) = (person.task_path("Timed"), person.task_path("Another"));
    assert_eq!(person.get("/timer").expect(204).body.len(), 0);
    let timer = post(&person, &format!("{path}/timer/start")).ok(201);
    assert_eq!(keys(&timer), ["started_at", "task_id", "title"]);
    assert!(is_instant(&timer["started_at"]));
    assert_eq!((&timer["title"], path.ends_with(timer["task_id"].as_str().expect("an id"))), (&json!("Timed"), true));
    assert_eq!(person.get("/timer").ok(200), timer);
    for path in [&path, &other] {
        post(&person, &format!("{path}/timer/start")).problem(409);
    }
    post(&person, &format!("{other}/timer/stop")).problem(409);
    // Another person's timer is theirs.
    Person::new().get("/timer").expect(204);

    let entry = post(&person, &format!("{path}/timer/stop")).ok(201);
    assert_eq!(keys(&entry), ["created_at", "id", "minutes", "note", "reverses", "task_id", "user_id", "worked_on"]);
    assert_eq!((&entry["minutes"], &entry["reverses"]), (&json!(1), &Value::Null), "rounded up, at least one");
    person.get("/timer").expect(204);
    post(&person, &format!("{path}/timer/stop")).problem(409);
    assert_eq!(person.get(&path).ok(200)["total_minutes"], 1);
    assert_eq!(person.get(&format!("{path}/time")).ok(200), json!([entry]));
}

#[test]
fn a_timer_may_stop_with_the_minutes_said() {
    let person = Person::new();
    let path = person.task_path("Timed");
    post(&person, &format!("{path}/timer/start")).ok(201);
    let stop = |body: Value| person.post(&format!("{path}/timer/stop"), &body);
    for minutes in [json!(0), json!(-1), json!(1441), json!("5"), json!(1.5)] {
        stop(json!({"minutes": minutes})).names(&["minutes"]);
    }
    stop(json!({"minutes": 1, "note": "x"})).names(&["note"]);
    person.get("/timer").ok(200);
}

/// What a task's one entry says: minutes, note, who worked.
fn one_entry(person: &Person, path: &str) -> (Value, Value, Value) {
    let entries = person.get(&format!("{path}/time")).ok(200);
    assert_eq!(entries.as_array().map(Vec::len), Some(1), "{entries}");
    (entries[0]["minutes"].clone(), entries[0]["note"].clone(), entries[0]["user_id"].clone())
}

/// Deletes a task whose timer runs; its minute is its owner's, whoever deletes it.
pub(crate) fn deleting_stops_the_timer(person: &Person, by: &Person) {
    let path = person.task_path("Timed");
    post(person, &format!("{path}/timer/start")).ok(201);
    by.delete(&path).expect(204);
    person.get("/timer").expect(204);
    let task = post(person, &format!("{path}/restore")).ok(200);
    assert_eq!((&task["total_minutes"], &task["version"]), (&json!(1), &json!(4)));
    let note = json!("Timer stopped when the task was deleted.");
    assert_eq!(one_entry(person, &path), (json!(1), note, json!(person.id)));
}

/// Says in this way that a task is done whose timer runs; its minute is its owner's, whoever says so.
pub(crate) fn done_stops_the_timer(person: &Person, by: &Person, method: &str, rest: &str, body: &Value) {
    let path = person.task_path("x");
    post(person, &format!("{path}/timer/start")).ok(201);
    let task = by.call(method, &format!("{path}{rest}")).json(body).send().ok(200);
    assert_eq!((&task["total_minutes"], &task["version"], &task["status"]), (&json!(1), &json!(3), &json!("done")));
    person.get("/timer").expect(204);
    let note = json!("Timer stopped when the task was marked done.");
    assert_eq!(one_entry(person, &path), (json!(1), note, json!(person.id)));
    let events = person.get(&format!("{path}/history")).ok(200);
    assert_eq!((&events[0]["what"], &events[1]["what"]), (&json!("edited"), &json!("time_logged")));
}

#[test]
fn a_task_that_is_deleted_stops_its_timer_into_an_entry() {
    let person = Person::new();
    deleting_stops_the_timer(&person, &person);
    // One that runs on another task goes on.
    let (timed, other) = (person.task_path("Timed"), person.task_path("Another"));
    post(&person, &format!("{timed}/timer/start")).ok(201);
    person.delete(&other).expect(204);
    assert_eq!(person.get("/timer").ok(200)["title"], "Timed");
}

#[test]
fn a_task_that_is_done_stops_its_timer_into_an_entry_however_it_is_said() {
    let person = Person::new();
    let whole = json!({"title": "x", "description": "", "status": "done", "estimate_minutes": null, "due_on": null});
    let done = json!({"status": "done"});
    for (method, rest, body) in [("POST", "/status", &done), ("PATCH", "", &done), ("PUT", "", &whole)] {
        done_stops_the_timer(&person, &person, method, rest, body);
    }
    // Nothing else stops it, and a stale version changes nothing.
    let path = person.task_path("x");
    post(&person, &format!("{path}/timer/start")).ok(201);
    person.patch(&path, &json!({"status": "in_progress", "title": "y"})).ok(200);
    person.call("PATCH", &path).header("if-match", "\"1\"").json(&done).send().problem(412);
    person.get("/timer").ok(200);
    // Also of a task that was done before.
    person.post(&format!("{path}/status"), &done).ok(200);
    post(&person, &format!("{path}/timer/start")).ok(201);
    let task = person.post(&format!("{path}/status"), &done).ok(200);
    assert_eq!(task["total_minutes"], 2);
    person.get("/timer").expect(204);
}

#[test]
fn an_entry_is_taken_back_once() {
    let person = Person::new();
    let path = person.task_path("x");
    let entry = person.post(&format!("{path}/time"), &json!({"minutes": 45, "worked_on": "2026-01-05"})).ok(201);
    let id = entry["id"].as_str().expect("an id");
    let reversal = post(&person, &format!("{path}/time/{id}/reversal")).ok(201);
    assert_eq!((&reversal["minutes"], &reversal["reverses"]), (&json!(-45), &json!(id)));
    assert_eq!(reversal["worked_on"], "2026-01-05");
    post(&person, &format!("{path}/time/{id}/reversal")).problem(409);
    let back = reversal["id"].as_str().expect("an id");
    post(&person, &format!("{path}/time/{back}/reversal")).problem(409);
    let task = person.get(&path).ok(200);
    assert_eq!((&task["total_minutes"], &task["version"]), (&json!(0), &json!(3)));
    assert_eq!(person.get(&format!("{path}/time")).ok(200), json!([reversal, entry]));
    for id in ["x", "018f2c5e-7700-7abc-8def-0123456789ab"] {
        post(&person, &format!("{path}/time/{id}/reversal")).problem(404);
    }
    // An entry is of its task.
    let other = person.task_path("y");
    post(&person, &format!("{other}/time/{id}/reversal")).problem(404);
}

#[test]
fn one_s_own_days_are_listed() {
    let person = Person::new();
    let (one, two) = (person.task_path("One"), person.task_path("Two"));
    for (path, day) in [(&one, "2026-01-05"), (&two, "2026-01-06"), (&one, "2026-01-06"), (&two, "2026-01-07")] {
        person.post(&format!("{path}/time"), &json!({"minutes": 10, "worked_on": day})).ok(201);
    }
    let days = |path: &str| {
        let (entries, _) = person.walk(path);
        entries.iter().map(|entry| entry["worked_on"].as_str().expect("a day").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(days("/time?from=2026-01-05&to=2026-01-06"), ["2026-01-06", "2026-01-06", "2026-01-05"]);
    assert_eq!(days("/time?from=2026-01-01&to=2026-12-31&limit=1").len(), 4);
    assert_eq!(days("/time?from=2026-01-07&to=2026-01-07"), ["2026-01-07"]);
    assert_eq!(days("/time?from=2025-01-01&to=2025-12-31"), Vec::<String>::new());
    assert_eq!(Person::new().get("/time?from=2026-01-01&to=2026-12-31").ok(200), json!([]));
    person.get("/time?from=x&to=2026-01-01").names(&["from"]);
    person.get("/time?from=2026-02-02&to=2026-01-01").expect(422);
    person.get("/time?from=2026-01-01&from=2026-01-01&to=2026-01-01").names(&["from"]);
    api().get("/time?from=2026-01-01&to=2026-01-02").problem(401);
}
