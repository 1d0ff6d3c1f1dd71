//! What the edge of every function shares: start-up, callers, problems, fields, preconditions, pages of lists.

mod app;
mod appearance;
mod authorities;
pub mod body;
mod caller;
mod counting;
mod edge;
mod encode;
mod ending;
mod fields;
mod function;
mod id;
mod precondition;
mod problem;
mod query;
mod renewal;
mod repeat;
mod routes;
pub mod scope;
mod sdk;
mod seen;
pub mod shape;
mod start;
pub mod team;
mod viewer;
mod writes;

pub use app::{App, Config, Scheme, StartError, needed, table_name, variable};
pub use appearance::Appearance;
pub use caller::{Caller, Credential, Me, begun, device, expired_cookie, session_cookie};
pub use edge::{API, Asked, is_htmx, tell_program};
pub use fields::{Fields, Form, Json, number, text};
pub use function::{Base, Function};
pub use id::Id;
pub use precondition::{IfMatch, IfNoneMatch, etag};
pub use problem::{FieldError, Problem};
pub use query::{Paging, Query, json, open_cursor, seal_cursor};
pub use renewal::keep_signed_in;
pub use repeat::{Answer, Repeat, Writing};
pub use routes::{Queries, understood};
pub use seen::Saw;
pub use start::{start, start_with_check, start_worker, world};
pub use viewer::Viewer;
pub use writes::Writes;

#[doc(hidden)]
pub use axum;
