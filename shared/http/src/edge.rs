//! What happens around every handler, in this order: request id, credential, whether the front sent it and no page
//! elsewhere, handler, panic net, problem or page, headers, log line.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use sprintsync_auth::{KeyRing, csrf};
use sprintsync_domain::{EventId, World};
use sprintsync_observe::{Invocation, Measured};

use crate::counting::Counting;
use crate::{Appearance, Config, Credential, Problem, Viewer, encode, repeat};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Which unsafe requests must show that a page of ours sent them. The others must only not show that a page elsewhere did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CrossSite {
    /// Those whose caller is known by cookie.
    ByCookie,
    /// All: where signing in, too, is a form.
    All,
}

/// How a problem is told: from the problem, the request's id, and how it was asked.
pub(crate) type Tell = fn(&Problem, &str, &Asked) -> Response;

/// What of a request matters for how a problem is told.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The path.
    pub path: String,
    /// The query, if any.
    pub query: Option<String>,
    /// Whether it was a safe one (RFC 9110, 9.2.1).
    pub safe: bool,
    /// Whether htmx sent it.
    pub htmx: bool,
    /// Whether a program asked: it wants JSON, shows a token in the header, or asks below an address of the API.
    pub program: bool,
    /// What the person chose for this browser.
    pub appearance: Option<Appearance>,
}

#[derive(Clone)]
pub(crate) struct Edge {
    pub(crate) service: &'static str,
    pub(crate) config: Arc<Config>,
    pub(crate) world: World,
    pub(crate) ring: Option<KeyRing>,
    pub(crate) cross_site: CrossSite,
    pub(crate) tell: Tell,
}

/// A request whose address could not be read; the handler is not reached.
#[derive(Clone)]
pub(crate) struct BadAddress;

/// The call that a request came by, and where it is counted.
#[derive(Clone)]
pub(crate) struct Invoked {
    pub(crate) invocation: Invocation,
    pub(crate) counting: Counting,
}

/// Whether htmx sent a request with these headers.
pub fn is_htmx(headers: &HeaderMap) -> bool {
    headers.get("hx-request").is_some_and(|value| value == "true")
}

/// The first parts of the addresses of the API. What none of its functions knows below them comes to the pages.
pub const API: [&str; 10] =
    ["tasks", "timer", "time", "auth", "ai", "stats", "audit", "health", "metrics", "openapi.json"];

/// Whether a program asks for this path with these headers.
fn is_program(headers: &HeaderMap, path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let kinds: Vec<String> = accepted
        .flat_map(|value| value.split(','))
        .map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .collect();
    let json = kinds.iter().any(|kind| kind == "application/json" || kind.ends_with("+json"));
    // A browser takes pages, whatever else it takes; only a program has an `Authorization`.
    let page = is_htmx(headers) || kinds.iter().any(|kind| kind == "text/html");
    API.contains(&first) || headers.contains_key(header::AUTHORIZATION) || (json && !page)
}

pub(crate) async fn edge(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let started = edge.world.now();
    let id = request_id(request.headers(), &edge.world);
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let gzip = encode::takes_gzip(request.headers());
    let asked = Asked {
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        safe: is_safe(&method),
        htmx: is_htmx(request.headers()),
        program: is_program(request.headers(), request.uri().path()),
        appearance: Appearance::of(request.headers()),
    };
    let invoked = request.extensions_mut().remove::<Invoked>();
    let credential = Credential::of(request.headers(), &edge.config);
    request.extensions_mut().insert(credential);
    let viewer = request.extensions().get::<Viewer>();
    let network = edge.ring.as_ref().zip(viewer).map(|(ring, viewer)| ring.network_mark(&viewer.source));
    let handling = async {
        let response = match admit(&edge, &request) {
            Ok(()) => match AssertUnwindSafe(run(request, next)).catch_unwind().await {
                Ok(response) => response,
                // It was logged where it happened.
                Err(_) => Problem::internal().into_response(),
            },
            Err(problem) => problem.into_response(),
        };
        let mut response = tell(&edge, response, &id, &asked);
        if gzip {
            response = encode::gzip(response).await;
        }
        response
    };
    let invocation = invoked.as_ref().map(|invoked| invoked.invocation.clone()).unwrap_or_default();
    let mut response = sprintsync_observe::in_request(edge.service, &id, &invocation, async {
        if let Some(mark) = network {
            sprintsync_observe::set_network(&mark);
        }
        let response = handling.await;
        let (usage, now) = (sprintsync_observe::usage(), edge.world.now());
        let (status, latency_ms) = (response.status().as_u16(), now.ms() - started.ms());
        tracing::info!(
            method = method.as_str(),
            path,
            status_code = status,
            latency_ms,
            table_calls = usage.calls,
            table_sequence = usage.sequence,
            read_units = usage.read_units,
            write_units = usage.write_units,
            "request"
        );
        let (at_ms, method_name) = (now.ms(), method.as_str());
        sprintsync_observe::measure(&Measured { at_ms, method: method_name, path: &path, status, latency_ms });
        if let Some(invoked) = &invoked {
            invoked.counting.add(&method, &path, status, latency_ms);
        }
        response
    })
    .await;
    finish(&mut response, &id);
    response
}

