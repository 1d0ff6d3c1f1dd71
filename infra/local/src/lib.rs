//! SprintSync's cloud on one machine: the front, the gateway with the functions, the table and the
//! secrets, in one process, on loopback alone, without an account.

mod alone;
mod assets;
mod cookies;
mod door;
mod environment;
mod event;
mod folder;
mod front;
mod gateway;
mod logfile;
mod mapping;
mod model;
mod protocol;
mod resolve;
mod secrets;
mod serve;
mod services;
mod stack;
mod stream;
mod table;

pub mod console;
pub mod demo;
pub mod operator;

pub use alone::{FrontAlone, FrontOptions, origin_key};
pub use environment::Environment;
pub use gateway::{DEFAULT_ROUTE, Family, ROUTES, Route};
pub use model::{Model, try_model};
pub use secrets::{ORIGIN_KEY, SIGNING_KEY, Secret, Secrets, Version};
pub use services::{Data, ServiceOptions, Services};
pub use stack::{Names, Options, STATIC_DIR, Stack, StartError};
pub use table::TABLE;
