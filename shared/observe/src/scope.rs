//! What is known of the request at hand, for its log lines, and what it uses at the table.

use std::cell::{Cell, RefCell};
use std::future::Future;

use serde_json::{Map, Value};

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

#[derive(Default)]
struct Scope {
    labels: Map<String, Value>,
    usage: Usage,
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

/// Runs the handling of a request: its log lines carry `service` and `request_id`, and its calls of the table are
/// added up.
pub async fn in_request<F: Future>(service: &'static str, request_id: &str, handling: F) -> F::Output {
    let labels = [("service", service), ("request_id", request_id)];
    let labels = labels.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    SCOPE.scope(RefCell::new(Scope { labels, usage: Usage::default() }), handling).await
}

/// What the request at hand has used so far.
pub fn usage() -> Usage {
    SCOPE.try_with(|scope| scope.borrow().usage).unwrap_or_default()
}

/// Puts the caller's id on the request's lines from here on.
pub fn set_user(id: &dyn std::fmt::Display) {
    let _ = SCOPE.try_with(|scope| scope.borrow_mut().labels.insert("user_id".to_owned(), id.to_string().into()));
}

/// The service that handles the request at hand; none outside of requests.
pub fn service() -> Option<String> {
    labels().get("service").and_then(Value::as_str).map(str::to_owned)
}

pub(crate) fn labels() -> Map<String, Value> {
    SCOPE.try_with(|scope| scope.borrow().labels.clone()).unwrap_or_default()
}

/// A call of the table under way.
#[derive(Debug)]
pub struct TableCall {
    depth: u32,
}

impl TableCall {
    /// The call begins.
    pub fn start() -> Self {
        let _ = SCOPE.try_with(|scope| scope.borrow_mut().usage.calls += 1);
        Self { depth: depth() + 1 }
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_side_by_side_are_one_step_and_calls_in_turn_are_two() {
        let used = in_request("test", "r", async {
            let (a, b) = (TableCall::start(), TableCall::start());
            a.end(0.5, 0.0);
            b.end(1.0, 0.0);
            TableCall::start().end(0.0, 2.0);
            usage()
        })
        .await;
        assert_eq!(used, Usage { calls: 3, sequence: 2, read_units: 1.5, write_units: 2.0 });
    }

    #[tokio::test]
    async fn branches_do_not_wait_for_one_another_however_fast_they_are() {
        let call = || TableCall::start().end(0.0, 0.0);
        let used = in_request("test", "r", async {
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
