//! The trash: thirty days, and what outlives them.

use serde_json::{Value, json};
use tests::{Clock, Lab, PASSWORD, Person, Table};

use crate::{DAY, HOUR};

/// Signs in anew: a session is shorter than a stay in the trash.
fn later(lab: &Lab, person: &Person, seconds: i64) -> Person {
    lab.clock.advance(seconds);
    person.with(&person.sign_in(PASSWORD))
}

fn restore(person: &Person, path: &str) -> tests::Answer {
    person.call("POST", &format!("{path}/restore")).send()
}

#[test]
fn a_task_can_be_restored_for_thirty_days_and_no_second_longer() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let (path, other) = (person.task_path("Kept"), person.task_path("Lost"));
    for path in [&path, &other] {
        person.post(&format!("{path}/time"), &json!({"minutes": 30})).ok(201);
        person.delete(path).expect(204);
    }
    let person = later(&lab, &person, 30 * DAY - 60);
    let restored = restore(&person, &path).ok(200);
    assert_eq!((&restored["total_minutes"], &restored["version"]), (&json!(30), &json!(4)));
    assert_eq!(person.get(&path).ok(200), restored);
    lab.clock.advance(60);
    restore(&person, &other).problem(404);
    // Deleted again, it has thirty days again.
    person.delete(&path).expect(204);
    let person = later(&lab, &person, 29 * DAY);
    restore(&person, &path).ok(200);
}

#[test]
fn nothing_in_the_ledger_is_lost_by_trash_or_time() {
    // The table's own sweep goes by the real clock: so the past is where this begins.
    let clock = Clock::default();
    clock.advance(-60 * DAY);
    let lab = Lab::at(clock);
    let table = Table::of(&lab.stack);
    let person = Person::on(&lab.api);
    let path = person.task_path("Deleted for good");
    let id = path.strip_prefix("/tasks/").expect("a path").to_owned();
    let entry = person.post(&format!("{path}/time"), &json!({"minutes": 45, "note": "worked"})).ok(201);
    let reversed = person.post(&format!("{path}/time"), &json!({"minutes": 15})).ok(201);
    let reversal = format!("{path}/time/{}/reversal", reversed["id"].as_str().expect("an id"));
    person.call("POST", &reversal).send().ok(201);
    person.delete(&path).expect(204);
    let days = "/time?from=2020-01-01&to=2100-01-01";
    let ledger = person.walk(days).0;
    assert_eq!(ledger.len(), 3);
    let partition = || {
        let mut keys = table.sort_keys(&format!("TASK#{id}"));
        keys.sort();
        keys
    };
    let behind = partition();

    lab.clock.advance(31 * DAY);
    assert!(tests::run(lab.stack.sweep()).expect("a sweep") > 0);
    let person = later(&lab, &person, 0);
    let own = table.sort_keys(&format!("USER#{}", person.id));
    assert!(!own.contains(&format!("TRASH#{id}")), "what was in the trash is removed: {own:?}");
    assert_eq!(person.walk(days).0, ledger, "the person's days are as they were");
    assert_eq!(partition(), behind, "entries, corrections, history and the owner's mark stay");
    person.get(&path).problem(404);
    restore(&person, &path).problem(404);
    // It is in the export still: the minutes, and what happened, but no task.
    let export = person.walk("/auth/me/export?limit=200").0;
    let of = |kind: &str| export.iter().filter(|one| one["type"] == kind).map(|one| &one["data"]).collect::<Vec<_>>();
    assert!(of("task").is_empty() && of("trashed_task").is_empty());
    assert_eq!(of("entry").len(), 3);
    assert!(of("entry").iter().any(|one| one["id"] == entry["id"]));
    let events: Vec<&Value> = of("event").into_iter().filter(|event| event["task_id"] == id.as_str()).collect();
    assert_eq!(
        events.iter().map(|event| event["what"].as_str().expect("a word")).collect::<Vec<_>>(),
        ["deleted", "time_reversed", "time_logged", "time_logged", "created"]
    );
}

#[test]
fn what_has_expired_is_gone_before_it_is_removed() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    let path = person.task_path("x");
    person.delete(&path).expect(204);
    let person = later(&lab, &person, 30 * DAY + HOUR);
    let id = path.strip_prefix("/tasks/").expect("a path");
    assert!(Table::of(&lab.stack).sort_keys(&format!("USER#{}", person.id)).contains(&format!("TRASH#{id}")));
    restore(&person, &path).problem(404);
    let page = lab.api.call("GET", "/trash").cookie(&person.token).send().expect(200);
    assert!(!page.text().contains(id));
    let export = person.walk("/auth/me/export").0;
    assert!(export.iter().all(|one| one["type"] != "trashed_task"));
}
