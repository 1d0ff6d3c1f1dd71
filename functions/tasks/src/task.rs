//! One task.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use sprintsync_domain::{Status, Task, TaskEdit, TaskId, Timer};
use sprintsync_http::{
    Answer, App, Caller, Fields, Id, IfMatch, IfNoneMatch, Json, Me, Problem, Repeat, Writing, body, shape,
};
use sprintsync_store::{Access, Effect, Running};

use crate::time::overlong;

/// Create a task
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/tasks", tag = "tasks", operation_id = "create_task", security(("bearer" = [])),
    request_body(content = inline(doc::NewTask)),
    responses(
        (status = 201, description = "The task was added.", body = shape::Task, headers(("Location" = String, description = "Its path"), ("ETag" = String, description = "Its version"))),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    repeat: Repeat,
    Json(fields): Json,
) -> Result<Response, Problem> {
    let created = |task: &Task| {
        Answer::json(StatusCode::CREATED, &shape::Task::from(task.clone()))
            .tagged(task.version)
            .at(format!("/tasks/{}", task.id))
    };
    let nothing = std::future::ready(Ok(()));
    repeat
        .run(&app, caller, nothing, async |me, (), writing| {
            let new = body::new_task(fields)?;
            let now = app.world.now();
            let when = (now, now.day_in(&me.user.time_zone));
            let once = writing.once(on_task(created));
            let task = app.store.create_task(new, me.user.id, when, once.as_ref()).await?;
            Ok(created(&task).into_response())
        })
        .await
}

/// Read a task
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/tasks/{id}", tag = "tasks", operation_id = "read_task", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id"), ("If-None-Match" = Option<String>, Header, description = "The version that the caller has")),
    responses(
        (status = 200, description = "The task.", body = shape::Task, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "The caller has this version."),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let (me, own) = caller.alongside(&app, app.store.task(caller.0.user_id, id)).await?;
    let task = match own {
        Some(task) => task,
        None if me.user.is_admin => app.store.task_of_anybody(id).await?.ok_or_else(Problem::not_found)?,
        None => return Err(Problem::not_found()),
    };
    if known.has(task.version) {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED).tagged(task.version).into_response());
    }
    Ok(found(&task).into_response())
}

