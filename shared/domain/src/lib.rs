//! The rules of SprintSync: tasks, people, time, events and limits.
//!
//! Nothing here knows of HTTP or AWS, and nothing here reads a clock or rolls a die: the time, fresh ids and random
//! bytes come in through [`World`]. A value of one of these types is valid, since parsing is the only way to get one.

mod draft;
mod due;
mod entry;
mod event;
mod id;
mod kept_plan;
mod merge;
mod minutes;
mod pasted;
mod plan;
mod rate;
mod sign_up;
mod statistics;
mod task;
mod text;
mod time;
mod timer;
pub mod unicode;
mod user;
mod username;
mod words;
mod workday_end;
mod world;

pub use draft::{Kind, draft, similar};
pub use due::Urgency;
pub use entry::{Entry, NewEntry};
pub use event::{AccountEvent, Around, Event, Fields, What, Worked};
pub use id::{EntryId, EventId, InviteId, SessionId, TaskId, UserId};
pub use kept_plan::{KeptPlan, NO_MODEL, NOTHING_TO_WORD};
pub use merge::Merge;
pub use minutes::{Estimate, LENGTHS, Minutes, Workday, minutes_in, workday_in};
pub use plan::{
    Basis, Because, Block, DEFAULT_MINUTES, FINISHED, Hours, LeftOut, MOST_BLOCKS, MOST_OPEN, Plan, SHORTEST_BLOCK,
    Why, in_hours,
};
pub use rate::{Counter, Limit, Limits, Refused};
pub use sign_up::SignUpMode;
pub use statistics::{DayCounts, Durations, Statistics, TaskCounts};
pub use task::{Change, NewTask, Status, TRASH_DAYS, Task, TaskEdit};
pub use text::{Commit, Description, Note, Title, Username};
pub use time::{Day, TimeZone, Timestamp, WallTime, Week};
pub use timer::{LONGEST_TIMER, NotStopped, StoppedBy, Timer};
pub use user::{PasswordHash, Profile, SESSION_SECONDS, Session, User};
pub use words::Words;
pub use workday_end::WorkdayEnd;
pub use world::World;

/// Why a text or number is not a value of its type, in words for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Invalid {
    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// The optimistic lock of an item: 1 when it is made, one more with every change.
pub type Version = u64;
