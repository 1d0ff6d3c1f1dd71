//! The description of the REST API: generated from the handlers, committed as `functions/ops/openapi.json`, served by
//! `ops`. `UPDATE=1 cargo test -p tests --test openapi` writes it anew. Whatever lists routes is compared here.

mod complete;
mod examples;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// The document, from what the handlers say of themselves.
fn document() -> Value {
    let mut all = auth::openapi();
    all.merge(admin::openapi());
    all.merge(tasks::openapi());
    all.merge(ai::openapi());
    all.merge(ops::openapi());
    let mut document = serde_json::to_value(&all).expect("JSON");
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "SprintSync",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "Task management for small teams.",
        "description": DESCRIPTION,
        "license": {"name": "MIT", "identifier": "MIT"},
    });
    document["servers"] = json!([{"url": "/", "description": "The instance that serves this document."}]);
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The token that `POST /auth/login` gives. It is good for a day, or until its session ends.",
        },
        "password": {
            "type": "oauth2",
            "description": "The same token, fetched as OAuth2 clients do: username and password in a form.",
            "flows": {"password": {"tokenUrl": "/auth/login", "scopes": {}}},
        },
        "scrape": {
            "type": "http", "scheme": "bearer",
            "description": "The collector's own token, of the secret `ScrapeToken`.",
        },
        "cookie": {
            "type": "apiKey", "in": "cookie", "name": "__Host-sprintsync",
            "description": "The same token, as the pages keep it. Unsafe requests must then come from a page of ours. While \
                            it is in use, answers renew it by `Set-Cookie`.",
        },
    });
    document["tags"] = json!([
        {"name": "accounts", "description": "Accounts: sign-up, reading, updating, exporting and deleting your own."},
        {"name": "sessions", "description": "Signing in and out, and active sessions."},
        {"name": "people", "description": "People, invites and the audit trail, for administrators."},
        {"name": "statistics", "description": "The instance in numbers, for administrators."},
        {"name": "tasks", "description": "Tasks and their history. Each change makes a new version, which `ETag` names."},
        {"name": "time", "description": "The minute ledger: entries that are never changed, only reversed; the timer."},
        {"name": "suggestions", "description": "Plans of a day, and drafts of descriptions, worded by a model where one is set up."},
        {"name": "operations", "description": "The instance itself."},
    ]);
    complete::components(&mut document);
    let schemas = document["components"]["schemas"].clone();
    for (path, item) in document["paths"].as_object_mut().expect("paths") {
        for (method, operation) in item.as_object_mut().expect("operations") {
            complete::complete(path, method, operation, &schemas);
        }
    }
    document
}

const DESCRIPTION: &str = "\
Errors are problems (RFC 9457): `detail` is one sentence for a person, and `errors` names the fields that are invalid. A \
method that a path does not take is answered with 405 and `Allow`; HEAD is answered as GET, without the body.

Lists come newest first, `limit` at a time, with a `Link` to the next page; only where there is none is the end. Ids are \
UUIDs of version 7, times RFC 3339 in UTC, dates ISO 8601. Unknown and read-only fields of a body are refused. A slash at \
the end of a path is as good as none.

A task has a version, given as `ETag`: a write with `If-Match` changes that version or nothing (412). A write with an \
`Idempotency-Key` that is sent again has one effect and the same answer.

Every answer carries `X-Request-Id`: name it when you report a fault.";

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().expect("paths").values_mut();
    paths.flat_map(|item| item.as_object_mut().expect("operations").values_mut())
}

#[test]
fn the_committed_description_is_the_handlers() {
    let path = root().join("functions/ops/openapi.json");
    let generated = format!("{:#}\n", document());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &generated).expect("the file is written");
    }
    let committed = std::fs::read_to_string(&path).expect("the file is there");
    assert!(committed == generated, "openapi.json is behind: run UPDATE=1 cargo test -p tests --test openapi");
}

#[test]
fn the_description_is_whole() {
    let mut document = document();
    let schemas: BTreeSet<String> =
        document["components"]["schemas"].as_object().expect("schemas").keys().cloned().collect();
    for name in ["Task", "Entry", "Event", "User", "Session", "Problem"] {
        assert!(schemas.contains(name), "{name}: {schemas:?}");
    }
    let mut refs = Vec::new();
    references(&document, &mut refs);
    for reference in refs {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference}"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for operation in operations(&mut document) {
        let id = operation["operationId"].as_str().expect("an operationId").to_owned();
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{id} has no summary");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{id} has one tag");
        assert!(ids.insert(id.clone()), "{id} is given twice");
    }
    let task = &document["components"]["schemas"]["Task"];
    let all: BTreeSet<&str> = task["properties"].as_object().expect("properties").keys().map(String::as_str).collect();
    let required: BTreeSet<&str> =
        task["required"].as_array().expect("required").iter().filter_map(Value::as_str).collect();
    assert_eq!(all, required, "every field of a task is always there");
}

