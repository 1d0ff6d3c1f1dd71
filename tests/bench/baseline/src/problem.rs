//! Answers that are not what was asked for (RFC 9457).

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why there is nothing to answer with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("Sign in, and send the token that you get.")]
    NotSignedIn,
    #[error("This doesn't exist or you don't have access.")]
    NotFound,
    #[error("The task changed since you read it. Read it again, then retry.")]
    Stale,
    #[error("{0}")]
    Bad(&'static str),
    #[error("The body is not what it should be.")]
    Body(#[from] JsonRejection),
    #[error("Something went wrong on our side.")]
    Pool(#[from] deadpool_postgres::PoolError),
    #[error("Something went wrong on our side.")]
    Database(#[from] tokio_postgres::Error),
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::Bad(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Body(rejection) => rejection.status(),
            Self::Pool(_) | Self::Database(_) => {
                eprintln!("{self:?}");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let title = status.canonical_reason();
        let body =
            json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": self.to_string() });
        (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
    }
}
