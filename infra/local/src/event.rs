//! The JSON that API Gateway puts between HTTP and a Lambda function: payload format 2.0 of an HTTP
//! API, both ways.
//!
//! The shape follows "Create AWS Lambda proxy integrations for HTTP APIs" of the API Gateway
//! developer guide. What it leaves open follows what the service was seen to do: `rawPath` and path
//! parameters arrive percent-decoded (the path cut at a decoded `?`), `rawQueryString` as sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

/// The longest event or answer that Lambda takes, in bytes ("Lambda quotas": 6 MB, synchronous).
pub(crate) const LAMBDA_PAYLOAD_LIMIT: usize = 6_291_556;
/// The longest request line and header values together, in bytes ("Quotas for HTTP APIs").
pub(crate) const HEAD_LIMIT: usize = 10_240;

/// What the event says beside the request itself.
pub(crate) struct Facts<'a> {
    /// The route that matched: `ANY /tasks/{proxy+}` or `$default`.
    pub(crate) route_key: &'a str,
    /// What its `{proxy+}` stood for, decoded.
    pub(crate) proxy: Option<&'a str>,
    /// The address of the client.
    pub(crate) source_ip: String,
    /// The gateway's own id of this request.
    pub(crate) request_id: &'a str,
    /// When the request arrived.
    pub(crate) time: jiff::Timestamp,
}

/// The length of the request line and the header values as API Gateway counts it against
/// [`HEAD_LIMIT`].
pub(crate) fn head_length(request: &Parts) -> usize {
    let target = request.uri.path_and_query().map_or(0, |t| t.as_str().len());
    let line = request.method.as_str().len() + " ".len() + target + " HTTP/1.1".len();
    line + request.headers.values().map(HeaderValue::len).sum::<usize>()
}

/// The path that a route is chosen by, and that the function gets.
pub(crate) fn raw_path(path: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    match decoded.split_once('?') {
        Some((before, _)) => before.to_owned(),
        None => decoded.into_owned(),
    }
}

/// The event of a request.
pub(crate) fn request(request: &Parts, path: &str, body: &[u8], facts: &Facts<'_>) -> Value {
    let query = request.uri.query().unwrap_or_default();
    let host = text(request.headers.get(header::HOST));
    let mut event = Map::new();
    let mut put = |name: &str, value: Value| event.insert(name.to_owned(), value);
    put("version", json!("2.0"));
    put("routeKey", json!(facts.route_key));
    put("rawPath", json!(path));
    put("rawQueryString", json!(query));
    let cookies = cookies(&request.headers);
    if !cookies.is_empty() {
        put("cookies", json!(cookies));
    }
    put("headers", headers(&request.headers, facts, body.len()));
    if !query.is_empty() {
        put("queryStringParameters", query_parameters(query));
    }
    if let Some(proxy) = facts.proxy {
        put("pathParameters", json!({ "proxy": proxy }));
    }
    put(
        "requestContext",
        json!({
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.split(['.', ':']).next(),
            "http": {
                "method": request.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": facts.source_ip,
                "userAgent": text(request.headers.get(header::USER_AGENT)),
            },
            "requestId": facts.request_id,
            "routeKey": facts.route_key,
            "stage": "$default",
            "time": facts.time.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": facts.time.as_millisecond(),
        }),
    );
    let (body, is_base64) = encode_body(&request.headers, body);
    if let Some(body) = body {
        put("body", json!(body));
    }
    put("isBase64Encoded", json!(is_base64));
    Value::Object(event)
}

