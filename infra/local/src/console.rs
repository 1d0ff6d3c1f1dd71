//! What the one at the terminal sees: the banner, then a line a request and a few for whatever went wrong. The log
//! itself, in JSON, goes to a file beside the data.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::StartError;
use crate::logfile::LogFile;

/// How the log is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// A short line a request on standard output, and JSON in the log file.
    Text,
    /// JSON on standard output.
    Json,
}

impl LogFormat {
    /// The one that was asked for, or what suits standard output.
    pub fn or_by_output(asked: Option<Self>) -> Self {
        asked.unwrap_or(if io::stdout().is_terminal() { Self::Text } else { Self::Json })
    }
}

/// Frames of a backtrace that are shown; the log file has all of them.
const FRAMES: usize = 3;

/// The log of a program at a terminal.
#[derive(Debug, Clone)]
pub struct Console(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    log: Log,
    /// Who prints the requests, once they are to be seen.
    requests: Option<UnboundedSender<Map<String, Value>>>,
    look: Look,
}

/// Where the log is.
#[derive(Debug)]
enum Log {
    /// Nowhere yet: whether the folder is ours is not known.
    Waiting(Vec<u8>),
    File(LogFile),
    /// Nowhere: there is no folder for it, or it could not be written.
    Nowhere,
}

/// How a line looks.
#[derive(Debug, Clone)]
struct Look {
    zone: TimeZone,
    colours: bool,
}

impl Console {
    /// Begins to take the log lines of this process.
    pub fn begin() -> Self {
        let console = Self(Arc::new(Mutex::new(State {
            log: Log::Waiting(Vec::new()),
            requests: None,
            look: Look { zone: system_zone(), colours: colours() },
        })));
        let writer = console.clone();
        sprintsync_observe::init_to(move || writer.clone());
        console
    }

    /// Keeps the log in this folder from now on, with what came before. The folder must be this process's.
    ///
    /// # Errors
    /// The file can not be written.
    pub fn keep_in(&self, dir: &Path) -> Result<(), StartError> {
        let mut state = self.state();
        let failed = |source| StartError::Data { path: LogFile::path_in(dir), source };
        let mut file = LogFile::open(dir).map_err(failed)?;
        if let Log::Waiting(before) = &state.log {
            file.append(before).map_err(failed)?;
        }
        state.log = Log::File(file);
        Ok(())
    }

    /// Keeps no log: for a program without a folder of its own.
    pub fn keep_nowhere(&self) {
        self.state().log = Log::Nowhere;
    }

