//! Logging time.

use serde_json::{Value, json};
use tests::{Person, api};

use crate::{is_id, is_instant, keys};

fn entries(person: &Person, path: &str) -> Vec<Value> {
    person.walk(&format!("{path}/time")).0
}

#[test]
fn minutes_are_logged_and_their_sum_is_the_task_s() {
    let person = Person::new();
    let task = person.post("/tasks", &json!({"title": "x", "total_minutes": 7})).ok(201);
    let id = task["id"].as_str().expect("an id");
    let path = format!("/tasks/{id}");
    let body = json!({"minutes": 1440, "note": "  All day ", "worked_on": "2020-02-29"});
    let entry = person.post(&format!("{path}/time"), &body).ok(201);
    assert_eq!(keys(&entry), ["created_at", "id", "minutes", "note", "reverses", "task_id", "user_id", "worked_on"]);
    assert!(is_id(&entry["id"]) && is_instant(&entry["created_at"]));
    assert_eq!((&entry["task_id"], &entry["user_id"]), (&json!(id), &json!(person.id)));
    assert_eq!((&entry["minutes"], &entry["note"]), (&json!(1440), &json!("All day")));
    assert_eq!((&entry["worked_on"], &entry["reverses"]), (&json!("2020-02-29"), &Value::Null));
    person.post(&format!("{path}/time"), &json!({"minutes": 1})).ok(201);

    let all = entries(&person, &path);
    let minutes: Vec<i64> = all.iter().map(|entry| entry["minutes"].as_i64().expect("minutes")).collect();
    assert_eq!(minutes, [1, 1440, 7], "newest first, the one stated at the beginning last");
    assert_eq!(all[1], entry);
    assert_eq!((&all[0]["note"], &all[2]["note"]), (&json!(""), &json!("")));
    let now = person.get(&path).ok(200);
    assert_eq!((&now["total_minutes"], &now["version"]), (&json!(1448), &json!(3)));
}

#[test]
fn the_day_is_today_in_one_s_own_zone_and_never_after() {
    // In these two zones it is never the same day.
    let day = |zone: &str| {
        let person = Person::new();
        person.patch("/auth/me", &json!({"time_zone": zone})).ok(200);
        let path = person.task_path("x");
        let entry = person.post(&format!("{path}/time"), &json!({"minutes": 1})).ok(201);
        (person, path, entry["worked_on"].as_str().expect("a day").to_owned())
    };
    let ((east, east_path, later), (west, west_path, sooner)) = (day("Pacific/Kiritimati"), day("Pacific/Pago_Pago"));
    assert!(sooner < later, "{sooner} {later}");
    west.post(&format!("{west_path}/time"), &json!({"minutes": 1, "worked_on": later})).names(&["worked_on"]);
    east.post(&format!("{east_path}/time"), &json!({"minutes": 1, "worked_on": later})).ok(201);
    east.post(&format!("{east_path}/time"), &json!({"minutes": 1, "worked_on": sooner})).ok(201);
    west.post(&format!("{west_path}/time"), &json!({"minutes": 1, "worked_on": "9999-12-31"})).names(&["worked_on"]);
    assert_eq!(entries(&west, &west_path).len(), 1);
}

#[test]
fn each_bad_field_is_named_and_nothing_is_logged() {
    let person = Person::new();
    let path = person.task_path("x");
    let log = |body: Value| person.post(&format!("{path}/time"), &body);
    for minutes in [json!(0), json!(-5), json!(1441), json!(1.5), json!("5"), json!(null), json!(1e9), json!(true)] {
        log(json!({"minutes": minutes})).names(&["minutes"]);
    }
    log(json!({})).names(&["minutes"]);
    for note in [json!("x".repeat(501)), json!("a\u{7}b"), json!("a\u{0}b"), json!(5), json!(null)] {
        log(json!({"minutes": 5, "note": note})).names(&["note"]);
    }
    for day in [json!("2026-02-30"), json!("yesterday"), json!(""), json!(5), json!("2020-01-01T00:00:00Z")] {
        log(json!({"minutes": 5, "worked_on": day})).names(&["worked_on"]);
    }
    for field in ["id", "task_id", "user_id", "reverses", "created_at", "total_minutes"] {
        log(json!({"minutes": 5, (field): 1})).names(&[field]);
    }
    person.call("POST", &format!("{path}/time")).body("text/plain", "5").send().problem(415);
    person.call("POST", &format!("{path}/time")).body("application/json", "5").send().problem(422);
    assert_eq!(entries(&person, &path), Vec::<Value>::new());
    let task = person.get(&path).ok(200);
    assert_eq!((&task["total_minutes"], &task["version"]), (&json!(0), &json!(1)));
    log(json!({"minutes": 5, "note": "ü".repeat(500)})).ok(201);
}

#[test]
fn logging_needs_no_version_and_raises_it() {
    let person = Person::new();
    let path = person.task_path("x");
    for n in 1..=3 {
        let call = person.call("POST", &format!("{path}/time")).header("if-match", "\"1\"");
        call.json(&json!({"minutes": n})).send().ok(201);
    }
    let task = person.get(&path).ok(200);
    assert_eq!((&task["total_minutes"], &task["version"]), (&json!(6), &json!(4)));
    person.call("PATCH", &path).header("if-match", "\"1\"").json(&json!({"title": "y"})).send().problem(412);
}

#[test]
fn entries_are_never_changed_or_removed() {
    let person = Person::new();
    let path = person.task_path("x");
    let entry = person.post(&format!("{path}/time"), &json!({"minutes": 5})).ok(201);
    let one = format!("{path}/time/{}", entry["id"].as_str().expect("an id"));
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let status = person.call(method, &one).json(&json!({"minutes": 1})).send().status;
        assert!([404, 405].contains(&status), "{method}: {status}");
    }
    for method in ["PUT", "PATCH", "DELETE"] {
        person.call(method, &format!("{path}/time")).send().problem(405);
    }
    // They outlive the task's stay in the trash.
    person.delete(&path).expect(204);
    person.call("POST", &format!("{path}/restore")).send().ok(200);
    assert_eq!(entries(&person, &path), [entry]);
}

#[test]
fn nothing_is_logged_without_signing_in() {
    let person = Person::new();
    let path = person.task_path("x");
    api().post(&format!("{path}/time"), &json!({"minutes": 5})).problem(401);
    assert_eq!(person.get(&path).ok(200)["total_minutes"], 0);
}
