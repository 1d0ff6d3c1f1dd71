//! The timer: one a person, kept on the server, so that it survives sign-out and a closed lid.

use crate::{Day, Invalid, Minutes, NewEntry, TaskId, TimeZone, Timestamp, Title, UserId, WallTime, in_hours};

/// Minutes after which nobody believes a timer without asking: twelve hours.
pub const LONGEST_TIMER: i64 = 720;

/// A running timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Whose.
    pub user_id: UserId,
    /// The task that it runs on.
    pub task_id: TaskId,
    /// The task's title when it was started.
    pub title: Title,
    /// When it was started.
    pub started_at: Timestamp,
}

/// Why a timer is stopped by something else than its own button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoppedBy {
    /// The task was set to done.
    Done,
    /// The task went into the trash.
    Deleted,
    /// The task was given to somebody else.
    Assigned,
}

/// Why a timer does not stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotStopped {
    /// It ran for so many minutes that the person must say how many were worked.
    Overlong {
        /// Minutes that it ran, rounded up.
        ran: i64,
    },
    /// More minutes are stated than it ran.
    Bad(Invalid),
}

impl Timer {
    /// Minutes that it ran until `now`, rounded up, at least 1.
    pub fn ran(&self, now: Timestamp) -> i64 {
        let ms = now.ms().saturating_sub(self.started_at.ms());
        (ms.saturating_add(59_999) / 60_000).max(1)
    }

    /// The minutes that its entry says, when it is stopped at `now`: those that it ran, or those that the person
    /// states.
    ///
    /// # Errors
    /// [`NotStopped`].
    pub fn stop(&self, now: Timestamp, stated: Option<Minutes>) -> Result<Minutes, NotStopped> {
        let ran = self.ran(now);
        let minutes = match stated {
            Some(stated) if stated.get() > ran => {
                let reason = format!("The timer ran for only {}.", in_hours(ran));
                return Err(NotStopped::Bad(Invalid::because(reason)));
            }
            Some(stated) => return Ok(stated),
            None if self.is_overlong(now) => return Err(NotStopped::Overlong { ran }),
            None => ran,
        };
        Minutes::try_from(minutes).map_err(NotStopped::Bad)
    }

    /// Whether it ran for so long that only the person can say how much of that was work.
    pub fn is_overlong(&self, now: Timestamp) -> bool {
        self.ran(now) > LONGEST_TIMER
    }

    /// The entry that it is stopped into by what happens to its task, where nobody is asked: it says why, and holds no
    /// more than nobody would ask about.
    pub fn cut(&self, now: Timestamp, zone: &TimeZone, by: StoppedBy) -> NewEntry {
        let minutes = Minutes::nearest(self.ran(now).min(LONGEST_TIMER));
        let what = match by {
            StoppedBy::Done => "marked done",
            StoppedBy::Deleted => "deleted",
            StoppedBy::Assigned => "reassigned",
        };
        let note = match self.is_overlong(now) {
            true => format!("Timer stopped when the task was {what}; it had run for longer."),
            false => format!("Timer stopped when the task was {what}."),
        };
        NewEntry { minutes, note: note.parse().unwrap_or_default(), worked_on: self.worked_on(zone) }
    }

    /// The minutes that were worked, where the person says until when, by a clock in their own zone.
    ///
    /// # Errors
    /// That was before the start, or is not yet.
    pub fn until(&self, end: WallTime, zone: &TimeZone, now: Timestamp) -> Result<Minutes, Invalid> {
        // The clock shows whole minutes: the one in which the timer was started is not before its start.
        let begun = WallTime::of(self.started_at, zone).at(zone, self.started_at.plus_seconds(-60));
        let end = end.at(zone, begun);
        if end < begun {
            return Err(Invalid::because("Choose a time after the timer started."));
        }
        if end > now {
            return Err(Invalid::because("Choose a time that isn't in the future."));
        }
        let ms = end.ms().saturating_sub(self.started_at.ms());
        Minutes::try_from((ms.saturating_add(59_999) / 60_000).max(1))
    }

