//! The Lambda Runtime API, as a function's process sees it (AWS Lambda developer guide, "Using the Lambda runtime API for
//! custom runtimes" and "Using the Lambda Extensions API").

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use crate::Failure;

/// How long a function may take to say anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Runtime API for one process of one function.
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    events: mpsc::UnboundedSender<Bytes>,
    asked: mpsc::UnboundedReceiver<Instant>,
    answers: mpsc::UnboundedReceiver<Answer>,
    serving: AbortHandle,
}

/// What a function said to an event.
pub(crate) struct Answer {
    /// When all of it was here.
    pub(crate) at: Instant,
    /// What it said; `None` where it said that it failed.
    pub(crate) body: Option<Bytes>,
}

struct Line {
    events: Mutex<mpsc::UnboundedReceiver<Bytes>>,
    asked: mpsc::UnboundedSender<Instant>,
    answers: mpsc::UnboundedSender<Answer>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (events, to_take) = mpsc::unbounded_channel();
        let (asked, asked_here) = mpsc::unbounded_channel();
        let (answers, answers_here) = mpsc::unbounded_channel();
        let line = Arc::new(Line { events: Mutex::new(to_take), asked, answers });
        let serving = tokio::spawn(serve(listener, line)).abort_handle();
        Ok(Self { address, events, asked: asked_here, answers: answers_here, serving })
    }

    /// What `AWS_LAMBDA_RUNTIME_API` says.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits until the function asks for an event.
    pub(crate) async fn asked(&mut self) -> Result<Instant, Failure> {
        let asked = timeout(PATIENCE, self.asked.recv()).await;
        asked.ok().flatten().ok_or_else(|| "the function did not ask for an event".into())
    }

    /// Hands the function an event, and waits for what it says.
    pub(crate) async fn call(&mut self, event: Bytes) -> Result<Answer, Failure> {
        self.events.send(event)?;
        let answer = timeout(PATIENCE, self.answers.recv()).await;
        answer.ok().flatten().ok_or_else(|| "the function did not answer".into())
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, line: Arc<Line>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let line = Arc::clone(&line);
        let service = service_fn(move |request| {
            let line = Arc::clone(&line);
            async move { Ok::<_, Infallible>(answer(request, &line).await) }
        });
        // A process that is ended leaves its connection broken, which is nobody's fault.
        connections.spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(request: Request<Incoming>, line: &Line) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    match path.rsplit('/').next() {
        Some("register") => {
            said(StatusCode::OK, &[("lambda-extension-identifier", "bench")], Bytes::from_static(b"{}"))
        }
        Some("next") if path.contains("/extension/") => std::future::pending().await,
        Some("next") => next(line).await,
        Some(end @ ("response" | "error")) => {
            let failed = end == "error";
            let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            if failed {
                eprintln!("{path}: {}", String::from_utf8_lossy(&body));
            }
            let _ = line.answers.send(Answer { at: Instant::now(), body: (!failed).then_some(body) });
            said(StatusCode::ACCEPTED, &[], Bytes::new())
        }
        _ => said(StatusCode::NOT_FOUND, &[], Bytes::new()),
    }
}

async fn next(line: &Line) -> Response<Full<Bytes>> {
    let _ = line.asked.send(Instant::now());
    let Some(event) = line.events.lock().await.recv().await else { return std::future::pending().await };
    let headers = [
        ("content-type", "application/json"),
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:bench"),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0"),
    ];
    said(StatusCode::OK, &headers, event)
}

fn said(status: StatusCode, headers: &[(&'static str, &'static str)], body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    for (name, value) in headers {
        response.headers_mut().insert(*name, http::HeaderValue::from_static(value));
    }
    response
}
