//! What many saw of one task at once could have been seen in turn: histories of random operations are checked against
//! the domain's own model (Herlihy and Wing, 1990), in calm and with half of all transactions cancelled.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sprintsync_domain::{
    Description, Entry, EntryId, Minutes, NewEntry, NewTask, Note, Status, Task, TaskEdit, Timestamp, UserId, Version,
};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};
use tests::{Answer, Dice, Lab, Person, operations, seed};

use crate::weather::storm;

/// People at one task.
const WRITERS: usize = 4;
/// What each of them does in a round.
const EACH: usize = 6;
/// Minutes of the entries that a task begins with, to be taken back.
const BEGUN: [i64; 3] = [10, 20, 30];

/// What someone does.
#[derive(Debug, Clone)]
enum Op {
    Read,
    Edit(String, Option<Version>),
    SetStatus(Status, Option<Version>),
    Log(i64),
    Reverse(usize),
    Delete(Option<Version>),
    Restore,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
enum Ret {
    Task { version: Version, title: String, status: String, minutes: i64 },
    Entry(i64),
    Deleted,
    Gone,
    Stale,
    Reversed,
}

/// A task, and where it is.
#[derive(Debug, Clone)]
struct Model {
    task: Task,
    in_trash: bool,
    begun: Vec<Entry>,
    reversed: Vec<EntryId>,
    by: UserId,
}

impl Model {
    fn now() -> Timestamp {
        Timestamp::from_ms(0)
    }

    fn id<I: From<uuid::Uuid>>(n: u128) -> I {
        uuid::Uuid::from_u128(n).into()
    }

    /// A task with the entries that it begins with.
    fn begun() -> Self {
        let by: UserId = Self::id(1);
        let new = NewTask {
            title: "Begun".parse().expect("a title"),
            description: Description::default(),
            status: Status::Todo,
            estimate: None,
            due_on: None,
            logged: None,
        };
        let today = "2026-01-01".parse().expect("a day");
        let task = Task::create(new, Self::id(2), Self::id(3), by, Self::now(), today).task;
        let mut model = Self { task, in_trash: false, begun: Vec::new(), reversed: Vec::new(), by };
        model.begun = (4..).zip(BEGUN).map(|(id, minutes)| model.log(minutes, Self::id(id))).collect();
        model
    }

    fn log(&mut self, minutes: i64, id: EntryId) -> Entry {
        let minutes = Minutes::try_from(minutes).expect("minutes");
        let new = NewEntry { minutes, note: Note::default(), worked_on: "2026-01-01".parse().expect("a day") };
        let change = self.task.log(new, id, self.by, Self::now());
        self.task = change.task;
        change.entry.expect("an entry")
    }

    fn seen(&self) -> Ret {
        Ret::Task {
            version: self.task.version,
            title: self.task.title.to_string(),
            status: self.task.status.to_string(),
            minutes: self.task.total_minutes,
        }
    }

    fn edit(&mut self, edit: &TaskEdit, expected: Option<Version>) -> Ret {
        if expected.is_some_and(|expected| expected != self.task.version) {
            return Ret::Stale;
        }
        if let Some(change) = self.task.edit(edit, self.by, Self::now()) {
            self.task = change.task;
        }
        self.seen()
    }
}

impl SequentialSpec for Model {
    type Op = Op;
    type Ret = Ret;

