//! Races for tasks over HTTP, each in calm and with half of all transactions cancelled.

use serde_json::{Value, json};
use tests::{Answer, Person, fresh_name};

use crate::admin_rows::of_admins;
use crate::rows::{Desk, Row, of_forms, of_tasks, stands};
use crate::team_rows::of_the_team;
use crate::weather::{at_once, count, counts, in_any_weather};

/// The task stands at this version with these entries, the days and the history agree.
#[track_caller]
pub(crate) fn is_at(person: &Person, path: &str, version: usize, minutes: &[i64]) -> Value {
    let answer = person.get(path);
    stands(person, path, &answer, version as u64, minutes);
    answer.json()
}

#[test]
fn no_minute_is_lost_or_counted_twice() {
    in_any_weather("fifty logs of a minute", |lab| {
        let person = Person::on(&lab.api);
        let path = person.task_path("x");
        let answers = at_once(50, |_| person.post(&format!("{path}/time"), &json!({"minutes": 1})));
        let [logged, _] = counts(&answers, [201, 503]);
        assert!(logged > 0);
        let entries = person.walk(&format!("{path}/time?limit=200")).0;
        assert_eq!(entries.len(), logged);
        let task = person.get(&path).ok(200);
        assert_eq!((&task["total_minutes"], &task["version"]), (&json!(logged), &json!(logged + 1)));
        assert_eq!(person.walk(&format!("{path}/history?limit=200")).0.len(), logged + 1);
        let mut ids: Vec<Value> = answers.iter().filter(|a| a.status == 201).map(|a| a.json()["id"].clone()).collect();
        let mut there: Vec<Value> = entries.iter().map(|entry| entry["id"].clone()).collect();
        ids.sort_by_key(Value::to_string);
        there.sort_by_key(Value::to_string);
        assert_eq!(ids, there, "each answer names its own entry");
    });
}

#[test]
fn of_ten_editors_of_one_version_one_wins() {
    in_any_weather("ten editors of one version", |lab| {
        let person = Person::on(&lab.api);
        let path = person.task_path("x");
        let answers = at_once(10, |n| {
            let call = person.call("PATCH", &path).header("if-match", "\"1\"");
            call.json(&json!({"title": format!("By editor {n}")})).send()
        });
        assert_eq!(counts(&answers, [200, 412]), [1, 9]);
        let won = answers.iter().find(|answer| answer.status == 200).expect("a winner").json();
        assert_eq!(is_at(&person, &path, 2, &[]), won);
    });
}

#[test]
fn edits_of_any_version_all_happen_each_on_its_own() {
    in_any_weather("twenty edits without a version", |lab| {
        let person = Person::on(&lab.api);
        let path = person.task_path("x");
        let answers = at_once(20, |n| person.patch(&path, &json!({"title": format!("By editor {n}")})));
        let [edited, _] = counts(&answers, [200, 503]);
        assert!(edited > 0);
        let mut versions: Vec<u64> =
            answers.iter().filter(|a| a.status == 200).map(|a| a.json()["version"].as_u64().expect("one")).collect();
        versions.sort_unstable();
        assert_eq!(versions, (2..=edited as u64 + 1).collect::<Vec<_>>(), "each made a version of its own");
        is_at(&person, &path, edited + 1, &[]);
    });
}

#[test]
fn a_task_is_deleted_and_restored_once() {
    in_any_weather("eight deletions, eight restores", |lab| {
        let person = Person::on(&lab.api);
        let path = person.task_path("x");
        let answers = at_once(8, |_| person.delete(&path));
        assert_eq!(counts(&answers, [204, 404]), [1, 7]);
        let answers = at_once(8, |_| person.call("POST", &format!("{path}/restore")).send());
        assert_eq!(counts(&answers, [200]), [8]);
        is_at(&person, &path, 3, &[]);
    });
}

#[test]
fn a_deletion_among_edits_loses_none_that_was_answered() {
    in_any_weather("a deletion among edits", |lab| {
        let person = Person::on(&lab.api);
        for matching in [None, Some("\"1\"")] {
            let path = person.task_path("x");
            let answers = at_once(12, |n| match (n, matching) {
                (4, None) => person.delete(&path),
                (4, Some(version)) => person.call("DELETE", &path).header("if-match", version).send(),
                (_, None) => person.patch(&path, &json!({"title": format!("By editor {n}")})),
                (_, Some(version)) => {
                    let call = person.call("PATCH", &path).header("if-match", version);
                    call.json(&json!({"title": format!("By editor {n}")})).send()
                }
            });
            let [edited, deleted, ..] = counts(&answers, [200, 204, 404, 412]);
            if matching.is_none() {
                assert_eq!((deleted, answers[4].status), (1, 204));
            } else {
                assert_eq!(edited + deleted, 1, "one of all of one version");
            }
            if deleted == 1 {
                person.get(&path).problem(404);
                person.call("POST", &format!("{path}/restore")).send().ok(200);
            }
            let task = is_at(&person, &path, 1 + edited + 2 * deleted, &[]);
            let versions = answers.iter().filter(|answer| answer.status == 200).map(Answer::json);
            let last = versions.max_by_key(|task| task["version"].as_u64()).map(|task| task["title"].clone());
            assert_eq!(task["title"], last.unwrap_or_else(|| json!("x")), "the last edit that was answered stands");
        }
    });
}

