//! Limits on how often something may be tried.

use crate::Timestamp;

/// How often something may be tried within a window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Tries in one window.
    pub tries: u32,
    /// The window's length in seconds.
    pub window: i64,
    /// Whether each window that was used up makes the next wait twice as long.
    pub doubling: bool,
}

/// The limits of the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Failed sign-ins with one name from one source.
    pub sign_in_pair: Limit,
    /// Failed sign-ins with one name.
    pub sign_in_name: Limit,
    /// Failed sign-ins from one source.
    pub sign_in_source: Limit,
    /// Sign-ups from one source.
    pub sign_up_source: Limit,
    /// Suggestions that a model words for one person.
    pub model: Limit,
    /// Changes of any kind by one person.
    pub writes: Limit,
    /// Sessions of one person that are alive at a time.
    pub sessions: usize,
}

impl Limits {
    /// The limits of the contract, each `factor` times as high.
    pub fn times(factor: u32) -> Self {
        let times = |n: u32| n.saturating_mul(factor.max(1));
        let limit = |tries, minutes: i64, doubling| Limit { tries: times(tries), window: minutes * 60, doubling };
        Self {
            sign_in_pair: limit(5, 15, true),
            sign_in_name: limit(50, 60, false),
            sign_in_source: limit(100, 15, false),
            sign_up_source: limit(20, 60, false),
            model: limit(20, 60, false),
            writes: limit(300, 1, false),
            sessions: usize::try_from(times(30)).unwrap_or(usize::MAX),
        }
    }
}

/// How often something was tried in the window that ends at `ends_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// Tries in this window.
    pub count: u32,
    /// Windows in a row that were used up.
    pub strikes: u32,
    /// When the window, or the wait after it, is over.
    pub ends_at: Timestamp,
}

/// Too many tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Seconds until the next try is heard, at least 1.
    pub retry_after: i64,
}

/// Doubling ends here: 15 minutes become 16 hours, and an account is never shut for good (OWASP ASVS 5.0, 6.3.1).
const MOST_STRIKES: u32 = 6;
/// Strikes are forgotten a day after the last wait.
const MEMORY_SECONDS: i64 = 24 * 3600;

impl Limit {
    /// As many tries more as have to be heard of somebody for whom the thing itself is done in a cheaper way by then.
    #[must_use]
    pub fn tenfold(self) -> Self {
        Self { tries: self.tries.saturating_mul(10), ..self }
    }

    /// The counter after one more try.
    ///
    /// # Errors
    /// [`Refused`] when the window is used up; the counter then stays as it is, so knocking does not prolong the wait.
    pub fn take(&self, seen: Option<&Counter>, now: Timestamp) -> Result<Counter, Refused> {
        let fresh = |strikes| Counter { count: 0, strikes, ends_at: now.plus_seconds(self.window) };
        let current = match seen {
            None => fresh(0),
            Some(counter) if now >= self.forgotten_at(counter) => fresh(0),
            Some(counter) if now >= counter.ends_at => fresh(counter.strikes),
            Some(counter) => *counter,
        };
        if current.count >= self.tries {
            let ms = current.ends_at.ms() - now.ms();
            return Err(Refused { retry_after: ms.div_euclid(1000) + 1 });
        }
        let mut next = Counter { count: current.count + 1, ..current };
        if self.doubling && next.count == self.tries {
            next.ends_at = now.plus_seconds(self.window << next.strikes.min(MOST_STRIKES));
            next.strikes = next.strikes.saturating_add(1);
        }
        Ok(next)
    }

    /// When a counter no longer matters and may be removed.
    pub fn forgotten_at(&self, counter: &Counter) -> Timestamp {
        counter.ends_at.plus_seconds(if self.doubling { MEMORY_SECONDS } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAIR: Limit = Limit { tries: 5, window: 900, doubling: true };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000_000).plus_seconds(seconds)
    }

    /// Tries until refused; gives how many were heard and the wait.
    fn use_up(limit: Limit, mut counter: Option<Counter>, now: Timestamp) -> (u32, Option<Counter>, i64) {
        for heard in 0.. {
            match limit.take(counter.as_ref(), now) {
                Ok(next) => counter = Some(next),
                Err(refused) => return (heard, counter, refused.retry_after),
            }
        }
        (0, counter, 0)
    }

    #[test]
    fn five_tries_then_a_wait_that_doubles() {
        let (heard, counter, wait) = use_up(PAIR, None, at(0));
        assert_eq!((heard, wait), (5, 901));
        let (heard, counter, wait) = use_up(PAIR, counter, at(900));
        assert_eq!((heard, wait), (5, 1801));
        let (heard, counter, wait) = use_up(PAIR, counter, at(900 + 1800));
        assert_eq!((heard, wait), (5, 3601));
        let (heard, _, wait) = use_up(PAIR, counter, at(900 + 1800 + 3600 + MEMORY_SECONDS));
        assert_eq!((heard, wait), (5, 901), "a day later it is forgotten");
    }

    #[test]
    fn the_defaults_are_the_contracts() {
        let limits = Limits::times(1);
        assert_eq!((limits.sign_in_pair.tries, limits.sign_in_pair.window), (5, 900));
        assert_eq!((limits.sign_in_name.tries, limits.sign_in_name.window), (50, 3600));
        assert_eq!((limits.sign_in_source.tries, limits.sign_in_source.window), (100, 900));
        assert_eq!((limits.sign_up_source.tries, limits.sign_up_source.window), (20, 3600));
        assert_eq!((limits.model.tries, limits.model.window), (20, 3600));
        assert_eq!(limits.model.tenfold().tries, 200);
        assert_eq!((limits.writes.tries, limits.writes.window, limits.sessions), (300, 60, 30));
        assert_eq!(Limits::times(10).sign_up_source.tries, 200);
    }

    proptest! {
        #[test]
        fn a_plain_window_never_hears_more_than_its_tries(tries in 1u32..20, steps in proptest::collection::vec(0i64..100, 1..200)) {
            let limit = Limit { tries, window: 60, doubling: false };
            let (mut counter, mut now, mut heard) = (None::<Counter>, 0, Vec::new());
            for step in steps {
                now += step;
                if let Ok(next) = limit.take(counter.as_ref(), at(now)) {
                    if counter.is_none_or(|c| c.ends_at != next.ends_at) {
                        heard.clear();
                    }
                    heard.push(now);
                    prop_assert!(heard.len() <= tries as usize);
                    counter = Some(next);
                }
            }
        }
    }
}
