//! Instants, days and time zones.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;

/// An instant, in milliseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// The last millisecond of the year 9999, where RFC 3339's four digits end.
const LAST_MS: i64 = 253_402_207_199_999;

impl Timestamp {
    /// The instant that lies `ms` milliseconds after 1970; outside of the years 1970 to 9999, the nearest end.
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(0, LAST_MS))
    }

    /// Milliseconds since 1970.
    pub fn ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as DynamoDB's TTL and JWT dates (RFC 7519, 2) count.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The instant `seconds` later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_ms(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// The instant for the calendar.
    pub fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// The day that it is, at this instant, in a time zone.
    pub fn day_in(self, zone: &TimeZone) -> Day {
        Day(self.instant().to_zoned(zone.zone.clone()).date())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.instant())
    }
}

impl FromStr for Timestamp {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse::<jiff::Timestamp>()
            .map(|instant| Self::from_ms(instant.as_millisecond()))
            .map_err(|_| Invalid::because("Use a time like 2026-11-23T17:30:00Z."))
    }
}

/// A day of the calendar, 1970-01-01 to 9999-12-31, written as ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day for the calendar.
    pub fn date(self) -> Date {
        self.0
    }

    /// The day so many days later, or earlier; at the calendar's ends, the last or the first.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        let first = jiff::civil::date(1970, 1, 1);
        Self(self.0.saturating_add(days.clamp(-3_000_000, 3_000_000).days()).max(first))
    }

    /// When a clock in this zone shows so many minutes after midnight on this day; where it shows them twice, the first
    /// time, and where it leaves them out, as long after the gap.
    pub(crate) fn at_minute(self, minutes: i16, zone: &TimeZone) -> Timestamp {
        let shown = self.0.to_datetime(jiff::civil::Time::midnight()).saturating_add(i64::from(minutes).minutes());
        let zoned = zone.zone.to_ambiguous_zoned(shown).compatible();
        zoned.map_or(Timestamp(LAST_MS), |zoned| Timestamp::from_ms(zoned.timestamp().as_millisecond()))
    }

    /// This day as one that was worked, given which day it is today for whoever worked.
    ///
    /// # Errors
    /// It has not come yet.
    pub fn worked(self, today: Self) -> Result<Self, Invalid> {
        if self > today {
            return Err(Invalid::because(format!("Choose today, {today}, or an earlier day.")));
        }
        Ok(self)
    }
}

/// A week of the calendar, Monday to Sunday (ISO 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub first: Day,
    /// Its Sunday.
    pub last: Day,
}

impl Week {
    /// The week that a day is in.
    pub fn of(day: Day) -> Self {
        let monday = day.plus(-i64::from(day.0.weekday().to_monday_zero_offset()));
        Self { first: monday, last: monday.plus(6) }
    }

    /// Its days, Monday first.
    pub fn days(self) -> impl DoubleEndedIterator<Item = Day> {
        (0..7).map(move |days| self.first.plus(days))
    }
}

/// What a clock on the wall shows, to the minute: a time that means an instant only where the clock hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallTime(DateTime);

impl WallTime {
    /// The first instant that is not before `earliest` at which a clock in this zone shows this time. On the night that
    /// ends summer time an hour comes twice; on the night that begins it, a time in the hour that is left out means
    /// as long after the hour as it says.
    pub fn at(self, zone: &TimeZone, earliest: Timestamp) -> Timestamp {
        let both = zone.zone.to_ambiguous_zoned(self.0);
        let instant = |zoned: Result<jiff::Zoned, jiff::Error>| {
            zoned.map_or(earliest, |zoned| Timestamp::from_ms(zoned.timestamp().as_millisecond()))
        };
        let first = instant(both.clone().compatible());
        if first < earliest { instant(both.later()) } else { first }
    }

    /// What the clock in a zone shows at an instant.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let shown = at.instant().to_zoned(zone.zone.clone()).datetime();
        Self(shown.with().second(0).subsec_nanosecond(0).build().unwrap_or(shown))
    }
}

