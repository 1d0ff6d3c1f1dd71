//! What an operator sees: JSON log lines, and what a request cost at the table.

mod log;
mod scope;

pub use log::{init, init_to};
pub use scope::{TableCall, Usage, branch, in_request, service, set_user, usage};
