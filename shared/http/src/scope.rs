//! Which list a cursor belongs to: its kind, its caller, and its filter. The same list has the same scope wherever it
//! is shown.

use sprintsync_domain::{Day, Status, TaskId, UserId, Words};
use sprintsync_store::{Order, TaskList};

/// A person's tasks, of one status if it is named.
pub fn tasks(owner: UserId, list: TaskList) -> String {
    let order = match list.order {
        Order::Newest => "",
        Order::Oldest => " oldest",
    };
    format!("tasks {owner} {}{order}", list.status.map_or("", Status::as_str))
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