/// Replace a task
///
/// Setting it to done stops a timer that runs on it into an entry.
#[cfg_attr(feature = "openapi", utoipa::path(
    put, path = "/tasks/{id}", tag = "tasks", operation_id = "replace_task", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id"), ("If-Match" = Option<String>, Header, description = "The version that may be replaced")),
    request_body(content = inline(doc::WholeTask)),
    responses(
        (status = 200, description = "The task as it is now.", body = shape::Task),
        (status = 403, description = "Only the owner can do this, not even an admin.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 409, description = "A timer ran on it for over 720 minutes and must be stopped first.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 412, description = "The task is of another version; nothing was changed.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn replace(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    matching: IfMatch,
    repeat: Repeat,
    Json(fields): Json,
) -> Result<Response, Problem> {
    let finishes = finishes(&fields);
    change(&app, caller, id, (matching, repeat, finishes), || body::replacement(fields)).await
}

/// Update a task
///
/// Setting it to done stops a timer that runs on it into an entry.
#[cfg_attr(feature = "openapi", utoipa::path(
    patch, path = "/tasks/{id}", tag = "tasks", operation_id = "edit_task", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id"), ("If-Match" = Option<String>, Header, description = "The version that may be changed")),
    request_body(content((inline(doc::TaskPatch) = "application/json"), (inline(doc::TaskPatch) = "application/merge-patch+json"))),
    responses(
        (status = 200, description = "The task as it is now.", body = shape::Task),
        (status = 403, description = "Only the owner can do this, not even an admin.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 409, description = "A timer ran on it for over 720 minutes and must be stopped first.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 412, description = "The task is of another version; nothing was changed.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    matching: IfMatch,
    repeat: Repeat,
    Json(fields): Json,
) -> Result<Response, Problem> {
    let finishes = finishes(&fields);
    change(&app, caller, id, (matching, repeat, finishes), || body::patch(fields)).await
}

async fn change(
    app: &App,
    caller: Caller,
    id: TaskId,
    (matching, repeat, finishes): (IfMatch, Repeat, bool),
    read: impl FnOnce() -> Result<TaskEdit, Problem>,
) -> Result<Response, Problem> {
    let reading = app.store.access_and_timer_if(finishes, caller.0.user_id, id);
    repeat
        .run(app, caller, reading, async |me, (access, timer), writing| {
            let task = writable(app, me, access, id).await?;
            let running = Running { timer, zone: me.user.time_zone.clone() };
            edited(app, me, (task, running), &matching, &read()?, &writing).await
        })
        .await
}

/// Whether a body says that the task is done: then a timer may have to stop.
fn finishes(fields: &Fields) -> bool {
    fields.raw("status") == Status::Done.as_str()
}

async fn edited(
    app: &App,
    me: &Me,
    (task, running): (Task, Running),
    matching: &IfMatch,
    edit: &TaskEdit,
    writing: &Writing,
) -> Result<Response, Problem> {
    let expected = matching.expected(task.version)?;
    let now = app.world.now();
    let forgotten = running.timer.as_ref().filter(|timer| timer.task_id == task.id && timer.is_overlong(now));
    // Whose it is can be asked; an administrator cannot say how much of it was work.
    if let Some(timer) = forgotten.filter(|timer| edit.finishes() && timer.user_id == me.user.id) {
        return Err(overlong(timer.ran(now), "Stop it first, and send"));
    }
    let once = writing.once(on_task(found));
    let edited = app.store.edit_task(task, Some(running), expected, edit, me.user.id, once.as_ref()).await?;
    Ok(found(&edited.task).into_response())
}

/// Delete a task
///
/// It stays in the trash for 30 days; its entries stay for good. A timer that runs on it is stopped into an entry of 720
/// minutes at most.
#[cfg_attr(feature = "openapi", utoipa::path(
    delete, path = "/tasks/{id}", tag = "tasks", operation_id = "delete_task", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id"), ("If-Match" = Option<String>, Header, description = "The version that may be deleted")),
    responses(
        (status = 204, description = "The task is in the trash."),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 412, description = "The task is of another version; nothing was changed.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    matching: IfMatch,
    repeat: Repeat,
) -> Result<Response, Problem> {
    let reading = app.store.access_and_timer(caller.0.user_id, id);
    repeat
        .run(&app, caller, reading, async |me, read, writing| {
            let (task, running) = reachable_with_timer(&app, me, read, id).await?;
            let expected = matching.expected(task.version)?;
            let once = writing.once(|_| Answer::empty(StatusCode::NO_CONTENT));
            app.store.delete_task(task, running, expected, me.user.id, once.as_ref()).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        })
        .await
}

/// Move a task to a status
///
/// Setting it to done stops a timer that runs on it into an entry.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/tasks/{id}/status", tag = "tasks", operation_id = "set_status", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id"), ("If-Match" = Option<String>, Header, description = "The version that may be moved")),
    request_body(content = inline(doc::StatusBody)),
    responses(
        (status = 200, description = "The task as it is now.", body = shape::Task),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 409, description = "A timer ran on it for over 720 minutes and must be stopped first.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 412, description = "The task is of another version; nothing was changed.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn set_status(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    matching: IfMatch,
    repeat: Repeat,
    Json(fields): Json,
) -> Result<Response, Problem> {
    let reading = app.store.access_and_timer_if(finishes(&fields), caller.0.user_id, id);
    repeat
        .run(&app, caller, reading, async |me, read, writing| {
            let found = reachable_with_timer(&app, me, read, id).await?;
            let edit = TaskEdit::status(body::status(fields)?);
            edited(&app, me, found, &matching, &edit, &writing).await
        })
        .await
}

/// Restore a task
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/tasks/{id}/restore", tag = "tasks", operation_id = "restore_task", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id")),
    responses(
        (status = 200, description = "The task, back where it was.", body = shape::Task),
        (status = 404, description = "No such task in the trash.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn restore(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    repeat: Repeat,
) -> Result<Response, Problem> {
    let access = app.store.trash_access(caller.0.user_id, id);
    repeat
        .run(&app, caller, access, async |me, (access, trashed), writing| {
            let (live, trashed) = match (access.own, trashed, access.owner) {
                (None, None, Some(owner)) if me.user.is_admin => app.store.task_or_trash(owner, id).await?,
                (live, trashed, _) => (live, trashed),
            };
            let task = match (live, trashed) {
                (Some(task), _) => task,
                (None, Some(task)) => {
                    let once = writing.once(on_task(found));
                    app.store.restore_task(task, me.user.id, once.as_ref()).await?
                }
                (None, None) => return Err(Problem::not_found()),
            };
            Ok(found(&task).into_response())
        })
        .await
}

/// The task, if the caller may write it: the owner may; an admin may only see that it is there.
pub(crate) async fn writable(app: &App, me: &Me, access: Access, id: TaskId) -> Result<Task, Problem> {
    if access.own.is_none() {
        reachable(app, me, access, id).await?;
        return Err(Problem::forbidden("Only the owner can do this."));
    }
    access.own.ok_or_else(Problem::not_found)
}

/// The task, if the caller is its owner or an admin.
async fn reachable(app: &App, me: &Me, access: Access, id: TaskId) -> Result<Task, Problem> {
    match (access.own, access.owner) {
        (Some(task), _) => Ok(task),
        (None, Some(owner)) if me.user.is_admin => app.store.task(owner, id).await?.ok_or_else(Problem::not_found),
        _ => Err(Problem::not_found()),
    }
}

/// As [`reachable`], with the timer of its owner's.
async fn reachable_with_timer(
    app: &App,
    me: &Me,
    (access, timer): (Access, Option<Timer>),
    id: TaskId,
) -> Result<(Task, Running), Problem> {
    match (access.own, access.owner) {
        (Some(task), _) => Ok((task, Running { timer, zone: me.user.time_zone.clone() })),
        (None, Some(owner)) if me.user.is_admin => {
            let (task, running) = app.store.task_and_running(owner, id).await?;
            task.map(|task| (task, running)).ok_or_else(Problem::not_found)
        }
        _ => Err(Problem::not_found()),
    }
}

/// The answer to what was done to a task.
pub(crate) fn on_task(answer: impl Fn(&Task) -> Answer + Send + Sync) -> impl Fn(&Effect<'_>) -> Answer + Send + Sync {
    move |effect| match effect {
        Effect::Task(change) => answer(&change.task),
        _ => Answer::empty(StatusCode::NO_CONTENT),
    }
}

pub(crate) fn found(task: &Task) -> Answer {
    Answer::json(StatusCode::OK, &shape::Task::from(task.clone())).tagged(task.version)
}

#[cfg(feature = "openapi")]
mod doc {
    //! The bodies that are taken.
    #![expect(dead_code, reason = "read by the description only")]

    #[derive(utoipa::ToSchema)]
    pub(crate) struct NewTask {
        #[schema(min_length = 1, max_length = 200, example = "Write the release notes")]
        title: String,
        #[schema(required = false, max_length = 10_000)]
        description: String,
        #[schema(required = false, pattern = "^(todo|in_progress|done)$", default = "todo")]
        status: String,
        #[schema(minimum = 1, maximum = 100_000)]
        estimate_minutes: Option<i64>,
        #[schema(value_type = Option<String>, format = Date)]
        due_on: Option<String>,
        /// Minutes worked already: they become the first entry.
        #[schema(required = false, minimum = 0, maximum = 1_440)]
        total_minutes: i64,
    }

    #[derive(utoipa::ToSchema)]
    pub(crate) struct WholeTask {
        #[schema(min_length = 1, max_length = 200)]
        title: String,
        #[schema(max_length = 10_000)]
        description: String,
        #[schema(pattern = "^(todo|in_progress|done)$")]
        status: String,
        #[schema(required, minimum = 1, maximum = 100_000)]
        estimate_minutes: Option<i64>,
        #[schema(required, value_type = Option<String>, format = Date)]
        due_on: Option<String>,
    }

    #[derive(utoipa::ToSchema)]
    pub(crate) struct TaskPatch {
        #[schema(required = false, min_length = 1, max_length = 200)]
        title: String,
        #[schema(required = false, max_length = 10_000)]
        description: String,
        #[schema(required = false, pattern = "^(todo|in_progress|done)$")]
        status: String,
        #[schema(minimum = 1, maximum = 100_000)]
        estimate_minutes: Option<i64>,
        #[schema(value_type = Option<String>, format = Date)]
        due_on: Option<String>,
    }

    #[derive(utoipa::ToSchema)]
    pub(crate) struct StatusBody {
        #[schema(pattern = "^(todo|in_progress|done)$")]
        status: String,
    }
}