#[test]
fn a_timer_is_started_once_and_stopped_once() {
    in_any_weather("a timer in ten places", |lab| {
        let person = Person::on(&lab.api);
        let paths: Vec<String> = (0..10).map(|n| person.task_path(&format!("Place {n}"))).collect();
        let start = |n: usize| person.call("POST", &format!("{}/timer/start", paths[n])).send();
        let answers = at_once(10, start);
        assert_eq!(counts(&answers, [201, 409]), [1, 9]);
        let started = answers.iter().find(|answer| answer.status == 201).expect("one").json();
        assert_eq!(person.get("/timer").ok(200), started);
        let path = format!("/tasks/{}", started["task_id"].as_str().expect("an id"));
        let answers = at_once(10, |_| person.call("POST", &format!("{path}/timer/stop")).send());
        assert_eq!(counts(&answers, [201, 409]), [1, 9]);
        person.get("/timer").expect(204);
        is_at(&person, &path, 2, &[1]);
    });
}

#[test]
fn an_entry_is_taken_back_once() {
    in_any_weather("ten reversals of one entry", |lab| {
        let person = Person::on(&lab.api);
        let path = person.task_path("x");
        let entry = person.post(&format!("{path}/time"), &json!({"minutes": 5})).ok(201);
        let reversal = format!("{path}/time/{}/reversal", entry["id"].as_str().expect("an id"));
        let answers = at_once(10, |_| person.call("POST", &reversal).send());
        assert_eq!(counts(&answers, [201, 409]), [1, 9]);
        is_at(&person, &path, 3, &[-5, 5]);
    });
}

/// Sends every write twenty times at once under one key: one effect, the same answer.
fn one_key(of: &str, rows: fn() -> Vec<Row>) {
    in_any_weather(of, |lab| {
        let desk = Desk::of(lab);
        for Row { route, make, success, landed, .. } in rows() {
            let write = make(&desk, Some(&fresh_name()));
            let answers = at_once(20, |_| (write.send)());
            // A code is shown once: to who comes after, it says that it was.
            let expected = match landed {
                Some(landed) => count(&answers, success) == 1 && count(&answers, landed) == 19,
                None => count(&answers, success) == 20,
            };
            assert!(expected, "{route}: {:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
            let done: Vec<&Answer> = answers.iter().filter(|answer| answer.status == success).collect();
            let first = done[0];
            for other in &done {
                assert_eq!((other.text(), other.header("etag")), (first.text(), first.header("etag")), "{route}");
                assert_eq!(other.header("location"), first.header("location"), "{route}");
            }
            (write.check)(first, false);
        }
    });
}

#[test]
fn a_write_sent_twenty_times_at_once_under_one_key_is_one() {
    one_key("every write twenty times under one key", of_tasks);
}

#[test]
fn what_an_administrator_sends_twenty_times_at_once_under_one_key_is_one() {
    one_key("every write of administrators twenty times under one key", || {
        of_admins().into_iter().filter(|row| row.keyed).collect()
    });
}

#[test]
fn a_form_sent_twenty_times_at_once_is_one_write() {
    one_key("every form twenty times", of_forms);
    one_key("every form of the team's pages twenty times", || {
        of_the_team().into_iter().filter(|row| row.keyed).collect()
    });
}

#[test]
fn a_timer_never_runs_on_a_task_in_the_trash() {
    in_any_weather("a timer's start against a deletion", |lab| {
        let person = Person::on(&lab.api);
        for _ in 0..10 {
            let path = person.task_path("x");
            let answers = at_once(2, |n| match n {
                0 => person.call("POST", &format!("{path}/timer/start")).send(),
                _ => person.delete(&path),
            });
            let [started, deleted, _] = counts(&answers, [201, 204, 404]);
            assert_eq!(deleted, 1, "nothing keeps a task from being deleted");
            person.get("/timer").expect(204);
            person.call("POST", &format!("{path}/restore")).send().ok(200);
            match started {
                // It was started first, and stopped into an entry by the deletion.
                1 => is_at(&person, &path, 4, &[1]),
                _ => is_at(&person, &path, 3, &[]),
            };
        }
    });
}
