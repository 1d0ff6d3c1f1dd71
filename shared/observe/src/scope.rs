//! What is known of the request at hand, for its log lines, and what it uses at the table.

use std::cell::{Cell, RefCell};
use std::future::Future;

use serde_json::{Map, Value};

use crate::metric::{self, DIMENSION, Measured, Metric};
use crate::settings::SETTINGS;

/// What a request used at the table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Calls of the table.
    pub calls: u32,
    /// The longest chain of calls that may have waited for one another: each call counts as waiting for every call
    /// that had ended before it began.
    pub sequence: u32,
    /// Read capacity units (DynamoDB Developer Guide, "Capacity unit consumption").
    pub read_units: f64,
    /// Write capacity units.
    pub write_units: f64,
}

/// What Lambda says of the call that a request came by.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// The function's name.
    pub function_name: String,
    /// The call's own id.
    pub function_request_id: String,
    /// The root of the trace that it belongs to.
    pub xray_trace_id: Option<String>,
    /// Whether it is the first of its environment.
    pub cold_start: bool,
    /// A random number, by which some requests are chosen of which all lines are written.
    pub chance: u32,
}

/// What a log line calls the mark of a network.
const NETWORK: &str = "network";

#[derive(Default)]
struct Scope {
    labels: Map<String, Value>,
    usage: Usage,
    sampled: bool,
    cold_start: bool,
    counted: Vec<(Metric, u64)>,
    notes: Map<String, Value>,
}

tokio::task_local! {
    static SCOPE: RefCell<Scope>;
    static BRANCH: Cell<u32>;
}

/// One of several things that are done side by side: a call in it waits for the calls before it in this branch, and for
/// those that had ended before the branch was made, but for none of a neighbour's. (Without it a call that begins after
/// a neighbour's was answered counts as waiting for it.)
pub fn branch<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let reached = Cell::new(depth());
    // On the heap: a call of the SDK is a large future, and branches would copy it from one into the next.
    let work = Box::pin(work);
    async {
        let working = async { (work.await, BRANCH.with(Cell::get)) };
        let (output, reached) = BRANCH.scope(reached, working).await;
        deepen(reached);
        output
    }
}

/// How many calls in turn lie behind the work at hand.
fn depth() -> u32 {
    BRANCH.try_with(Cell::get).unwrap_or_else(|_| usage().sequence)
}

fn deepen(reached: u32) {
    let _ = BRANCH.try_with(|depth| depth.set(depth.get().max(reached)));
}

/// Runs the handling of a request: its log lines say of which service, request and call they are, and its calls of the
/// table are added up.
pub async fn in_request<F: Future>(
    service: &'static str,
    request_id: &str,
    invocation: &Invocation,
    handling: F,
) -> F::Output {
    let Invocation { function_name, function_request_id, xray_trace_id, cold_start, chance } = invocation;
    let texts = [
        ("service", service),
        ("request_id", request_id),
        ("function_name", function_name),
        ("function_request_id", function_request_id),
        ("xray_trace_id", xray_trace_id.as_deref().unwrap_or_default()),
    ];
    let texts = texts.into_iter().filter(|(_, value)| !value.is_empty());
    let mut labels: Map<String, Value> = texts.map(|(name, value)| (name.to_owned(), value.into())).collect();
    labels.insert("cold_start".to_owned(), (*cold_start).into());
    let sampled = SETTINGS.samples(*chance);
    if SETTINGS.sample_rate > 0.0 {
        labels.insert("sampling_rate".to_owned(), SETTINGS.sample_rate.into());
    }
    let scope = Scope { labels, sampled, cold_start: *cold_start, ..Scope::default() };
    SCOPE.scope(RefCell::new(scope), handling).await
}

/// Whether a request is at hand.
pub(crate) fn is_in_request() -> bool {
    SCOPE.try_with(|_| ()).is_ok()
}

/// Whether all lines of the request at hand are written.
pub(crate) fn is_sampled() -> bool {
    SCOPE.try_with(|scope| scope.try_borrow().is_ok_and(|scope| scope.sampled)).unwrap_or_default()
}

/// Adds to a metric of the request at hand.
pub fn count(metric: Metric, value: u64) {
    let _ = SCOPE.try_with(|scope| {
        let counted = &mut scope.borrow_mut().counted;
        match counted.iter_mut().find(|(known, _)| *known == metric) {
            Some((_, sum)) => *sum = sum.saturating_add(value),
            None => counted.push((metric, value)),
        }
    });
}

/// Notes a property of the request at hand, for its line of metrics alone.
pub fn note(name: &str, value: impl Into<Value>) {
    let _ = SCOPE.try_with(|scope| scope.borrow_mut().notes.insert(name.to_owned(), value.into()));
}

