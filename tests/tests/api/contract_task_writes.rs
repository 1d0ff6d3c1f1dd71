//! Changing tasks: PUT, PATCH, status, the trash, versions, history.

use serde_json::{Value, json};
use tests::{Answer, Person};

use crate::contract_tasks::{bad_values, is_task};
use crate::{is_id, is_instant, keys};

fn whole(title: &str) -> Value {
    json!({"title": title, "description": "d", "status": "todo", "estimate_minutes": 5, "due_on": "2026-12-24"})
}

fn history(person: &Person, path: &str) -> Vec<Value> {
    person.walk(&format!("{path}/history")).0
}

#[test]
fn put_replaces_the_whole_task() {
    let person = Person::new();
    let first = person.post("/tasks", &json!({"title": "x", "description": "y", "estimate_minutes": 7})).ok(201);
    let path = format!("/tasks/{}", first["id"].as_str().expect("an id"));
    let answer = person.put(&path, &whole("new")).expect(200);
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let task = answer.json();
    is_task(&task);
    for (field, value) in whole("new").as_object().expect("fields") {
        assert_eq!(&task[field], value);
    }
    assert_eq!(task["version"], 2);
    for same in ["id", "user_id", "created_at", "total_minutes"] {
        assert_eq!(task[same], first[same]);
    }
    assert_eq!(person.get(&path).ok(200), task);
    let mut none = whole("new");
    (none["estimate_minutes"], none["due_on"]) = (Value::Null, Value::Null);
    let task = person.put(&path, &none).ok(200);
    assert_eq!((&task["estimate_minutes"], &task["due_on"]), (&Value::Null, &Value::Null));
}

#[test]
fn put_wants_every_field() {
    let person = Person::new();
    let path = person.task_path("x");
    for field in ["title", "description", "status", "estimate_minutes", "due_on"] {
        let mut body = whole("new");
        body.as_object_mut().expect("an object").remove(field);
        person.put(&path, &body).names(&[field]);
    }
    person.put(&path, &json!({})).names(&["title", "description", "status", "estimate_minutes", "due_on"]);
    let merge = person.call("PUT", &path).body("application/merge-patch+json", whole("new").to_string()).send();
    merge.problem(415);
    assert_eq!(person.get(&path).ok(200)["version"], 1);
}

#[test]
fn each_bad_field_is_named_and_nothing_changes() {
    let person = Person::new();
    let before = person.post("/tasks", &json!({"title": "x", "estimate_minutes": 9})).ok(201);
    let path = format!("/tasks/{}", before["id"].as_str().expect("an id"));
    for (field, value) in bad_values() {
        let mut body = whole("new");
        body[field] = value.clone();
        person.put(&path, &body).names(&[field]);
        person.patch(&path, &json!({(field): value})).names(&[field]);
        person.patch(&path, &body).names(&[field]);
    }
    for field in ["id", "version", "user_id", "total_minutes", "created_at", "updated_at", "completed_at", "nonsense"] {
        let mut body = whole("new");
        body[field] = before[field].clone();
        person.put(&path, &body).names(&[field]);
        person.patch(&path, &json!({"title": "new", (field): before[field]})).names(&[field]);
    }
    assert_eq!(person.get(&path).ok(200), before);
    assert_eq!(history(&person, &path).len(), 1);
}

