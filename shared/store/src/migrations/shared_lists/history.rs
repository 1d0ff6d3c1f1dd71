//! The life of a task, told again from its events.

use std::collections::{BTreeMap, BTreeSet};

use sprintsync_domain::{Around, Entry, EntryId, Event, Status, Timestamp, UserId, What, Worked};

/// A task's life.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    /// Its events, oldest first, each with what was around it.
    pub(super) events: Vec<Event>,
    /// Whose it is by now.
    pub(super) owner: UserId,
    /// Since when it has its status.
    pub(super) since: Timestamp,
}

/// Tells a task's life from its events, oldest first, and its entries. `owner` is whose it is by now. Nothing, where the
/// beginning is missing.
pub(super) fn retold(mut events: Vec<Event>, owner: UserId, entries: &[Entry]) -> Option<Told> {
    let first = events.first().filter(|first| first.what == What::Created && first.version == 1)?;
    let (mut status, mut since) = (status_in(first), first.at);
    // Whose it was at first, the first who got it from them says.
    let from = events.iter().find(|event| event.what == What::Assigned).and_then(|event| person(&event.from));
    let mut owner_then = from.unwrap_or(owner);
    let mut deleted_at = None;
    let ledger = Ledger::new(&events, entries);
    for event in &mut events {
        let before = since;
        match event.what {
            What::Edited if event.to.contains_key("status") => {
                (status, since) = (status_in(event), event.at);
            }
            What::Deleted => deleted_at = Some(event.at),
            What::Restored if status != Status::Done => {
                let away = deleted_at.map_or(0, |deleted: Timestamp| event.at.ms() - deleted.ms());
                since = Timestamp::from_ms(since.ms().saturating_add(away.max(0)));
            }
            What::Assigned => owner_then = person(&event.to).unwrap_or(owner),
            _ => {}
        }
        event.around = Some(Around { owner: owner_then, status, since: before, worked: ledger.worked(event) });
    }
    Some(Told { events, owner: owner_then, since })
}

fn status_in(event: &Event) -> Status {
    event.to.get("status").and_then(|status| status.as_str()?.parse().ok()).unwrap_or_default()
}

fn person(fields: &sprintsync_domain::Fields) -> Option<UserId> {
    fields.get("user_id")?.as_str()?.parse().ok()
}

/// The minutes of a task.
struct Ledger<'a> {
    entries: BTreeMap<EntryId, &'a Entry>,
    /// The entry that came with the task.
    first: Option<&'a Entry>,
}

impl<'a> Ledger<'a> {
    fn new(events: &[Event], entries: &'a [Entry]) -> Self {
        let named: BTreeSet<EntryId> = events.iter().filter_map(entry_id).collect();
        Self {
            entries: entries.iter().map(|entry| (entry.id, entry)).collect(),
            first: entries.iter().find(|entry| !named.contains(&entry.id)),
        }
    }

    fn worked(&self, event: &Event) -> Option<Worked> {
        let entry = match event.what {
            What::Created => self.first,
            _ => self.entries.get(&entry_id(event)?).copied(),
        };
        entry.map(|entry| Worked { user_id: entry.user_id, worked_on: entry.worked_on, minutes: entry.minutes })
    }
}

fn entry_id(event: &Event) -> Option<EntryId> {
    event.to.get("entry_id")?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sprintsync_domain::{Change, NewEntry, NewTask, Task, TaskEdit, TimeZone};
    use uuid::Builder;

    use super::*;

    fn id<I: From<uuid::Uuid>>(number: u64) -> I {
        Builder::from_unix_timestamp_millis(number, &[7; 10]).into_uuid().into()
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_ms(1_700_000_000_000).plus_seconds(i64::try_from(seconds).unwrap())
    }

    fn created(status: Status, minutes: i64) -> Change {
        let new = NewTask {
            title: "A task".parse().unwrap(),
            description: Default::default(),
            status,
            estimate: None,
            due_on: None,
            logged: minutes.try_into().ok(),
        };
        Task::create(new, id(1), id(2), id(100), at(0), at(0).day_in(&TimeZone::utc()))
    }

    /// What somebody does next with a task, if it can be done.
    fn next(task: &Task, trashed: bool, step: u64, kind: u8, entries: &[Entry]) -> Option<Change> {
        let (by, now) = (id(100 + u64::from(kind % 2)), at(step * 1_000));
        match (kind, trashed) {
            (0..=5, false) => task.edit(&TaskEdit::status(Status::ALL[usize::from(kind % 3)]), by, now),
            (6, false) => {
                let edit = TaskEdit { title: format!("Title {step}").parse().ok(), ..TaskEdit::default() };
                task.edit(&edit, by, now)
            }
            (7, false) => {
                let worked_on = now.day_in(&TimeZone::utc());
                let new = NewEntry { minutes: 30.try_into().unwrap(), note: Default::default(), worked_on };
                Some(task.log(new, id(1_000 + step), by, now))
            }
            (8, false) => entries.first().map(|entry| task.reverse(entry, id(1_000 + step), by, now)),
            (9, false) => Some(task.delete(by, now)),
            (10, false) => task.assign(id(100 + step % 3), by, now),
            (_, true) => Some(task.restore(by, now)),
            _ => None,
        }
    }

    proptest! {
        #[test]
        fn what_is_told_again_is_what_was_written(
            status in 0usize..3, minutes in 0i64..90, kinds in proptest::collection::vec(0u8..11, 0..40),
        ) {
            let Change { mut task, event, entry } = created(Status::ALL[status], minutes);
            let (mut events, mut entries) = (vec![event], Vec::from_iter(entry));
            let mut trashed = false;
            for (step, kind) in (1..).zip(kinds) {
                let Some(change) = next(&task, trashed, step, kind, &entries) else { continue };
                trashed = change.event.what == What::Deleted;
                entries.extend(change.entry);
                events.push(change.event);
                task = change.task;
            }
            let bare = events.iter().cloned().map(|event| Event { around: None, ..event }).collect();
            let told = retold(bare, task.owner, &entries).expect("a life");
            prop_assert_eq!(told.events, events);
            prop_assert_eq!((told.owner, told.since), (task.owner, task.status_since));
        }
    }

    #[test]
    fn without_its_beginning_nothing_is_told() {
        let change = created(Status::Todo, 0);
        let edited = change.task.edit(&TaskEdit::status(Status::Done), id(100), at(5)).unwrap();
        assert_eq!(retold(vec![edited.event], id(100), &[]), None);
        assert_eq!(retold(Vec::new(), id(100), &[]), None);
    }
}
