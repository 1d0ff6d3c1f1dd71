//! The dashboard: the list, and what can be done from its rows.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{EventId, NewTask, Status, Task, TaskEdit, TaskId, User};
use sprintsync_http::{App, Caller, Fields, Form, Id, Problem, Query, body, open_cursor, scope, seal_cursor};
use sprintsync_store::{Page, Place};

use crate::answer::{Htmx, belongs_to_form, html, mark, refresh, refused, see_other, whole};
use crate::frame::{Frame, Visit};
use crate::show::{Now, status};
use crate::views::{
    AddForm, Added, DashboardPage, Deleted, Field, MoreRows, Restored, RowChanged, Status as Shown, TaskRow, Toast,
    ToastAction,
};

/// Rows of a page.
const ROWS: usize = 30;

/// The list that a form stands in: the dashboard's with its filter, or a task's own page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// The dashboard, showing tasks of this status, or all.
    List(Option<Status>),
    /// The task's own page.
    Task,
    /// The trash.
    Trash,
}

impl View {
    pub(crate) fn of(fields: &Fields) -> Self {
        match fields.raw("view") {
            "task" => Self::Task,
            "trash" => Self::Trash,
            text => Self::List(text.parse().ok()),
        }
    }

    fn filter(self) -> Option<Status> {
        match self {
            Self::List(filter) => filter,
            Self::Task | Self::Trash => None,
        }
    }

    pub(crate) fn shown(self) -> Option<Shown> {
        self.filter().map(status)
    }

    pub(crate) fn shows(self, task: &Task) -> bool {
        self.filter().is_none_or(|filter| filter == task.status)
    }

    /// The address of the list, saying `flash` there.
    pub(crate) fn address(self, flash: &str) -> String {
        let filter = self.filter().map(|filter| format!("status={filter}"));
        let flash = Some(flash.to_owned()).filter(|flash| !flash.is_empty());
        let query: Vec<String> = filter.into_iter().chain(flash).collect();
        if query.is_empty() { "/dashboard".to_owned() } else { format!("/dashboard?{}", query.join("&")) }
    }
}

/// `/dashboard`
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let (filter, place, newest) = asked(&app, visit.caller, &query).await?;
    let tasks = app.store.tasks(visit.caller.0.user_id, filter, &place);
    let (frame, page) = visit.alongside(&app, tasks).await?;
    let flash = flash(&app, &query, filter)?;
    html(&whole_page(&app, &frame, filter, page, newest, flash).await)
}

async fn asked(app: &App, caller: Caller, query: &Query) -> Result<(Option<Status>, Place, bool), Problem> {
    let filter = query.parse::<Status>("status")?;
    let after = match query.get("cursor")? {
        Some(cursor) => Some(open_cursor(app, &scope::tasks(caller.0.user_id, filter), cursor).await?),
        None => None,
    };
    let newest = after.is_none();
    Ok((filter, Place { limit: ROWS, after }, newest))
}

/// What the page says once, by what its address says was done.
fn flash(app: &App, query: &Query, filter: Option<Status>) -> Result<Option<Toast>, Problem> {
    Ok(match (query.get("done")?, query.get("task")?) {
        (Some("deleted"), Some(task)) if task.parse::<TaskId>().is_ok() => {
            let key = app.world.id::<EventId>().to_string();
            let action = ToastAction::Undo { task: task.to_owned(), key, view: filter.map(status) };
            Some(Toast { action: Some(action), ..Toast::done("Task moved to the trash.") })
        }
        (Some("restored"), _) => Some(Toast::done("Task restored.")),
        (Some("added"), _) => Some(Toast::done("Task added.")),
        (Some("logged"), _) => Some(Toast::done("Time logged.")),
        _ => None,
    })
}

