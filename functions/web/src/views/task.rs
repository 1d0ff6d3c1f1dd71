//! A task's own page: everything about it, its time and its history.

use super::{Field, Layout, Moment, Problem, Status, TimerBox, Toast, problems};

/// `/task/{id}`, with `entries` or `history` as the cursor of a later page of either list.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "task.html", block = "page")]
pub(crate) struct TaskPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// Id of the task.
    pub(crate) id: String,
    /// The key of the form that deletes it.
    pub(crate) key: String,
    /// Title as it is saved.
    pub(crate) title: String,
    /// The form with everything that can be changed.
    pub(crate) edit: EditForm,
    /// The form that logs minutes.
    pub(crate) time: TimeForm,
    /// The person's timer, and what can be done with it here.
    pub(crate) timer: TimerBox,
    /// What is logged against the estimate.
    pub(crate) summary: TimeSummary,
    /// Entries, newest first.
    pub(crate) entries: Vec<EntryLine>,
    /// Cursor of more entries.
    pub(crate) more_entries: Option<String>,
    /// Events, newest first.
    pub(crate) events: Vec<EventLine>,
    /// Cursor of more events.
    pub(crate) more_events: Option<String>,
}

/// `POST /web/tasks/{id}`: the form again, and every part that shows what was saved.
///
/// Without script a success is a 303 to `/task/{id}`, a failure (412, 422, 429, 503) the whole [`TaskPage`].
#[derive(Clone, Debug, askama::Template)]
#[template(path = "task.html", block = "edited")]
pub(crate) struct Edited {
    /// Id of the task.
    pub(crate) id: String,
    /// The form: as saved, or as typed with its errors or the other version.
    pub(crate) edit: EditForm,
    /// What a save changes elsewhere on the page; `None` when nothing was saved.
    pub(crate) saved: Option<Saved>,
    /// What is to be said of it.
    pub(crate) toast: Option<Toast>,
}

/// What a save changes outside its form.
#[derive(Clone, Debug)]
pub(crate) struct Saved {
    /// The title, for the heading.
    pub(crate) title: String,
    /// The estimate may have changed.
    pub(crate) summary: TimeSummary,
    /// The events that the save wrote (none when it changed nothing).
    pub(crate) events: Vec<EventLine>,
}

/// `POST /web/tasks/{id}/time` with `view=task`: the form again, and every part that shows the minutes.
///
/// Without script a success is a 303 to `/task/{id}`, a failure the whole [`TaskPage`].
#[derive(Clone, Debug, askama::Template)]
#[template(path = "task.html", block = "time_logged")]
pub(crate) struct TimeLogged {
    /// Id of the task.
    pub(crate) id: String,
    /// The form: empty after a success, else as typed with its errors.
    pub(crate) time: TimeForm,
    /// What was logged; `None` when nothing was.
    pub(crate) logged: Option<Logged>,
}

/// What a logged minute changes outside its form.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    /// The version of the task since: the form of its page goes on from it.
    pub(crate) version: String,
    /// The new sum.
    pub(crate) summary: TimeSummary,
    /// The new entry.
    pub(crate) entry: EntryLine,
    /// The event.
    pub(crate) event: EventLine,
}

/// `POST /web/tasks/{id}/timer/stop` on the task's own page: every part that shows the timer or the minutes.
///
/// Without script a success is a 303 to the page.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "task.html", block = "timer_stopped")]
pub(crate) struct TimerStopped {
    /// Id of the task.
    pub(crate) id: String,
    /// What makes the forms, sent twice as they are, one write.
    pub(crate) key: String,
    /// What was logged.
    pub(crate) logged: Logged,
    /// Says so.
    pub(crate) toast: Toast,
}

/// `GET /web/tasks/{id}/time`: more entries.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "task.html", block = "more_entry_lines")]
pub(crate) struct MoreEntries {
    /// Id of the task.
    pub(crate) id: String,
    /// The key of their forms.
    pub(crate) key: String,
    /// The entries.
    pub(crate) entries: Vec<EntryLine>,
    /// Cursor of the page after this one.
    pub(crate) more_entries: Option<String>,
}

/// `GET /web/tasks/{id}/history`: more events.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "task.html", block = "more_event_lines")]
pub(crate) struct MoreEvents {
    /// Id of the task.
    pub(crate) id: String,
    /// The events.
    pub(crate) events: Vec<EventLine>,
    /// Cursor of the page after this one.
    pub(crate) more_events: Option<String>,
}

