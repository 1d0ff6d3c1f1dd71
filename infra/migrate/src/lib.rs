//! What changes the items of a table that is in use: the migrations, and what brings the original's data over.
//!
//! Both may be stopped at any moment and run again, and both leave alone what somebody else changes meanwhile; how items
//! lie in the table, `shared/store` alone knows.

pub mod import;
mod progress;
pub mod steps;

pub use progress::Progress;
