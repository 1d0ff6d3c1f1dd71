//! `--demo`: a believable sprint, put in through the public API like anyone's work.

mod client;
mod sprint;

use http::{Method, StatusCode};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::StartError;
use client::Client;
use sprint::{PEOPLE, Person, Work};

/// The name of the one among the demo's people who is to be an administrator.
pub fn admin() -> Option<&'static str> {
    PEOPLE.first().map(|person| person.username)
}

/// What [`fill`] did.
#[derive(Debug)]
pub enum Demo {
    /// The people of the demo had signed up before.
    AlreadyThere,
    /// The data are new.
    Filled {
        /// How many tasks there are.
        tasks: usize,
    },
}

/// A sign-in that the demo made up.
#[derive(Debug)]
pub struct SignIn {
    /// The name.
    pub username: &'static str,
    /// The password, random.
    pub password: String,
}

/// Why the demo could not be filled.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The stack was not reached.
    #[error("the demo couldn't reach the stack: {0}")]
    Unreachable(String),
    /// The stack refused a step.
    #[error("the demo's {method} {path} got {status}: {detail}")]
    Refused {
        /// The request's method.
        method: Method,
        /// The request's path.
        path: String,
        /// The answer's status.
        status: StatusCode,
        /// The answer's body.
        detail: String,
    },
    /// No password could be made.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// Signs the demo's people up at the stack at `url` and enters their work, unless they are there. `told` hears of each
/// sign-in as it is made, since nothing can show it again.
///
/// # Errors
/// [`DemoError`]; what was entered before stays.
pub async fn fill(url: &str, told: impl Fn(&SignIn)) -> Result<Demo, DemoError> {
    let client = Client::new(url);
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut tasks = 0;
    for (signed_up_before, person) in PEOPLE.iter().enumerate() {
        let password = crate::secrets::random_text(20)?;
        let account = json!({ "username": person.username, "password": password, "time_zone": "UTC" });
        match client.post("/auth/signup", None, &account).await {
            Err(DemoError::Refused { status: StatusCode::CONFLICT, .. }) if signed_up_before == 0 => {
                return Ok(Demo::AlreadyThere);
            }
            signed_up => signed_up?,
        };
        let sign_in = SignIn { username: person.username, password };
        told(&sign_in);
        tasks += enter_work(&client, person, &sign_in.password, today).await?;
    }
    Ok(Demo::Filled { tasks })
}

async fn enter_work(client: &Client, person: &Person, password: &str, today: Date) -> Result<usize, DemoError> {
    let sign_in = json!({ "username": person.username, "password": password });
    let token = client.post("/auth/login", None, &sign_in).await?;
    let token = token.get("access_token").and_then(Value::as_str);
    for work in person.work {
        enter(client, token, work, today).await?;
    }
    client.post("/auth/logout", token, &Value::Null).await?;
    Ok(person.work.len())
}

async fn enter(client: &Client, token: Option<&str>, work: &Work, today: Date) -> Result<(), DemoError> {
    let task = json!({
        "title": work.title,
        "description": work.description,
        "estimate_minutes": work.estimate,
        "due_on": work.due_in.map(|days| day(today, days)),
    });
    let task = client.post("/tasks", token, &task).await?;
    let id = task.get("id").and_then(Value::as_str).unwrap_or_default();
    for logged in work.logged {
        let entry = json!({
            "minutes": logged.minutes,
            "note": logged.note,
            "worked_on": day(today, -logged.days_ago),
        });
        client.post(&format!("/tasks/{id}/time"), token, &entry).await?;
    }
    if work.status != "todo" {
        let status = json!({ "status": work.status });
        client.post(&format!("/tasks/{id}/status"), token, &status).await?;
    }
    Ok(())
}

fn day(today: Date, days: i64) -> String {
    today.saturating_add(days.days()).to_string()
}
