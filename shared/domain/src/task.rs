//! Tasks, and what can be done to them. Each change makes the next version and the event that says so.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Around, Day, Description, Entry, EntryId, Estimate, Event, Fields, Invalid, Minutes, NewEntry, Note, TaskId,
    Timestamp, Title, UserId, Version, What, Worked,
};

/// Days that a deleted task stays in the trash, from where it can be restored.
pub const TRASH_DAYS: i64 = 30;

/// How far a task has come. Any may follow any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not begun.
    #[default]
    Todo,
    /// Being worked on.
    InProgress,
    /// Finished.
    Done,
}

impl Status {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Todo, Self::InProgress, Self::Done];

    /// Its name in the API and in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::InProgress => "in_progress",
            Self::Done => "done",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| Invalid::because("Use todo, in_progress or done."))
    }
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Whose it is.
    pub owner: UserId,
    /// What is to be done, in a line.
    pub title: Title,
    /// What is to be done, at length.
    pub description: Description,
    /// How far it has come.
    pub status: Status,
    /// How long it is thought to take.
    pub estimate: Option<Estimate>,
    /// The day it is due.
    pub due_on: Option<Day>,
    /// The sum of its entries, in minutes.
    pub total_minutes: i64,
    /// Its optimistic lock.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was done, if it is.
    pub completed_at: Option<Timestamp>,
    /// Since when it has its status, without what it spent in the trash.
    pub status_since: Timestamp,
}

/// What a person states when adding a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// What is to be done, in a line.
    pub title: Title,
    /// What is to be done, at length.
    pub description: Description,
    /// How far it has come already.
    pub status: Status,
    /// How long it is thought to take.
    pub estimate: Option<Estimate>,
    /// The day it is due.
    pub due_on: Option<Day>,
    /// Minutes worked on it already; they become its first entry.
    pub logged: Option<Minutes>,
}

/// Fields of a task to change; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskEdit {
    /// A new title.
    pub title: Option<Title>,
    /// A new description.
    pub description: Option<Description>,
    /// A new status.
    pub status: Option<Status>,
    /// A new estimate, or none any more.
    pub estimate: Option<Option<Estimate>>,
    /// A new due day, or none any more.
    pub due_on: Option<Option<Day>>,
}

impl TaskEdit {
    /// Only the status.
    pub fn status(status: Status) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Whether it says that the task is done: then no timer goes on running on it.
    pub fn finishes(&self) -> bool {
        self.status == Some(Status::Done)
    }
}

/// A change of a task: what it is now, the event that says so, and the entry that came with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The task after the change.
    pub task: Task,
    /// The event of the change.
    pub event: Event,
    /// The entry that was logged by it.
    pub entry: Option<Entry>,
}

impl Change {
    /// The minutes that it books, said so that it is true whatever else happens to the task before they are added: right
    /// behind the version that was seen, and without the sums of that moment.
    #[must_use]
    pub fn beside_others(mut self) -> Self {
        self.event.beside = self.entry.as_ref().map(|entry| entry.id);
        for fields in [&mut self.event.from, &mut self.event.to] {
            fields.remove("total_minutes");
        }
        self
    }
}

impl Task {
    /// A new task of `by`, made at `now`, which is `today` for that person. `entry` becomes the id of its first entry
    /// if minutes were stated.
    pub fn create(new: NewTask, id: TaskId, entry: EntryId, by: UserId, now: Timestamp, today: Day) -> Change {
        let entry = new.logged.map(|minutes| Entry {
            id: entry,
            task_id: id,
            user_id: by,
            minutes: minutes.get(),
            note: Note::default(),
            worked_on: today,
            reverses: None,
            created_at: now,
        });
        let task = Self {
            id,
            owner: by,
            title: new.title,
            description: new.description,
            status: new.status,
            estimate: new.estimate,
            due_on: new.due_on,
            total_minutes: entry.as_ref().map_or(0, |entry| entry.minutes),
            version: 1,
            created_at: now,
            updated_at: now,
            completed_at: (new.status == Status::Done).then_some(now),
            status_since: now,
        };
        let mut to = task.fields();
        to.retain(|_, value| !value.is_null());
        to.insert("total_minutes".to_owned(), json!(task.total_minutes));
        let around = Around { owner: by, status: task.status, since: now, worked: entry.as_ref().map(worked) };
        let event = Event {
            task_id: id,
            version: 1,
            beside: None,
            at: now,
            by,
            what: What::Created,
            from: Fields::new(),
            to,
            network: None,
            around: Some(around),
        };
        Change { task, event, entry }
    }

