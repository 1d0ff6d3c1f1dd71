//! Many at once.

use std::thread;

use serde_json::json;
use tests::{Answer, PASSWORD, Person, api, fresh_name};

/// Does the same `times` over at once, and gives every answer.
fn at_once(times: usize, act: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    thread::scope(|scope| {
        let act = &act;
        let running: Vec<_> = (0..times).map(|n| scope.spawn(move || act(n))).collect();
        running.into_iter().map(|one| one.join().expect("an answer")).collect()
    })
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status).collect()
}

#[test]
fn a_name_is_given_once() {
    let name = fresh_name();
    let answers = at_once(20, |n| {
        let name = if n % 2 == 0 { name.clone() } else { name.to_uppercase() };
        api().post("/auth/signup", &json!({"username": name, "password": PASSWORD}))
    });
    assert_eq!(count(&answers, 201), 1, "{:?}", statuses(&answers));
    assert_eq!(count(&answers, 409) + count(&answers, 429), 19, "{:?}", statuses(&answers));
}

#[test]
fn no_minute_is_lost_or_counted_twice() {
    let person = Person::new();
    let path = person.task_path("x");
    let answers = at_once(20, |_| person.post(&format!("{path}/time"), &json!({"minutes": 1})));
    let logged = count(&answers, 201);
    assert_eq!(logged + count(&answers, 503), 20, "{:?}", statuses(&answers));
    assert!(logged > 0);
    let task = person.get(&path).ok(200);
    assert_eq!((&task["total_minutes"], &task["version"]), (&json!(logged), &json!(logged + 1)));
    assert_eq!(person.walk(&format!("{path}/time")).0.len(), logged);
    assert_eq!(person.walk(&format!("{path}/history")).0.len(), logged + 1);
}

#[test]
fn of_ten_editors_of_one_version_one_wins() {
    let person = Person::new();
    let path = person.task_path("x");
    let answers = at_once(10, |n| {
        let call = person.call("PATCH", &path).header("if-match", "\"1\"");
        call.json(&json!({"title": format!("By editor {n}")})).send()
    });
    assert_eq!((count(&answers, 200), count(&answers, 412)), (1, 9), "{:?}", statuses(&answers));
    let won = answers.iter().find(|answer| answer.status == 200).expect("a winner").json();
    assert_eq!(person.get(&path).ok(200), won);
    assert_eq!(person.walk(&format!("{path}/history")).0.len(), 2);
}

#[test]
fn a_task_is_deleted_and_restored_once() {
    let person = Person::new();
    let path = person.task_path("x");
    let answers = at_once(8, |_| person.delete(&path));
    assert_eq!((count(&answers, 204), count(&answers, 404)), (1, 7), "{:?}", statuses(&answers));
    let answers = at_once(8, |_| person.call("POST", &format!("{path}/restore")).send());
    assert_eq!(count(&answers, 200), 8, "{:?}", statuses(&answers));
    assert_eq!(person.get(&path).ok(200)["version"], 3);
    assert_eq!(person.walk(&format!("{path}/history")).0.len(), 3);
}

#[test]
fn a_session_ends_once_whoever_ends_it() {
    let person = Person::new();
    let other = person.with(&person.sign_in(PASSWORD));
    let answers = at_once(6, |_| other.call("POST", "/auth/logout").send());
    assert!(count(&answers, 204) >= 1, "{:?}", statuses(&answers));
    assert_eq!(count(&answers, 204) + count(&answers, 401), 6, "{:?}", statuses(&answers));
    other.get("/auth/me").problem(401);
    person.get("/auth/me").ok(200);
}
