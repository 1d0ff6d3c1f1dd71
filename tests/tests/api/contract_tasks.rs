//! Adding and reading tasks.

use serde_json::{Value, json};
use tests::{Person, api};

use crate::{is_id, is_instant, keys};

pub(crate) fn is_task(task: &Value) {
    let all = [
        "completed_at",
        "created_at",
        "description",
        "due_on",
        "estimate_minutes",
        "id",
        "status",
        "title",
        "total_minutes",
        "updated_at",
        "user_id",
        "version",
    ];
    assert_eq!(keys(task), all, "{task}");
    assert!(is_id(&task["id"]) && is_id(&task["user_id"]), "{task}");
    assert!(is_instant(&task["created_at"]) && is_instant(&task["updated_at"]), "{task}");
    assert!(task["completed_at"].is_null() || is_instant(&task["completed_at"]), "{task}");
    assert!(task["version"].is_u64() && task["total_minutes"].is_u64(), "{task}");
    assert!(task["estimate_minutes"].is_null() || task["estimate_minutes"].is_u64(), "{task}");
}

#[test]
fn a_title_is_enough() {
    let person = Person::new();
    let answer = person.post("/tasks", &json!({"title": "  Write it down  "})).expect(201);
    let task = answer.json();
    is_task(&task);
    let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
    assert_eq!(answer.header("location"), Some(path.as_str()));
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(task["title"], "Write it down");
    assert_eq!((&task["description"], &task["status"]), (&json!(""), &json!("todo")));
    assert_eq!((&task["estimate_minutes"], &task["due_on"]), (&Value::Null, &Value::Null));
    assert_eq!((&task["total_minutes"], &task["version"]), (&json!(0), &json!(1)));
    assert_eq!((&task["completed_at"], &task["user_id"]), (&Value::Null, &json!(person.id)));
    assert_eq!(task["created_at"], task["updated_at"]);
    let read = person.get(&path).expect(200);
    assert_eq!(read.header("etag"), Some("\"1\""));
    assert_eq!(read.json(), task);
}

#[test]
fn everything_can_be_said_at_once() {
    let person = Person::new();
    let body = json!({
        "title": "Ship", "description": "One\r\ntwo\rthree\n\tfour", "status": "done",
        "estimate_minutes": 100_000, "due_on": "2028-02-29", "total_minutes": 1440,
    });
    let task = person.post("/tasks", &body).ok(201);
    is_task(&task);
    assert_eq!(task["description"], "One\ntwo\nthree\n\tfour");
    assert_eq!((&task["estimate_minutes"], &task["due_on"]), (&json!(100_000), &json!("2028-02-29")));
    assert_eq!((&task["total_minutes"], &task["completed_at"]), (&json!(1440), &task["created_at"]));
    let entries = person.get(&format!("/tasks/{}/time", task["id"].as_str().expect("an id"))).ok(200);
    assert_eq!(entries.as_array().map(Vec::len), Some(1));
    assert_eq!(entries[0]["minutes"], 1440);
    let none = json!({"title": "x", "estimate_minutes": null, "due_on": null, "total_minutes": 0});
    let task = person.post("/tasks", &none).ok(201);
    let entries = person.get(&format!("/tasks/{}/time", task["id"].as_str().expect("an id"))).ok(200);
    assert_eq!(entries, json!([]));
}

/// Values that no task may have, by the field.
pub(crate) fn bad_values() -> Vec<(&'static str, Value)> {
    let long = |c: &str, n: usize| json!(c.repeat(n));
    let mut all = vec![];
    let mut add = |field, values: Vec<Value>| all.extend(values.into_iter().map(|value| (field, value)));
    add(
        "title",
        vec![
            json!(""),
            json!("   "),
            json!("\u{a0}\u{2003}"),
            long("x", 201),
            long("😀", 201),
            json!("\u{3164}"),
            json!("a\u{0}b"),
            json!("a\u{7}b"),
            json!("a\u{7f}b"),
            json!("a\u{9f}b"),
            json!("a\u{202e}b"),
            json!(null),
            json!(1),
            json!(["x"]),
            json!({"x": 1}),
        ],
    );
    add(
        "description",
        vec![long("x", 10_001), json!("a\u{0}b"), json!("a\u{1b}[0m"), json!(null), json!(1), json!([])],
    );
    add("status", vec![json!("doing"), json!("TODO"), json!(""), json!("todo "), json!(null), json!(0)]);
    let numbers = vec![json!(-1), json!(1.5), json!("60"), json!(1e99), json!(true), json!([1]), json!(u64::MAX)];
    add("estimate_minutes", [numbers, vec![json!(0), json!(100_001)]].concat());
    let days =
        ["2026-02-29", "2026-13-01", "2026-1-1", "tomorrow", "", "2026-11-23T00:00:00Z", "20261123", "1000000-01-01"];
    add("due_on", [days.map(|day| json!(day)).to_vec(), vec![json!(20_261_123), json!(true)]].concat());
    all
}

