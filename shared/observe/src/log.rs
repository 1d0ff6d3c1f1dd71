//! JSON log lines with the field names of Powertools for AWS Lambda: `timestamp`, `level`, `logger`, `message`, then
//! the fields of the event and what is known of the request.

use std::fmt;
use std::io;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

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
    let started = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter(&SETTINGS)))
        .event_format(JsonLine)
        .with_writer(writer)
        .try_init();
    if started.is_ok() {
        log_panics();
    }
}

/// What may be written at all.
fn filter(settings: &Settings) -> String {
    // Below that, what others write holds whole requests, with tokens and what people wrote.
    let others = settings.level.min(Level::INFO);
    let most = settings.most();
    let ours: String = OURS.iter().map(|name| format!(",{name}={most}")).collect();
    // The local stack's table warns of every condition that fails, which is how it is meant to be used.
    // A metric is no message: it is written at every level.
    // The runtime says once more what has been logged with all that is known of it. What it cannot read it says alone.
    format!("{others},dynoxide=error,lambda_runtime::layers::panic=off,{}=info{ours}", metric::TARGET)
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
        let of = |level, rate| filter(&settings(level, rate));
        assert!(of(Level::TRACE, 0.0).starts_with("INFO,") && of(Level::TRACE, 0.0).contains(",sprintsync=TRACE"));
        assert!(of(Level::ERROR, 0.0).starts_with("ERROR,") && of(Level::ERROR, 0.0).contains(",tasks=ERROR"));
        assert!(of(Level::WARN, 0.1).starts_with("WARN,") && of(Level::WARN, 0.1).contains(",web=DEBUG"));
        assert!(of(Level::ERROR, 0.0).contains(",metric=info"));
    }
}
