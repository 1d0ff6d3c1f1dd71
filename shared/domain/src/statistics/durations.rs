//! How long things take, as a histogram: it can be added up, and its median is right to one part in sixteen.

use std::collections::BTreeMap;
use std::ops::AddAssign;

/// Parts that each doubling of the length is cut into.
const PARTS: u64 = 8;
/// Up to here every second has a bucket of its own.
const EXACT: u64 = 2 * PARTS;

/// Lengths of time, in seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Durations {
    /// How many there are.
    pub count: i64,
    /// Their sum.
    pub seconds: i64,
    /// How many there are of about the same length, by the number of their bucket.
    pub buckets: BTreeMap<u16, i64>,
}

impl Durations {
    /// Counts one more. What is below zero counts as nothing: clocks differ.
    pub fn add(&mut self, seconds: i64) {
        let seconds = seconds.max(0);
        self.count += 1;
        self.seconds += seconds;
        *self.buckets.entry(bucket(seconds.unsigned_abs())).or_default() += 1;
    }

    /// Their mean in seconds; nothing where there are none.
    pub fn mean(&self) -> Option<i64> {
        (self.count > 0).then(|| self.seconds / self.count)
    }

    /// Their median in seconds, the lower one where two are in the middle: the middle of the bucket that it lies in.
    pub fn median(&self) -> Option<i64> {
        let mut before = 0;
        let half = (self.count + 1) / 2;
        let found = self.buckets.iter().find(|(_, count)| {
            before += **count;
            before >= half
        });
        found.filter(|_| self.count > 0).map(|(number, _)| middle(*number))
    }
}

impl AddAssign for Durations {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.seconds += other.seconds;
        for (number, count) in other.buckets {
            *self.buckets.entry(number).or_default() += count;
        }
    }
}

/// The bucket of a length: the exponent of its highest bit, and the three bits behind that.
fn bucket(seconds: u64) -> u16 {
    if seconds < EXACT {
        return u16::try_from(seconds).unwrap_or_default();
    }
    let shift = u64::from(seconds.ilog2() - PARTS.ilog2());
    let number = EXACT + (shift - 1) * PARTS + ((seconds >> shift) - PARTS);
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// The length in the middle of a bucket.
fn middle(number: u16) -> i64 {
    let number = u64::from(number);
    if number < EXACT {
        return i64::try_from(number).unwrap_or_default();
    }
    let (shift, part) = ((number - EXACT) / PARTS + 1, (number - EXACT) % PARTS + PARTS);
    let low = part.checked_shl(u32::try_from(shift).unwrap_or(u32::MAX)).unwrap_or(u64::MAX);
    i64::try_from(low.saturating_add((1_u64 << shift.min(63)) / 2)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_middle_of_a_bucket_is_near_what_lies_in_it(seconds in 0_i64..10_000_000_000) {
            let near = middle(bucket(seconds.unsigned_abs()));
            prop_assert!((near - seconds).abs() * 16 <= seconds, "{seconds}: {near}");
        }

        #[test]
        fn longer_is_never_in_an_earlier_bucket(a in 0_u64..10_000_000_000, b in 0_u64..10_000_000_000) {
            prop_assert!((a <= b) <= (bucket(a) <= bucket(b)));
        }

        #[test]
        fn the_median_is_near_the_true_one(mut lengths in prop::collection::vec(0_i64..5_000_000, 1..60)) {
            let mut durations = Durations::default();
            lengths.iter().for_each(|length| durations.add(*length));
            lengths.sort_unstable();
            let median = lengths[(lengths.len() - 1) / 2];
            let near = durations.median().expect("one");
            prop_assert!((near - median).abs() * 16 <= median, "{median}: {near}");
        }
    }

    #[test]
    fn of_nothing_there_is_no_mean() {
        assert_eq!((Durations::default().mean(), Durations::default().median()), (None, None));
    }
}
