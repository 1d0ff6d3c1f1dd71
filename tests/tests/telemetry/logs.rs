//! Log lines: one a request, with the fields that say what it was, and one for whatever failed.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::{Fault, Lab, Person, Table, lines_with, metric_line, request_line};

/// The lines of a request.
fn lines_of(id: &str) -> Vec<Value> {
    let lines = lines_with(id).into_iter().map(|line| serde_json::from_str::<Value>(&line).expect("JSON"));
    lines.filter(|line| line["request_id"] == id).collect()
}

#[test]
fn a_request_has_one_line_with_every_field() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let path = person.task_path("a line");
    let answer = person.get(&path).expect(200);
    let id = answer.request_id().to_owned();
    let line = request_line(&id);
    for (name, value) in [
        ("level", json!("INFO")),
        ("message", json!("request")),
        ("service", json!("tasks")),
        ("function_name", json!("tasks")),
        ("method", json!("GET")),
        ("path", json!("/tasks/{id}")),
        ("status_code", json!(200)),
        ("user_id", json!(person.id)),
        ("request_id", json!(id)),
    ] {
        assert_eq!(line[name], value, "{name} of {line}");
    }
    for name in ["logger", "function_request_id"] {
        assert!(line[name].as_str().is_some_and(|text| !text.is_empty()), "{name} of {line}");
    }
    assert!(line["timestamp"].as_str().is_some_and(|at| at.len() == 24 && at.ends_with('Z')), "{line}");
    assert!(line["xray_trace_id"].as_str().is_some_and(|trace| trace.starts_with("1-") && trace.len() == 35), "{line}");
    assert!(line["latency_ms"].is_u64() && line["cold_start"].is_boolean() && line["read_units"].is_f64(), "{line}");
    let plain = lines_of(&id).into_iter().filter(|line| !tests::is_emf(line)).count();
    assert_eq!(plain, 1, "one line a request");
    let metrics = metric_line(&id);
    for (name, value) in [
        ("Requests", json!(1)),
        ("ClientErrors", json!(0)),
        ("ServerErrors", json!(0)),
        ("function", json!("tasks")),
        ("path", json!("/tasks/{id}")),
        ("table_calls", line["table_calls"].clone()),
        ("read_units", line["read_units"].clone()),
    ] {
        assert_eq!(metrics[name], value, "{name} of {metrics}");
    }
}

#[test]
fn the_first_request_of_an_environment_is_a_cold_start() {
    let lab = Lab::start();
    let cold = |id: &str| (request_line(id)["cold_start"].clone(), metric_line(id)["ColdStarts"].clone());
    let first = lab.api.get("/health").request_id().to_owned();
    let second = lab.api.get("/health").request_id().to_owned();
    let other = lab.api.get("/login").request_id().to_owned();
    assert_eq!(cold(&first), (json!(true), json!(1)));
    assert_eq!(cold(&second), (json!(false), Value::Null));
    assert_eq!(cold(&other), (json!(true), json!(1)));
}

#[test]
fn a_request_id_of_the_caller_s_is_on_the_answer_on_every_line_and_on_the_problem() {
    let lab = Lab::start();
    for good in ["a", "7f3c.A_b-9", &"x".repeat(64)] {
        let answer = lab.api.call("GET", "/tasks").header("x-request-id", good).send().expect(401);
        assert_eq!(answer.request_id(), good);
        assert_eq!(answer.json()["request_id"], good);
        assert_eq!(request_line(good)["status_code"], 401);
        assert_eq!(metric_line(good)["ClientErrors"], 1);
    }
    for bad in ["", "two words", "\u{e9}", "<b>", &"x".repeat(65)] {
        let answer = lab.api.call("GET", "/tasks").header("x-request-id", bad).send().expect(401);
        assert_ne!(answer.request_id(), bad);
        assert_eq!(answer.request_id().len(), 36);
    }
}

#[test]
fn whatever_answers_5xx_is_logged_once_with_its_causes_and_where_it_was_met() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let path = person.task_path("a task that breaks");
    let id = path.rsplit('/').next().expect("an id");
    let failing = |answer: tests::Answer, status: u16, level: &str, within: &str| {
        let request = answer.expect(status).request_id().to_owned();
        let lines = lines_of(&request);
        let failed: Vec<&Value> = lines.iter().filter(|line| line["error"].is_array()).collect();
        assert_eq!(failed.len(), 1, "{lines:?}");
        assert_eq!(failed[0]["level"], level);
        assert_eq!(failed[0]["user_id"], person.id, "{lines:?}");
        let frames = failed[0]["backtrace"].as_array().expect("a backtrace");
        let named = frames.iter().filter_map(Value::as_str).any(|frame| frame.contains(within));
        assert!(named, "{within} is not in {frames:?}");
        failed[0]["error"]
            .as_array()
            .expect("causes")
            .iter()
            .map(|cause| cause.as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };

    lab.faults.plan(|call| (call.operation == "TransactWriteItems").then_some(Fault::Unavailable));
    let answer = person.post(&format!("{path}/status"), &json!({"status": "done"}));
    lab.faults.calm();
    let causes = failing(answer, 503, "ERROR", "tasks::");
    assert!(causes.len() >= 3 && causes[0] == "the table is busy or out of reach", "{causes:?}");

    let table = Table::of(&lab.stack);
    table.set(
        &format!("USER#{}", person.id),
        &format!("TASK#{id}"),
        "estimate_minutes",
        AttributeValue::S("many".into()),
    );
    let causes = failing(person.get(&path), 500, "ERROR", "tasks::");
    assert_eq!(causes, ["the table refused the call", "an item of the type task has a field that cannot be read"]);
    assert_eq!(metric_line(lab.api.get("/health").request_id())["ServerErrors"], 0);
}

#[test]
fn sign_ins_are_counted() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let good = person.try_sign_in(tests::PASSWORD).expect(200).request_id().to_owned();
    let bad = person.try_sign_in("not the password").expect(401).request_id().to_owned();
    assert_eq!((&metric_line(&good)["SignIns"], &metric_line(&good)["FailedSignIns"]), (&json!(1), &Value::Null));
    assert_eq!((&metric_line(&bad)["SignIns"], &metric_line(&bad)["FailedSignIns"]), (&Value::Null, &json!(1)));
}
