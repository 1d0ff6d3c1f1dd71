//! A provider that fails again and again is left alone.

use sprintsync_ai::Declined;
use tests::{Behaviour, run};

use crate::{Bench, PROVIDERS, title, why};

/// Fails once, in the middle of whatever else: with no second try.
fn fail(bench: &Bench) {
    bench.next([Behaviour::Status(404, None)]);
    assert_eq!(why(&bench.draft()), Some(Declined::Misconfigured));
}

#[test]
fn it_rests_after_three_failures_and_is_tried_again() {
    for (provider, bench) in Bench::each() {
        (0..3).for_each(|_| fail(&bench));
        let before = bench.server.asked().len();
        for _ in 0..5 {
            let asked = bench.draft();
            assert_eq!(why(&asked), Some(Declined::Resting), "{provider}");
            assert_eq!((asked.used.outcome, asked.used.tries), ("resting", 0), "{provider}");
        }
        assert_eq!(
            why(&run(bench.ai.clone().word(&crate::plan()))),
            Some(Declined::Resting),
            "{provider}: clones know"
        );
        assert_eq!(bench.server.asked().len(), before, "{provider}: it is left alone");

        bench.clock.advance(31);
        fail(&bench);
        bench.clock.advance(31);
        assert_eq!(why(&bench.draft()), Some(Declined::Resting), "{provider}: twice as long");
        bench.clock.advance(31);
        assert_eq!(why(&bench.draft()), None, "{provider}");
        (0..2).for_each(|_| fail(&bench));
        assert_eq!(why(&bench.draft()), None, "{provider}: it began to count anew");
    }
}

#[test]
fn each_failure_of_the_provider_counts() {
    let cases = [
        vec![Behaviour::Status(429, Some(60))],
        vec![Behaviour::Status(500, None), Behaviour::Status(500, None)],
        vec![Behaviour::Disconnect, Behaviour::Disconnect],
        vec![Behaviour::BadKey],
        vec![Behaviour::Status(404, None)],
    ];
    for provider in PROVIDERS {
        for behaviours in &cases {
            let bench = Bench::new(provider);
            for _ in 0..3 {
                behaviours.iter().for_each(|behaviour| bench.server.next(behaviour.clone()));
                assert_ne!(why(&bench.draft()), Some(Declined::Resting), "{provider}: {behaviours:?}");
            }
            assert_eq!(why(&bench.draft()), Some(Declined::Resting), "{provider}: {behaviours:?}");
        }
    }
}

#[test]
fn an_answer_that_is_no_good_does_not_count() {
    for (provider, bench) in Bench::each() {
        for _ in 0..3 {
            bench.next([Behaviour::Blocked, Behaviour::Malformed, Behaviour::CutOff, Behaviour::Huge]);
            for _ in 0..4 {
                assert!(matches!(why(&bench.draft()), Some(Declined::Blocked | Declined::Unusable)), "{provider}");
            }
        }
        assert_eq!(why(&bench.draft()), None, "{provider}");
    }
}

#[test]
fn one_tries_while_the_others_wait_and_a_trial_that_is_left_is_free_for_the_next() {
    for (provider, bench) in Bench::each() {
        (0..3).for_each(|_| fail(&bench));
        bench.clock.advance(31);
        bench.next([Behaviour::Hang]);
        let before = bench.server.asked().len();
        run(async {
            let ai = bench.ai.clone();
            let trial = tokio::spawn(async move { ai.draft(&title()).await });
            while bench.server.asked().len() == before {
                tokio::task::yield_now().await;
            }
            assert_eq!(why(&bench.ai.draft(&title()).await), Some(Declined::Resting), "{provider}");
            // Whoever asked goes away.
            trial.abort();
            assert!(trial.await.is_err_and(|error| error.is_cancelled()), "{provider}");
            assert_eq!(why(&bench.ai.draft(&title()).await), None, "{provider}");
        });
    }
}