    fn invoke(&mut self, op: &Op) -> Ret {
        match op {
            Op::Restore if self.in_trash => {
                self.task = self.task.restore(self.by, Self::now()).task;
                self.in_trash = false;
                self.seen()
            }
            _ if self.in_trash => Ret::Gone,
            Op::Read | Op::Restore => self.seen(),
            Op::Edit(title, expected) => {
                self.edit(&TaskEdit { title: title.parse().ok(), ..TaskEdit::default() }, *expected)
            }
            Op::SetStatus(status, expected) => self.edit(&TaskEdit::status(*status), *expected),
            Op::Log(minutes) => Ret::Entry(self.log(*minutes, Self::id(9)).minutes),
            Op::Reverse(which) => {
                let entry = &self.begun[*which];
                if self.reversed.contains(&entry.id) {
                    return Ret::Reversed;
                }
                self.reversed.push(entry.id);
                let change = self.task.reverse(entry, Self::id(9), self.by, Self::now());
                self.task = change.task;
                Ret::Entry(change.entry.expect("an entry").minutes)
            }
            Op::Delete(Some(expected)) if *expected != self.task.version => Ret::Stale,
            Op::Delete(_) => {
                self.task = self.task.delete(self.by, Self::now()).task;
                self.in_trash = true;
                Ret::Deleted
            }
        }
    }
}

/// A task that exists, with the entries that it began with.
struct Subject {
    person: Person,
    path: String,
    begun: Vec<String>,
}

impl Subject {
    fn begin(person: &Person) -> Self {
        let (person, path) = (person.clone(), person.task_path("Begun"));
        let log = |minutes| {
            let entry = person.post(&format!("{path}/time"), &json!({"minutes": minutes})).ok(201);
            entry["id"].as_str().expect("an id").to_owned()
        };
        let begun = BEGUN.map(log).to_vec();
        Self { person, path, begun }
    }

    fn send(&self, op: &Op) -> Answer {
        let Self { person, path, begun } = self;
        let call = |method: &str, rest: &str, expected: &Option<Version>| {
            let call = person.call(method, &format!("{path}{rest}"));
            expected.iter().fold(call, |call, version| call.header("if-match", &format!("\"{version}\"")))
        };
        match op {
            Op::Read => person.get(path),
            Op::Edit(title, expected) => call("PATCH", "", expected).json(&json!({"title": title})).send(),
            Op::SetStatus(status, expected) => {
                call("POST", "/status", expected).json(&json!({"status": status.as_str()})).send()
            }
            Op::Log(minutes) => call("POST", "/time", &None).json(&json!({"minutes": minutes})).send(),
            Op::Reverse(which) => call("POST", &format!("/time/{}/reversal", begun[*which]), &None).send(),
            Op::Delete(expected) => call("DELETE", "", expected).send(),
            Op::Restore => call("POST", "/restore", &None).send(),
        }
    }
}

/// What an answer says; nothing, where it says that it does not know.
fn said(op: &Op, answer: &Answer) -> Option<Ret> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    Some(match (answer.status, op) {
        (503, _) => {
            answer.clone().problem(503);
            return None;
        }
        (200, Op::Read | Op::Edit(..) | Op::SetStatus(..) | Op::Restore) => {
            let task = answer.json();
            let version = task["version"].as_u64().expect("a version");
            assert_eq!(answer.header("etag"), Some(&*format!("\"{version}\"")));
            let minutes = task["total_minutes"].as_i64().expect("minutes");
            Ret::Task { version, title: text(&task["title"]), status: text(&task["status"]), minutes }
        }
        (201, Op::Log(_) | Op::Reverse(_)) => Ret::Entry(answer.json()["minutes"].as_i64().expect("minutes")),
        (204, Op::Delete(_)) => Ret::Deleted,
        (404, _) => Ret::Gone,
        (409, Op::Reverse(_)) => Ret::Reversed,
        (412, Op::Edit(_, Some(_)) | Op::SetStatus(_, Some(_)) | Op::Delete(Some(_))) => Ret::Stale,
        _ => panic!("{op:?} is never answered {}: {}", answer.status, answer.text()),
    })
}

