//! The program itself, as a person starts it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use tests::Api;

/// How long the program may take to start or stop before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, beside the tests in the target folder.
fn path() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let folder = test.parent().and_then(Path::parent).expect("the target folder");
    let program = folder.join("sprintsync");
    assert!(program.is_file(), "{} is not there: run `cargo build --workspace` first", program.display());
    program
}

pub(crate) fn command(arguments: &[&str], data: &Path) -> Command {
    let mut command = Command::new(path());
    command.args(arguments).arg("--data").arg(data).env_remove("AWS_LAMBDA_LOG_LEVEL");
    command
}

/// Runs it to its end.
pub(crate) fn finish(arguments: &[&str], data: &Path) -> Output {
    command(arguments, data).stdin(Stdio::null()).output().expect("the program runs")
}

/// What it said on stderr.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The program, running.
pub(crate) struct Program {
    child: Child,
    said: Receiver<String>,
    pub(crate) api: Api,
}

impl Program {
    /// Starts it on any free port, and waits until it says where.
    pub(crate) fn start(data: &Path) -> Self {
        let mut child = command(&["--port", "0", "--limit-factor", "1000"], data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = BufReader::new(child.stderr.take().expect("its words"));
        let (send, said) = channel();
        thread::spawn(move || stderr.lines().map_while(Result::ok).for_each(|line| drop(send.send(line))));
        let mut before = Vec::new();
        let url = loop {
            let line = said.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("it does not start: {before:?}"));
            if let Some(url) = line.strip_prefix("SprintSync is running at ") {
                break url.to_owned();
            }
            before.push(line);
        };
        Self { child, said, api: Api::new(&url) }
    }

    pub(crate) fn port(&self) -> &str {
        self.api.base().rsplit(':').next().expect("a port")
    }

    /// Kills it where it stands.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }

    /// Sends it this signal, waits for its end, and gives whether that was a success, and what it said last.
    pub(crate) fn end_by(mut self, signal: &str) -> (bool, Vec<String>) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status().expect("a signal");
        assert!(sent.success());
        let status = self.child.wait().expect("its end");
        (status.success(), self.said.iter().collect())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Where a test failed; otherwise it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether anything of this text is in a file of this folder.
pub(crate) fn holds(data: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(data).expect("the folder").map(|entry| entry.expect("a file").path());
    files.filter(|path| path.is_file()).any(|path| {
        let mut bytes = Vec::new();
        let read = std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
        read.is_ok() && bytes.windows(text.len()).any(|part| part == text.as_bytes())
    })
}
