//! What lies between a viewer and a function: the front and the gateway.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::json;
use tests::{Api, Person, api, raw, request_line, stack};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                   font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A request line and headers, byte by byte; asks for the connection to be closed.
fn get(target: &str, headers: &str) -> (u16, String) {
    let host = api().base().trim_start_matches("http://");
    raw(api(), format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n").as_bytes())
}

#[test]
fn raw_characters_in_an_address_are_400_and_no_crash() {
    let person = Person::new();
    let token = format!("Authorization: Bearer {}\r\n", person.token);
    for query in ["status=<b>", "a=\"x\"", "a={1}", "a=\u{fc}", "a=`", "a=^|", "<>", "a=\\"] {
        let (status, text) = get(&format!("/tasks?{query}"), &token);
        // What can be read and names nothing that is known is refused by its name.
        assert!([200, 400, 422].contains(&status), "{query}: {text}");
        if query.contains('<') {
            // The front itself may refuse what is no HTTP; what reaches a function is told as a problem.
            let is_told = text.contains("application/problem+json") && text.contains("x-request-id");
            assert!(status == 400 && (is_told || text.contains("content-length: 0")), "{query}: {text}");
        }
        let (status, text) = get(&format!("/login?{query}"), "");
        assert!([200, 400].contains(&status), "{query}: {text}");
    }
    for path in
        ["/tasks/<b>", "/tasks/\u{fc}", "/<script>", "/tasks/%", "/tasks/%zz", "/%2e%2e/%2e%2e/etc/passwd", "/\\"]
    {
        let (status, text) = get(path, &token);
        assert!([400, 404].contains(&status), "{path}: {text}");
    }
    person.get("/tasks").ok(200);
}

#[test]
fn escapes_and_repeated_keys_reach_the_handler() {
    let person = Person::new();
    person.post("/tasks", &json!({"title": "x", "status": "in_progress"})).ok(201);
    let (status, text) =
        get("/tasks?status=in%5Fprogress&limit=1", &format!("Authorization: Bearer {}\r\n", person.token));
    assert!(status == 200 && text.contains("in_progress"), "{text}");
    person.get("/tasks?status=todo&status=done").names(&["status"]);
    person.get("/tasks?status=in+progress").names(&["status"]);
    person.get("/tasks?&&status=todo&&").ok(200);
    person.get("/tasks?unknown=%F0%9F%A6%8A&limit=1").names(&["unknown"]);
    let path = person.task_path("x");
    let escaped = path.replace('-', "%2D").replacen("/tasks/0", "/tasks/%30", 1);
    assert_eq!(get(&escaped, &format!("Authorization: Bearer {}\r\n", person.token)).0, 200);
}

#[test]
fn repeated_headers_and_cookies_arrive_whole() {
    let person = Person::new();
    let path = person.task_path("x");
    let call = person.call("GET", &path).header("if-none-match", "\"7\"").header("if-none-match", "\"1\"");
    call.send().expect(304);
    let cookies = |first: &str, second: &str| {
        let (status, _) = get("/auth/me", &format!("Cookie: {first}\r\nCookie: {second}\r\n"));
        status
    };
    let ours = format!("__Host-sprintsync={}", person.token);
    assert_eq!(cookies("a=b; c=d", &ours), 200);
    assert_eq!(cookies(&format!("a=b;{ours}; c=d"), "e=f"), 200);
    assert_eq!(cookies("a=b", "c=d"), 401);
}

#[test]
fn a_header_block_over_ten_kilobytes_is_refused() {
    let person = Person::new();
    let with = |bytes: usize| person.call("GET", "/auth/me").header("x-pad", &"x".repeat(bytes)).send();
    assert_eq!(with(8_000).status, 200);
    let refused = with(10_240);
    assert_eq!(refused.status, 431);
    assert_eq!(refused.json(), json!({"message": "Request Header Fields Too Large"}));
    let long = format!("/tasks?{}", "x".repeat(10_240));
    assert!([414, 431].contains(&person.get(&long).status));
}

#[test]
fn a_body_too_long_is_answered_though_the_client_still_sends_and_nothing_follows_on_its_connection() {
    for api in [api().clone(), Api::new(&stack().api_url())] {
        let huge = api.call("POST", "/tasks").body("application/json", " ".repeat(7 * 1024 * 1024)).send();
        assert_eq!((huge.status, huge.header("connection")), (413, Some("close")), "{}", huge.text());
        let bad = api.call("POST", "/tasks").body("application/json", "{").send();
        assert_eq!((bad.status, bad.header("connection")), (401, None), "{}", bad.text());
    }
}

#[test]
fn long_answers_are_gzipped_for_those_who_take_it() {
    let person = Person::new();
    for n in 0..20 {
        person.task(&format!("A task of some length, number {n}"));
    }
    let plain = person.get("/tasks").expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    for path in ["/tasks", "/login", "/openapi.json"] {
        let caller = |call: tests::Call| if path == "/login" { call } else { call.bearer(&person.token) };
        let plain = caller(api().call("GET", path)).send();
        let packed = caller(api().call("GET", path)).header("accept-encoding", "br, gzip").send();
        assert_eq!((packed.status, packed.header("content-encoding")), (200, Some("gzip")), "{path}");
        assert!(
            packed.header("vary").is_some_and(|vary| vary.to_ascii_lowercase().contains("accept-encoding")),
            "{path}"
        );
        assert!(packed.body.len() * 2 < plain.body.len(), "{path}");
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).expect("gzip");
        assert!(unpacked == plain.body, "{path}");
    }
    let refused = person.call("GET", "/tasks").header("accept-encoding", "gzip;q=0").send();
    assert_eq!(refused.header("content-encoding"), None);
    // Small answers are not worth it, and a compressed one keeps its tag, weakened.
    let small = person.call("GET", "/auth/me").header("accept-encoding", "gzip").send();
    assert_eq!(small.header("content-encoding"), None);
    let long = person.post("/tasks", &json!({"title": "x", "description": "long ".repeat(500)})).ok(201);
    let path = format!("/tasks/{}", long["id"].as_str().expect("an id"));
    let packed = person.call("GET", &path).header("accept-encoding", "gzip").send();
    let tag = packed.header("etag").expect("a tag").to_owned();
    assert_eq!((tag.as_str(), packed.header("content-encoding")), ("W/\"1\"", Some("gzip")));
    person.call("PATCH", &path).header("if-match", &tag).json(&json!({"title": "y"})).send().ok(200);
}

