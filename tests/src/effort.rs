//! How much the suites that run by chance do, and by which seed: `SPRINTSYNC_OPERATIONS` (such as 10000) says how many
//! operations, `SPRINTSYNC_SEED` repeats the choices of an earlier run.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// How many operations to do: what `SPRINTSYNC_OPERATIONS` says, or else `default`.
pub fn operations(default: usize) -> usize {
    number("SPRINTSYNC_OPERATIONS").and_then(|number| usize::try_from(number).ok()).unwrap_or(default)
}

/// A seed for the choices of a test: what `SPRINTSYNC_SEED` says, or else the clock's. It stands in the output.
pub fn seed(of: &str) -> u64 {
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos().into());
    let seed = number("SPRINTSYNC_SEED").unwrap_or_else(clock);
    let _ = writeln!(std::io::stderr(), "{of}: seed {seed}");
    seed
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number, and is {text}")))
}

/// Dice that fall the same way for the same seed (SplitMix64: Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to less than `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % n as u64) as usize
    }
}
