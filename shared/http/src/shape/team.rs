//! What administrators are shown: statistics, the audit trail, invites.

use serde::Serialize;
use sprintsync_domain::{
    Durations, Fields, InviteId, SignUpMode, Status, TaskCounts, TaskId, Timestamp, User, UserId, What,
};
use sprintsync_store::{Audited, Names, Totals};

use super::Actor;
use crate::team::Issue;

/// The instance in numbers.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statistics {
    system_overview: SystemOverview,
    user_activity: Vec<UserActivity>,
}

/// Everybody together.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SystemOverview {
    total_users: i64,
    total_tasks: i64,
    /// Tasks that are not done.
    active_tasks: i64,
    completed_tasks: i64,
    /// Done of all, per cent, to one decimal; 0 where there are none.
    completion_rate: f64,
}

/// One person.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserActivity {
    username: String,
    is_admin: bool,
    total_tasks: i64,
    completed_tasks: i64,
    /// Done of all, per cent, to one decimal; 0 where there are none.
    completion_rate: f64,
    /// Minutes that the person worked, on whosever task.
    total_minutes: i64,
}

impl Statistics {
    /// The sums, and a page of people.
    pub fn new(totals: &Totals, people: &[(User, TaskCounts)]) -> Self {
        let system_overview = SystemOverview {
            total_users: totals.users,
            total_tasks: totals.all.tasks(),
            active_tasks: totals.all.active(),
            completed_tasks: totals.all.done,
            completion_rate: per_cent(&totals.all),
        };
        let activity = people.iter().map(|(user, counts)| UserActivity {
            username: user.username.to_string(),
            is_admin: user.is_admin,
            total_tasks: counts.tasks(),
            completed_tasks: counts.done,
            completion_rate: per_cent(counts),
            total_minutes: counts.minutes,
        });
        Self { system_overview, user_activity: activity.collect() }
    }
}

fn per_cent(counts: &TaskCounts) -> f64 {
    f64::from(i32::try_from(counts.completion_permille()).unwrap_or_default()) / 10.0
}

/// Someone among those who worked most.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopUser {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    id: UserId,
    /// Nobody's, where that person has left.
    #[cfg_attr(feature = "openapi", schema(required))]
    username: Option<String>,
    minutes: i64,
}

impl TopUser {
    /// A person by id, whose name is among `names` unless they have left.
    pub fn named(id: UserId, minutes: i64, names: &Names) -> Self {
        Self { id, username: names.of(id).map(str::to_owned), minutes }
    }
}

/// How long tasks have a status before they get another one.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CycleTime {
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^(todo|in_progress|done)$"))]
    status: Status,
    /// How often a task went on from it.
    count: i64,
    #[cfg_attr(feature = "openapi", schema(required))]
    mean_seconds: Option<i64>,
    /// To one part in sixteen.
    #[cfg_attr(feature = "openapi", schema(required))]
    median_seconds: Option<i64>,
}

impl CycleTime {
    /// Of one status.
    pub fn new(status: Status, durations: &Durations) -> Self {
        let (mean_seconds, median_seconds) = (durations.mean(), durations.median());
        Self { status, count: durations.count, mean_seconds, median_seconds }
    }
}

/// An event of the audit trail.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEvent {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    at: Timestamp,
    /// Who did it; nobody known where a sign-in failed, or where an operator did it.
    #[cfg_attr(feature = "openapi", schema(required))]
    by: Option<Actor>,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    what: What,
    /// To whose account it happened.
    #[cfg_attr(feature = "openapi", schema(required))]
    account: Option<Actor>,
    /// To which task it happened.
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>, format = "uuid"))]
    task_id: Option<TaskId>,
    /// Whose that task is, after it.
    #[cfg_attr(feature = "openapi", schema(required))]
    owner: Option<Actor>,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    from: Fields,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    to: Fields,
    /// The mark of the network that it was done from, which is the same in the log of requests; none where it is not
    /// known.
    #[cfg_attr(feature = "openapi", schema(required))]
    network: Option<String>,
}

impl AuditEvent {
    /// An event, with the names of those who have not left.
    pub fn named(event: Audited, names: &Names) -> Self {
        let actor = |id: UserId| Actor { id, username: names.of(id).map(str::to_owned) };
        match event {
            Audited::Account(event) => Self {
                at: event.at,
                by: event.by.map(actor),
                what: event.what,
                account: Some(actor(event.user_id)),
                task_id: None,
                owner: None,
                from: event.from,
                to: event.to,
                network: event.network,
            },
            Audited::Task(event) => Self {
                at: event.at,
                by: Some(actor(event.by)),
                what: event.what,
                account: None,
                task_id: Some(event.task_id),
                owner: event.around.map(|around| actor(around.owner)),
                from: event.from,
                to: event.to,
                network: event.network,
            },
        }
    }
}

/// An invite that is good.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invite {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    id: InviteId,
    /// Who made it; nobody, where an operator did.
    #[cfg_attr(feature = "openapi", schema(required))]
    by: Option<Actor>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    created_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    expires_at: Timestamp,
}

impl Invite {
    /// An invite, with the name of who made it.
    pub fn named(invite: sprintsync_store::Invite, names: &Names) -> Self {
        let actor = |id: UserId| Actor { id, username: names.of(id).map(str::to_owned) };
        Self { id: invite.id, by: invite.by.map(actor), created_at: invite.created_at, expires_at: invite.expires_at }
    }
}

/// A code that is shown once: whoever has it may use it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Issued {
    /// The code itself.
    pub code: String,
    /// The page that takes it.
    pub path: String,
    /// Until when it is good.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
}

impl From<&Issue> for Issued {
    fn from(issue: &Issue) -> Self {
        Self { code: issue.code.as_str().to_owned(), path: issue.path.clone(), expires_at: issue.expires_at }
    }
}

/// Who may sign up.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignUp {
    /// `open` (anyone), `invite` (whoever has a code) or `closed`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^(open|invite|closed)$"))]
    pub mode: SignUpMode,
}
