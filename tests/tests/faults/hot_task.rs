//! Sixty-four at once at one task: nobody is sent away, and every minute counts once.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};
use tests::{Answer, Person};

use crate::weather::{at_once, count, in_any_weather};

const WRITERS: usize = 64;
const EACH: usize = 3;
const ALL: usize = WRITERS * EACH;

/// Lets everybody act, each several times, and gives every answer.
fn all(act: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    let (answers, started) = (Mutex::new(Vec::new()), Instant::now());
    let last = at_once(WRITERS, |writer| {
        let own: Vec<Answer> = (0..EACH).map(|turn| act(writer * EACH + turn)).collect();
        let last = own[EACH - 1].clone();
        answers.lock().unwrap_or_else(PoisonError::into_inner).extend(own);
        last
    });
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let unavailable = count(&answers, 503);
    let took = started.elapsed();
    let _ = writeln!(
        std::io::stderr(),
        "{WRITERS} at once: {} answers, {unavailable} of them 503, {took:?}",
        answers.len()
    );
    assert_eq!(last.len(), WRITERS);
    answers
}

/// The ids in a field of these, each of which is there once.
#[track_caller]
fn ids(of: &[Value], name: &str) -> BTreeSet<String> {
    let ids: Vec<String> = of.iter().map(|one| one[name].as_str().expect("an id").to_owned()).collect();
    let set: BTreeSet<String> = ids.iter().cloned().collect();
    assert_eq!(set.len(), ids.len(), "each once");
    set
}

/// The task stands as so many minutes in so many entries make it, and its history is one order, however it is read.
#[track_caller]
fn adds_up(person: &Person, path: &str, minutes: usize, entries: usize) {
    let task = person.get(path).ok(200);
    assert_eq!((&task["total_minutes"], &task["version"]), (&json!(minutes), &json!(entries + 1)));
    let written = person.walk(&format!("{path}/time?limit=200")).0;
    let history = person.walk(&format!("{path}/history?limit=200")).0;
    assert_eq!((written.len(), history.len()), (entries, entries + 1));
    let (created, booked) = history.split_last().expect("a history");
    assert_eq!(created["what"], "created");
    let told: Vec<Value> = booked.iter().map(|event| event["to"].clone()).collect();
    assert_eq!(ids(&told, "entry_id"), ids(&written, "id"), "each entry has its event");
    assert_eq!(person.walk(&format!("{path}/history?limit=7")).0, history, "in pages as in one");
    let (exported, _) = person.walk("/auth/me/export?limit=3");
    let events = exported.iter().filter(|record| record["type"] == "event" && record["data"]["task_id"] == task["id"]);
    let events = events.count();
    assert_eq!(events, history.len(), "an export has each once: {:?}", exported.first());
}

#[test]
fn everybody_s_minutes_on_one_task_count_and_nobody_is_sent_away() {
    in_any_weather("sixty-four log three times each", |lab| {
        let person = Person::on(&lab.api);
        let path = person.task_path("Hot");
        let answers = all(|_| person.post(&format!("{path}/time"), &json!({"minutes": 1})));
        assert_eq!(count(&answers, 201), ALL);
        adds_up(&person, &path, ALL, ALL);
        // Whoever saves meanwhile loses nothing, and who saves what was seen before is told.
        person.call("PATCH", &path).header("if-match", "\"1\"").json(&json!({"title": "Late"})).send().problem(412);
        let current = format!("\"{}\"", ALL + 1);
        person.call("PATCH", &path).header("if-match", &current).json(&json!({"title": "Next"})).send().ok(200);
    });
}