#[test]
fn patch_merges() {
    let person = Person::new();
    let path = format!("/tasks/{}", person.post("/tasks", &whole("x")).ok(201)["id"].as_str().expect("an id"));
    let patch = |body: &str| person.call("PATCH", &path).body("application/merge-patch+json", body).send().ok(200);
    let task = patch(r#"{"title": "y"}"#);
    assert_eq!(
        (&task["title"], &task["description"], &task["estimate_minutes"]),
        (&json!("y"), &json!("d"), &json!(5))
    );
    let task = patch(r#"{"estimate_minutes": null}"#);
    assert_eq!((&task["estimate_minutes"], &task["due_on"]), (&Value::Null, &json!("2026-12-24")));
    let task = patch(r#"{"due_on": null, "description": ""}"#);
    assert_eq!((&task["due_on"], &task["description"], &task["version"]), (&Value::Null, &json!(""), &json!(4)));
    // What cannot be absent cannot be taken away.
    for field in ["title", "description", "status"] {
        person.patch(&path, &json!({(field): null})).names(&[field]);
    }
    let task = person.patch(&path, &json!({"title": "z", "due_on": "2026-01-01"})).ok(200);
    assert_eq!((&task["title"], &task["due_on"], &task["version"]), (&json!("z"), &json!("2026-01-01"), &json!(5)));
}

#[test]
fn only_merge_patch_and_json_are_patches() {
    let person = Person::new();
    let path = person.task_path("x");
    let send = |kind: &str, body: &str| person.call("PATCH", &path).body(kind, body).send();
    for kind in ["application/json-patch+json", "text/plain", "application/x-www-form-urlencoded", ""] {
        send(kind, r#"{"title":"y"}"#).problem(415);
    }
    person.call("PATCH", &path).untyped("{}").send().problem(415);
    for body in ["", "{", "nonsense"] {
        send("application/merge-patch+json", body).problem(400);
    }
    for body in ["[]", "null", r#"[{"op":"replace","path":"/title","value":"y"}]"#] {
        send("application/merge-patch+json", body).problem(422);
    }
    assert_eq!(person.get(&path).ok(200)["version"], 1);
}

#[test]
fn what_changes_nothing_is_no_change() {
    let person = Person::new();
    let before = person.post("/tasks", &whole("x")).ok(201);
    let path = format!("/tasks/{}", before["id"].as_str().expect("an id"));
    for answer in [
        person.put(&path, &whole("x")),
        person.put(&path, &whole("  x ")),
        person.patch(&path, &json!({})),
        person.patch(&path, &json!({"title": "x", "status": "todo"})),
        person.post(&format!("{path}/status"), &json!({"status": "todo"})),
    ] {
        assert_eq!(answer.header("etag"), Some("\"1\""));
        assert_eq!(answer.ok(200), before);
    }
    assert_eq!(history(&person, &path).len(), 1);
}

fn with_match(person: &Person, method: &str, path: &str, body: Option<&Value>, tags: &str) -> Answer {
    let call = person.call(method, path).header("if-match", tags);
    match body {
        Some(body) => call.json(body).send(),
        None => call.send(),
    }
}

#[test]
fn a_stale_version_changes_nothing() {
    let person = Person::new();
    let path = person.task_path("x");
    let now = person.patch(&path, &json!({"title": "y"})).ok(200);
    let writes: [(&str, String, Option<Value>); 4] = [
        ("PUT", path.clone(), Some(whole("z"))),
        ("PATCH", path.clone(), Some(json!({"title": "z"}))),
        ("POST", format!("{path}/status"), Some(json!({"status": "done"}))),
        ("DELETE", path.clone(), None),
    ];
    for (method, path, body) in &writes {
        for stale in ["\"1\"", "W/\"1\"", "\"3\"", "\"0\"", "\"1\", \"3\"", "\"abc\"", "\"02\"", "\"-2\"", "\"\""] {
            with_match(&person, method, path, body.as_ref(), stale).problem(412);
        }
        for garbage in ["2", "\"2", "garbage", "\"2\" \"3\"", "\"2\",", "w/\"2\"", "\"2\", x"] {
            with_match(&person, method, path, body.as_ref(), garbage).problem(400);
        }
    }
    assert_eq!(person.get(&path).ok(200), now);
    assert_eq!(history(&person, &path).len(), 2);
}

#[test]
fn the_current_version_in_any_form_is_written_over() {
    let person = Person::new();
    let path = person.task_path("x");
    for (version, form) in ["\"{}\"", "W/\"{}\"", "\"77\", \"{}\"", "\"77\",W/\"{}\"", "*"].iter().enumerate() {
        let tags = form.replace("{}", &(version + 1).to_string());
        let body = json!({"title": format!("title {version}")});
        let answer = with_match(&person, "PATCH", &path, Some(&body), &tags).expect(200);
        assert_eq!(answer.header("etag"), Some(format!("\"{}\"", version + 2).as_str()));
    }
    with_match(&person, "PUT", &path, Some(&whole("p")), "\"6\"").expect(200);
    with_match(&person, "POST", &format!("{path}/status"), Some(&json!({"status": "done"})), "W/\"7\"").expect(200);
    with_match(&person, "DELETE", &path, None, "\"8\"").expect(204);
    // Without it the write applies to what is there.
    let path = person.task_path("x");
    for n in 0..3 {
        assert_eq!(person.patch(&path, &json!({"title": format!("t{n}")})).ok(200)["version"], n + 2);
    }
}

#[test]
fn a_status_may_follow_any() {
    let person = Person::new();
    let path = person.task_path("x");
    let set = |status: &str| person.post(&format!("{path}/status"), &json!({"status": status})).ok(200);
    let mut version = 1;
    for status in ["in_progress", "done", "todo", "done", "in_progress", "todo"] {
        let task = set(status);
        version += 1;
        assert_eq!((&task["status"], &task["version"]), (&json!(status), &json!(version)));
        assert_eq!(task["completed_at"].is_null(), status != "done", "{task}");
    }
    for status in [json!("doing"), json!("DONE"), json!(""), json!(null), json!(1), json!(["done"])] {
        person.post(&format!("{path}/status"), &json!({"status": status})).names(&["status"]);
    }
    person.post(&format!("{path}/status"), &json!({})).names(&["status"]);
    person.post(&format!("{path}/status"), &json!({"status": "done", "title": "y"})).names(&["title"]);
    person.call("POST", &format!("{path}/status")).send().problem(415);
    assert_eq!(person.get(&path).ok(200)["version"], version);
}

#[test]
fn completed_at_is_when_it_was_done_and_stays() {
    let person = Person::new();
    let path = person.task_path("x");
    let done = person.post(&format!("{path}/status"), &json!({"status": "done"})).ok(200);
    assert!(is_instant(&done["completed_at"]));
    let edited = person.patch(&path, &json!({"title": "y", "status": "done"})).ok(200);
    assert_eq!(edited["completed_at"], done["completed_at"]);
    person.post(&format!("{path}/time"), &json!({"minutes": 5})).ok(201);
    assert_eq!(person.get(&path).ok(200)["completed_at"], done["completed_at"]);
    let mut again = whole("y");
    again["status"] = json!("in_progress");
    assert_eq!(person.put(&path, &again).ok(200)["completed_at"], Value::Null);
    again["status"] = json!("done");
    let task = person.put(&path, &again).ok(200);
    assert!(task["completed_at"].as_str() >= done["completed_at"].as_str());
}

#[test]
fn every_change_is_an_event_of_its_version() {
    let person = Person::new();
    let path = person.task_path("x");
    person.patch(&path, &json!({"title": "y", "estimate_minutes": 30, "description": ""})).ok(200);
    person.post(&format!("{path}/status"), &json!({"status": "in_progress"})).ok(200);
    let entry = person.post(&format!("{path}/time"), &json!({"minutes": 25, "note": "n"})).ok(201);
    person.put(&path, &whole("y")).ok(200);
    person.delete(&path).expect(204);
    person.post(&format!("{path}/restore"), &json!({})).ok(200);
    let events = history(&person, &path);
    let what: Vec<&str> = events.iter().map(|event| event["what"].as_str().expect("what")).collect();
    assert_eq!(what, ["restored", "deleted", "edited", "time_logged", "edited", "edited", "created"]);
    for event in &events {
        assert_eq!(keys(event), ["at", "by", "from", "to", "what"], "{event}");
        assert_eq!(event["by"], json!({"id": person.id, "username": person.name}));
        assert!(is_instant(&event["at"]) && event["from"].is_object() && event["to"].is_object());
    }
    assert!(events.is_sorted_by(|a, b| a["at"].as_str() >= b["at"].as_str()));
    assert_eq!(events[5]["from"], json!({"title": "x", "estimate_minutes": null}));
    assert_eq!(events[5]["to"], json!({"title": "y", "estimate_minutes": 30}));
    assert_eq!((&events[4]["from"], &events[4]["to"]), (&json!({"status": "todo"}), &json!({"status": "in_progress"})));
    assert_eq!((&events[3]["from"]["total_minutes"], &events[3]["to"]["total_minutes"]), (&json!(0), &json!(25)));
    assert_eq!((&events[3]["to"]["entry_id"], &events[3]["to"]["minutes"]), (&entry["id"], &json!(25)));
    assert_eq!(events[6]["to"]["title"], "x");
    assert_eq!(person.get(&path).ok(200)["version"], 7);
}

#[test]
fn a_deleted_task_is_gone_until_it_is_restored() {
    let person = Person::new();
    let before = person.post("/tasks", &json!({"title": "x", "total_minutes": 5, "status": "done"})).ok(201);
    let path = format!("/tasks/{}", before["id"].as_str().expect("an id"));
    let answer = person.delete(&path).expect(204);
    assert_eq!(answer.body.len(), 0);
    person.get(&path).problem(404);
    person.delete(&path).problem(404);
    person.put(&path, &whole("y")).problem(404);
    person.patch(&path, &json!({"title": "y"})).problem(404);
    person.post(&format!("{path}/status"), &json!({"status": "done"})).problem(404);
    person.post(&format!("{path}/time"), &json!({"minutes": 5})).problem(404);
    person.get(&format!("{path}/time")).problem(404);
    assert_eq!(person.get("/tasks").ok(200), json!([]));
    assert_eq!(person.get("/tasks?status=done").ok(200), json!([]));

    let restored = person.call("POST", &format!("{path}/restore")).send().expect(200);
    assert_eq!(restored.header("etag"), Some("\"3\""));
    let restored = restored.json();
    is_task(&restored);
    for same in ["id", "title", "status", "total_minutes", "created_at", "completed_at", "user_id"] {
        assert_eq!(restored[same], before[same]);
    }
    assert_eq!(person.get(&path).ok(200), restored);
    assert_eq!(person.get("/tasks?status=done").ok(200), json!([restored]));
    // What is not in the trash is as it is wanted; what never was is not there.
    assert_eq!(person.call("POST", &format!("{path}/restore")).send().ok(200), restored);
    assert_eq!(person.get(&path).ok(200)["version"], 3);
    person.delete(&path).expect(204);
    person.post(&format!("{path}/restore"), &json!({})).ok(200);
    assert!(is_id(&person.get(&path).ok(200)["id"]));
}

#[test]
fn a_bad_precondition_is_not_told_before_who_may_know() {
    let (person, other) = (Person::new(), Person::new());
    let path = person.task_path("x");
    with_match(&other, "PATCH", &path, Some(&json!({"title": "y"})), "\"99\"").problem(404);
    with_match(&other, "DELETE", &path, None, "\"1\"").problem(404);
    other.put(&path, &json!({})).problem(404);
    other.post(&format!("{path}/time"), &json!({"minutes": -1})).problem(404);
}
