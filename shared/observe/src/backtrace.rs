//! Where something went wrong: the functions that were under way, by name.

use std::backtrace::Backtrace;
use std::panic::{PanicHookInfo, set_hook, take_hook};

use crate::scope::is_in_request;

/// Frames that are told at most.
const FRAMES: usize = 40;

/// Places in the sources of others, and where every request comes by.
const ELSEWHERE: [&str; 3] = ["/rustc/", "/registry/src/", "shared/observe/src/"];
/// The crates whose frames say how every request gets to where it fails, or how the failure is told.
const AROUND: [&str; 14] = [
    "std::",
    "core::",
    "alloc::",
    "tokio::",
    "axum::",
    "axum_core::",
    "tower::",
    "hyper::",
    "hyper_util::",
    "futures_util::",
    "futures_core::",
    "lambda_runtime::",
    "lambda_http::",
    "sprintsync_observe::",
];

/// The functions that are under way, innermost first, a line each. Their names are in a release's symbols; the lines of
/// the source only where there is debug information.
pub fn backtrace() -> String {
    let whole = Backtrace::force_capture().to_string();
    let frames = frames(&whole);
    frames.join("\n")
}

/// The frames of a backtrace in the standard library's form, without those that are always there.
fn frames(whole: &str) -> Vec<String> {
    let mut frames: Vec<String> = Vec::new();
    let mut kept = false;
    for line in whole.lines().map(str::trim_start) {
        if let Some(place) = line.strip_prefix("at ") {
            if std::mem::take(&mut kept)
                && let Some(frame) = frames.pop()
                && !ELSEWHERE.iter().any(|elsewhere| place.contains(elsewhere))
            {
                frames.push(format!("{frame} at {place}"));
            }
            continue;
        }
        let Some((_, name)) = line.split_once(": ").filter(|(number, _)| number.parse::<u32>().is_ok()) else {
            continue;
        };
        let bare = name.trim_start_matches(['<', '&', '[', '(']).trim_start_matches("dyn ");
        kept = bare.contains("::") && !AROUND.iter().any(|around| bare.starts_with(around)) && frames.len() < FRAMES;
        if kept {
            frames.push(name.to_owned());
        }
    }
    frames
}

/// Logs a panic of a request where it happens, as an error with its backtrace. A panic elsewhere is told as before.
pub(crate) fn log_panics() {
    let before = take_hook();
    set_hook(Box::new(move |info| if is_in_request() { log(info) } else { before(info) }));
}

fn log(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    // A text that was put together may hold what somebody wrote.
    let text = info.payload().downcast_ref::<&str>().copied().unwrap_or("(put together at run time, so not logged)");
    tracing::error!(panic = text, place, backtrace = %backtrace(), "a handler panicked");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_around_every_request_are_left_out() {
        let whole = "   0: std::backtrace::Backtrace::create\n             at /rustc/x/backtrace.rs:331:13\n   \
                     1: sprintsync_http::problem::told\n   2: tasks::writes::create::{{closure}}\n             at \
                     ./functions/tasks/src/writes.rs:40:9\n   3: <axum::handler::Handler as core::ops::Fn>::call\n   3: poll<ours::Future>\n             at \
                     /home/x/registry/src/y/z.rs:1\n   \
                     4: __libc_start_main\n";
        let expected = [
            "sprintsync_http::problem::told",
            "tasks::writes::create::{{closure}} at ./functions/tasks/src/writes.rs:40:9",
        ];
        assert_eq!(frames(whole), expected);
        assert_eq!(frames(""), Vec::<String>::new());
    }

    #[test]
    fn a_backtrace_names_who_asks_for_it() {
        fn the_one_who_asks() -> String {
            Backtrace::force_capture().to_string()
        }
        assert!(the_one_who_asks().contains("the_one_who_asks"), "{}", the_one_who_asks());
    }
}
