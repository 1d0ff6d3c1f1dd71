//! What an operator sees of an instance: its log lines, its metrics, its counts, its health.

mod counts;
mod found;
mod health;
mod limits;
mod logs;
mod quiet;
