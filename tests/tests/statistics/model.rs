//! What the statistics must say, recounted from what people did: from answers of the API, not from events.

use std::collections::BTreeMap;

use sprintsync_domain::{Day, Status, TimeZone, Timestamp, UserId};

/// A task, as the model knows it.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) owner: UserId,
    pub(crate) created_by: UserId,
    pub(crate) created_at: Timestamp,
    pub(crate) status: Status,
    /// Since when it has this status, moved by what it spent in the trash.
    pub(crate) since: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) trashed: bool,
    /// Its owner left.
    pub(crate) erased: bool,
}

/// Everything that was done.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) people: Vec<UserId>,
    pub(crate) tasks: Vec<Task>,
    /// Who worked, when, how long.
    pub(crate) entries: Vec<(UserId, Day, i64)>,
    /// Seconds for which a task had a status until it got another.
    pub(crate) lengths: BTreeMap<Status, Vec<i64>>,
}

/// What one person has.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) tasks: i64,
    pub(crate) done: i64,
    pub(crate) minutes: i64,
}

pub(crate) fn utc(at: Timestamp) -> Day {
    at.day_in(&TimeZone::utc())
}

impl Model {
    /// A task moved to a status at this time.
    pub(crate) fn moved(&mut self, at: usize, status: Status, when: Timestamp) {
        let task = &mut self.tasks[at];
        if task.status == status {
            return;
        }
        let length = (when.ms() - task.since.ms()) / 1_000;
        self.lengths.entry(task.status).or_default().push(length);
        task.status = status;
        task.since = when;
        task.completed_at = (status == Status::Done).then_some(when);
    }

    /// Tasks that are there.
    pub(crate) fn live(&self) -> impl Iterator<Item = (usize, &Task)> {
        self.tasks.iter().enumerate().filter(|(_, task)| !task.trashed && !task.erased)
    }

    pub(crate) fn sums(&self, person: UserId) -> Sums {
        let own = || self.live().filter(|(_, task)| task.owner == person);
        let minutes = self.entries.iter().filter(|(who, _, _)| *who == person).map(|(_, _, minutes)| minutes).sum();
        let done = own().filter(|(_, task)| task.status == Status::Done).count();
        Sums { tasks: count(own().count()), done: count(done), minutes }
    }

    /// By day and person: tasks made, tasks finished, minutes; what came to nothing is left out.
    pub(crate) fn days(&self) -> BTreeMap<(Day, UserId), (i64, i64, i64)> {
        let mut days: BTreeMap<(Day, UserId), (i64, i64, i64)> = BTreeMap::new();
        for task in &self.tasks {
            days.entry((utc(task.created_at), task.created_by)).or_default().0 += 1;
            if let Some(done) = task.completed_at {
                days.entry((utc(done), task.owner)).or_default().1 += 1;
            }
        }
        for (who, day, minutes) in &self.entries {
            days.entry((*day, *who)).or_default().2 += minutes;
        }
        days.retain(|_, sums| *sums != (0, 0, 0));
        days
    }
}

pub(crate) fn count(count: usize) -> i64 {
    i64::try_from(count).expect("a count")
}
