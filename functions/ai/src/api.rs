//! Suggestions over the REST API.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use http::StatusCode;
use sprintsync_ai::Ai;
use sprintsync_http::body::{self, Wanted};
#[cfg(feature = "openapi")]
use sprintsync_http::shape;
use sprintsync_http::shape::Suggestion;
use sprintsync_http::{Answer, App, Caller, Json, Problem, Repeat, routes as family};

use crate::suggest;

family! {
    App;
    "/ai/suggest" => { post: suggest },
}

pub(crate) fn router() -> Router<App> {
    routes()
}

/// Suggest a description or a plan of the day
///
/// A plan is worked out from the caller's open tasks and the hours left today; a model, where one is set up, only words
/// it. Each plan is kept as the plan of the day.
#[cfg_attr(feature = "openapi", utoipa::path(
    post, path = "/ai/suggest", tag = "suggestions", operation_id = "suggest", security(("bearer" = [])),
    request_body(content = inline(doc::Wanted)),
    responses(
        (status = 200, description = "The suggestion, by a model or without one.", body = shape::Suggestion),
        (status = 409, description = "The same request is still running under its idempotency key.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is invalid.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Far more suggestions than an hour allows.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
async fn suggest(
    State(app): State<App>,
    Extension(model): Extension<Ai>,
    caller: Caller,
    repeat: Repeat,
    Json(fields): Json,
) -> Result<Response, Problem> {
    let answer = |suggestion: &Suggestion| Answer::json(StatusCode::OK, suggestion);
    match body::wanted(fields)? {
        Wanted::Draft(title) => {
            let made = suggest::draft(&app, &model, caller, &repeat, &title, answer).await?;
            Ok(made.map_or_else(|before| before, |(_, answer)| answer.into_response()))
        }
        Wanted::Plan => {
            let made = suggest::plan(&app, &model, caller, &repeat, answer).await?;
            Ok(made.map_or_else(|before| before, |(_, answer)| answer.into_response()))
        }
    }
}

#[cfg(feature = "openapi")]
#[expect(dead_code, reason = "only described")]
mod doc {
    use utoipa::PartialSchema;
    use utoipa::openapi::{OneOfBuilder, RefOr, Schema};

    /// What is wanted: one or the other, each with its own fields.
    pub(super) struct Wanted;

    impl PartialSchema for Wanted {
        fn schema() -> RefOr<Schema> {
            OneOfBuilder::new().item(Draft::schema()).item(Plan::schema()).into()
        }
    }

    impl utoipa::ToSchema for Wanted {}

    /// A description for a task.
    #[derive(utoipa::ToSchema)]
    struct Draft {
        #[schema(pattern = "^draft$")]
        mode: String,
        /// The title to draft a description for.
        title: String,
    }

    /// The plan of the caller's day.
    #[derive(utoipa::ToSchema)]
    struct Plan {
        #[schema(pattern = "^plan$")]
        mode: String,
    }
}
