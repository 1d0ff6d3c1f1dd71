//! Problems: the one form of every answer that is not what was asked for (RFC 9457).

use std::error::Error;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};
use sprintsync_domain::Invalid;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Its name.
    pub field: String,
    /// What to do about it, as a sentence.
    pub message: String,
}

/// A problem, as it will be told. How, in JSON or as a page, the edge of the function decides.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// What happened, for a person. Never holds internal text.
    pub detail: String,
    /// For 422: what is wrong with which field.
    pub errors: Vec<FieldError>,
    /// For 429 and 503: seconds to wait.
    pub retry_after: Option<i64>,
    /// What an OAuth2 client looks for (RFC 6749, 5.2).
    pub oauth_error: Option<&'static str>,
}

impl Problem {
    /// A problem with this status and explanation.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new(), retry_after: None, oauth_error: None }
    }

    /// 400: the request cannot be parsed.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 401: no live session is shown.
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Sign in first: send a bearer token or the session cookie.")
    }

    /// 403: the caller may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 403: the password must have been shown a short while ago.
    pub fn not_fresh() -> Self {
        Self::forbidden("Sign in again with POST /auth/login: this needs a session that is under 10 minutes old.")
    }

    /// 404: there is no such thing for this caller.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "This doesn't exist or you don't have access.")
    }

    /// 412: the task is of another version.
    pub fn stale() -> Self {
        let detail = "The task changed since you read it. Read it again, then retry.";
        Self::new(StatusCode::PRECONDITION_FAILED, detail)
    }

    /// 400: an OAuth2 client asks for another grant than the password's.
    pub fn unsupported_grant() -> Self {
        let detail = "This takes the grant type “password” only.";
        Self { oauth_error: Some("unsupported_grant_type"), ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }

    /// 422: these fields.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let all: Vec<_> = errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, all.join(" ")) }
    }

    /// 422: this field.
    pub fn field(name: &str, reason: &Invalid) -> Self {
        Self::fields(vec![FieldError { field: name.to_owned(), message: reason.to_string() }])
    }

    /// The same, explained in these words.
    #[must_use]
    pub fn saying(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// 500: our fault. The cause is logged, with where it was met; the caller is told the request id.
    pub fn fault(cause: &(dyn Error + 'static), what: &str) -> Self {
        tracing::error!(error = cause, backtrace = %sprintsync_observe::backtrace(), message = what);
        Self::internal()
    }

    /// 500: something is as it cannot be. It is logged, with where it was met.
    pub fn impossible(what: &str) -> Self {
        tracing::error!(backtrace = %sprintsync_observe::backtrace(), message = what);
        Self::internal()
    }

    /// 503: worth trying again. The cause is logged, with where it was met.
    pub fn busy(cause: &(dyn Error + 'static), what: &str) -> Self {
        tracing::error!(error = cause, backtrace = %sprintsync_observe::backtrace(), message = what);
        Self::unavailable()
    }

    /// 500, where the cause has been logged.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong. The error was logged.")
    }

    fn unavailable() -> Self {
        let detail = "Busy right now. Try again in a moment.";
        Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    /// 429: too many tries.
    pub fn too_many(retry_after: i64) -> Self {
        let detail = format!("Too many attempts. Try again in {}.", wait(retry_after));
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// 429: too much at once.
    pub fn too_fast(retry_after: i64) -> Self {
        let detail = format!("Too many changes in a minute. Try again in {}.", wait(retry_after));
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// Its title: the status's own words.
    pub fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }

    /// It as JSON, `application/problem+json`.
    pub fn to_json(&self, request_id: &str) -> Value {
        let mut body = json!({
            "type": "about:blank",
            "title": self.title(),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "request_id": request_id,
        });
        if let (Some(body), false) = (body.as_object_mut(), self.errors.is_empty()) {
            let errors = self.errors.iter().map(|error| json!({"field": error.field, "message": error.message}));
            body.insert("errors".to_owned(), errors.collect());
        }
        if let (Some(body), Some(error)) = (body.as_object_mut(), self.oauth_error) {
            body.insert("error".to_owned(), error.into());
        }
        body
    }
}

fn wait(seconds: i64) -> String {
    match seconds {
        ..=1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    }
}

impl IntoResponse for Problem {
    /// An empty answer that carries the problem; the edge gives it its body, since only the edge knows the request id
    /// and whether a program or a person is asking.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<sprintsync_store::Error> for Problem {
    fn from(error: sprintsync_store::Error) -> Self {
        use sprintsync_store::Error;
        match &error {
            Error::NotFound => Self::not_found(),
            Error::Stale { .. } => Self::stale(),
            Error::AlreadyDone => Self::new(StatusCode::CONFLICT, "A request with this key is already running."),
            Error::TimerRuns => Self::new(StatusCode::CONFLICT, "A timer is running. Stop it first."),
            Error::NoTimer => Self::new(StatusCode::CONFLICT, "No timer is running on this task."),
            Error::Reversed => Self::new(StatusCode::CONFLICT, "Entry already reversed."),
            Error::NameTaken => Self::new(StatusCode::CONFLICT, "This username is taken."),
            Error::LastAdmin => {
                let detail = "You're the only admin. Make someone else admin first.";
                Self::new(StatusCode::CONFLICT, detail)
            }
            Error::NoAssignee => Self::field("user_id", &Invalid("No active user has this id.".to_owned())),
            Error::BadInvite => Self::forbidden("This invite is invalid, used or expired."),
            Error::Busy(_) => Self::busy(&error, "the table is busy"),
            Error::Broken(_) | Error::Corrupt(_) => Self::fault(&error, "the table failed"),
        }
    }
}

impl From<sprintsync_auth::Error> for Problem {
    fn from(error: sprintsync_auth::Error) -> Self {
        use sprintsync_auth::Error;
        match error {
            Error::BadCredentials => Self::new(StatusCode::UNAUTHORIZED, "Wrong username or password."),
            Error::WrongPassword => Self::forbidden("Wrong current password."),
            Error::SessionEnded => {
                Self::new(StatusCode::UNAUTHORIZED, "Too many wrong passwords. You've been signed out; sign in again.")
            }
            Error::TooMany { retry_after } => Self::too_many(retry_after),
            Error::NotSignedIn => Self::not_signed_in(),
            Error::BadReset => {
                let reason = "This link has expired. Links work once, for 15 minutes.";
                Self::field("code", &Invalid(reason.to_owned()))
            }
            Error::GuessedEarly(reason) => Self::field("password", &reason),
            Error::SignUpClosed => Self::forbidden("Sign-up is off."),
            Error::InviteNeeded => Self::forbidden("Sign-up needs an invite."),
            Error::Store(error) => error.into(),
            Error::Crypto(_) => Self::fault(&error, "the cryptography failed"),
        }
    }
}
