//! The timer and what takes minutes back, on a task's page. Plain forms: each leads back to the page.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use sprintsync_domain::{EntryId, Invalid, Minutes, NewEntry, NotStopped, Note, TaskId, Timer, Timestamp, User};
use sprintsync_http::{App, Caller, Fields, Form, Id, Problem, number, text};
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
    let timer = timer.filter(|timer| timer.task_id == id);
    if writing.is_done() || (timer.is_none() && writing.has_been_done(&app).await?) {
        return Ok(see_other(&back));
    }
    let task = task.ok_or_else(Problem::not_found)?;
    let timer = timer.ok_or(Error::NoTimer)?;
    let mut typed = (Field::of(fields.raw("until")), Field::of(fields.raw("minutes")));
    let stopped = stated(&mut fields, &timer, &me.user, app.world.now()).and_then(|stated| {
        timer.stop(app.world.now(), stated).map_err(|reason| match reason {
            NotStopped::Overlong { .. } => {
                Problem::new(StatusCode::CONFLICT, "Say until when you worked, or how long.")
            }
            NotStopped::Bad(reason) => Problem::field("minutes", &reason),
        })
    });
    let problem = match stopped {
        Ok(minutes) => {
            let new = NewEntry { minutes, note: Note::default(), worked_on: timer.worked_on(&me.user.time_zone) };
            let (by, once) = (me.user.id, writing.once_shown());
            once_at_least(app.store.stop_timer(task, &timer, &new, by, once.as_ref()).await)?;
            return Ok(see_other(&back));
        }
        Err(problem) => problem,
    };
    mark(&mut typed.0, "The end", "until", &problem);
    mark(&mut typed.1, "The time", "minutes", &problem);
    if typed.1.error.is_none() && typed.0.error.is_none() {
        typed.0.error = Some(problem.detail.clone());
    }
    let lists = Lists::newest(&app, user, id).await?;
    let mut page = whole_page(&app, &me.user, &task, lists, None).await?;
    if let TimerBox::Here { overlong, until, minutes, .. } = &mut page.timer {
        *overlong = true;
        (*until, *minutes) = typed;
    }
    html_with(problem.status, &page)
}

/// The minutes that the form states: by the time at which the work ended, or by their number.
fn stated(fields: &mut Fields, timer: &Timer, me: &User, now: Timestamp) -> Result<Option<Minutes>, Problem> {
    fields.blank_is_missing(&["until", "minutes"]);
    fields.durations_are_minutes(&["minutes"]);
    let until = fields.optional("until", |value| timer.until(text(value)?, &me.time_zone, now));
    let minutes = fields.optional("minutes", number::<Minutes>);
    match fields.check(until.zip(minutes))? {
        (Some(_), Some(_)) => Err(Problem::field("minutes", &Invalid("is not needed beside an end".to_owned()))),
        (until, minutes) => Ok(until.or(minutes)),
    }
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
        let (by, once) = (me.user.id, writing.once_shown());
        once_at_least(app.store.reverse_entry(task, &entry, by, once.as_ref()).await)?;
    }
    Ok(see_other(&format!("/task/{id}?done=reversed")))
}
