//! Bringing the original's people and tasks over.

use std::path::PathBuf;

use migrate::Progress;
use migrate::import::{self, Error, Report};
use serde_json::{Value, json};
use tests::{Fault, Faults, Own, Person, Table, fresh_name, run};

use crate::{contents, legacy_left};

/// What Python's bcrypt 5.0 made of `user1`, at a low cost.
pub(crate) const HASH_OF_USER1: &str = "$2b$04$.3ocr/gSt6AeSylcFuNlZODK3cD4nm7cDQiNJeEMD36LmWMnmDd6u";

/// Two files in a folder of their own.
pub(crate) struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    pub(crate) fn new(users: &str, tasks: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let users = format!("id,username,hashed_password,is_admin,created_at\n{users}");
        let tasks = format!("id,title,description,status,total_minutes,user_id,created_at,updated_at\n{tasks}");
        std::fs::write(folder.path().join("users.csv"), users).expect("a file");
        std::fs::write(folder.path().join("tasks.csv"), tasks).expect("a file");
        Self { folder }
    }

    pub(crate) fn users(&self) -> PathBuf {
        self.folder.path().join("users.csv")
    }

    pub(crate) fn tasks(&self) -> PathBuf {
        self.folder.path().join("tasks.csv")
    }

    pub(crate) fn import(&self, table: &Table, dry_run: bool) -> Result<Report, Error> {
        let files = (self.users(), self.tasks());
        run(import::run(&table.store(), (&files.0, &files.1), dry_run, &mut Progress::default()))
    }
}

pub(crate) fn own() -> Own {
    Own::start(local::Options { limit_factor: 1_000, schedule: false, ..local::Options::default() })
}

/// Somebody who was brought over, signed in with the password of before.
fn signed_in(own: &Own, name: &str) -> Person {
    let person = Person { name: name.to_owned(), id: String::new(), token: String::new(), api: own.api.clone() };
    let token = person.sign_in("user1");
    person.with(&token)
}

fn shown(notes: &[import::Note]) -> Vec<String> {
    notes.iter().map(ToString::to_string).collect()
}

#[test]
fn what_the_original_took_comes_over_and_what_cannot_stay_is_listed() {
    let own = own();
    let table = Table::of(&own.stack);
    let here = Person::on(&own.api);
    let taken = here.name.to_uppercase();
    let users = format!(
        "1,admin,{HASH_OF_USER1},t,2026-10-01 08:00:00.123456+00\n\
         2,zed1,{HASH_OF_USER1},f,2026-10-02 08:00:00+00\n\
         3,ZED1,{HASH_OF_USER1},f,2026-10-03 08:00:00+00\n\
         4,\"<img src=x onerror=\"\"alert(1)\"\">\",{HASH_OF_USER1},,2026-10-04 08:00:00+00\n\
         5,,{HASH_OF_USER1},f,2026-10-05 08:00:00+00\n\
         6,{taken},,f,2026-10-06 08:00:00+00\n\
         7,late,$2b$31$x,f,\n"
    );
    let tasks = format!(
        "1,Write it down,\"Line one\nline \"\"two\"\"\",in_progress,90,2,2026-10-02 23:30:00+00,2026-10-05 09:00:00+00\n\
         2,   ,,banana,-5,2,2026-10-03 08:00:00+00,\n\
         3,{},,done,,3,2026-10-03 09:00:00+00,\n\
         4,Of nobody,,todo,0,,2026-10-03 10:00:00+00,\n\
         5,Of somebody unknown,,todo,0,77,2026-10-03 11:00:00+00,\n\
         6,A great deal,,done,6000,1,2026-10-04 08:00:00+00,\n",
        "long ".repeat(60)
    );
    let files = Files::new(&users, &tasks);

    let before = contents(&table);
    let foretold = files.import(&table, true).expect("a dry run");
    assert_eq!(contents(&table), before, "a dry run changes nothing");
    let report = files.import(&table, false).expect("an import");
    assert_eq!(Report { dry_run: false, ..foretold }, report, "what was foretold is what was done");

    assert_eq!((report.new_users, report.new_admins, report.users_before), (7, 1, 0));
    assert_eq!((report.new_tasks, report.tasks_before), (4, 0));
    let expected = format!("user 6 {taken:?} signs in as {taken}-2");
    assert_eq!(
        shown(&report.renamed),
        [
            "user 3 \"ZED1\" signs in as ZED1-2",
            &expected,
            "user 4 \"<img src=x onerror=\\\"alert(1)\\\">\" signs in as img-src-x-onerror-alert-1",
            "user 5 \"\" signs in as user-5",
        ]
    );
    let mended = shown(&report.mended).join("\n");
    for said in [
        "user 6 has no password that is known here",
        "user 7 has no password that is known here",
        "user 7 has no creation time",
        "task 2 had no readable title",
        "task 2 had the status \"banana\"",
        "task 2 had -5 minutes",
        "task 3 had a long title",
    ] {
        assert!(mended.contains(said), "{said}: {mended}");
    }
    assert_eq!(report.mended.len(), 7, "{mended}");
    assert_eq!(
        shown(&report.left_out),
        ["task 4 has no owner: \"Of nobody\"", "task 5 belongs to user 77, who wasn't imported"]
    );
    assert_eq!(legacy_left(&table), 5);

    let zed = signed_in(&own, "zed1");
    let me = zed.get("/auth/me").ok(200);
    assert_eq!((&me["created_at"], &me["is_admin"]), (&json!("2026-10-02T08:00:00.000Z"), &json!(false)));
    let (own_tasks, _) = zed.walk("/tasks");
    let titles: Vec<&Value> = own_tasks.iter().map(|task| &task["title"]).collect();
    assert_eq!(titles, ["Untitled", "Write it down"], "newest first, by when they were made");
    let task = &own_tasks[1];
    assert_eq!(task["description"], "Line one\nline \"two\"");
    assert_eq!((&task["status"], &task["total_minutes"]), (&json!("in_progress"), &json!(90)));
    assert_eq!(task["created_at"], "2026-10-02T23:30:00.000Z");
    let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
    let history = zed.get(&format!("{path}/history")).ok(200);
    assert_eq!((&history[0]["what"], &history[0]["at"]), (&json!("created"), &json!("2026-10-02T23:30:00.000Z")));
    let time = zed.get(&format!("{path}/time")).ok(200);
    assert_eq!((&time[0]["minutes"], &time[0]["worked_on"]), (&json!(90), &json!("2026-10-02")));
    assert_eq!(zed.get("/time?from=2026-10-02&to=2026-10-02").ok(200)[0]["minutes"], 90);
    // It goes on like any other task.
    zed.patch(&path, &json!({"title": "Written down"})).expect(200);
    zed.delete(&format!("/tasks/{}", own_tasks[0]["id"].as_str().expect("an id"))).expect(204);

    let admin = signed_in(&own, "admin");
    assert_eq!(admin.get("/auth/me").ok(200)["is_admin"], true);
    admin.get(&path).expect(200);
    let (all, _) = admin.walk("/auth/users");
    assert_eq!(all.len(), 8);
    let (great, _) = admin.walk("/tasks");
    assert_eq!((&great[0]["total_minutes"], &great[0]["status"]), (&json!(6_000), &json!("done")));

    // Somebody leaves. Whoever runs it again brings nothing twice, and nobody back.
    zed.call("DELETE", "/auth/me").json(&json!({"password": "user1"})).send().expect(204);
    let before = contents(&table);
    let again = files.import(&table, false).expect("an import");
    assert_eq!(contents(&table), before, "a second run changes nothing");
    assert_eq!((again.new_users, again.users_before, again.new_tasks, again.tasks_before), (0, 6, 0, 2));
    assert!(shown(&again.left_out).contains(&"user 2 has left since they were brought over".to_owned()));
    assert_eq!(again.renamed, report.renamed);
    own.stop();
}