    /// The day that its entry is dated: the one on which it was started, in the person's own zone.
    pub fn worked_on(&self, zone: &TimeZone) -> Day {
        self.started_at.day_in(zone)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn timer() -> Timer {
        Timer {
            user_id: UserId::from(Uuid::from_u128(1)),
            task_id: TaskId::from(Uuid::from_u128(2)),
            title: "A task".parse().expect("a title"),
            started_at: "2026-10-24T21:30:00Z".parse().expect("a time"),
        }
    }

    fn after(seconds: i64) -> Timestamp {
        timer().started_at.plus_seconds(seconds)
    }

    #[test]
    fn minutes_are_rounded_up_and_at_least_one() {
        let stop = |seconds| timer().stop(after(seconds), None).map(Minutes::get);
        assert_eq!([stop(0), stop(1), stop(60), stop(61)], [Ok(1), Ok(1), Ok(1), Ok(2)]);
        assert_eq!(stop(-90), Ok(1), "a clock that runs behind costs nothing");
        assert_eq!(stop(720 * 60), Ok(720));
        assert_eq!(stop(720 * 60 + 1), Err(NotStopped::Overlong { ran: 721 }));
    }

    #[test]
    fn a_forgotten_timer_takes_what_the_person_says() {
        let stop = |minutes| timer().stop(after(900 * 60), Minutes::try_from(minutes).ok());
        assert_eq!(stop(45).map(Minutes::get), Ok(45));
        assert_eq!(stop(900).map(Minutes::get), Ok(900));
        assert!(matches!(stop(901), Err(NotStopped::Bad(_))));
    }

    #[test]
    fn an_entry_is_dated_by_its_start_where_the_person_is() {
        let day = |zone: &str| timer().worked_on(&zone.parse().expect("a zone")).to_string();
        assert_eq!(day("UTC"), "2026-10-24");
        // 23:30 in summer time, on the night that ends it.
        assert_eq!(day("Europe/Berlin"), "2026-10-24");
        assert_eq!(day("Asia/Tokyo"), "2026-10-25");
    }

    #[test]
    fn a_person_may_say_until_when() {
        let zone = "Europe/Berlin".parse().expect("a zone");
        // Started at 23:30:00 in summer time, on the night that ends it.
        let until =
            |end: &str| timer().until(end.parse().expect("a time"), &zone, after(20 * 3600)).map(Minutes::get).ok();
        assert_eq!([until("2026-10-24T23:30"), until("2026-10-24T23:31")], [Some(1), Some(1)]);
        assert_eq!(until("2026-10-25T01:30"), Some(120));
        assert_eq!(until("2026-10-25T03:30"), Some(300), "an hour came twice");
        assert_eq!([until("2026-10-24T23:29"), until("2026-10-26T09:00")], [None, None]);
    }

    #[test]
    fn a_timer_that_is_cut_says_why_and_holds_twelve_hours_at_most() {
        let zone = "Asia/Tokyo".parse().expect("a zone");
        for by in [StoppedBy::Done, StoppedBy::Deleted, StoppedBy::Assigned] {
            let cut = |minutes: i64| timer().cut(after(minutes * 60), &zone, by);
            assert_eq!((cut(25).minutes.get(), cut(720).minutes.get(), cut(721).minutes.get()), (25, 720, 720));
            assert_eq!(cut(25).worked_on.to_string(), "2026-10-25", "the day of its start, where the person is");
            assert!(!cut(25).note.as_str().is_empty() && !cut(720).note.as_str().contains("longer"));
            assert!(cut(721).note.as_str().contains("longer"), "{by:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_stopped_is_never_more_than_what_ran(seconds in 0i64..200_000, stated in proptest::option::of(1i64..=1_440)) {
            let stated = stated.and_then(|minutes| Minutes::try_from(minutes).ok());
            if let Ok(minutes) = timer().stop(after(seconds), stated) {
                prop_assert!((1..=timer().ran(after(seconds))).contains(&minutes.get()));
                prop_assert_eq!(minutes, stated.unwrap_or(minutes));
            }
        }
    }
}
