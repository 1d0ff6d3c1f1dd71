//! A request: what it asks, as the model understands it and as it goes over the wire.

use serde_json::{Map, Value};

use crate::model::Model;
use crate::samples::{Field, STATUSES};

/// Someone's session: the person, and which of the person's.
pub type Session = (usize, usize);

/// What is asked. Tasks and entries are numbered as the model saw them made; none is an id that nobody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    SignUp,
    SignIn { person: usize, password: String, shouted: bool },
    SignOut,
    Password,
    Me,
    EditMe,
    Sessions { limit: usize },
    EndSession(Option<Session>),
    Tasks { status: Option<usize>, limit: usize },
    Create,
    Read(Option<usize>),
    Put(Option<usize>),
    Patch(Option<usize>),
    Status(Option<usize>),
    Delete(Option<usize>),
    Restore(Option<usize>),
    History { task: Option<usize>, limit: usize },
    Entries { task: Option<usize>, limit: usize },
    Log(Option<usize>),
    Reverse { task: Option<usize>, entry: Option<(usize, usize)> },
    Start(Option<usize>),
    Stop(Option<usize>),
    Timer,
    Days { from: String, to: String, limit: usize },
}

/// A list of tags, and what it says.
#[derive(Debug, Clone)]
pub struct Tags {
    pub text: String,
    /// The versions it names; `None` is any. The outer `None` is what cannot be read.
    pub says: Option<Option<Vec<u64>>>,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// By which session; `None` is nobody's.
    pub session: Option<Session>,
    pub ask: Ask,
    pub body: Option<Vec<Field>>,
    /// `If-Match`, or `If-None-Match` of a read.
    pub tags: Option<Tags>,
    pub key: Option<String>,
}

/// What goes over the wire.
#[derive(Debug, Clone)]
pub struct Http {
    pub method: &'static str,
    pub path: String,
    pub body: Option<String>,
}

/// An id that nobody has.
const NOBODYS: &str = "018f2c5e-7700-7abc-8def-0123456789ab";

impl Request {
    /// A request of this session without more.
    pub fn new(session: Session, ask: Ask) -> Self {
        Self { session: Some(session), ask, body: None, tags: None, key: None }
    }

    /// With this body.
    pub fn with(mut self, body: Vec<Field>) -> Self {
        self.body = Some(body);
        self
    }

    /// Whether it is a write that takes a key.
    pub fn takes_key(&self) -> bool {
        use Ask::{Create, Delete, Log, Patch, Put, Restore, Reverse, Start, Status, Stop};
        let ask = &self.ask;
        matches!(ask, Create | Put(_) | Patch(_) | Status(_) | Delete(_) | Restore(_) | Log(_))
            || matches!(ask, Reverse { .. } | Start(_) | Stop(_))
    }

    /// Whether it may be sent again until it is answered: whatever has a key, reads, and what is the same when it is
    /// done twice.
    pub fn may_be_sent_again(&self) -> bool {
        self.key.is_some() || !self.takes_key()
    }

    /// Whether a resend has an answer that can be told. A sign-up, a sign-in and a new password have none.
    pub fn is_for_a_calm_wire(&self) -> bool {
        matches!(self.ask, Ask::SignUp | Ask::SignIn { .. } | Ask::Password)
    }

    /// Whether it reads `If-Match`.
    pub fn takes_match(&self) -> bool {
        matches!(self.ask, Ask::Put(_) | Ask::Patch(_) | Ask::Status(_) | Ask::Delete(_))
    }

    /// The task that is asked for.
    pub fn task(&self) -> Option<usize> {
        use Ask::{Delete, Entries, History, Log, Patch, Put, Read, Restore, Reverse, Start, Status, Stop};
        match self.ask {
            Read(task) | Put(task) | Patch(task) | Status(task) | Delete(task) | Restore(task) => task,
            Log(task) | Start(task) | Stop(task) => task,
            History { task, .. } | Entries { task, .. } | Reverse { task, .. } => task,
            _ => None,
        }
    }

