//! What the black-box suites share: a running SprintSync, people who use it over HTTP, its log lines, forged tokens.
//!
//! A test binary has one stack in its own process, in memory, with limits a thousand times as high as the contract's
//! and open to sign-ups. With `SPRINTSYNC_URL` set, the suites whose names begin with `contract_` talk to that address
//! instead; the others need the stack at hand.

mod client;
mod clock;
mod effort;
mod emf;
mod faults;
mod forge;
mod log;
mod person;
mod provider;
mod raw;
mod rights;
mod stack;
mod stream;
mod table;
mod template;

pub use client::{Answer, Api, Call};
pub use clock::Clock;
pub use effort::{Dice, operations, seed};
pub use emf::{is_emf, refused};
pub use faults::{Fault, Faults, TableCall};
pub use forge::Forge;
pub use log::{lines_with, metric_line, request_line};
pub use person::{PASSWORD, Person, fresh_name};
pub use provider::{Asking, Behaviour, KeySecret, MODEL_KEY, ModelServer};
pub use raw::raw;
pub use rights::{BEHIND, Rights};
pub use stack::{Lab, Own, api, run, stack, wire};
pub use stream::Stream;
pub use table::{Item, Table};
pub use template::{Shown, Template, capital};
