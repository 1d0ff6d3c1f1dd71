//! Who may sign up, and the invites of those who need one.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use sprintsync_domain::{InviteId, SignUpMode};
use sprintsync_http::team::Issue;
use sprintsync_http::{Answer, App, Caller, Id, Json, Paging, Problem, Query, Repeat, body, scope, shape};

/// List open invites
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/auth/admin/invites", tag = "people", operation_id = "list_invites", security(("bearer" = [])),
    params(
        ("limit" = Option<usize>, Query, description = "Invites at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "A page of invites, newest first. Their codes were shown once.", body = Vec<shape::Invite>, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "The cursor is not of this list.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app, query, scope::invites(caller.0.user_id), &[]).await?;
    let (me, listed) = caller.alongside(&app, app.store.invites(&paging.place)).await?;
    me.admin()?;
    let (invites, names) = app.store.invites_at(&listed, &me.user).await?;
    paging.answer(&app, listed.page(invites), |invite| shape::Invite::named(invite, &names)).await
}

/// Create an invite
///
/// One person may sign up with its code, within a week. It is shown once: asked for again under the same idempotency key,
/// the answer is 409.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/auth/admin/invites", tag = "people", operation_id = "create_invite", security(("bearer" = [])),
    responses(
        (status = 201, description = "The invite.", body = shape::Issued),
        (status = 409, description = "Already shown, under this idempotency key.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn create(State(app): State<App>, caller: Caller, repeat: Repeat) -> Result<Response, Problem> {
    repeat
        .run_for_admin(&app, caller, std::future::ready(Ok(())), async |me, (), writing| {
            let issue = Issue::invite(&app.world);
            let once = writing.once(|_| Answer::shown_once());
            app.store.create_invite(&issue.code.digest(), issue.expires_at, Some(&me.user), once.as_ref()).await?;
            Ok(Answer::json(StatusCode::CREATED, &shape::Issued::from(&issue)).into_response())
        })
        .await
}

/// Revoke an invite
#[cfg_attr(feature = "openapi", utoipa::path(
    delete, path = "/auth/admin/invites/{id}", tag = "people", operation_id = "revoke_invite", security(("bearer" = [])),
    params(("id" = String, Path, description = "The invite's id")),
    responses(
        (status = 204, description = "The invite no longer works."),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such invite, or it was used.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<InviteId>,
    repeat: Repeat,
) -> Result<Response, Problem> {
    repeat
        .run_for_admin(&app, caller, app.store.invite_place(id), async |me, place, writing| {
            let place = place.ok_or_else(Problem::not_found)?;
            let once = writing.once(|_| Answer::empty(StatusCode::NO_CONTENT));
            app.store.revoke_invite(id, place, &me.user, once.as_ref()).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        })
        .await
}

/// Read the sign-up setting
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/auth/admin/sign-up", tag = "people", operation_id = "read_sign_up", security(("bearer" = [])),
    responses(
        (status = 200, description = "Who may.", body = shape::SignUp),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn sign_up(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let (me, mode) = caller.alongside(&app, app.store.sign_up_mode()).await?;
    me.admin()?;
    Ok(told(mode.unwrap_or(app.config.sign_up_mode)).into_response())
}

/// Change the sign-up setting
///
/// Needs a sign-in within the last 10 minutes.
#[cfg_attr(feature = "openapi", utoipa::path(
    put, path = "/auth/admin/sign-up", tag = "people", operation_id = "set_sign_up", security(("bearer" = [])),
    request_body(content = inline(doc::SignUp)),
    responses(
        (status = 200, description = "Who may now.", body = shape::SignUp),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn set_sign_up(
    State(app): State<App>,
    caller: Caller,
    repeat: Repeat,
    Json(fields): Json,
) -> Result<Response, Problem> {
    repeat
        .run_for_admin(&app, caller, app.store.sign_up_mode(), async |me, mode, writing| {
            let (from, to) = (mode.unwrap_or(app.config.sign_up_mode), body::sign_up_mode(fields)?);
            me.fresh(app.world.now())?;
            let once = writing.once(|_| told(to));
            // Said outright, it holds also when the next deployment says otherwise.
            if mode != Some(to) {
                app.store.set_sign_up_mode((from, to), &me.user, once.as_ref()).await?;
            }
            Ok(told(to).into_response())
        })
        .await
}

fn told(mode: SignUpMode) -> Answer {
    Answer::json(StatusCode::OK, &shape::SignUp { mode })
}

#[cfg(feature = "openapi")]
mod doc {
    //! The body that is taken.

    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct SignUp {
        #[schema(pattern = "^(open|invite|closed)$")]
        mode: String,
    }
}