#[test]
fn what_comes_along_with_a_pasted_title_is_a_space() {
    let person = Person::new();
    for pasted in ["Call\tBob", "Call\nBob", "Call\r\nBob\n", "Call\u{85}Bob", "Call\u{2028}Bob"] {
        assert_eq!(person.post("/tasks", &json!({"title": pasted})).ok(201)["title"], "Call Bob", "{pasted:?}");
    }
    let refused = person.post("/tasks", &json!({"title": "Call\u{7}Bob"})).problem(422);
    assert_eq!(refused["errors"][0]["message"], "Remove the control character after “Call” (U+0007).");
}

#[test]
fn each_bad_field_is_named_and_nothing_is_added() {
    let person = Person::new();
    for (field, value) in bad_values() {
        let mut body = json!({"title": "A good title"});
        body[field] = value;
        person.post("/tasks", &body).names(&[field]);
    }
    for minutes in [json!(-1), json!(1441), json!(0.5), json!("5"), json!(null)] {
        person.post("/tasks", &json!({"title": "x", "total_minutes": minutes})).names(&["total_minutes"]);
    }
    person.post("/tasks", &json!({})).names(&["title"]);
    for field in ["id", "version", "user_id", "created_at", "updated_at", "completed_at", "owner", "Title", ""] {
        person.post("/tasks", &json!({"title": "x", (field): "018f2c5e-7700-7abc-8def-0123456789ab"})).names(&[field]);
    }
    let many = json!({"title": "", "status": "x", "estimate_minutes": 0, "due_on": "x", "total_minutes": -1, "zzz": 1});
    person.post("/tasks", &many).names(&["title", "status", "estimate_minutes", "due_on", "total_minutes", "zzz"]);
    assert_eq!(person.get("/tasks").ok(200), json!([]));
}

#[test]
fn the_bounds_themselves_are_taken() {
    let person = Person::new();
    let flags = "🏳️‍🌈";
    for (field, value) in [
        ("title", json!("x".repeat(200))),
        ("title", json!("😀".repeat(200))),
        ("title", json!(format!(" {} ", "x".repeat(200)))),
        ("title", json!("<script>alert(1)</script> & \"quotes\" 'and' {{braces}} %41")),
        ("title", json!(flags)),
        ("description", json!("ü".repeat(10_000))),
        ("description", json!("\r\n".repeat(10_000))),
        ("description", json!("")),
        ("estimate_minutes", json!(1)),
        ("estimate_minutes", json!(100_000)),
        ("due_on", json!("1970-01-01")),
        ("due_on", json!("9999-12-31")),
        ("total_minutes", json!(1)),
    ] {
        let mut body = json!({"title": "x"});
        body[field] = value.clone();
        let task = person.post("/tasks", &body).ok(201);
        let read = person.get(&format!("/tasks/{}", task["id"].as_str().expect("an id"))).ok(200);
        assert_eq!(read, task);
        let expected = match (field, value.as_str()) {
            ("title", Some(text)) => json!(text.trim()),
            ("description", Some(text)) => json!(text.replace("\r\n", "\n")),
            _ => value,
        };
        assert_eq!(task[field], expected);
    }
}

