//! Lengths of time that people state, in whole minutes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Invalid;

macro_rules! minutes {
    ($(#[$doc:meta])* $name:ident, $range:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name(i64);

        impl $name {
            /// The number of minutes.
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = Invalid;

            fn try_from(minutes: i64) -> Result<Self, Invalid> {
                let range = $range;
                if range.contains(&minutes) {
                    Ok(Self(minutes))
                } else {
                    Err(Invalid::because(format!(
                        "Enter between {} and {}.",
                        spelled(*range.start()),
                        spelled(*range.end())
                    )))
                }
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> i64 {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

minutes!(
    /// Time worked, as one entry states it: a minute to a day.
    Minutes,
    1..=1_440
);
minutes!(
    /// Time that a task is thought to take.
    Estimate,
    1..=100_000
);
minutes!(
    /// How long a person works a day.
    Workday,
    1..=1_440
);

impl Minutes {
    /// The nearest time that can be stated.
    pub fn nearest(minutes: i64) -> Self {
        Self(minutes.clamp(1, 1_440))
    }
}

impl Default for Workday {
    /// Eight hours.
    fn default() -> Self {
        Self(480)
    }
}

/// A length of time as an error names it: `1 min`, `24 h`, `1666 h 40 min`.
fn spelled(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

/// What somebody reads whose text is no length of time.
pub const LENGTHS: &str = "Enter a time like 90, 1h30 or 1:30.";

/// The whole minutes in what a person types for a length of time: `90`, `45m`, `90 min`, `1h30`, `1 hour 30 minutes`,
/// `1.5h`, `1,5 hours`, `half an hour`, `1:30`. Nothing, where it is none of these or no whole number of minutes. A bare
/// `1.5` is none: it may mean hours or minutes.
pub fn minutes_in(text: &str) -> Option<i64> {
    match parts_of(text)?.as_slice() {
        [Part::Clock(minutes)] | [Part::Clock(minutes), Part::Hours] => Some(*minutes),
        [Part::Number(minutes)] | [Part::Number(minutes), Part::Minutes] => minutes.whole(),
        [Part::Number(hours), Part::Hours] => hours.minutes_of_hours(),
        [Part::Number(hours), Part::Hours, Part::Number(minutes)]
        | [Part::Number(hours), Part::Hours, Part::Number(minutes), Part::Minutes] => {
            Some(hours.whole()? * 60 + minutes.whole().filter(|minutes| *minutes < 60)?)
        }
        _ => None,
    }
}

/// One part of a length of time as it is typed.
enum Part {
    /// `1:30`, in minutes.
    Clock(i64),
    Number(Decimal),
    Hours,
    Minutes,
}

/// A number as it is typed, with two digits behind its point at most.
struct Decimal {
    whole: i64,
    hundredths: Option<i64>,
}

impl Decimal {
    fn of(text: &str) -> Option<Self> {
        let digits = |part: &str, most: usize| -> Option<i64> {
            let plain = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            part.parse().ok().filter(|_| plain)
        };
        Some(match text.split_once(['.', ',']) {
            None => Self { whole: digits(text, 6)?, hundredths: None },
            Some((whole, part)) => {
                let scale = if part.len() == 1 { 10 } else { 1 };
                Self { whole: digits(whole, 6)?, hundredths: Some(digits(part, 2)? * scale) }
            }
        })
    }

    /// The number, if no point was typed.
    fn whole(&self) -> Option<i64> {
        self.hundredths.is_none().then_some(self.whole)
    }

    fn minutes_of_hours(&self) -> Option<i64> {
        let hundredths = self.hundredths.unwrap_or_default() * 60;
        (hundredths % 100 == 0).then_some(self.whole * 60 + hundredths / 100)
    }
}

/// The parts of a text, if it has no others.
fn parts_of(text: &str) -> Option<Vec<Part>> {
    let of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ':');
    let text = text.to_lowercase();
    let mut parts = Vec::new();
    for phrase in text.split_whitespace() {
        let mut rest = phrase.trim_end_matches(',');
        while let Some(first) = rest.chars().next() {
            let number = of_number(first);
            let end = rest.find(|c| of_number(c) != number).unwrap_or(rest.len());
            let (part, after) = rest.split_at_checked(end)?;
            // An abbreviation may have its full stop: `90 min.`
            rest = if number { after } else { after.strip_prefix('.').unwrap_or(after) };
            match part {
                // These join others, as in "half an hour" and "1 hour and 30 minutes".
                "an" | "and" => {}
                "half" => parts.push(Part::Number(Decimal { whole: 0, hundredths: Some(50) })),
                "h" | "hr" | "hrs" | "hour" | "hours" => parts.push(Part::Hours),
                "m" | "min" | "mins" | "minute" | "minutes" => parts.push(Part::Minutes),
                number => parts.push(number_in(number)?),
            }
        }
    }
    Some(parts)
}

fn number_in(text: &str) -> Option<Part> {
    let Some((hours, minutes)) = text.split_once(':') else { return Decimal::of(text).map(Part::Number) };
    let rest = Decimal::of(minutes).filter(|_| minutes.len() == 2)?.whole().filter(|minutes| *minutes < 60)?;
    Some(Part::Clock(Decimal::of(hours)?.whole()? * 60 + rest))
}

/// As [`minutes_in`], for the length of a working day: a number alone says hours, where a day has as many.
pub fn workday_in(text: &str) -> Option<i64> {
    let bare = text.trim().bytes().all(|b| b.is_ascii_digit() || b".,".contains(&b));
    let hours = minutes_in(&format!("{text}h")).filter(|minutes| bare && *minutes <= 1_440);
    hours.or_else(|| minutes_in(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_of_time_as_people_type_them() {
        for (text, minutes) in [
            ("90", 90),
            ("0", 0),
            (" 45m ", 45),
            ("1h", 60),
            ("1h30", 90),
            ("1h 30m", 90),
            ("1H05", 65),
            ("1.5h", 90),
            ("1,5 h", 90),
            ("0.25h", 15),
            ("1:30", 90),
            ("12:00", 720),
            ("1:30h", 90),
            ("90 min", 90),
            ("90 mins.", 90),
            ("1 minute", 1),
            ("2 hours", 120),
            ("2 HRS", 120),
            ("1 hr 15 min", 75),
            ("1hour30minutes", 90),
            ("1 hour, 30 minutes", 90),
            ("1 hour and 30", 90),
            ("1.5 hours", 90),
            ("0,5 hour", 30),
            ("half an hour", 30),
            ("90\u{a0}min", 90),
        ] {
            assert_eq!(minutes_in(text), Some(minutes), "{text}");
        }
        for text in [
            "",
            "h",
            "m",
            "1h60",
            "1:3",
            "1:60",
            "1.333h",
            "1.5",
            "-5",
            "1h-5",
            "1h2h",
            "9999999",
            "1e3",
            "١",
            "1.5h30",
            "1.0",
            "1,5",
            "1.5 min",
            "2 days",
            "min",
            "hours 2",
            "1 h 2 h",
            "30 min 1 h",
            "1:30 min",
            "1:30 2",
            "an",
            "half",
            "1..5h",
            "1.h",
            ".5h",
            "a few minutes",
        ] {
            assert_eq!(minutes_in(text), None, "{text}");
        }
    }

    #[test]
    fn a_working_day_is_typed_in_hours_or_minutes() {
        let days = ["8", " 7.5 ", "7,5", "24", "480", "25", "7h30", "7:30", "8h", "90m"].map(workday_in);
        assert_eq!(days, [480, 450, 450, 1_440, 480, 25, 450, 450, 480, 90].map(Some));
        assert_eq!(["", "eight", "1.333", "-8"].map(workday_in), [None; 4]);
    }

    #[test]
    fn a_range_is_told_in_hours_and_minutes() {
        let told = |refused: Result<i64, Invalid>| refused.map_err(|reason| reason.0);
        assert_eq!(told(Minutes::try_from(0).map(Minutes::get)), Err("Enter between 1 min and 24 h.".to_owned()));
        let most = Estimate::try_from(100_001).map(Estimate::get);
        assert_eq!(told(most), Err("Enter between 1 min and 1666 h 40 min.".to_owned()));
    }

    proptest! {
        #[test]
        fn what_pages_show_is_read_back(minutes in 0i64..100_000) {
            prop_assert_eq!(minutes_in(&format!("{}h {}m", minutes / 60, minutes % 60)), Some(minutes));
            prop_assert_eq!(minutes_in(&format!("{}:{:02}", minutes / 60, minutes % 60)), Some(minutes));
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,20}") {
            let _ = minutes_in(&text);
        }

        #[test]
        fn exactly_the_range_is_taken(value in prop_oneof![any::<i64>(), -10i64..200_000]) {
            prop_assert_eq!(Minutes::try_from(value).is_ok(), (1..=1_440).contains(&value));
            prop_assert_eq!(Estimate::try_from(value).is_ok(), (1..=100_000).contains(&value));
            prop_assert_eq!(Workday::try_from(value).is_ok(), (1..=1_440).contains(&value));
        }
    }
}
