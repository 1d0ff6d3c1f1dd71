//! What the edge does around every handler, seen as API Gateway sees it: events in, answers out.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use http::{HeaderName, HeaderValue};
use lambda_runtime::Context;
use serde_json::{Value, json};
use sprintsync_domain::{SignUpMode, Timestamp, World};
use sprintsync_http::{Base, Config, Function, Problem, Scheme};
use sprintsync_store::Store;

fn function() -> Function {
    let config = Config {
        table: String::new(),
        signing_secret: String::new(),
        origin_key: Some("the front's own".to_owned()),
        sign_up_mode: SignUpMode::Closed,
        limit_factor: 1,
        scheme: Scheme::Https,
        plain_cookie: false,
        only_through_front: false,
    };
    let clock = AtomicI64::new(1_000_000);
    let world = World::new(move || Timestamp::from_ms(clock.fetch_add(1, Ordering::Relaxed)), |bytes| bytes.fill(7));
    let router = Router::new()
        .route("/fine", get(async || "fine").post(async || "done"))
        .route("/panic", post(async || -> &'static str { panic!("secret innards") }))
        .route("/panic/{word}", post(async |Path(word): Path<String>| -> &'static str { panic!("secret {word}") }))
        .route("/plain", get(async || (http::StatusCode::BAD_REQUEST, "raw words")))
        .route("/problem", get(async || -> Result<(), Problem> { Err(Problem::too_many(90)) }));
    // Counts are written after a minute, and none of these tests takes as long.
    let nowhere = aws_sdk_dynamodb::Config::builder().behavior_version_latest().build();
    let store = Store::new(aws_sdk_dynamodb::Client::from_conf(nowhere), "none", world.clone());
    Function::json("test", router, Base { config: &config, store: &store, world: &world, ring: None })
}

struct Answer {
    status: u64,
    headers: Value,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(body["status"], json!(self.status));
        assert_eq!(body["request_id"], json!(self.header("x-request-id")));
        body
    }
}

async fn call(method: &str, path: &str, query: &str, headers: &[(&'static str, &'static str)]) -> Answer {
    let mut event = ApiGatewayV2httpRequest::default();
    event.request_context.http.method = method.parse().unwrap();
    event.request_context.domain_name = Some("api.example".to_owned());
    event.raw_path = Some(path.to_owned());
    event.raw_query_string = Some(query.to_owned());
    for (name, value) in headers {
        event.headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let answer = serde_json::to_value(function().call(event, Context::default()).await).unwrap();
    Answer {
        status: answer["statusCode"].as_u64().unwrap(),
        headers: answer["headers"].clone(),
        body: answer["body"].as_str().unwrap_or_default().to_owned(),
    }
}

#[tokio::test]
async fn a_panic_is_one_answer_of_500_that_tells_nothing() {
    let answer = call("POST", "/panic", "", &[]).await;
    assert_eq!(answer.status, 500);
    assert!(!answer.problem().to_string().contains("innards"));
    assert_eq!(call("GET", "/fine", "", &[]).await.status, 200);
}

#[tokio::test]
async fn a_panic_is_logged_with_where_it_happened_and_without_what_somebody_wrote() {
    static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    struct Keeper;
    impl Write for Keeper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            LINES.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    sprintsync_observe::init_to(|| Keeper);
    let kept = || String::from_utf8(LINES.lock().unwrap().clone()).unwrap();
    let lines_of = |id: &str| -> Vec<Value> {
        let all: Vec<Value> = kept().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        all.into_iter().filter(|line| line["request_id"] == id && line["level"] == "ERROR").collect()
    };
    for (id, path, text) in [
        ("literal", "/panic", "secret innards"),
        ("formatted", "/panic/hedgehog", "(put together at run time, so not logged)"),
    ] {
        let answer = call("POST", path, "", &[("x-request-id", id)]).await;
        assert_eq!(answer.status, 500);
        let lines = lines_of(id);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!((&lines[0]["message"], &lines[0]["panic"]), (&json!("a handler panicked"), &json!(text)));
        assert!(lines[0]["place"].as_str().is_some_and(|place| place.contains("tests/edge.rs:")), "{lines:?}");
        let frames = lines[0]["backtrace"].as_array().unwrap();
        assert!(frames.iter().any(|frame| frame.as_str().is_some_and(|frame| frame.contains("edge"))), "{frames:?}");
    }
    assert!(!kept().contains("hedgehog"), "{}", kept());
}

#[tokio::test]
async fn a_query_that_is_no_part_of_an_address_is_400() {
    for query in ["a=<b>", "a=\u{0}", "a=\"", "a=b c"] {
        let answer = call("GET", "/fine", query, &[]).await;
        assert_eq!(answer.status, 400, "{query}");
        answer.problem();
    }
}

#[tokio::test]
async fn odd_hosts_and_paths_break_nothing() {
    for host in ["[", "a b", "", "evil.example:99999999", "\u{7f}"] {
        let mut event = ApiGatewayV2httpRequest::default();
        event.request_context.domain_name = Some(host.to_owned());
        event.raw_path = Some("/a b/../%zz".to_owned());
        let answer = serde_json::to_value(function().call(event, Context::default()).await).unwrap();
        assert_eq!(answer["statusCode"], json!(404), "{host}");
    }
}

#[tokio::test]
async fn what_is_not_routed_is_a_problem_too() {
    assert_eq!(call("GET", "/nowhere", "", &[]).await.problem()["title"], json!("Not Found"));
    let plain = call("GET", "/plain", "", &[]).await;
    assert_eq!(plain.status, 400);
    assert!(!plain.problem().to_string().contains("raw words"));
    let answer = call("DELETE", "/fine", "", &[]).await;
    assert_eq!(answer.status, 405);
    answer.problem();
    assert!(answer.header("allow").contains("GET") && answer.header("allow").contains("POST"));
}

#[tokio::test]
async fn a_problem_says_when_to_come_back() {
    let answer = call("GET", "/problem", "", &[]).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "90"));
    answer.problem();
}

#[tokio::test]
async fn a_well_formed_request_id_is_kept_and_another_replaced() {
    let id = |answer: Answer| answer.header("x-request-id").to_owned();
    assert_eq!(id(call("GET", "/fine", "", &[("x-request-id", "abc-1_2.3")]).await), "abc-1_2.3");
    for bad in ["", "a b", "<script>", "a/b"] {
        let given = id(call("GET", "/fine", "", &[("x-request-id", bad)]).await);
        assert_eq!(given.len(), 36, "{bad}");
    }
}

#[tokio::test]
async fn a_cookie_acts_only_from_our_own_pages() {
    let cookie = ("cookie", "__Host-sprintsync=a.b.c");
    let post = async |headers: &[(&'static str, &'static str)]| call("POST", "/fine", "", headers).await.status;
    assert_eq!(post(&[cookie]).await, 403);
    assert_eq!(post(&[cookie, ("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(post(&[cookie, ("sec-fetch-site", "same-origin")]).await, 200);
    assert_eq!(post(&[cookie, ("origin", "https://api.example")]).await, 200);
    assert_eq!(post(&[cookie, ("origin", "https://api.example.evil")]).await, 403);
    assert_eq!(post(&[cookie, ("authorization", "Bearer t"), ("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(call("GET", "/fine", "", &[cookie, ("sec-fetch-site", "cross-site")]).await.status, 200);
    // The front's word for its host counts with its key alone.
    let fronted = [cookie, ("origin", "https://app.example"), ("x-viewer-host", "app.example")];
    assert_eq!(post(&fronted).await, 403);
    let proven = [&fronted[..], &[("x-origin-key", "the front's own")]].concat();
    assert_eq!(post(&proven).await, 200);
}

#[tokio::test]
async fn every_answer_is_locked_down() {
    for answer in [call("GET", "/fine", "", &[]).await, call("GET", "/nowhere", "", &[]).await] {
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("strict-transport-security").contains("max-age=63072000"));
        assert!(!answer.headers.to_string().contains("access-control"));
    }
}
