//! How far it is, on standard error.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Lines of a log come at most so often.
const EVERY: Duration = Duration::from_secs(2);
/// Characters of the bar.
const WIDTH: u64 = 30;

/// Where it is said how far it is: a bar where a person looks on, a line now and then in a log.
#[derive(Debug)]
pub struct Progress {
    terminal: bool,
    last: Option<Instant>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), last: None }
    }
}

impl Progress {
    /// Says that so much of it is done; of how much, where that is known.
    pub fn at(&mut self, what: &str, done: u64, of: Option<u64>) {
        if !self.terminal && self.last.is_some_and(|last| last.elapsed() < EVERY) {
            return;
        }
        self.last = Some(Instant::now());
        let line = match of {
            Some(of) if self.terminal => format!("{} {what}: {done} of {of}", bar(done, of)),
            Some(of) => format!("{what}: {done} of {of}"),
            None => format!("{what}: {done}"),
        };
        self.write(&line);
    }

    /// Says what it came to.
    pub fn end(&mut self, line: &str) {
        self.last = None;
        self.write(line);
        if self.terminal {
            self.print("\n");
        }
    }

    fn write(&self, line: &str) {
        if self.terminal {
            self.print(&format!("\r\x1b[2K{line}"));
        } else {
            self.print(&format!("{line}\n"));
        }
    }

    /// What cannot be said holds nothing up.
    fn print(&self, text: &str) {
        let mut out = std::io::stderr();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

fn bar(done: u64, of: u64) -> String {
    let full = WIDTH.min(done.saturating_mul(WIDTH).checked_div(of).unwrap_or(WIDTH));
    let count = |n| usize::try_from(n).unwrap_or_default();
    format!("[{}{}]", "#".repeat(count(full)), ".".repeat(count(WIDTH - full)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_at_the_end_and_never_longer() {
        assert_eq!(bar(0, 10), format!("[{}]", ".".repeat(30)));
        assert_eq!(bar(5, 10), format!("[{}{}]", "#".repeat(15), ".".repeat(15)));
        for (done, of) in [(10, 10), (11, 10), (0, 0), (u64::MAX, 1)] {
            assert_eq!(bar(done, of), format!("[{}]", "#".repeat(30)));
        }
    }
}
