//! How much of a day is left for a plan.

use crate::{Day, TimeZone, Timestamp, Workday, WorkdayEnd};

/// The hours that a plan is made of: today's, or tomorrow's once the working day is over. Lengths are in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The day, in the person's time zone.
    pub day: Day,
    /// How long the person works a day.
    pub workday: i64,
    /// What is logged on that day already, on whatever tasks.
    pub logged: i64,
    /// What the clock leaves of that day until the person stops working.
    pub clock: i64,
    /// When the person stops working.
    pub ends: WorkdayEnd,
    /// The working day of today is over: the hours are those of tomorrow.
    pub is_tomorrows: bool,
}

impl Hours {
    /// What is left at this time of the day of a person who works this long and no later than this, given what is logged
    /// on a day. Nights that change the clock make a day an hour shorter or longer.
    pub fn left(
        now: Timestamp,
        zone: &TimeZone,
        (workday, ends): (Workday, WorkdayEnd),
        logged: impl Fn(Day) -> i64,
    ) -> Self {
        let today = now.day_in(zone);
        let is_tomorrows = now >= ends.on(today, zone);
        let (day, from) = match is_tomorrows {
            true => (today.plus(1), today.plus(1).at_minute(0, zone)),
            false => (today, now),
        };
        let clock = ends.on(day, zone).ms().saturating_sub(from.ms()).max(0) / 60_000;
        Self { day, workday: workday.get(), logged: logged(day), clock, ends, is_tomorrows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(now: &str, zone: &str, ends: &str) -> (String, i64, bool) {
        let zone = zone.parse().expect("a zone");
        let at = (Workday::default(), ends.parse().expect("a time"));
        let hours = Hours::left(now.parse().expect("a time"), &zone, at, |_| 0);
        (hours.day.to_string(), hours.clock, hours.is_tomorrows)
    }

    #[test]
    fn no_more_is_left_than_the_clock_leaves_and_afterwards_it_is_tomorrows() {
        for (now, zone, ends, day, clock, tomorrows) in [
            ("2026-11-30T08:00:00Z", "UTC", "18:00", "2026-11-30", 600, false),
            ("2026-11-30T17:45:30Z", "UTC", "18:00", "2026-11-30", 14, false),
            ("2026-11-30T17:59:59.999Z", "UTC", "18:00", "2026-11-30", 0, false),
            ("2026-11-30T18:00:00Z", "UTC", "18:00", "2026-12-01", 1_080, true),
            ("2026-11-30T22:01:00Z", "UTC", "18:00", "2026-12-01", 1_080, true),
            ("2026-11-30T22:01:00Z", "UTC", "00:00", "2026-11-30", 119, false),
            ("2026-11-30T22:01:00Z", "UTC", "23:30", "2026-11-30", 89, false),
            // The same instant is another time of another day elsewhere.
            ("2026-11-30T22:01:00Z", "Asia/Tokyo", "18:00", "2026-12-01", 659, false),
            ("2026-11-30T22:01:00Z", "America/New_York", "18:00", "2026-11-30", 59, false),
            // Summer time begins, and ends, in the night of a day that is planned.
            ("2026-03-28T23:30:00Z", "Europe/Berlin", "18:00", "2026-03-29", 990, false),
            ("2026-03-28T18:00:00Z", "Europe/Berlin", "18:00", "2026-03-29", 1_020, true),
            ("2026-10-24T18:00:00Z", "Europe/Berlin", "18:00", "2026-10-25", 1_140, true),
            ("2026-10-24T22:00:00Z", "Europe/Berlin", "18:00", "2026-10-25", 1_140, false),
            // Where it begins at midnight, the day begins at one.
            ("2026-09-06T03:00:00Z", "America/Santiago", "18:00", "2026-09-06", 1_020, true),
            ("2026-12-31T23:00:00Z", "UTC", "18:00", "2027-01-01", 1_080, true),
        ] {
            assert_eq!(left(now, zone, ends), (day.to_owned(), clock, tomorrows), "{now} {zone} {ends}");
        }
    }

    #[test]
    fn what_is_logged_is_of_the_planned_day() {
        let hours = |now: &str| {
            let logged = |day: Day| if day.to_string() == "2026-11-30" { 300 } else { 0 };
            let now = now.parse().expect("a time");
            Hours::left(now, &TimeZone::utc(), (Workday::default(), WorkdayEnd::default()), logged).logged
        };
        assert_eq!((hours("2026-11-30T12:00:00Z"), hours("2026-11-30T19:00:00Z")), (300, 0));
    }
}
