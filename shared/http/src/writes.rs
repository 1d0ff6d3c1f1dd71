//! How much a person writes: a limit that no hand at a keyboard meets, so that a program that runs wild is stopped before
//! it uses up what all share.
//!
//! Counted in this environment alone, since a count in the table would cost each write a unit and a wait. An environment
//! of Lambda answers one request at a time, so whoever writes through `n` environments at once may write `n` times as
//! much; how many there are, reserved concurrency bounds (`docs/decisions/0028-attackers.md`).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sprintsync_domain::{Counter, Limit, Timestamp, UserId};

use crate::Problem;

/// People that are counted at a time: those whose minute is over make room.
const MOST_PEOPLE: usize = 10_000;

/// What everybody wrote in their minute that runs.
#[derive(Debug)]
pub struct Writes {
    limit: Limit,
    counters: Mutex<HashMap<UserId, Counter>>,
}

impl Writes {
    /// Nothing yet, of what this limit lets through.
    pub fn within(limit: Limit) -> Self {
        Self { limit, counters: Mutex::default() }
    }

    /// Counts a write.
    ///
    /// # Errors
    /// 429 where the person wrote too much in this minute.
    pub fn take(&self, user: UserId, now: Timestamp) -> Result<(), Problem> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= MOST_PEOPLE {
            counters.retain(|_, counter| now < counter.ends_at);
        }
        if counters.len() >= MOST_PEOPLE {
            counters.clear();
        }
        let taken = self.limit.take(counters.get(&user), now);
        counters.insert(user, taken.map_err(|refused| Problem::too_fast(refused.retry_after))?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sprintsync_domain::Limits;

    use super::*;

    fn user(n: u32) -> UserId {
        format!("018f2c5e-7700-7abc-8def-0000{n:08x}").parse().expect("an id")
    }

    #[test]
    fn a_minute_holds_three_hundred_writes_of_each_person() {
        let writes = Writes::within(Limits::times(1).writes);
        let at = |seconds| Timestamp::from_ms(1_000_000_000_000).plus_seconds(seconds);
        for n in 0..300 {
            writes.take(user(1), at(n / 10)).expect("a write");
        }
        let refused = writes.take(user(1), at(30)).expect_err("one too many");
        assert_eq!((refused.status.as_u16(), refused.retry_after), (429, Some(31)));
        writes.take(user(2), at(30)).expect("somebody else's");
        writes.take(user(1), at(60)).expect("a new minute");
    }

    #[test]
    fn many_people_take_no_more_room_than_there_is() {
        let writes = Writes::within(Limits::times(1).writes);
        let now = Timestamp::from_ms(1_000_000_000_000);
        for n in 0..25_000 {
            writes.take(user(n), now).expect("a write");
        }
        assert!(writes.counters.lock().expect("the counters").len() <= MOST_PEOPLE);
    }
}
