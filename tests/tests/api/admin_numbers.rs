//! The shapes of statistics. What they count, other tests recount.

use std::time::{Duration, Instant};

use local::{Data, Options};
use serde_json::{Value, json};
use tests::{Lab, Own, Person, Table};

use crate::keys;

#[test]
fn an_instance_of_nothing_has_numbers_too() {
    let lab = Lab::start();
    let admin = lab.admin();
    let stats = admin.get("/auth/admin/stats").ok(200);
    assert_eq!(keys(&stats), ["system_overview", "user_activity"]);
    let overview = ["active_tasks", "completed_tasks", "completion_rate", "total_tasks", "total_users"];
    assert_eq!(keys(&stats["system_overview"]), overview);
    assert_eq!(stats["system_overview"]["completion_rate"], json!(0.0));
    let activity = stats["user_activity"].as_array().expect("a list");
    assert_eq!(activity.len(), 1);
    let fields = ["completed_tasks", "completion_rate", "is_admin", "total_minutes", "total_tasks", "username"];
    assert_eq!(keys(&activity[0]), fields);
    assert_eq!((&activity[0]["username"], &activity[0]["is_admin"]), (&json!(admin.name), &json!(true)));
    assert_eq!(admin.get("/stats/top-users").ok(200), json!([]));
    let nothing = |status: &str| json!({"status": status, "count": 0, "mean_seconds": null, "median_seconds": null});
    let expected = json!([nothing("todo"), nothing("in_progress"), nothing("done")]);
    assert_eq!(admin.get("/stats/cycle-time").ok(200), expected);
}

#[test]
fn numbers_come_from_the_stream_some_seconds_later() {
    let dir = tempfile::tempdir().expect("a folder");
    let options = Options { data: Data::Dir(dir.path().to_owned()), limit_factor: 1_000, ..Options::default() };
    let own = Own::start(options);
    let people: Vec<Person> = (0..7).map(|_| Person::on(&own.api)).collect();
    let admin = &people[0];
    Table::of(&own.stack).grant_admin(&admin.name);
    for (n, person) in people.iter().enumerate() {
        let path = person.task_path("x");
        if n > 0 {
            person.post(&format!("{path}/time"), &json!({"minutes": 10 * n})).ok(201);
        }
        if n % 3 == 0 {
            person.post(&format!("{path}/status"), &json!({"status": "done"})).ok(200);
        }
    }
    // Minutes stay with who worked, and the task counts with whom it is given to.
    let given = people[6].get("/tasks").ok(200)[0]["id"].as_str().expect("an id").to_owned();
    admin.post(&format!("/tasks/{given}/assign"), &json!({"user_id": people[1].id})).ok(200);
    let expected = json!({
        "total_users": 7, "total_tasks": 7, "active_tasks": 4, "completed_tasks": 3, "completion_rate": 42.9,
    });
    let until = Instant::now() + Duration::from_secs(60);
    let stats = loop {
        let stats = admin.get("/auth/admin/stats").ok(200);
        let of_the_heir = stats["user_activity"][5]["total_tasks"] == 2;
        if stats["system_overview"] == expected && of_the_heir {
            break stats;
        }
        assert!(Instant::now() < until, "{stats}");
        std::thread::sleep(Duration::from_millis(200));
    };
    let activity = stats["user_activity"].as_array().expect("a list");
    for (n, (person, told)) in people.iter().rev().zip(activity).enumerate() {
        let n = 6 - n;
        let (tasks, done) = match n {
            6 => (0, 0),
            1 => (2, 1),
            _ => (1, usize::from(n % 3 == 0)),
        };
        let rate = if tasks == 0 { 0.0 } else { 100.0 * done as f64 / f64::from(tasks) };
        let expected = json!({
            "username": person.name, "is_admin": n == 0, "total_tasks": tasks, "completed_tasks": done,
            "completion_rate": rate, "total_minutes": 10 * n,
        });
        assert_eq!(*told, expected);
    }
    let top: Vec<Value> =
        (2..7).rev().map(|n| json!({"id": people[n].id, "username": people[n].name, "minutes": 10 * n})).collect();
    assert_eq!(admin.get("/stats/top-users").ok(200), json!(top), "five, by minutes");
    assert_eq!(admin.get("/stats/top-users?days=1").ok(200), json!(top));
    let cycle = admin.get("/stats/cycle-time").ok(200);
    assert_eq!((&cycle[0]["status"], &cycle[0]["count"]), (&json!("todo"), &json!(3)));
    assert!(cycle[0]["mean_seconds"].is_i64() && cycle[0]["median_seconds"].is_i64(), "{cycle}");
    own.stop();
}
