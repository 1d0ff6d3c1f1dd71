//! What holds for every operation of a kind, so that no handler has to repeat it: derived from what the handlers say.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{examples, rules};

/// Problems that many operations tell in the same words: name, status, description.
const PROBLEMS: [(&str, &str, &str); 12] = [
    ("Unreadable", "400", "The request cannot be read: its address, a header or its body."),
    ("NotSignedIn", "401", "No live session is shown."),
    ("CrossSite", "403", "The caller is known by cookie, and no page of ours sent the request."),
    ("NotFound", "404", "Not found for this caller."),
    ("Stale", "412", "The task is of another version; nothing was changed."),
    ("TooLarge", "413", "The body has more than 256 KiB."),
    ("WrongType", "415", "The body is of another type, or has a `Content-Encoding`."),
    ("BadFields", "422", "A field is invalid; `errors` names each."),
    ("BadQuery", "422", "A query parameter is unknown, invalid, or given twice."),
    ("KeyUsed", "422", "The idempotency key was used for another request."),
    ("Failed", "500", "Our fault. It has been logged under the request's id."),
    ("Busy", "503", "The instance is busy or cannot reach its data; `Retry-After` says when to try again."),
];

/// What the handlers say of an operation, and what follows.
struct Facts {
    id: String,
    /// Changes something (RFC 9110, 9.2.1).
    is_unsafe: bool,
    signed_in: bool,
    body: bool,
    /// It refuses what it does not know in a query.
    query: bool,
    /// Something is named in the path.
    object: bool,
    /// It takes `If-Match`.
    matching: bool,
    /// It takes an idempotency key.
    keyed: bool,
}

impl Facts {
    fn of(path: &str, method: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let has = |place: &str| parameters.iter().any(|parameter| parameter["in"] == place);
        let is_unsafe = !matches!(method, "get" | "head");
        let administers = admin::ROUTES.contains(&(path, method));
        let repeats = ["/tasks", "/timer", "/ai"].iter().any(|family| path.starts_with(family)) || administers;
        Self {
            id: operation["operationId"].as_str().expect("an operationId").to_owned(),
            is_unsafe,
            signed_in: schemes(operation).any(|scheme| scheme == "bearer") && !schemes(operation).any(str::is_empty),
            body: operation.get("requestBody").is_some(),
            query: !["/metrics", "/docs"].contains(&path),
            object: has("path"),
            matching: parameters.iter().any(|parameter| parameter["name"] == "If-Match"),
            keyed: is_unsafe && repeats,
        }
    }

    /// The problems that follow, by name.
    fn problems(&self) -> impl Iterator<Item = &'static str> {
        [
            (true, "Unreadable"),
            (self.signed_in, "NotSignedIn"),
            (self.is_unsafe, "CrossSite"),
            (self.object, "NotFound"),
            (self.matching, "Stale"),
            (self.body || self.keyed, "TooLarge"),
            (self.body, "WrongType"),
            (self.body, "BadFields"),
            (self.query, "BadQuery"),
            (self.keyed, "KeyUsed"),
            (true, "Failed"),
            (true, "Busy"),
        ]
        .into_iter()
        .filter_map(|(holds, name)| holds.then_some(name))
    }

    /// Which example of a problem fits.
    fn example(&self, status: &str) -> Value {
        let operation = match status {
            "422" if self.body => "body",
            "422" if self.query => "query",
            "422" => "key",
            _ => &self.id,
        };
        examples::problem(operation, status)
    }
}

