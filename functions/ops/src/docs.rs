//! The description of the REST API, for programs and for people.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use sprintsync_http::{Appearance, Problem};
use sprintsync_pages::answer::html;

/// The description of the REST API, made from the handlers by a test.
const OPENAPI: &str = include_str!("../openapi.json");

/// Read the OpenAPI document
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/openapi.json", tag = "operations", operation_id = "openapi",
    responses((status = 200, description = "This document.", body = Object, content_type = "application/json")),
))]
pub(crate) async fn openapi_json() -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))], OPENAPI)
        .into_response()
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs {
    scheme: Option<&'static str>,
}

/// Browse the API docs
///
/// A page, on which the routes can be tried too.
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/docs", tag = "operations", operation_id = "docs",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
))]
pub(crate) async fn docs(headers: HeaderMap) -> Result<Response, Problem> {
    html(&Docs { scheme: Appearance::of(&headers).map(Appearance::as_str) })
}
