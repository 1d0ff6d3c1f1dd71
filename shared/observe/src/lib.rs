//! What an operator sees: JSON log lines, metrics, counts of requests, and what a request cost at the table.

mod backtrace;
mod counts;
mod log;
mod metric;
mod prometheus;
mod scope;
mod settings;

pub use backtrace::backtrace;
pub use counts::{BUCKETS_MS, Batch, Counter, Counts, Route, Tally};
pub use log::{init, init_to};
pub use metric::{DIMENSION, Measured, Metric, NAMESPACE};
pub use prometheus::{Build, exposition};
pub use scope::{
    Invocation, TableCall, Usage, branch, count, in_request, measure, network, note, service, set_network, set_user,
    usage,
};
