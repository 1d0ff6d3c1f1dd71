//! Instances of a test's own: with the contract's limits, with other doors, restarted, killed.

mod attackers;
mod door;
mod durability;
mod keys;
mod limits;
mod program;
mod sign_up_modes;
mod suggestions;
#[cfg(unix)]
mod terminal;
