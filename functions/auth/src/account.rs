//! One's own account.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use sprintsync_auth::Code;
use sprintsync_http::{
    App, Caller, Credential, Json, Paging, Problem, Query, Viewer, body, json, scope, session_cookie, shape,
};

/// Create an account
///
/// Begins no session: sign in afterwards.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/auth/signup", tag = "accounts", operation_id = "sign_up",
    request_body(content = inline(doc::SignUp)),
    responses(
        (status = 201, description = "The account was made.", body = shape::User),
        (status = 403, description = "The instance takes no new accounts, or not without an invite.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The username is taken, without regard to case.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many sign-ups from one source.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn sign_up(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    Json(mut fields): Json,
) -> Result<Response, Problem> {
    let asked = body::sign_up(&mut fields)?;
    let user = app.accounts.sign_up(asked, &viewer.source, &viewer.origin).await?;
    Ok((StatusCode::CREATED, json(&shape::User::from(user))?).into_response())
}

/// Read my account
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/auth/me", tag = "accounts", operation_id = "read_me", security(("bearer" = [])),
    responses((status = 200, description = "The account.", body = shape::User)),
))]
pub(crate) async fn read(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    json(&shape::User::from(caller.me(&app).await?.user))
}

/// Update my account
#[cfg_attr(feature = "openapi", utoipa::path(
    patch, path = "/auth/me", tag = "accounts", operation_id = "edit_me", security(("bearer" = [])),
    request_body(content = inline(doc::Profile)),
    responses(
        (status = 200, description = "The account as it is now.", body = shape::User),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn edit(State(app): State<App>, caller: Caller, Json(mut fields): Json) -> Result<Response, Problem> {
    let me = caller.me(&app).await?;
    let profile = body::profile(&mut fields)?;
    let user = app.store.edit_profile(&me.user, &profile).await?;
    json(&shape::User::from(user))
}

/// Change my password
///
/// Ends every session. This one goes on as another: the answer holds its token, to be used from now on. To a caller by
/// cookie it comes as a cookie, with 204. Too many wrong passwords end the session with 401.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/auth/password", tag = "accounts", operation_id = "change_password", security(("bearer" = [])),
    request_body(content = inline(doc::Password)),
    responses(
        (status = 200, description = "The password was changed, and every session ended but that of the new token.", body = shape::Token),
        (status = 204, description = "So it was for a caller by cookie, whose cookie is a new one."),
        (status = 403, description = "The current password is not right.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tries.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn change_password(
    State(app): State<App>,
    Extension(credential): Extension<Credential>,
    Extension(viewer): Extension<Viewer>,
    caller: Caller,
    Json(mut fields): Json,
) -> Result<Response, Problem> {
    let rate = app.accounts.password_rate(caller.0.user_id).await;
    let (me, seen) = caller.alongside(&app, app.store.look(rate.clone())).await?;
    let (current, new) = body::passwords(&mut fields, viewer.knows(&me.user.username))?;
    let who = (&me.user, &me.session);
    let signed_in = app.accounts.change_password(who, (rate, seen), &current, &new).await?;
    match credential {
        // A script in a page never sees the token.
        Credential::Cookie(_) => {
            let cookie = session_cookie(&app.config, &signed_in, app.world.now());
            Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
        }
        Credential::None | Credential::Bearer(_) | Credential::Bad => json(&shape::Token::of(signed_in)),
    }
}

/// Reset a password with a one-time link
///
/// An administrator makes the link. Ends every session; sign in afterwards.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/auth/reset", tag = "accounts", operation_id = "reset_password",
    request_body(content = inline(doc::Reset)),
    responses(
        (status = 204, description = "The password was set, and every session ended."),
        (status = 422, description = "A field is invalid, or the link has expired.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn reset_password(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    Json(mut fields): Json,
) -> Result<StatusCode, Problem> {
    let code = Code::from(fields.raw("code").to_owned());
    let user = app.accounts.password_reset(&code).await?;
    let new = body::new_password(&mut fields, viewer.knows(&user.username))?;
    app.accounts.reset_password(user, &code, &new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Export my data
///
/// Everything: the account, sessions, tasks and the trash, entries, and what happened to them. A page may be shorter than
/// its limit; only a missing `Link` means the end. What is changed while the pages are read may be missed.
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/auth/me/export", tag = "accounts", operation_id = "export_me", security(("bearer" = [])),
    params(
        ("limit" = Option<usize>, Query, description = "Records at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "A page of records.", body = Vec<shape::Exported>, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "The cursor is not of this list.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A query value is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn export(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let user = caller.0.user_id;
    let paging = Paging::read(&app, query, scope::export(user), &[]).await?;
    let (me, page) = caller.alongside(&app, app.store.export(user, &paging.place)).await?;
    paging.answer(&app, page, |record| shape::Exported::seen_from(record, me.session.id)).await
}

/// Delete my account
///
/// The account ends at once and its name is free again. Within minutes the tasks, texts and sessions are erased; what
/// remains for the team's sums names nobody.
#[cfg_attr(feature = "openapi", utoipa::path(
    delete, path = "/auth/me", tag = "accounts", operation_id = "leave", security(("bearer" = [])),
    request_body(content = inline(doc::Leaving)),
    responses(
        (status = 204, description = "The account is gone, and every token of it dead."),
        (status = 403, description = "The password is not right.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The last admin.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tries.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn leave(
    State(app): State<App>,
    caller: Caller,
    Json(mut fields): Json,
) -> Result<StatusCode, Problem> {
    let rate = app.accounts.password_rate(caller.0.user_id).await;
    let (me, seen) = caller.alongside(&app, app.store.look(rate.clone())).await?;
    let password = body::password(&mut fields)?;
    app.accounts.leave((&me.user, &me.session), (rate, seen), &password).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(feature = "openapi")]
mod doc {
    //! The bodies that are taken.

    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct Reset {
        code: String,
        #[schema(min_length = 8, max_length = 128, format = Password)]
        new_password: String,
    }

    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct Leaving {
        #[schema(format = Password)]
        password: String,
    }

    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct SignUp {
        #[schema(pattern = "^[A-Za-z0-9_.-]{3,32}$", example = "ada")]
        username: String,
        #[schema(min_length = 8, max_length = 128, format = Password)]
        password: String,
        /// An IANA name; UTC if unsaid.
        #[schema(required = false, example = "Europe/Berlin")]
        time_zone: String,
        /// The code of an invite, where the instance asks for one.
        #[schema(required = false)]
        invite: String,
    }

    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct Profile {
        #[schema(required = false, example = "Europe/Berlin")]
        time_zone: String,
        #[schema(required = false, minimum = 1, maximum = 1_440)]
        workday_minutes: i64,
        #[schema(required = false, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "18:00")]
        workday_ends: String,
    }

    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct Password {
        #[schema(format = Password)]
        current_password: String,
        #[schema(min_length = 8, max_length = 128, format = Password)]
        new_password: String,
    }
}
