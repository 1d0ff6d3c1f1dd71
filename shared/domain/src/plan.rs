//! The plan of a day: which of a person's open tasks fit into the hours that are left, in which order, and what does
//! not fit. It needs no model and no chance: the same tasks and hours make the same plan.

use std::cmp::Reverse;
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Day, Status, Task, TaskId, Title, Urgency, WorkdayEnd};

mod hours;
mod words;

pub use hours::Hours;
pub use words::in_hours;

/// Open tasks that a plan looks at, at most.
pub const MOST_OPEN: usize = 200;
/// Finished tasks whose median stands in for an estimate.
pub const FINISHED: usize = 50;
/// Finished tasks with logged time from which on their median says what is usual: one or two say nothing.
const ENOUGH_FINISHED: usize = 5;
/// Minutes that stand in for an estimate where too little was finished yet.
pub const DEFAULT_MINUTES: i64 = 60;
/// Blocks of a plan, at most: a day of more is a list, and no plan.
pub const MOST_BLOCKS: usize = 12;
/// The shortest block worth beginning, in minutes, unless the task itself needs less.
pub const SHORTEST_BLOCK: i64 = 15;
/// Days ahead within which a due day draws a task that nobody has begun before the older ones.
const SOON_DAYS: i64 = 7;

/// What a person does on a day, and what does not fit into it. All lengths are in minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The day, in the person's time zone.
    pub day: Day,
    /// How long the person works that day.
    pub workday: i64,
    /// What the clock left of the day when it was made, until the person stops working.
    #[serde(default = "whole_day")]
    pub clock: i64,
    /// When the person stops working.
    #[serde(default)]
    pub ends: WorkdayEnd,
    /// It was made after that, for the day after.
    #[serde(default)]
    pub is_tomorrows: bool,
    /// What is logged that day already, on whatever tasks; never below 0.
    pub logged: i64,
    /// What is done, one after the other.
    pub blocks: Vec<Block>,
    /// What is not done that day, by the same order as the blocks.
    pub left_out: Vec<LeftOut>,
}

/// A piece of the day that goes into one task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The task.
    pub task: TaskId,
    /// Its title.
    pub title: Title,
    /// How long the block is: more than 0, and at most what remains.
    pub minutes: i64,
    /// What the task still needs, this block included.
    pub remaining: i64,
    /// How that is known.
    pub basis: Basis,
    /// Why the task has its place in the order.
    pub why: Why,
}

/// A task, or the part of one, that the day has no place for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The task.
    pub task: TaskId,
    /// Its title.
    pub title: Title,
    /// What the task still needs after this day's plan; 0 where it is used up.
    pub remaining: i64,
    /// How that is known.
    pub basis: Basis,
    /// Why the task would have its place in the order.
    pub why: Why,
    /// Why it is left out.
    pub because: Because,
}

/// What stands for the length of a task, and what is logged on it already; a sum of entries below 0 counts as 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The person's estimate.
    Estimate {
        /// The estimate.
        minutes: i64,
        /// Logged on the task.
        logged: i64,
    },
    /// There is no estimate: what the person's tasks usually take.
    Usual {
        /// The median of the finished tasks.
        minutes: i64,
        /// Logged on the task.
        logged: i64,
    },
    /// There is no estimate, and too little was finished yet: [`DEFAULT_MINUTES`].
    Default {
        /// The default.
        minutes: i64,
        /// Logged on the task.
        logged: i64,
    },
}

/// Why a task has its place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Its due day has passed.
    Overdue {
        /// The due day.
        due_on: Day,
    },
    /// It is due on the plan's day.
    DueToday,
    /// It is due on the day after.
    DueTomorrow,
    /// It is being worked on.
    InProgress,
    /// It is due within the seven days after the plan's day.
    DueSoon {
        /// The due day.
        due_on: Day,
    },
    /// It waits for its turn: the oldest first.
    Older,
}

/// Why a task is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The day is full, or too little of it is left to begin this.
    NoTime,
    /// Only a part fits; this is the rest.
    Rest {
        /// The part that fits: the minutes of the task's block.
        planned: i64,
    },
    /// There are [`MOST_BLOCKS`] before it.
    Enough,
    /// The person put it off for that day.
    PutOff,
    /// As much is logged as was thought: it wants a new estimate.
    UsedUp,
}

