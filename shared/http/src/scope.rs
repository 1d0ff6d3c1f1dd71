//! Which list a cursor belongs to: its kind, its caller, and its filter. The same list has the same scope wherever it
//! is shown.

use sprintsync_domain::{Day, Status, TaskId, UserId, What, Words};
use sprintsync_store::{AuditFilter, Order, TaskList};

/// A person's tasks, of one status if it is named.
pub fn tasks(owner: UserId, list: TaskList) -> String {
    let order = match list.order {
        Order::Newest => "",
        Order::Oldest => " oldest",
    };
    format!("tasks {owner} {}{order}", list.status.map_or("", Status::as_str))
}

/// A person's tasks, as this administrator reads them.
pub fn tasks_of(caller: UserId, owner: UserId, list: TaskList) -> String {
    format!("{} as {caller}", tasks(owner, list))
}

/// What is left of a search in a person's tasks.
pub fn found(owner: UserId, list: TaskList, words: &Words) -> String {
    format!("found {words} in {}", tasks(owner, list))
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

/// All people, as this administrator reads them.
pub fn people(caller: UserId) -> String {
    format!("people {caller}")
}

/// Everybody's tasks, as this administrator reads them.
pub fn all_tasks(caller: UserId) -> String {
    format!("all tasks {caller}")
}

/// The invites that are good, as this administrator reads them.
pub fn invites(caller: UserId) -> String {
    format!("invites {caller}")
}

/// The audit trail, as this administrator reads it.
pub fn audit(caller: UserId, filter: AuditFilter) -> String {
    let person = filter.person.map_or_else(String::new, |person| person.to_string());
    format!("audit {caller} {person} {}", filter.what.map_or("", What::as_str))
}