async fn whole_page(
    app: &App,
    frame: &Frame,
    filter: Option<Status>,
    page: Page<Task>,
    newest: bool,
    flash: Option<Toast>,
) -> DashboardPage {
    let user = &frame.me.user;
    let now = Now::of(app, user);
    let (tasks, more) = rows_of(app, &now, user, filter, page).await;
    DashboardPage {
        layout: frame.layout(&now, "/dashboard", flash),
        view: filter.map(status),
        add: AddForm { key: now.key, ..AddForm::default() },
        tasks,
        more,
        newest,
    }
}

async fn rows_of(
    app: &App,
    now: &Now<'_>,
    user: &User,
    filter: Option<Status>,
    page: Page<Task>,
) -> (Vec<TaskRow>, Option<String>) {
    let more = match &page.next {
        Some(position) => Some(seal_cursor(app, &scope::tasks(user.id, filter), position).await),
        None => None,
    };
    (page.items.iter().map(|task| now.row(task)).collect(), more)
}

/// `GET /web/tasks`: the next rows
pub(crate) async fn rows(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let (filter, place, _) = asked(&app, caller, &query).await?;
    let (me, page) = caller.alongside(&app, app.store.tasks(caller.0.user_id, filter, &place)).await?;
    let (tasks, more) = rows_of(&app, &Now::of(&app, &me.user), &me.user, filter, page).await;
    html(&MoreRows { view: filter.map(status), tasks, more })
}

/// `POST /web/tasks`: adds a task
pub(crate) async fn add(
    State(app): State<App>,
    visit: Visit,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let nothing = std::future::ready(Ok(()));
    let (me, (), writing) = fields.repeat().begin(&app, visit.caller, nothing).await?;
    let view = View::of(&fields);
    let now = Now::of(&app, &me.user);
    let mut form = AddForm {
        key: now.key.clone(),
        title: Field::of(fields.raw("title")),
        description: Field::of(fields.raw("description")),
        estimate_minutes: Field::of(fields.raw("estimate_minutes")),
        due_on: Field::of(fields.raw("due_on")),
        message: None,
    };
    let added = match new_task(&mut fields, view) {
        Ok(_) if writing.is_done() => Ok(None),
        Ok(new) => {
            let (by, when, once) = (me.user.id, (now.at, now.today()), writing.once_shown());
            once_at_least(app.store.create_task(new, by, when, once.as_ref()).await)
        }
        Err(problem) => Err(problem),
    };
    let problem = match added {
        Ok(_) if !htmx => return Ok(see_other(&view.address("done=added"))),
        Ok(task) => {
            let row = task.as_ref().filter(|task| view.shows(task)).map(|task| now.row(task));
            let toast = match &task {
                _ if row.is_some() => None,
                Some(task) => {
                    let open = ToastAction::Open { task: task.id.to_string() };
                    Some(Toast { action: Some(open), ..Toast::done("Task added to To do.") })
                }
                None => Some(Toast::done("Task added before; the list shows it when it is opened again.")),
            };
            let add = AddForm { key: now.key, ..AddForm::default() };
            return html(&Added { view: view.shown(), add, row, toast });
        }
        Err(problem) if belongs_to_form(&problem) => problem,
        Err(problem) => return Err(problem),
    };
    mark(&mut form.title, "The title", "title", &problem);
    mark(&mut form.description, "The description", "description", &problem);
    mark(&mut form.estimate_minutes, "The estimate", "estimate_minutes", &problem);
    mark(&mut form.due_on, "The due day", "due_on", &problem);
    form.message = whole(&problem, &["title", "description", "estimate_minutes", "due_on"]);
    if htmx {
        return refused(&problem, &Added { view: view.shown(), add: form, row: None, toast: None });
    }
    let place = Place { limit: ROWS, after: None };
    let tasks = app.store.tasks(me.user.id, view.filter(), &place);
    let (frame, page) = visit.afterwards(&app, me, tasks).await?;
    let mut whole = whole_page(&app, &frame, view.filter(), page, true, None).await;
    whole.add = form;
    refused(&problem, &whole)
}