#[test]
fn an_import_that_is_killed_goes_on() {
    let (own, whole) = (own(), own());
    let tag = fresh_name().replace('.', "");
    let users: String = (1..=20)
        .map(|n| format!("{n},p{n}-{},{HASH_OF_USER1},{},2026-10-01 08:00:{n:02}+00\n", &tag[tag.len() - 6..], n == 1))
        .collect();
    let tasks: String = (1..=150)
        .map(|n| format!("{n},Task {n},,todo,{},{},2026-10-02 08:{:02}:{:02}+00,\n", n % 3, n % 20 + 1, n / 60, n % 60))
        .collect();
    let files = Files::new(&users.replace(",true,", ",t,").replace(",false,", ",f,"), &tasks);
    let expected = files.import(&Table::of(&whole.stack), false).expect("an import");
    assert_eq!((expected.new_users, expected.new_tasks), (20, 150));

    for calls in [15, 45, 90] {
        let wire = Faults::default();
        let mut writes = 0;
        wire.plan(move |call| {
            writes += usize::from(call.operation == "TransactWriteItems");
            // The answer of the last is lost: it landed, and nobody knows.
            (writes > calls).then_some(if writes == calls + 1 { Fault::AnswerLost } else { Fault::Cut })
        });
        assert!(files.import(&Table::over(&own.stack, &wire), false).is_err(), "killed");
    }
    let table = Table::of(&own.stack);
    let rest = files.import(&table, false).expect("the rest");
    assert_eq!((rest.new_users + rest.users_before, rest.new_tasks + rest.tasks_before), (20, 150));
    assert!(rest.tasks_before > 0 && rest.new_tasks > 0);
    let without_write_ids = |table: &Table| {
        let mut all = contents(table);
        all.values_mut().for_each(|item| drop(item.remove("write_id")));
        all
    };
    assert_eq!(without_write_ids(&table), without_write_ids(&Table::of(&whole.stack)), "as if it had gone through");
    assert_eq!(legacy_left(&table), 20);
    let admins = table.item("ADMINS", "ADMINS").expect("administrators");
    assert_eq!(admins["enabled"].as_n().map(String::as_str), Ok("1"));
    own.stop();
    whole.stop();
}

#[test]
fn a_file_that_is_not_what_copy_gives_brings_nothing() {
    let own = own();
    let table = Table::of(&own.stack);
    let good = format!("1,somebody,{HASH_OF_USER1},f,2026-10-01 08:00:00+00\n");
    for (users, tasks) in [
        ("1,somebody\n", ""),
        (&*format!("x,somebody,{HASH_OF_USER1},f,2026-10-01 08:00:00+00\n"), ""),
        (&*format!("1,somebody,{HASH_OF_USER1},f,yesterday\n"), ""),
        (&*good.repeat(2), ""),
        (&*good, &*"1,A task,,todo,0,1,2026-10-01 08:00:00+00,\n".repeat(2)),
        (&*good, "1,A task,,todo,many,1,2026-10-01 08:00:00+00,\n"),
        (&*good, "1,A task,,todo,0,1,2026-10-01 08:00:00+00,\n2,Half"),
    ] {
        let ended = Files::new(users, tasks).import(&table, false);
        assert!(matches!(ended, Err(Error::File { .. })), "{users} {tasks}: {ended:?}");
    }
    assert!(contents(&table).is_empty());
    own.stop();
}
