//! What every route costs at the table: as `docs/data-model.md` says under "Costs", with 30 tasks in the account and with
//! 3,000. `UPDATE=1 cargo test -p tests --test units` writes that table anew, for a person to look at.

mod rights;
mod team;
mod views;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::json;
use sprintsync_auth::legacy_hash;
use sprintsync_domain::{Description, NewTask, Status};
use sprintsync_store::{Imported, ImportedUser, Original};
use tests::{Answer, Call, Lab, PASSWORD, Person, Table, api, fresh_name, request_line, run, stack};

const OTHER_PASSWORD: &str = "seven loud herons dance";

/// What a request used, as its log line says.
#[derive(Debug, Clone, PartialEq)]
struct Cost {
    calls: u64,
    sequence: u64,
    read_units: f64,
    write_units: f64,
}

impl Cost {
    fn of(answer: &Answer) -> Self {
        let line = request_line(answer.request_id());
        let count = |name: &str| line[name].as_u64().unwrap_or_else(|| panic!("{name}: {line}"));
        let units = |name: &str| line[name].as_f64().unwrap_or_else(|| panic!("{name}: {line}"));
        Self {
            calls: count("table_calls"),
            sequence: count("table_sequence"),
            read_units: units("read_units"),
            write_units: units("write_units"),
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {} | {} | {}", self.calls, self.sequence, self.read_units, self.write_units)
    }
}

/// Costs by what was done, in the order in which it was.
#[derive(Default)]
struct Costs(Vec<(String, Cost)>);

impl Costs {
    /// Notes what this answer cost. `label` is a method and a path, with what is special about the request in brackets.
    #[track_caller]
    fn note(&mut self, label: &str, answer: Answer, status: u16) -> Answer {
        assert_eq!(answer.status, status, "{label}: {}", answer.text());
        assert!(self.0.iter().all(|(known, _)| known != label), "{label} stands twice");
        self.0.push((label.to_owned(), Cost::of(&answer)));
        answer
    }
}

/// Someone whose account holds this many tasks.
fn someone_with(tasks: usize) -> Person {
    let person = Person::new();
    let store = Table::of(stack()).store();
    let by = person.id.parse().expect("an id");
    run(async {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    for n in (writer..tasks).step_by(4) {
                        let now = sprintsync_http::world().now();
                        let today = now.day_in(&"UTC".parse().expect("a zone"));
                        let status = Status::ALL[n / 4 % 3];
                        store.create_task(new_task(n, status), by, (now, today), None).await.expect("a task");
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.expect("a writer");
        }
    });
    person
}

fn new_task(n: usize, status: Status) -> NewTask {
    NewTask {
        title: format!("Task number {n:04} of the account").parse().expect("a title"),
        description: Description::default(),
        status,
        estimate: None,
        due_on: None,
        logged: None,
    }
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().expect("an id").to_owned()
}

/// Does everything once, as someone with this many tasks.
fn costs(tasks: usize) -> Costs {
    let person = someone_with(tasks);
    let mut costs = Costs::default();
    rest_accounts(&mut costs, &person);
    rest_tasks(&mut costs, &person);
    by_an_admin(&mut costs, &person);
    refused(&mut costs, &person);
    pages(&mut costs, &person);
    views::views(&mut costs);
    forms(&mut costs, &person);
    suggestions(&mut costs);
    passwords(&mut costs);
    team::costs(&mut costs, tasks);
    costs
}

/// What is planned costs what is looked at, up to a bound: measured with 25 tasks of each status.
fn suggestions(costs: &mut Costs) {
    let person = Person::new().in_the_morning();
    for status in ["todo", "in_progress", "done"].repeat(25) {
        person.post("/tasks", &json!({"title": "A task to plan", "status": status})).expect(201);
    }
    let draft = json!({"mode": "draft", "title": "Fix the login"});
    costs.note("POST /ai/suggest (a draft)", person.post("/ai/suggest", &draft), 200);
    costs.note("POST /ai/suggest (a plan, 75 tasks)", person.post("/ai/suggest", &json!({"mode": "plan"})), 200);
    let keyed =
        || person.call("POST", "/ai/suggest").header("idempotency-key", "k").json(&json!({"mode": "plan"})).send();
    costs.note("POST /ai/suggest (a plan, 75 tasks, with a key)", keyed(), 200);
    costs.note("POST /ai/suggest (a plan, 75 tasks, again under its key)", keyed(), 200);
    let over = person.with(&person.sign_in(PASSWORD));
    over.call("POST", "/auth/logout").send().expect(204);
    let refused = over.call("POST", "/ai/suggest").header("idempotency-key", "x").json(&draft).send();
    costs.note("POST /ai/suggest (with a key, the session is over)", refused, 401);
    let form = |path: &str| by_cookie(&person, "POST", path).form(&[("title", "Fix the login")]).send();
    costs.note("POST /web/ai/plan (75 tasks)", form("/web/ai/plan"), 303);
    costs.note("POST /web/ai/draft", form("/web/ai/draft"), 200);
    let id = person.task("Fix the login")["id"].as_str().expect("an id").to_owned();
    costs.note("POST /web/ai/draft/{id}", form(&format!("/web/ai/draft/{id}")), 200);
    let read = |path: &str| by_cookie(&person, "GET", path).send();
    costs.note("GET /web/plan (51 open tasks)", read("/web/plan"), 200);
    let put_off = by_cookie(&person, "POST", &format!("/web/plan/{id}/not-today")).form(&[]).send();
    costs.note("POST /web/plan/{id}/not-today", put_off, 303);
    costs.note("GET /dashboard (30 tasks, with a plan of 51)", read("/dashboard"), 200);
}

fn rest_accounts(costs: &mut Costs, person: &Person) {
    let body = |password: &str| json!({"username": fresh_name(), "password": password});
    costs.note("POST /auth/signup", api().post("/auth/signup", &body(PASSWORD)), 201);
    costs.note("POST /auth/login", person.try_sign_in(PASSWORD), 200);
    costs.note("POST /auth/login (wrong password)", person.try_sign_in("wrong wrong wrong"), 401);
    costs.note("POST /auth/login (unknown name)", api().post("/auth/login", &body(PASSWORD)), 401);
    let brought = brought_over();
    costs.note("POST /auth/login (with the original's password)", brought.try_sign_in("user1"), 200);
    costs.note("GET /auth/me", person.get("/auth/me"), 200);
    costs.note("PATCH /auth/me", person.patch("/auth/me", &json!({"workday_minutes": 450})), 200);
    costs.note("GET /auth/me/export (25 tasks)", person.get("/auth/me/export"), 200);
    let leaver = Person::new();
    let leave = |password: &str| leaver.call("DELETE", "/auth/me").json(&json!({"password": password})).send();
    costs.note("DELETE /auth/me (wrong password)", leave("wrong wrong wrong"), 403);
    costs.note("DELETE /auth/me", leave(PASSWORD), 204);
    let second = person.with(&person.sign_in(PASSWORD));
    let sessions = costs.note("GET /auth/sessions", person.get("/auth/sessions"), 200).json();
    let other = sessions[1]["id"].as_str().expect("an id");
    costs.note("DELETE /auth/sessions/{id}", person.delete(&format!("/auth/sessions/{other}")), 204);
    costs.note("POST /auth/logout", second.call("POST", "/auth/logout").send(), 204);
}

/// Somebody who was brought over from the original and has not signed in since.
fn brought_over() -> Person {
    let name = fresh_name();
    let hash = legacy_hash("$2b$04$.3ocr/gSt6AeSylcFuNlZODK3cD4nm7cDQiNJeEMD36LmWMnmDd6u").expect("a hash of user1");
    let new = ImportedUser {
        original: Original { number: 1, created_at: sprintsync_http::world().now() },
        username: name.parse().expect("a name"),
        is_admin: false,
        password: hash,
    };
    let imported = run(Table::of(stack()).store().import_user(&new)).expect("an answer");
    assert_eq!(imported, Imported::Done);
    Person { name, id: String::new(), token: String::new(), api: api().clone() }
}

fn rest_tasks(costs: &mut Costs, person: &Person) {
    let title = "A task of the size of the others";
    let added = costs.note("POST /tasks", person.post("/tasks", &json!({"title": title})), 201);
    let path = format!("/tasks/{}", id(&added));
    let with_time = person.post("/tasks", &json!({"title": title, "total_minutes": 5}));
    costs.note("POST /tasks (with `total_minutes`)", with_time, 201);
    costs.note("GET /tasks (25 of them)", person.get("/tasks?limit=25"), 200);
    costs.note("GET /tasks (5 of one status)", person.get("/tasks?limit=5&status=in_progress"), 200);
    costs.note("GET /tasks/{id}", person.get(&path), 200);
    let known = person.call("GET", &path).header("if-none-match", "\"1\"").send();
    costs.note("GET /tasks/{id} (not modified)", known, 304);
    let whole = json!({"title": "x", "description": "", "status": "todo", "estimate_minutes": null, "due_on": null});
    costs.note("PUT /tasks/{id}", person.put(&path, &whole), 200);
    costs.note("PATCH /tasks/{id}", person.patch(&path, &json!({"title": title})), 200);
    costs.note("PATCH /tasks/{id} (nothing changes)", person.patch(&path, &json!({"title": title})), 200);
    let stale = person.call("PATCH", &path).header("if-match", "\"1\"").json(&json!({"title": "y"})).send();
    costs.note("PATCH /tasks/{id} (stale version)", stale, 412);
    let status = person.post(&format!("{path}/status"), &json!({"status": "in_progress"}));
    costs.note("POST /tasks/{id}/status", status, 200);
    let logged = costs.note("POST /tasks/{id}/time", person.post(&format!("{path}/time"), &json!({"minutes": 5})), 201);
    let reversal = person.call("POST", &format!("{path}/time/{}/reversal", id(&logged))).send();
    costs.note("POST /tasks/{id}/time/{entry}/reversal", reversal, 201);
    costs.note("GET /timer (none runs)", person.get("/timer"), 204);
    costs.note("POST /tasks/{id}/timer/start", person.call("POST", &format!("{path}/timer/start")).send(), 201);
    costs.note("GET /timer", person.get("/timer"), 200);
    costs.note("POST /tasks/{id}/timer/stop", person.call("POST", &format!("{path}/timer/stop")).send(), 201);
    costs.note("GET /time", person.get("/time?from=2020-01-01&to=2100-01-01"), 200);
    costs.note("GET /tasks/{id}/time", person.get(&format!("{path}/time")), 200);
    costs.note("GET /tasks/{id}/history", person.get(&format!("{path}/history")), 200);
    costs.note("DELETE /tasks/{id}", person.delete(&path), 204);
    costs.note("POST /tasks/{id}/restore", person.call("POST", &format!("{path}/restore")).send(), 200);
}

fn by_an_admin(costs: &mut Costs, person: &Person) {
    let admin = Person::new();
    Table::of(stack()).grant_admin(&admin.name);
    let path = person.task_path("A task that an admin looks at");
    costs.note("GET /tasks/{id} (an admin, another's)", admin.get(&path), 200);
    costs.note("GET /tasks/{id}/time (an admin, another's)", admin.get(&format!("{path}/time")), 403);
    costs.note("GET /tasks/{id}/history (an admin, another's)", admin.get(&format!("{path}/history")), 200);
    let status = admin.post(&format!("{path}/status"), &json!({"status": "done"}));
    costs.note("POST /tasks/{id}/status (an admin, another's)", status, 200);
    costs.note("PATCH /tasks/{id} (an admin, another's)", admin.patch(&path, &json!({"title": "x"})), 403);
    costs.note("DELETE /tasks/{id} (an admin, another's)", admin.delete(&path), 204);
    let restored = admin.call("POST", &format!("{path}/restore")).send();
    costs.note("POST /tasks/{id}/restore (an admin, another's)", restored, 200);
}

fn refused(costs: &mut Costs, person: &Person) {
    costs.note("GET /tasks (no token, or a bad one)", api().get("/tasks"), 401);
    costs.note("GET /tasks (a bad query)", person.get("/tasks?limit=0"), 422);
    costs.note("POST /tasks (a bad field)", person.post("/tasks", &json!({"title": ""})), 422);
    let other = Person::new();
    let path = other.task_path("x");
    costs.note("GET /tasks/{id} (another's)", person.get(&path), 404);
    costs.note("GET /health", api().get("/health"), 200);
    costs.note("GET /openapi.json", api().get("/openapi.json"), 200);
    costs.note("GET /docs", api().get("/docs"), 200);
    // In an instance that has counted nothing yet: what it has counted is read as a whole.
    let lab = Lab::start();
    let (admin, scrape) = (lab.admin(), lab.stack.secrets().scrape_token().expect("a token"));
    costs.note("GET /metrics (the collector)", lab.api.call("GET", "/metrics").bearer(&scrape).send(), 200);
    costs.note("GET /metrics (an admin)", admin.get("/metrics"), 200);
    costs.note("GET /health (an admin)", admin.get("/health"), 200);
}

fn by_cookie(person: &Person, method: &str, path: &str) -> Call {
    api().call(method, path).cookie(&person.token).same_origin()
}

fn pages(costs: &mut Costs, person: &Person) {
    let read = |path: &str| by_cookie(person, "GET", path).send();
    let task = person.task("A task with a page of its own")["id"].as_str().expect("an id").to_owned();
    costs.note("GET /", read("/"), 303);
    costs.note("GET /login", api().get("/login"), 200);
    costs.note("GET /signup", api().get("/signup"), 200);
    costs.note("GET /signed-in", by_cookie(person, "GET", "/signed-in").send(), 303);
    costs.note("GET /dashboard (30 tasks)", read("/dashboard"), 200);
    // Costs what its rows cost, and needs a right that nothing else of the pages does.
    read("/dashboard?status=done").expect(200);
    costs.note("GET /dashboard (no cookie)", api().get("/dashboard"), 303);
    costs.note("GET /web/tasks (30 tasks)", read("/web/tasks"), 200);
    costs.note("GET /web/find", read("/web/find"), 200);
    costs.note("GET /web/tasks/{id}", read(&format!("/web/tasks/{task}?view=all")), 200);
    costs.note("GET /web/tasks/{id}/edit", read(&format!("/web/tasks/{task}/edit?view=all")), 200);
    costs.note("GET /task/{id}", read(&format!("/task/{task}")), 200);
    costs.note("GET /web/tasks/{id}/time", read(&format!("/web/tasks/{task}/time")), 200);
    costs.note("GET /web/tasks/{id}/history", read(&format!("/web/tasks/{task}/history")), 200);
    costs.note("GET /account", read("/account"), 200);
    costs.note("GET /day (nothing logged)", read("/day?on=2020-01-01"), 200);
    costs.note("GET /day", read("/day"), 200);
    costs.note("GET /trash", read("/trash"), 200);
    costs.note("GET /account/export (25 tasks)", read("/account/export"), 200);
    costs.note("GET /web/account/export (25 tasks)", read("/web/account/export"), 200);
}

/// A form as a browser sends it without script, and as htmx does.
fn both(costs: &mut Costs, person: &Person, label: &str, submit: &dyn Fn(Call) -> Call, path: &dyn Fn() -> String) {
    let call = || submit(by_cookie(person, "POST", &path()));
    costs.note(label, call().send(), 303);
    costs.note(&format!("{label} (htmx)"), call().header("hx-request", "true").send(), 200);
}

fn forms(costs: &mut Costs, person: &Person) {
    let task = || person.task("A task that forms change")["id"].as_str().expect("an id").to_owned();
    let at = |rest: &'static str| move || format!("/web/tasks/{}{rest}", task());
    let form = |fields: &'static [(&'static str, &'static str)]| move |call: Call| call.form(fields);
    both(costs, person, "POST /web/tasks", &form(&[("title", "By the form")]), &|| "/web/tasks".to_owned());
    let edit = form(&[
        ("version", "1"),
        ("title", "Edited"),
        ("description", ""),
        ("status", "todo"),
        ("estimate_minutes", ""),
        ("due_on", ""),
    ]);
    both(costs, person, "POST /web/tasks/{id}", &edit, &at(""));
    let ticked = |call: Call| {
        let names: Vec<String> = (0..3).map(|_| format!("task.{}", task())).collect();
        let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "on")).collect();
        fields.push(("status", "done"));
        call.form(&fields)
    };
    both(costs, person, "POST /web/tasks/status (3 tasks)", &ticked, &|| "/web/tasks/status".to_owned());
    both(costs, person, "POST /web/tasks/{id}/status", &form(&[("status", "done")]), &at("/status"));
    both(costs, person, "POST /web/tasks/{id}/time", &form(&[("minutes", "5")]), &at("/time"));
    both(costs, person, "POST /web/tasks/{id}/delete", &form(&[]), &at("/delete"));
    let trashed = || {
        let id = task();
        person.delete(&format!("/tasks/{id}")).expect(204);
        format!("/web/tasks/{id}/restore")
    };
    both(costs, person, "POST /web/tasks/{id}/restore", &form(&[]), &trashed);
    let own = task();
    for (htmx, status) in [("", 303), (" (htmx)", 200)] {
        for act in ["start", "stop"] {
            let call = by_cookie(person, "POST", &format!("/web/tasks/{own}/timer/{act}")).form(&[]);
            let call = if htmx.is_empty() { call } else { call.header("hx-request", "true") };
            costs.note(&format!("POST /web/tasks/{{id}}/timer/{act}{htmx}"), call.send(), status);
        }
    }
    let act = |id: &str, act: &str| by_cookie(person, "POST", &format!("/web/tasks/{id}/timer/{act}"));
    act(&task(), "start").form(&[]).send().expect(303);
    costs.note("POST /web/tasks/{id}/timer/start (another stops)", act(&own, "start").form(&[]).send(), 303);
    act(&own, "stop").form(&[]).send().expect(303);
    let entry = id(&person.post(&format!("/tasks/{own}/time"), &json!({"minutes": 5})));
    let undo = act(&own, "undo").form(&[("entry", &entry), ("status", "in_progress")]).send();
    costs.note("POST /web/tasks/{id}/timer/undo", undo, 303);
    let entry = id(&person.post(&format!("/tasks/{own}/time"), &json!({"minutes": 5})));
    let reversal = by_cookie(person, "POST", &format!("/web/tasks/{own}/time/{entry}/reversal")).form(&[]).send();
    costs.note("POST /web/tasks/{id}/time/{entry}/reversal", reversal, 303);
    let workday = std::cell::Cell::new(400);
    let profile = |call: Call| {
        workday.set(workday.get() + 1);
        call.form(&[("time_zone", "UTC"), ("workday_minutes", &workday.get().to_string())])
    };
    both(costs, person, "POST /web/account", &profile, &|| "/web/account".to_owned());
    let session = || {
        let second = person.with(&person.sign_in(PASSWORD));
        let sessions = second.get("/auth/sessions").ok(200);
        format!("/web/account/sessions/{}/end", sessions[0]["id"].as_str().expect("an id"))
    };
    both(costs, person, "POST /web/account/sessions/{id}/end", &form(&[]), &session);

    let submit = |path: &str, fields: &[(&str, &str)]| api().call("POST", path).same_origin().form(fields).send();
    let signed_in = submit("/web/login", &[("username", &person.name), ("password", PASSWORD)]);
    costs.note("POST /web/login", signed_in, 303);
    let wrong = submit("/web/login", &[("username", &person.name), ("password", "wrong wrong wrong")]);
    costs.note("POST /web/login (wrong password)", wrong, 401);
    let name = fresh_name();
    costs.note("POST /web/signup", submit("/web/signup", &[("username", &name), ("password", PASSWORD)]), 303);
    let second = person.with(&person.sign_in(PASSWORD));
    let form = [("username", &*person.name), ("password", PASSWORD)];
    let over = by_cookie(&second, "POST", "/web/login").form(&form).send();
    costs.note("POST /web/login (over another session)", over, 303);
    let second = person.with(&person.sign_in(PASSWORD));
    let scheme = by_cookie(person, "POST", "/web/scheme").form(&[("scheme", "dark")]).send();
    costs.note("POST /web/scheme", scheme, 303);
    costs.note("POST /web/logout", by_cookie(&second, "POST", "/web/logout").form(&[]).send(), 303);
}

