//! Whether the instance is well, and what an administrator is told beside.

use std::time::Duration;

use local::{Data, Options};
use serde_json::{Value, json};
use tests::{Clock, Fault, Faults, Lab, Own, Person, Table, lines_with, run};

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
        assert!(lines.iter().any(|line| line.contains("the table does not answer in time")), "{lines:?}");
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
fn it_is_not_well_without_a_key_that_can_sign() {
    let dir = tempfile::tempdir().expect("a folder");
    let (clock, file) = (Clock::default(), dir.path().join("secrets.json"));
    let data = Data::Dir(dir.path().to_owned());
    let own = Own::start(Options { data, world: clock.world(), schedule: false, ..Options::default() });
    own.api.get("/health").expect(200);
    let good = std::fs::read_to_string(&file).expect("the secrets");
    let mut secrets: Value = serde_json::from_str(&good).expect("JSON");
    secrets["sprintsync/signing-key"]["current"]["value"] = json!("short");
    std::fs::write(&file, secrets.to_string()).expect("written");
    let unwell = run(own.stack.ops().clone().check()).expect_err("it is not well");
    assert_eq!(unwell.to_string(), "the signing key cannot be read");
    clock.advance(61);
    own.api.get("/health").expect(503);
    std::fs::write(&file, good).expect("written");
    own.api.get("/health").expect(200);
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
