//! The shapes of the API: what is answered for a task, an entry, an event, a user, a session.

mod team;
mod token;

use serde::Serialize;
use sprintsync_domain as domain;
use sprintsync_domain::{Day, EntryId, Fields, SessionId, Status, TaskId, Timestamp, UserId, Version, What};
use sprintsync_store::Names;

pub use team::*;
pub use token::Token;

/// A task.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Task {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    id: TaskId,
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    title: String,
    #[cfg_attr(feature = "openapi", schema(max_length = 10_000))]
    description: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^(todo|in_progress|done)$"))]
    status: Status,
    #[cfg_attr(feature = "openapi", schema(required, minimum = 1, maximum = 100_000))]
    estimate_minutes: Option<i64>,
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>, format = Date))]
    due_on: Option<Day>,
    total_minutes: i64,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    user_id: UserId,
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 1))]
    version: Version,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    created_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    updated_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>, format = DateTime))]
    completed_at: Option<Timestamp>,
}

impl From<domain::Task> for Task {
    fn from(task: domain::Task) -> Self {
        Self {
            id: task.id,
            title: task.title.into(),
            description: task.description.into(),
            status: task.status,
            estimate_minutes: task.estimate.map(domain::Estimate::get),
            due_on: task.due_on,
            total_minutes: task.total_minutes,
            user_id: task.owner,
            version: task.version,
            created_at: task.created_at,
            updated_at: task.updated_at,
            completed_at: task.completed_at,
        }
    }
}

/// A time entry.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entry {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    id: EntryId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    task_id: TaskId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    user_id: UserId,
    minutes: i64,
    #[cfg_attr(feature = "openapi", schema(max_length = 500))]
    note: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    worked_on: Day,
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>, format = "uuid"))]
    reverses: Option<EntryId>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    created_at: Timestamp,
}

impl From<domain::Entry> for Entry {
    fn from(entry: domain::Entry) -> Self {
        Self {
            id: entry.id,
            task_id: entry.task_id,
            user_id: entry.user_id,
            minutes: entry.minutes,
            note: entry.note.into(),
            worked_on: entry.worked_on,
            reverses: entry.reverses,
            created_at: entry.created_at,
        }
    }
}

/// A running timer.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timer {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    task_id: TaskId,
    title: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    started_at: Timestamp,
}

impl From<domain::Timer> for Timer {
    fn from(timer: domain::Timer) -> Self {
        Self { task_id: timer.task_id, title: timer.title.into(), started_at: timer.started_at }
    }
}

/// Who did something; without a name, where that person has left.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actor {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    id: UserId,
    #[cfg_attr(feature = "openapi", schema(required))]
    username: Option<String>,
}

/// An event of a task.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    at: Timestamp,
    by: Actor,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    what: What,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    from: Fields,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    to: Fields,
}

impl Event {
    /// An event, done by someone whose name is among `names` unless they have left.
    pub fn named(event: domain::Event, names: &Names) -> Self {
        let by = Actor { id: event.by, username: names.of(event.by).map(str::to_owned) };
        Self { at: event.at, by, what: event.what, from: event.from, to: event.to }
    }
}

/// A person.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    id: UserId,
    username: String,
    is_admin: bool,
    disabled: bool,
    time_zone: String,
    workday_minutes: i64,
    workday_ends: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    created_at: Timestamp,
}

impl From<domain::User> for User {
    fn from(user: domain::User) -> Self {
        Self {
            id: user.id,
            username: user.username.into(),
            is_admin: user.is_admin,
            disabled: user.disabled,
            time_zone: user.time_zone.name().to_owned(),
            workday_minutes: user.workday_minutes.get(),
            workday_ends: user.workday_ends.to_string(),
            created_at: user.created_at,
        }
    }
}

/// A place where a person is signed in.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    id: SessionId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    created_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    expires_at: Timestamp,
    client: String,
    current: bool,
}

impl Session {
    /// A session, as its owner sees it from the session `current`.
    pub fn seen_from(session: domain::Session, current: SessionId) -> Self {
        Self {
            current: session.id == current,
            id: session.id,
            created_at: session.created_at,
            expires_at: session.expires_at,
            client: session.client,
        }
    }
}

