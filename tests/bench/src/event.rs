//! Requests, as an HTTP API hands them to a function (payload 2.0).

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

/// A request to one function.
#[derive(Clone, Default)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) token: Option<String>,
    pub(crate) body: Option<Body>,
}

/// What a request carries.
#[derive(Clone)]
pub(crate) enum Body {
    Json(Value),
    Form(String),
}

impl Call {
    pub(crate) fn get(path: impl Into<String>, token: Option<&str>) -> Self {
        Self { path: path.into(), token: token.map(str::to_owned), ..Self::default() }
    }

    pub(crate) fn post(path: impl Into<String>, token: Option<&str>, body: Value) -> Self {
        let body = Some(Body::Json(body));
        Self { method: Method::POST, path: path.into(), token: token.map(str::to_owned), body }
    }

    pub(crate) fn form(path: impl Into<String>, token: Option<&str>, body: &str) -> Self {
        let body = Some(Body::Form(body.to_owned()));
        Self { method: Method::POST, path: path.into(), token: token.map(str::to_owned), body }
    }

    /// The event. A page's session is a cookie, a program's a header.
    pub(crate) fn event(&self, for_people: bool) -> Bytes {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut headers = json!({
            "host": "bench.execute-api.us-east-1.amazonaws.com",
            "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36",
            "accept": if for_people { "text/html" } else { "application/json" },
            "accept-encoding": "gzip",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-proto": "https",
        });
        if for_people {
            headers["sec-fetch-site"] = json!("same-origin");
        }
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "bench",
                "domainName": "bench.execute-api.us-east-1.amazonaws.com",
                "domainPrefix": "bench",
                "http": {
                    "method": self.method.as_str(),
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "203.0.113.7",
                    "userAgent": "bench",
                },
                "requestId": "bench",
                "routeKey": "$default",
                "stage": "$default",
                "time": "01/Jan/2026:00:00:00 +0000",
                "timeEpoch": 1_767_225_600_000_i64,
            },
            "isBase64Encoded": false,
        });
        match &self.token {
            Some(token) if for_people => event["cookies"] = json!([format!("__Host-sprintsync={token}")]),
            Some(token) => headers["authorization"] = json!(format!("Bearer {token}")),
            None => {}
        }
        match &self.body {
            Some(Body::Json(body)) => {
                headers["content-type"] = json!("application/json");
                event["body"] = json!(body.to_string());
            }
            Some(Body::Form(body)) => {
                headers["content-type"] = json!("application/x-www-form-urlencoded");
                event["body"] = json!(body);
            }
            None => {}
        }
        event["headers"] = headers;
        Bytes::from(event.to_string())
    }
}