/// A function's answer as API Gateway reads it.
#[derive(Debug, PartialEq)]
pub(crate) struct FunctionAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why API Gateway would answer 500 in a function's place.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the function's answer is not one of payload format 2.0: {0}")]
pub(crate) struct MalformedAnswer(&'static str);

/// Reads a function's answer.
///
/// # Errors
/// [`MalformedAnswer`] for what API Gateway would refuse.
pub(crate) fn answer(json: &[u8]) -> Result<FunctionAnswer, MalformedAnswer> {
    let answer: Value = serde_json::from_slice(json).map_err(|_| MalformedAnswer("no JSON"))?;
    let status = answer
        .get("statusCode")
        .and_then(Value::as_u64)
        .and_then(|code| u16::try_from(code).ok())
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or(MalformedAnswer("statusCode"))?;
    let mut headers = HeaderMap::new();
    for (name, value) in members(&answer, "headers") {
        let (Ok(name), Some(Ok(value))) = (name.parse::<HeaderName>(), value.as_str().map(HeaderValue::from_str))
        else {
            return Err(MalformedAnswer("headers"));
        };
        headers.insert(name, value);
    }
    for cookie in answer.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        let cookie = cookie.as_str().and_then(|c| HeaderValue::from_str(c).ok());
        headers.append(header::SET_COOKIE, cookie.ok_or(MalformedAnswer("cookies"))?);
    }
    let body = match answer.get("body") {
        None | Some(Value::Null) => Bytes::new(),
        Some(Value::String(body)) if answer.get("isBase64Encoded") == Some(&Value::Bool(true)) => {
            let bytes = STANDARD.decode(body).map_err(|_| MalformedAnswer("body"))?;
            bytes.into()
        }
        Some(Value::String(body)) => body.clone().into(),
        Some(_) => return Err(MalformedAnswer("body")),
    };
    Ok(FunctionAnswer { status, headers, body })
}

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.get(name).and_then(Value::as_object).into_iter().flatten()
}

/// Header values as text; bytes that are no UTF-8 become U+FFFD, for JSON has no other bytes.
fn text(value: Option<&HeaderValue>) -> String {
    value.map_or_else(String::new, |v| String::from_utf8_lossy(v.as_bytes()).into_owned())
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| {
            let value = text(Some(value));
            value.split(';').map(|c| c.trim().to_owned()).collect::<Vec<_>>()
        })
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

fn headers(headers: &HeaderMap, facts: &Facts<'_>, length: usize) -> Value {
    let mut all = Map::new();
    for name in headers.keys().filter(|name| *name != header::COOKIE) {
        let values: Vec<String> = headers.get_all(name).iter().map(|v| text(Some(v))).collect();
        all.insert(name.as_str().to_owned(), json!(values.join(",")));
    }
    let forwarded = match all.get("x-forwarded-for").and_then(Value::as_str) {
        Some(before) => format!("{before}, {}", facts.source_ip),
        None => facts.source_ip.clone(),
    };
    all.insert("x-forwarded-for".to_owned(), json!(forwarded));
    all.insert("x-forwarded-proto".to_owned(), json!("https"));
    all.insert("x-forwarded-port".to_owned(), json!("443"));
    all.insert("content-length".to_owned(), json!(length.to_string()));
    Value::Object(all)
}

fn query_parameters(query: &str) -> Value {
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let joined = match parameters.get(name.as_ref()).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value.into_owned(),
        };
        parameters.insert(name.into_owned(), json!(joined));
    }
    Value::Object(parameters)
}

