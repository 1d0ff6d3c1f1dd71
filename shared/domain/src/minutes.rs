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
                    Err(Invalid::because(format!("must be from {} to {} minutes", range.start(), range.end())))
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
