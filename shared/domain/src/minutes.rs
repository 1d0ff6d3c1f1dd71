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

/// The whole minutes in what a person types for a length of time: `90`, `45m`, `1h`, `1h30`, `1h 30m`, `1.5h`, `1,5 h`,
/// `1:30`. Nothing, where it is none of these or no whole number of minutes.
pub fn minutes_in(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let digits = |part: &str| -> Option<i64> {
        let plain = (1..=6).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| plain)
    };
    let rest = |part: &str| digits(part).filter(|minutes| *minutes < 60);
    if let Some((hours, minutes)) = text.split_once(':') {
        return Some(digits(hours)? * 60 + rest(minutes).filter(|_| minutes.len() == 2)?);
    }
    let Some((hours, minutes)) = text.split_once('h') else {
        return digits(text.strip_suffix('m').unwrap_or(&text));
    };
    if let Some((whole, part)) = hours.split_once(['.', ',']) {
        // A fraction of an hour, in full minutes.
        let parts = digits(part).filter(|_| part.len() <= 2 && minutes.is_empty())?;
        let scale = if part.len() == 1 { 10 } else { 100 };
        return ((parts * 60) % scale == 0).then_some(digits(whole)? * 60 + parts * 60 / scale);
    }
    let minutes = if minutes.is_empty() { 0 } else { rest(minutes.strip_suffix('m').unwrap_or(minutes))? };
    Some(digits(hours)? * 60 + minutes)
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
        ] {
            assert_eq!(minutes_in(text), Some(minutes), "{text}");
        }
        for text in [
            "", "h", "m", "1h60", "1:3", "1:60", "1.333h", "1.5", "-5", "1h-5", "1h2h", "9999999", "1e3", "١", "1.5h30",
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
