//! When a person's working day ends.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Day, Invalid, TimeZone, Timestamp};

/// The time of day after which a person does not work: `18:00`. Midnight, `00:00`, is the end of the day, so that nothing
/// is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkdayEnd {
    /// Minutes after midnight, as a clock on the wall shows them: 1 to 1,440.
    minutes: i16,
}

const MIDNIGHT: i16 = 24 * 60;

impl WorkdayEnd {
    /// The instant of it on this day. Where the clock is changed over it, the first that is not before it.
    pub fn on(self, day: Day, zone: &TimeZone) -> Timestamp {
        let (day, minutes) = if self.minutes == MIDNIGHT { (day.plus(1), 0) } else { (day, self.minutes) };
        day.at_minute(minutes, zone)
    }
}

impl Default for WorkdayEnd {
    /// Six in the evening.
    fn default() -> Self {
        Self { minutes: 18 * 60 }
    }
}

impl FromStr for WorkdayEnd {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number = |part: &str| {
            part.parse::<i16>().ok().filter(|_| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let read = || {
            let (hours, minutes) = text.split_once(':')?;
            Some((number(hours).filter(|hours| *hours < 24)?, number(minutes).filter(|minutes| *minutes < 60)?))
        };
        let (hours, minutes) = read().ok_or_else(|| Invalid::because("Enter a time like 18:00."))?;
        let minutes = hours * 60 + minutes;
        Ok(Self { minutes: if minutes == 0 { MIDNIGHT } else { minutes } })
    }
}

impl fmt::Display for WorkdayEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60 % 24, self.minutes % 60)
    }
}

impl Serialize for WorkdayEnd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WorkdayEnd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_exactly_its_five_characters() {
        for text in ["18:00", "00:00", "00:01", "23:59", "09:30"] {
            assert_eq!(text.parse::<WorkdayEnd>().map(|end| end.to_string()), Ok(text.to_owned()));
        }
        for text in
            ["", "18", "18:0", "1:00", "24:00", "18:60", "18:00:00", "+1:00", "18.00", "６:00", " 18:00", "-1:00"]
        {
            assert!(text.parse::<WorkdayEnd>().is_err(), "{text}");
        }
        assert_eq!(WorkdayEnd::default().to_string(), "18:00");
    }

    #[test]
    fn it_is_an_instant_of_each_day_in_the_persons_zone() {
        let at = |end: &str, day: &str, zone: &str| {
            let end: WorkdayEnd = end.parse().expect("a time");
            end.on(day.parse().expect("a day"), &zone.parse().expect("a zone")).to_string()
        };
        assert_eq!(at("18:00", "2026-11-25", "UTC"), "2026-11-25T18:00:00.000Z");
        assert_eq!(at("18:00", "2026-03-29", "Europe/Berlin"), "2026-03-29T16:00:00.000Z");
        assert_eq!(at("18:00", "2026-10-25", "Europe/Berlin"), "2026-10-25T17:00:00.000Z");
        assert_eq!(at("00:00", "2026-10-25", "Europe/Berlin"), "2026-10-25T23:00:00.000Z");
        assert_eq!(at("02:30", "2026-03-29", "Europe/Berlin"), "2026-03-29T01:30:00.000Z");
    }
}