impl fmt::Display for WallTime {
    /// As a browser's `datetime-local` field holds it (HTML, 2.3.5.5): `2026-11-23T17:30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.strftime("%Y-%m-%dT%H:%M").fmt(f)
    }
}

impl FromStr for WallTime {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::because("Use a time like 2026-11-23T17:30.");
        let (day, time) = text.split_once('T').ok_or_else(invalid)?;
        let day: Day = day.parse().map_err(|_| invalid())?;
        let shaped = matches!(time.as_bytes(), [a, b, b':', c, d] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()));
        let time = if shaped { time.parse::<jiff::civil::Time>().ok() } else { None };
        time.map(|time| Self(day.0.to_datetime(time))).ok_or_else(invalid)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let shaped = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        let date = if shaped { text.parse::<Date>().ok() } else { None };
        date.filter(|date| date.year() >= 1970).map(Self).ok_or_else(|| Invalid::because("Use a day like 2026-11-23."))
    }
}

/// A time zone by its IANA name, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone {
    name: String,
    zone: jiff::tz::TimeZone,
}

impl TimeZone {
    /// Coordinated Universal Time: the zone of a person who named none.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: jiff::tz::TimeZone::UTC }
    }

    /// Its IANA name, in the database's own spelling.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zone for the calendar.
    pub fn zone(&self) -> &jiff::tz::TimeZone {
        &self.zone
    }
}

impl FromStr for TimeZone {
    type Err = Invalid;

    /// Takes a name of the IANA time zone database, in any case.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.eq_ignore_ascii_case("UTC") {
            return Ok(Self::utc());
        }
        let zone = jiff::tz::TimeZone::get(text).ok();
        // The database's own mark for a clock that nobody has set.
        let zone = zone.filter(|zone| zone.iana_name() != Some("Factory"));
        zone.and_then(|zone| Some(Self { name: zone.iana_name()?.to_owned(), zone }))
            .ok_or_else(|| Invalid::because("Unknown time zone. Try Europe/Berlin."))
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

