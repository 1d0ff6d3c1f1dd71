//! Step 1 over items as older code stored them.

use std::collections::BTreeMap;
use std::thread;

use activity::{Act, Outcome};
use aws_sdk_dynamodb::types::AttributeValue;
use migrate::Progress;
use migrate::steps::{self, Error, Ran};
use serde_json::json;
use sprintsync_auth::create_invite;
use tests::{Fault, Faults, Item, Lab, PASSWORD, Person, Table, run};

use crate::{contents, key};

const PLACE: [&str; 2] = ["gsi1pk", "gsi1sk"];

/// A stack in which people have done everything that there is to do.
fn lived_in(people: usize) -> (Lab, Vec<Person>) {
    let lab = Lab::start();
    let table = Table::of(&lab.stack);
    let admin = Person::on(&lab.api);
    table.grant_admin(&admin.name);
    let mut all: Vec<Person> = thread::scope(|scope| {
        let lives: Vec<_> = (0..people).map(|_| scope.spawn(|| life(&lab, &admin))).collect();
        lives.into_iter().map(|life| life.join().expect("a life")).collect()
    });
    let leaver = life(&lab, &admin);
    leaver.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send().expect(204);
    lab.clock.advance(61);
    let erased = run(lab.stack.activity().act(Act::Erase(true))).expect("it is done");
    assert_eq!(erased, Outcome::Erased { erased: 1, waiting: 0 });
    for _ in 0..3 {
        run(create_invite(&table.store(), &lab.clock.world())).expect("an invite");
    }
    all.push(admin);
    (lab, all)
}

fn life(lab: &Lab, admin: &Person) -> Person {
    let person = Person::on(&lab.api);
    for n in 0..8 {
        let minutes = if n % 2 == 0 { 15 } else { 0 };
        let new = match minutes {
            0 => json!({"title": format!("Task {n}")}),
            minutes => json!({"title": format!("Task {n}"), "total_minutes": minutes}),
        };
        let task = person.post("/tasks", &new).ok(201);
        let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
        let status = |who: &Person, status: &str| {
            who.post(&format!("{path}/status"), &json!({"status": status})).expect(200);
        };
        status(&person, "in_progress");
        let entry = person.post(&format!("{path}/time"), &json!({"minutes": 5})).ok(201);
        person.patch(&path, &json!({"title": format!("Task {n}, renamed")})).expect(200);
        status(admin, if n % 3 == 0 { "done" } else { "todo" });
        if n % 4 == 0 {
            person.delete(&path).expect(204);
        }
        if n % 8 == 0 {
            admin.call("POST", &format!("{path}/restore")).send().expect(200);
            status(&person, "in_progress");
            let entry = entry["id"].as_str().expect("an id");
            person.call("POST", &format!("{path}/time/{entry}/reversal")).send().expect(201);
        }
        if n == 5 {
            person.call("POST", &format!("{path}/timer/start")).send().expect(201);
            admin.post(&format!("{path}/assign"), &json!({"user_id": admin.id})).expect(200);
            status(admin, "done");
        }
    }
    person.try_sign_in("wrong wrong wrong").expect(401);
    person
}

/// Makes of every item what older code stored.
fn age(table: &Table) {
    for item in table.everything() {
        let (pk, sk) = key(&item);
        let names: Vec<&str> = match item.get("type").and_then(|kind| kind.as_s().ok()).map(String::as_str) {
            Some("user" | "task") => vec!["gsi1pk", "gsi1sk", "status_since"],
            Some("event") if item["what"] == AttributeValue::S("erased".to_owned()) => {
                table.delete(&pk, &sk);
                continue;
            }
            Some("event") => vec!["gsi1pk", "gsi1sk", "around"],
            Some("invite") => vec!["gsi1pk", "gsi1sk", "id", "by"],
            _ => continue,
        };
        table.remove(&pk, &sk, &names);
    }
}

/// Makes of the events of one task what newer code makes of them that knows nothing of the task around: a guess.
fn guess(table: &Table) {
    let events = table.everything().into_iter().filter(|item| item.contains_key("what") && item.contains_key("by"));
    let events: Vec<Item> = events.filter(|item| key(item).0.starts_with("TASK#")).collect();
    let (task, _) = key(&events[0]);
    for event in events.iter().filter(|event| key(event).0 == task) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let by = event["by"].as_m().expect("somebody")["id"].clone();
        let around = [("owner", by), ("status", text("todo")), ("since", event["created_at"].clone())];
        let around = around.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        table.set(&task, &key(event).1, "around", AttributeValue::M(around));
    }
}

fn migrate(table: &Table, dry_run: bool) -> Result<Ran, Error> {
    let ran = run(steps::run(&table.store(), dry_run, &mut Progress::default()))?;
    Ok(ran[0])
}

