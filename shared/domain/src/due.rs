//! When a due day matters.

use crate::{Day, Status};

/// How much a due day wants to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// The day has passed, and the task is not done.
    Overdue,
    /// It is today or tomorrow, and the task is not done.
    Soon,
    /// There is time, or nothing left to do.
    Later,
}

impl Urgency {
    /// Of a task with this due day and status, on the day that it is for the person who looks.
    pub fn of(due_on: Day, status: Status, today: Day) -> Self {
        match status {
            Status::Done => Self::Later,
            Status::Todo | Status::InProgress if due_on < today => Self::Overdue,
            Status::Todo | Status::InProgress if due_on <= today.plus(1) => Self::Soon,
            Status::Todo | Status::InProgress => Self::Later,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_due_day_stands_out_only_when_it_matters() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let on = |due: &str, status| Urgency::of(day(due), status, day("2026-11-25"));
        for open in [Status::Todo, Status::InProgress] {
            assert_eq!(on("2026-11-24", open), Urgency::Overdue);
            assert_eq!(on("2026-11-25", open), Urgency::Soon);
            assert_eq!(on("2026-11-26", open), Urgency::Soon);
            assert_eq!(on("2026-11-27", open), Urgency::Later);
        }
        for due in ["2024-01-01", "2026-11-25", "2027-01-01"] {
            assert_eq!(on(due, Status::Done), Urgency::Later, "{due}");
        }
    }
}
