//! Instants, days and time zones.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
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
            .map_err(|_| Invalid::because("is not a time (RFC 3339)"))
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

    /// This day as one that was worked, given which day it is today for whoever worked.
    ///
    /// # Errors
    /// It has not come yet.
    pub fn worked(self, today: Self) -> Result<Self, Invalid> {
        if self > today {
            return Err(Invalid::because(format!("must not be after today, {today}")));
        }
        Ok(self)
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
        date.filter(|date| date.year() >= 1970)
            .map(Self)
            .ok_or_else(|| Invalid::because("is not a day like 2026-11-23"))
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
            .ok_or_else(|| Invalid::because("is not the name of a time zone like Europe/Berlin"))
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
