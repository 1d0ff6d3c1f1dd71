//! The dashboard: adding tasks, the list, and what changes in it.

use super::{Field, Layout, Moment, Problem, Status, Toast, problems};

/// `/dashboard`, with `status` and `cursor`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "page")]
pub(crate) struct DashboardPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The filter; `None` shows all.
    pub(crate) view: Option<Status>,
    /// The form above the list.
    pub(crate) add: AddForm,
    /// A page of tasks, newest first.
    pub(crate) tasks: Vec<TaskRow>,
    /// Cursor of the next page.
    pub(crate) more: Option<String>,
    /// Whether this is the first page; a later one leads back to it.
    pub(crate) newest: bool,
}

/// `GET /web/tasks`: the next rows, appended to the list.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "more_rows")]
pub(crate) struct MoreRows {
    /// The filter.
    pub(crate) view: Option<Status>,
    /// The rows.
    pub(crate) tasks: Vec<TaskRow>,
    /// Cursor of the page after this one.
    pub(crate) more: Option<String>,
}

/// `POST /web/tasks`: the form again, and the new row if there is one.
///
/// Without script a success is a 303 to the dashboard, a failure the whole [`DashboardPage`].
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "added")]
pub(crate) struct Added {
    /// The filter of the list that the form stands above.
    pub(crate) view: Option<Status>,
    /// Empty after a success, else as typed with its errors.
    pub(crate) add: AddForm,
    /// The new task, when the list shows such tasks.
    pub(crate) row: Option<TaskRow>,
    /// For a task that the list does not show: where it went.
    pub(crate) toast: Option<Toast>,
}

/// `POST /web/tasks/{id}/status` and `/time` from a row: the row as it is now, or its removal from this list.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "row_changed")]
pub(crate) struct RowChanged {
    /// Id of the task.
    pub(crate) id: String,
    /// The filter of the list that the row stands in.
    pub(crate) view: Option<Status>,
    /// The row, with its errors if there are any; `None` when the list no longer shows it.
    pub(crate) row: Option<TaskRow>,
    /// What a screen reader hears: `Moved to Done.`
    pub(crate) announce: String,
}

/// `POST /web/tasks/{id}/delete` from a row: the row hides and keeps its place for an undo.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "deleted")]
pub(crate) struct Deleted {
    /// Id of the task.
    pub(crate) id: String,
    /// Says so, and offers the undo.
    pub(crate) toast: Toast,
}

/// `POST /web/tasks/{id}/restore` from a toast: the row is back in its place.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "restored")]
pub(crate) struct Restored {
    /// The filter of the list.
    pub(crate) view: Option<Status>,
    /// The task.
    pub(crate) row: TaskRow,
}

/// The form that adds a task.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddForm {
    /// Its key: sent twice as it is, it adds one task.
    pub(crate) key: String,
    /// Title.
    pub(crate) title: Field,
    /// Description.
    pub(crate) description: Field,
    /// Minutes.
    pub(crate) estimate_minutes: Field,
    /// ISO day.
    pub(crate) due_on: Field,
    /// What is wrong with the whole: too many requests, not now.
    pub(crate) message: Option<String>,
}

impl AddForm {
    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        problems([
            ("add-title", &self.title.error),
            ("add-description", &self.description.error),
            ("add-estimate", &self.estimate_minutes.error),
            ("add-due", &self.due_on.error),
        ])
    }

    /// Whether the fields under "Details" hold something, so that they are shown.
    pub(crate) fn detailed(&self) -> bool {
        [&self.description, &self.estimate_minutes, &self.due_on]
            .iter()
            .any(|field| !field.value.is_empty() || field.error.is_some())
    }
}

/// A task in the list.
#[derive(Clone, Debug)]
pub(crate) struct TaskRow {
    /// Id.
    pub(crate) id: String,
    /// Title.
    pub(crate) title: String,
    /// State.
    pub(crate) status: Status,
    /// Minutes logged, as `1h 20m`; empty when there are none.
    pub(crate) logged: String,
    /// The estimate, in the same form.
    pub(crate) estimate: Option<String>,
    /// Whether more is logged than estimated.
    pub(crate) over: bool,
    /// When it is due.
    pub(crate) due: Option<Due>,
    /// Since when it exists: `3d`.
    pub(crate) age: Moment,
    /// The small form for minutes, when it must stay open with an error.
    pub(crate) log: Option<Field>,
    /// The key of its forms.
    pub(crate) key: String,
}

/// When a task is due.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    /// The day.
    pub(crate) on: Moment,
    /// Whether the day has passed and the task is not done.
    pub(crate) overdue: bool,
}
