//! What was answered stays, whatever happens to the program; and what it says when it can not start.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};
use tests::{PASSWORD, Person};

use crate::program::{Program, finish, holds, said};

/// Every task of a person, by its path.
fn all(person: &Person) -> HashMap<String, Value> {
    let path = |task: &Value| format!("/tasks/{}", task["id"].as_str().expect("an id"));
    person.walk("/tasks?limit=200").0.into_iter().map(|task| (path(&task), task)).collect()
}

#[test]
fn what_was_answered_survives_a_kill() {
    let data = tempfile::tempdir().expect("a folder");
    let mut program = Program::start(data.path());
    let mut person = Person::on(&program.api);
    let kept: Mutex<HashMap<String, i64>> = Mutex::default();
    for round in 0..3 {
        // Four writers add tasks and log time until the program is killed under them.
        let answered = AtomicUsize::new(0);
        thread::scope(|scope| {
            for writer in 0..4 {
                let (person, kept, answered) = (&person, &kept, &answered);
                scope.spawn(move || write_until_killed(person, &format!("{round}.{writer}"), kept, answered));
            }
            while answered.load(Ordering::SeqCst) < 60 {
                thread::yield_now();
            }
            program.kill();
        });
        program = Program::start(data.path());
        person.api = program.api.clone();
        person.get("/auth/me").ok(200);
        let there = all(&person);
        let kept = kept.lock().expect("what was answered");
        for (path, minutes) in &*kept {
            let task = there.get(path).unwrap_or_else(|| panic!("{path} was answered and is lost"));
            assert!(
                task["total_minutes"].as_i64() >= Some(*minutes),
                "{path}: {minutes} minutes were answered: {task}"
            );
        }
        // Each task is whole: its sum is its entries', its history has every version.
        for (path, task) in there.iter().take(20) {
            let (entries, _) = person.walk(&format!("{path}/time"));
            let sum: i64 = entries.iter().map(|entry| entry["minutes"].as_i64().expect("minutes")).sum();
            assert_eq!(task["total_minutes"], sum, "{path}");
            assert_eq!(
                person.walk(&format!("{path}/history")).0.len() as u64,
                task["version"].as_u64().expect("a version")
            );
        }
    }
    let (clean, _) = program.end_by("TERM");
    assert!(clean);
}

/// Adds tasks with a logged minute each until the program no longer answers; keeps what it answered.
fn write_until_killed(person: &Person, writer: &str, kept: &Mutex<HashMap<String, i64>>, answered: &AtomicUsize) {
    let write = |n: usize| -> Option<()> {
        let body = json!({"title": format!("Task {n} of {writer}")});
        let task = quietly(|| person.post("/tasks", &body)).filter(|answer| answer.status == 201)?.json();
        let path = format!("/tasks/{}", task["id"].as_str()?);
        kept.lock().ok()?.insert(path.clone(), 0);
        answered.fetch_add(1, Ordering::SeqCst);
        let logged = quietly(|| person.post(&format!("{path}/time"), &json!({"minutes": 7})))?;
        if logged.status == 201 {
            kept.lock().ok()?.insert(path, 7);
        }
        Some(())
    };
    (0..).map_while(write).count();
}

/// An answer, or nothing where there was none.
fn quietly(act: impl FnOnce() -> tests::Answer) -> Option<tests::Answer> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(act)).ok()
}

#[test]
fn data_survive_a_restart() {
    let data = tempfile::tempdir().expect("a folder");
    let program = Program::start(data.path());
    let mut person = Person::on(&program.api);
    let path = person.task_path("Here tomorrow too");
    person.post(&format!("{path}/time"), &json!({"minutes": 30})).ok(201);
    let before = (person.get(&path).ok(200), person.get(&format!("{path}/history")).ok(200));
    let (clean, words) = program.end_by("INT");
    assert!(clean, "{words:?}");
    let program = Program::start(data.path());
    person.api = program.api.clone();
    assert_eq!((person.get(&path).ok(200), person.get(&format!("{path}/history")).ok(200)), before);
    person.sign_in(PASSWORD);
    assert!(program.end_by("TERM").0);
    // Nothing in the folder says a password or a token.
    assert!(holds(data.path(), &person.name));
    assert!(!holds(data.path(), PASSWORD));
    assert!(!holds(data.path(), person.token.rsplit('.').next().expect("a signature")));
}

