//! What is done to tasks where they are listed: moving one or many, changing one in place, deleting and restoring.

use axum::extract::State;
use axum::response::Response;
use futures_util::future::join_all;
use http::StatusCode;
use sprintsync_domain::{Entry, EventId, Invalid, Status, Task, TaskEdit, TaskId, Timer};
use sprintsync_http::{App, Caller, Fields, Form, Id, Problem, Query, body};
use sprintsync_observe::branch;
use sprintsync_store::Running;

use crate::answer::{Htmx, html, html_both, onward, refresh, see_other};
use crate::dashboard::{once_at_least, shown};
use crate::frame::Visit;
use crate::plan::followed;
use crate::show::{Now, isolated, minutes, status};
use crate::task::edit_form;
use crate::timer::Place;
use crate::undo;
use crate::view::View;
use crate::views::{
    Deleted, Moved, MovedRow, Restored, RowChanged, RowEdit, TicketChanged, TimerChanged, Toast, ToastAction,
};

/// Tasks that are moved at once.
const MOST_MOVED: usize = 50;

/// A task as it is now, where it is seen.
pub(crate) fn changed(now: &Now<'_>, view: &View, task: &Task, announce: String) -> Result<Response, Problem> {
    let (key, row) = (view.key(), now.row(task));
    let answer = match view {
        View::Board(_) => html(&TicketChanged { view: key, task: row, announce }),
        _ => html(&RowChanged { id: row.id.clone(), view: key, row: view.shows(task).then_some(row), announce }),
    };
    answer.map(followed)
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
    let reading = app.store.task_and_timer_if(finishes(&fields), caller.0.user_id, id);
    let (me, (task, timer), writing) = fields.repeat().begin(&app, caller, reading).await?;
    let mut task = task.ok_or_else(Problem::not_found)?;
    let (view, place) = (View::of(&fields), Place::of(&mut fields, id));
    let (edit, was) = (TaskEdit::status(body::status(fields)?), task.status);
    let mut stopped = None;
    if !writing.is_done() {
        if forgotten(&app, &task, timer.as_ref()) {
            let path = format!("/task/{id}");
            return Ok(if htmx { onward(&path) } else { see_other(&path) });
        }
        let (once, running) = (writing.once_shown(), Running { timer, zone: me.user.time_zone.clone() });
        let edited = app.store.edit_task(task, Some(running), None, &edit, me.user.id, once.as_ref()).await;
        task = match once_at_least(edited)? {
            Some(edited) => {
                stopped = edited.stopped;
                edited.task
            }
            None => app.store.task(me.user.id, id).await?.ok_or_else(Problem::not_found)?,
        };
    }
    if !htmx {
        return Ok(see_other(&view.address(if stopped.is_some() { "done=finished" } else { "" })));
    }
    let announce = format!("Moved to {}.", status(task.status).label());
    let now = Now::of(&app, &me.user);
    match stopped {
        None => changed(&now, &view, &task, announce),
        Some(entry) => {
            let toast = undo::finished(&app, &task, &entry, was, (&place.back, &view.key()));
            with_timer_gone(&now, &view, &task, announce, toast)
        }
    }
}

/// Whether a form says that a task is done: then a timer may have to stop.
pub(crate) fn finishes(fields: &Fields) -> bool {
    fields.raw("status") == Status::Done.as_str()
}

/// Whether a timer that was read runs on the task for so long that the person must say how much of it was work.
pub(crate) fn forgotten(app: &App, task: &Task, timer: Option<&Timer>) -> bool {
    timer.is_some_and(|timer| timer.task_id == task.id && timer.is_overlong(app.world.now()))
}

/// A task where it is seen, and the head of the page without its timer.
fn with_timer_gone(
    now: &Now<'_>,
    view: &View,
    task: &Task,
    announce: String,
    toast: Toast,
) -> Result<Response, Problem> {
    let (key, row) = (view.key(), now.row(task));
    let gone = TimerChanged { toast: Some(toast), ..TimerChanged::default() };
    let answer = match view {
        View::Board(_) => html_both(&TicketChanged { view: key, task: row, announce }, &gone),
        _ => {
            let row = RowChanged { id: row.id.clone(), view: key, row: view.shows(task).then_some(row), announce };
            html_both(&row, &gone)
        }
    };
    answer.map(followed)
}

