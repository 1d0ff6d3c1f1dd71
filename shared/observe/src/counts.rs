//! Counts of the requests that an environment answered, until they are written to the table: each environment sees only
//! its own requests, so what is true of all of them is the sum that lies there.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The upper bounds of the histogram of durations, in milliseconds. What took longer is counted behind them.
pub const BUCKETS_MS: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/// Milliseconds for which counts stay in an environment at least.
const FLUSH_AFTER_MS: i64 = 60_000;
/// Routes that are written at once: what a transaction may have (DynamoDB, "Transactions").
const AT_ONCE: usize = 100;
/// Milliseconds for which a batch may be written again without being counted twice: DynamoDB knows the token of a
/// transaction for ten minutes.
const KNOWN_MS: i64 = 540_000;

/// Where a request went.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The function.
    pub service: String,
    /// The method.
    pub method: String,
    /// The pattern of its path.
    pub path: String,
}

/// What was counted of a route.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers of the statuses 400 to 499.
    pub client_errors: u64,
    /// Answers of the status 500 and above.
    pub server_errors: u64,
    /// The sum of their durations, in milliseconds.
    pub duration_ms: u64,
    /// Requests by duration: those of up to each of [`BUCKETS_MS`] and more than the one before, and those of more than
    /// all.
    pub buckets: [u64; 12],
}

impl Tally {
    /// Requests.
    pub fn requests(&self) -> u64 {
        self.buckets.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    fn add(&mut self, status: u16, latency_ms: u64) {
        self.client_errors += u64::from((400..500).contains(&status));
        self.server_errors += u64::from(status >= 500);
        self.duration_ms = self.duration_ms.saturating_add(latency_ms);
        let place = BUCKETS_MS.iter().position(|bound| latency_ms <= *bound).unwrap_or(BUCKETS_MS.len());
        if let Some(bucket) = self.buckets.get_mut(place) {
            *bucket += 1;
        }
    }

    /// Adds what another says of the same route.
    pub fn merge(&mut self, other: &Self) {
        self.client_errors = self.client_errors.saturating_add(other.client_errors);
        self.server_errors = self.server_errors.saturating_add(other.server_errors);
        self.duration_ms = self.duration_ms.saturating_add(other.duration_ms);
        for (sum, count) in self.buckets.iter_mut().zip(other.buckets) {
            *sum = sum.saturating_add(count);
        }
    }
}

/// What was counted, by route.
pub type Counts = BTreeMap<Route, Tally>;

/// Counts that are to be written, all or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Names it, so that it is not counted twice when it is written twice.
    pub id: String,
    /// What was counted.
    pub counts: Counts,
    /// When they were taken, in milliseconds since 1970.
    pub taken_at_ms: i64,
}

/// The counts of one function in one environment.
#[derive(Debug, Default)]
pub struct Counter(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    counts: Counts,
    /// Of which it is not known whether it was written.
    pending: Option<Batch>,
    /// When counts were taken last; before that, when the first was made.
    since_ms: Option<i64>,
}

impl Counter {
    /// Counts a request that was answered at this time.
    pub fn add(&self, at_ms: i64, route: Route, status: u16, latency_ms: i64) {
        let mut state = self.state();
        state.since_ms.get_or_insert(at_ms);
        state.counts.entry(route).or_default().add(status, latency_ms.max(0).unsigned_abs());
    }

    /// The counts that are to be written now, if none were for a while. Whoever gets them must say what became of them,
    /// by [`Counter::written`]; until then, or for another while, nobody else gets any.
    pub fn due(&self, at_ms: i64, id: impl FnOnce() -> String) -> Option<Batch> {
        let since = self.state().since_ms?;
        if at_ms.saturating_sub(since) < FLUSH_AFTER_MS { None } else { self.take(at_ms, id) }
    }

    /// As [`Counter::due`], however long they have been here: for an environment that ends, or that has a clock.
    pub fn take(&self, at_ms: i64, id: impl FnOnce() -> String) -> Option<Batch> {
        let mut state = self.state();
        // What may be in the table already is not written under another id.
        state.pending = state.pending.take().filter(|batch| at_ms.saturating_sub(batch.taken_at_ms) < KNOWN_MS);
        if state.pending.is_none() {
            let left = state.counts.keys().nth(AT_ONCE).cloned();
            let rest = left.map(|from| state.counts.split_off(&from)).unwrap_or_default();
            let counts = std::mem::replace(&mut state.counts, rest);
            state.pending = (!counts.is_empty()).then(|| Batch { id: id(), counts, taken_at_ms: at_ms });
        }
        if state.pending.is_some() {
            state.since_ms = Some(at_ms);
        }
        state.pending.clone()
    }