#[test]
fn a_folder_has_one_instance_and_a_port_too() {
    let data = tempfile::tempdir().expect("a folder");
    let program = Program::start(data.path());
    let second = finish(&["--port", "0"], data.path());
    assert!(!second.status.success());
    assert!(
        said(&second).contains("in use by another SprintSync") && said(&second).contains("--data"),
        "{}",
        said(&second)
    );

    let elsewhere = tempfile::tempdir().expect("a folder");
    let third = finish(&["--port", program.port()], elsewhere.path());
    assert!(!third.status.success());
    assert!(said(&third).contains(program.port()) && said(&third).contains("--port"), "{}", said(&third));
    // Any program's port, not only ours.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port().to_string();
    let fourth = finish(&["--port", &port], elsewhere.path());
    assert!(!fourth.status.success() && said(&fourth).contains("--port"), "{}", said(&fourth));
    // The first one minds none of this.
    program.api.get("/health").ok(200);
    assert!(program.end_by("TERM").0);
}

#[test]
fn an_operator_s_acts_work_on_a_running_and_on_a_stopped_instance() {
    let data = tempfile::tempdir().expect("a folder");
    let nothing = finish(&["grant-admin", "somebody"], data.path());
    assert!(!nothing.status.success() && said(&nothing).contains("--data"), "{}", said(&nothing));

    let program = Program::start(data.path());
    let (mut first, mut second) = (Person::on(&program.api), Person::on(&program.api));
    assert_eq!(first.get("/auth/me").ok(200)["is_admin"], false);
    let granted = finish(&["grant-admin", &first.name.to_uppercase()], data.path());
    assert!(granted.status.success() && said(&granted).contains(&first.name), "{}", said(&granted));
    assert_eq!(first.get("/auth/me").ok(200)["is_admin"], true);
    let nobody = finish(&["grant-admin", "nobody.at.all"], data.path());
    assert!(!nobody.status.success() && said(&nobody).contains("nobody.at.all"), "{}", said(&nobody));
    let code = finish(&["invite"], data.path());
    assert!(code.status.success() && code.stdout.len() > 16, "{}", said(&code));
    assert!(program.end_by("TERM").0);

    let granted = finish(&["grant-admin", &second.name], data.path());
    assert!(granted.status.success(), "{}", said(&granted));
    assert!(finish(&["grant-admin", &second.name], data.path()).status.success(), "once more changes nothing");
    let rotated = finish(&["rotate-key"], data.path());
    assert!(rotated.status.success(), "{}", said(&rotated));
    let program = Program::start(data.path());
    (first.api, second.api) = (program.api.clone(), program.api.clone());
    for person in [&first, &second] {
        assert_eq!(person.get("/auth/me").ok(200)["is_admin"], true);
    }
    assert!(program.end_by("TERM").0);
}

#[test]
fn wrong_words_on_the_command_line_are_explained() {
    let data = tempfile::tempdir().expect("a folder");
    for arguments in [&["--nonsense"][..], &["--port", "99999"], &["--limit-factor", "0"], &["--signup", "maybe"]] {
        let output = finish(arguments, data.path());
        assert!(!output.status.success(), "{arguments:?}");
        assert!(!said(&output).contains("panicked") && !said(&output).is_empty(), "{arguments:?}: {}", said(&output));
    }
}

#[cfg(unix)]
#[test]
fn the_folder_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().expect("a folder");
    let data = parent.path().join("data");
    Program::start(&data).kill();
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let files = || std::fs::read_dir(&data).expect("the folder").map(|entry| entry.expect("a file").path());
    let names: Vec<_> = files().filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect();
    for name in ["lock", "secrets.json", "sprintsync.db", "stack.json"] {
        assert!(names.iter().any(|there| there == name), "{name} is not among {names:?}");
    }
    files().for_each(|path| assert_eq!(mode(&path), 0o600, "{}", path.display()));

    // As a release before, or a copy, may have left them.
    let open = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("rights");
    };
    files().for_each(|path| open(&path, 0o644));
    open(&data, 0o755);
    Program::start(&data).kill();
    assert_eq!(mode(&data), 0o700);
    files().for_each(|path| assert_eq!(mode(&path), 0o600, "{}", path.display()));
}