/// The parts that operations refer to.
pub(crate) fn components(document: &mut Value) {
    let header =
        |description: &str, schema: Value| json!({"description": description, "required": true, "schema": schema});
    let components = &mut document["components"];
    components["headers"] = json!({
        "RequestId": header(
            "The request's id: the caller's own `X-Request-Id` if it was well formed, or a fresh one.",
            json!({"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"}),
        ),
        "Challenge": header("How to sign in (RFC 6750).", json!({"type": "string", "enum": ["Bearer"]})),
        "RetryAfter": header("Seconds to wait.", json!({"type": "integer", "minimum": 1})),
        "ETag": header(
            "The version of the task, for `If-Match` and `If-None-Match`.",
            json!({"type": "string", "pattern": "^(W/)?\"[1-9][0-9]*\"$"}),
        ),
        "TaskPath": header("The path of the task.", json!({"type": "string", "pattern": "^/tasks/[0-9a-f-]{36}$"})),
        "Next": {
            "description": "`rel=\"next\"`: the next page. Only where there is none, the list is at its end.",
            "schema": {"type": "string", "pattern": "^<[^>]*>; rel=\"next\"$"},
        },
    });
    components["parameters"] = json!({
        "RequestId": {
            "name": "X-Request-Id", "in": "header",
            "description": "An id for this request, to find it again: 1 to 64 of ASCII letters, digits, `_`, `.` and `-`. \
                            Anything else is ignored.",
            "schema": {"type": "string"},
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header",
            "description": "Makes a write that is sent again within 24 hours, in the same words under the same key, have \
                            one effect and one answer.",
            "schema": rules::parameter("Idempotency-Key"),
        },
    });
    let responses = PROBLEMS.map(|(name, status, description)| {
        let kind = match name {
            "BadQuery" => "query",
            "KeyUsed" => "key",
            _ => "",
        };
        (name.to_owned(), problem(status, description, examples::problem(kind, status)))
    });
    components["responses"] = Map::from_iter(responses).into();
    let schemas = components["schemas"].as_object_mut().expect("schemas").iter_mut();
    // The status of an instance is not that of a task.
    for (_, schema) in schemas.filter(|(name, _)| *name != "Health") {
        fields(schema);
    }
    merge(&mut components["schemas"]["SignUp"]["properties"]["mode"], &rules::sign_up_mode());
    merge(&mut components["schemas"]["Suggestion"]["properties"]["mode"], &json!({"enum": ["draft", "plan"]}));
}

/// The ways in that the handler names: `bearer`, a session's token however it is shown; nothing, where anybody may ask; others by name.
fn schemes(operation: &Value) -> impl Iterator<Item = &str> {
    let all = operation["security"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().map(|one| one.as_object().and_then(|one| one.keys().next()).map_or("", String::as_str))
}

/// Adds to an operation what holds for all of its kind.
pub(crate) fn complete(path: &str, method: &str, operation: &mut Value, schemas: &Value) {
    let facts = Facts::of(path, method, operation);
    if operation.get("security").is_some() {
        let mut ways = Vec::new();
        for scheme in schemes(operation) {
            match scheme {
                "bearer" => ways.extend(["bearer", "password", "cookie"].map(|way| json!({way: []}))),
                "" => ways.push(json!({})),
                other => ways.push(json!({other: []})),
            }
        }
        operation["security"] = ways.into();
    }
    parameters(&facts, operation);
    if facts.body {
        request(&facts, &mut operation["requestBody"]);
    }
    problems(&facts, operation);
    for (status, response) in operation["responses"].as_object_mut().expect("responses") {
        if response.get("$ref").is_none() {
            answer(&facts, status, response, schemas);
        }
    }
}

fn parameters(facts: &Facts, operation: &mut Value) {
    let mut all = operation["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in &mut all {
        let name = parameter["name"].as_str().expect("a name");
        parameter["schema"] = rules::parameter(name).unwrap_or_else(|| panic!("no rule for the parameter {name}"));
    }
    if facts.keyed {
        all.push(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
    }
    all.push(json!({"$ref": "#/components/parameters/RequestId"}));
    operation["parameters"] = all.into();
}

fn request(facts: &Facts, body: &mut Value) {
    let example = examples::body(&facts.id);
    for (kind, media) in body["content"].as_object_mut().expect("a content") {
        let schema = &mut media["schema"];
        // A body that may be left out is not one that may be `null`.
        if let Some(whole) = schema["oneOf"].as_array().filter(|all| all.iter().any(|one| one["type"] == "null")) {
            *schema = whole.iter().find(|one| one["type"] != "null").cloned().expect("a body");
        }
        fields(schema);
        let one_of = schema.get_mut("oneOf").and_then(Value::as_array_mut);
        match one_of {
            Some(all) => all.iter_mut().for_each(|one| one["additionalProperties"] = json!(false)),
            // Unknown and read-only fields are refused.
            None => schema["additionalProperties"] = json!(false),
        }
        if facts.id == "set_sign_up" {
            merge(&mut schema["properties"]["mode"], &rules::sign_up_mode());
        }
        if kind == "application/merge-patch+json" {
            schema["description"] = json!(
                "A merge patch (RFC 7396): a field that is left out stays, and `null` takes away one that may be null."
            );
        }
        if let Some(example) = &example {
            media["example"] = example.clone();
        }
    }
}

/// Puts the rules of the domain on the fields of a schema.
fn fields(schema: &mut Value) {
    for (name, field) in schema["properties"].as_object_mut().into_iter().flatten() {
        let kinds = match &field["type"] {
            Value::Array(kinds) => kinds.clone(),
            kind => vec![kind.clone()],
        };
        let mut rules = kinds.iter().filter_map(Value::as_str).filter_map(|kind| rules::field(name, kind));
        if let Some(rule) = rules.next() {
            merge(field, &rule);
            // What may be null is then one of those that may be.
            if let (true, Some(named)) = (kinds.len() > 1, field.get_mut("enum").and_then(Value::as_array_mut)) {
                named.push(Value::Null);
            }
        }
    }
    for one in schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
        fields(one);
    }
    if schema["properties"].is_null()
        && let Some(all) = schema.as_object_mut()
    {
        all.remove("properties");
    }
}

/// As JSON Merge Patch (RFC 7396) does.
fn merge(into: &mut Value, rule: &Value) {
    for (name, value) in rule.as_object().into_iter().flatten() {
        match value {
            Value::Null => drop(into.as_object_mut().and_then(|into| into.remove(name))),
            value => into[name] = value.clone(),
        }
    }
}

/// Joins what the handler says of each status with what follows from its kind.
fn problems(facts: &Facts, operation: &mut Value) {
    let mut following: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for name in facts.problems() {
        let (_, status, description) = PROBLEMS.iter().find(|(known, ..)| *known == name).expect("a problem");
        following.entry(status).or_default().push((name, description));
    }
    let responses = operation["responses"].as_object_mut().expect("responses");
    for (status, all) in following {
        let said = responses.get(status).and_then(|said| said["description"].as_str()).map(str::to_owned);
        // What the handler says of these is said better.
        let also =
            |(name, _): &&(&str, &str)| said.is_none() || matches!(*name, "CrossSite" | "KeyUsed" | "Unreadable");
        let also: Vec<&(&str, &str)> = all.iter().filter(also).collect();
        let response = match (&said, also.as_slice()) {
            (None, [(name, _)]) => json!({"$ref": format!("#/components/responses/{name}")}),
            _ => {
                let sentences = said.into_iter().chain(also.iter().map(|(_, description)| (*description).to_owned()));
                json!({"description": sentences.collect::<Vec<_>>().join(" Or: ")})
            }
        };
        responses.insert(status.to_owned(), response);
    }
    for (status, response) in responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
        if response.get("$ref").is_none() {
            let description = response["description"].as_str().expect("a description").to_owned();
            *response = problem(status, &description, facts.example(status));
        }
    }
}