    /// The task with some fields changed, or nothing where they already are what is asked for.
    pub fn edit(&self, edit: &TaskEdit, by: UserId, now: Timestamp) -> Option<Change> {
        let mut task = self.clone();
        if let Some(title) = &edit.title {
            task.title = title.clone();
        }
        if let Some(description) = &edit.description {
            task.description = description.clone();
        }
        if let Some(estimate) = edit.estimate {
            task.estimate = estimate;
        }
        if let Some(due_on) = edit.due_on {
            task.due_on = due_on;
        }
        if let Some(status) = edit.status {
            let now = now.max(self.updated_at).max(self.status_since);
            if status != self.status {
                task.status_since = now;
            }
            task.status = status;
            task.completed_at = match status {
                Status::Done => self.completed_at.or(Some(now)),
                Status::Todo | Status::InProgress => None,
            };
        }
        let (mut from, mut to) = (self.fields(), task.fields());
        let changed: Vec<String> =
            from.iter().filter(|(name, was)| to.get(*name) != Some(was)).map(|(name, _)| name.clone()).collect();
        if changed.is_empty() {
            return None;
        }
        from.retain(|name, _| changed.contains(name));
        to.retain(|name, _| changed.contains(name));
        Some(self.next(task, by, now, What::Edited, (from, to), None))
    }

    /// The task with minutes logged on it by `by`.
    pub fn log(&self, new: NewEntry, id: EntryId, by: UserId, now: Timestamp) -> Change {
        let entry = Entry {
            id,
            task_id: self.id,
            user_id: by,
            minutes: new.minutes.get(),
            worked_on: new.worked_on,
            note: new.note,
            reverses: None,
            created_at: now,
        };
        self.book(entry, by, now, What::TimeLogged)
    }

    /// The task with an entry taken back: its opposite is booked on the same day, for whoever had worked.
    pub fn reverse(&self, entry: &Entry, id: EntryId, by: UserId, now: Timestamp) -> Change {
        let opposite =
            Entry { id, minutes: -entry.minutes, reverses: Some(entry.id), created_at: now, ..entry.clone() };
        self.book(opposite, by, now, What::TimeReversed)
    }

    fn book(&self, entry: Entry, by: UserId, now: Timestamp, what: What) -> Change {
        let task = Self { total_minutes: self.total_minutes.saturating_add(entry.minutes), ..self.clone() };
        let from = [("total_minutes", json!(self.total_minutes))];
        let mut to = named([
            ("total_minutes", json!(task.total_minutes)),
            ("entry_id", json!(entry.id)),
            ("minutes", json!(entry.minutes)),
            ("worked_on", json!(entry.worked_on)),
        ]);
        if let Some(reversed) = entry.reverses {
            to.insert("reverses".to_owned(), json!(reversed));
        }
        self.next(task, by, now, what, (named(from), to), Some(entry))
    }

    /// The task as it goes into the trash.
    pub fn delete(&self, by: UserId, now: Timestamp) -> Change {
        self.next(self.clone(), by, now, What::Deleted, Default::default(), None)
    }

    /// The task as it comes out of the trash. What it spent there is no time in its status.
    pub fn restore(&self, by: UserId, now: Timestamp) -> Change {
        let away = now.ms().saturating_sub(self.updated_at.ms()).max(0);
        let since = match self.completed_at {
            Some(done) => done,
            None => Timestamp::from_ms(self.status_since.ms().saturating_add(away)),
        };
        self.next(Self { status_since: since, ..self.clone() }, by, now, What::Restored, Default::default(), None)
    }

    /// The task as somebody else's, or nothing where it is theirs already.
    pub fn assign(&self, to: UserId, by: UserId, now: Timestamp) -> Option<Change> {
        let named = |owner: UserId| named([("user_id", json!(owner))]);
        let task = Self { owner: to, ..self.clone() };
        let fields = (named(self.owner), named(to));
        (to != self.owner).then(|| self.next(task, by, now, What::Assigned, fields, None))
    }

    /// What is written down when the task goes with its owner, who left at `now`.
    pub fn erase(&self, now: Timestamp) -> Event {
        self.next(self.clone(), self.owner, now, What::Erased, Default::default(), None).event
    }

    fn next(
        &self,
        task: Self,
        by: UserId,
        now: Timestamp,
        what: What,
        (from, to): (Fields, Fields),
        entry: Option<Entry>,
    ) -> Change {
        let version = self.version + 1;
        // Clocks of two environments differ: a task's times never run backwards.
        let now = now.max(self.updated_at).max(self.status_since);
        let worked = entry.as_ref().map(worked);
        let around = Some(Around { owner: task.owner, status: task.status, since: self.status_since, worked });
        let event =
            Event { task_id: self.id, version, beside: None, at: now, by, what, from, to, network: None, around };
        Change { task: Self { version, updated_at: now, ..task }, event, entry }
    }

    /// The fields that a person edits, as the API writes them.
    pub fn fields(&self) -> Fields {
        named([
            ("title", json!(self.title)),
            ("description", json!(self.description)),
            ("status", json!(self.status)),
            ("estimate_minutes", json!(self.estimate)),
            ("due_on", json!(self.due_on)),
        ])
    }
}

fn worked(entry: &Entry) -> Worked {
    Worked { user_id: entry.user_id, worked_on: entry.worked_on, minutes: entry.minutes }
}

fn named<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests;