#[test]
fn every_body_has_an_example_that_is_one() {
    let mut document = document();
    let definitions = document["components"].clone();
    let valid = |schema: &Value, example: &Value, what: &str| {
        let mut whole = schema.clone();
        whole["components"] = definitions.clone();
        let validator = jsonschema::options().should_validate_formats(true).build(&whole).expect(what);
        let errors: Vec<String> = validator.iter_errors(example).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{what}: {example}: {errors:?}");
    };
    for (name, response) in definitions["responses"].as_object().expect("responses") {
        let media = &response["content"]["application/problem+json"];
        valid(&media["schema"], &media["example"], name);
    }
    for operation in operations(&mut document) {
        let id = operation["operationId"].as_str().expect("an operationId");
        let responses = operation["responses"].as_object().expect("responses").iter();
        let bodies = responses.map(|(status, response)| (status.as_str(), &response["content"]));
        for (what, content) in bodies.chain([("request", &operation["requestBody"]["content"])]) {
            for (kind, media) in content.as_object().into_iter().flatten() {
                let what = format!("{id}, {what}, {kind}");
                if kind.ends_with("json") && media.get("schema").is_some() {
                    valid(
                        &media["schema"],
                        media.get("example").unwrap_or_else(|| panic!("{what}: no example")),
                        &what,
                    );
                }
            }
        }
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn the_routers_and_the_description_have_the_same_routes() {
    let mut document = document();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object_mut()
        .expect("paths")
        .iter()
        .flat_map(|(path, item)| item.as_object().expect("methods").keys().map(|method| (path.clone(), method.clone())))
        .collect();
    let routed = [auth::ROUTES, admin::ROUTES, tasks::ROUTES, ai::ROUTES, ops::ROUTES].concat();
    let count = routed.len();
    let routed: BTreeSet<(String, String)> =
        routed.iter().map(|(path, method)| ((*path).to_owned(), (*method).to_owned())).collect();
    assert_eq!(routed.len(), count, "a route stands twice");
    assert_eq!(described, routed);
}

/// Which function takes a path, in the gateway's table.
fn gateway(path: &str) -> &'static str {
    let exact = local::ROUTES.iter().find(|route| route.path == path);
    let under = |route: &&local::Route| {
        let prefix = route.path.strip_suffix("{proxy+}");
        prefix.is_some_and(|prefix| path.len() > prefix.len() && path.starts_with(prefix))
    };
    // The longest of those that take it (API Gateway, "Routing API requests").
    let longest = || local::ROUTES.iter().filter(under).max_by_key(|route| route.path.len());
    exact.or_else(longest).unwrap_or(&local::DEFAULT_ROUTE).family.name()
}

#[test]
fn the_gateway_sends_every_route_to_its_own_function() {
    for (function, routes) in [
        ("auth", auth::ROUTES),
        ("admin", admin::ROUTES),
        ("tasks", tasks::ROUTES),
        ("ai", ai::ROUTES),
        ("ai", ai::PAGE_ROUTES),
        ("ops", ops::ROUTES),
        ("web", web::ROUTES),
    ] {
        for (path, _) in routes {
            assert_eq!(gateway(&path.replace("{id}", "1")), function, "{path}");
        }
    }
}

#[test]
fn the_watch_router_is_the_gateway_s() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let section = manifest.split("[workspace.metadata.lambda.watch.router]").nth(1).expect("the watch router");
    let section = section.split("\n[").next().unwrap_or_default();
    let entry = |line: &str| {
        let (path, function) = line.split_once('=')?;
        Some((path.trim().trim_matches('"').to_owned(), function.trim().trim_matches('"').to_owned()))
    };
    let watch: BTreeMap<String, String> = section.lines().filter_map(entry).collect();
    let mut expected: BTreeMap<String, String> = local::ROUTES
        .iter()
        .map(|route| (route.path.replace("{proxy+}", "{*rest}"), route.family.name().to_owned()))
        .collect();
    for path in ["/", "/{*rest}"] {
        expected.insert(path.to_owned(), local::DEFAULT_ROUTE.family.name().to_owned());
    }
    assert_eq!(watch, expected);
}

#[test]
fn every_route_of_the_gateway_leads_to_something() {
    let routed: Vec<&str> = [auth::ROUTES, admin::ROUTES, tasks::ROUTES, ai::ROUTES, ai::PAGE_ROUTES, ops::ROUTES]
        .concat()
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    for route in local::ROUTES {
        let leads = match route.path.strip_suffix("{proxy+}") {
            Some(prefix) => routed.iter().any(|path| path.starts_with(prefix)),
            None => routed.contains(&route.path),
        };
        // Under its own name the family has what is below it alone.
        let is_head = local::ROUTES.iter().any(|other| other.path == format!("{}/{{proxy+}}", route.path));
        assert!(leads || is_head, "{} leads nowhere", route.path);
    }
}
