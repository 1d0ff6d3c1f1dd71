//! Time entries: minutes that someone worked on a task on a day. Never changed, never removed.

use crate::{Day, EntryId, Minutes, Note, TaskId, Timestamp, UserId};

/// What a person states when logging time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// How long.
    pub minutes: Minutes,
    /// On what.
    pub note: Note,
    /// On which day, in the person's own zone.
    pub worked_on: Day,
}

/// An entry in the minute ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The task worked on.
    pub task_id: TaskId,
    /// Who worked.
    pub user_id: UserId,
    /// How long, in minutes; below zero in an entry that takes another back.
    pub minutes: i64,
    /// On what.
    pub note: Note,
    /// The day it was worked, in the person's own zone.
    pub worked_on: Day,
    /// The entry that this one takes back.
    pub reverses: Option<EntryId>,
    /// When it was written down.
    pub created_at: Timestamp,
}

impl Entry {
    /// What is left of it once who worked has left: the minutes, which the team's sums are made of.
    #[must_use]
    pub fn without_texts(self) -> Self {
        Self { note: Note::default(), ..self }
    }
}