impl Basis {
    /// Minutes that the task still needs; 0 where it is used up.
    pub fn remaining(self) -> i64 {
        let (Self::Estimate { minutes, logged } | Self::Usual { minutes, logged } | Self::Default { minutes, logged }) =
            self;
        minutes.saturating_sub(logged).max(0)
    }

    fn of(task: &Task, usual: Option<i64>) -> Self {
        let logged = task.total_minutes.max(0);
        match (task.estimate, usual) {
            (Some(estimate), _) => Self::Estimate { minutes: estimate.get(), logged },
            (None, Some(minutes)) => Self::Usual { minutes, logged },
            (None, None) => Self::Default { minutes: DEFAULT_MINUTES, logged },
        }
    }
}

impl Why {
    fn of(task: &Task, today: Day) -> Self {
        let urgent = task.due_on.map(|due_on| (due_on, Urgency::of(due_on, task.status, today)));
        match urgent {
            Some((due_on, Urgency::Overdue)) => Self::Overdue { due_on },
            Some((due_on, Urgency::Soon)) if due_on == today => Self::DueToday,
            Some((_, Urgency::Soon)) => Self::DueTomorrow,
            _ if task.status == Status::InProgress => Self::InProgress,
            Some((due_on, Urgency::Later)) if due_on <= today.plus(SOON_DAYS) => Self::DueSoon { due_on },
            _ => Self::Older,
        }
    }

    /// The rank of a task with this reason: less comes first.
    fn rank(self, task: &Task) -> impl Ord + use<> {
        let class = match self {
            Self::Overdue { .. } | Self::DueToday | Self::DueTomorrow => 0,
            Self::InProgress => 1,
            Self::DueSoon { .. } => 2,
            Self::Older => 3,
        };
        // A due day beyond the coming week does not move a task that nobody has begun.
        let due_on = task.due_on.filter(|_| class < 3);
        (class, due_on.is_none(), due_on, Reverse(task.status == Status::InProgress), task.id)
    }
}

impl Plan {
    /// The plan of a day with these hours, without the tasks that the person has put off for it.
    ///
    /// Done tasks among `open` do not count; of a task that is given twice, the later version does. Of more than
    /// [`MOST_OPEN`], the first in the plan's order are looked at, so that none that is due is passed over.
    ///
    /// What remains of a task is its estimate less what is logged on it. Without an estimate, the usual stands in: the
    /// median of what is logged on the first [`FINISHED`] of `finished`, without those on which nothing is (of an even
    /// number, the lower of the two in the middle, so that it is a length that a task did take), where there are five or
    /// more, and never less than a [`SHORTEST_BLOCK`]; else [`DEFAULT_MINUTES`]. A task on which nothing remains is left
    /// out.
    ///
    /// The order: what is overdue, due that day or the next, by due day, of the same day what is in progress first; then
    /// what is in progress, with a due day before without; then what is due within a week, by due day; then the rest,
    /// the oldest first. In this order each task gets what it needs, or what the day still has, if that is a
    /// [`SHORTEST_BLOCK`] or more, up to [`MOST_BLOCKS`]. Where a task finds too little, smaller ones after it may still
    /// fit whole.
    pub fn make(open: &[Task], finished: &[Task], hours: Hours, put_off: &BTreeSet<TaskId>) -> Self {
        let usual = usual(finished);
        let Hours { day, workday, logged, clock, ends, is_tomorrows } = hours;
        let mut ranked: Vec<_> = distinct(open).into_values().map(|task| (Why::of(task, day), task)).collect();
        ranked.sort_by_cached_key(|(why, task)| why.rank(task));
        ranked.truncate(MOST_OPEN);
        let (blocks, left_out) = (Vec::new(), Vec::new());
        let mut plan = Self { day, workday, clock, ends, is_tomorrows, logged: logged.max(0), blocks, left_out };
        for (why, task) in ranked {
            let basis = Basis::of(task, usual);
            match put_off.contains(&task.id) && basis.remaining() > 0 {
                true => plan.leave_out(task, (basis, why), basis.remaining(), Because::PutOff),
                false => plan.place(task, basis, why),
            }
        }
        plan
    }

