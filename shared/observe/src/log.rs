//! JSON log lines with the field names of Powertools for AWS Lambda: `timestamp`, `level`, `logger`, `message`, then
//! the fields of the event and what is known of the request.

use std::fmt;
use std::io;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use crate::metric;
use crate::scope::labels;

/// Sends log lines to standard output. The level comes from `AWS_LAMBDA_LOG_LEVEL` and is `info` otherwise.
pub fn init() {
    init_to(io::stdout);
}

/// Sends log lines to `writer`. Only the first call in a process counts.
pub fn init_to<W: for<'w> MakeWriter<'w> + Send + Sync + 'static>(writer: W) {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default();
    let level = level.parse::<tracing::Level>().unwrap_or(tracing::Level::INFO);
    let _ = tracing_subscriber::fmt()
        // The local stack's table warns of every condition that fails, which is how it is meant to be used.
        // A metric is no message: it is written at every level.
        .with_env_filter(EnvFilter::new(format!("{level},dynoxide=error,{}=info", metric::TARGET)))
        .event_format(JsonLine)
        .with_writer(writer)
        .try_init();
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
        let now = jiff::Timestamp::now();
        line.insert("timestamp".to_owned(), format!("{now:.3}").into());
        line.insert("level".to_owned(), event.metadata().level().as_str().into());
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
        self.put(field, format!("{value:?}").into());
    }
}
