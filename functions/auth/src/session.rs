//! Signing in and out.

use axum::Extension;
use axum::extract::{FromRequest, Request, State};
use axum::response::Response;
use http::StatusCode;
use sprintsync_auth::{Keeper, SigningIn};
use sprintsync_domain::SessionId;
use sprintsync_http::{App, Caller, Fields, Form, Id, Json, Paging, Problem, Query, Viewer, body, json, scope, shape};

/// The fields of a sign-in: JSON, or an OAuth2 password form (RFC 6749, 4.3.2).
pub(crate) struct Credentials(Fields);

impl FromRequest<App> for Credentials {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if !Form::is_in(&request) {
            return Json::from_request(request, app).await.map(|Json(fields)| Self(fields));
        }
        let Form(mut fields) = Form::from_request(request, app).await?;
        // Without a value it is as good as not sent (RFC 6749, 3.2).
        if !["", "password"].contains(&fields.raw("grant_type")) {
            return Err(Problem::unsupported_grant());
        }
        fields.ignore(&["grant_type", "scope", "client_id", "client_secret"]);
        Ok(Self(fields))
    }
}

/// Sign in
///
/// Gives a token for the `Authorization` header, good for a day. Sets no cookie.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/auth/login", tag = "sessions", operation_id = "sign_in",
    request_body(content(
        (inline(doc::Credentials) = "application/json"),
        (inline(doc::PasswordGrant) = "application/x-www-form-urlencoded"),
    )),
    responses(
        (status = 200, description = "A session began.", body = shape::Token),
        (status = 400, description = "Not readable, or a form that asks for another grant than `password`.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Wrong, unknown or disabled: the same answer.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed sign-ins.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    Credentials(mut fields): Credentials,
) -> Result<Response, Problem> {
    let (username, password) = body::credentials(&mut fields)?;
    let from =
        SigningIn { source: &viewer.source, origin: &viewer.origin, keeper: Keeper::Program, over: None, device: None };
    json(&shape::Token::of(app.accounts.sign_in(&username, &password, from).await?))
}

/// Sign out
///
/// Ends the session of this token, everywhere and at once.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/auth/logout", tag = "sessions", operation_id = "sign_out", security(("bearer" = [])),
    responses((status = 204, description = "The session ended.")),
))]
pub(crate) async fn sign_out(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    let me = caller.me(&app).await?;
    match app.store.end_session(&me.user, me.session.id).await {
        // Ended from elsewhere in this very moment: what was asked for is so.
        Ok(()) | Err(sprintsync_store::Error::NotFound) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(error.into()),
    }
}

/// List my sessions
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/auth/sessions", tag = "sessions", operation_id = "list_sessions", security(("bearer" = [])),
    params(
        ("limit" = Option<usize>, Query, description = "Sessions at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "A page of the sessions that are alive, newest first.", body = Vec<shape::Session>, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "The cursor is not of this list.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A query value is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let user = caller.0.user_id;
    let paging = Paging::read(&app, query, scope::sessions(user), &[]).await?;
    let (me, mut page) = caller.alongside(&app, app.store.sessions(user, &paging.place)).await?;
    page.items.retain(|session| session.is_alive(&me.user, app.world.now()));
    paging.answer(&app, page, |session| shape::Session::seen_from(session, me.session.id)).await
}

/// End one of my sessions
#[cfg_attr(feature = "openapi", utoipa::path(
    delete, path = "/auth/sessions/{id}", tag = "sessions", operation_id = "end_session", security(("bearer" = [])),
    params(("id" = String, Path, description = "The session's id")),
    responses(
        (status = 204, description = "The session ended."),
        (status = 404, description = "No such session.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn end(State(app): State<App>, caller: Caller, Id(id): Id<SessionId>) -> Result<StatusCode, Problem> {
    let me = caller.me(&app).await?;
    app.store.end_session(&me.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(feature = "openapi")]
mod doc {
    //! What is taken and given.

    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct Credentials {
        username: String,
        #[schema(format = Password)]
        password: String,
    }

    /// An OAuth2 password form (RFC 6749, 4.3.2). What else its clients send is ignored.
    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "read by the description only")]
    pub(crate) struct PasswordGrant {
        #[schema(required = false, pattern = "^(password)?$")]
        grant_type: String,
        username: String,
        #[schema(format = Password)]
        password: String,
        #[schema(required = false)]
        scope: String,
        #[schema(required = false)]
        client_id: String,
        #[schema(required = false, format = Password)]
        client_secret: String,
    }
}
