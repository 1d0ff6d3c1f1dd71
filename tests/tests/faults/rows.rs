//! Every write: how it is sent, and what it must have done. A new route is a new row.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tests::{Answer, Lab, Person, Table};

/// A write, as a row of the matrix.
pub(crate) struct Row {
    /// Method and path, as the router has them.
    pub(crate) route: &'static str,
    /// What it answers.
    pub(crate) success: u16,
    /// What the same request may answer when it is sent again after a 503 that hid its effect, if not the success.
    pub(crate) landed: Option<u16>,
    /// Whether it takes a key, in the header or hidden in its form.
    pub(crate) keyed: bool,
    /// Brings a fresh object about, and says how it is written and what must be so afterwards.
    pub(crate) make: fn(&Desk, Option<&str>) -> Write,
}

/// Whoever writes, and where.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) person: Person,
    /// Somebody else, to whom something is done.
    pub(crate) mate: Person,
    pub(crate) table: Arc<Table>,
}

/// Sends one write: the same request each time.
pub(crate) type Sending = Box<dyn Fn() -> Answer + Sync>;

/// Panics unless the write that was answered like this was done, and done once. The second says whether a 503 came
/// before the answer.
pub(crate) type Check = Box<dyn Fn(&Answer, bool)>;

/// One write.
pub(crate) struct Write {
    pub(crate) send: Sending,
    pub(crate) check: Check,
}

impl Desk {
    pub(crate) fn of(lab: &Lab) -> Self {
        let (person, mate) = (Person::on(&lab.api), Person::on(&lab.api));
        Self { person, mate, table: Arc::new(Table::of(&lab.stack)) }
    }

    /// The same desk with this person at it.
    pub(crate) fn with(&self, person: Person) -> Self {
        Self { person, ..self.clone() }
    }

    pub(crate) fn task(&self) -> String {
        self.person.task_path("Written under faults")
    }

    fn entry(&self, task: &str) -> String {
        let entry = self.person.post(&format!("{task}/time"), &json!({"minutes": 5})).ok(201);
        entry["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) fn trashed(&self) -> String {
        let path = self.task();
        self.person.delete(&path).expect(204);
        path
    }

    /// No timer runs.
    pub(crate) fn idle(&self) {
        let running = self.person.get("/timer");
        if running.status == 200 {
            let task = running.json()["task_id"].as_str().expect("an id").to_owned();
            self.person.post(&format!("/tasks/{task}/timer/stop"), &json!({"minutes": 1})).expect(201);
        }
    }

    pub(crate) fn timed(&self) -> String {
        self.idle();
        let path = self.task();
        self.person.call("POST", &format!("{path}/timer/start")).send().expect(201);
        path
    }

    /// A write of the REST API.
    pub(crate) fn api(&self, method: &'static str, path: &str, body: Option<Value>, key: Option<&str>) -> Sending {
        let (person, path, key) = (self.person.clone(), path.to_owned(), key.map(str::to_owned));
        Box::new(move || {
            let call = person.call(method, &path);
            let call = key.iter().fold(call, |call, key| call.header("idempotency-key", key));
            body.iter().fold(call, |call, body| call.json(body)).send()
        })
    }

    /// A form of a page, as a browser sends it without script.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)], key: Option<&str>) -> Sending {
        let (person, path) = (self.person.clone(), path.to_owned());
        let fields = fields.iter().copied().chain(key.map(|key| ("key", key)));
        let fields: Vec<(String, String)> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Box::new(move || {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            person.api.call("POST", &path).cookie(&person.token).same_origin().form(&fields).send()
        })
    }

    /// How many events this person's account has.
    pub(crate) fn events_of(&self, person: &Person) -> usize {
        self.table.sort_keys(&format!("USER#{}", person.id)).iter().filter(|key| key.starts_with("EV#")).count()
    }

    /// A form of a page that nobody is signed in on.
    pub(crate) fn open_form(&self, path: &str, fields: &[(&str, &str)]) -> Sending {
        let api = self.person.api.clone();
        let fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let path = path.to_owned();
        Box::new(move || {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            api.call("POST", &path).same_origin().form(&fields).send()
        })
    }

    /// The task is of this version, with these entries and no others, and an event for each version.
    pub(crate) fn stands(&self, path: &str, version: u64, minutes: &'static [i64]) -> Check {
        let (person, path) = (self.person.clone(), path.to_owned());
        Box::new(move |answer, _| stands(&person, &path, answer, version, minutes))
    }
}

