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

impl Default for Workday {
    /// Eight hours.
    fn default() -> Self {
        Self(480)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn exactly_the_range_is_taken(value in prop_oneof![any::<i64>(), -10i64..200_000]) {
            prop_assert_eq!(Minutes::try_from(value).is_ok(), (1..=1_440).contains(&value));
            prop_assert_eq!(Estimate::try_from(value).is_ok(), (1..=100_000).contains(&value));
            prop_assert_eq!(Workday::try_from(value).is_ok(), (1..=1_440).contains(&value));
        }
    }
}
