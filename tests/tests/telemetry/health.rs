//! Whether the instance is well, and what an administrator is told beside.

use std::time::Duration;

use local::Options;
use serde_json::{Value, json};
use tests::{Fault, Faults, Lab, Own, Person, Table, lines_with, run};

#[test]
fn it_is_well_when_its_table_answers() {
    let lab = Lab::start();
    assert_eq!(lab.api.get("/health").ok(200), json!({"status": "ok"}));
    for fault in [Fault::Unavailable, Fault::Cut, Fault::TimedOut, Fault::ServerError] {
        lab.faults.plan(move |_| Some(fault));
        let answer = lab.api.get("/health").expect(503);
        lab.faults.calm();
        assert_eq!(answer.json()["detail"], "The table or the signing key cannot be reached.");
        assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()));
    }
    assert_eq!(lab.api.get("/health").ok(200), json!({"status": "ok"}));
}

#[test]
fn it_is_not_well_when_its_table_hangs_whoever_asks() {
    let faults = Faults::default();
    let table_http = Some(faults.client());
    let options = Options { patience: Duration::from_millis(50), table_http, schedule: false, ..Options::default() };
    let own = Own::start(options);
    let person = Person::on(&own.api);
    faults.plan(|_| Some(Fault::Hung));
    for answer in [own.api.get("/health"), person.get("/health")] {
        let id = answer.expect(503).request_id().to_owned();
        let lines = lines_with(&id);
        assert!(lines.iter().any(|line| line.contains("the check took too long")), "{lines:?}");
    }
    faults.calm();
    own.api.get("/health").expect(200);
    own.stop();
}

#[test]
fn a_check_that_fails_is_an_error_of_the_function_s() {
    let faults = Faults::default();
    let options = Options { table_http: Some(faults.client()), schedule: false, ..Options::default() };
    let own = Own::start(options);
    run(own.stack.ops().clone().check()).expect("it is well");
    faults.plan(|_| Some(Fault::Unavailable));
    let unwell = run(own.stack.ops().clone().check()).expect_err("it is not well");
    assert_eq!(unwell.to_string(), "the table cannot be reached");
    faults.calm();
    own.stop();
}

#[test]
fn an_administrator_is_told_what_runs_and_nobody_else() {
    let lab = Lab::start();
    let (person, admin) = (Person::on(&lab.api), lab.admin());
    assert_eq!(admin.get("/health").ok(200), json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}));
    let deployed =
        run(Table::of(&lab.stack).store().deployed("ae64834-dirty".parse().expect("a commit"))).expect("noted");
    let told = admin.get("/health").ok(200);
    assert_eq!((&told["commit"], &told["deployed_at"]), (&json!("ae64834-dirty"), &json!(deployed.at.to_string())));
    for answer in [lab.api.get("/health"), person.get("/health"), person.with("e30.e30.e30").get("/health")] {
        assert_eq!(answer.ok(200), json!({"status": "ok"}));
    }
    Table::of(&lab.stack).disable(&admin.id, true);
    assert_eq!(admin.get("/health").ok(200)["version"], Value::Null);
}
