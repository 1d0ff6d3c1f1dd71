//! Minutes: entries, what takes them back, and the timer.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use sprintsync_domain::{
    Day, Entry, EntryId, Invalid, LONGEST_TIMER, Minutes, NewEntry, NotStopped, Note, TaskId, Timer,
};
use sprintsync_http::{
    Answer, App, Caller, Id, Json, Paging, Problem, Query, Repeat, body, json, number, scope, shape,
};
use sprintsync_store::Effect;

use crate::task::writable;

/// Log time on a task
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/tasks/{id}/time", tag = "time", operation_id = "log_time", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id")),
    request_body(content = inline(doc::NewEntry)),
    responses(
        (status = 201, description = "The entry was written.", body = shape::Entry),
        (status = 403, description = "Only the owner can do this, not even an admin.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn log_time(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    repeat: Repeat,
    Json(fields): Json,
) -> Result<Response, Problem> {
    let access = app.store.access(caller.0.user_id, id);
    repeat
        .run(&app, caller, access, async |me, access, writing| {
            let task = writable(&app, me, access, id).await?;
            let new = body::new_entry(fields, app.world.now().day_in(&me.user.time_zone))?;
            let once = writing.once(on_entry);
            let (_, entry, _) = app.store.log_time(task, &new, me.user.id, once.as_ref()).await?;
            Ok(written(&entry).into_response())
        })
        .await
}

/// Reverse an entry
///
/// Writes its opposite, once. Only who worked may do it, or an admin.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/tasks/{id}/time/{entry}/reversal", tag = "time", operation_id = "reverse_entry", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id"), ("entry" = String, Path, description = "The entry's id")),
    responses(
        (status = 201, description = "The opposite was written.", body = shape::Entry),
        (status = 403, description = "Only the person who logged this time, or an admin, can reverse it.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such entry for this caller.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Already reversed, or a reversal itself.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn reverse(
    State(app): State<App>,
    caller: Caller,
    Path((id, entry)): Path<(String, String)>,
    repeat: Repeat,
) -> Result<Response, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let entry: EntryId = entry.parse().map_err(|_| Problem::not_found())?;
    let reading = app.store.access_and_entry(caller.0.user_id, id, entry);
    repeat
        .run(&app, caller, reading, async |me, (access, entry), writing| {
            let entry = entry.ok_or_else(Problem::not_found)?;
            let allowed = entry.user_id == me.user.id || me.user.is_admin;
            let task = match (access.own, access.owner) {
                (Some(task), _) => Some(task),
                (None, Some(owner)) if allowed => app.store.task(owner, id).await?,
                _ => None,
            };
            let task = task.ok_or_else(Problem::not_found)?;
            if !allowed {
                return Err(Problem::forbidden("Only the person who logged this time can reverse it."));
            }
            if entry.reverses.is_some() {
                let detail = "Reversals can't be undone. Log the time again.";
                return Err(Problem::new(StatusCode::CONFLICT, detail));
            }
            let once = writing.once(on_entry);
            let (_, opposite, _) = app.store.reverse_entry(task, &entry, me.user.id, once.as_ref()).await?;
            Ok(written(&opposite).into_response())
        })
        .await
}

/// Start the timer
///
/// One runs at a time, kept on the server.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/tasks/{id}/timer/start", tag = "time", operation_id = "start_timer", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id")),
    responses(
        (status = 201, description = "It runs.", body = shape::Timer),
        (status = 403, description = "Only the owner can do this, not even an admin.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 409, description = "One runs already.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn start(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    repeat: Repeat,
) -> Result<Response, Problem> {
    let access = app.store.access(caller.0.user_id, id);
    repeat
        .run(&app, caller, access, async |me, access, writing| {
            let task = writable(&app, me, access, id).await?;
            let once = writing.once(|effect| match effect {
                Effect::Timer(timer) => started(timer),
                _ => Answer::empty(StatusCode::CREATED),
            });
            Ok(started(&app.store.start_timer(&task, once.as_ref()).await?).into_response())
        })
        .await
}

/// Stop the timer
///
/// Writes an entry, rounded up to whole minutes and dated by its start. A timer that ran for more than 720 minutes
/// stops only when `minutes` says how many were worked.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/tasks/{id}/timer/stop", tag = "time", operation_id = "stop_timer", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id")),
    request_body(content = inline(Option<doc::Stop>)),
    responses(
        (status = 201, description = "The entry was written.", body = shape::Entry),
        (status = 403, description = "Only the owner can do this, not even an admin.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 409, description = "No timer runs on this task, or it ran so long that `minutes` must be stated.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn stop(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    repeat: Repeat,
    body: Option<Json>,
) -> Result<Response, Problem> {
    let reading = app.store.access_and_timer(caller.0.user_id, id);
    repeat
        .run(&app, caller, reading, async |me, (access, timer), writing| {
            let task = writable(&app, me, access, id).await?;
            let mut fields = body.map(|Json(fields)| fields).unwrap_or_default();
            let stated = fields.optional("minutes", number::<Minutes>);
            let stated = fields.check(stated)?;
            let timer = timer.filter(|timer| timer.task_id == id).ok_or(sprintsync_store::Error::NoTimer)?;
            let minutes = timer.stop(app.world.now(), stated).map_err(not_stopped)?;
            let new = NewEntry { minutes, note: Note::default(), worked_on: timer.worked_on(&me.user.time_zone) };
            let once = writing.once(on_entry);
            let by = me.user.id;
            let (_, entry, _) = app.store.stop_timer(task, &timer, &new, by, once.as_ref()).await?;
            Ok(written(&entry).into_response())
        })
        .await
}

fn not_stopped(reason: NotStopped) -> Problem {
    match reason {
        NotStopped::Overlong { ran } => overlong(ran, "Send"),
        NotStopped::Bad(reason) => Problem::field("minutes", &reason),
    }
}

/// 409: a timer ran for longer than anybody believes.
pub(crate) fn overlong(ran: i64, send: &str) -> Problem {
    let detail = format!(
        "The timer ran for {ran} minutes, over {LONGEST_TIMER}. {send} the time you actually worked as \"minutes\"."
    );
    Problem::new(StatusCode::CONFLICT, detail)
}

/// Read the running timer
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/timer", tag = "time", operation_id = "read_timer", security(("bearer" = [])),
    responses(
        (status = 200, description = "The timer that runs.", body = shape::Timer),
        (status = 204, description = "None runs."),
    ),
))]
pub(crate) async fn timer(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let (_, timer) = caller.alongside(&app, app.store.timer(caller.0.user_id)).await?;
    timer.map_or_else(|| Ok(StatusCode::NO_CONTENT.into_response()), |timer| json(&shape::Timer::from(timer)))
}

/// List my entries by day
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/time", tag = "time", operation_id = "list_time", security(("bearer" = [])),
    params(
        ("from" = String, Query, description = "The first day"),
        ("to" = String, Query, description = "The last day"),
        ("limit" = Option<usize>, Query, description = "Entries at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "A page of entries, latest day first.", body = Vec<shape::Entry>, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "The cursor is not of this list.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A query value is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let user = caller.0.user_id;
    let day = |name: &str| {
        let missing = || Problem::field(name, &Invalid("This field is required.".to_owned()));
        query.parse::<Day>(name)?.ok_or_else(missing)
    };
    let (from, to) = (day("from")?, day("to")?);
    if from > to {
        return Err(Problem::field("from", &Invalid(format!("Choose {to} or an earlier day."))));
    }
    let paging = Paging::read(&app, query, scope::time(user, (from, to)), &["from", "to"]).await?;
    let (_, page) = caller.alongside(&app, app.store.time(user, (from, to), &paging.place)).await?;
    paging.answer(&app, page, shape::Entry::from).await
}

fn on_entry(effect: &Effect<'_>) -> Answer {
    match effect {
        Effect::Task(change) => change.entry.as_ref().map_or(Answer::empty(StatusCode::CREATED), written),
        Effect::Timer(timer) => started(timer),
        _ => Answer::empty(StatusCode::CREATED),
    }
}

fn written(entry: &Entry) -> Answer {
    Answer::json(StatusCode::CREATED, &shape::Entry::from(entry.clone()))
}

fn started(timer: &Timer) -> Answer {
    Answer::json(StatusCode::CREATED, &shape::Timer::from(timer.clone()))
}

#[cfg(feature = "openapi")]
mod doc {
    //! The bodies that are taken.
    #![expect(dead_code, reason = "read by the description only")]

    #[derive(utoipa::ToSchema)]
    pub(crate) struct NewEntry {
        #[schema(minimum = 1, maximum = 1_440)]
        minutes: i64,
        #[schema(required = false, max_length = 500)]
        note: String,
        /// Today in the person's own time zone, if unsaid.
        #[schema(required = false, format = Date)]
        worked_on: String,
    }

    #[derive(utoipa::ToSchema)]
    pub(crate) struct Stop {
        /// Minutes worked, if not all that the timer ran.
        #[schema(required = false, minimum = 1, maximum = 1_440)]
        minutes: i64,
    }
}
