//! Where the key comes from, how long it is kept, and where it shows.

use sprintsync_ai::Declined;
use tests::{Behaviour, KeySecret, MODEL_KEY, lines_with, run};

use crate::{Bench, title, why};

fn sent_last(bench: &Bench) -> String {
    let asked = bench.server.asked();
    let headers = &asked.last().expect("a request").headers;
    headers.get("x-goog-api-key").or_else(|| headers.get("authorization")).expect("a key").clone()
}

#[test]
fn without_a_key_nobody_is_asked() {
    for (provider, bench) in Bench::each() {
        for secret in [KeySecret::Missing, KeySecret::Is(" ".to_owned())] {
            bench.server.set_key(secret);
            bench.clock.advance(60);
            let reads = bench.server.key_reads();
            for _ in 0..5 {
                let asked = bench.draft();
                assert_eq!(why(&asked), Some(Declined::NoKey), "{provider}");
                assert_eq!(
                    (asked.used.outcome, asked.used.tries, asked.used.status),
                    ("no_key", 0, None),
                    "{provider}"
                );
            }
            assert_eq!(bench.server.key_reads(), reads + 1, "{provider}: it is not looked for each time");
        }
        assert!(bench.server.asked().is_empty(), "{provider}");

        bench.server.set_key(KeySecret::Is("late".to_owned()));
        bench.clock.advance(50);
        assert_eq!(why(&bench.draft()), Some(Declined::NoKey), "{provider}");
        bench.clock.advance(11);
        assert_eq!(why(&bench.draft()), None, "{provider}");
    }
}

#[test]
fn a_key_is_kept_for_five_minutes() {
    for (provider, bench) in Bench::each() {
        for _ in 0..5 {
            assert_eq!(why(&bench.draft()), None, "{provider}");
        }
        assert_eq!((bench.server.key_reads(), bench.server.connections()), (1, 1), "{provider}");
        bench.server.set_key(KeySecret::Is("newer".to_owned()));
        bench.clock.advance(290);
        assert_eq!(why(&bench.draft()), None, "{provider}");
        assert!(sent_last(&bench).ends_with(MODEL_KEY), "{provider}");
        bench.clock.advance(11);
        assert_eq!(why(&bench.draft()), None, "{provider}");
        assert!(sent_last(&bench).ends_with("newer"), "{provider}");
    }
}

#[test]
fn a_key_that_cannot_be_read_again_goes_on() {
    for (provider, bench) in Bench::each() {
        assert_eq!(why(&bench.draft()), None, "{provider}");
        bench.server.set_key(KeySecret::Denied);
        bench.clock.advance(301);
        assert_eq!(why(&bench.draft()), None, "{provider}");
        assert_eq!(bench.server.key_reads(), 2, "{provider}");
        // One that is gone is not used on.
        bench.server.set_key(KeySecret::Missing);
        bench.clock.advance(61);
        assert_eq!(why(&bench.draft()), Some(Declined::NoKey), "{provider}");
    }
}

#[test]
fn a_key_that_cannot_be_read_at_all_is_told_from_none() {
    for (provider, bench) in Bench::each() {
        bench.server.set_key(KeySecret::Denied);
        assert_eq!(why(&bench.draft()), Some(Declined::Unreachable), "{provider}");
        bench.server.set_key(KeySecret::Is("two\nlines".to_owned()));
        bench.clock.advance(61);
        assert_eq!(why(&bench.draft()), Some(Declined::Misconfigured), "{provider}");
        assert!(bench.server.asked().is_empty(), "{provider}");
        assert_eq!(lines_with("two\\nlines"), Vec::<String>::new(), "{provider}");
    }
}

#[test]
fn a_refused_key_is_asked_for_again_soon() {
    for (provider, bench) in Bench::each() {
        bench.next([Behaviour::BadKey]);
        assert_eq!(why(&bench.draft()), Some(Declined::KeyRefused), "{provider}");
        bench.server.set_key(KeySecret::Is("newer".to_owned()));
        bench.clock.advance(61);
        assert_eq!(why(&bench.draft()), None, "{provider}");
        assert!(sent_last(&bench).ends_with("newer"), "{provider}");
    }
}

#[test]
fn the_key_can_be_fetched_beforehand_and_once_for_all() {
    for (provider, bench) in Bench::each() {
        run(async {
            tokio::join!(bench.ai.ready(), bench.ai.ready(), bench.ai.ready());
            assert_eq!((bench.server.key_reads(), bench.server.asked().len()), (1, 0), "{provider}");
            let title = title();
            let (first, second) = tokio::join!(bench.ai.draft(&title), bench.ai.draft(&title));
            assert_eq!((why(&first), why(&second)), (None, None), "{provider}");
        });
        assert_eq!(bench.server.key_reads(), 1, "{provider}");
    }
}

#[test]
fn the_key_shows_nowhere_but_in_its_header() {
    for (provider, bench) in Bench::each() {
        let behaviours = [Behaviour::Disconnect, Behaviour::Status(500, None), Behaviour::BadKey, Behaviour::Malformed];
        bench.next(behaviours);
        let mut shown = format!("{:?}", bench.ai);
        for _ in 0..4 {
            shown += &format!("{:?}{:?}", bench.draft(), bench.word());
        }
        assert!(!shown.contains(MODEL_KEY) && shown.contains("sprintsync/model-key"), "{shown}");
        for asking in bench.server.asked() {
            assert!(!asking.text.contains(MODEL_KEY) && !asking.path.contains(MODEL_KEY), "{provider}");
            let holding: Vec<_> = asking.headers.iter().filter(|(_, value)| value.contains(MODEL_KEY)).collect();
            assert_eq!(holding.len(), 1, "{provider}: {holding:?}");
        }
    }
    assert_eq!(lines_with(MODEL_KEY), Vec::<String>::new());
}
