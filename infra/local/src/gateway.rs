//! API Gateway on one machine: each HTTP request becomes the event that Lambda gets, the function of
//! its route answers, and its answer becomes HTTP again. Both cross as JSON text, as in the cloud.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::body::Incoming;
use lambda_http::Context;
use sprintsync_http::{Function, world};
use tokio::sync::Semaphore;

use crate::StartError;
use crate::event::{self, Facts, HEAD_LIMIT, LAMBDA_PAYLOAD_LIMIT};
use crate::serve::{Answer, answer, loopback_host, remove_hop_by_hop};

/// How long API Gateway waits for a function ("Quotas for HTTP APIs": 30 s at most).
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of a body that is too long is read for nothing, in bytes.
const DISCARD_LIMIT: usize = 64 * 1024 * 1024;

/// The route of everything that no other route takes.
pub const DEFAULT_ROUTE: Route = Route { path: "$default", family: Family::Web };

/// Every other route, as API Gateway writes it, for any method. The template of the cloud and the
/// routes of `cargo lambda watch` say the same.
pub const ROUTES: &[Route] = &[
    Route { path: "/auth", family: Family::Auth },
    Route { path: "/auth/{proxy+}", family: Family::Auth },
    Route { path: "/auth/users", family: Family::Admin },
    Route { path: "/auth/users/{proxy+}", family: Family::Admin },
    Route { path: "/auth/admin/{proxy+}", family: Family::Admin },
    Route { path: "/stats/{proxy+}", family: Family::Admin },
    Route { path: "/audit", family: Family::Admin },
    Route { path: "/ai/{proxy+}", family: Family::Ai },
    Route { path: "/web/ai/{proxy+}", family: Family::Ai },
    Route { path: "/tasks", family: Family::Tasks },
    Route { path: "/tasks/{proxy+}", family: Family::Tasks },
    Route { path: "/timer", family: Family::Tasks },
    Route { path: "/time", family: Family::Tasks },
    Route { path: "/health", family: Family::Ops },
    Route { path: "/metrics", family: Family::Ops },
    Route { path: "/docs", family: Family::Ops },
    Route { path: "/openapi.json", family: Family::Ops },
];

/// What hashes a password, which takes a core for some time: as many at once as there are cores.
const HASHING: [(Method, &str); 10] = [
    (Method::POST, "/auth/login"),
    (Method::POST, "/auth/signup"),
    (Method::POST, "/auth/password"),
    (Method::POST, "/auth/reset"),
    (Method::DELETE, "/auth/me"),
    (Method::POST, "/web/login"),
    (Method::POST, "/web/signup"),
    (Method::POST, "/web/account/password"),
    (Method::POST, "/web/reset"),
    (Method::POST, "/web/account/leave"),
];

/// One route of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The path in API Gateway's notation; `{proxy+}` stands for one segment or more.
    pub path: &'static str,
    /// The function that answers it.
    pub family: Family,
}

impl Route {
    fn key(self) -> String {
        if self == DEFAULT_ROUTE { self.path.to_owned() } else { format!("ANY {}", self.path) }
    }
}

/// A family of routes: one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Accounts, tokens and sessions.
    Auth,
    /// Tasks, entries and timers.
    Tasks,
    /// People, invites, statistics and the audit trail, for administrators.
    Admin,
    /// Suggestions.
    Ai,
    /// Health and the API's description.
    Ops,
    /// Pages, fragments and forms.
    Web,
}

impl Family {
    /// The function's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Tasks => "tasks",
            Self::Admin => "admin",
            Self::Ai => "ai",
            Self::Ops => "ops",
            Self::Web => "web",
        }
    }
}

/// The functions behind the routes.
pub(crate) struct Functions {
    pub(crate) auth: Function,
    pub(crate) tasks: Function,
    pub(crate) admin: Function,
    pub(crate) ai: Function,
    pub(crate) ops: Function,
    pub(crate) web: Function,
}

impl Functions {
    /// All of them.
    pub(crate) fn all(&self) -> Vec<Function> {
        let Self { auth, tasks, admin, ai, ops, web } = self;
        [auth, tasks, admin, ai, ops, web].map(Function::clone).into()
    }

