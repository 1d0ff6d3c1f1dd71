//! Random walks: API and an in-memory model side by side, answer by answer, through faults as without.
//!
//! `SPRINTSYNC_OPERATIONS=10000` makes them long; `SPRINTSYNC_SEED=N` begins with the walk of that seed.

mod chance;
mod compare;
mod model;
mod people;
mod request;
mod samples;
mod slots;
mod state;
mod step;
mod task;
mod time;
mod walk;
mod wire;

use std::io::Write;

use tests::{Dice, operations, seed};

use crate::walk::{Surprise, walk};
use crate::wire::{Tally, Wire};

/// How often a walk is tried with steps left out, to show a short one.
const MOST_SHRINKS: usize = 60;

#[test]
fn a_random_walk_meets_no_surprise() {
    walks("walk", false, 700);
}

#[test]
fn a_random_walk_through_faults_is_the_same_walk() {
    walks("walk through faults", true, 400);
}

fn walks(name: &str, faulty: bool, default: usize) {
    let (wanted, first) = (operations(default), seed(name));
    let mut wire = Wire::new(faulty);
    let mut seed = first;
    while wire.tally.operations < wanted {
        let steps: Vec<usize> = (1..=40 + Dice::new(seed).below(41)).collect();
        if let Err(surprise) = walk(&mut wire, seed, &steps) {
            say(&format!("{name}: seed {seed}, after {} operations: {}", wire.tally.operations, told(&surprise)));
            let (steps, surprise) = shrunk(faulty, seed, steps, surprise);
            say(&format!("{name}: seed {seed}, {} steps are enough: {}", steps.len(), told(&surprise)));
            panic!("{name}: SPRINTSYNC_SEED={seed}: {}", surprise.why);
        }
        seed = seed.wrapping_add(1);
    }
    let Tally { walks, operations, compared, faults, unavailable } = wire.tally;
    say(&format!(
        "{name}: {walks} walks, {operations} operations, {compared} answers compared at the end, {faults} faults, \
         {unavailable} answers were 503, seeds {first} to {}",
        seed.wrapping_sub(1)
    ));
}

/// The shortest walk found that still meets a surprise: steps are left out, in halves and then smaller parts.
fn shrunk(faulty: bool, seed: u64, mut steps: Vec<usize>, mut surprise: Surprise) -> (Vec<usize>, Surprise) {
    let mut wire = Wire::new(faulty);
    let (mut part, mut tries) = (steps.len() / 2, 0);
    while part > 0 {
        let mut at = 0;
        while at < steps.len() && tries < MOST_SHRINKS {
            let fewer: Vec<usize> = [&steps[..at], &steps[(at + part).min(steps.len())..]].concat();
            tries += 1;
            match walk(&mut wire, seed, &fewer) {
                Err(shorter) => (steps, surprise) = (fewer, shorter),
                Ok(()) => at += part,
            }
        }
        part /= 2;
    }
    (steps, surprise)
}

fn told(surprise: &Surprise) -> String {
    format!("{}\n  {}", surprise.why, surprise.lines.join("\n  "))
}

fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("standard error");
}
