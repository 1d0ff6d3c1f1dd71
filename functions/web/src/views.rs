//! The pages' templates, filled with plain, display-ready values.
//!
//! A page is one template; what htmx gets is a block of the same template. Nothing here knows the domain, the
//! table or the request: handlers translate, and render. Ids, dates and numbers arrive as the text to show.

mod account;
mod dashboard;
mod days;
mod plan;
mod proof;
mod sign_in;
mod task;
mod team;
mod timer;

pub(crate) use account::*;
pub(crate) use dashboard::*;
pub(crate) use days::*;
pub(crate) use plan::*;
pub(crate) use proof::*;
pub(crate) use sign_in::*;
// The templates name these, as handlers do, by where they are here.
pub(crate) use sprintsync_pages::views::*;
pub(crate) use task::*;
pub(crate) use team::*;
pub(crate) use timer::*;
