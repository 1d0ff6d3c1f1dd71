//! Writes sent again under their key: one effect, one answer.

use serde_json::{Value, json};
use tests::{Answer, Person, fresh_name};

fn send(person: &Person, method: &str, path: &str, key: &str, body: &Value) -> Answer {
    person.call(method, path).header("idempotency-key", key).json(body).send()
}

fn same(first: &Answer, again: &Answer) {
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    for header in ["etag", "location", "content-type"] {
        assert_eq!(first.header(header), again.header(header), "{header}");
    }
}

#[test]
fn a_task_is_added_once_under_a_key() {
    let person = Person::new();
    let key = fresh_name();
    let body = json!({"title": "Once", "total_minutes": 30});
    let first = send(&person, "POST", "/tasks", &key, &body).expect(201);
    for _ in 0..3 {
        same(&first, &send(&person, "POST", "/tasks", &key, &body));
    }
    assert_eq!(person.walk("/tasks").0.len(), 1);
    // Another person's key of the same name is theirs.
    let other = Person::new();
    assert_ne!(send(&other, "POST", "/tasks", &key, &body).ok(201)["id"], first.json()["id"]);
}

#[test]
fn a_key_belongs_to_one_request() {
    let person = Person::new();
    let path = person.task_path("x");
    let key = fresh_name();
    send(&person, "POST", &format!("{path}/time"), &key, &json!({"minutes": 5})).expect(201);
    send(&person, "POST", &format!("{path}/time"), &key, &json!({"minutes": 6})).problem(422);
    send(&person, "PATCH", &path, &key, &json!({"minutes": 5})).problem(422);
    let matched =
        person.call("POST", &format!("{path}/time")).header("idempotency-key", &key).header("if-match", "\"1\"");
    matched.json(&json!({"minutes": 5})).send().problem(422);
    assert_eq!(person.get(&path).ok(200)["total_minutes"], 5);
}

#[test]
fn every_write_of_a_task_is_repeatable() {
    let person = Person::new();
    let path = person.task_path("x");
    let twice = |method: &str, path: &str, body: &Value, status: u16| {
        let key = fresh_name();
        let first = send(&person, method, path, &key, body).expect(status);
        same(&first, &send(&person, method, path, &key, body));
        first
    };
    twice("PATCH", &path, &json!({"title": "y"}), 200);
    let whole = json!({"title": "z", "description": "", "status": "todo", "estimate_minutes": null, "due_on": null});
    twice("PUT", &path, &whole, 200);
    twice("POST", &format!("{path}/status"), &json!({"status": "done"}), 200);
    let entry = twice("POST", &format!("{path}/time"), &json!({"minutes": 7}), 201).json();
    let entry = entry["id"].as_str().expect("an id");
    twice("POST", &format!("{path}/time/{entry}/reversal"), &json!({}), 201);
    twice("POST", &format!("{path}/timer/start"), &json!({}), 201);
    twice("POST", &format!("{path}/timer/stop"), &json!({}), 201);
    twice("DELETE", &path, &json!({}), 204);
    twice("POST", &format!("{path}/restore"), &json!({}), 200);
    let task = person.get(&path).ok(200);
    assert_eq!((&task["version"], &task["total_minutes"]), (&json!(9), &json!(1)));
    assert_eq!(person.walk(&format!("{path}/history")).0.len(), 9);
}

#[test]
fn what_had_no_effect_is_not_kept() {
    let person = Person::new();
    let path = person.task_path("x");
    let key = fresh_name();
    send(&person, "POST", &format!("{path}/time"), &key, &json!({"minutes": 0})).problem(422);
    let stale = person.call("PATCH", &path).header("idempotency-key", &key).header("if-match", "\"9\"");
    stale.json(&json!({"title": "y"})).send().problem(412);
    send(&person, "POST", &format!("{path}/time"), &key, &json!({"minutes": 5})).expect(201);
}

#[test]
fn a_key_is_short_and_visible() {
    let person = Person::new();
    for bad in ["", "a b", &"x".repeat(65), "ü"] {
        send(&person, "POST", "/tasks", bad, &json!({"title": "x"})).problem(400);
    }
    send(&person, "POST", "/tasks", &"~".repeat(64), &json!({"title": "x"})).expect(201);
    assert_eq!(person.walk("/tasks").0.len(), 1);
}

#[test]
fn one_key_sent_at_once_by_many_is_one_effect() {
    let person = Person::new();
    let path = person.task_path("x");
    let key = fresh_name();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let send = || send(&person, "POST", &format!("{path}/time"), &key, &json!({"minutes": 5}));
        let sent: Vec<_> = (0..20).map(|_| scope.spawn(send)).collect();
        sent.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    for answer in &answers {
        same(&answers[0], answer);
    }
    assert_eq!(answers[0].status, 201);
    assert_eq!(person.get(&path).ok(200)["total_minutes"], 5);
}
