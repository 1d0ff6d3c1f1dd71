//! Programs: what they are told where nothing is, and bodies as real clients send them.

use std::collections::BTreeSet;

use serde_json::json;
use tests::{Person, api};

const UNKNOWN: [&str; 4] = ["/nowhere", "/v1/tasks", "/web/nowhere", "/task"];

#[test]
fn a_program_is_told_problems_as_json_wherever_it_asks() {
    let person = Person::new();
    for path in UNKNOWN {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let call = || api().call(method, path);
            call().header("accept", "application/json").send().problem(404);
            call().header("accept", "application/problem+json, */*;q=0.1").send().problem(404);
            call().bearer(&person.token).send().problem(404);
            call().bearer("bad").send().problem(404);
        }
        // A browser gets a page, also one that takes JSON besides.
        for accept in ["text/html", "text/html,application/json;q=0.9,*/*;q=0.8", "*/*"] {
            let answer = api().call("GET", path).header("accept", accept).send();
            assert_eq!(answer.status, 404);
            assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{path} {accept}");
        }
    }
    api().call("GET", "/dashboard").header("accept", "application/json").send().problem(401);
}

#[test]
fn below_an_address_of_the_api_everybody_is_told_as_a_program() {
    let families = [auth::ROUTES, admin::ROUTES, tasks::ROUTES, ai::ROUTES, ops::ROUTES].concat();
    let firsts: BTreeSet<&str> = families.iter().filter_map(|(path, _)| path.split('/').nth(1)).collect();
    for first in firsts.into_iter().filter(|first| *first != "docs") {
        for path in [format!("/{first}/x"), format!("/{first}/x/y/z/a/b")] {
            for method in ["GET", "POST"] {
                let answer = api().call(method, &path).send();
                assert!([401, 403, 404, 405].contains(&answer.status), "{method} {path}: {}", answer.status);
                assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{method} {path}");
            }
        }
    }
    for path in ["/timer/x", "/ai", "/stats", "/time/x"] {
        api().get(path).problem(404);
    }
}

#[test]
fn a_mark_of_the_byte_order_before_json_is_skipped() {
    let person = Person::new();
    let send = |body: &str| person.call("POST", "/tasks").body("application/json", body.to_owned()).send();
    assert_eq!(send("\u{feff}{\"title\": \"Marked\"}").ok(201)["title"], "Marked");
    for body in ["\u{feff}\u{feff}{\"title\": \"x\"}", "{\u{feff}\"title\": \"x\"}", "\u{feff}"] {
        send(body).problem(400);
    }
}

#[test]
fn a_body_that_is_coded_is_refused_and_the_answer_says_why() {
    let person = Person::new();
    let send = |coding: &str| {
        let call = person.call("POST", "/tasks").header("content-encoding", coding);
        call.json(&json!({"title": "x"})).send()
    };
    for coding in ["gzip", "br", "zstd", "identity, gzip", "x"] {
        let problem = send(coding).problem(415);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("Content-Encoding")), "{problem}");
    }
    send("identity").ok(201);
    let form = api().call("POST", "/web/login").same_origin().header("content-encoding", "gzip");
    assert_eq!(form.form(&[("username", "x"), ("password", "y")]).send().status, 415);
}

#[test]
fn every_422_names_what_is_wrong() {
    let person = Person::new();
    for body in ["[]", "5", "null", "\"x\"", "true"] {
        person.call("POST", "/tasks").body("application/json", body.to_owned()).send().names(&["body"]);
    }
    let send = |title: &str| {
        let call = person.call("POST", "/tasks").header("idempotency-key", "one");
        call.json(&json!({"title": title})).send()
    };
    send("x").ok(201);
    send("y").names(&["idempotency-key"]);
}