macro_rules! serde_as_text {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
serde_as_text!(Timestamp, Day, TimeZone);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_instant_is_written_with_milliseconds_and_read_back(ms in 0..=LAST_MS) {
            let instant = Timestamp::from_ms(ms);
            let text = instant.to_string();
            prop_assert_eq!(text.len(), "2026-11-23T05:06:00.000Z".len(), "{}", text);
            prop_assert_eq!(text.parse(), Ok(instant));
        }

        #[test]
        fn texts_sort_as_their_instants(a in 0..=LAST_MS, b in 0..=LAST_MS) {
            let (a, b) = (Timestamp::from_ms(a), Timestamp::from_ms(b));
            prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
        }

        #[test]
        fn a_day_is_exactly_its_ten_characters(text in "\\PC{0,12}|[0-9]{4}-[0-9]{2}-[0-9]{2}") {
            if let Ok(day) = text.parse::<Day>() {
                prop_assert_eq!(day.to_string(), text);
            }
        }

        #[test]
        fn a_wall_time_is_written_as_it_was_read(text in "\\PC{0,18}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}") {
            if let Ok(wall) = text.parse::<WallTime>() {
                prop_assert_eq!(wall.to_string(), text);
            }
        }

        #[test]
        fn every_day_is_in_the_week_that_it_names(days in -1_000i64..1_000_000) {
            let day = "2026-11-23".parse::<Day>().expect("a day").plus(days);
            let week = Week::of(day);
            prop_assert!(week.days().any(|one| one == day));
            prop_assert!(week.days().all(|one| Week::of(one) == week));
        }

        #[test]
        fn no_text_breaks_the_zone_parser(text in "\\PC{0,40}") {
            if let Ok(zone) = text.parse::<TimeZone>() {
                prop_assert_eq!(zone.name().parse::<TimeZone>(), Ok(zone.clone()));
            }
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2026-02-29", "2026-13-01", "2026-1-1", "2026-11-23T00:00:00", "1969-12-31", "", "-026-11-23"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert!("2028-02-29".parse::<Day>().is_ok());
    }

    #[test]
    fn a_week_begins_on_monday_and_has_seven_days_whatever_its_hours() {
        let week = |day: &str| Week::of(day.parse().expect("a day"));
        let shown = |week: Week| (week.first.to_string(), week.last.to_string());
        for day in ["2026-11-23", "2026-11-26", "2026-11-29"] {
            assert_eq!(shown(week(day)), ("2026-11-23".to_owned(), "2026-11-29".to_owned()), "{day}");
        }
        // Over a year's end, and over the nights on which summer time begins and ends in Europe.
        assert_eq!(shown(week("2027-01-01")), ("2026-12-28".to_owned(), "2027-01-03".to_owned()));
        assert_eq!(week("2026-03-29").days().map(|day| day.to_string()).collect::<Vec<_>>()[6], "2026-03-29");
        assert_eq!(week("2026-10-25").days().count(), 7);
    }

    #[test]
    fn on_the_nights_that_change_the_clock_each_instant_has_one_day() {
        let day = |at: &str, zone: &str| {
            let at: Timestamp = at.parse().expect("a time");
            at.day_in(&zone.parse().expect("a zone")).to_string()
        };
        // The day of 23 hours and the day of 25, from the first millisecond to the last.
        for (zone, of, first, last) in [
            ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"),
            ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"),
            ("America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z", "2026-03-09T03:59:59.999Z"),
            // Here summer time begins at midnight: the day begins at one.
            ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00.000Z", "2026-09-07T02:59:59.999Z"),
            // Half an hour only.
            ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00.000Z", "2026-10-04T12:59:59.999Z"),
            // A day that was left out, and the one after it.
            ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00.000Z", "2011-12-30T09:59:59.999Z"),
            ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00.000Z", "2011-12-31T09:59:59.999Z"),
        ] {
            assert_eq!((day(first, zone), day(last, zone)), (of.to_owned(), of.to_owned()), "{zone}");
            let (first, last): (Timestamp, Timestamp) = (first.parse().expect("a time"), last.parse().expect("a time"));
            let (before, after) = (Timestamp::from_ms(first.ms() - 1), Timestamp::from_ms(last.ms() + 1));
            assert_ne!(day(&before.to_string(), zone), of, "{zone}");
            assert_ne!(day(&after.to_string(), zone), of, "{zone}");
        }
    }

    #[test]
    fn a_wall_time_means_the_first_instant_after_what_came_before() {
        let zone: TimeZone = "Europe/Berlin".parse().expect("a zone");
        let at = |wall: &str, earliest: &str| {
            let (wall, earliest): (WallTime, Timestamp) =
                (wall.parse().expect("a time"), earliest.parse().expect("a time"));
            wall.at(&zone, earliest).to_string()
        };
        assert_eq!(at("2026-11-23T17:30", "2026-11-23T08:00:00Z"), "2026-11-23T16:30:00.000Z");
        // Half past two comes twice: the second, where the first was over.
        assert_eq!(at("2026-10-25T02:30", "2026-10-24T20:00:00Z"), "2026-10-25T00:30:00.000Z");
        assert_eq!(at("2026-10-25T02:30", "2026-10-25T00:45:00Z"), "2026-10-25T01:30:00.000Z");
        // And never comes on the other night.
        assert_eq!(at("2026-03-29T02:30", "2026-03-28T20:00:00Z"), "2026-03-29T01:30:00.000Z");
        for text in ["", "2026-11-23", "2026-11-23T25:00", "2026-11-23T17:30:00", "2026-11-23 17:30", "T17:30"] {
            assert!(text.parse::<WallTime>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_day_is_the_persons_own() {
        let late = "2026-11-23T23:30:00.000Z".parse::<Timestamp>().expect("time");
        let day = |zone: &str| late.day_in(&zone.parse().expect("zone")).to_string();
        assert_eq!(day("UTC"), "2026-11-23");
        assert_eq!(day("Europe/Berlin"), "2026-11-24");
        assert_eq!(day("america/new_york"), "2026-11-23");
        assert_eq!("america/new_york".parse::<TimeZone>().expect("zone").name(), "America/New_York");
        assert!("Mars/Olympus".parse::<TimeZone>().is_err());
        assert!("Factory".parse::<TimeZone>().is_err());
    }
}
