//! What the events of an instance add up to. Each event is counted by itself: sums do not depend on the order in which
//! events arrive.

mod durations;

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::{AccountEvent, Day, Event, Status, TimeZone, Timestamp, UserId, What};

pub use durations::Durations;

/// Tasks by how far they have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Not begun.
    pub todo: i64,
    /// Being worked on.
    pub in_progress: i64,
    /// Finished.
    pub done: i64,
    /// Minutes that were worked; of one person: by that person, on whosever task.
    pub minutes: i64,
}

/// What one person did on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// Tasks of theirs that were made on that day, in UTC.
    pub created: i64,
    /// Tasks of theirs that were finished on that day, in UTC, and not begun again since.
    pub finished: i64,
    /// Minutes that they worked on that day, in their own zone.
    pub minutes: i64,
}

/// The statistics of an instance, or what some of its events add to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// People with an account.
    pub users: i64,
    /// Everybody's tasks and minutes. What is in the trash is not counted; its minutes are.
    pub all: TaskCounts,
    /// Each person's.
    pub people: BTreeMap<UserId, TaskCounts>,
    /// By day and person.
    pub days: BTreeMap<(Day, UserId), DayCounts>,
    /// How long tasks had a status before they got another one, by that status.
    pub durations: BTreeMap<Status, Durations>,
}

impl TaskCounts {
    /// Tasks of this status.
    pub fn of(&self, status: Status) -> i64 {
        match status {
            Status::Todo => self.todo,
            Status::InProgress => self.in_progress,
            Status::Done => self.done,
        }
    }

    /// All tasks.
    pub fn tasks(&self) -> i64 {
        self.todo + self.in_progress + self.done
    }

    /// Tasks that are not finished.
    pub fn active(&self) -> i64 {
        self.todo + self.in_progress
    }

    /// Finished tasks in a thousand of all; 0 where there are none.
    pub fn completion_permille(&self) -> i64 {
        let all = self.tasks();
        // Half a thousandth rounds up.
        if all > 0 { (self.done * 2_000 + all) / (2 * all) } else { 0 }
    }

    fn add(&mut self, status: Status, tasks: i64) {
        match status {
            Status::Todo => self.todo += tasks,
            Status::InProgress => self.in_progress += tasks,
            Status::Done => self.done += tasks,
        }
    }
}

impl Statistics {
    /// What an event of a task adds; nothing is known of one that says nothing of the task around it.
    pub fn of(event: &Event) -> Option<Self> {
        let mut sum = Self::default();
        let around = event.around.as_ref()?;
        let (owner, status) = (around.owner, around.status);
        let before = |name: &str| event.from.get(name).and_then(|value| value.as_str());
        match event.what {
            What::Created => {
                sum.tasks(owner, status, 1);
                sum.day(utc(event.at), owner).created += 1;
                if status == Status::Done {
                    sum.day(utc(event.at), owner).finished += 1;
                }
            }
            What::Restored => sum.tasks(owner, status, 1),
            What::Deleted | What::Erased => sum.tasks(owner, status, -1),
            What::Assigned => {
                let former = before("user_id").and_then(|id| id.parse::<UserId>().ok());
                for (owner, tasks) in former.map(|former| (former, -1)).into_iter().chain([(owner, 1)]) {
                    sum.tasks(owner, status, tasks);
                    // A finished task counts for whoever has it.
                    if status == Status::Done {
                        sum.day(utc(around.since), owner).finished += tasks;
                    }
                }
            }
            What::Edited => {
                if let Some(former) = before("status").and_then(|status| status.parse::<Status>().ok()) {
                    sum.tasks(owner, former, -1);
                    sum.tasks(owner, status, 1);
                    if former == Status::Done {
                        sum.day(utc(around.since), owner).finished -= 1;
                    }
                    if status == Status::Done {
                        sum.day(utc(event.at), owner).finished += 1;
                    }
                    let ms = event.at.ms().saturating_sub(around.since.ms());
                    sum.durations.entry(former).or_default().add(ms / 1_000);
                }
            }
            _ => {}
        }
        if let Some(worked) = around.worked {
            sum.all.minutes += worked.minutes;
            sum.people.entry(worked.user_id).or_default().minutes += worked.minutes;
            sum.day(worked.worked_on, worked.user_id).minutes += worked.minutes;
        }
        sum.forget_nothing();
        Some(sum)
    }

    /// What an event of an account adds.
    pub fn of_account(event: &AccountEvent) -> Self {
        let users = match event.what {
            What::SignedUp => 1,
            What::Left => -1,
            _ => 0,
        };
        Self { users, ..Self::default() }
    }

    /// Whether it adds nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn tasks(&mut self, owner: UserId, status: Status, tasks: i64) {
        self.all.add(status, tasks);
        self.people.entry(owner).or_default().add(status, tasks);
    }

    fn day(&mut self, day: Day, person: UserId) -> &mut DayCounts {
        self.days.entry((day, person)).or_default()
    }

    /// Leaves out what came to nothing, so that equal sums are equal.
    fn forget_nothing(&mut self) {
        self.people.retain(|_, counts| *counts != TaskCounts::default());
        self.days.retain(|_, counts| *counts != DayCounts::default());
        self.durations.retain(|_, durations| *durations != Durations::default());
    }
}

impl AddAssign for TaskCounts {
    fn add_assign(&mut self, other: Self) {
        self.todo += other.todo;
        self.in_progress += other.in_progress;
        self.done += other.done;
        self.minutes += other.minutes;
    }
}

impl AddAssign for DayCounts {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.finished += other.finished;
        self.minutes += other.minutes;
    }
}

impl AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        self.users += other.users;
        self.all += other.all;
        for (person, counts) in other.people {
            *self.people.entry(person).or_default() += counts;
        }
        for (day, counts) in other.days {
            *self.days.entry(day).or_default() += counts;
        }
        for (status, durations) in other.durations {
            *self.durations.entry(status).or_default() += durations;
        }
        self.forget_nothing();
    }
}

fn utc(at: Timestamp) -> Day {
    at.day_in(&TimeZone::utc())
}

#[cfg(test)]
mod tests;
