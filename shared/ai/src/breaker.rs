//! Leaves a provider alone that fails again and again: nobody waits for it in vain, and it is not hammered.

use std::sync::{Mutex, PoisonError};

use sprintsync_domain::Timestamp;

/// Failures in a row after which the provider is left alone.
const FAILURES: u32 = 3;
/// Seconds of the first rest.
const FIRST_REST: i64 = 30;
/// Seconds of the longest rest.
const LONGEST_REST: i64 = 480;

/// Counts failures, and says who may ask.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Anybody asks.
    Closed { failures: u32 },
    /// Nobody asks, until then.
    Open { until: Timestamp, rest: i64 },
    /// One asks, to see whether it works again; the others wait for what comes of it.
    Trial { rest: i64 },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// The right to ask once. Dropped without an outcome, as when the person goes away, it leaves things as they were.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    breaker: &'a Breaker,
    trial: bool,
    now: Timestamp,
}

impl Breaker {
    /// The right to ask at this time; none while the provider is left alone.
    pub(crate) fn enter(&self, now: Timestamp) -> Option<Permit<'_>> {
        self.with(|state| match *state {
            State::Closed { .. } => Some(false),
            State::Open { until, rest } if now >= until => {
                *state = State::Trial { rest };
                Some(true)
            }
            State::Open { .. } | State::Trial { .. } => None,
        })
        .map(|trial| Permit { breaker: self, trial, now })
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Permit<'_> {
    /// The provider worked.
    pub(crate) fn worked(mut self) {
        self.trial = false;
        self.breaker.with(|state| *state = State::default());
    }

    /// The provider failed, as was known at this time.
    pub(crate) fn failed(mut self, now: Timestamp) {
        let trial = std::mem::take(&mut self.trial);
        let open = |rest| State::Open { until: now.plus_seconds(rest), rest };
        self.breaker.with(|state| {
            *state = match *state {
                State::Closed { failures } if failures + 1 >= FAILURES => open(FIRST_REST),
                State::Closed { failures } => State::Closed { failures: failures + 1 },
                State::Trial { rest } if trial => open((rest * 2).min(LONGEST_REST)),
                // Others that began before it opened say nothing new.
                other => other,
            }
        });
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.trial {
            self.breaker.with(|state| {
                if let State::Trial { rest } = *state {
                    *state = State::Open { until: self.now, rest };
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000).plus_seconds(seconds)
    }

    fn fail(breaker: &Breaker, seconds: i64) {
        breaker.enter(at(seconds)).unwrap_or_else(|| panic!("at {seconds}")).failed(at(seconds));
    }

    fn rests(breaker: &Breaker, seconds: i64) -> bool {
        match breaker.enter(at(seconds)) {
            Some(permit) => {
                drop(permit);
                false
            }
            None => true,
        }
    }

    #[test]
    fn three_failures_in_a_row_open_it_for_a_while() {
        let breaker = Breaker::default();
        fail(&breaker, 0);
        fail(&breaker, 1);
        assert!(!rests(&breaker, 2));
        fail(&breaker, 2);
        assert!(rests(&breaker, 2) && rests(&breaker, 31) && !rests(&breaker, 32));
    }

    #[test]
    fn a_success_in_between_starts_the_count_anew() {
        let breaker = Breaker::default();
        for _ in 0..10 {
            fail(&breaker, 0);
            fail(&breaker, 0);
            breaker.enter(at(0)).expect("closed").worked();
        }
        assert!(!rests(&breaker, 0));
    }

    #[test]
    fn each_failed_trial_doubles_the_rest_up_to_a_limit() {
        let breaker = Breaker::default();
        (0..3).for_each(|_| fail(&breaker, 0));
        let mut now = 0;
        for rest in [30, 60, 120, 240, 480, 480, 480] {
            assert!(rests(&breaker, now + rest - 1), "{rest}");
            now += rest;
            fail(&breaker, now);
        }
        now += 480;
        breaker.enter(at(now)).expect("a trial").worked();
        (0..3).for_each(|_| fail(&breaker, now));
        assert!(rests(&breaker, now + 29) && !rests(&breaker, now + 30), "it begins anew");
    }

    #[test]
    fn one_tries_while_the_others_wait() {
        let breaker = Breaker::default();
        (0..3).for_each(|_| fail(&breaker, 0));
        let trial = breaker.enter(at(30)).expect("a trial");
        assert!(rests(&breaker, 30) && rests(&breaker, 1_000));
        drop(trial);
        let trial = breaker.enter(at(30)).expect("another, as nothing came of the first");
        trial.worked();
        assert!(!rests(&breaker, 30));
    }

    #[test]
    fn what_began_before_it_opened_changes_nothing_when_it_fails() {
        let breaker = Breaker::default();
        let late = [breaker.enter(at(0)), breaker.enter(at(0))];
        (0..3).for_each(|_| fail(&breaker, 0));
        let [first, second] = late.map(|permit| permit.expect("closed"));
        first.failed(at(20));
        assert!(rests(&breaker, 29) && !rests(&breaker, 30), "the rest is no longer for it");
        let trial = breaker.enter(at(30)).expect("a trial");
        second.failed(at(31));
        assert!(rests(&breaker, 31), "the trial is still going on");
        drop(trial);
        assert!(!rests(&breaker, 31), "the trial alone decides");
    }

    proptest! {
        /// After any history, whoever asks long enough after the last failure may, and a success makes all well.
        #[test]
        fn it_never_stays_open(history in proptest::collection::vec((0i64..200, 0u8..3), 0..60)) {
            let (breaker, mut now) = (Breaker::default(), 0);
            let mut failures = 0;
            for (pause, outcome) in history {
                now += pause;
                match (breaker.enter(at(now)), outcome) {
                    (Some(permit), 0) => { permit.worked(); failures = 0; }
                    (Some(permit), 1) => { permit.failed(at(now)); failures += 1; }
                    (Some(permit), _) => drop(permit),
                    (None, _) => prop_assert!(failures >= FAILURES),
                }
            }
            now += LONGEST_REST;
            breaker.enter(at(now)).expect("it rested long enough").worked();
            let both = [breaker.enter(at(now)), breaker.enter(at(now))];
            prop_assert!(both.iter().all(Option::is_some));
        }
    }
}
