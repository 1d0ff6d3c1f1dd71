//! Events of the audit trail in plain English.

use std::collections::HashMap;

use sprintsync_domain::{AccountEvent, Event, Fields, TaskId, Title, UserId, What};
use sprintsync_store::{ALL_SESSIONS, Audited};

use crate::show::{label, minutes, value};
use crate::views::{NamedTask, Said, Who};

/// What a kind of event is called.
pub(super) fn kind(what: What) -> &'static str {
    match what {
        What::Created => "Task added",
        What::Edited => "Edited",
        What::TimeLogged => "Time logged",
        What::TimeReversed => "Time reversed",
        What::Deleted => "Task deleted",
        What::Restored => "Task restored",
        What::Assigned => "Task assigned",
        What::Erased => "Task erased",
        What::SignedUp => "Signed up",
        What::SignedIn => "Signed in",
        What::SignInFailed => "Sign-in failed",
        What::SessionEnded => "Session ended",
        What::PasswordChanged => "Password changed",
        What::AdminGranted => "Made admin",
        What::AdminRevoked => "Admin removed",
        What::Disabled => "Deactivated",
        What::Enabled => "Reactivated",
        What::PasswordResetIssued => "Reset link created",
        What::PasswordReset => "Password reset",
        What::Invited => "Invite created",
        What::InviteRevoked => "Invite revoked",
        What::SignUpModeSet => "Sign-up changed",
        What::Left => "Account deleted",
    }
}

/// The people whom its sentence names.
pub(super) fn people_in(event: &Audited) -> Vec<UserId> {
    match event {
        Audited::Account(event) => event.by.into_iter().chain([event.user_id]).collect(),
        Audited::Task(event) => {
            let owners = [&event.from, &event.to].map(owner_in).into_iter().flatten();
            [event.by, owner_of(event)].into_iter().chain(owners).collect()
        }
    }
}

/// The task that its sentence names, and who had it then.
pub(super) fn task_in(event: &Audited) -> Option<(UserId, TaskId)> {
    match event {
        Audited::Account(_) => None,
        Audited::Task(event) => Some((owner_of(event), event.task_id)),
    }
}

/// An event as a sentence, with whom `who` names and what `titles` says of its task.
pub(super) fn sentence(event: &Audited, who: &impl Fn(UserId) -> Who, titles: &HashMap<TaskId, Title>) -> Vec<Said> {
    match event {
        Audited::Account(event) => of_account(event, who),
        Audited::Task(event) => of_task(event, who, titles.get(&event.task_id)),
    }
}

fn text(text: impl Into<String>) -> Said {
    Said::Text(text.into())
}

fn of_account(event: &AccountEvent, who: &impl Fn(UserId) -> Who) -> Vec<Said> {
    let whose = || Said::Person(who(event.user_id));
    let by = event.by.map_or_else(|| text("System"), |by| Said::Person(who(by)));
    let own = event.by.is_none_or(|by| by == event.user_id);
    match event.what {
        What::SignedUp => vec![whose(), text(" signed up")],
        What::SignedIn => vec![whose(), text(" signed in")],
        What::SignInFailed if event.by.is_some() => vec![whose(), text(" entered a wrong password while signed in")],
        What::SignInFailed => vec![text("Failed sign-in as "), whose()],
        What::SessionEnded if event.from.contains_key(ALL_SESSIONS) => {
            vec![by, text(" signed "), whose(), text(" out everywhere")]
        }
        What::SessionEnded if own => vec![whose(), text(" ended a session")],
        What::SessionEnded => vec![by, text(" ended a session of "), whose()],
        What::PasswordChanged => vec![whose(), text(" changed their password")],
        What::AdminGranted => vec![by, text(" made "), whose(), text(" an admin")],
        What::AdminRevoked if own => vec![whose(), text(" gave up admin")],
        What::AdminRevoked => vec![by, text(" removed admin from "), whose()],
        What::Disabled => vec![by, text(" deactivated "), whose()],
        What::Enabled => vec![by, text(" reactivated "), whose()],
        What::PasswordResetIssued => vec![by, text(" created a reset link for "), whose()],
        What::PasswordReset => vec![whose(), text(" reset their password")],
        What::Invited => vec![by, text(" created an invite")],
        What::InviteRevoked => vec![by, text(" revoked an invite")],
        What::SignUpModeSet => vec![by, text(format!(" changed sign-up{}", change(event, "mode")))],
        What::Edited => vec![whose(), text(format!(" changed their {}", fields(&event.to)))],
        What::Left => vec![whose(), text(" deleted their account")],
        other => vec![by, text(format!(": {}", kind(other).to_lowercase()))],
    }
}