    fn of(&self, family: Family) -> &Function {
        match family {
            Family::Auth => &self.auth,
            Family::Tasks => &self.tasks,
            Family::Admin => &self.admin,
            Family::Ai => &self.ai,
            Family::Ops => &self.ops,
            Family::Web => &self.web,
        }
    }
}

/// The API.
pub(crate) struct Gateway {
    router: matchit::Router<Route>,
    functions: Functions,
    /// A password's hash takes a core and 19 MiB for its time; a Lambda function has one request at a
    /// time and needs no such gate.
    hashing: Arc<Semaphore>,
}

impl Gateway {
    /// The API over `functions`.
    ///
    /// # Errors
    /// Two routes contradict each other.
    pub(crate) fn new(functions: Functions) -> Result<Self, StartError> {
        let mut router = matchit::Router::new();
        for route in ROUTES {
            router
                .insert(route.path.replace("{proxy+}", "{*proxy}"), *route)
                .map_err(|error| StartError::Routes(format!("{}: {error}", route.path)))?;
        }
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self { router, functions, hashing: Arc::new(Semaphore::new(cores)) })
    }

    /// Answers one request of a client at `peer`.
    pub(crate) async fn serve(&self, request: Request<Incoming>, peer: SocketAddr) -> Answer {
        let id = request_id();
        let is_head = request.method() == Method::HEAD;
        let (mut answer, answer_came_early) = match self.invoke(request, peer, &id).await {
            Ok(answer) => (answer, false),
            Err(refusal) => (refusal.answer(), true),
        };
        let headers = answer.headers_mut();
        if answer_came_early {
            // Of this connection there is still a body to come: no other request may follow on it (RFC 9112, 9.3).
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if !is_head {
            // The body at hand decides, as in the gateway itself.
            headers.remove(header::CONTENT_LENGTH);
        }
        if let Ok(id) = HeaderValue::from_str(&id) {
            headers.insert(HeaderName::from_static("apigw-requestid"), id);
        }
        answer
    }

    async fn invoke(&self, request: Request<Incoming>, peer: SocketAddr, id: &str) -> Result<Answer, Refusal> {
        let (mut head, body) = request.into_parts();
        loopback_host(&head.headers).ok_or(Refusal::FORBIDDEN)?;
        if event::head_length(&head) > HEAD_LIMIT {
            return Err(Refusal::HEAD_TOO_LARGE);
        }
        remove_hop_by_hop(&mut head.headers);
        let body = read(body).await?;
        let (route, event) = self.event(&head, &body, peer, id);
        if event.len() > LAMBDA_PAYLOAD_LIMIT {
            return Err(Refusal::BODY_TOO_LARGE);
        }
        let hashes = HASHING.iter().any(|(method, path)| *method == head.method && *path == head.uri.path());
        let answer = self.call(route.family, hashes, event, id).await?;
        let answer = event::answer(&answer).map_err(|error| {
            tracing::error!(%error, function = route.family.name(), "answered for the function");
            Refusal::INTERNAL
        })?;
        let mut response = Response::new(Either::Left(Full::new(answer.body)));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        remove_hop_by_hop(response.headers_mut());
        Ok(response)
    }

    fn event(&self, head: &Parts, body: &[u8], peer: SocketAddr, id: &str) -> (Route, String) {
        let path = event::raw_path(head.uri.path());
        let matched = self.router.at(&path).ok();
        let route = matched.as_ref().map_or(DEFAULT_ROUTE, |matched| *matched.value);
        let facts = Facts {
            route_key: &route.key(),
            proxy: matched.as_ref().and_then(|matched| matched.params.get("proxy")),
            source_ip: peer.ip().to_string(),
            request_id: id,
            time: jiff::Timestamp::now(),
        };
        (route, event::request(head, &path, body, &facts).to_string())
    }

    /// One invocation, in a task of its own: a client that goes away does not stop it, and a panic
    /// ends it alone.
    async fn call(&self, family: Family, hashes: bool, event: String, id: &str) -> Result<Vec<u8>, Refusal> {
        let permit = match hashes {
            true => Arc::clone(&self.hashing).acquire_owned().await.ok(),
            false => None,
        };
        let function = self.functions.of(family).clone();
        let context = context(family, id);
        let invocation = tokio::spawn(async move {
            let _permit = permit;
            let event = serde_json::from_str(&event)?;
            serde_json::to_vec(&function.call(event, context).await)
        });
        match tokio::time::timeout(INTEGRATION_TIMEOUT, invocation).await {
            Err(_) => Err(Refusal::TIMED_OUT),
            Ok(Ok(Ok(answer))) if answer.len() <= LAMBDA_PAYLOAD_LIMIT => Ok(answer),
            Ok(Ok(Ok(answer))) => {
                let bytes = answer.len();
                tracing::error!(bytes, function = family.name(), "the answer is too long for Lambda");
                Err(Refusal::INTERNAL)
            }
            Ok(Ok(Err(error))) => {
                tracing::error!(%error, function = family.name(), "the event or the answer is no JSON of the function's");
                Err(Refusal::INTERNAL)
            }
            Ok(Err(error)) => {
                tracing::error!(%error, function = family.name(), "the function died");
                Err(Refusal::INTERNAL)
            }
        }
    }
}

