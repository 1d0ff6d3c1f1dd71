//! The log lines of the process, kept in memory.

use std::collections::HashMap;
use std::io;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::{is_emf, refused};

#[derive(Default)]
struct Kept {
    requests: HashMap<String, Value>,
    metrics: HashMap<String, Value>,
    lines: Vec<String>,
}

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to keep the lines.
pub(crate) fn keep() {
    sprintsync_observe::init_to(|| Keeper);
}

struct Keeper;

impl io::Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes).trim_end().to_owned();
        let value: Value = serde_json::from_str(&line).expect("every log line is JSON");
        if is_emf(&value) {
            assert_eq!(refused(&value), Vec::<String>::new(), "CloudWatch would refuse {line}");
        }
        let mut kept = kept();
        if let (true, Some(id)) = (is_emf(&value), value["request_id"].as_str()) {
            kept.metrics.insert(id.to_owned(), value.clone());
        }
        if let (Some("request"), Some(id)) = (value["message"].as_str(), value["request_id"].as_str()) {
            kept.requests.insert(id.to_owned(), value);
        }
        kept.lines.push(line);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The line of the request with this id. It is written before the request is answered.
pub fn request_line(request_id: &str) -> Value {
    let line = kept().requests.get(request_id).cloned();
    line.unwrap_or_else(|| panic!("no log line of the request {request_id}"))
}

/// The line of the metrics of the request with this id.
pub fn metric_line(request_id: &str) -> Value {
    let line = kept().metrics.get(request_id).cloned();
    line.unwrap_or_else(|| panic!("no metrics of the request {request_id}"))
}

/// Every line that holds this text.
pub fn lines_with(text: &str) -> Vec<String> {
    kept().lines.iter().filter(|line| line.contains(text)).cloned().collect()
}