    /// The batch of this id is in the table.
    pub fn written(&self, id: &str) {
        let mut state = self.state();
        state.pending = state.pending.take().filter(|batch| batch.id != id);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str) -> Route {
        Route { service: "tasks".to_owned(), method: "GET".to_owned(), path: path.to_owned() }
    }

    #[test]
    fn durations_fall_into_the_bucket_that_ends_with_them() {
        let mut tally = Tally::default();
        for (status, latency_ms) in [(200, 0), (200, 5), (404, 6), (500, 10_000), (503, 10_001), (200, u64::MAX)] {
            tally.add(status, latency_ms);
        }
        assert_eq!(tally.buckets, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!((tally.requests(), tally.client_errors, tally.server_errors), (6, 1, 2));
        assert_eq!(tally.duration_ms, u64::MAX);
    }

    #[test]
    fn counts_are_due_a_minute_after_the_first_and_only_once() {
        let counter = Counter::default();
        assert_eq!(counter.due(1_000_000, || unreachable!("nothing was counted")), None);
        counter.add(0, route("/tasks"), 200, 3);
        assert_eq!(counter.due(59_999, || unreachable!("it is not due")), None);
        let batch = counter.due(60_000, || "one".to_owned()).expect("counts");
        assert_eq!((batch.id.as_str(), batch.counts.len()), ("one", 1));
        assert_eq!(counter.due(60_000, || unreachable!("somebody writes them")), None);
        counter.written("one");
        assert_eq!(counter.due(120_000, || unreachable!("nothing is left")), None);
        // What comes a minute after the last write goes with the next request, and waits no minute of its own.
        counter.add(130_000, route("/tasks"), 200, 3);
        assert!(counter.due(130_001, || "two".to_owned()).is_some());
        counter.written("two");
        counter.add(130_002, route("/tasks"), 200, 3);
        assert_eq!(counter.due(190_000, || unreachable!("it is not due")), None);
        assert!(counter.due(190_001, || "three".to_owned()).is_some());
    }

    #[test]
    fn an_environment_that_ends_leaves_nothing_behind() {
        let counter = Counter::default();
        assert_eq!(counter.take(0, || unreachable!("nothing was counted")), None);
        for number in 0..AT_ONCE + 3 {
            counter.add(0, route(&format!("/{number:04}")), 200, 3);
        }
        let mut left = 0;
        while let Some(batch) = counter.take(1, || left.to_string()) {
            left += batch.counts.len();
            counter.written(&batch.id);
        }
        assert_eq!(left, AT_ONCE + 3);
        // What may have been written goes out as it was.
        counter.add(2, route("/tasks"), 200, 3);
        let first = counter.take(2, || "one".to_owned());
        counter.add(3, route("/tasks"), 200, 3);
        assert_eq!(counter.take(3, || unreachable!("the first is pending")), first);
    }

    #[test]
    fn a_batch_that_may_be_written_is_written_again_as_it_was_until_its_name_is_forgotten() {
        let counter = Counter::default();
        counter.add(0, route("/tasks"), 200, 3);
        let first = counter.due(60_000, || "one".to_owned()).expect("counts");
        counter.add(61_000, route("/tasks"), 500, 3);
        assert_eq!(counter.due(120_000, || unreachable!("the first is pending")), Some(first));
        let next = counter.due(60_000 + KNOWN_MS, || "two".to_owned()).expect("what came since");
        assert_eq!(next.counts[&route("/tasks")].server_errors, 1);
    }

    #[test]
    fn more_routes_than_a_transaction_has_wait_for_the_next() {
        let counter = Counter::default();
        for number in 0..AT_ONCE + 3 {
            counter.add(0, route(&format!("/{number:04}")), 200, 3);
        }
        let first = counter.due(60_000, || "one".to_owned()).expect("counts");
        counter.written("one");
        let second = counter.due(120_000, || "two".to_owned()).expect("the rest");
        assert_eq!((first.counts.len(), second.counts.len()), (AT_ONCE, 3));
    }
}
