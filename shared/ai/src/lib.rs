//! A language model, asked over HTTP: it words the plan of a day, and drafts descriptions.
//!
//! The model is never needed and never believed. Whatever keeps it from answering is a [`Declined`], whose reason a
//! person can be told, beside what is worked out without it. What it does answer is taken only if it has the asked-for
//! shape and is plain, short text without an address; of a plan, only if every task, minute and day in it is the plan's own.
//!
//! People's texts go to the model as JSON, apart from the instruction, which says that they are data. A model that
//! follows what is written in them all the same gains nothing: its answer meets the same checks, and goes to the person
//! whose texts they are.

mod ask;
mod breaker;
mod call;
mod days;
mod draft;
mod gemini;
mod key;
mod lengths;
mod openai;
mod outcome;
mod plain;
mod question;
mod settings;
mod wording;

pub use ask::Ai;
pub use outcome::{Asked, Declined, Told, Use};
pub use settings::{BadSettings, Provider, Settings};
pub use wording::Wording;
