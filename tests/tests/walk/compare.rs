//! An answer beside what the model expects.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use tests::Answer;

use crate::model::{Body, Expected, Model};
use crate::request::{Ask, Request};
use crate::wire::Seen;

/// Headers that an answer given again repeats.
const REPEATED: [&str; 4] = ["content-type", "etag", "location", "cache-control"];

impl Model {
    /// Whether the answer is the expected one; learns from it what only an answer shows.
    pub fn agree(&mut self, request: &Request, expected: &Expected, seen: &Seen) -> Result<(), String> {
        let answer = &seen.answer;
        // What was ended under an answer that was lost is not there when it is sent again.
        let over = match request.ask {
            Ask::EndSession(_) => [401, 404].contains(&answer.status),
            Ask::SignOut => answer.status == 401,
            _ => false,
        };
        if seen.refused > 0 && over && expected.status == 204 {
            return Ok(());
        }
        if answer.status != expected.status {
            return Err(format!("{} instead of {}: {}", answer.status, expected.status, shown(answer)));
        }
        catch_unwind(AssertUnwindSafe(|| answer.clone().expect(expected.status).request_id().len()))
            .map_err(|_| format!("an answer of another form: {}", shown(answer)))?;
        match &expected.body {
            Body::Empty if answer.body.is_empty() => {}
            Body::Empty => return Err(format!("not empty: {}", shown(answer))),
            Body::Json(value) => {
                let items = seen.items.clone();
                let found = items.or_else(|| serde_json::from_slice(&answer.body).ok()).unwrap_or_default();
                self.slots.agree(value, &found).map_err(|why| format!("{why}: {}", shown(answer)))?;
            }
            Body::Problem if answer.json().get("errors").is_none() => {}
            Body::Problem => return Err(format!("names fields: {}", shown(answer))),
            Body::Names(names) => names_are(answer, names)?,
            Body::Again(first) => return same(first, answer),
        }
        let tag = expected.version.map(|version| format!("\"{version}\""));
        if answer.header("etag") != tag.as_deref() {
            return Err(format!("ETag {:?} instead of {tag:?}", answer.header("etag")));
        }
        let made = expected.made.as_ref().and_then(|id| self.slots.known(id));
        let path = made.map(|id| format!("/tasks/{id}"));
        if answer.header("location") != path.as_deref() {
            return Err(format!("Location {:?} instead of {path:?}", answer.header("location")));
        }
        Ok(())
    }
}

fn names_are(answer: &Answer, names: &[&str]) -> Result<(), String> {
    let problem = answer.json();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let mut named: Vec<&str> = errors.iter().filter_map(|error| error["field"].as_str()).collect();
    let mut names = names.to_vec();
    named.sort_unstable();
    names.sort_unstable();
    if named == names { Ok(()) } else { Err(format!("names {named:?} instead of {names:?}")) }
}

fn same(first: &Answer, again: &Answer) -> Result<(), String> {
    if first.body != again.body {
        return Err(format!("{} instead of {}", shown(again), shown(first)));
    }
    for name in REPEATED {
        if first.header(name) != again.header(name) {
            let (again, first) = (again.header(name), first.header(name));
            return Err(format!("given again with {name} {again:?} instead of {first:?}"));
        }
    }
    Ok(())
}

fn shown(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let value: Option<Value> = serde_json::from_str(&text).ok();
    let detail = value.as_ref().and_then(|value| Some(value.get("detail")?.to_string()));
    format!("{:.600}", detail.unwrap_or(text.into_owned()))
}
