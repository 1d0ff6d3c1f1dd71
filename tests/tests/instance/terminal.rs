//! The program at a terminal: a banner, a line a request, and the log beside the data.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use tests::{Api, Person};

use crate::program::command;

/// How long the program may take to say anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, at a terminal of its own.
struct Terminal {
    child: Child,
    lines: Receiver<String>,
    before: Vec<String>,
}

impl Terminal {
    fn start(arguments: &[&str], data: &Path, variables: &[(&str, &str)]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("a terminal");
        unlockpt(&master).expect("a terminal");
        let name = ptsname(&master, Vec::new()).expect("its name").into_string().expect("UTF-8");
        let slave = || Stdio::from(OpenOptions::new().read(true).write(true).open(&name).expect("its other side"));
        let child = command(&[&["--port", "0"][..], arguments].concat(), data)
            .env("NO_COLOR", "1")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(slave())
            .stderr(slave())
            .spawn()
            .expect("the program starts");
        let (send, lines) = channel();
        let reader = BufReader::new(File::from(master));
        // It ends with an error when the program closes its side.
        std::thread::spawn(move || reader.lines().map_while(Result::ok).for_each(|line| drop(send.send(line))));
        Self { child, lines, before: Vec::new() }
    }

    /// The next line that holds all of these.
    fn line_with(&mut self, parts: &[&str]) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no line with {parts:?}:\n{}", self.before.join("\n")));
            let line = line.trim_end_matches('\r').to_owned();
            self.before.push(line.clone());
            if parts.iter().all(|part| line.contains(part)) {
                return line;
            }
        }
    }

    fn api(&mut self) -> Api {
        let line = self.line_with(&["SprintSync is running at "]);
        Api::new(line.rsplit(' ').next().expect("an address"))
    }

    fn end(mut self) -> Vec<String> {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
        self.before.extend(self.lines.iter());
        self.before.clone()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log(data: &Path) -> Vec<Value> {
    let text = fs::read_to_string(data.join("log.jsonl")).expect("a log");
    text.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect()
}

#[test]
fn a_person_reads_a_banner_and_a_line_a_request_and_a_machine_the_log() {
    let data = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&["--demo"], data.path(), &[]);
    let api = terminal.api();
    terminal.line_with(&["Demo", "tasks"]);
    let sign_in = terminal.line_with(&["(admin)"]);
    terminal.line_with(&["Make admin", "grant-admin NAME --data"]);
    terminal.line_with(&["Log", "log.jsonl"]);
    terminal.line_with(&["Stop", "Ctrl-C"]);
    let banner = terminal.before.len();
    assert!(banner < 20, "the demo's own requests are not shown:\n{}", terminal.before.join("\n"));

    let [name, password, ..] = sign_in.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{sign_in}") };
    api.post("/auth/login", &serde_json::json!({"username": name, "password": password})).expect(200);
    terminal.line_with(&["POST", "/auth/login", "200", " ms"]);
    let person = Person::on(&api);
    person.get("/tasks").expect(200);
    let line = terminal.line_with(&["GET", "/tasks", "200", " ms", &person.name]);
    assert!(line.len() < 100 && line.as_bytes()[2] == b':' && line.as_bytes()[5] == b':', "{line}");
    person.get("/tasks/x").expect(404);
    terminal.line_with(&["GET", "/tasks/{id}", "404", &person.name]);

    // Killed and started again: the log goes on.
    let before = log(data.path());
    for said in terminal.end() {
        assert!(!said.contains('{') || said.contains("{id}"), "it is not for people: {said}");
    }
    assert!(before.iter().any(|line| line["message"] == "request" && line["path"] == "/tasks/{id}"));
    assert!(before.iter().any(tests::is_emf), "metrics are in the log");
    let mode = fs::metadata(data.path().join("log.jsonl")).expect("a log").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut terminal = Terminal::start(&["--demo"], data.path(), &[]);
    terminal.api().get("/health").expect(200);
    terminal.line_with(&["GET", "/health", "200"]);
    assert!(log(data.path()).len() > before.len());
    assert!(terminal.before.iter().any(|line| line.contains("already exist")), "{:?}", terminal.before);
}

#[test]
fn the_log_is_json_where_somebody_asks_for_it() {
    let data = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&["--log", "json"], data.path(), &[]);
    terminal.api().get("/health").expect(200);
    let line = terminal.line_with(&["\"message\":\"request\""]);
    assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON")["path"], "/health");
    terminal.end();
    assert!(!data.path().join("log.jsonl").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn the_browser_is_opened_where_somebody_asks_for_it() {
    let (data, programs) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (program, opened) = (programs.path().join("xdg-open"), programs.path().join("opened"));
    fs::write(&program, format!("#!/bin/sh\nprintf '%s' \"$1\" > '{}'\n", opened.display())).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
    let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").expect("a path"));
    let mut terminal = Terminal::start(&["--open"], data.path(), &[("PATH", &path)]);
    let api = terminal.api();
    let mut tries = 0;
    // It may still be on its way; each look at the instance takes its time.
    while fs::read_to_string(&opened).ok().is_none_or(|address| address != api.base()) {
        api.get("/health").expect(200);
        tries += 1;
        assert!(tries < 10_000, "no browser was opened");
    }
    terminal.end();
}