/// Something to do, by chance. `known` is the version that whoever does it saw last.
fn choose(dice: &mut Dice, known: Version) -> Op {
    let status = |dice: &mut Dice| Status::ALL[dice.below(3)];
    let title = |dice: &mut Dice| format!("Title {}", dice.below(4));
    match dice.below(20) {
        0..3 => Op::Edit(title(dice), None),
        3..6 => Op::Edit(title(dice), Some(known)),
        6..8 => Op::SetStatus(status(dice), None),
        8 => Op::SetStatus(status(dice), Some(known)),
        9..12 => Op::Log(1 + i64::try_from(dice.below(5)).expect("small")),
        12..14 => Op::Reverse(dice.below(BEGUN.len())),
        14 => Op::Delete([None, Some(known)][dice.below(2)]),
        15..18 => Op::Restore,
        _ => Op::Read,
    }
}

/// A round on a fresh task: what was answered how often. Panics where it cannot have been so in any order.
fn round(person: &Person, seed: u64, statuses: &mut BTreeMap<u16, usize>) -> Duration {
    let subject = Subject::begin(person);
    let tester = Mutex::new(LinearizabilityTester::new(Model::begun()));
    let gate = Barrier::new(WRITERS);
    let with = |act: &mut dyn FnMut(&mut LinearizabilityTester<usize, Model>)| {
        act(&mut tester.lock().unwrap_or_else(PoisonError::into_inner));
    };
    let writer = |number: usize| {
        let mut dice = Dice::new(seed.wrapping_add(number as u64));
        let (mut thread, mut known, mut answered) = (number, Model::begun().task.version, Vec::new());
        gate.wait();
        for _ in 0..EACH {
            let op = choose(&mut dice, known);
            with(&mut |tester| assert!(tester.on_invoke(thread, op.clone()).is_ok()));
            let answer = subject.send(&op);
            match said(&op, &answer) {
                Some(ret) => {
                    if let Ret::Task { version, .. } = ret {
                        known = version;
                    }
                    with(&mut |tester| assert!(tester.on_return(thread, ret.clone()).is_ok()));
                }
                // It may have happened, or may yet: it stays open, and the writer goes on as somebody else.
                None => thread += WRITERS,
            }
            answered.push(answer.status);
        }
        answered
    };
    let answered: Vec<u16> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|number| scope.spawn(move || writer(number))).collect();
        writers.into_iter().flat_map(|one| one.join().expect("a writer")).collect()
    });
    for status in answered {
        *statuses.entry(status).or_default() += 1;
    }
    let started = Instant::now();
    let tester = tester.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(tester.is_consistent(), "in no order can this have been answered: {tester:#?}");
    adds_up(&subject);
    started.elapsed()
}

/// The history has no gaps, and the minutes are those of the entries.
fn adds_up(Subject { person, path, .. }: &Subject) {
    let task = person.call("POST", &format!("{path}/restore")).send().ok(200);
    let events = person.walk(&format!("{path}/history")).0;
    assert_eq!(task["version"], events.len());
    let entries = person.walk(&format!("{path}/time")).0;
    let sum: i64 = entries.iter().map(|entry| entry["minutes"].as_i64().expect("minutes")).sum();
    assert_eq!(task["total_minutes"], sum);
}

#[test]
fn what_many_saw_at_once_could_have_been_seen_in_turn() {
    let started = Instant::now();
    let seed = seed("linearizability");
    let rounds = operations(480).div_ceil(WRITERS * EACH);
    let (lab, mut statuses, mut searching) = (Lab::start(), BTreeMap::new(), Duration::ZERO);
    let (person, mut cancelled) = (Person::on(&lab.api), 0);
    for number in 0..rounds {
        let seed = seed.wrapping_add((number * WRITERS) as u64);
        if number % 2 == 1 {
            storm(&lab.faults, seed);
        }
        searching += round(&person, seed, &mut statuses);
        cancelled += lab.faults.happened();
        lab.faults.calm();
    }
    let _ = writeln!(
        std::io::stderr(),
        "linearizability: {} operations in {rounds} rounds, {cancelled} transactions cancelled, answered {statuses:?}, \
         {:?}, of it {searching:?} searching",
        rounds * WRITERS * EACH,
        started.elapsed()
    );
}
