//! A task is given to somebody while something else happens to it, in calm and with half of all transactions cancelled.

use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};
use sprintsync_domain::{TaskId, UserId};
use sprintsync_store::Store;
use tests::{Answer, Faults, Lab, Person, Table, run};

use crate::admin_races::administrators;
use crate::weather::{at_once, counts, in_any_weather};

/// Rounds of each race.
const ROUNDS: usize = 6;

/// Those who are there: who gives, and between whom it goes.
struct Cast {
    admins: Vec<Person>,
    people: Vec<Person>,
}

impl Cast {
    fn of(lab: &Lab) -> Self {
        Self { admins: administrators(lab, 2), people: (0..3).map(|_| Person::on(&lab.api)).collect() }
    }

    fn give(&self, admin: usize, path: &str, to: usize) -> Answer {
        self.admins[admin].post(&format!("{path}/assign"), &json!({"user_id": self.people[to].id}))
    }

    /// The task lies in one place, and everything that is said of it agrees. Gives its owner and itself.
    #[track_caller]
    fn whole(&self, lab: &Lab, path: &str) -> (usize, Value) {
        let id = path.strip_prefix("/tasks/").expect("a path");
        let table = Table::of(&lab.stack);
        let mut holders = Vec::new();
        for (n, person) in self.people.iter().enumerate() {
            let keys = table.sort_keys(&format!("USER#{}", person.id));
            holders.extend(
                keys.iter().filter(|key| [format!("TASK#{id}"), format!("TRASH#{id}")].contains(key)).map(|_| n),
            );
        }
        let [owner] = holders[..] else { panic!("the task lies with {holders:?}") };
        let person = &self.people[owner];
        let task = person.get(path).ok(200);
        assert_eq!(task, self.admins[0].get(path).ok(200), "the mark of the owner leads there");
        assert_eq!(task["user_id"], *person.id);
        let entries = person.walk(&format!("{path}/time")).0;
        let sum: i64 = entries.iter().map(|entry| entry["minutes"].as_i64().expect("minutes")).sum();
        assert_eq!(task["total_minutes"], sum);
        let events = person.walk(&format!("{path}/history")).0;
        assert_eq!(task["version"], events.len(), "an event for each version: {events:?}");
        for (n, other) in self.people.iter().enumerate() {
            let days = other.walk("/time?from=2020-01-01&to=2100-01-01&limit=200").0;
            let days: Vec<&Value> = days.iter().filter(|entry| entry["task_id"] == id).collect();
            let theirs: Vec<&Value> = entries.iter().filter(|entry| entry["user_id"] == *other.id).collect();
            assert_eq!(days, theirs, "the days say what the task says");
            let timer = other.get("/timer");
            let runs = timer.status == 200 && timer.json()["task_id"] == id;
            assert!(!runs || n == owner, "a timer runs on what is somebody else's");
            if n != owner {
                other.get(path).problem(404);
            }
        }
        (owner, task)
    }
}

/// In each round, what the owner does meets the administrator who gives the task to somebody else.
fn against(
    of: &str,
    before: fn(&Person, &str),
    act: fn(&Person, &str) -> Answer,
    check: fn(&Cast, &Lab, &str, [&Answer; 2]),
) {
    in_any_weather(of, |lab| {
        let cast = Cast::of(lab);
        for _ in 0..ROUNDS {
            let path = cast.people[0].task_path("x");
            before(&cast.people[0], &path);
            let answers = at_once(2, |n| match n {
                0 => cast.give(0, &path, 1),
                _ => act(&cast.people[0], &path),
            });
            check(&cast, lab, &path, [&answers[0], &answers[1]]);
        }
    });
}

fn nothing(_: &Person, _: &str) {}

fn start(person: &Person, path: &str) -> Answer {
    person.call("POST", &format!("{path}/timer/start")).send()
}

