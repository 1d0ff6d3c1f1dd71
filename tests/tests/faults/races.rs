//! Races over HTTP, each in calm and with half of all transactions cancelled.

use serde_json::{Value, json};
use tests::{Answer, Lab, PASSWORD, Person, fresh_name};

use crate::rows::{Desk, Row, of_forms, of_tasks, stands};
use crate::weather::{at_once, count, counts, in_any_weather};

/// The entries' minutes of a task with so many entries of a minute.
fn ones(entries: usize) -> Vec<i64> {
    vec![1; entries]
}

/// The task stands at this version with these entries, the days and the history agree.
#[track_caller]
fn is_at(person: &Person, path: &str, version: usize, minutes: &[i64]) -> Value {
    let answer = person.get(path);
    stands(person, path, &answer, version as u64, minutes);
    answer.json()
}

#[test]
fn a_name_is_given_once() {
    in_any_weather("fifty sign-ups of one name", |lab| {
        let name = fresh_name();
        let answers = at_once(50, |n| {
            let name = if n % 2 == 0 { name.clone() } else { name.to_uppercase() };
            if n % 5 == 0 {
                let fields = [("username", &*name), ("password", PASSWORD)];
                return lab.api.call("POST", "/web/signup").same_origin().form(&fields).send();
            }
            lab.api.post("/auth/signup", &json!({"username": name, "password": PASSWORD}))
        });
        let [made, by_form, ..] = counts(&answers, [201, 303, 409, 429]);
        assert_eq!(made + by_form, 1);
        lab.api.post("/auth/login", &json!({"username": name, "password": PASSWORD})).ok(200);
    });
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
        for Row { route, make, success, .. } in rows() {
            let write = make(&desk, Some(&fresh_name()));
            let answers = at_once(20, |_| (write.send)());
            assert_eq!(
                count(&answers, success),
                20,
                "{route}: {:?}",
                answers.iter().map(|a| a.status).collect::<Vec<_>>()
            );
            let first = &answers[0];
            for other in &answers {
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
fn a_form_sent_twenty_times_at_once_is_one_write() {
    one_key("every form twenty times", of_forms);
}

/// Ten writes while `end` ends the session of whoever writes.
fn ended_while_writing(lab: &Lab, end: impl Fn(&Person, &Person) -> Answer + Sync, ended: u16) {
    let owner = Person::on(&lab.api);
    let path = owner.task_path("x");
    let writer = owner.with(&owner.sign_in(PASSWORD));
    let answers = at_once(11, |n| match n {
        5 => end(&owner, &writer),
        _ => writer.post(&format!("{path}/time"), &json!({"minutes": 1})),
    });
    assert_eq!(answers[5].status, ended, "{}", answers[5].text());
    let writes = [&answers[..5], &answers[6..]].concat();
    let [written, ..] = counts(&writes, [201, 401]);
    for path in ["/auth/me", &path] {
        writer.get(path).problem(401);
    }
    writer.post(&format!("{path}/time"), &json!({"minutes": 1})).problem(401);
    is_at(&owner, &path, written + 1, &ones(written));
}

#[test]
fn a_session_that_ends_among_writes_lets_each_through_or_not_at_all() {
    in_any_weather("a session that ends among ten writes", |lab| {
        ended_while_writing(lab, |_, writer| writer.call("POST", "/auth/logout").send(), 204);
        let change = |owner: &Person, _: &Person| {
            let body = json!({"current_password": PASSWORD, "new_password": "seven loud herons dance"});
            owner.post("/auth/password", &body)
        };
        ended_while_writing(lab, change, 204);
    });
}

#[test]
fn a_session_ends_once_whoever_ends_it() {
    in_any_weather("six ends of one session", |lab| {
        let person = Person::on(&lab.api);
        let other = person.with(&person.sign_in(PASSWORD));
        let answers = at_once(6, |_| other.call("POST", "/auth/logout").send());
        let [ended, _] = counts(&answers, [204, 401]);
        assert!(ended >= 1);
        other.get("/auth/me").problem(401);
        person.get("/auth/me").ok(200);
    });
}

#[test]
fn of_two_passwords_chosen_at_once_one_opens_the_account() {
    in_any_weather("five changes of one password", |lab| {
        let person = Person::on(&lab.api);
        let sessions: Vec<Person> = (0..5).map(|_| person.with(&person.sign_in(PASSWORD))).collect();
        let chosen = |n: usize| format!("seven loud herons dance {n}");
        let answers = at_once(5, |n| {
            let body = json!({"current_password": PASSWORD, "new_password": chosen(n)});
            sessions[n].post("/auth/password", &body)
        });
        // Whoever came too late has lost the session, or the old password.
        let [changed, ..] = counts(&answers, [204, 401, 403]);
        assert_eq!(changed, 1);
        for (n, answer) in answers.iter().enumerate() {
            let won = answer.status == 204;
            assert_eq!(person.try_sign_in(&chosen(n)).status, if won { 200 } else { 401 });
            assert_eq!(sessions[n].get("/auth/me").status, if won { 200 } else { 401 });
        }
    });
}
