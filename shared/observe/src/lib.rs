//! What an operator sees: JSON log lines, and what a request cost at the table.

mod log;
mod metric;
mod scope;

pub use log::{init, init_to};
pub use metric::{Metric, emit};
pub use scope::{TableCall, Usage, branch, in_request, service, set_user, usage};