    /// Shows requests from now on, until what is returned is dropped. `name_of` finds out who an id is.
    pub fn show_requests<F>(&self, name_of: impl Fn(String) -> F + Send + 'static) -> JoinSet<()>
    where
        F: Future<Output = Option<String>> + Send + 'static,
    {
        let (sender, mut requests) = unbounded_channel::<Map<String, Value>>();
        let look = self.state().look.clone();
        self.state().requests = Some(sender);
        let printing = async move {
            let mut names: HashMap<String, String> = HashMap::new();
            while let Some(line) = requests.recv().await {
                let id = text(&line, "user_id").to_owned();
                if !id.is_empty() && !names.contains_key(&id) {
                    let name = name_of(id.clone()).await;
                    names.insert(id.clone(), name.unwrap_or_else(|| "(nobody now)".to_owned()));
                }
                print(&look.request(&line, names.get(&id).map_or("", String::as_str)));
            }
        };
        JoinSet::from_iter([printing])
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call a line, as the log writes them.
impl io::Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.state();
        let written = match &mut state.log {
            Log::Waiting(before) => {
                before.extend_from_slice(bytes);
                Ok(())
            }
            Log::File(file) => file.append(bytes),
            Log::Nowhere => Ok(()),
        };
        if let Err(error) = written {
            eprintln!("The log could not be written, and ends here: {error}");
            state.log = Log::Nowhere;
        }
        // A line of metrics is for machines.
        let Ok(Value::Object(line)) = serde_json::from_slice(bytes) else { return Ok(bytes.len()) };
        match (text(&line, "message"), text(&line, "level")) {
            ("request", _) if line.contains_key("status_code") => {
                if let Some(requests) = &state.requests {
                    // Nobody prints any more where the program ends.
                    let _ = requests.send(line);
                }
            }
            (_, "WARN" | "ERROR") => print(&state.look.trouble(&line)),
            _ => {}
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Look {
    /// Time, method, path, status, duration, who.
    fn request(&self, line: &Map<String, Value>, who: &str) -> String {
        let number = |name: &str| line.get(name).and_then(Value::as_i64).unwrap_or_default();
        let status = number("status_code");
        let path = match text(line, "path") {
            "(none)" => "(no such address)",
            path => path,
        };
        let colour = match status {
            500.. => "31",
            400.. => "33",
            _ => "32",
        };
        let (time, status) = (self.time(line), self.coloured(colour, &status.to_string()));
        let said =
            format!("{time}  {:<6} {path:<36} {status} {:>5} ms  {who}", text(line, "method"), number("latency_ms"));
        format!("{}\n", said.trim_end())
    }

    /// What went wrong, with its causes and where.
    fn trouble(&self, line: &Map<String, Value>) -> String {
        let level = text(line, "level");
        let mut said = format!("{}  {}  {}", self.time(line), self.coloured("31", level), text(line, "message"));
        for (name, value) in line {
            match (name.as_str(), value) {
                ("error", Value::Array(causes)) => {
                    for cause in causes.iter().filter_map(Value::as_str).map(plain) {
                        // An error often says what its cause says, and then comes the cause.
                        if !said.contains(&cause) {
                            said.push_str(": ");
                            said.push_str(&cause);
                        }
                    }
                }
                ("error" | "panic", Value::String(cause)) => {
                    let _ = write!(said, ": {}", plain(cause));
                }
                ("place", Value::String(place)) => {
                    let _ = write!(said, " at {}", plain(place));
                }
                _ => {}
            }
        }
        let frames = line.get("backtrace").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for frame in frames.take(FRAMES) {
            let _ = write!(said, "\n            in {}", plain(frame));
        }
        let request = text(line, "request_id");
        if !request.is_empty() {
            let _ = write!(said, "\n            request {}", plain(request));
        }
        said.push('\n');
        said
    }

    fn time(&self, line: &Map<String, Value>) -> String {
        let at = text(line, "timestamp").parse::<jiff::Timestamp>().unwrap_or_else(|_| jiff::Timestamp::now());
        at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }

    fn coloured(&self, colour: &str, text: &str) -> String {
        if self.colours { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn text<'a>(line: &'a Map<String, Value>, name: &str) -> &'a str {
    line.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Without what would steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn print(text: &str) {
    // A terminal that is gone is no reason to stop.
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Colours are for terminals, and for whoever did not say no (<https://no-color.org>).
fn colours() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The zone that the machine's clock shows; UTC where it does not say by name.
fn system_zone() -> TimeZone {
    let named = std::env::var("TZ").ok().filter(|name| !name.is_empty()).or_else(|| {
        let file = std::fs::read_link("/etc/localtime").ok()?;
        file.to_str()?.split_once("zoneinfo/").map(|(_, name)| name.to_owned())
    });
    named.and_then(|name| TimeZone::get(name.trim_start_matches(':')).ok()).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look(colours: bool) -> Look {
        Look { zone: TimeZone::get("Europe/Berlin").unwrap(), colours }
    }

    fn line(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_request_is_a_line_that_a_person_reads() {
        let asked = line(&json!({
            "timestamp": "2026-11-30T22:41:07.123Z", "level": "INFO", "message": "request", "method": "GET",
            "path": "/tasks/{id}", "status_code": 404, "latency_ms": 12, "user_id": "u",
        }));
        let expected = "23:41:07  GET    /tasks/{id}                          404    12 ms  ada\n";
        assert_eq!(look(false).request(&asked, "ada"), expected);
        assert!(look(true).request(&asked, "ada").contains("\u{1b}[33m404\u{1b}[0m"));
        assert!(look(false).request(&asked, "").ends_with("12 ms\n"));
    }

    #[test]
    fn trouble_is_told_with_its_causes_and_steers_no_terminal() {
        let failed = line(&json!({
            "timestamp": "2026-11-30T22:41:07.123Z", "level": "ERROR", "message": "a handler failed",
            "error": ["the table refused the call", "service error: no\u{1b}[2Jitem", "no\u{1b}[2Jitem"], "backtrace": ["a::b", "c::d", "e::f", "g::h"],
            "request_id": "r1",
        }));
        let expected = "23:41:07  ERROR  a handler failed: the table refused the call: service error: no [2Jitem\n            in a::b\n            \
                        in c::d\n            in e::f\n            request r1\n";
        assert_eq!(look(false).trouble(&failed), expected);
    }
}