fn change(event: &AccountEvent, name: &str) -> String {
    from_to(name, &event.from, &event.to)
}

fn of_task(event: &Event, who: &impl Fn(UserId) -> Who, title: Option<&Title>) -> Vec<Said> {
    let task = Said::Task(NamedTask { id: event.task_id.to_string(), title: title.map(ToString::to_string) });
    let (by, owner) = (Said::Person(who(event.by)), Said::Person(who(owner_of(event))));
    let logged = event.to.get("minutes").and_then(serde_json::Value::as_i64).unwrap_or_default();
    match event.what {
        What::Created => vec![by, text(" created "), task, text(" for "), owner],
        What::TimeLogged => vec![by, text(format!(" logged {} on ", minutes(logged))), task, text(" of "), owner],
        What::TimeReversed => vec![by, text(format!(" reversed {} on ", minutes(-logged))), task, text(" of "), owner],
        What::Deleted => vec![by, text(" deleted "), task, text(" of "), owner],
        What::Restored => vec![by, text(" restored "), task, text(" of "), owner],
        What::Assigned => {
            let former =
                owner_in(&event.from).map_or_else(|| text("a former member"), |former| Said::Person(who(former)));
            vec![by, text(" reassigned "), task, text(" from "), former, text(" to "), owner]
        }
        What::Edited => {
            let one = event.to.keys().next().filter(|_| event.to.len() == 1);
            let values = one.map(|name| from_to(name, &event.from, &event.to)).unwrap_or_default();
            vec![by, text(format!(" changed the {} of ", fields(&event.to))), task, text(" of "), owner, text(values)]
        }
        other => vec![by, text(format!(": {}, ", kind(other).to_lowercase())), task, text(" of "), owner],
    }
}

/// Whose the task is. What is in the trail says so.
fn owner_of(event: &Event) -> UserId {
    event.around.as_ref().map_or(event.by, |around| around.owner)
}

/// The owner that these fields name.
fn owner_in(fields: &Fields) -> Option<UserId> {
    fields.get("user_id")?.as_str()?.parse().ok()
}

/// ` from "To do" to "Done"`
fn from_to(name: &str, from: &Fields, to: &Fields) -> String {
    let of = |fields: &Fields| value(name, fields.get(name).unwrap_or(&serde_json::Value::Null));
    format!(" from \"{}\" to \"{}\"", of(from), of(to))
}