/// The form with everything that can be changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct EditForm {
    /// What makes the form, sent twice as it is, one write.
    pub(crate) key: String,
    /// The version that the person saw; after a conflict the one that is saved now.
    pub(crate) version: String,
    /// What the person saw of each field, so that a save can be merged with what others changed since.
    pub(crate) was: String,
    /// Title.
    pub(crate) title: Field,
    /// Description.
    pub(crate) description: Field,
    /// State: `todo`, `in_progress` or `done`.
    pub(crate) status: Field,
    /// Minutes.
    pub(crate) estimate_minutes: Field,
    /// ISO day.
    pub(crate) due_on: Field,
    /// Beside the button: when it was saved last.
    pub(crate) saved: Moment,
    /// What is wrong with the whole: too many requests, not now.
    pub(crate) message: Option<String>,
    /// The other version, when this one came too late.
    pub(crate) conflict: Option<Theirs>,
}

impl EditForm {
    /// A field by its name in the form.
    pub(crate) fn field(&mut self, name: &str) -> Option<&mut Field> {
        match name {
            "title" => Some(&mut self.title),
            "description" => Some(&mut self.description),
            "status" => Some(&mut self.status),
            "estimate_minutes" => Some(&mut self.estimate_minutes),
            "due_on" => Some(&mut self.due_on),
            _ => None,
        }
    }

    /// The errors beside the fields of a row, where several may be open.
    pub(crate) fn problems_of(&self, id: &str) -> Vec<Problem> {
        let problems = self.problems().into_iter();
        problems.map(|problem| Problem { control: format!("{}-{id}", problem.control), ..problem }).collect()
    }

    /// Whether nothing stands in the way of the text, so that the focus goes there.
    pub(crate) fn fine(&self) -> bool {
        self.message.is_none() && self.conflict.is_none() && self.problems().is_empty()
    }

    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        problems([
            ("edit-title", &self.title.error),
            ("edit-description", &self.description.error),
            ("edit-status", &self.status.error),
            ("edit-estimate", &self.estimate_minutes.error),
            ("edit-due", &self.due_on.error),
        ])
    }
}

/// What is saved now, field by field: `None` where it is what the person typed, empty text where it is nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Theirs {
    /// Whose it is, where that is known.
    pub(crate) by: Option<String>,
    /// Title.
    pub(crate) title: Option<String>,
    /// Description.
    pub(crate) description: Option<String>,
    /// State.
    pub(crate) status: Option<Status>,
    /// Minutes.
    pub(crate) estimate_minutes: Option<String>,
    /// The day, ready to be read.
    pub(crate) due_on: Option<String>,
}

/// The form that logs minutes.
#[derive(Clone, Debug, Default)]
pub(crate) struct TimeForm {
    /// Its key: sent twice as it is, it logs once.
    pub(crate) key: String,
    /// Minutes.
    pub(crate) minutes: Field,
    /// Note.
    pub(crate) note: Field,
    /// ISO day; today in the person's zone at first.
    pub(crate) worked_on: Field,
    /// Today in the person's zone, the last day that can be chosen.
    pub(crate) today: String,
    /// What is wrong with the whole.
    pub(crate) message: Option<String>,
}

impl TimeForm {
    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        problems([
            ("time-minutes", &self.minutes.error),
            ("time-worked-on", &self.worked_on.error),
            ("time-note", &self.note.error),
        ])
    }
}

/// What is logged against the estimate.
#[derive(Clone, Debug, Default)]
pub(crate) struct TimeSummary {
    /// Minutes logged, as `1h 20m` or `0m`.
    pub(crate) logged: String,
    /// The estimate, in the same form.
    pub(crate) estimate: Option<String>,
    /// Minutes logged in per cent of the estimate, at most 100; 0 without an estimate.
    pub(crate) percent: u8,
    /// What is logged beyond the estimate, in the same form.
    pub(crate) over: Option<String>,
}

/// A logged entry.
#[derive(Clone, Debug)]
pub(crate) struct EntryLine {
    /// Its id.
    pub(crate) id: String,
    /// Whether the person may take it back.
    pub(crate) reversible: bool,
    /// As `45m`, a correction as `−45m`.
    pub(crate) minutes: String,
    /// The day that was worked on.
    pub(crate) worked_on: Moment,
    /// Note; may be empty.
    pub(crate) note: String,
    /// Whether it takes an earlier entry back.
    pub(crate) correction: bool,
}

/// A line of the history.
#[derive(Clone, Debug)]
pub(crate) struct EventLine {
    /// The version that the event made, and which of its lines this is.
    pub(crate) id: String,
    /// When.
    pub(crate) at: Moment,
    /// Who.
    pub(crate) by: String,
    /// What, as words: `changed the status`, `logged 45m`.
    pub(crate) what: String,
    /// What it was, shortened to a line.
    pub(crate) from: Option<String>,
    /// What it became, shortened to a line.
    pub(crate) to: Option<String>,
}
