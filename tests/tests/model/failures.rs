//! What providers do to those who ask.

use std::net::TcpListener;

use sprintsync_ai::{Ai, Declined, Settings};
use tests::{Behaviour, ModelServer, run};

use crate::{Bench, PROVIDERS, proper, title, why};

#[test]
fn what_passes_is_tried_once_more() {
    for (provider, bench) in Bench::each() {
        for behaviour in [
            Behaviour::Status(429, None),
            Behaviour::Status(429, Some(1)),
            Behaviour::Status(500, None),
            Behaviour::Status(503, Some(0)),
            Behaviour::Disconnect,
        ] {
            let before = bench.server.asked().len();
            bench.next([behaviour.clone()]);
            let asked = bench.draft();
            assert_eq!(why(&asked), None, "{provider}: {behaviour:?}");
            assert_eq!((asked.used.tries, asked.used.status), (2, Some(200)), "{provider}: {behaviour:?}");
            let asked = bench.server.asked();
            let [first, second] = &asked[before..] else { panic!("{provider}: {behaviour:?}") };
            assert_eq!(first.body, second.body, "{provider}: {behaviour:?}");
        }
    }
}

#[test]
fn what_lasts_is_declined_after_the_second_try() {
    let cases = [
        (Behaviour::Status(429, None), Declined::Busy, Some(429)),
        (Behaviour::Status(500, None), Declined::Failing, Some(500)),
        (Behaviour::Status(503, None), Declined::Failing, Some(503)),
        (Behaviour::Disconnect, Declined::Unreachable, Some(200)),
    ];
    for provider in PROVIDERS {
        for (behaviour, expected, status) in &cases {
            let bench = Bench::new(provider);
            bench.next([behaviour.clone(), behaviour.clone()]);
            let asked = bench.draft();
            assert_eq!(why(&asked), Some(*expected), "{provider}: {behaviour:?}");
            assert_eq!(asked.used.outcome, expected.as_str());
            assert_eq!((asked.used.tries, asked.used.status), (2, *status), "{provider}: {behaviour:?}");
            assert_eq!(bench.server.asked().len(), 2, "{provider}: {behaviour:?}");
        }
    }
}

#[test]
fn nobody_waits_longer_than_the_time_allows() {
    for (provider, bench) in Bench::each() {
        bench.next([Behaviour::Status(429, Some(60)), Behaviour::Status(503, Some(8))]);
        for expected in [Declined::Busy, Declined::Failing] {
            let asked = bench.draft();
            assert_eq!((why(&asked), asked.used.tries), (Some(expected), 1), "{provider}");
        }
    }
}

#[test]
fn what_does_not_pass_is_declined_at_once() {
    let cases = [
        (Behaviour::Blocked, Declined::Blocked),
        (Behaviour::Refused, Declined::Blocked),
        (Behaviour::Malformed, Declined::Unusable),
        (Behaviour::Huge, Declined::Unusable),
        (Behaviour::CutOff, Declined::Unusable),
        (Behaviour::BadKey, Declined::KeyRefused),
        (Behaviour::Status(401, None), Declined::KeyRefused),
        (Behaviour::Status(403, None), Declined::KeyRefused),
        (Behaviour::Status(400, None), Declined::Misconfigured),
        (Behaviour::Status(404, None), Declined::Misconfigured),
        (Behaviour::Status(204, None), Declined::Misconfigured),
        (Behaviour::Status(302, None), Declined::Misconfigured),
        (Behaviour::Status(307, None), Declined::Misconfigured),
    ];
    for provider in PROVIDERS {
        for (behaviour, expected) in &cases {
            let bench = Bench::new(provider);
            bench.next([behaviour.clone()]);
            let asked = bench.draft();
            assert_eq!(why(&asked), Some(*expected), "{provider}: {behaviour:?}");
            assert_eq!(asked.used.tries, 1, "{provider}: {behaviour:?}");
            // No redirection is followed: the key goes nowhere else.
            assert_eq!(bench.server.asked().len(), 1, "{provider}: {behaviour:?}");
        }
    }
}

#[test]
fn a_slow_one_is_given_up_and_holds_up_nobody() {
    run(async {
        let mut slow = tokio::task::JoinSet::new();
        for provider in PROVIDERS {
            for behaviour in [Behaviour::Drip, Behaviour::Hang] {
                let bench = Bench::new(provider);
                bench.next([behaviour.clone()]);
                slow.spawn(async move { (bench.ai.draft(&title()).await, bench, behaviour) });
            }
            // What comes at last after the first try fails is not waited for beyond the same eight seconds.
            let bench = Bench::new(provider);
            bench.next([Behaviour::Status(500, None), Behaviour::Hang]);
            slow.spawn(async move { (bench.ai.draft(&title()).await, bench, Behaviour::Status(500, None)) });
        }
        // Meanwhile the same client answers others.
        for (provider, bench) in Bench::each() {
            bench.next([Behaviour::Hang]);
            let ai = bench.ai.clone();
            let hanging = tokio::spawn(async move { ai.draft(&title()).await });
            while bench.server.asked().is_empty() {
                tokio::task::yield_now().await;
            }
            assert_eq!(why(&bench.ai.draft(&title()).await), None, "{provider}");
            slow.spawn(async move { (hanging.await.expect("no panic"), bench, Behaviour::Hang) });
        }
        while let Some(done) = slow.join_next().await {
            let (asked, bench, behaviour) = done.expect("no panic");
            assert_eq!(why(&asked), Some(Declined::TimedOut), "{behaviour:?}");
            assert!(asked.used.tries > 0, "{behaviour:?}");
            // The client goes on to work.
            assert_eq!(why(&bench.ai.draft(&title()).await), None, "{behaviour:?}");
        }
    });
}

#[test]
fn where_nobody_listens_nobody_is_reached() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    for provider in PROVIDERS {
        let server = ModelServer::start(Behaviour::makes(proper));
        let settings = Settings { url: format!("http://{free}"), ..server.settings(provider) };
        let ai = Ai::new(settings, server.secrets(), tests::Clock::default().world()).expect("good settings");
        let asked = run(ai.draft(&title()));
        assert_eq!(why(&asked), Some(Declined::Unreachable), "{provider}");
        assert_eq!((asked.used.tries, asked.used.status), (2, None), "{provider}");
    }
}

#[test]
fn every_reason_is_a_sentence_of_its_own() {
    let all = [
        Declined::NoKey,
        Declined::TimedOut,
        Declined::Busy,
        Declined::Failing,
        Declined::Unreachable,
        Declined::KeyRefused,
        Declined::Misconfigured,
        Declined::Blocked,
        Declined::Unusable,
        Declined::Mismatch,
        Declined::Resting,
    ];
    let reasons: std::collections::BTreeSet<&str> = all.iter().map(|why| why.reason()).collect();
    let names: std::collections::BTreeSet<&str> = all.iter().map(|why| why.as_str()).collect();
    assert_eq!((reasons.len(), names.len()), (all.len(), all.len()));
    for reason in reasons {
        assert!(reason.ends_with('.') && reason.starts_with(char::is_uppercase), "{reason}");
    }
}
