//! SprintSync's cloud on one machine: the front, the gateway with the functions, the table and the
//! secrets, in one process, on loopback alone, without an account.

mod assets;
mod event;
mod folder;
mod front;
mod gateway;
mod secrets;
mod serve;
mod stack;
mod table;

pub mod demo;
pub mod operator;

pub use gateway::{DEFAULT_ROUTE, Family, ROUTES, Route};
pub use secrets::{ORIGIN_KEY, SIGNING_KEY, Secret, Secrets, Version};
pub use stack::{Data, Options, Stack, StartError};
pub use table::TABLE;
