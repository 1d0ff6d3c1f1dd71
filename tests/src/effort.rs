//! How long the tests by chance go on, and where their chance begins.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// How many operations a test does: `SPRINTSYNC_OPERATIONS`, or the default.
pub fn operations(default: usize) -> usize {
    variable("SPRINTSYNC_OPERATIONS").map_or(default, |count| usize::try_from(count).expect("a count"))
}

/// Where the chance of a test begins: `SPRINTSYNC_SEED`, or the clock. It is said on standard error, so that what a
/// test met by chance can be met again.
pub fn seed(of: &str) -> u64 {
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock past 1970").subsec_nanos();
    let seed = variable("SPRINTSYNC_SEED").unwrap_or_else(|| u64::from(clock()));
    writeln!(std::io::stderr(), "{of}: seed {seed}").expect("standard error");
    seed
}

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// Chance that can be had again: splitmix64.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Chance from this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `n`, which is above 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(n).expect("a count")).expect("a count")
    }
}
