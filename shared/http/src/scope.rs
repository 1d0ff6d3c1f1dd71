//! Which list a cursor belongs to: its kind, its caller, and its filter. The same list has the same scope wherever it
//! is shown.

use sprintsync_domain::{Day, Status, TaskId, UserId};

/// A person's tasks, of one status if it is named.
pub fn tasks(owner: UserId, status: Option<Status>) -> String {
    format!("tasks {owner} {}", status.map_or("", Status::as_str))
}

/// The entries of a task, as this caller reads them.
pub fn entries(caller: UserId, task: TaskId) -> String {
    format!("entries {caller} {task}")
}

/// The events of a task, as this caller reads them.
pub fn history(caller: UserId, task: TaskId) -> String {
    format!("history {caller} {task}")
}

/// A person's entries of these days.
pub fn time(user: UserId, (from, to): (Day, Day)) -> String {
    format!("time {user} {from} {to}")
}

/// A person's trash.
pub fn trash(owner: UserId) -> String {
    format!("trash {owner}")
}

/// All of a person's data.
pub fn export(user: UserId) -> String {
    format!("export {user}")
}

/// A person's sessions.
pub fn sessions(user: UserId) -> String {
    format!("sessions {user}")
}
