//! Lists, newest first, in pages.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Status, TaskId};
use sprintsync_http::{App, Caller, Id, Me, Paging, Problem, Query, scope, shape};
use sprintsync_store::{Order, TaskList};

/// List my tasks
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/tasks", tag = "tasks", operation_id = "list_tasks", security(("bearer" = [])),
    params(
        ("status" = Option<String>, Query, description = "Only tasks of this status: todo, in_progress or done"),
        ("limit" = Option<usize>, Query, description = "Tasks at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "A page of tasks, newest first.", body = Vec<shape::Task>, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "The cursor is not of this list.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A query value is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn tasks(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let owner = caller.0.user_id;
    let status = query.parse::<Status>("status")?;
    let list = TaskList { status, order: Order::Newest };
    let paging = Paging::read(&app, query, scope::tasks(owner, list), &["status"]).await?;
    let (_, page) = caller.alongside(&app, app.store.tasks(owner, list, &paging.place)).await?;
    paging.answer(&app, page, shape::Task::from).await
}

/// List the entries of a task
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/tasks/{id}/time", tag = "time", operation_id = "list_entries", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "The task's id"),
        ("limit" = Option<usize>, Query, description = "Entries at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "A page of entries, newest first.", body = Vec<shape::Entry>, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 403, description = "Only the owner can do this, not even an admin.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn entries(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    query: Query,
) -> Result<Response, Problem> {
    let paging = Paging::read(&app, query, scope::entries(caller.0.user_id, id), &[]).await?;
    let (me, (own, page)) = beside_task(&app, caller, id, app.store.entries(id, &paging.place)).await?;
    if !own {
        live_for_admin(&app, &me, id).await?;
        return Err(Problem::forbidden("Only the owner can do this."));
    }
    paging.answer(&app, page, shape::Entry::from).await
}

/// List a task's history
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/tasks/{id}/history", tag = "tasks", operation_id = "list_history", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "The task's id"),
        ("limit" = Option<usize>, Query, description = "Events at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "A page of events, newest first.", body = Vec<shape::Event>, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 404, description = "No such task for this caller.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn history(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    query: Query,
) -> Result<Response, Problem> {
    let paging = Paging::read(&app, query, scope::history(caller.0.user_id, id), &[]).await?;
    let (me, (own, page)) = beside_task(&app, caller, id, app.store.history(id, &paging.place)).await?;
    let naming = async { Ok(app.store.names(&me.user, page.items.iter().map(|event| event.by)).await?) };
    let names = match own {
        true => naming.await?,
        false => tokio::try_join!(live_for_admin(&app, &me, id), naming)?.1,
    };
    paging.answer(&app, page, |event| shape::Event::named(event, &names)).await
}

/// What is read of a task, and whether the task is the caller's own.
async fn beside_task<T>(
    app: &App,
    caller: Caller,
    id: TaskId,
    reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
) -> Result<(Me, (bool, T)), Problem> {
    let both = async {
        let (task, read) = tokio::try_join!(app.store.task(caller.0.user_id, id), reading)?;
        Ok((task.is_some(), read))
    };
    caller.alongside(app, both).await
}

/// For everybody else, the task is there only if it is alive and the caller an admin.
async fn live_for_admin(app: &App, me: &Me, id: TaskId) -> Result<(), Problem> {
    if !me.user.is_admin {
        return Err(Problem::not_found());
    }
    app.store.task_of_anybody(id).await?.map(|_| ()).ok_or_else(Problem::not_found)
}
