//! Faults at every table call of every write, races, and whether what many saw at once could have been seen in turn.

mod account_races;
mod account_rows;
mod admin_races;
mod admin_rows;
mod assign_races;
mod hot_task;
mod linearizability;
mod matrix;
mod once;
mod races;
mod rows;
mod team_rows;
mod weather;