pub(crate) fn stands(person: &Person, path: &str, answer: &Answer, version: u64, minutes: &[i64]) {
    let task = person.get(path).ok(200);
    let sum: i64 = minutes.iter().sum();
    assert_eq!((&task["version"], &task["total_minutes"]), (&json!(version), &json!(sum)), "{task}");
    let minutes_of = |entries: &[Value]| -> Vec<i64> {
        entries.iter().map(|entry| entry["minutes"].as_i64().expect("minutes")).collect()
    };
    let entries = person.walk(&format!("{path}/time")).0;
    assert_eq!(minutes_of(&entries), minutes, "the entries");
    let mut of_the_days = person.get("/time?from=2020-01-01&to=2100-01-01&limit=20").ok(200);
    let of_the_days = of_the_days.as_array_mut().expect("a list");
    of_the_days.retain(|entry| entry["task_id"] == task["id"]);
    assert_eq!(*of_the_days, entries, "the days say what the task says");
    let events = person.walk(&format!("{path}/history")).0;
    assert_eq!(events.len() as u64, version, "an event for each version: {events:?}");
    if answer.header("content-type") == Some("application/json") {
        let said = answer.json();
        let there = if said["version"].is_null() { entries.first() } else { Some(&task) };
        assert_eq!(Some(&said), there, "the answer says what is there");
        let tag = said["version"].as_u64().map(|version| format!("\"{version}\""));
        assert_eq!(answer.header("etag"), tag.as_deref(), "the tag is the version");
    }
}

/// A form of a task's page has the path of the task under `/web`.
fn web(path: &str, rest: &str) -> String {
    format!("/web{path}{rest}")
}