/// A record of an export: what it is, and its data.
#[derive(Debug, Serialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Exported {
    /// The account.
    User(User),
    /// Where the person is signed in.
    Session(Session),
    /// The running timer.
    Timer(Timer),
    /// The plan of a day that was made last.
    Plan(KeptPlan),
    /// Minutes that the person worked.
    Entry(Entry),
    /// A task.
    Task(Task),
    /// A task in the trash.
    TrashedTask(TrashedTask),
    /// What happened to a task or to the account.
    Event(ExportedEvent),
}

/// A plan that was made.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeptPlan {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    made_at: Timestamp,
    #[serde(flatten)]
    suggestion: Suggestion,
}

/// What was suggested, and by whom.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestion {
    /// The text, with its line breaks.
    pub suggestion: String,
    /// What it is: `draft` or `plan`.
    pub mode: &'static str,
    /// Who worded it: `gemini`, `openai`, or `fallback` where no model did.
    pub source: String,
    /// The model that worded it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub model: Option<String>,
    /// Why no model did.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub reason: Option<String>,
}

impl From<&sprintsync_domain::KeptPlan> for Suggestion {
    fn from(kept: &sprintsync_domain::KeptPlan) -> Self {
        Self {
            suggestion: kept.suggestion(),
            mode: "plan",
            source: kept.source.clone(),
            model: kept.model.clone(),
            reason: kept.reason.clone(),
        }
    }
}

/// A task in the trash.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrashedTask {
    task: Task,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    restorable_until: Timestamp,
}

/// What happened to a task, or to the account where no task is named.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedEvent {
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>, format = "uuid"))]
    task_id: Option<TaskId>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    at: Timestamp,
    /// Who did it; nobody known, where a sign-in failed.
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>, format = "uuid"))]
    by: Option<UserId>,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    what: What,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    from: Fields,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    to: Fields,
}

impl Exported {
    /// A record, as its owner sees it from the session `current`.
    pub fn seen_from(record: sprintsync_store::Exported, current: SessionId) -> Self {
        use sprintsync_store::Exported;
        match record {
            Exported::User(user) => Self::User((*user).into()),
            Exported::Session(session) => Self::Session(self::Session::seen_from(session, current)),
            Exported::Timer(timer) => Self::Timer(timer.into()),
            Exported::Plan(kept) => Self::Plan(KeptPlan { made_at: kept.made_at, suggestion: (&*kept).into() }),
            Exported::Entry(entry) => Self::Entry(entry.into()),
            Exported::Task(task) => Self::Task(task.into()),
            Exported::Trashed(task, restorable_until) => {
                Self::TrashedTask(TrashedTask { task: task.into(), restorable_until })
            }
            Exported::Event(event) => Self::Event(ExportedEvent {
                task_id: Some(event.task_id),
                at: event.at,
                by: Some(event.by),
                what: event.what,
                from: event.from,
                to: event.to,
            }),
            Exported::AccountEvent(event) => Self::Event(ExportedEvent {
                task_id: None,
                at: event.at,
                by: event.by,
                what: event.what,
                from: event.from,
                to: event.to,
            }),
        }
    }
}

/// A problem (RFC 9457).
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    #[cfg_attr(feature = "openapi", schema(format = "uri-reference"))]
    r#type: String,
    /// The status in words.
    title: String,
    #[cfg_attr(feature = "openapi", schema(minimum = 400, maximum = 599))]
    status: u16,
    /// What happened, for a person.
    detail: String,
    /// The id of the request, as in `X-Request-Id`.
    request_id: String,
    /// Of 422, where fields are to blame: each of them.
    #[cfg_attr(feature = "openapi", schema(required = false, value_type = Vec<FieldError>))]
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FieldError>>,
    /// Of a form at the sign-in, for OAuth2 clients (RFC 6749, 5.2): `unsupported_grant_type`.
    #[cfg_attr(feature = "openapi", schema(required = false, value_type = String))]
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Its name.
    field: String,
    /// What is wrong, to be read behind the name.
    message: String,
}