/// What must be the same in two tables: of invites, whose ids are new, and of events that a task went with its
/// owner, whose time is that of leaving, what can be.
fn comparable(items: BTreeMap<(String, String), Item>) -> BTreeMap<(String, String), Item> {
    let mut items = items;
    for item in items.values_mut() {
        let erased = item.get("what") == Some(&AttributeValue::S("erased".to_owned()));
        if item["type"] == AttributeValue::S("invite".to_owned()) {
            assert!(["id", "gsi1pk", "gsi1sk"].iter().all(|name| item.contains_key(*name)), "{item:?}");
            for name in ["id", "gsi1pk", "gsi1sk"] {
                item.remove(name);
            }
        } else if erased {
            for name in ["write_id", "created_at", "updated_at"] {
                item.remove(name);
            }
        }
    }
    items
}

#[track_caller]
fn same(a: BTreeMap<(String, String), Item>, b: BTreeMap<(String, String), Item>) {
    let (a, b) = (comparable(a), comparable(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (key, item) in &a {
        assert_eq!(item, &b[key], "{key:?}");
    }
}

#[test]
fn a_run_that_is_killed_goes_on_and_leaves_what_newer_code_would_have_stored() {
    let (lab, _) = lived_in(6);
    let table = Table::of(&lab.stack);
    let new = contents(&table);
    age(&table);
    guess(&table);
    let old = contents(&table);

    let counted = migrate(&table, true).expect("a count");
    assert!(counted.items > 400 && counted.to_change > 300, "{counted:?}");
    assert_eq!(counted.changed, 0);
    assert_eq!(contents(&table), old, "a dry run changes nothing");
    assert_eq!(table.item("MIGRATIONS", "MIGRATIONS"), None);

    let wire = Faults::default();
    let mut updates = 0;
    wire.plan(move |call| {
        updates += usize::from(call.operation == "UpdateItem");
        (updates > 150).then_some(Fault::Cut)
    });
    assert!(migrate(&Table::over(&lab.stack, &wire), false).is_err(), "killed");
    let half = migrate(&table, true).expect("a count");
    assert!(half.to_change > 0 && half.to_change < counted.to_change, "{half:?}");

    let rest = migrate(&table, false).expect("the rest");
    assert_eq!(rest.to_change, half.to_change);
    assert_eq!(rest.changed, half.to_change, "what was counted is what was done");
    same(contents(&table), new);

    let done = contents(&table);
    for dry_run in [true, false] {
        let again = migrate(&table, dry_run).expect("a run");
        assert_eq!((again.to_change, again.changed), (0, 0));
    }
    assert_eq!(contents(&table), done, "a second run changes nothing");

    // After a time of older code it is simply run again.
    age(&table);
    let again = migrate(&table, false).expect("a run");
    assert!(again.to_change > 300 && again.changed == again.to_change, "{again:?}");
    same(contents(&table), done);
}

#[test]
fn people_work_while_it_runs() {
    let (lab, people) = lived_in(4);
    let table = Table::of(&lab.stack);
    age(&table);
    thread::scope(|scope| {
        let running = scope.spawn(|| migrate(&table, false));
        let working: Vec<_> = people
            .iter()
            .map(|person| {
                scope.spawn(|| {
                    let (tasks, _) = person.walk("/tasks?limit=10");
                    for task in tasks {
                        let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
                        person.post(&format!("{path}/status"), &json!({"status": "done"})).expect(200);
                        person.post(&format!("{path}/time"), &json!({"minutes": 7})).expect(201);
                        person.delete(&path).expect(204);
                        person.call("POST", &format!("{path}/restore")).send().expect(200);
                        person.patch("/auth/me", &json!({"workday_minutes": 400})).expect(200);
                    }
                    Person::on(&lab.api).task("Of somebody new");
                })
            })
            .collect();
        working.into_iter().for_each(|one| one.join().expect("all went well"));
        running.join().expect("a run").expect("it went well");
    });
    // What was guessed in the very moment in which a history was taken.
    migrate(&table, false).expect("a run");
    assert_eq!(migrate(&table, true).expect("a count").to_change, 0);
    for (key, item) in contents(&table) {
        let listed = match item["type"].as_s().expect("a type").as_str() {
            "user" | "invite" => true,
            "task" => key.1.starts_with("TASK#"),
            "event" => key.0.starts_with("USER#"),
            _ => continue,
        };
        assert!(!listed || PLACE.iter().all(|name| item.contains_key(*name)), "{key:?} is in no list");
        let told = key.0.starts_with("TASK#") && item.contains_key("what");
        assert!(!told || item.contains_key("around"), "{key:?} says nothing of its task");
    }
}

#[test]
fn two_runs_at_once_do_no_harm() {
    let (lab, _) = lived_in(3);
    let table = Table::of(&lab.stack);
    let new = contents(&table);
    age(&table);
    let ended: Vec<Result<Ran, Error>> = thread::scope(|scope| {
        let runs: Vec<_> = (0..2).map(|_| scope.spawn(|| migrate(&table, false))).collect();
        runs.into_iter().map(|run| run.join().expect("an end")).collect()
    });
    for one in &ended {
        assert!(matches!(one, Ok(_) | Err(Error::AnotherRun)), "{one:?}");
    }
    migrate(&table, false).expect("the rest, if there is any");
    assert_eq!(migrate(&table, true).expect("a count").to_change, 0);
    same(contents(&table), new);
}
