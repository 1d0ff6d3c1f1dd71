//! What is done to tasks where they are listed: moving one or many, changing one in place, deleting and restoring.

use axum::extract::State;
use axum::response::Response;
use futures_util::future::join_all;
use http::StatusCode;
use sprintsync_domain::{EventId, Status, Task, TaskEdit, TaskId};
use sprintsync_http::{App, Caller, Form, Id, Problem, Query, body};
use sprintsync_observe::branch;

use crate::answer::{Htmx, html, refresh, see_other};
use crate::dashboard::{once_at_least, shown};
use crate::frame::Visit;
use crate::show::{Now, status};
use crate::task::edit_form;
use crate::view::View;
use crate::views::{Deleted, Moved, MovedRow, Restored, RowChanged, RowEdit, TicketChanged, Toast, ToastAction};

/// Tasks that are moved at once.
const MOST_MOVED: usize = 50;

/// A task as it is now, where it is seen.
pub(crate) fn changed(now: &Now<'_>, view: &View, task: &Task, announce: String) -> Result<Response, Problem> {
    let (key, row) = (view.key(), now.row(task));
    match view {
        View::Board(_) => html(&TicketChanged { view: key, task: row, announce }),
        _ => html(&RowChanged { id: row.id.clone(), view: key, row: view.shows(task).then_some(row), announce }),
    }
}

/// `GET /web/tasks/{id}`: the row
pub(crate) async fn row(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    query: Query,
) -> Result<Response, Problem> {
    let (me, task) = caller.alongside(&app, app.store.task(caller.0.user_id, id)).await?;
    let task = task.ok_or_else(Problem::not_found)?;
    changed(&Now::of(&app, &me.user), &View::asked(&query)?, &task, String::new())
}

/// `GET /web/tasks/{id}/edit`: the row, to be changed in place
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    query: Query,
) -> Result<Response, Problem> {
    let (me, task) = caller.alongside(&app, app.store.task(caller.0.user_id, id)).await?;
    let task = task.ok_or_else(Problem::not_found)?;
    let edit = edit_form(&Now::of(&app, &me.user), &task);
    html(&RowEdit { id: id.to_string(), view: View::asked(&query)?.key(), edit })
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
    let announce = format!("Moved to {}.", status(task.status).label());
    changed(&Now::of(&app, &me.user), &view, &task, announce)
}

/// What became of one of several tasks.
enum Fate {
    Moved(Task),
    /// It is not there any more.
    Gone,
    /// It was not moved, of this title, for this reason.
    Stayed(String, Problem),
}

/// `POST /web/tasks/status`: moves all that are ticked, each on its own
pub(crate) async fn move_many(
    State(app): State<App>,
    visit: Visit,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let ticked = fields.ticked("task.");
    let ids: Option<Vec<TaskId>> = ticked.iter().map(|id| id.parse().ok()).collect();
    let ids = ids.filter(|ids| (1..=MOST_MOVED).contains(&ids.len()));
    let user = visit.caller.0.user_id;
    let reading = app.store.tasks_by_id(user, ids.as_deref().unwrap_or_default());
    let (me, tasks, writing) = fields.repeat().begin(&app, visit.caller, reading).await?;
    let view = View::of(&fields);
    fields.ignore(&["view"]);
    let wanted = body::status(fields)?;
    let ids = ids.ok_or_else(|| {
        let detail = format!("Select 1 to {MOST_MOVED} tasks to move.");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    })?;
    let edit = TaskEdit::status(wanted);
    let moving = ids.iter().zip(tasks).map(|(id, task)| {
        let (store, edit, once) = (&app.store, &edit, writing.once_shown_of(&id.to_string()));
        branch(async move {
            let Some(task) = task else { return Fate::Gone };
            match once_at_least(store.edit_task(task.clone(), None, edit, user, once.as_ref()).await) {
                Ok(Some((task, _))) => Fate::Moved(task),
                // The same form, sent twice: this one was moved before, and is as it is now.
                Ok(None) => match store.task(user, task.id).await {
                    Ok(Some(task)) => Fate::Moved(task),
                    Ok(None) => Fate::Gone,
                    Err(error) => Fate::Stayed(task.title.to_string(), error.into()),
                },
                Err(problem) if problem.status == StatusCode::NOT_FOUND => Fate::Gone,
                Err(problem) => Fate::Stayed(task.title.to_string(), problem),
            }
        })
    });
    let mut fates = join_all(moving).await;
    let nothing_moved = !fates.iter().any(|fate| matches!(fate, Fate::Moved(_) | Fate::Gone));
    if nothing_moved && let Some(Fate::Stayed(_, problem)) = fates.pop() {
        return Err(problem);
    }
    let toast = told(&fates, wanted);
    if !htmx && !toast.failed {
        return Ok(see_other(&view.address("done=moved")));
    }
    if !htmx {
        return html(&shown(&app, (visit, me), &view, toast).await?);
    }
    let now = Now::of(&app, &me.user);
    let rows = ids.iter().zip(&fates).filter_map(|(id, fate)| {
        let row = match fate {
            Fate::Moved(task) => view.shows(task).then(|| now.row(task)),
            Fate::Gone => None,
            Fate::Stayed(..) => return None,
        };
        Some(MovedRow { id: id.to_string(), row })
    });
    html(&Moved { view: view.key(), rows: rows.collect(), toast })
}

/// How many were moved, and which were not.
fn told(fates: &[Fate], wanted: Status) -> Toast {
    let moved = fates.iter().filter(|fate| matches!(fate, Fate::Moved(_))).count();
    let done = format!("Moved {moved} {} to {}.", if moved == 1 { "task" } else { "tasks" }, status(wanted).label());
    let stayed = fates.iter().filter_map(|fate| match fate {
        Fate::Stayed(title, _) => Some(format!("\"{title}\"")),
        Fate::Gone => Some("a deleted task".to_owned()),
        Fate::Moved(_) => None,
    });
    let stayed: Vec<String> = stayed.collect();
    if stayed.is_empty() {
        return Toast::done(done);
    }
    Toast::failed(format!("{done} Not moved: {}.", stayed.join(", ")))
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
    let action = ToastAction::Undo { task: id.to_string(), key, view: view.key() };
    let toast = Toast { action: Some(action), ..Toast::done("Task deleted.") };
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
    html(&Restored { view: view.key(), row: now.row(&task) })
}
