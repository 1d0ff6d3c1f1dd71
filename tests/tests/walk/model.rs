//! SprintSync in memory: what the contract says, a second time, in maps.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use sprintsync_domain::Timestamp;
use tests::Answer;

use crate::request::{Ask, Request, Session};
use crate::samples::ZONES;
use crate::slots::{Slots, Window};

/// Seconds of a day: the life of a session, and of a key.
pub const DAY: i64 = 86_400;

/// Someone with an account.
#[derive(Debug, Clone)]
pub struct Someone {
    pub name: String,
    pub password: String,
    pub id: Value,
    pub created: Value,
    pub admin: bool,
    pub zone: String,
    pub workday: i64,
    pub ends: String,
    pub sessions: Vec<Signed>,
    pub timer: Option<Timer>,
}

/// Where someone is signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    pub token: Value,
    pub id: Value,
    pub created: Value,
    pub expires: Value,
    /// When it began, at the latest.
    pub began: i64,
    pub ended: bool,
}

/// A running timer.
#[derive(Debug, Clone)]
pub struct Timer {
    pub task: usize,
    pub title: Value,
    pub started: Value,
}

/// A task, alive or in the trash.
#[derive(Debug, Clone)]
pub struct Task {
    pub owner: usize,
    pub id: Value,
    /// The fields that a person edits.
    pub fields: Map<String, Value>,
    pub total: i64,
    pub version: u64,
    pub created: Value,
    pub updated: Value,
    pub completed: Value,
    /// When it went into the trash, at the latest.
    pub deleted: Option<i64>,
    pub entries: Vec<Entry>,
    pub events: Vec<Value>,
}

/// Minutes that someone worked.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: Value,
    pub person: usize,
    pub minutes: i64,
    pub note: Value,
    pub day: String,
    pub reverses: Option<usize>,
    pub created: Value,
    /// Its place among all entries.
    pub number: usize,
}

/// What was done under a key.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What was sent: method, path, `If-Match`, body.
    pub sent: [String; 4],
    pub answer: Answer,
    /// When, at the latest.
    at: i64,
}

/// What an answer must be.
#[derive(Debug)]
pub struct Expected {
    pub status: u16,
    pub body: Body,
    pub version: Option<u64>,
    /// The id of what was made, where `Location` names it.
    pub made: Option<Value>,
    /// Whether the request had an effect, so that its key is kept.
    pub effect: bool,
}

/// The body of an answer.
#[derive(Debug)]
pub enum Body {
    Empty,
    Json(Value),
    Problem,
    /// A problem that names these fields.
    Names(Vec<&'static str>),
    /// This very answer again.
    Again(Box<Answer>),
}

/// SprintSync in memory.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub slots: Slots,
    pub people: Vec<Someone>,
    pub tasks: Vec<Task>,
    pub kept: HashMap<(usize, String), Kept>,
    pub entries: usize,
}

/// A request that is being answered: between when and when, and which instant is taken for now.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub window: Window,
    pub now: i64,
}

impl Moment {
    /// Whether so many seconds have passed since something that was done by `since`.
    pub fn is_past(self, since: i64, seconds: i64) -> bool {
        self.now - since >= seconds * 1_000
    }
}

impl Expected {
    /// This problem.
    pub fn problem(status: u16) -> Self {
        Self { status, body: Body::Problem, version: None, made: None, effect: false }
    }

    /// 422, for these fields.
    pub fn names(fields: Vec<&'static str>) -> Self {
        Self { body: Body::Names(fields), ..Self::problem(422) }
    }

    /// What was asked for.
    pub fn json(status: u16, value: Value) -> Self {
        Self { body: Body::Json(value), ..Self::problem(status) }
    }

    /// It is so.
    pub fn empty(status: u16) -> Self {
        Self { body: Body::Empty, ..Self::problem(status) }
    }

    /// By an effect.
    pub fn done(self) -> Self {
        Self { effect: true, ..self }
    }

    /// With the tag of this version.
    pub fn tagged(self, version: u64) -> Self {
        Self { version: Some(version), ..self }
    }
}

