//! What is left of somebody who has left.

use activity::{Act, Outcome};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::{Lab, PASSWORD, Person, Table};

use crate::HOUR;

fn leave(person: &Person) -> tests::Answer {
    person.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send()
}

fn erase(lab: &Lab) -> Outcome {
    tests::run(lab.stack.activity().act(Act::Erase(true))).expect("it is done")
}

#[test]
fn what_remains_for_the_sums_names_nobody_and_says_nothing() {
    let lab = Lab::start();
    let table = Table::of(&lab.stack);
    let (person, other) = (Person::on(&lab.api), Person::on(&lab.api));
    let mut ids = Vec::new();
    for (n, title) in ["Alive secret", "Deleted secret", "Old secret"].iter().enumerate() {
        let task = person.post("/tasks", &json!({"title": title, "description": "A description secret"})).ok(201);
        let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
        for minutes in 1..=3 {
            person.post(&format!("{path}/time"), &json!({"minutes": minutes, "note": "A note secret"})).ok(201);
        }
        person.patch(&path, &json!({"title": "A new title secret", "status": "done"})).ok(200);
        if n > 0 {
            person.delete(&path).expect(204);
        }
        ids.push(path.strip_prefix("/tasks/").expect("a path").to_owned());
    }
    let kept = other.task("Of another");
    let running = person.task_path("Running secret");
    person.call("POST", &format!("{running}/timer/start")).send().ok(201);
    leave(&person).expect(204);

    assert_eq!(erase(&lab), Outcome::Erased { erased: 0, waiting: 1 }, "what is under way may still land");
    lab.clock.advance(61);
    assert_eq!(erase(&lab), Outcome::Erased { erased: 1, waiting: 0 });
    assert_eq!(erase(&lab), Outcome::Erased { erased: 0, waiting: 0 });

    let all = table.everything();
    let text = format!("{all:?}");
    for secret in ["secret", person.name.as_str()] {
        let left: Vec<_> = all.iter().filter(|item| format!("{item:?}").contains(secret)).collect();
        // What a key answered is kept for a day, under the key.
        assert!(left.is_empty(), "{secret}: {left:#?}");
    }
    assert!(text.contains("Of another") && text.contains(&other.name));
    let own: Vec<String> = table.sort_keys(&format!("USER#{}", person.id));
    let kinds: Vec<&str> = own.iter().map(|sk| sk.split('#').next().expect("a kind")).collect();
    assert_eq!(
        kinds,
        ["DAY"; 9].iter().chain(&["EV"; 2]).copied().collect::<Vec<_>>(),
        "days, coming and going: {own:?}"
    );
    // The sums are what they were.
    for id in &ids {
        let minutes: i64 = all.iter().filter(|item| is(item, &format!("TASK#{id}"), "ENTRY#")).map(minutes).sum();
        let versions = all.iter().filter(|item| is(item, &format!("TASK#{id}"), "EV#")).count();
        assert_eq!((minutes, versions >= 5), (6, true));
    }
    assert_eq!(other.get(&format!("/tasks/{}", kept["id"].as_str().expect("an id"))).ok(200), kept);
}

type Item = std::collections::HashMap<String, AttributeValue>;

fn is(item: &Item, pk: &str, sk: &str) -> bool {
    let text = |name: &str| item[name].as_s().expect("a text").clone();
    text("pk") == pk && text("sk").starts_with(sk)
}

fn minutes(item: &Item) -> i64 {
    item["minutes"].as_n().expect("a number").parse().expect("a number")
}

#[test]
fn erasing_may_stop_anywhere_and_is_done_in_the_end() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    for n in 0..8 {
        let path = person.task_path(&format!("Secret {n}"));
        person.post(&format!("{path}/time"), &json!({"minutes": 1, "note": "Secret"})).ok(201);
        if n % 2 == 0 {
            person.delete(&path).expect(204);
        }
    }
    leave(&person).expect(204);
    lab.clock.advance(HOUR);
    let mut rounds = 0;
    for good in 0.. {
        lab.faults.plan(move |call| (call.number >= good).then_some(tests::Fault::Cut));
        rounds += 1;
        if tests::run(lab.stack.activity().act(Act::Erase(true))).is_ok() {
            break;
        }
        assert!(good < 500, "it never ends");
    }
    lab.faults.calm();
    assert!(rounds > 5, "it was stopped {rounds} times");
    assert!(!format!("{:?}", Table::of(&lab.stack).everything()).contains("Secret"));
}

#[test]
fn who_did_something_and_left_has_no_name_in_the_history_of_others() {
    let lab = Lab::start();
    let (owner, admin) = (Person::on(&lab.api), Person::on(&lab.api));
    for one in [&admin, &Person::on(&lab.api)] {
        Table::of(&lab.stack).grant_admin(&one.name);
    }
    let path = owner.task_path("x");
    admin.post(&format!("{path}/status"), &json!({"status": "done"})).ok(200);
    let by = || owner.get(&format!("{path}/history")).ok(200)[0]["by"].clone();
    assert_eq!(by(), json!({"id": admin.id, "username": admin.name}));
    leave(&admin).expect(204);
    assert_eq!(by(), json!({"id": admin.id, "username": Value::Null}));
    let id = path.strip_prefix("/tasks/").expect("a path");
    let page = lab.api.call("GET", &format!("/task/{id}")).cookie(&owner.token).send().expect(200);
    assert!(page.text().contains("Former member"));
}

#[test]
fn the_last_admin_stays() {
    let lab = Lab::start();
    let table = Table::of(&lab.stack);
    let admins: Vec<Person> = (0..4).map(|_| Person::on(&lab.api)).collect();
    admins.iter().for_each(|admin| table.grant_admin(&admin.name));
    // All at once: one must stay, whoever it is.
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let leaving: Vec<_> = admins.iter().map(|admin| scope.spawn(|| leave(admin).status)).collect();
        leaving.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    let left = answers.iter().filter(|status| **status == 204).count();
    let stayed = answers.iter().filter(|status| **status == 409).count();
    assert_eq!((left, stayed), (3, 1), "{answers:?}");
    let last = admins.iter().zip(&answers).find(|(_, status)| **status == 409).expect("one who stayed").0;
    leave(last).problem(409);
    assert_eq!(last.get("/auth/me").ok(200)["is_admin"], true);
    let another = Person::on(&lab.api);
    table.grant_admin(&another.name);
    leave(last).expect(204);
}
