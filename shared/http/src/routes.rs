//! Routes: a family names each once; the router, the list that tests compare, and the OpenAPI paths come of it.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::Method;
use sprintsync_domain::Invalid;

use crate::query::pairs;
use crate::{FieldError, Problem};

/// Makes `routes()`, the router, and `ROUTES`, its paths and methods. Not of `pages`: behind a handler stands what its
/// query may hold, and anything else there is refused (`[any]` takes whatever comes); `QUERIES` lists that, and with the
/// feature `openapi`, `openapi()` is what the handlers say of themselves.
#[macro_export]
macro_rules! routes {
    (pages $state:ty; $($path:literal => { $($method:ident: $handler:path),+ $(,)? }),+ $(,)?) => {
        /// The routes of this family: path and method.
        pub const ROUTES: &[(&str, &str)] = &[$($(($path, stringify!($method))),+),+];

        fn routes() -> $crate::axum::Router<$state> {
            $crate::axum::Router::new()
                $(.route($path, $crate::axum::routing::MethodRouter::new()$(.$method($handler))+))+
        }
    };
    ($state:ty; $($path:literal => { $($method:ident: $handler:path $([$($name:ident),+])?),+ $(,)? }),+ $(,)?) => {
        /// The routes of this family: path and method.
        pub const ROUTES: &[(&str, &str)] = &[$($(($path, stringify!($method))),+),+];

        /// What the query of each route may hold: path, method, names.
        pub const QUERIES: $crate::Queries = &[$($(($path, stringify!($method), &[$($(stringify!($name)),+)?])),+),+];

        fn routes() -> $crate::axum::Router<$state> {
            $crate::axum::Router::new()
                $(.route($path, $crate::axum::routing::MethodRouter::new()$(.$method($handler))+))+
                .layer($crate::axum::middleware::from_fn_with_state(QUERIES, $crate::understood))
        }

        /// What the handlers of this family say of themselves.
        #[cfg(feature = "openapi")]
        pub fn openapi() -> utoipa::openapi::OpenApi {
            #[derive(utoipa::OpenApi)]
            #[openapi(paths($($($handler),+),+))]
            struct Family;
            <Family as utoipa::OpenApi>::openapi()
        }
    };
}

/// What the queries of a family's routes may hold: path, method in lower case, names.
pub type Queries = &'static [(&'static str, &'static str, &'static [&'static str])];

/// The one name that stands for all.
const ANY: &str = "any";

/// Refuses a query that holds what its route does not know, or the same name twice: a filter that is misspelt would
/// otherwise be answered with everything.
pub async fn understood(State(queries): State<Queries>, request: Request, next: Next) -> Response {
    match unknown(queries, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn unknown(queries: Queries, request: &Request) -> Result<(), Problem> {
    let Some(query) = request.uri().query().filter(|query| !query.is_empty()) else { return Ok(()) };
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let route = queries.iter().find(|(of, by, _)| Some(*of) == path && method.as_str().eq_ignore_ascii_case(by));
    // What takes that method nowhere is told so.
    let Some((_, _, taken)) = route.filter(|(_, _, taken)| *taken != [ANY]) else { return Ok(()) };
    let pairs = pairs(query).ok_or_else(|| Problem::unreadable("The query is not UTF-8."))?;
    let mut errors: Vec<FieldError> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in &pairs {
        let reason = match (taken.contains(&&**name), seen.contains(&&**name)) {
            (true, false) => None,
            (true, true) => Some("Send this parameter once."),
            (false, _) => Some("Unknown parameter."),
        };
        seen.push(name);
        if let Some(reason) = reason
            && !errors.iter().any(|error| error.field == *name)
        {
            errors.extend(Problem::field(name, &Invalid(reason.to_owned())).errors);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::fields(errors)) }
}
