//! A task for somebody else.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use sprintsync_domain::TaskId;
#[cfg(feature = "openapi")]
use sprintsync_http::shape;
use sprintsync_http::{App, Caller, Id, Json, Problem, Repeat, body};

use crate::task::{found, on_task};

/// Assign a task
///
/// Task, entries and history are theirs to read from then on. An entry stays with who worked. A timer that runs on the
/// task is stopped into an entry.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/tasks/{id}/assign", tag = "tasks", operation_id = "assign_task", security(("bearer" = [])),
    params(("id" = String, Path, description = "The task's id")),
    request_body(content = inline(doc::Assignee)),
    responses(
        (status = 200, description = "The task as it is now.", body = shape::Task),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such task.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "No such person, or deactivated.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn assign(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    repeat: Repeat,
    Json(fields): Json,
) -> Result<Response, Problem> {
    repeat
        .run_for_admin(&app, caller, app.store.owner(id), async |me, owner, writing| {
            let owner = owner.ok_or_else(Problem::not_found)?;
            let to = body::assignee(fields)?;
            let there = app.store.assignable((owner, id), to).await?;
            let task = there.task.ok_or_else(Problem::not_found)?;
            if there.to.is_none_or(|person| person.disabled) {
                return Err(sprintsync_store::Error::NoAssignee.into());
            }
            let once = writing.once(on_task(found));
            let owner = (there.owner.as_ref(), there.timer);
            let task = app.store.assign_task(task, owner, to, me.user.id, once.as_ref()).await?;
            Ok(found(&task).into_response())
        })
        .await
}

#[cfg(feature = "openapi")]
mod doc {
    //! The body that is taken.

    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct Assignee {
        #[schema(format = "uuid")]
        user_id: String,
    }
}