fn passwords(costs: &mut Costs) {
    let person = Person::new();
    let change = |current: &str, new: &str| {
        person.post("/auth/password", &json!({"current_password": current, "new_password": new}))
    };
    costs.note("POST /auth/password (wrong password)", change("wrong wrong wrong", OTHER_PASSWORD), 403);
    costs.note("POST /auth/password", change(PASSWORD, OTHER_PASSWORD), 200);
    let person = &person.with(&person.sign_in(OTHER_PASSWORD));
    let form = [("username", &*person.name), ("current_password", OTHER_PASSWORD), ("new_password", PASSWORD)];
    let changed = by_cookie(person, "POST", "/web/account/password").form(&form).send();
    costs.note("POST /web/account/password", changed, 303);
    let leaver = Person::new();
    let left = by_cookie(&leaver, "POST", "/web/account/leave").form(&[("password", PASSWORD)]).send();
    costs.note("POST /web/account/leave", left, 303);
}

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("docs/data-model.md")
}

const HEAD: &str = "| route | calls | in sequence | read units | write units |\n|---|---|---|---|---|\n";

/// The table in the page: where it stands, and its rows.
fn table(page: &str) -> (std::ops::Range<usize>, BTreeMap<String, String>) {
    let from = page.find(HEAD).expect("the table of costs is there") + HEAD.len();
    let length: usize = page[from..].lines().take_while(|line| line.starts_with('|')).map(|line| line.len() + 1).sum();
    let row = |line: &str| {
        let (label, cost) = line.trim_matches(|c| c == '|' || c == ' ').split_once(" | ").expect("a row");
        (label.to_owned(), cost.to_owned())
    };
    (from..from + length, page[from..from + length].lines().map(row).collect())
}

