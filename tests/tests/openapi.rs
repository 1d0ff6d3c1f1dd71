//! The description of the REST API: generated from the handlers, committed as `functions/ops/openapi.json`, served by
//! `ops`. `UPDATE=1 cargo test -p tests --test openapi` writes it anew. Whatever lists routes is compared here.

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
        "description": "Task management for small teams. Errors are problems (RFC 9457); lists are paged by `Link`; \
                        versions of a task are entity tags.",
        "license": {"name": "MIT", "identifier": "MIT"},
    });
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The token that `POST /auth/login` gives.",
        },
        "cookie": {
            "type": "apiKey", "in": "cookie", "name": "__Host-sprintsync",
            "description": "The same token, as the pages keep it. Unsafe requests must then come from a page of ours.",
        },
    });
    document["tags"] = json!([
        {"name": "accounts", "description": "Accounts"},
        {"name": "sessions", "description": "Signing in and out"},
        {"name": "people", "description": "People, invites and the audit trail, for administrators"},
        {"name": "statistics", "description": "The instance in numbers, for administrators"},
        {"name": "tasks", "description": "Tasks and their history"},
        {"name": "time", "description": "The minute ledger"},
        {"name": "suggestions", "description": "Plans of a day, and drafts"},
        {"name": "operations", "description": "The instance itself"},
    ]);
    for operation in operations(&mut document) {
        complete(operation);
    }
    document
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().expect("paths").values_mut();
    paths.flat_map(|item| item.as_object_mut().expect("operations").values_mut())
}

/// Adds what holds for every operation of its kind, so that no handler has to repeat it.
fn complete(operation: &mut Value) {
    let problem = |description: &str| {
        let schema = json!({"$ref": "#/components/schemas/Problem"});
        json!({"description": description, "content": {"application/problem+json": {"schema": schema}}})
    };
    let mut also = BTreeMap::from([("503", "The instance is busy or cannot reach its data; `Retry-After` says when.")]);
    if operation.get("security").is_some() {
        operation["security"] = json!([{"bearer": []}, {"cookie": []}]);
        also.insert("401", "No live session is shown.");
    }
    if let Some(content) = operation.get_mut("requestBody").and_then(|body| body["content"].as_object_mut()) {
        for (kind, media) in content {
            if kind != "application/x-www-form-urlencoded" {
                // Unknown and read-only fields are refused.
                media["schema"]["additionalProperties"] = json!(false);
            }
        }
        also.insert("400", "The body is not JSON in UTF-8, or a header cannot be read.");
        also.insert("413", "The body has more than 256 KiB.");
        also.insert("415", "The body is of another type.");
        also.insert("422", "A field is not good; `errors` names each.");
    }
    for (status, description) in also {
        if operation["responses"].get(status).is_none() {
            operation["responses"][status] = problem(description);
        }
    }
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
        let name = reference.strip_prefix("#/components/schemas/").unwrap_or_else(|| panic!("{reference}"));
        assert!(schemas.contains(name), "{reference} leads nowhere");
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