/// What became of one of several tasks.
enum Fate {
    /// It is as it is now, and of this status before; what its timer was stopped into, if one ran on it.
    Moved(Box<Task>, Status, Option<Entry>),
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
    let finishing = finishes(&fields);
    let reading = async {
        let timer = async { if finishing { app.store.timer(user).await } else { Ok(None) } };
        let tasks = app.store.tasks_by_id(user, ids.as_deref().unwrap_or_default());
        tokio::try_join!(branch(tasks), branch(timer))
    };
    let (me, (tasks, timer), writing) = fields.repeat().begin(&app, visit.caller, reading).await?;
    let view = View::of(&fields);
    fields.ignore(&["view"]);
    let wanted = body::status(fields)?;
    let ids = ids.ok_or_else(|| {
        let reason = Invalid(format!("Select 1 to {MOST_MOVED} tasks to move."));
        Problem::field("task", &reason).saying(reason.0.clone())
    })?;
    let edit = TaskEdit::status(wanted);
    let moving = ids.iter().zip(tasks).map(|(id, task)| {
        let (app, edit, once) = (&app, &edit, writing.once_shown_of(&id.to_string()));
        let running = Running { timer: timer.clone(), zone: me.user.time_zone.clone() };
        branch(async move {
            let Some(task) = task else { return Fate::Gone };
            let (store, was) = (&app.store, task.status);
            if forgotten(app, &task, running.timer.as_ref()) {
                return Fate::Stayed(task.title.to_string(), Problem::new(StatusCode::CONFLICT, FORGOTTEN));
            }
            let edited = store.edit_task(task.clone(), Some(running), None, edit, user, once.as_ref()).await;
            match once_at_least(edited) {
                Ok(Some(edited)) => Fate::Moved(Box::new(edited.task), was, edited.stopped),
                // The same form, sent twice: this one was moved before, and is as it is now.
                Ok(None) => match store.task(user, task.id).await {
                    Ok(Some(task)) => Fate::Moved(Box::new(task), was, None),
                    Ok(None) => Fate::Gone,
                    Err(error) => Fate::Stayed(task.title.to_string(), error.into()),
                },
                Err(problem) if problem.status == StatusCode::NOT_FOUND => Fate::Gone,
                Err(problem) => Fate::Stayed(task.title.to_string(), problem),
            }
        })
    });
    let mut fates = join_all(moving).await;
    let nothing_moved = !fates.iter().any(|fate| matches!(fate, Fate::Moved(..) | Fate::Gone));
    if nothing_moved && let Some(Fate::Stayed(_, problem)) = fates.pop() {
        return Err(problem);
    }
    let mut toast = told(&fates, wanted);
    let stopped = fates.iter().find_map(|fate| match fate {
        Fate::Moved(task, was, Some(entry)) => Some((task, *was, entry)),
        Fate::Moved(..) | Fate::Gone | Fate::Stayed(..) => None,
    });
    if let Some((task, was, entry)) = stopped {
        let undo = undo::finished(&app, task, entry, was, (&view.address(""), &view.key())).action;
        let message = format!("{} {}", toast.message, undo::timer_stopped(task, entry));
        // It would put back one of several.
        toast = Toast { message, action: undo.filter(|_| fates.len() == 1), ..toast };
    }
    if !htmx && !toast.failed {
        return Ok(see_other(&view.address("done=moved")));
    }
    if !htmx {
        return html(&shown(&app, (visit, me), &view, toast).await?);
    }
    let now = Now::of(&app, &me.user);
    let rows = ids.iter().zip(&fates).filter_map(|(id, fate)| {
        let row = match fate {
            Fate::Moved(task, ..) => view.shows(task).then(|| now.row(task)),
            Fate::Gone => None,
            Fate::Stayed(..) => return None,
        };
        Some(MovedRow { id: id.to_string(), row })
    });
    let moved = Moved { view: view.key(), rows: rows.collect(), toast };
    let answer = match stopped {
        Some(_) => html_both(&moved, &TimerChanged::default()),
        None => html(&moved),
    };
    answer.map(followed)
}

/// What a person reads of a task that could not be set to done.
pub(crate) const FORGOTTEN: &str =
    "Its timer has been running for over 12 hours. Stop it first, and say how long you worked.";

/// How many were moved, and which were not.
fn told(fates: &[Fate], wanted: Status) -> Toast {
    let moved = fates.iter().filter(|fate| matches!(fate, Fate::Moved(..))).count();
    let done = format!("Moved {moved} {} to {}.", if moved == 1 { "task" } else { "tasks" }, status(wanted).label());
    let stayed = fates.iter().filter_map(|fate| match fate {
        Fate::Stayed(title, _) => Some(format!("\"{}\"", isolated(title))),
        Fate::Gone => Some("a deleted task".to_owned()),
        Fate::Moved(..) => None,
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
    let reading = app.store.task_and_timer_if(true, caller.0.user_id, id);
    let (me, (task, timer), writing) = fields.repeat().begin(&app, caller, reading).await?;
    let view = View::of(&fields);
    let mut stopped = None;
    match task {
        Some(task) if !writing.is_done() => {
            let (once, running) = (writing.once_shown(), Running { timer, zone: me.user.time_zone.clone() });
            let deleted = app.store.delete_task(task, running, None, me.user.id, once.as_ref()).await;
            stopped = once_at_least(deleted)?.flatten();
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
    let said = match &stopped {
        Some(entry) => format!("Task deleted. Timer stopped at {}.", minutes(entry.minutes)),
        None => "Task deleted.".to_owned(),
    };
    let deleted = Deleted { id: id.to_string(), toast: Toast { action: Some(action), ..Toast::done(said) } };
    let answer = match stopped {
        Some(_) => html_both(&deleted, &TimerChanged::default()),
        None => html(&deleted),
    };
    answer.map(followed)
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
    html(&Restored { view: view.key(), row: now.row(&task) }).map(followed)
}