/// A title that no other task has.
fn title() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("Number {}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A task of this title is there once, at its first version.
fn added(desk: &Desk, title: String, minutes: &'static [i64]) -> Check {
    let person = desk.person.clone();
    Box::new(move |answer, _| {
        let tasks = person.get("/tasks?limit=5").ok(200);
        let mut tasks = tasks.as_array().expect("a list").iter().filter(|task| task["title"] == *title);
        let task = tasks.next().expect("the task is there");
        assert_eq!(tasks.next(), None, "the task is there twice");
        stands(&person, &format!("/tasks/{}", task["id"].as_str().expect("an id")), answer, 1, minutes);
    })
}

/// The task is in the trash, one version on: it comes out of it in the next.
pub(crate) fn deleted(desk: &Desk, path: &str) -> Check {
    let (person, path) = (desk.person.clone(), path.to_owned());
    Box::new(move |_, _| {
        person.get(&path).problem(404);
        let restored = person.call("POST", &format!("{path}/restore")).send();
        stands(&person, &path, &restored, 3, &[]);
    })
}

/// The timer runs on the task, which is as it was.
fn runs(desk: &Desk, path: &str) -> Check {
    let (person, path) = (desk.person.clone(), path.to_owned());
    Box::new(move |answer, _| {
        let timer = person.get("/timer").ok(200);
        assert!(path.ends_with(timer["task_id"].as_str().expect("an id")), "{timer}");
        if answer.status == 201 {
            assert_eq!(answer.json(), timer);
        }
        assert_eq!(person.get(&path).ok(200)["version"], 1);
    })
}

/// No timer runs, and the task has one entry of a minute.
fn stopped(desk: &Desk, path: &str) -> Check {
    let (person, path) = (desk.person.clone(), path.to_owned());
    Box::new(move |answer, _| {
        person.get("/timer").expect(204);
        stands(&person, &path, answer, 2, &[1]);
    })
}

fn row(route: &'static str, success: u16, make: fn(&Desk, Option<&str>) -> Write) -> Row {
    Row { route, success, landed: None, keyed: true, make }
}

/// The writes of tasks: all take a key.
pub(crate) fn of_tasks() -> Vec<Row> {
    vec![
        row("POST /tasks", 201, |desk, key| {
            let title = title();
            let body = json!({"title": title});
            Write { send: desk.api("POST", "/tasks", Some(body), key), check: added(desk, title, &[]) }
        }),
        row("POST /tasks", 201, |desk, key| {
            let title = title();
            let body = json!({"title": title, "total_minutes": 7});
            Write { send: desk.api("POST", "/tasks", Some(body), key), check: added(desk, title, &[7]) }
        }),
        row("PUT /tasks/{id}", 200, |desk, key| {
            let path = desk.task();
            let body =
                json!({"title": "y", "description": "", "status": "done", "estimate_minutes": 5, "due_on": null});
            Write { send: desk.api("PUT", &path, Some(body), key), check: desk.stands(&path, 2, &[]) }
        }),
        row("PATCH /tasks/{id}", 200, |desk, key| {
            let path = desk.task();
            let body = json!({"title": "Otherwise"});
            Write { send: desk.api("PATCH", &path, Some(body), key), check: desk.stands(&path, 2, &[]) }
        }),
        row("PATCH /tasks/{id}", 200, |desk, key| {
            let path = desk.task();
            let (person, task, key) = (desk.person.clone(), path.clone(), key.map(str::to_owned));
            let send = move || {
                let call = person.call("PATCH", &task).header("if-match", "\"1\"");
                let call = key.iter().fold(call, |call, key| call.header("idempotency-key", key));
                call.json(&json!({"title": "Of the first version"})).send()
            };
            Write { send: Box::new(send), check: desk.stands(&path, 2, &[]) }
        }),
        row("POST /tasks/{id}/status", 200, |desk, key| {
            let path = desk.task();
            let send = desk.api("POST", &format!("{path}/status"), Some(json!({"status": "done"})), key);
            Write { send, check: desk.stands(&path, 2, &[]) }
        }),
        row("DELETE /tasks/{id}", 204, |desk, key| {
            let path = desk.task();
            Write { send: desk.api("DELETE", &path, None, key), check: deleted(desk, &path) }
        }),
        // With a timer that runs on it.
        row("POST /tasks/{id}/status", 200, |desk, key| {
            let path = desk.timed();
            let send = desk.api("POST", &format!("{path}/status"), Some(json!({"status": "done"})), key);
            let (check, person) = (desk.stands(&path, 3, &[1]), desk.person.clone());
            let check: Check = Box::new(move |answer, again| {
                person.get("/timer").expect(204);
                check(answer, again);
            });
            Write { send, check }
        }),
        row("DELETE /tasks/{id}", 204, |desk, key| {
            let path = desk.timed();
            let (person, task) = (desk.person.clone(), path.clone());
            let check: Check = Box::new(move |_, _| {
                person.get("/timer").expect(204);
                person.get(&task).problem(404);
                let restored = person.call("POST", &format!("{task}/restore")).send();
                stands(&person, &task, &restored, 4, &[1]);
            });
            Write { send: desk.api("DELETE", &path, None, key), check }
        }),
        row("POST /tasks/{id}/restore", 200, |desk, key| {
            let path = desk.trashed();
            let send = desk.api("POST", &format!("{path}/restore"), None, key);
            Write { send, check: desk.stands(&path, 3, &[]) }
        }),
        row("POST /tasks/{id}/time", 201, |desk, key| {
            let path = desk.task();
            let send = desk.api("POST", &format!("{path}/time"), Some(json!({"minutes": 7})), key);
            Write { send, check: desk.stands(&path, 2, &[7]) }
        }),
        row("POST /tasks/{id}/time/{entry}/reversal", 201, |desk, key| {
            let path = desk.task();
            let entry = desk.entry(&path);
            let send = desk.api("POST", &format!("{path}/time/{entry}/reversal"), None, key);
            Write { send, check: desk.stands(&path, 3, &[-5, 5]) }
        }),
        row("POST /tasks/{id}/timer/start", 201, |desk, key| {
            desk.idle();
            let path = desk.task();
            Write { send: desk.api("POST", &format!("{path}/timer/start"), None, key), check: runs(desk, &path) }
        }),
        row("POST /tasks/{id}/timer/stop", 201, |desk, key| {
            let path = desk.timed();
            Write { send: desk.api("POST", &format!("{path}/timer/stop"), None, key), check: stopped(desk, &path) }
        }),
    ]
}

/// The forms of the pages that write tasks.
pub(crate) fn of_forms() -> Vec<Row> {
    vec![
        row("POST /web/tasks", 303, |desk, key| {
            let title = title();
            Write { send: desk.form("/web/tasks", &[("title", &title)], key), check: added(desk, title, &[]) }
        }),
        row("POST /web/tasks/{id}", 303, |desk, key| {
            let path = desk.task();
            let empty = ["description", "estimate_minutes", "due_on"].map(|name| (name, ""));
            let fields = [&[("version", "1"), ("title", "y"), ("status", "done")], &empty[..]].concat();
            Write { send: desk.form(&web(&path, ""), &fields, key), check: desk.stands(&path, 2, &[]) }
        }),
        row("POST /web/tasks/{id}/status", 303, |desk, key| {
            let path = desk.task();
            let send = desk.form(&web(&path, "/status"), &[("status", "done")], key);
            Write { send, check: desk.stands(&path, 2, &[]) }
        }),
        row("POST /web/tasks/status", 303, |desk, key| {
            let path = desk.task();
            let name = format!("task.{}", path.trim_start_matches("/tasks/"));
            let send = desk.form("/web/tasks/status", &[(&name, "on"), ("status", "done")], key);
            Write { send, check: desk.stands(&path, 2, &[]) }
        }),
        row("POST /web/tasks/{id}/delete", 303, |desk, key| {
            let path = desk.task();
            Write { send: desk.form(&web(&path, "/delete"), &[], key), check: deleted(desk, &path) }
        }),
        row("POST /web/tasks/{id}/restore", 303, |desk, key| {
            let path = desk.trashed();
            Write { send: desk.form(&web(&path, "/restore"), &[], key), check: desk.stands(&path, 3, &[]) }
        }),
        row("POST /web/tasks/{id}/time", 303, |desk, key| {
            let path = desk.task();
            let send = desk.form(&web(&path, "/time"), &[("minutes", "7")], key);
            Write { send, check: desk.stands(&path, 2, &[7]) }
        }),
        row("POST /web/tasks/{id}/time/{entry}/reversal", 303, |desk, key| {
            let path = desk.task();
            let entry = desk.entry(&path);
            let send = desk.form(&web(&path, &format!("/time/{entry}/reversal")), &[], key);
            Write { send, check: desk.stands(&path, 3, &[-5, 5]) }
        }),
        row("POST /web/tasks/{id}/timer/start", 303, |desk, key| {
            desk.idle();
            let path = desk.task();
            Write { send: desk.form(&web(&path, "/timer/start"), &[], key), check: runs(desk, &path) }
        }),
        // With a timer that runs on another task.
        row("POST /web/tasks/{id}/timer/start", 303, |desk, key| {
            let (former, path) = (desk.timed(), desk.task());
            let (check, person) = (runs(desk, &path), desk.person.clone());
            let check: Check = Box::new(move |answer, again| {
                stands(&person, &former, &person.get(&former), 2, &[1]);
                check(answer, again);
            });
            Write { send: desk.form(&web(&path, "/timer/start"), &[], key), check }
        }),
        row("POST /web/tasks/{id}/timer/undo", 303, |desk, key| {
            let path = desk.task();
            let entry = desk.entry(&path);
            let fields = [("entry", &*entry), ("status", "in_progress")];
            let send = desk.form(&web(&path, "/timer/undo"), &fields, key);
            Write { send, check: desk.stands(&path, 4, &[-5, 5]) }
        }),
        row("POST /web/tasks/{id}/timer/stop", 303, |desk, key| {
            let path = desk.timed();
            Write { send: desk.form(&web(&path, "/timer/stop"), &[], key), check: stopped(desk, &path) }
        }),
    ]
}

/// One plan is kept, which says what was answered.
fn planned(desk: &Desk) -> Check {
    let person = desk.person.clone();
    Box::new(move |answer, _| {
        let records = person.walk("/auth/me/export").0;
        let plans: Vec<_> = records.iter().filter(|record| record["type"] == "plan").collect();
        let [plan] = plans[..] else { panic!("not one plan: {plans:?}") };
        if answer.header("content-type") == Some("application/json") {
            assert_eq!(plan["data"]["suggestion"], answer.json()["suggestion"]);
        }
    })
}

/// Nothing is kept of a draft.
fn drafted() -> Check {
    Box::new(|_, _| {})
}

/// Suggestions: they are counted, and a plan is kept.
pub(crate) fn of_suggestions() -> Vec<Row> {
    let unkeyed = |route, success, make| Row { keyed: false, ..row(route, success, make) };
    vec![
        row("POST /ai/suggest", 200, |desk, key| {
            let body = json!({"mode": "plan"});
            Write { send: desk.api("POST", "/ai/suggest", Some(body), key), check: planned(desk) }
        }),
        row("POST /ai/suggest", 200, |desk, key| {
            let body = json!({"mode": "draft", "title": title()});
            Write { send: desk.api("POST", "/ai/suggest", Some(body), key), check: drafted() }
        }),
        row("POST /web/ai/plan", 303, |desk, key| Write {
            send: desk.form("/web/ai/plan", &[], key),
            check: planned(desk),
        }),
        unkeyed("POST /web/ai/draft", 200, |desk, _| Write {
            send: desk.form("/web/ai/draft", &[("title", "Fix it")], None),
            check: drafted(),
        }),
        unkeyed("POST /web/ai/draft/{id}", 200, |desk, _| {
            let path = format!("/web/ai/draft{}", desk.task().trim_start_matches("/tasks"));
            Write { send: desk.form(&path, &[("title", "Fix it")], None), check: drafted() }
        }),
        unkeyed("POST /web/plan/{id}/not-today", 303, |desk, _| {
            let path = format!("/web/plan{}/not-today", desk.task().trim_start_matches("/tasks"));
            desk.person.post("/ai/suggest", &json!({"mode": "plan"})).ok(200);
            Write { send: desk.form(&path, &[], None), check: planned(desk) }
        }),
    ]
}
