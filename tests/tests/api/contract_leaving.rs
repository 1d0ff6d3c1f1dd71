//! Taking one's data along, and leaving.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{PASSWORD, Person, api};

use crate::keys;

fn leave(person: &Person, body: &Value) -> tests::Answer {
    person.call("DELETE", "/auth/me").json(body).send()
}

#[test]
fn who_leaves_is_gone_at_once_and_the_name_is_free() {
    let person = Person::new();
    let elsewhere = person.with(&person.sign_in(PASSWORD));
    let path = person.task_path("x");
    leave(&person, &json!({"password": PASSWORD})).expect(204);
    for token in [&person, &elsewhere] {
        token.get("/auth/me").problem(401);
        token.get(&path).problem(401);
        token.post("/tasks", &json!({"title": "y"})).problem(401);
    }
    person.try_sign_in(PASSWORD).problem(401);
    let again = api().post("/auth/signup", &json!({"username": person.name.to_uppercase(), "password": PASSWORD}));
    let again = again.ok(201);
    assert_ne!(again["id"], person.id.as_str());
    let token = person.sign_in(PASSWORD);
    let newcomer = person.with(&token);
    newcomer.get(&path).problem(404);
    assert_eq!(newcomer.get("/tasks").ok(200), json!([]));
}

#[test]
fn leaving_takes_the_password() {
    let person = Person::new();
    leave(&person, &json!({"password": "wrong wrong wrong"})).problem(403);
    leave(&person, &json!({})).names(&["password"]);
    leave(&person, &json!({"password": 7})).names(&["password"]);
    leave(&person, &json!({"password": PASSWORD, "username": person.name})).names(&["username"]);
    person.delete("/auth/me").problem(415);
    person.call("DELETE", "/auth/me").cookie(&person.token).json(&json!({"password": PASSWORD})).send().expect(204);
    person.get("/auth/me").problem(401);
}

/// Every record of an export, by its type.
fn export(person: &Person, limit: usize) -> BTreeMap<String, Vec<Value>> {
    let (records, _) = person.walk(&format!("/auth/me/export?limit={limit}"));
    let mut by_type: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for record in records {
        assert_eq!(keys(&record), ["data", "type"]);
        by_type.entry(record["type"].as_str().expect("a type").to_owned()).or_default().push(record["data"].clone());
    }
    by_type
}

fn sorted(mut values: Vec<Value>) -> Vec<Value> {
    values.sort_by_key(ToString::to_string);
    values
}

/// The events of a task as an export has them: with ids and no names.
fn history(person: &Person, path: &str) -> Vec<Value> {
    let (events, _) = person.walk(&format!("{path}/history"));
    let id = path.strip_prefix("/tasks/").expect("a path");
    let exported = |mut event: Value| {
        event["by"] = event["by"]["id"].clone();
        event["task_id"] = json!(id);
        event
    };
    events.into_iter().map(exported).collect()
}

#[test]
fn an_export_holds_everything_and_nothing_twice_whatever_the_pages() {
    let (person, other) = (Person::new(), Person::new());
    other.task("Not in it");
    let mut events = Vec::new();
    let paths: Vec<String> = (0..6).map(|n| person.task_path(&format!("Task {n}"))).collect();
    for (n, path) in paths.iter().enumerate() {
        for minutes in 1..=n {
            person.post(&format!("{path}/time"), &json!({"minutes": minutes, "note": "worked"})).ok(201);
        }
        person.patch(path, &json!({"description": "x".repeat(500)})).ok(200);
    }
    person.call("POST", &format!("{}/timer/start", paths[0])).send().ok(201);
    for path in &paths {
        events.extend(history(&person, path));
    }
    let trashed = person.get(&paths[5]).ok(200);
    person.delete(&paths[5]).expect(204);
    let tasks = person.walk("/tasks").0;
    let entries = person.walk("/time?from=2020-01-01&to=2100-01-01").0;

    let whole = export(&person, 200);
    let names: Vec<&str> = whole.keys().map(String::as_str).collect();
    assert_eq!(names, ["entry", "event", "session", "task", "timer", "trashed_task", "user"]);
    assert_eq!(whole["user"], [person.get("/auth/me").ok(200)]);
    assert_eq!(whole["session"], person.walk("/auth/sessions").0);
    assert_eq!(whole["timer"], [person.get("/timer").ok(200)]);
    assert_eq!(whole["task"], tasks);
    assert_eq!(sorted(whole["entry"].clone()), sorted(entries));
    assert_eq!(keys(&whole["trashed_task"][0]), ["restorable_until", "task"]);
    assert_eq!(whole["trashed_task"][0]["task"]["title"], trashed["title"]);
    let of_tasks: Vec<Value> = whole["event"].iter().filter(|event| !event["task_id"].is_null()).cloned().collect();
    let deleted = of_tasks.iter().filter(|event| event["what"] == "deleted").count();
    assert_eq!((deleted, of_tasks.len()), (1, events.len() + 1));
    for event in &events {
        assert!(of_tasks.contains(event), "{event}");
    }
    let of_account: Vec<&Value> = whole["event"].iter().filter(|event| event["task_id"].is_null()).collect();
    assert_eq!(of_account.iter().map(|event| &event["what"]).collect::<Vec<_>>(), ["signed_in", "signed_up"]);

    for limit in [1, 2, 3, 7, 50] {
        assert_eq!(export(&person, limit), whole, "in pages of {limit}");
    }
    let text = serde_json::to_string(&whole).expect("JSON");
    assert!(!text.contains("Not in it") && !text.contains("argon2"));
}

#[test]
fn a_long_history_goes_on_over_pages() {
    let person = Person::new();
    let path = person.task_path("x");
    for minutes in 1..=30 {
        person.post(&format!("{path}/time"), &json!({"minutes": minutes})).ok(201);
    }
    for limit in [4, 9, 31, 32, 200] {
        let events = export(&person, limit)["event"].clone();
        let of_task: Vec<Value> = events.into_iter().filter(|event| !event["task_id"].is_null()).collect();
        assert_eq!(of_task, history(&person, &path), "in pages of {limit}");
    }
}

#[test]
fn an_export_s_cursor_is_its_owner_s() {
    let (person, other) = (Person::new(), Person::new());
    person.task("x");
    let next = person.get("/auth/me/export?limit=1").expect(200).next().expect("a next page");
    assert!(next.starts_with("/auth/me/export?limit=1&cursor="), "{next}");
    other.get(&next).problem(400);
    person.get("/auth/me/export?cursor=x").problem(400);
    person.get("/auth/me/export?limit=201").names(&["limit"]);
}