#[test]
fn a_body_must_be_a_json_object_in_utf_8() {
    let person = Person::new();
    let send = |kind: &str, body: &[u8]| person.call("POST", "/tasks").body(kind, body).send();
    for body in [&b""[..], b"{", b"\xff\xfe", b"{'title':'x'}", b"{\"title\":\"\\ud800\"}"] {
        send("application/json", body).problem(400);
    }
    for body in [&b"[]"[..], b"[{\"title\":\"x\"}]", b"null", b"\"title\""] {
        send("application/json", body).problem(422);
    }
    for kind in
        ["text/plain", "text/json", "application/x-www-form-urlencoded", "application/merge-patch+json", "x", ""]
    {
        send(kind, b"{\"title\":\"x\"}").problem(415);
    }
    person.call("POST", "/tasks").untyped("{\"title\":\"x\"}").send().problem(415);
    for kind in ["application/json;charset=UTF-8", "Application/JSON", "application/json ; x=y"] {
        send(kind, b"{\"title\":\"x\"}").ok(201);
    }
    assert_eq!(person.get("/tasks").ok(200).as_array().map(Vec::len), Some(3));
}

#[test]
fn a_body_has_256_kib_at_most() {
    let person = Person::new();
    let padded = |bytes: usize| {
        let body = "{\"title\":\"x\"}";
        format!("{body}{}", " ".repeat(bytes - body.len()))
    };
    let send = |bytes| person.call("POST", "/tasks").body("application/json", padded(bytes)).send();
    send(256 * 1024).ok(201);
    send(256 * 1024 + 1).problem(413);
    // Beyond Lambda's own limit the gateway answers, in its own words.
    let huge = send(7 * 1024 * 1024);
    assert_eq!(huge.status, 413);
    assert_eq!(person.get("/tasks").ok(200).as_array().map(Vec::len), Some(1));
}

#[test]
fn deep_json_and_double_keys_do_no_harm() {
    let person = Person::new();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let status = person.call("POST", "/tasks").body("application/json", deep).send().status;
    assert!([400, 422].contains(&status), "{status}");
    let deep = format!("{{\"title\":{}1{}}}", "[".repeat(100), "]".repeat(100));
    person.call("POST", "/tasks").body("application/json", deep).send().names(&["title"]);
    let status = person.call("POST", "/tasks").body("application/json", r#"{"title":"a","title":"b"}"#).send().status;
    assert!([201, 400, 422].contains(&status), "{status}");
    let wide = format!("{{{}}}", (0..5_000).map(|n| format!("\"f{n}\":1")).collect::<Vec<_>>().join(","));
    let status = person.call("POST", "/tasks").body("application/json", wide).send().status;
    assert!([400, 422].contains(&status), "{status}");
}

/// Every route of one task: method, the path behind the id, a good body.
pub(crate) fn routes() -> Vec<(&'static str, &'static str, Option<Value>)> {
    let whole = json!({"title": "x", "description": "", "status": "todo", "estimate_minutes": null, "due_on": null});
    vec![
        ("GET", "", None),
        ("HEAD", "", None),
        ("PUT", "", Some(whole)),
        ("PATCH", "", Some(json!({"title": "x"}))),
        ("DELETE", "", None),
        ("POST", "/status", Some(json!({"status": "done"}))),
        ("POST", "/restore", None),
        ("GET", "/time", None),
        ("POST", "/time", Some(json!({"minutes": 1}))),
        ("GET", "/history", None),
    ]
}

fn send(person: &Person, method: &str, path: &str, body: Option<&Value>) -> tests::Answer {
    let call = person.call(method, path);
    match body {
        Some(body) => call.json(body).send(),
        None => call.send(),
    }
}

fn is_not_there(person: &Person, id: &str) {
    for (method, rest, body) in routes() {
        let answer = send(person, method, &format!("/tasks/{id}{rest}"), body.as_ref());
        if method == "HEAD" {
            assert_eq!((answer.status, answer.body.len()), (404, 0), "{id}");
        } else {
            answer.problem(404);
        }
    }
}

#[test]
fn somebody_else_s_task_is_not_there_on_any_route() {
    let (owner, other) = (Person::new(), Person::new());
    let task = owner.task("Mine");
    let id = task["id"].as_str().expect("an id");
    is_not_there(&other, id);
    assert_eq!(owner.get(&format!("/tasks/{id}")).ok(200), task);
    assert_eq!(owner.get(&format!("/tasks/{id}/history")).ok(200).as_array().map(Vec::len), Some(1));
    // Nor is it in the trash of others.
    owner.delete(&format!("/tasks/{id}")).expect(204);
    is_not_there(&other, id);
}

#[test]
fn what_is_no_id_is_not_there() {
    let person = Person::new();
    let v4 = "018f2c5e-7700-4abc-8def-0123456789ab";
    for id in
        ["1", "x", v4, "018f2c5e-7700-7abc-8def-0123456789ab", "null", "%00", "%F0%9F%92%A9", "%ff", "a%20b", "..."]
    {
        is_not_there(&person, id);
    }
}

#[test]
fn an_id_is_found_in_either_case() {
    let person = Person::new();
    let task = person.task("x");
    let id = task["id"].as_str().expect("an id").to_uppercase();
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200), task);
}

