//! The timer and what takes minutes back, on a task's page. Plain forms: each leads back to the page.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use sprintsync_domain::{EntryId, Minutes, NewEntry, NotStopped, Note, TaskId};
use sprintsync_http::{App, Caller, Form, Id, Problem, number};
use sprintsync_store::Error;

use crate::answer::{html_with, mark, see_other};
use crate::dashboard::once_at_least;
use crate::task::{Lists, whole_page};
use crate::views::{Field, TimerBox};

/// `POST /web/tasks/{id}/timer/start`
pub(crate) async fn start(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let task = app.store.task(caller.0.user_id, id);
    let (_, task, writing) = fields.repeat().begin(&app, caller, task).await?;
    if !writing.is_done() {
        let task = task.ok_or_else(Problem::not_found)?;
        once_at_least(app.store.start_timer(&task, writing.once_shown().as_ref()).await)?;
    }
    Ok(see_other(&format!("/task/{id}?done=started")))
}

/// `POST /web/tasks/{id}/timer/stop`
pub(crate) async fn stop(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let user = caller.0.user_id;
    let reading = async { tokio::try_join!(app.store.task(user, id), app.store.timer(user)) };
    let (me, (task, timer), writing) = fields.repeat().begin(&app, caller, reading).await?;
    let back = format!("/task/{id}?done=logged");
    if writing.is_done() {
        return Ok(see_other(&back));
    }
    let task = task.ok_or_else(Problem::not_found)?;
    let Some(timer) = timer.filter(|timer| timer.task_id == id) else {
        writing.unless_done(&app, Error::NoTimer.into()).await?;
        return Ok(see_other(&back));
    };
    let mut typed = Field::of(fields.raw("minutes"));
    fields.blank_is_missing(&["minutes"]);
    fields.durations_are_minutes(&["minutes"]);
    let stated = fields.optional("minutes", number::<Minutes>);
    let stopped = fields.check(stated).and_then(|stated| {
        timer.stop(app.world.now(), stated).map_err(|reason| match reason {
            NotStopped::Overlong { .. } => Problem::new(StatusCode::CONFLICT, "Say how long you worked."),
            NotStopped::Bad(reason) => Problem::field("minutes", &reason),
        })
    });
    let problem = match stopped {
        Ok(minutes) => {
            let new = NewEntry { minutes, note: Note::default(), worked_on: timer.worked_on(&me.user.time_zone) };
            let (by, once) = (me.user.actor(), writing.once_shown());
            once_at_least(app.store.stop_timer(task, &timer, &new, &by, once.as_ref()).await)?;
            return Ok(see_other(&back));
        }
        Err(problem) => problem,
    };
    mark(&mut typed, "The time", "minutes", &problem);
    typed.error = typed.error.or_else(|| Some(problem.detail.clone()));
    let lists = Lists::newest(&app, user, id).await?;
    let mut page = whole_page(&app, &me.user, &task, lists, None).await;
    if let TimerBox::Here { overlong, minutes, .. } = &mut page.timer {
        *overlong = true;
        *minutes = typed;
    }
    html_with(problem.status, &page)
}

/// `POST /web/tasks/{id}/time/{entry}/reversal`
pub(crate) async fn reverse(
    State(app): State<App>,
    caller: Caller,
    Path((id, entry)): Path<(String, String)>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let entry: EntryId = entry.parse().map_err(|_| Problem::not_found())?;
    let reading = app.store.access_and_entry(caller.0.user_id, id, entry);
    let (me, (access, entry), writing) = fields.repeat().begin(&app, caller, reading).await?;
    if !writing.is_done() {
        let task = access.own.ok_or_else(Problem::not_found)?;
        let entry = entry.filter(|entry| entry.user_id == me.user.id).ok_or_else(Problem::not_found)?;
        if entry.reverses.is_some() {
            return Err(Problem::new(StatusCode::CONFLICT, "A correction cannot be taken back. Log the time again."));
        }
        let (by, once) = (me.user.actor(), writing.once_shown());
        once_at_least(app.store.reverse_entry(task, &entry, &by, once.as_ref()).await)?;
    }
    Ok(see_other(&format!("/task/{id}?done=reversed")))
}