fn shown(label: &str) -> String {
    match label.split_once(" (") {
        Some((route, more)) => format!("`{route}` ({more}"),
        None => format!("`{label}`"),
    }
}

/// Passes at most: a chain of calls can look longer than it is, never shorter. (A call that was answered before its
/// neighbour had even gone out, on a busy machine, counts as waited for.)
const PASSES: usize = 6;

/// What everything costs with this many tasks: in each pass the same, but for chains that looked too long.
fn settled(tasks: usize, documented: &BTreeMap<String, String>) -> Costs {
    let mut settled = costs(tasks);
    for _ in 1..PASSES {
        let looks_longer = |(label, cost): &(String, Cost)| {
            let shorter = |sequence| Cost { sequence, ..cost.clone() }.to_string();
            let documented = documented.get(&shown(label));
            (0..cost.sequence).any(|sequence| documented == Some(&shorter(sequence)))
        };
        if !settled.0.iter().any(looks_longer) {
            break;
        }
        for ((label, cost), (_, again)) in settled.0.iter_mut().zip(costs(tasks).0) {
            let sequence = cost.sequence.min(again.sequence);
            *cost = Cost { sequence, ..cost.clone() };
            assert_eq!(*cost, Cost { sequence, ..again }, "{label} costs otherwise the second time");
        }
    }
    settled
}