    /// Whether there are more open tasks than a plan looks at.
    pub fn passes_over_some(open: &[Task]) -> bool {
        distinct(open).len() > MOST_OPEN
    }

    /// The plan without this task's block, whose time is free again. Gives the place that the block had.
    pub fn put_off(&mut self, task: TaskId) -> Option<usize> {
        let at = self.blocks.iter().position(|block| block.task == task)?;
        let block = self.blocks.remove(at);
        self.left_out.retain(|out| out.task != task);
        let Block { title, remaining, basis, why, .. } = block;
        self.left_out.push(LeftOut { task, title, remaining, basis, why, because: Because::PutOff });
        Some(at)
    }

    /// Gives a task what it needs of the day, or what the day still has.
    fn place(&mut self, task: &Task, basis: Basis, why: Why) {
        let (remaining, free) = (basis.remaining(), self.free());
        let full = self.blocks.len() >= MOST_BLOCKS;
        let minutes = match remaining.min(free) {
            _ if full => 0,
            part if part < remaining && part < SHORTEST_BLOCK => 0,
            minutes => minutes,
        };
        if minutes > 0 {
            self.blocks.push(Block { task: task.id, title: task.title.clone(), minutes, remaining, basis, why });
        }
        let because = match (remaining, minutes) {
            (0, _) => Because::UsedUp,
            (_, 0) if full && free >= remaining.min(SHORTEST_BLOCK) => Because::Enough,
            (_, 0) => Because::NoTime,
            (_, planned) if planned < remaining => Because::Rest { planned },
            _ => return,
        };
        self.leave_out(task, (basis, why), remaining - minutes, because);
    }

    fn leave_out(&mut self, task: &Task, (basis, why): (Basis, Why), remaining: i64, because: Because) {
        self.left_out.push(LeftOut { task: task.id, title: task.title.clone(), remaining, basis, why, because });
    }

    /// Minutes that were left of the day before this plan: the workday less what is logged, and no more than the clock
    /// leaves; at least 0, at most the workday.
    pub fn left(&self) -> i64 {
        self.workday.saturating_sub(self.logged.max(0)).min(self.clock).max(0)
    }

    /// Whether it is the clock that ends the day, and not the length of the working day.
    pub fn is_cut_short(&self) -> bool {
        self.clock < self.workday.saturating_sub(self.logged.max(0))
    }

    /// Minutes in the blocks: never more than [`Plan::left`].
    pub fn planned(&self) -> i64 {
        sum(self.blocks.iter().map(|block| block.minutes))
    }

    /// Minutes that neither work nor plan has taken.
    pub fn free(&self) -> i64 {
        self.left().saturating_sub(self.planned())
    }

    /// Minutes that all the tasks looked at still need: what is planned and what is left out.
    pub fn wanted(&self) -> i64 {
        sum(self.left_out.iter().map(|task| task.remaining)).saturating_add(self.planned())
    }
}

/// The open tasks among these, each as it was changed last.
fn distinct(open: &[Task]) -> BTreeMap<TaskId, &Task> {
    let mut tasks: BTreeMap<TaskId, &Task> = BTreeMap::new();
    for task in open {
        match tasks.entry(task.id) {
            // A task that moves from one status to another while they are read is read twice.
            Slot::Occupied(mut twice) if twice.get().version < task.version => {
                twice.insert(task);
            }
            Slot::Occupied(_) => {}
            Slot::Vacant(free) => {
                free.insert(task);
            }
        }
    }
    tasks.retain(|_, task| task.status != Status::Done);
    tasks
}

/// The median of what is logged on finished tasks, where there are enough of them.
fn usual(finished: &[Task]) -> Option<i64> {
    let logged = finished.iter().take(FINISHED).map(|task| task.total_minutes);
    let mut logged: Vec<i64> = logged.filter(|minutes| *minutes > 0).collect();
    logged.sort_unstable();
    let middle = logged.get(logged.len().saturating_sub(1) / 2).filter(|_| logged.len() >= ENOUGH_FINISHED);
    middle.map(|minutes| (*minutes).max(SHORTEST_BLOCK))
}

/// What the clock left of the day of a plan that was made before it counted.
fn whole_day() -> i64 {
    24 * 60
}

fn sum(minutes: impl Iterator<Item = i64>) -> i64 {
    minutes.fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests;
