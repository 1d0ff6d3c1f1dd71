//! Many at once, in calm and in storm.

use std::sync::Barrier;
use std::thread;

use tests::{Answer, Dice, Fault, Faults, Lab, seed};

/// From now on half of all transactions are cancelled, the first among them, as if others were at the same items.
pub(crate) fn storm(faults: &Faults, seed: u64) {
    let (mut dice, mut first) = (Dice::new(seed), true);
    faults.plan(move |call| {
        let transaction = call.operation == "TransactWriteItems";
        (transaction && (std::mem::take(&mut first) | (dice.below(2) == 0))).then_some(Fault::Conflict)
    });
}

/// Does this on one stack in calm and on another in storm.
pub(crate) fn in_any_weather(of: &str, act: impl Fn(&Lab)) {
    act(&Lab::start());
    let lab = Lab::start();
    storm(&lab.faults, seed(of));
    act(&lab);
    assert!(lab.faults.happened() > 0, "no storm");
}

/// Does the same `times` over, all at the same moment, and gives every answer in order.
pub(crate) fn at_once(times: usize, act: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    let gate = Barrier::new(times);
    thread::scope(|scope| {
        let (act, gate) = (&act, &gate);
        let one = |n| {
            scope.spawn(move || {
                gate.wait();
                act(n)
            })
        };
        let running: Vec<_> = (0..times).map(one).collect();
        running.into_iter().map(|one| one.join().expect("an answer")).collect()
    })
}

/// How many answered this.
pub(crate) fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// How many answered what, where they answered these and nothing else.
#[track_caller]
pub(crate) fn counts<const N: usize>(answers: &[Answer], statuses: [u16; N]) -> [usize; N] {
    let counts = statuses.map(|status| count(answers, status));
    let all: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(counts.iter().sum::<usize>(), answers.len(), "not all of {all:?} are among {statuses:?}");
    counts
}
