//! A function: a family's router behind the edge, called with API Gateway's events.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use http::header::{HOST, HeaderName};
use lambda_http::Adapter;
use lambda_http::request::LambdaRequest;
use lambda_http::{Context, LambdaEvent};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use sprintsync_auth::KeyRing;
use sprintsync_domain::World;
use sprintsync_store::Store;
use tower::{Service, service_fn};

use crate::counting::Counting;
use crate::edge::{Asked, BadAddress, CrossSite, Edge, Invoked, edge, tell_program};
use crate::start::{Logged, logged};
use crate::{Config, Problem, Viewer};

/// What must not stand raw in a path; API Gateway hands over what a caller sent, and may have unescaped it.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'^')
    .add(b'|');

/// What every function stands on.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// Its configuration.
    pub config: &'a Config,
    /// The table that its requests are counted in.
    pub store: &'a Store,
    /// The clock and the randomness.
    pub world: &'a World,
    /// The keys, one of which marks the networks that requests come from. A function that starts without any marks none.
    pub ring: Option<&'a KeyRing>,
}

/// A function of the instance.
#[derive(Clone)]
pub struct Function {
    router: Router,
    pages: Option<Router>,
    config: Arc<Config>,
    counting: Counting,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}

impl Function {
    /// A function that tells problems to programs, in JSON. Cross-site requests are refused where the caller is known
    /// by cookie.
    pub fn json(service: &'static str, router: Router, base: Base<'_>) -> Self {
        Self::new(service, router, base, CrossSite::ByCookie, tell_program)
    }

    /// A function that tells problems to people, as `tell` does. Every cross-site form is refused.
    pub fn pages(
        service: &'static str,
        router: Router,
        base: Base<'_>,
        tell: fn(&Problem, &str, &Asked) -> Response,
    ) -> Self {
        Self::new(service, router, base, CrossSite::All, tell)
    }

    /// Both in one function: what is under `/web/` is for people.
    #[must_use]
    pub fn with_pages(self, pages: Self) -> Self {
        Self { pages: Some(pages.router), ..self }
    }

    fn new(
        service: &'static str,
        router: Router,
        Base { config, store, world, ring }: Base<'_>,
        cross_site: CrossSite,
        tell: fn(&Problem, &str, &Asked) -> Response,
    ) -> Self {
        let config = Arc::new(config.clone());
        let ring = ring.cloned();
        let state = Edge { service, config: Arc::clone(&config), world: world.clone(), ring, cross_site, tell };
        let counting = Counting::new(service, store, world);
        Self { router: router.layer(from_fn_with_state(state, edge)), pages: None, config, counting }
    }

    /// Does what no gateway called for, with a log line of what it fails with.
    pub(crate) async fn work<T, E: std::error::Error + 'static>(
        &self,
        context: &Context,
        working: impl Future<Output = Result<T, E>>,
        what: &str,
    ) -> Result<T, Logged> {
        let invocation = self.counting.invocation(context);
        logged(self.counting.service(), context, &invocation, working, what).await
    }

    /// Writes what was counted of requests and is not in the table yet: when the environment ends, or by a clock where
    /// there is one between requests.
    pub fn write_counts(&self) -> impl Future<Output = ()> + Send + use<> {
        self.counting.write_all()
    }

    /// Answers an event of an HTTP API (payload 2.0), as the Lambda runtime hands it over.
    pub async fn call(
        &self,
        mut event: ApiGatewayV2httpRequest,
        context: Context,
    ) -> impl Serialize + fmt::Debug + use<> {
        let viewer = Viewer::of(&event, &self.config);
        let readable = clean(&mut event);
        let for_people = event.raw_path.as_deref().is_some_and(|path| path.starts_with("/web/"));
        let (counting, invocation) = (self.counting.clone(), self.counting.invocation(&context));
        let router = self.pages.as_ref().filter(|_| for_people).unwrap_or(&self.router).clone();
        let service = service_fn(move |mut request: lambda_http::Request| {
            request.extensions_mut().insert(viewer.clone());
            request.extensions_mut().insert(Invoked { invocation: invocation.clone(), counting: counting.clone() });
            if !readable {
                request.extensions_mut().insert(BadAddress);
            }
            Service::<lambda_http::Request>::call(&mut router.clone(), request)
        });
        let event = LambdaEvent { payload: LambdaRequest::ApiGatewayV2(event), context };
        let writing = self.counting.write();
        // The adapter cannot go to another thread, so it must be gone before the wait.
        let answering = Adapter::from(service).call(event);
        let (answered, ()): (Result<_, Infallible>, _) = tokio::join!(answering, writing);
        let Ok(answer) = answered;
        answer
    }
}

/// Takes out of an event what lambda_http panics on: it builds a `Uri` of host, path and query. Says whether the query
/// could be kept.
fn clean(event: &mut ApiGatewayV2httpRequest) -> bool {
    event.headers.remove(HOST);
    event.headers.remove(HeaderName::from_static("x-forwarded-proto"));
    event.request_context.domain_name = None;
    let raw = event.raw_path.take().unwrap_or_default();
    let path = format!("/{}", raw.trim_start_matches('/'));
    event.raw_path = Some(utf8_percent_encode(&path, PATH).to_string());
    let query = event.raw_query_string.as_deref().unwrap_or_default();
    let readable = format!("/?{query}").parse::<http::Uri>().is_ok();
    if !readable {
        event.raw_query_string = None;
    }
    readable
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(path: &str, query: &str) -> (String, Option<String>) {
        let mut event = ApiGatewayV2httpRequest::default();
        event.raw_path = Some(path.to_owned());
        event.raw_query_string = Some(query.to_owned());
        clean(&mut event);
        let _: lambda_http::Request = LambdaRequest::ApiGatewayV2(event.clone()).into();
        (event.raw_path.unwrap_or_default(), event.raw_query_string)
    }

    #[test]
    fn no_address_breaks_the_conversion() {
        assert_eq!(cleaned("/tasks/", "a=1").0, "/tasks/");
        assert_eq!(cleaned("/", ""), ("/".to_owned(), Some(String::new())));
        assert_eq!(cleaned("", "").0, "/");
        assert_eq!(cleaned("//evil.example/", "").0, "/evil.example/");
        assert_eq!(cleaned("/a b\u{7f}?#<>\\^`{|}ü", "").0, "/a%20b%7F%3F%23%3C%3E%5C%5E%60%7B%7C%7D%C3%BC");
        assert_eq!(cleaned(":99999999", "").0, "/:99999999");
        assert_eq!(cleaned("/tasks", "a=<b>"), ("/tasks".to_owned(), None));
        assert_eq!(cleaned("/tasks", "a=ü\u{0}").1, None);
    }
}