/// `title, status and due day`
fn fields(changed: &Fields) -> String {
    let names: Vec<&str> = changed.keys().map(|name| label(name)).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "profile".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sprintsync_domain::{Around, EventId, Status};

    use super::*;

    fn id(last: u8) -> String {
        format!("018f2c5e-7700-7abc-8def-0000000000{last:02x}")
    }

    fn user(last: u8) -> UserId {
        id(last).parse().expect("an id")
    }

    fn read(event: &Audited) -> String {
        let name = |of: UserId| ["anna", "bert", "cora"].into_iter().zip(1..).find(|(_, last)| user(*last) == of);
        let who = |of: UserId| Who { id: of.to_string(), name: name(of).map(|(name, _)| name.to_owned()) };
        let part = |part: Said| match part {
            Said::Text(text) => text,
            Said::Person(who) => who.name.unwrap_or("(left)".to_owned()),
            Said::Task(task) => task.title.map_or("a task".to_owned(), |title| format!("\"{title}\"")),
        };
        let titles = HashMap::from([(id(8).parse().expect("an id"), "Sums".parse().expect("a title"))]);
        sentence(event, &who, &titles).into_iter().map(part).collect()
    }

    fn fields_of(value: serde_json::Value) -> Fields {
        value.as_object().cloned().unwrap_or_default()
    }

    fn account(what: What, by: Option<u8>) -> AccountEvent {
        let at = "2026-11-23T03:00:00Z".parse().expect("a time");
        let id: EventId = id(9).parse().expect("an id");
        let (from, to) = (Fields::new(), Fields::new());
        AccountEvent { id, user_id: user(2), at, by: by.map(user), what, from, to, network: None }
    }

    fn task(what: What, from: serde_json::Value, to: serde_json::Value) -> Audited {
        let at = "2026-11-23T03:00:00Z".parse().expect("a time");
        let around = Some(Around { owner: user(2), status: Status::Todo, since: at, worked: None });
        let task_id: TaskId = id(8).parse().expect("an id");
        let (by, from, to) = (user(1), fields_of(from), fields_of(to));
        Audited::Task(Event { task_id, version: 2, at, by, what, from, to, network: None, around, beside: None })
    }

    #[test]
    fn accounts_are_told_of_in_plain_english() {
        let told = |what, by| read(&Audited::Account(account(what, by)));
        assert_eq!(told(What::AdminGranted, Some(1)), "anna made bert an admin");
        assert_eq!(told(What::AdminGranted, None), "System made bert an admin");
        assert_eq!(told(What::AdminRevoked, Some(2)), "bert gave up admin");
        assert_eq!(told(What::SignInFailed, None), "Failed sign-in as bert");
        assert_eq!(told(What::SignInFailed, Some(2)), "bert entered a wrong password while signed in");
        let all = AccountEvent { from: fields_of(json!({"all": true})), ..account(What::SessionEnded, Some(1)) };
        assert_eq!(read(&Audited::Account(all)), "anna signed bert out everywhere");
        assert_eq!(told(What::Disabled, Some(7)), "(left) deactivated bert");
        let mode = |mode: &str| fields_of(json!({"mode": mode}));
        let set = AccountEvent { from: mode("open"), to: mode("closed"), ..account(What::SignUpModeSet, Some(2)) };
        assert_eq!(read(&Audited::Account(set)), "bert changed sign-up from \"open\" to \"closed\"");
        let to = fields_of(json!({"time_zone": "UTC", "workday_minutes": 450}));
        let edited = AccountEvent { to, ..account(What::Edited, Some(2)) };
        assert_eq!(read(&Audited::Account(edited)), "bert changed their time zone and working day");
    }

    #[test]
    fn tasks_are_told_of_with_their_owners() {
        assert_eq!(
            read(&task(What::Assigned, json!({"user_id": id(3)}), json!({"user_id": id(2)}))),
            "anna reassigned \"Sums\" from cora to bert"
        );
        assert_eq!(
            read(&task(What::Edited, json!({"status": "todo"}), json!({"status": "done"}))),
            "anna changed the status of \"Sums\" of bert from \"To do\" to \"Done\""
        );
        assert_eq!(
            read(&task(What::TimeReversed, json!({}), json!({"minutes": -5}))),
            "anna reversed 5m on \"Sums\" of bert"
        );
    }

    #[test]
    fn every_kind_has_a_name_of_its_own_and_a_sentence() {
        let mut names: Vec<&str> = What::ALL.map(kind).into();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), What::ALL.len());
        for what in What::ALL {
            assert!(read(&Audited::Account(account(what, Some(1)))).len() > 8, "{what}");
            assert!(read(&task(what, json!({}), json!({}))).len() > 8, "{what}");
        }
    }
}