async fn run(request: Request, next: Next) -> Response {
    if is_safe(request.method()) {
        return next.run(request).await;
    }
    match repeat::note(request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn admit(edge: &Edge, request: &Request) -> Result<(), Problem> {
    if request.extensions().get::<BadAddress>().is_some() {
        return Err(Problem::unreadable("The URL has characters that must be escaped."));
    }
    let viewer = request.extensions().get::<Viewer>();
    if edge.config.only_through_front && !viewer.is_some_and(|viewer| viewer.through_front) {
        tracing::warn!("a request past the front was refused");
        return Err(Problem::forbidden("Use the address of this SprintSync. Its API has no other."));
    }
    // Where nothing is, nothing can happen: that it is not there is all that is said.
    if is_safe(request.method()) || request.extensions().get::<MatchedPath>().is_none() {
        return Ok(());
    }
    let by_cookie = matches!(request.extensions().get::<Credential>(), Some(Credential::Cookie(_)));
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let (site, origin) = (header("sec-fetch-site"), header("origin"));
    let own = viewer.map_or("", |viewer| viewer.origin.as_str());
    let admitted = match by_cookie || edge.cross_site == CrossSite::All {
        true => csrf::is_same_origin(site, origin, own),
        false => !csrf::is_from_elsewhere(site, origin, own),
    };
    if !admitted {
        tracing::warn!("a cross-site request was refused");
        return Err(Problem::forbidden("This request didn't come from a SprintSync page."));
    }
    Ok(())
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The caller's own request id if it is well formed, or a fresh one.
fn request_id(headers: &HeaderMap, world: &World) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|text| {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    });
    given.map_or_else(|| world.id::<EventId>().to_string(), str::to_owned)
}

/// Gives a problem its body.
fn tell(edge: &Edge, mut response: Response, id: &str, asked: &Asked) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    // The router and the extractors that are not ours answer in plain text, or not at all.
    let foreign =
        (status.is_client_error() || status.is_server_error()) && (kind.is_empty() || kind.starts_with(b"text/plain"));
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if foreign && status == StatusCode::NOT_FOUND => Problem::not_found(),
        None if foreign && status == StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(status, "This URL doesn't support that method.")
        }
        None if foreign => Problem::new(status, "This request can't be handled."),
        None => return response,
    };
    let mut told = (edge.tell)(&problem, id, asked);
    let headers = told.headers_mut();
    for (name, value) in response.headers() {
        if !headers.contains_key(name) && name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            headers.insert(name.clone(), value.clone());
        }
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    told
}

/// Tells a problem to a program.
pub fn tell_program(problem: &Problem, id: &str, _: &Asked) -> Response {
    let body = Body::from(problem.to_json(id).to_string());
    (problem.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

/// Headers of every answer (OWASP HTTP Headers Cheat Sheet). `no-referrer` would make browsers send `Origin: null` on
/// our own forms.
const HEADERS: [(HeaderName, &str); 8] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    (header::CACHE_CONTROL, "no-store"),
];

fn finish(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
}
