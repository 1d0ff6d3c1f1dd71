//! Tasks, and what can be done to them. Each change makes the next version and the event that says so.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Day, Description, Entry, EntryId, Estimate, Event, Fields, Invalid, Minutes, NewEntry, Note, TaskId, Timestamp,
    Title, UserId, Version, What,
};

/// Days that a deleted task stays in the trash, from where it can be restored.
pub const TRASH_DAYS: i64 = 30;

/// How far a task has come. Any may follow any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
            .ok_or_else(|| Invalid::because("must be one of todo, in_progress, done"))
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
        };
        let mut to = task.fields();
        to.retain(|_, value| !value.is_null());
        to.insert("total_minutes".to_owned(), json!(task.total_minutes));
        let event = Event { task_id: id, version: 1, at: now, by, what: What::Created, from: Fields::new(), to };
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

    /// The task as it comes out of the trash.
    pub fn restore(&self, by: UserId, now: Timestamp) -> Change {
        self.next(self.clone(), by, now, What::Restored, Default::default(), None)
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
        let now = now.max(self.updated_at);
        let event = Event { task_id: self.id, version, at: now, by, what, from, to };
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

fn named<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn someone() -> UserId {
        UserId::from(Uuid::from_u128(1))
    }

    fn new() -> NewTask {
        NewTask {
            title: "Write it down".parse().expect("title"),
            description: Description::default(),
            status: Status::Todo,
            estimate: None,
            due_on: None,
            logged: None,
        }
    }

    fn task() -> Task {
        Task::create(
            new(),
            TaskId::from(Uuid::from_u128(2)),
            EntryId::from(Uuid::from_u128(3)),
            someone(),
            at(0),
            day_today(),
        )
        .task
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(0).plus_seconds(seconds)
    }

    fn day_today() -> Day {
        "2026-11-23".parse().expect("day")
    }

    #[test]
    fn minutes_stated_at_the_start_are_the_first_entry() {
        let stated = NewTask { logged: Minutes::try_from(45).ok(), ..new() };
        let change = Task::create(
            stated,
            TaskId::from(Uuid::from_u128(2)),
            EntryId::from(Uuid::from_u128(3)),
            someone(),
            at(0),
            day_today(),
        );
        assert_eq!(change.entry.map(|entry| (entry.minutes, entry.worked_on)), Some((45, day_today())));
        assert_eq!(change.task.total_minutes, 45);
        assert_eq!(change.event.to.get("total_minutes"), Some(&json!(45)));
    }

    #[test]
    fn an_edit_to_the_same_is_no_change() {
        let same = TaskEdit {
            title: Some(task().title),
            status: Some(Status::Todo),
            due_on: Some(None),
            ..TaskEdit::default()
        };
        assert_eq!(task().edit(&same, someone(), at(1)), None);
    }

    #[test]
    fn an_event_holds_only_what_changed() {
        let edit =
            TaskEdit { estimate: Some(Estimate::try_from(30).ok()), title: Some(task().title), ..TaskEdit::default() };
        let change = task().edit(&edit, someone(), at(1)).expect("a change");
        assert_eq!(Value::Object(change.event.from), json!({"estimate_minutes": null}));
        assert_eq!(Value::Object(change.event.to), json!({"estimate_minutes": 30}));
    }

    #[test]
    fn done_is_dated_once_and_undone_again() {
        let done = task().edit(&TaskEdit::status(Status::Done), someone(), at(5)).expect("a change").task;
        assert_eq!(done.completed_at, Some(at(5)));
        let renamed = TaskEdit { title: "Other".parse().ok(), status: Some(Status::Done), ..TaskEdit::default() };
        assert_eq!(done.edit(&renamed, someone(), at(9)).expect("a change").task.completed_at, Some(at(5)));
        let undone = done.edit(&TaskEdit::status(Status::Todo), someone(), at(9)).expect("a change").task;
        assert_eq!(undone.completed_at, None);
    }

    #[test]
    fn nobody_works_tomorrow() {
        let worked = |text: &str| text.parse::<Day>().and_then(|day| day.worked(day_today()));
        assert!(worked("2026-11-24").is_err());
        assert!(worked("2026-11-23").is_ok() && worked("2020-01-01").is_ok());
    }

    #[test]
    fn logged_minutes_add_up_and_raise_the_version() {
        let minutes = |minutes| NewEntry {
            minutes: Minutes::try_from(minutes).expect("minutes"),
            note: Note::default(),
            worked_on: day_today(),
        };
        let log = |task: &Task, new| task.log(new, EntryId::from(Uuid::from_u128(4)), someone(), at(1)).task;
        let after = log(&log(&task(), minutes(5)), minutes(40));
        assert_eq!((after.total_minutes, after.version), (45, 3));
    }

    #[test]
    fn an_entry_taken_back_leaves_the_sum_as_it_was() {
        let new = NewEntry {
            minutes: Minutes::try_from(45).expect("minutes"),
            note: Note::default(),
            worked_on: day_today(),
        };
        let logged = task().log(new, EntryId::from(Uuid::from_u128(4)), someone(), at(1));
        let entry = logged.entry.expect("an entry");
        let back = logged.task.reverse(&entry, EntryId::from(Uuid::from_u128(5)), someone(), at(2));
        let opposite = back.entry.expect("an entry");
        assert_eq!((back.task.total_minutes, back.task.version), (0, 3));
        assert_eq!((opposite.minutes, opposite.worked_on, opposite.reverses), (-45, entry.worked_on, Some(entry.id)));
        assert_eq!(back.event.what, What::TimeReversed);
    }

    #[test]
    fn time_does_not_run_backwards() {
        let later = task().edit(&TaskEdit::status(Status::Done), someone(), at(10)).expect("a change").task;
        assert_eq!(later.delete(someone(), at(3)).task.updated_at, at(10));
    }

    proptest! {
        #[test]
        fn only_the_three_statuses_parse(text in "\\PC{0,12}|todo|in_progress|done") {
            let known = ["todo", "in_progress", "done"].contains(&text.as_str());
            prop_assert_eq!(text.parse::<Status>().map(Status::as_str).ok(), known.then_some(text.as_str()));
        }

        #[test]
        fn each_change_makes_the_next_version_and_an_event_of_it(statuses in proptest::collection::vec(0usize..3, 1..30)) {
            let mut current = task();
            for (step, status) in statuses.into_iter().enumerate() {
                let status = Status::ALL.get(status).copied().unwrap_or_default();
                if let Some(change) = current.edit(&TaskEdit::status(status), someone(), at(step as i64)) {
                    prop_assert_eq!(change.task.version, current.version + 1);
                    prop_assert_eq!(change.event.version, change.task.version);
                    prop_assert_eq!(change.task.completed_at.is_some(), status == Status::Done);
                    current = change.task;
                } else {
                    prop_assert_eq!(current.status, status);
                }
            }
        }
    }
}
