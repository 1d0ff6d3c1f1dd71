//! JSON log lines with the field names of Powertools for AWS Lambda: `timestamp`, `level`, `logger`, `message`, then
//! the fields of the event and what is known of the request.

use std::fmt;
use std::io;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::backtrace::log_panics;
use crate::metric;
use crate::scope::{is_sampled, labels};
use crate::settings::{SETTINGS, Settings};

/// Our own crates, by their targets.
const OURS: [&str; 10] = ["sprintsync", "activity", "admin", "ai", "auth", "ops", "tasks", "web", "local", "migrate"];

/// Sends log lines to standard output. What is written, `AWS_LAMBDA_LOG_LEVEL`, `POWERTOOLS_LOG_LEVEL` and
/// `POWERTOOLS_LOGGER_SAMPLE_RATE` say.
pub fn init() {
    init_to(io::stdout);
}

/// Sends log lines to `writer`. Only the first call in a process counts.
pub fn init_to<W: for<'w> MakeWriter<'w> + Send + Sync + 'static>(writer: W) {
    let lines = tracing_subscriber::fmt::layer().event_format(JsonLine).with_writer(writer);
    let started = tracing_subscriber::registry().with(lines.with_filter(filter(&SETTINGS))).try_init();
    if started.is_ok() {
        log_panics();
    }
}

/// What may be written at all.
fn filter(settings: &Settings) -> Targets {
    // Below that, what others write holds whole requests, with tokens and what people wrote.
    let others = settings.level.min(Level::INFO);
    let most = settings.most();
    Targets::new()
        .with_default(others)
        .with_targets(OURS.map(|name| (name, most)))
        // The runtime says once more what has been logged with all that is known of it. What it cannot read it says alone.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF)
        // A metric is no message: it is written at every level.
        .with_target(metric::TARGET, Level::INFO)
}

struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = Map::new();
        if event.metadata().target() == metric::TARGET {
            event.record(&mut Fields(&mut line));
            return writeln!(writer, "{}", line.get("line").and_then(Value::as_str).unwrap_or_default());
        }
        let level = *event.metadata().level();
        if level > SETTINGS.level && !(level <= Level::DEBUG && is_sampled()) {
            return Ok(());
        }
        let now = jiff::Timestamp::now();
        line.insert("timestamp".to_owned(), format!("{now:.3}").into());
        line.insert("level".to_owned(), level.as_str().into());
        line.insert("logger".to_owned(), event.metadata().target().into());
        line.insert("message".to_owned(), Value::Null);
        event.record(&mut Fields(&mut line));
        line.append(&mut labels());
        writeln!(writer, "{}", Value::Object(line))
    }
}

struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let chain = std::iter::successors(Some(value), |error| error.source());
        self.put(field, chain.map(ToString::to_string).collect::<Vec<_>>().into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        match field.name() {
            "backtrace" => self.put(field, text.lines().collect::<Vec<_>>().into()),
            _ => self.put(field, text.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_never_write_more_than_what_is_worth_knowing() {
        let settings = |level, sample_rate| Settings { level, sample_rate, service: String::new() };
        let written = |level, rate| {
            let filter = filter(&settings(level, rate));
            move |target: &str, level| filter.would_enable(target, &level)
        };
        let all = written(Level::TRACE, 0.0);
        assert!(all("sprintsync_store", Level::TRACE) && all("hyper", Level::INFO) && !all("hyper", Level::DEBUG));
        let errors = written(Level::ERROR, 0.0);
        assert!(errors("tasks", Level::ERROR) && !errors("tasks", Level::WARN) && !errors("hyper", Level::WARN));
        assert!(errors(metric::TARGET, Level::INFO), "a metric is no message");
        let sampled = written(Level::WARN, 0.1);
        assert!(sampled("web::show", Level::DEBUG) && sampled("hyper", Level::WARN) && !sampled("hyper", Level::INFO));
        assert!(!sampled("lambda_runtime::layers::panic", Level::ERROR) && sampled("lambda_runtime", Level::ERROR));
    }
}