#[test]
fn every_route_costs_what_the_page_says_however_many_tasks_there_are() {
    let text = std::fs::read_to_string(page()).expect("the page");
    let documented = table(&text).1;
    let (small, large) = (settled(30, &documented), settled(3_000, &documented));
    for ((label, with_30), (same, with_3000)) in small.0.iter().zip(&large.0) {
        assert_eq!(label, same);
        assert_eq!(with_30, with_3000, "{label} costs otherwise with 3,000 tasks");
    }
    if std::env::var_os("UPDATE").is_some() {
        let rows: String = small.0.iter().map(|(label, cost)| format!("| {} | {cost} |\n", shown(label))).collect();
        let (place, _) = table(&text);
        std::fs::write(page(), format!("{}{rows}{}", &text[..place.start], &text[place.end..])).expect("it is written");
    }
    let text = std::fs::read_to_string(page()).expect("the page");
    let measured: BTreeMap<String, String> =
        small.0.iter().map(|(label, cost)| (shown(label), cost.to_string())).collect();
    assert_eq!(measured, table(&text).1, "docs/data-model.md and what was measured differ");

    for (label, cost) in &small.0 {
        let three = [
            "POST /auth/login",
            "POST /web/login",
            "POST /auth/password",
            "POST /web/account/password",
            "DELETE /auth/me",
            "POST /web/account/leave",
            "POST /auth/reset",
            "POST /web/reset",
            "POST /web/team/people/{id}/account (with the password)",
            "POST /tasks/{id}/assign",
            "POST /web/team/tasks/{id}/assign",
            "POST /web/tasks/{id}/timer/start (another stops)",
        ];
        let may_take_three = three.iter().any(|route| label.starts_with(route)) || label.contains("(an admin");
        assert!(
            cost.sequence <= if may_take_three { 3 } else { 2 },
            "{label} waits for {} calls in turn",
            cost.sequence
        );
    }
    let routes =
        [auth::ROUTES, admin::ROUTES, tasks::ROUTES, ai::ROUTES, ai::PAGE_ROUTES, ops::ROUTES, web::ROUTES].concat();
    let named = |label: &str| label.split(" (").next().unwrap_or_default().to_owned();
    let routes: BTreeSet<String> =
        routes.iter().map(|(path, method)| format!("{} {path}", method.to_uppercase())).collect();
    let covered: BTreeSet<String> = small.0.iter().map(|(label, _)| named(label)).collect();
    assert_eq!(covered, routes, "each route has a row");
    rights::are_the_least();
    let cost = |label: &str| small.0.iter().find(|(known, _)| known == label).map(|(_, cost)| cost.clone());
    let (wrong, unknown) = (cost("POST /auth/login (wrong password)"), cost("POST /auth/login (unknown name)"));
    let calls = |cost: &Option<Cost>| cost.as_ref().map(|cost| (cost.calls, cost.sequence));
    assert_eq!(calls(&wrong), calls(&unknown), "a name that nobody has takes as many calls as a wrong password");
}