/// What a write did, or nothing where the same form had done it a moment before.
pub(crate) fn once_at_least<T>(done: Result<T, sprintsync_store::Error>) -> Result<Option<T>, Problem> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(sprintsync_store::Error::AlreadyDone) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What is typed into the line above a list is added with that list's status, where the list shows open work.
fn new_task(fields: &mut Fields, view: View) -> Result<NewTask, Problem> {
    fields.ignore(&["view"]);
    fields.blank_is_null(&["estimate_minutes", "due_on"]);
    fields.durations_are_minutes(&["estimate_minutes"]);
    let new = body::new_task(std::mem::take(fields))?;
    let status = if view.filter() == Some(Status::InProgress) { Status::InProgress } else { new.status };
    Ok(NewTask { status, ..new })
}

/// `POST /web/tasks/{id}/status`
pub(crate) async fn set_status(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let task = app.store.task(caller.0.user_id, id);
    let (me, task, writing) = fields.repeat().begin(&app, caller, task).await?;
    let mut task = task.ok_or_else(Problem::not_found)?;
    let view = View::of(&fields);
    fields.ignore(&["view"]);
    let edit = TaskEdit::status(body::status(fields)?);
    if !writing.is_done() {
        let once = writing.once_shown();
        task = match once_at_least(app.store.edit_task(task, None, &edit, me.user.id, once.as_ref()).await)? {
            Some((task, _)) => task,
            None => app.store.task(me.user.id, id).await?.ok_or_else(Problem::not_found)?,
        };
    }
    if !htmx {
        return Ok(see_other(&view.address("")));
    }
    let now = Now::of(&app, &me.user);
    html(&RowChanged {
        id: id.to_string(),
        view: view.shown(),
        row: view.shows(&task).then(|| now.row(&task)),
        announce: format!("Moved to {}.", status(task.status).label()),
    })
}

/// `POST /web/tasks/{id}/delete`: into the trash, with an undo
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let task = app.store.task(caller.0.user_id, id);
    let (me, task, writing) = fields.repeat().begin(&app, caller, task).await?;
    let view = View::of(&fields);
    match task {
        Some(task) if !writing.is_done() => {
            let once = writing.once_shown();
            once_at_least(app.store.delete_task(task, None, me.user.id, once.as_ref()).await)?;
        }
        None if !writing.has_been_done(&app).await? => return Err(Problem::not_found()),
        // Under the same key, the same answer: also where the task was restored since.
        _ => {}
    }
    if !htmx || view == View::Task {
        return Ok(see_other(&view.address(&format!("done=deleted&task={id}"))));
    }
    let key = app.world.id::<EventId>().to_string();
    let action = ToastAction::Undo { task: id.to_string(), key, view: view.shown() };
    let toast = Toast { action: Some(action), ..Toast::done("Task moved to the trash.") };
    html(&Deleted { id: id.to_string(), toast })
}

/// `POST /web/tasks/{id}/restore`: out of the trash
pub(crate) async fn restore(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let reading = app.store.task_or_trash(caller.0.user_id, id);
    let (me, (live, trashed), writing) = fields.repeat().begin(&app, caller, reading).await?;
    let task = match (live, trashed) {
        (Some(task), _) => Some(task),
        (None, Some(task)) if !writing.is_done() => {
            let once = writing.once_shown();
            once_at_least(app.store.restore_task(task, me.user.id, once.as_ref()).await)?
        }
        (None, Some(_)) => None,
        (None, None) => return Err(Problem::not_found()),
    };
    let view = View::of(&fields);
    if view == View::Trash {
        return Ok(see_other(&format!("/trash?done=restored&task={id}")));
    }
    if !htmx {
        return Ok(see_other(&view.address("done=restored")));
    }
    let Some(task) = task else { return Ok(refresh()) };
    let now = Now::of(&app, &me.user);
    html(&Restored { view: view.shown(), row: now.row(&task) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_keeps_its_address() {
        assert_eq!(View::List(None).address(""), "/dashboard");
        assert_eq!(View::List(Some(Status::Done)).address("done=restored"), "/dashboard?status=done&done=restored");
        assert_eq!(View::Task.address(""), "/dashboard");
    }
}
