//! Where the time, fresh ids and random bytes come from.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::{Builder, Uuid};

use crate::Timestamp;

type Now = dyn Fn() -> Timestamp + Send + Sync;
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// The clock and the source of randomness, handed in by whoever starts the program.
#[derive(Clone)]
pub struct World {
    now: Arc<Now>,
    fill: Arc<Fill>,
    last: Arc<Mutex<Option<(u64, u16)>>>,
}

impl World {
    /// A world with this clock and this source of random bytes, which must be fit for secrets.
    pub fn new(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        fill: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), fill: Arc::new(fill), last: Arc::default() }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Random bytes, fit for secrets.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.fill)(&mut bytes);
        bytes
    }

    /// A fresh UUIDv7, greater than every id that this world gave before: the twelve bits behind the milliseconds
    /// count up within one of them (RFC 9562, 6.2, method 1).
    pub fn id<I: From<Uuid>>(&self) -> I {
        let now = self.now().ms().unsigned_abs();
        let mut random: [u8; 10] = self.random();
        let [high, low, ..] = &mut random;
        let fresh = u16::from_be_bytes([*high & 0x07, *low]);
        let (ms, count) = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let next = match *last {
                Some((ms, count)) if now <= ms && count == 0x0fff => (ms + 1, fresh),
                Some((ms, count)) if now <= ms => (ms, count + 1),
                _ => (now, fresh),
            };
            *last = Some(next);
            next
        };
        [*high, *low] = count.to_be_bytes();
        Builder::from_unix_timestamp_millis(ms, &random).into_uuid().into()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::TaskId;

    proptest! {
        #[test]
        fn ids_only_rise_even_when_the_clock_does_not(clock in proptest::collection::vec(0i64..5, 1..200), byte in any::<u8>()) {
            let times = Mutex::new(clock.clone().into_iter());
            let world = World::new(
                move || Timestamp::from_ms(times.lock().ok().and_then(|mut t| t.next()).unwrap_or(0)),
                move |bytes| bytes.fill(byte),
            );
            let ids: Vec<TaskId> = clock.iter().map(|_| world.id()).collect();
            prop_assert!(ids.is_sorted_by(|a, b| a < b && a.to_string() < b.to_string()));
        }
    }

    #[test]
    fn a_full_millisecond_spills_into_the_next() {
        let world = World::new(|| Timestamp::from_ms(1_000), |bytes| bytes.fill(0xff));
        let ids: Vec<TaskId> = (0..9_000).map(|_| world.id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| id.to_string().parse::<TaskId>().is_ok()));
    }
}