fn problem(status: &str, description: &str, example: Value) -> Value {
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    let mut headers = headers(&[("X-Request-Id", "RequestId")]);
    match status {
        "401" => merge(&mut headers, &self::headers(&[("WWW-Authenticate", "Challenge")])),
        "429" | "503" => merge(&mut headers, &self::headers(&[("Retry-After", "RetryAfter")])),
        _ => {}
    }
    json!({
        "description": description, "headers": headers,
        "content": {"application/problem+json": {"schema": schema, "example": example}},
    })
}

fn headers(all: &[(&str, &str)]) -> Value {
    let refer = |component: &str| json!({"$ref": format!("#/components/headers/{component}")});
    all.iter().map(|(name, component)| ((*name).to_owned(), refer(component))).collect::<Map<_, _>>().into()
}

/// Adds the headers and an example to what is answered where all went well.
fn answer(facts: &Facts, status: &str, response: &mut Value, schemas: &Value) {
    if status.starts_with(['4', '5']) {
        return;
    }
    let schema = response["content"]["application/json"]["schema"].clone();
    let name = |schema: &Value| {
        let reference = schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")?;
        schemas.get(reference).map(|_| reference.to_owned())
    };
    let mut all = vec![("X-Request-Id", "RequestId")];
    let is_task = name(&schema).as_deref() == Some("Task");
    if is_task || status == "304" {
        all.push(("ETag", "ETag"));
    }
    if is_task && status == "201" {
        all.push(("Location", "TaskPath"));
    }
    if response["headers"].get("Link").is_some() {
        all.push(("Link", "Next"));
    }
    response["headers"] = headers(&all);
    let example = match (name(&schema), name(&schema["items"])) {
        (Some(one), _) => examples::shape(&one),
        (None, Some(each)) => examples::shape(&each).map(|one| json!([one])),
        (None, None) => examples::answer(&facts.id),
    };
    match (response.get_mut("content").and_then(|content| content.get_mut("application/json")), example) {
        (Some(media), Some(example)) if !media["schema"].is_null() => media["example"] = example,
        // Looking for a content leaves one that is null.
        (None, _) => drop(response.as_object_mut().map(|response| response.remove("content"))),
        _ => {}
    }
}
