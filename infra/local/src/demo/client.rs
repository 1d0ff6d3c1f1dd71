//! A small client of the API.

use bytes::Bytes;
use http::{Method, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::DemoError;

pub(super) struct Client {
    url: String,
    http: hyper_util::client::legacy::Client<HttpConnector, Full<Bytes>>,
}

impl Client {
    pub(super) fn new(url: &str) -> Self {
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http();
        Self { url: url.to_owned(), http }
    }

    /// Posts JSON (none for `null`) and returns the answer's JSON (`null` for none).
    pub(super) async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Result<Value, DemoError> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut request = Request::post(format!("{}{path}", self.url));
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(unreachable)?;
        let answer: Response<Incoming> = self.http.request(request).await.map_err(unreachable)?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(unreachable)?.to_bytes();
        if !status.is_success() {
            let detail = String::from_utf8_lossy(&body).into_owned();
            return Err(DemoError::Refused { method: Method::POST, path: path.to_owned(), status, detail });
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(unreachable)
    }
}

fn unreachable(error: impl std::error::Error) -> DemoError {
    DemoError::Unreachable(error.to_string())
}