fn given(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn an_edit_is_kept_or_refused() {
    let edit = |person: &Person, path: &str| person.patch(path, &json!({"title": "Edited"}));
    against("a task given against an edit", nothing, edit, |cast, lab, path, [assigned, edited]| {
        given(assigned);
        let (owner, task) = cast.whole(lab, path);
        let [kept, _] = counts(std::slice::from_ref(edited), [200, 404]);
        assert_eq!((owner, &task["version"]), (1, &json!(2 + kept)));
        assert_eq!(task["title"], if kept == 1 { "Edited" } else { "x" });
    });
}

#[test]
fn minutes_are_kept_or_refused() {
    let log = |person: &Person, path: &str| person.post(&format!("{path}/time"), &json!({"minutes": 5}));
    against("a task given against logged minutes", nothing, log, |cast, lab, path, [assigned, logged]| {
        given(assigned);
        let (owner, task) = cast.whole(lab, path);
        let [kept, _] = counts(std::slice::from_ref(logged), [201, 404]);
        assert_eq!((owner, &task["total_minutes"]), (1, &json!(5 * kept)));
    });
}

#[test]
fn a_task_that_is_deleted_is_not_given_and_one_that_is_given_not_deleted() {
    let delete = |person: &Person, path: &str| person.delete(path);
    against("a task given against its deletion", nothing, delete, |cast, lab, path, [assigned, deleted]| {
        let [given, _] = counts(std::slice::from_ref(assigned), [200, 404]);
        let [gone, _] = counts(std::slice::from_ref(deleted), [204, 404]);
        assert_eq!(given + gone, 1, "one of both");
        if gone == 1 {
            cast.people[0].get(path).problem(404);
            cast.people[0].call("POST", &format!("{path}/restore")).send().ok(200);
        }
        let (owner, task) = cast.whole(lab, path);
        assert_eq!((owner, &task["version"]), (given, &json!(if gone == 1 { 3 } else { 2 })));
    });
}

#[test]
fn a_timer_that_starts_is_stopped_or_never_ran() {
    against("a task given against a timer's start", nothing, start, |cast, lab, path, [assigned, started]| {
        given(assigned);
        let (owner, task) = cast.whole(lab, path);
        let [ran, _] = counts(std::slice::from_ref(started), [201, 404]);
        cast.people[0].get("/timer").expect(204);
        assert_eq!((owner, &task["total_minutes"], &task["version"]), (1, &json!(ran), &json!(2 + ran)));
    });
}

#[test]
fn a_timer_is_stopped_once_by_whoever_stops_it() {
    let stop = |person: &Person, path: &str| person.call("POST", &format!("{path}/timer/stop")).send();
    let before = |person: &Person, path: &str| drop(start(person, path).ok(201));
    against("a task given against a timer's stop", before, stop, |cast, lab, path, [assigned, stopped]| {
        given(assigned);
        counts(std::slice::from_ref(stopped), [201, 404, 409]);
        cast.people[0].get("/timer").expect(204);
        let (owner, task) = cast.whole(lab, path);
        assert_eq!((owner, &task["total_minutes"], &task["version"]), (1, &json!(1), &json!(3)));
    });
}

#[test]
fn of_two_who_give_a_task_the_last_has_his_way() {
    in_any_weather("a task given twice at once", |lab| {
        let cast = Cast::of(lab);
        for _ in 0..ROUNDS {
            let path = cast.people[0].task_path("x");
            start(&cast.people[0], &path).ok(201);
            let answers = at_once(2, |n| cast.give(n, &path, n + 1));
            assert_eq!(counts(&answers, [200]), [2], "the task was there all the time");
            let (owner, task) = cast.whole(lab, &path);
            assert!(owner > 0);
            assert_eq!((&task["total_minutes"], &task["version"]), (&json!(1), &json!(4)));
            let last = answers.iter().map(Answer::json).max_by_key(|task| task["version"].as_u64());
            assert_eq!(last, Some(task), "the later answer says what is there");
        }
    });
}

#[test]
fn a_task_that_goes_round_among_writers_loses_nothing() {
    in_any_weather("a task that goes round among three who log", |lab| {
        let cast = Cast::of(lab);
        let path = cast.people[0].task_path("x");
        let answers = at_once(15, |n| match n {
            0..6 => cast.give(n % 2, &path, n % 3),
            _ => cast.people[n % 3].post(&format!("{path}/time"), &json!({"minutes": 1})),
        });
        counts(&answers[..6], [200, 503]);
        let [logged, ..] = counts(&answers[6..], [201, 404, 503]);
        let (_, task) = cast.whole(lab, &path);
        assert_eq!(task["total_minutes"], logged);
    });
}

/// A store in front of whose calls, by their number, the task is given to one of the people.
fn store_among_gifts<const N: usize>(lab: &Lab, cast: &Arc<Cast>, path: &str, gifts: [(usize, usize); N]) -> Store {
    let wire = Faults::default();
    let (cast, path) = (Arc::clone(cast), path.to_owned());
    wire.plan(move |call| {
        let (_, to) = *gifts.iter().find(|(number, _)| *number == call.number)?;
        let (cast, path) = (Arc::clone(&cast), path.clone());
        thread::spawn(move || given(&cast.give(0, &path, to))).join().expect("it is given");
        None
    });
    Table::over(&lab.stack, &wire).store()
}

#[test]
fn a_task_that_comes_back_while_it_is_looked_for_is_found() {
    let lab = Lab::start();
    let cast = Arc::new(Cast::of(&lab));
    let path = cast.people[0].task_path("x");
    let id: TaskId = path.strip_prefix("/tasks/").expect("a path").parse().expect("an id");
    let [owner, to]: [UserId; 2] = [0, 2].map(|n: usize| cast.people[n].id.parse().expect("an id"));

    // It goes before it is looked for, and is back before the mark of its owner is looked at again.
    let store = store_among_gifts(&lab, &cast, &path, [(1, 1), (2, 0)]);
    assert_eq!(run(store.task_of_anybody(id)).expect("an answer").map(|task| task.owner), Some(owner));
    let store = store_among_gifts(&lab, &cast, &path, [(0, 1), (1, 0)]);
    let there = run(store.assignable((owner, id), to)).expect("an answer");
    assert_eq!(there.task.map(|task| task.owner), Some(owner));

    cast.people[0].delete(&path).expect(204);
    assert!(run(store.task_of_anybody(id)).expect("an answer").is_none(), "in the trash it is nobody's to find");
}

#[test]
fn who_is_shut_out_gets_no_task() {
    in_any_weather("a task given to somebody who is shut out", |lab| {
        let cast = Cast::of(lab);
        for _ in 0..ROUNDS {
            let path = cast.people[0].task_path("x");
            let account = format!("/auth/users/{}", cast.people[1].id);
            let answers = at_once(2, |n| match n {
                0 => cast.give(0, &path, 1),
                _ => cast.admins[1].patch(&account, &json!({"disabled": true})),
            });
            assert_eq!(counts(&answers[1..], [200]), [1]);
            let [given, _] = counts(&answers[..1], [200, 422]);
            let held = Table::of(&lab.stack).sort_keys(&format!("USER#{}", cast.people[given].id));
            assert!(held.contains(&path.replace("/tasks/", "TASK#")));
            cast.give(0, &path, 1).names(&["user_id"]);
            cast.admins[1].patch(&account, &json!({"disabled": false})).ok(200);
        }
    });
}
