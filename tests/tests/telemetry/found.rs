//! From a number to the request behind it: what somebody on call does first.

use serde_json::{Value, json};
use tests::{Fault, Lab, Person, is_emf, lines_with};

/// The lines of metrics, as CloudWatch Logs Insights would search them.
fn numbers() -> Vec<Value> {
    let lines = lines_with("\"_aws\"").into_iter().map(|line| serde_json::from_str::<Value>(&line).expect("JSON"));
    lines.filter(is_emf).collect()
}

/// The lines of the request that a line of metrics is of.
fn behind(number: &Value) -> Vec<Value> {
    let id = number["request_id"].as_str().expect("a request id");
    let lines = lines_with(id).into_iter().map(|line| serde_json::from_str::<Value>(&line).expect("JSON"));
    lines.filter(|line| !is_emf(line) && line["request_id"] == id).collect()
}

#[test]
fn a_slow_a_failing_and_an_ordinary_request_are_found_from_their_numbers() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let path = person.task_path("a task that somebody asks about");
    let of_person = |number: &Value| number["user_id"] == person.id;

    let clock = lab.clock.clone();
    lab.faults.plan(move |call| {
        if call.number == 0 {
            clock.advance(7);
        }
        None
    });
    let slow = person.get(&path).expect(200);
    lab.faults.plan(|call| (call.operation == "TransactWriteItems").then_some(Fault::Unavailable));
    let failing = person.patch(&path, &json!({"title": "another"})).expect(503);
    lab.faults.calm();
    let ordinary = person.get(&path).expect(200);

    let numbers: Vec<Value> = numbers().into_iter().filter(of_person).collect();
    let slowest = numbers.iter().max_by_key(|number| number["Latency"].as_u64()).expect("numbers");
    assert!(slowest["Latency"].as_u64() >= Some(7_000), "{slowest}");
    let lines = behind(slowest);
    assert_eq!((lines.len(), &lines[0]["request_id"]), (1, &json!(slow.request_id())));
    assert_eq!((&lines[0]["path"], &lines[0]["method"]), (&json!("/tasks/{id}"), &json!("GET")));

    let failed: Vec<&Value> = numbers.iter().filter(|number| number["ServerErrors"] == 1).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    let lines = behind(failed[0]);
    assert!(lines.iter().all(|line| line["request_id"] == failing.request_id() && line["user_id"] == person.id));
    let cause = lines.iter().find(|line| line["level"] == "ERROR" && line["error"].is_array()).expect("what failed");
    assert!(cause["error"].as_array().is_some_and(|causes| causes.len() > 1), "{cause}");
    assert!(cause["backtrace"].as_array().is_some_and(|frames| !frames.is_empty()), "{cause}");

    let reads = numbers.iter().filter(|number| number["path"] == "/tasks/{id}" && number["method"] == "GET");
    let usual = reads.min_by_key(|number| number["Latency"].as_u64()).expect("numbers");
    let lines = behind(usual);
    assert_eq!((lines.len(), &lines[0]["request_id"]), (1, &json!(ordinary.request_id())));
    assert_eq!((&lines[0]["status_code"], &lines[0]["level"]), (&json!(200), &json!("INFO")));
}
