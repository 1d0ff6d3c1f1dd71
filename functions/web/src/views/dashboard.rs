//! The dashboard: adding tasks, the list and the board, and what changes in them.

use super::{AddForm, EditForm, Field, Layout, Moment, PlanCard, Status, Toast};

/// `/dashboard` as a list.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "page")]
pub(crate) struct ListPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// What the list is of: `In progress`.
    pub(crate) heading: String,
    /// The hidden `view` of its forms.
    pub(crate) view: String,
    /// The filters by status.
    pub(crate) tabs: Vec<Tab>,
    /// The filter that is chosen.
    pub(crate) status: Option<Status>,
    /// What is in the text filter.
    pub(crate) words: String,
    /// The address of the board of the same search.
    pub(crate) board: String,
    /// What came of the text filter, where there is one.
    pub(crate) search: Option<Search>,
    /// The form above the list.
    pub(crate) add: AddForm,
    /// The plan of the day.
    pub(crate) plan: PlanCard,
    /// A page of tasks.
    pub(crate) tasks: Vec<TaskRow>,
    /// The next page.
    pub(crate) more: Option<More>,
    /// Whether this is the first page; a later one leads back to it.
    pub(crate) newest: bool,
    /// The address of the first page.
    pub(crate) first: String,
    /// Whether the oldest come first.
    pub(crate) oldest_first: bool,
    /// The address of the same list from its other end.
    pub(crate) turned: String,
}

/// `/dashboard?view=board`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "board.html", block = "page")]
pub(crate) struct BoardPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The hidden `view` of its forms.
    pub(crate) view: String,
    /// The filters by status, which lead to lists.
    pub(crate) tabs: Vec<Tab>,
    /// What is in the text filter.
    pub(crate) words: String,
    /// The address of this board.
    pub(crate) board: String,
    /// The form above the board.
    pub(crate) add: AddForm,
    /// One column a status.
    pub(crate) columns: Vec<Column>,
}

/// A filter, as a link.
#[derive(Clone, Debug)]
pub(crate) struct Tab {
    /// What it is called.
    pub(crate) label: &'static str,
    /// Where it leads.
    pub(crate) href: String,
    /// The status that it shows; `None` shows all.
    pub(crate) status: Option<Status>,
    /// Whether it is chosen.
    pub(crate) current: bool,
}

/// A column of the board.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// Of which status.
    pub(crate) status: Status,
    /// Its first tasks, newest first.
    pub(crate) tasks: Vec<TaskRow>,
    /// How far back the text filter looked, where there is one.
    pub(crate) search: Option<String>,
    /// The next ones.
    pub(crate) more: Option<More>,
}

/// What follows in a list.
#[derive(Clone, Debug)]
pub(crate) struct More {
    /// As a page of its own.
    pub(crate) page: String,
    /// As a fragment to be added to what is there.
    pub(crate) fragment: String,
}

/// What came of a text filter.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// How far back it looked: `Searched 500 tasks, back to 14 Aug.`
    pub(crate) note: String,
    /// The list without it.
    pub(crate) clear: String,
}

/// `GET /web/tasks`: the next rows of a list.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "more_rows")]
pub(crate) struct MoreRows {
    /// The hidden `view` of their forms.
    pub(crate) view: String,
    /// The rows.
    pub(crate) tasks: Vec<TaskRow>,
    /// What came of the text filter so far.
    pub(crate) search: Option<Search>,
    /// The page after this one.
    pub(crate) more: Option<More>,
}

/// `GET /web/tasks?view=board&status=…`: the next tasks of a column.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "board.html", block = "more_tickets")]
pub(crate) struct MoreTickets {
    /// The hidden `view` of their forms.
    pub(crate) view: String,
    /// The tasks, and what comes after them.
    pub(crate) column: Column,
}

/// `POST /web/tasks` from a list or from elsewhere: the form again, and the new row if there is one.
///
/// Without script a success is a 303 to the dashboard, a failure the whole page.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "added")]
pub(crate) struct Added {
    /// The hidden `view` of the form.
    pub(crate) view: String,
    /// Empty after a success, else as typed with its errors.
    pub(crate) add: AddForm,
    /// The new task, when the list shows such tasks at its head.
    pub(crate) row: Option<TaskRow>,
    /// For a task that the list does not show: where it went.
    pub(crate) toast: Option<Toast>,
}

/// `POST /web/tasks` from the board: the form again, and the new ticket.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "board.html", block = "ticket_added")]
pub(crate) struct TicketAdded {
    /// The hidden `view` of the form.
    pub(crate) view: String,
    /// The form, empty.
    pub(crate) add: AddForm,
    /// The new task.
    pub(crate) task: TaskRow,
}

/// What became of a row: it is as it is now, or gone from this list.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "row_changed")]
pub(crate) struct RowChanged {
    /// Id of the task.
    pub(crate) id: String,
    /// The hidden `view` of its forms.
    pub(crate) view: String,
    /// The row, with its errors if there are any; `None` when the list no longer shows it.
    pub(crate) row: Option<TaskRow>,
    /// What a screen reader hears: `Moved to Done.`
    pub(crate) announce: String,
}

/// What became of a task on the board. In which column it stands, the page knows.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "board.html", block = "ticket_changed")]
pub(crate) struct TicketChanged {
    /// The hidden `view` of its forms.
    pub(crate) view: String,
    /// The task.
    pub(crate) task: TaskRow,
    /// What a screen reader hears.
    pub(crate) announce: String,
}

/// `GET /web/tasks/{id}/edit`, and a save from there that was refused: a row while it is being changed in place.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "row_edit")]
pub(crate) struct RowEdit {
    /// Id of the task.
    pub(crate) id: String,
    /// The hidden `view` of its forms.
    pub(crate) view: String,
    /// Title, estimate and due day.
    pub(crate) edit: EditForm,
}

/// `POST /web/tasks/status`: every row that was moved, and what is to be said of the others.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "dashboard.html", block = "moved")]
pub(crate) struct Moved {
    /// The hidden `view` of their forms.
    pub(crate) view: String,
    /// Those that were moved.
    pub(crate) rows: Vec<MovedRow>,
    /// How many were moved, and which were not.
    pub(crate) toast: Toast,
}

/// One of several rows that were moved.
#[derive(Clone, Debug)]
pub(crate) struct MovedRow {
    /// Id of the task.
    pub(crate) id: String,
    /// The row; `None` when the list no longer shows it.
    pub(crate) row: Option<TaskRow>,
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
    /// The hidden `view` of its forms.
    pub(crate) view: String,
    /// The task.
    pub(crate) row: TaskRow,
}

/// `GET /web/find`: tasks to open, for the command palette.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "found.html")]
pub(crate) struct FoundTasks {
    /// The tasks.
    pub(crate) tasks: Vec<FoundTask>,
    /// How far back it looked, where that was not to the end.
    pub(crate) note: Option<String>,
}

/// A task to open.
#[derive(Clone, Debug)]
pub(crate) struct FoundTask {
    /// Id.
    pub(crate) id: String,
    /// Title.
    pub(crate) title: String,
    /// State.
    pub(crate) status: Status,
}

/// A task in a list or on the board.
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
    /// Whether it is today or tomorrow and the task is not done.
    pub(crate) soon: bool,
}
