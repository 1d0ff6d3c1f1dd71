//! People who use the instance.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::{Answer, Api, Call, api};

/// A password that may be chosen.
pub const PASSWORD: &str = "three quiet otters paddle";

/// A username that nobody has.
pub fn fresh_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock past 1970");
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("t{:x}.{:x}_{count}", since.as_micros(), std::process::id())
}

/// Someone who signed up and in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The account's id.
    pub id: String,
    /// A token.
    pub token: String,
    /// Where.
    pub api: Api,
}

impl Person {
    /// Someone new on the shared stack.
    pub fn new() -> Self {
        Self::on(api())
    }

    /// Someone new there.
    pub fn on(api: &Api) -> Self {
        let name = fresh_name();
        let user = api.post("/auth/signup", &json!({"username": name, "password": PASSWORD})).ok(201);
        let id = user["id"].as_str().expect("an id").to_owned();
        let person = Self { name, id, token: String::new(), api: api.clone() };
        let token = person.sign_in(PASSWORD);
        Self { token, ..person }
    }

    /// Signs in once more, and gives the token.
    pub fn sign_in(&self, password: &str) -> String {
        let answer = self.try_sign_in(password).ok(200);
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// Changes the password, and gives the person with the token of the session that goes on.
    #[must_use]
    pub fn change_password(&self, current: &str, new: &str) -> Self {
        let body = json!({"current_password": current, "new_password": new});
        let answer = self.post("/auth/password", &body).ok(200);
        self.with(answer["access_token"].as_str().expect("a token"))
    }

    /// Tries to sign in.
    pub fn try_sign_in(&self, password: &str) -> Answer {
        self.api.post("/auth/login", &json!({"username": self.name, "password": password}))
    }

    /// The same person with another token.
    #[must_use]
    pub fn with(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// A call with this person's token.
    pub fn call(&self, method: &str, path: &str) -> Call {
        self.api.call(method, path).bearer(&self.token)
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    /// `POST` of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).json(body).send()
    }

    /// `PUT` of JSON.
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path).json(body).send()
    }

    /// `PATCH` of JSON.
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call("PATCH", path).json(body).send()
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).send()
    }

    /// Adds a task with this title.
    pub fn task(&self, title: &str) -> Value {
        self.post("/tasks", &json!({"title": title})).ok(201)
    }

    /// The person, where it is past one in the morning: a whole working day is ahead, whatever the clock shows here.
    pub fn in_the_morning(self) -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
        let hour = i64::try_from(since.as_secs() / 3_600 % 24).expect("an hour");
        // Etc/GMT counts westwards.
        let west = if hour > 13 { hour - 25 } else { hour - 1 };
        self.patch("/auth/me", &json!({"time_zone": format!("Etc/GMT{west:+}")})).ok(200);
        self
    }

    /// Adds a task, and gives its path.
    pub fn task_path(&self, title: &str) -> String {
        format!("/tasks/{}", self.task(title)["id"].as_str().expect("an id"))
    }

    /// Walks a list to its end, and gives every item of it in order and the number of pages.
    pub fn walk(&self, path: &str) -> (Vec<Value>, usize) {
        let (mut items, mut pages, mut next) = (Vec::new(), 0, Some(path.to_owned()));
        while let Some(path) = next {
            let answer = self.get(&path).expect(200);
            next = answer.next();
            items.extend(answer.json().as_array().expect("a list").iter().cloned());
            pages += 1;
        }
        (items, pages)
    }
}

impl Default for Person {
    fn default() -> Self {
        Self::new()
    }
}