/// Text where the content type says text and the bytes are; base64 for everything else, form posts
/// included.
fn encode_body(headers: &HeaderMap, body: &[u8]) -> (Option<String>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    let content_type = text(headers.get(header::CONTENT_TYPE)).to_ascii_lowercase();
    let is_text = content_type.is_empty()
        || content_type.starts_with("text/")
        || content_type.starts_with("application/json")
        || content_type.starts_with("application/javascript")
        || content_type.starts_with("application/xml");
    match std::str::from_utf8(body) {
        Ok(body) if is_text => (Some(body.to_owned()), false),
        _ => (Some(STANDARD.encode(body)), true),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut builder = Request::get(uri);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(()).unwrap().into_parts().0
    }

    fn event(request: &Parts, body: &[u8]) -> Value {
        let facts = Facts {
            route_key: "ANY /tasks/{proxy+}",
            proxy: Some("a b"),
            source_ip: "127.0.0.1".to_owned(),
            request_id: "id",
            time: jiff::Timestamp::UNIX_EPOCH,
        };
        super::request(request, &raw_path(request.uri.path()), body, &facts)
    }

    #[test]
    fn it_has_the_shape_of_payload_format_2() {
        let event = event(&parts("/tasks/a%20b?x=1", &[("host", "localhost:8080"), ("user-agent", "curl")]), b"");
        assert_eq!(
            event,
            json!({
                "version": "2.0",
                "routeKey": "ANY /tasks/{proxy+}",
                "rawPath": "/tasks/a b",
                "rawQueryString": "x=1",
                "headers": {
                    "host": "localhost:8080", "user-agent": "curl", "content-length": "0",
                    "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https",
                    "x-forwarded-port": "443",
                },
                "queryStringParameters": { "x": "1" },
                "pathParameters": { "proxy": "a b" },
                "requestContext": {
                    "accountId": "123456789012", "apiId": "local",
                    "domainName": "localhost:8080", "domainPrefix": "localhost",
                    "http": {
                        "method": "GET", "path": "/tasks/a b", "protocol": "HTTP/1.1",
                        "sourceIp": "127.0.0.1", "userAgent": "curl",
                    },
                    "requestId": "id", "routeKey": "ANY /tasks/{proxy+}", "stage": "$default",
                    "time": "01/Jan/1970:00:00:00 +0000", "timeEpoch": 0,
                },
                "isBase64Encoded": false,
            })
        );
    }

    #[test]
    fn cookies_leave_the_headers() {
        let event = event(&parts("/", &[("cookie", "a=1; b=2"), ("cookie", "c=\"x y\"")]), b"");
        assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=\"x y\""]));
        assert_eq!(event["headers"].get("cookie"), None);
    }

    #[test]
    fn repeated_headers_and_query_keys_are_joined() {
        let request = parts("/?a=1&b=x%20y&a=2%2C3&a&q=a+b", &[("accept", "a"), ("accept", "b;q=1")]);
        let event = event(&request, b"");
        assert_eq!(event["headers"]["accept"], "a,b;q=1");
        assert_eq!(event["queryStringParameters"], json!({ "a": "1,2,3,", "b": "x y", "q": "a b" }));
        assert_eq!(event["rawQueryString"], "a=1&b=x%20y&a=2%2C3&a&q=a+b");
    }

    #[test]
    fn escapes_of_a_path_are_decoded_once() {
        assert_eq!(raw_path("/a%2525/%c3%A9%2F"), "/a%25/é/");
        assert_eq!(raw_path("/100%/%zz%4"), "/100%/%zz%4");
        assert_eq!(raw_path("/a%3Fb=1"), "/a");
        assert_eq!(raw_path("/%ff"), "/\u{fffd}");
    }

    #[test]
    fn text_stays_text_and_everything_else_is_base64() {
        let body = |content_type: &[(&str, &str)], bytes: &[u8]| {
            let event = event(&parts("/", content_type), bytes);
            (event["body"].as_str().map(str::to_owned), event["isBase64Encoded"] == true)
        };
        let plain = (Some("a=1".to_owned()), false);
        let encoded = (Some("YT0x".to_owned()), true);
        for text in ["text/plain", "application/json; charset=utf-8", "Application/JSON", "application/xml"] {
            assert_eq!(body(&[("content-type", text)], b"a=1"), plain, "{text}");
        }
        assert_eq!(body(&[], b"a=1"), plain);
        for binary in ["application/x-www-form-urlencoded", "application/merge-patch+json", "image/png"] {
            assert_eq!(body(&[("content-type", binary)], b"a=1"), encoded, "{binary}");
        }
        assert!(body(&[("content-type", "application/json")], b"\xff").1);
        assert_eq!(body(&[("content-type", "image/png")], b""), (None, false));
    }

    #[test]
    fn the_head_is_its_line_and_its_values() {
        assert_eq!(head_length(&parts("/ab?c", &[("x-long-name", "12345")])), 18 + 5);
    }

    #[test]
    fn answers_are_read_as_the_gateway_reads_them() {
        let answer = answer(
            br#"{"statusCode":201,"headers":{"content-type":"image/png"},"multiValueHeaders":{},
                "body":"AAE=","isBase64Encoded":true,"cookies":["a=1; Path=/","b=2"]}"#,
        )
        .unwrap();
        assert_eq!(answer.status, 201);
        assert_eq!(answer.body.as_ref(), [0, 1]);
        let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1; Path=/", "b=2"]);
    }

    #[test]
    fn answers_of_another_shape_are_refused() {
        for bad in [
            "[]",
            "",
            r#"{"statusCode":"200"}"#,
            r#"{"statusCode":99}"#,
            r#"{"statusCode":200,"body":{}}"#,
            r#"{"statusCode":200,"body":"*","isBase64Encoded":true}"#,
            r#"{"statusCode":200,"headers":{"a":"x\ny"}}"#,
            r#"{"statusCode":200,"cookies":[1]}"#,
        ] {
            assert!(super::answer(bad.as_bytes()).is_err(), "{bad}");
        }
        assert_eq!(super::answer(br#"{"statusCode":204}"#).unwrap().body.len(), 0);
    }
}
