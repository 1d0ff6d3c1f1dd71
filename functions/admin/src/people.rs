//! People: who they are, and what an administrator does to their accounts.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use sprintsync_domain::{User, UserId};
use sprintsync_http::team::Issue;
use sprintsync_http::{Answer, App, Caller, Id, Json, Paging, Problem, Query, Repeat, body, json, scope, shape};
use sprintsync_store::Effect;

/// List people
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/auth/users", tag = "people", operation_id = "list_people", security(("bearer" = [])),
    params(
        ("limit" = Option<usize>, Query, description = "People at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "A page of people, newest first.", body = Vec<shape::User>, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "The cursor is not of this list.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app, query, scope::people(caller.0.user_id), &[]).await?;
    let (me, listed) = caller.alongside(&app, app.store.people(&paging.place)).await?;
    me.admin()?;
    let page = listed.page(app.store.people_at(&listed).await?);
    paging.answer(&app, page, |(user, _)| shape::User::from(user)).await
}

/// Read a person's account
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/auth/users/{id}", tag = "people", operation_id = "read_person", security(("bearer" = [])),
    params(("id" = String, Path, description = "The person's id")),
    responses(
        (status = 200, description = "The account.", body = shape::User),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such person.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn read(State(app): State<App>, caller: Caller, Id(id): Id<UserId>) -> Result<Response, Problem> {
    let (me, user) = caller.alongside(&app, app.store.user(id)).await?;
    me.admin()?;
    json(&shape::User::from(user.ok_or_else(Problem::not_found)?))
}

/// Update a person's account
///
/// Makes or removes an admin, deactivates or reactivates. Deactivating signs the person out everywhere at once. Needs a
/// sign-in within the last 10 minutes.
#[cfg_attr(feature = "openapi", utoipa::path(
    patch, path = "/auth/users/{id}", tag = "people", operation_id = "edit_person", security(("bearer" = [])),
    params(("id" = String, Path, description = "The person's id")),
    request_body(content = inline(doc::Edit)),
    responses(
        (status = 200, description = "The account as it is now.", body = shape::User),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such person.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The last admin.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<UserId>,
    repeat: Repeat,
    Json(fields): Json,
) -> Result<Response, Problem> {
    repeat
        .run_for_admin(&app, caller, app.store.user(id), async |me, user, writing| {
            let user = user.ok_or_else(Problem::not_found)?;
            let edit = body::account_edit(fields)?;
            me.fresh(app.world.now())?;
            let once = writing.once(|effect| match effect {
                Effect::Account(user) => found(user),
                _ => Answer::empty(StatusCode::NO_CONTENT),
            });
            let user = app.store.edit_account(user, edit, me.user.id, once.as_ref()).await?;
            Ok(found(&user).into_response())
        })
        .await
}

fn found(user: &User) -> Answer {
    Answer::json(StatusCode::OK, &shape::User::from(user.clone()))
}

/// Create a reset link
///
/// Good for 15 minutes, once, and only until the password changes otherwise. Hand it over yourself: it is shown once. Asked
/// for again under the same idempotency key, the answer is 409. Needs a sign-in within the last 10 minutes.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/auth/users/{id}/password-reset", tag = "people", operation_id = "issue_password_reset", security(("bearer" = [])),
    params(("id" = String, Path, description = "The person's id")),
    responses(
        (status = 201, description = "The link.", body = shape::Issued),
        (status = 409, description = "Already shown, under this idempotency key.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Admins only, or the last sign-in is over 10 minutes old.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such person.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn reset_password(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<UserId>,
    repeat: Repeat,
) -> Result<Response, Problem> {
    repeat
        .run_for_admin(&app, caller, app.store.user(id), async |me, user, writing| {
            let user = user.ok_or_else(Problem::not_found)?;
            me.fresh(app.world.now())?;
            let issue = Issue::password_reset(&app.world);
            let (once, code) = (writing.once(|_| Answer::shown_once()), issue.code.digest());
            app.store.issue_password_reset(&user, (&code, issue.expires_at), me.user.id, once.as_ref()).await?;
            Ok(Answer::json(StatusCode::CREATED, &shape::Issued::from(&issue)).into_response())
        })
        .await
}

/// End every session of a person
///
/// Signs the person out everywhere without deactivating the account. Reset links made before stop working. Needs a sign-in
/// within the last 10 minutes.
#[cfg_attr(feature = "openapi", utoipa::path(
    delete, path = "/auth/users/{id}/sessions", tag = "people", operation_id = "end_sessions", security(("bearer" = [])),
    params(("id" = String, Path, description = "The person's id")),
    responses(
        (status = 204, description = "The person is signed out everywhere."),
        (status = 403, description = "Admins only, or the last sign-in is over 10 minutes old.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such person.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn end_sessions(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<UserId>,
    repeat: Repeat,
) -> Result<Response, Problem> {
    repeat
        .run_for_admin(&app, caller, app.store.user(id), async |me, user, writing| {
            let user = user.ok_or_else(Problem::not_found)?;
            me.fresh(app.world.now())?;
            let once = writing.once(|_| Answer::empty(StatusCode::NO_CONTENT));
            app.store.end_sessions(user, me.user.id, once.as_ref()).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        })
        .await
}

#[cfg(feature = "openapi")]
mod doc {
    //! The body that is taken.

    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct Edit {
        #[schema(required = false)]
        is_admin: bool,
        #[schema(required = false)]
        disabled: bool,
    }
}