/// Writes down the metrics of the request at hand, which has just been answered.
pub fn measure(measured: &Measured<'_>) {
    let usage = usage();
    let (counted, notes, cold_start) = SCOPE
        .try_with(|scope| {
            let mut scope = scope.borrow_mut();
            (std::mem::take(&mut scope.counted), std::mem::take(&mut scope.notes), scope.cold_start)
        })
        .unwrap_or_default();
    let mut metrics = measured.metrics().to_vec();
    metrics.extend(cold_start.then_some((Metric::ColdStarts, 1)));
    metrics.extend(counted);
    let mut properties = labels();
    // The dimension says which instance; which function of it, a property does.
    if let Some(function) = properties.remove(DIMENSION) {
        properties.insert("function".to_owned(), function);
    }
    properties.extend(notes);
    for (name, value) in [
        ("method", Value::from(measured.method)),
        ("path", measured.path.into()),
        ("status_code", measured.status.into()),
        ("table_calls", usage.calls.into()),
        ("table_sequence", usage.sequence.into()),
        ("read_units", usage.read_units.into()),
        ("write_units", usage.write_units.into()),
    ] {
        properties.insert(name.to_owned(), value);
    }
    let line = metric::line(measured.at_ms, &SETTINGS.service, &metrics, properties);
    tracing::info!(target: metric::TARGET, line = line.to_string());
}

/// What the request at hand has used so far.
pub fn usage() -> Usage {
    SCOPE.try_with(|scope| scope.borrow().usage).unwrap_or_default()
}

/// Puts the caller's id on the request's lines from here on.
pub fn set_user(id: &dyn std::fmt::Display) {
    let _ = SCOPE.try_with(|scope| scope.borrow_mut().labels.insert("user_id".to_owned(), id.to_string().into()));
}

/// Puts the mark of the caller's network on the request's lines from here on.
pub fn set_network(mark: &str) {
    let _ = SCOPE.try_with(|scope| scope.borrow_mut().labels.insert(NETWORK.to_owned(), mark.into()));
}

/// The mark of the network that the request at hand comes from, if it is known.
pub fn network() -> Option<String> {
    labels().get(NETWORK).and_then(Value::as_str).map(str::to_owned)
}

/// The service that handles the request at hand; none outside of requests.
pub fn service() -> Option<String> {
    labels().get("service").and_then(Value::as_str).map(str::to_owned)
}

pub(crate) fn labels() -> Map<String, Value> {
    // A line that is written while the scope changes goes without.
    SCOPE.try_with(|scope| scope.try_borrow().map(|scope| scope.labels.clone()).unwrap_or_default()).unwrap_or_default()
}

/// A call of the table under way.
#[derive(Debug)]
pub struct TableCall {
    operation: &'static str,
    depth: u32,
}

impl TableCall {
    /// The call of this operation begins.
    pub fn start(operation: &'static str) -> Self {
        let _ = SCOPE.try_with(|scope| scope.borrow_mut().usage.calls += 1);
        tracing::debug!(operation, "a call of the table begins");
        Self { operation, depth: depth() + 1 }
    }

    /// The call was answered, and used these capacity units.
    pub fn end(self, read_units: f64, write_units: f64) {
        deepen(self.depth);
        let _ = SCOPE.try_with(|scope| {
            let usage = &mut scope.borrow_mut().usage;
            usage.sequence = usage.sequence.max(self.depth);
            usage.read_units += read_units;
            usage.write_units += write_units;
        });
        tracing::debug!(operation = self.operation, read_units, write_units, "a call of the table ended");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_side_by_side_are_one_step_and_calls_in_turn_are_two() {
        let used = in_request("test", "r", &Invocation::default(), async {
            let (a, b) = (TableCall::start("Query"), TableCall::start("Query"));
            a.end(0.5, 0.0);
            b.end(1.0, 0.0);
            TableCall::start("Query").end(0.0, 2.0);
            usage()
        })
        .await;
        assert_eq!(used, Usage { calls: 3, sequence: 2, read_units: 1.5, write_units: 2.0 });
    }

    #[tokio::test]
    async fn branches_do_not_wait_for_one_another_however_fast_they_are() {
        let call = || TableCall::start("Query").end(0.0, 0.0);
        let used = in_request("test", "r", &Invocation::default(), async {
            call();
            let (one, two) =
                (branch(async { call() }), branch(async { (call(), branch(async { call() }).await, call()) }));
            one.await;
            two.await;
            call();
            usage()
        })
        .await;
        assert_eq!((used.calls, used.sequence), (6, 5));
    }
}