#[test]
fn a_request_id_is_kept_when_well_formed_and_replaced_when_not() {
    let person = Person::new();
    for id in ["abc-123_x.Y", "0", &"x".repeat(64)] {
        let answer = person.call("GET", "/auth/me").header("x-request-id", id).send().expect(200);
        assert_eq!(answer.header("x-request-id"), Some(id));
        assert_eq!(request_line(id)["path"], "/auth/me");
    }
    for id in ["", &"x".repeat(65), "a b", "a\"b", "<script>", "a,b", "a/b"] {
        let answer = person.call("GET", "/auth/me").header("x-request-id", id).send().expect(200);
        assert_ne!(answer.request_id(), id);
        assert!((1..=64).contains(&answer.request_id().len()));
    }
    let ids = [person.get("/tasks"), person.get("/tasks"), api().get("/nowhere"), api().get("/login")];
    let ids: std::collections::HashSet<_> = ids.iter().map(|answer| answer.request_id().to_owned()).collect();
    assert_eq!(ids.len(), 4);
}

#[test]
fn every_answer_carries_the_security_headers() {
    let person = Person::new();
    let path = person.task_path("x");
    let answers = [
        person.get("/tasks"),
        person.get(&path),
        person.get("/tasks/x"),
        api().get("/tasks"),
        api().get("/login"),
        api().get("/no/such/page"),
        api().get("/health"),
        api().get("/openapi.json"),
        api().call("GET", "/dashboard").cookie(&person.token).send(),
        person.call("PUT", "/tasks").send(),
        person.call("GET", &path).header("if-none-match", "\"1\"").send(),
    ];
    for answer in answers {
        let shown = format!("{} {:?}", answer.status, answer.headers);
        assert_eq!(answer.header("content-security-policy"), Some(CSP), "{shown}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{shown}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{shown}");
        assert!(answer.header("strict-transport-security").is_some(), "{shown}");
        assert!(answer.header("cache-control").is_some(), "{shown}");
        assert!(answer.header("x-request-id").is_some(), "{shown}");
        for name in ["access-control-allow-origin", "server", "x-powered-by", "x-origin-key"] {
            assert_eq!(answer.header(name), None, "{name}: {shown}");
        }
    }
    for private in
        [person.get("/tasks"), person.get("/auth/me"), api().call("GET", "/dashboard").cookie(&person.token).send()]
    {
        assert_eq!(private.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn programs_are_told_in_json_and_people_in_a_page() {
    let person = Person::new();
    person.get("/tasks/x").problem(404);
    api().get("/auth/nothing").problem(404);
    for path in ["/no/such/page", "/tasksX", "/web/nothing", "/healthy"] {
        let page = api().get(path);
        assert_eq!(page.status, 404, "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(page.text().contains(page.request_id()), "{path}: the page shows the request's id");
    }
    let escaped = api().get("/no/%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(!escaped.text().contains("<script>alert"), "{}", escaped.text());
}

#[test]
fn a_body_that_comes_apart_from_its_head_is_read_whole() {
    let person = Person::new();
    let address = api().base().strip_prefix("http://").expect("no TLS").replace("localhost", "127.0.0.1");
    let mut stream = TcpStream::connect(&address).expect("a connection");
    stream.set_nodelay(true).expect("packets of their own");
    let body = r#"{"title": "In three packets"}"#;
    for round in 0..3 {
        let head = format!(
            "POST /tasks HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            person.token,
            body.len()
        );
        let (first, second) = body.split_at(9);
        for part in [&head, first, second] {
            stream.write_all(part.as_bytes()).expect("it goes out");
        }
        let mut answer = BufReader::new(&stream);
        let mut line = String::new();
        answer.read_line(&mut line).expect("an answer");
        assert!(line.starts_with("HTTP/1.1 201 "), "{round}: {line}");
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            answer.read_line(&mut line).expect("a header");
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        answer.read_exact(&mut vec![0; length]).expect("the body");
    }
    assert_eq!(person.walk("/tasks").0.len(), 3);
}

#[test]
fn pages_lead_strangers_to_the_sign_in() {
    for path in ["/dashboard", "/account", "/task/018f2c5e-7700-7abc-8def-0123456789ab"] {
        let answer = api().get(path);
        assert_eq!(answer.status, 303, "{path}");
        let location = answer.header("location").expect("a location");
        assert!(location.starts_with("/login?next=%2F") || location.starts_with("/login?next=/"), "{location}");
    }
    for path in ["/login", "/signup"] {
        let page = api().get(path);
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{path}");
    }
}

#[test]
fn static_files_are_kept_for_a_year_under_hashed_names() {
    let manifest: serde_json::Value =
        serde_json::from_str(include_str!("../../../static/manifest.json")).expect("JSON");
    for (name, hashed) in manifest.as_object().expect("names") {
        let path = format!("/static/{}", hashed.as_str().expect("a name"));
        let file = api().get(&path);
        assert_eq!(file.status, 200, "{path}");
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"), "{path}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"), "{path}");
        let tag = file.header("etag").expect("a tag").to_owned();
        let again = api().call("GET", &path).header("if-none-match", &tag).send();
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        let packed = api().call("GET", &path).header("accept-encoding", "gzip").send();
        assert_eq!(packed.header("content-encoding").is_some(), file.body.len() > 1024, "{path}");
        // Without its hash the name is none.
        assert_eq!(api().get(&format!("/static/{name}")).status, 404, "{name}");
    }
    for path in ["/static/", "/static/nothing.css", "/static/manifest.json", "/static/%2e%2e/Cargo.toml"] {
        assert_eq!(api().get(path).status, 404, "{path}");
    }
    // What the pages name is there.
    let page = api().get("/login");
    let named: Vec<&str> = page.text().split('"').filter(|part| part.starts_with("/static/")).collect();
    assert!(named.len() >= 3, "{named:?}");
    for path in named {
        assert_eq!(api().get(path).status, 200, "{path}");
    }
}

#[test]
fn only_this_machine_s_names_are_served() {
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "192.168.0.1"] {
        let request = format!("GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert_eq!(raw(api(), request.as_bytes()).0, 421, "{host}");
    }
}

/// A gateway may hand over such a body as text in which the bytes are replaced; this one does not.
#[test]
fn a_body_that_is_not_utf_8_is_400() {
    let person = Person::new();
    person.call("POST", "/tasks").body("application/json", b"{\"title\":\"\xc3\x28\"}").send().problem(400);
    api().call("POST", "/auth/signup").body("application/json", b"{\"username\":\"\xff\xfe\"}").send().problem(400);
    assert_eq!(person.get("/tasks").ok(200), json!([]));
}

/// A gateway may answer OPTIONS by itself; this one does not, and neither does the cloud's without CORS settings.
#[test]
fn options_is_a_method_like_any_other() {
    let person = Person::new();
    for path in ["/tasks".to_owned(), person.task_path("x"), "/auth/login".to_owned(), "/health".to_owned()] {
        let answer = person.call("OPTIONS", &path).send().expect(405);
        assert!(answer.header("allow").is_some(), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let empty = person.delete(&person.task_path("x")).expect(204);
    assert_eq!(empty.header("content-type"), None, "an empty answer has no type");
}

#[test]
fn the_api_behind_the_front_answers_by_itself() {
    let person = Person::new();
    let direct = tests::Api::new(&stack().api_url());
    direct.call("GET", "/tasks").bearer(&person.token).send().ok(200);
    direct.get("/tasks").problem(401);
    assert_eq!(direct.get("/health").ok(200), json!({"status": "ok"}));
}

#[test]
fn a_request_leaves_one_line_and_no_secret() {
    let person = Person::new();
    let answer = person.post("/tasks", &json!({"title": "A title that is nobody's business"})).expect(201);
    let line = request_line(answer.request_id());
    for (name, value) in [("method", "POST"), ("path", "/tasks"), ("service", "tasks"), ("user_id", &*person.id)] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(line["status_code"], 201, "{line}");
    for name in ["timestamp", "level", "logger", "message", "latency_ms", "table_calls"] {
        assert!(!line[name].is_null(), "{name}: {line}");
    }
    let path = person.task_path("x");
    assert_eq!(request_line(person.get(&path).request_id())["path"], "/tasks/{id}");
    let signature = person.token.rsplit('.').next().expect("a signature");
    for secret in [signature, tests::PASSWORD, "nobody's business"] {
        assert_eq!(tests::lines_with(secret), Vec::<String>::new(), "{secret}");
    }
}

#[test]
fn the_instance_says_how_it_is_and_what_it_can() {
    let health = api().get("/health").expect(200);
    assert_eq!(health.json(), json!({"status": "ok"}));
    let document = api().get("/openapi.json").ok(200);
    assert_eq!(document["openapi"], "3.1.0");
    let committed: serde_json::Value =
        serde_json::from_str(include_str!("../../../functions/ops/openapi.json")).expect("JSON");
    assert_eq!(document, committed);
}