impl Model {
    /// Answers a request.
    pub fn answer(&mut self, request: &Request, moment: Moment) -> Expected {
        if request.takes_match() && request.tags.as_ref().is_some_and(|tags| tags.says.is_none()) {
            return Expected::problem(400);
        }
        match &request.ask {
            Ask::SignUp => return self.sign_up(request, moment),
            Ask::SignIn { person, password, .. } => return self.sign_in(*person, password, moment),
            _ => {}
        }
        let Some(session) = request.session.filter(|session| self.is_alive(*session, moment)) else {
            return Expected::problem(401);
        };
        if let Some(kept) = self.kept(session.0, request, moment) {
            if kept.sent == self.sent(request) {
                let body = Body::Again(Box::new(kept.answer.clone()));
                return Expected { body, ..Expected::problem(kept.answer.status) };
            }
            return Expected::names(vec!["idempotency-key"]);
        }
        if request.limit() == Some(0) {
            return Expected::names(vec!["limit"]);
        }
        self.account(session, request, moment)
            .or_else(|| self.about_tasks(session.0, request, moment))
            .or_else(|| self.about_time(session.0, request, moment))
            .expect("something is asked")
    }

    /// What was done under the key of a request.
    pub fn kept(&self, person: usize, request: &Request, moment: Moment) -> Option<&Kept> {
        let key = request.key.clone().filter(|_| request.takes_key())?;
        self.kept.get(&(person, key)).filter(|kept| !moment.is_past(kept.at, DAY))
    }

    /// Keeps the answer of a request that had an effect.
    pub fn keep(&mut self, request: &Request, answer: &Answer, window: Window) {
        if let (Some((person, _)), Some(key)) = (request.session, request.key.clone()) {
            let kept = Kept { sent: self.sent(request), answer: answer.clone(), at: window.hi };
            self.kept.insert((person, key), kept);
        }
    }

    fn sent(&self, request: &Request) -> [String; 4] {
        let http = request.http(self);
        let tags = request.tags.as_ref().map(|tags| tags.text.clone());
        [http.method.to_owned(), http.path, tags.unwrap_or_default(), http.body.unwrap_or_default()]
    }

    /// Whether a session is alive.
    pub fn is_alive(&self, (person, session): Session, moment: Moment) -> bool {
        let session = &self.people[person].sessions[session];
        !session.ended && !moment.is_past(session.began, DAY)
    }

    /// The day that it is for someone.
    pub fn today(&self, person: usize, ms: i64) -> String {
        let (_, ahead) = ZONES.iter().find(|(zone, _)| *zone == self.people[person].zone).expect("a zone");
        Timestamp::from_ms(ms + ahead * 60_000).to_string()[..10].to_owned()
    }

    /// Someone, as their own account shows.
    pub fn user(&self, person: usize) -> Value {
        let Someone { name, id, created, admin, zone, workday, ends, .. } = &self.people[person];
        json!({
            "id": id, "username": name, "is_admin": admin, "disabled": false, "time_zone": zone,
            "workday_minutes": workday, "workday_ends": ends, "created_at": created,
        })
    }

    /// A task, as it is shown.
    pub fn task(&self, task: usize) -> Value {
        let task = &self.tasks[task];
        let mut shown = task.fields.clone();
        let others = [
            ("id", task.id.clone()),
            ("total_minutes", task.total.into()),
            ("user_id", self.people[task.owner].id.clone()),
            ("version", task.version.into()),
            ("created_at", task.created.clone()),
            ("updated_at", task.updated.clone()),
            ("completed_at", task.completed.clone()),
        ];
        shown.extend(others.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(shown)
    }

    /// An entry, as it is shown.
    pub fn entry(&self, task: usize, entry: &Entry) -> Value {
        let task = &self.tasks[task];
        json!({
            "id": entry.id, "task_id": task.id, "user_id": self.people[entry.person].id, "minutes": entry.minutes,
            "note": entry.note, "worked_on": entry.day, "created_at": entry.created,
            "reverses": entry.reverses.map(|reversed| task.entries[reversed].id.clone()),
        })
    }
}