/// What Lambda would say of a call. The trace is one that nobody collects (X-Ray, "Tracing header").
fn context(family: Family, id: &str) -> Context {
    let mut context = Context::default();
    id.clone_into(&mut context.request_id);
    family.name().clone_into(&mut Arc::make_mut(&mut context.env_config).function_name);
    let seconds = jiff::Timestamp::now().as_second();
    let id = u128::from_be_bytes(world().random()) >> 32;
    context.xray_trace_id = Some(format!("Root=1-{seconds:08x}-{id:024x};Sampled=0"));
    context
}

async fn read(mut body: Incoming) -> Result<Bytes, Refusal> {
    match Limited::new(&mut body, LAMBDA_PAYLOAD_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            discard(body).await;
            Err(Refusal::BODY_TOO_LARGE)
        }
        Err(_) => Err(Refusal::BAD_REQUEST),
    }
}

/// Reads on without keeping anything, within reason: a client that still sends when the connection ends
/// sees a broken pipe, not its answer (RFC 9112, 9.6).
async fn discard(mut body: Incoming) {
    let mut left = DISCARD_LIMIT;
    while left > 0
        && let Some(Ok(frame)) = body.frame().await
    {
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
    }
}

/// An answer of the gateway's own, in the service's words.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    message: &'static str,
}

impl Refusal {
    const BAD_REQUEST: Self = Self::new(StatusCode::BAD_REQUEST, "Bad Request");
    const FORBIDDEN: Self = Self::new(StatusCode::FORBIDDEN, "Forbidden");
    const BODY_TOO_LARGE: Self = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    const HEAD_TOO_LARGE: Self =
        Self::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large");
    const INTERNAL: Self = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    const TIMED_OUT: Self = Self::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");

    const fn new(status: StatusCode, message: &'static str) -> Self {
        Self { status, message }
    }

    fn answer(&self) -> Answer {
        let body = serde_json::json!({ "message": self.message }).to_string();
        answer(self.status, "application/json", body)
    }
}

/// An id in the form of the service's own: fifteen characters and `=`.
fn request_id() -> String {
    let random = crate::secrets::random_text(15).unwrap_or_default();
    format!("{random}=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_known_to_the_router_once() {
        let mut router = matchit::Router::new();
        for route in ROUTES {
            router.insert(route.path.replace("{proxy+}", "{*proxy}"), *route).unwrap();
        }
        let family = |path: &str| router.at(path).map_or(DEFAULT_ROUTE, |found| *found.value).family;
        assert_eq!(family("/auth/login"), Family::Auth);
        assert_eq!(family("/tasks/1/time"), Family::Tasks);
        assert_eq!(family("/openapi.json"), Family::Ops);
        assert_eq!((family("/ai/suggest"), family("/web/ai/plan")), (Family::Ai, Family::Ai));
        for path in ["/", "/task/1", "/web/tasks", "/auth/", "/healthy", "/authority"] {
            assert_eq!(family(path), Family::Web, "{path}");
        }
    }
}