    /// Items that a page of the list has at most; `None` where it is no list.
    pub fn limit(&self) -> Option<usize> {
        match self.ask {
            Ask::Sessions { limit } | Ask::Tasks { limit, .. } => Some(limit),
            Ask::History { limit, .. } | Ask::Entries { limit, .. } | Ask::Days { limit, .. } => Some(limit),
            _ => None,
        }
    }

    /// What goes over the wire, with the ids that the model has learned.
    pub fn http(&self, model: &Model) -> Http {
        let id = |slot: &Value| model.slots.known(slot).unwrap_or(NOBODYS).to_owned();
        let task = |task: &Option<usize>| task.map_or(NOBODYS.to_owned(), |task| id(&model.tasks[task].id));
        let at = |of: &Option<usize>, tail: &str| format!("/tasks/{}{tail}", task(of));
        let (method, path) = match &self.ask {
            Ask::SignUp => ("POST", "/auth/signup".to_owned()),
            Ask::SignIn { .. } => ("POST", "/auth/login".to_owned()),
            Ask::SignOut => ("POST", "/auth/logout".to_owned()),
            Ask::Password => ("POST", "/auth/password".to_owned()),
            Ask::Me => ("GET", "/auth/me".to_owned()),
            Ask::EditMe => ("PATCH", "/auth/me".to_owned()),
            Ask::Sessions { limit } => ("GET", format!("/auth/sessions?limit={limit}")),
            Ask::EndSession(of) => {
                let session = of.map(|(person, session)| id(&model.people[person].sessions[session].id));
                ("DELETE", format!("/auth/sessions/{}", session.unwrap_or(NOBODYS.to_owned())))
            }
            Ask::Tasks { status: Some(status), limit } => {
                ("GET", format!("/tasks?status={}&limit={limit}", STATUSES[*status]))
            }
            Ask::Tasks { status: None, limit } => ("GET", format!("/tasks?limit={limit}")),
            Ask::Create => ("POST", "/tasks".to_owned()),
            Ask::Read(task) => ("GET", at(task, "")),
            Ask::Put(task) => ("PUT", at(task, "")),
            Ask::Patch(task) => ("PATCH", at(task, "")),
            Ask::Status(task) => ("POST", at(task, "/status")),
            Ask::Delete(task) => ("DELETE", at(task, "")),
            Ask::Restore(task) => ("POST", at(task, "/restore")),
            Ask::History { task, limit } => ("GET", at(task, &format!("/history?limit={limit}"))),
            Ask::Entries { task, limit } => ("GET", at(task, &format!("/time?limit={limit}"))),
            Ask::Log(task) => ("POST", at(task, "/time")),
            Ask::Reverse { task, entry } => {
                let entry = entry.map(|(task, entry)| id(&model.tasks[task].entries[entry].id));
                ("POST", at(task, &format!("/time/{}/reversal", entry.unwrap_or(NOBODYS.to_owned()))))
            }
            Ask::Start(task) => ("POST", at(task, "/timer/start")),
            Ask::Stop(task) => ("POST", at(task, "/timer/stop")),
            Ask::Timer => ("GET", "/timer".to_owned()),
            Ask::Days { from, to, limit } => ("GET", format!("/time?from={from}&to={to}&limit={limit}")),
        };
        let body = self.body.as_ref().map(|fields| {
            let fields = fields.iter().map(|field| (field.name.to_owned(), field.sent.clone()));
            Value::Object(Map::from_iter(fields)).to_string()
        });
        Http { method, path, body }
    }

    /// It in one line.
    pub fn line(&self, model: &Model) -> String {
        let Http { body, .. } = self.http(model);
        let who = |(person, session): Session| format!("{}/{session}", model.people[person].name);
        let mut line = format!("{} {:?}", self.session.map_or("nobody".to_owned(), who), self.ask);
        if let Some(body) = body {
            let short: String = body.chars().take(200).collect();
            line.push_str(&format!(" {short}"));
        }
        for (name, value) in [("tags", self.tags.as_ref().map(|tags| &tags.text)), ("key", self.key.as_ref())] {
            if let Some(value) = value {
                line.push_str(&format!(" {name} {value}"));
            }
        }
        line
    }
}
