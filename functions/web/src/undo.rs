//! What a click on a timer or on a status logged beside what it was made for is said, and can be taken back.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use sprintsync_domain::{Entry, EntryId, EventId, Status, Task, TaskId, Timer, Timestamp};
use sprintsync_http::{App, Caller, Form, Id, Problem, text};
use sprintsync_store::{Error, Undo};

use crate::answer::{Htmx, see_other};
use crate::dashboard::once_at_least;
use crate::show::{isolated, minutes};
use crate::timer::Place;
use crate::views::{Toast, ToastAction, Unlog};

/// Offers to take an entry of `task` back that was logged on the way.
fn offered(app: &App, entry: &Entry, undo: Unlog) -> ToastAction {
    ToastAction::Unlog(Box::new(Unlog {
        task: entry.task_id.to_string(),
        entry: entry.id.to_string(),
        key: app.world.id::<EventId>().to_string(),
        ..undo
    }))
}

/// Says that a timer was stopped; what ran for less than a minute may not be worth an entry.
pub(crate) fn stopped(app: &App, entry: &Entry, said: String, short: bool, (back, view): (&str, &str)) -> Toast {
    let undo = Unlog { label: "Discard", back: back.to_owned(), view: view.to_owned(), ..Unlog::default() };
    Toast { action: short.then(|| offered(app, entry, undo)), ..Toast::done(said) }
}

/// Says that a timer was stopped because another was started.
pub(crate) fn switched(
    app: &App,
    (from, to): (&Timer, &Timer),
    entry: &Entry,
    (title, back, view): (&str, &str, &str),
) -> Toast {
    let said =
        format!("Stopped \"{}\" at {}, started \"{}\".", isolated(title), minutes(entry.minutes), isolated(&to.title));
    let undo = Unlog {
        label: "Undo",
        switched: Some((from.started_at.to_string(), to.started_at.to_string())),
        back: back.to_owned(),
        view: view.to_owned(),
        ..Unlog::default()
    };
    Toast { action: Some(offered(app, entry, undo)), ..Toast::done(said) }
}

/// What is said of a timer that stopped with something else.
pub(crate) fn timer_stopped(task: &Task, entry: &Entry) -> String {
    format!("Timer stopped at {} on \"{}\".", minutes(entry.minutes), isolated(&task.title))
}

/// Says that a task is done, and that its timer was stopped with it. `was` is its status before.
pub(crate) fn finished(app: &App, task: &Task, entry: &Entry, was: Status, (back, view): (&str, &str)) -> Toast {
    let said = format!("Done. {}", timer_stopped(task, entry));
    let undo = Unlog {
        label: "Undo",
        status: Some(was.as_str()),
        back: back.to_owned(),
        view: view.to_owned(),
        ..Unlog::default()
    };
    Toast { action: Some(offered(app, entry, undo)), ..Toast::done(said) }
}

/// `POST /web/tasks/{id}/timer/undo`: takes an entry back, and with it what else the click did that logged it
pub(crate) async fn undo(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let user = caller.0.user_id;
    let entry = fields.raw("entry").parse::<EntryId>().map_err(|_| Problem::not_found())?;
    let reading = app.store.task_entry_and_timer(user, id, entry);
    let (me, (task, written, timer), writing) = fields.repeat().begin(&app, caller, reading).await?;
    let place = Place::of(&mut fields, id);
    fields.ignore(&["entry"]);
    let status = fields.optional("status", text::<Status>);
    let started = fields.optional("started", text::<Timestamp>);
    let instead = fields.optional("instead", text::<Timestamp>);
    let made = (|| Some((status?, started?.zip(instead?))))();
    let (status, switched) = fields.check(made)?;
    let mut runs = timer.clone();
    if !writing.is_done() {
        let task = task.ok_or_else(Problem::not_found)?;
        let own = written.filter(|entry| entry.user_id == me.user.id && entry.reverses.is_none());
        let entry = own.ok_or_else(Problem::not_found)?;
        // The timer that this would stop must be the one that was started then, and the other cannot have run longer.
        let before = match (switched, &timer) {
            (None, _) => None,
            (Some((started, instead)), Some(timer)) if timer.started_at == instead && started <= instead => {
                let title = task.title.clone();
                Some(Timer { user_id: me.user.id, task_id: id, title, started_at: started })
            }
            (Some(_), _) => return Err(Problem::new(StatusCode::CONFLICT, CHANGED)),
        };
        let undo = Undo { entry: &entry, status, timer: timer.as_ref().zip(before.as_ref()) };
        let undone = app.store.undo(task, &undo, me.user.id, writing.once_shown().as_ref()).await;
        once_at_least(undone.map_err(|error| match error {
            // Whoever took it back elsewhere wanted the same.
            Error::Reversed => Error::AlreadyDone,
            error => error,
        }))?;
        runs = before.or(runs);
    }
    if !htmx {
        return Ok(see_other(&place.saying("undone")));
    }
    place.changed(&app, &me, id, runs.as_ref(), (Toast::done("Undone."), Some(entry.to_string())))
}

/// What a person reads who comes too late.
const CHANGED: &str = "The timer has changed since. Nothing was undone.";