#[test]
fn a_slash_at_the_end_changes_nothing() {
    let person = Person::new();
    let task = person.post("/tasks/", &json!({"title": "x"})).ok(201);
    let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
    assert_eq!(person.get(&format!("{path}/")).ok(200), task);
    assert_eq!(person.get("/tasks/?limit=1").ok(200), json!([task]));
    person.get(&format!("{path}/time/")).ok(200);
    person.get("/auth/me/").ok(200);
    assert_eq!(api().get("/health/").ok(200), json!({"status": "ok"}));
    // Only one is removed.
    assert_eq!(person.get("/tasks//").status, 404);
}

#[test]
fn head_answers_as_get_without_a_body() {
    let person = Person::new();
    let path = person.task_path("x");
    for path in ["/tasks", &path, &format!("{path}/time"), &format!("{path}/history"), "/auth/me", "/auth/sessions"] {
        let (get, head) = (person.get(path).expect(200), person.call("HEAD", path).send());
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        for name in ["content-type", "etag", "link", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
    let anonymous = api().call("HEAD", "/tasks").send();
    assert_eq!((anonymous.status, anonymous.body.len()), (401, 0));
    assert_eq!(anonymous.header("www-authenticate"), Some("Bearer"));
}

#[test]
fn another_method_is_405_and_says_which_are_taken() {
    let person = Person::new();
    let path = person.task_path("x");
    let cases = [
        ("/tasks".to_owned(), "GET,HEAD,POST"),
        (path.clone(), "DELETE,GET,HEAD,PATCH,PUT"),
        (format!("{path}/status"), "POST"),
        (format!("{path}/restore"), "POST"),
        (format!("{path}/time"), "GET,HEAD,POST"),
        (format!("{path}/history"), "GET,HEAD"),
        ("/auth/me".to_owned(), "DELETE,GET,HEAD,PATCH"),
        ("/auth/login".to_owned(), "POST"),
        ("/health".to_owned(), "GET,HEAD"),
    ];
    for (path, allowed) in cases {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
            if allowed.split(',').any(|allowed| allowed == method) {
                continue;
            }
            let answer = person.call(method, &path).send().expect(405);
            let mut methods: Vec<&str> = answer.header("allow").expect("Allow").split(',').map(str::trim).collect();
            methods.sort_unstable();
            assert_eq!(methods.join(","), allowed, "{method} {path}");
        }
    }
}

#[test]
fn what_is_no_route_is_404() {
    let person = Person::new();
    let path = person.task_path("x");
    for path in ["/tasks/x/y/z", &format!("{path}/nothing"), "/auth", "/auth/nothing", "/auth/me/x"] {
        person.get(path).problem(404);
    }
}

#[test]
fn a_known_version_is_not_sent_again() {
    let person = Person::new();
    let path = person.task_path("x");
    let ask = |tags: &str| person.call("GET", &path).header("if-none-match", tags).send();
    for tags in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "\"7\",W/\"1\"", "*"] {
        let answer = ask(tags).expect(304);
        assert_eq!((answer.header("etag"), answer.body.len()), (Some("\"1\""), 0), "{tags}");
    }
    for tags in ["\"2\"", "\"other\"", "\"01\""] {
        ask(tags).ok(200);
    }
    for tags in ["1", "\"1", "garbage", "\"1\" \"2\"", "\"1\",", ","] {
        ask(tags).problem(400);
    }
    person.patch(&path, &json!({"title": "y"})).ok(200);
    ask("\"1\"").ok(200);
    ask("\"2\"").expect(304);
    // A condition does not open what is not there, nor to whom it is not.
    let other = Person::new();
    other.call("GET", &path).header("if-none-match", "\"2\"").send().problem(404);
    api().call("GET", &path).header("if-none-match", "\"2\"").send().problem(401);
}
