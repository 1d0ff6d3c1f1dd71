//! A small HTTP client: one call, one answer, and what every answer must be like.

use std::time::Duration;

use http::HeaderMap;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;

/// The API at one address.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    client: Client,
}

/// A call that is being put together.
#[derive(Debug)]
pub struct Call {
    request: RequestBuilder,
    what: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as it came.
    pub body: Vec<u8>,
    what: String,
}

impl Api {
    /// The API at this address.
    pub fn new(base: &str) -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Sooner than a server closes a connection that nobody uses: a call that meets that moment is lost.
            .pool_idle_timeout(Duration::from_secs(10))
            .user_agent("sprintsync-tests")
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client");
        Self { base: base.trim_end_matches('/').to_owned(), client }
    }

    /// The address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A call of `path`, which may carry a query.
    pub fn call(&self, method: &str, path: &str) -> Call {
        let parsed = method.parse().expect("a method");
        Call { request: self.client.request(parsed, format!("{}{path}", self.base)), what: format!("{method} {path}") }
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    /// `POST` of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).json(body).send()
    }
}

impl Call {
    /// With this token in the header.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With this token in the browser's cookie.
    #[must_use]
    pub fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("__Host-sprintsync={token}"))
    }

    /// As a page of ours would send it.
    #[must_use]
    pub fn same_origin(self) -> Self {
        self.header("sec-fetch-site", "same-origin")
    }

    /// With this header, beside others of the same name.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { request: self.request.header(name, value), what: self.what }
    }

    /// With a body of JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// With a body of this content type.
    #[must_use]
    pub fn body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let request = self.request.header("content-type", content_type).body(body.into());
        Self { request, what: self.what }
    }

    /// With a body that says nothing of its type.
    #[must_use]
    pub fn untyped(self, body: impl Into<Vec<u8>>) -> Self {
        Self { request: self.request.body(body.into()), what: self.what }
    }

    /// With the fields of a form.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        Self { request: self.request.form(fields), what: self.what }
    }

    /// Sends it.
    pub fn send(self) -> Answer {
        let what = self.what;
        let response = self.request.send().unwrap_or_else(|error| panic!("{what}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().unwrap_or_else(|error| panic!("{what}: {error:?}")).to_vec();
        Answer { status, headers, body, what }
    }
}

impl Answer {
    /// A header's value; nothing where it is not there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of text"))
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}: {}", self.what, self.shown()))
    }

    /// The request's id.
    pub fn request_id(&self) -> &str {
        self.header("x-request-id").unwrap_or_else(|| panic!("{}: no X-Request-Id ({})", self.what, self.shown()))
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.what, self.shown());
        if status >= 400 {
            self.check_problem();
        }
        self
    }

    /// The JSON of an answer, which must have this status.
    #[track_caller]
    pub fn ok(self, status: u16) -> Value {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{}", answer.what);
        answer.json()
    }

    /// The problem of an answer, which must have this status.
    #[track_caller]
    pub fn problem(self, status: u16) -> Value {
        assert!(status >= 400);
        self.expect(status).json()
    }

    /// The answer must be a 422 that names exactly these fields.
    #[track_caller]
    pub fn names(self, fields: &[&str]) -> Self {
        let answer = self.expect(422);
        let problem = answer.json();
        let mut named: Vec<&str> = problem["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("{}: no errors: {problem}", answer.what))
            .iter()
            .map(|error| error["field"].as_str().expect("a field"))
            .collect();
        let mut fields = fields.to_vec();
        named.sort_unstable();
        fields.sort_unstable();
        assert_eq!(named, fields, "{}: {problem}", answer.what);
        answer
    }

    /// The path in `Link` that leads to the next page, if there is one.
    pub fn next(&self) -> Option<String> {
        let link = self.header("link")?;
        let path = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\""));
        let path = path.unwrap_or_else(|| panic!("{}: an odd Link: {link}", self.what));
        assert!(path.starts_with('/') && !path.starts_with("//"), "{}: Link is not relative: {link}", self.what);
        Some(path.to_owned())
    }

    fn shown(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        format!("{} {:.600}", self.status, text)
    }

    /// The form of every problem (RFC 9457, and the contract).
    #[track_caller]
    fn check_problem(&self) {
        let shown = self.shown();
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}: {shown}", self.what);
        let problem = self.json();
        let mut keys: Vec<&str> = problem.as_object().expect("an object").keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys.retain(|key| *key != "errors");
        assert_eq!(keys, ["detail", "request_id", "status", "title", "type"], "{}: {shown}", self.what);
        assert_eq!(problem["status"], self.status, "{}: {shown}", self.what);
        for text in ["type", "title", "detail"] {
            assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{}: {shown}", self.what);
        }
        assert_eq!(problem["request_id"], self.request_id(), "{}: {shown}", self.what);
        if let Some(errors) = problem.get("errors") {
            assert_eq!(self.status, 422, "{}: {shown}", self.what);
            for error in errors.as_array().expect("a list of errors") {
                let error = error.as_object().expect("an error");
                assert_eq!(error.len(), 2, "{}: {shown}", self.what);
                assert!(error["field"].is_string() && error["message"].is_string(), "{}: {shown}", self.what);
            }
        }
        if self.status == 401 {
            assert_eq!(self.header("www-authenticate"), Some("Bearer"), "{}: {shown}", self.what);
        }
        if matches!(self.status, 429 | 503) {
            let seconds = self.header("retry-after").and_then(|text| text.parse::<u32>().ok());
            assert!(seconds.is_some_and(|seconds| seconds >= 1), "{}: {shown}", self.what);
        }
        if self.status == 405 {
            assert!(self.header("allow").is_some_and(|allow| !allow.is_empty()), "{}: {shown}", self.what);
        }
    }
}
