//! What an operator does through the function behind requests, in the JSON that it is called with.

use activity::{Answer, Outcome};
use serde_json::{Value, json};
use tests::{BEHIND, Lab, PASSWORD, Person, Stream, Table, Template};

fn act(lab: &Lab, act: &Value) -> Result<Value, String> {
    let act = serde_json::from_value(act.clone()).map_err(|error| error.to_string())?;
    let done: Result<Outcome, _> = tests::run(lab.stack.activity().act(act));
    done.map(|outcome| serde_json::to_value(outcome).expect("JSON")).map_err(|error| error.to_string())
}

#[test]
fn an_operator_names_administrators_invites_and_notes_deployments() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    assert_eq!(act(&lab, &json!({"grant_admin": person.name.to_uppercase()})), Ok(json!({"admin": person.name})));
    assert_eq!(person.get("/auth/me").ok(200)["is_admin"], true);
    assert_eq!(act(&lab, &json!({"grant_admin": person.name})), Ok(json!({"admin": person.name})), "once more");
    assert_eq!(act(&lab, &json!({"grant_admin": "nobody"})), Ok(json!({"nobody": "nobody"})));

    let invited = act(&lab, &json!({"invite": true})).expect("an invite");
    assert_eq!(invited["code"].as_str().map(str::len), Some(24), "{invited}");
    assert_eq!(act(&lab, &json!({"invite": false})), Ok(json!({})));

    let commit = "ae648341ee13d747329a2974d4653e58d0003656";
    let before = lab.clock.now();
    let told = act(&lab, &json!({"deployed": commit})).expect("a deployment");
    assert_eq!(told["commit"], commit);
    let at = told["deployed_at"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    assert!((before..=lab.clock.now()).contains(&at), "{told}");
    act(&lab, &json!({"deployed": "0000000-dirty"})).expect("the next");
    let kept = Table::of(&lab.stack).everything();
    let kept: Vec<_> = kept.iter().filter(|item| item["pk"].as_s().is_ok_and(|pk| pk == "DEPLOYMENT")).collect();
    assert_eq!(kept.len(), 1, "the last one");
    assert_eq!(kept[0]["commit"].as_s().map(String::as_str), Ok("0000000-dirty"));

    for bad in
        [json!({"grant_admin": "x"}), json!({"deployed": "rm -rf"}), json!({"drop": true}), json!({}), json!(null)]
    {
        act(&lab, &bad).expect_err("no act");
    }
}

/// What the stream says once the schedule put a beat over the one before.
fn beat_comes_back(lab: &Lab) {
    let beat = Table::of(&lab.stack).item("STREAM", "BEAT").expect("a beat");
    let record = json!({
        "eventName": "MODIFY",
        "dynamodb": {
            "Keys": {"pk": {"S": "STREAM"}, "sk": {"S": "BEAT"}},
            "NewImage": serde_dynamo::Item::from(beat),
            "SequenceNumber": "000000000000000000001",
        },
    });
    let call = serde_json::from_value(json!({"Records": [record]})).expect("a batch");
    let Ok(Answer::Handled(handled)) = tests::run(lab.stack.activity().call(call)) else { panic!("no answer") };
    assert_eq!(handled.batch_item_failures, []);
}

#[test]
fn a_stream_from_which_nothing_comes_is_noticed_while_nobody_works() {
    let lab = Lab::start();
    // How far it is behind, in beats: the lab's clock goes on while this runs.
    let beat = || {
        lab.clock.advance(300);
        let (said, seconds) = match act(&lab, &json!({"beat": true})) {
            Ok(said) => ("well", said["behind"].as_u64()),
            Err(said) => {
                let seconds = said.strip_prefix("events are not counted: what is counted is ");
                ("not counted", seconds.and_then(|rest| rest.strip_suffix(" seconds behind")?.parse().ok()))
            }
        };
        (said, seconds.map(|seconds| seconds / 300))
    };
    for behind in [0, 0, 1, 2, 3] {
        assert_eq!(beat(), ("well", Some(behind)), "up to a quarter of an hour");
    }
    for behind in [4, 5] {
        assert_eq!(beat(), ("not counted", Some(behind)), "with every call");
    }
    beat_comes_back(&lab);
    assert_eq!(beat(), ("well", Some(0)), "the newest one came back");
    assert_eq!(beat(), ("well", Some(1)));
    beat_comes_back(&lab);
    // The schedule itself stood still: nothing is behind.
    lab.clock.advance(86_400);
    assert_eq!(beat(), ("well", Some(0)));
    assert_eq!(act(&lab, &json!({"beat": false})), Ok(json!({})));
}

#[test]
fn the_function_behind_requests_has_the_least_rights() {
    let lab = Lab::start();
    let (person, admin) = (Person::on(&lab.api), Person::on(&lab.api));
    let task = person.task_path("A task");
    person.post(&format!("{task}/time"), &json!({"minutes": 5})).ok(201);
    person.delete(&person.task_path("Another")).expect(204);
    person.sign_in(PASSWORD);
    person.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send().expect(204);
    lab.clock.advance(120);
    assert_eq!(act(&lab, &json!({"erase": true})), Ok(json!({"erased": 1, "waiting": 0})));
    for one in [json!({"grant_admin": admin.name}), json!({"invite": true})] {
        act(&lab, &one).expect("it is done");
    }
    act(&lab, &json!({"deployed": "ae64834"})).expect("it is done");
    Stream::default().feed(&lab.stack);
    assert_eq!(act(&lab, &json!({"rebuild": true})).expect("it is done")["done"], true);
    // Once more: what was read before is gone by then.
    assert_eq!(act(&lab, &json!({"rebuild": true})).expect("it is done")["unreadable"], 0);
    assert_eq!(act(&lab, &json!({"go_on_rebuilding": true})).expect("there is none: begun anew")["done"], true);
    assert_eq!(act(&lab, &json!({"rebuild": false})), Ok(json!({})));
    assert_eq!(lab.faults.used().of(BEHIND), Template::read().table_rights("activity"), "used, and granted");
}
