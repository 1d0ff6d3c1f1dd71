//! A clock that a test sets, for a stack of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sprintsync_domain::{Timestamp, World};

/// The system's clock, moved by what a test says. It goes on by itself.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The time on it.
    pub fn now(&self) -> Timestamp {
        let real = sprintsync_http::world().now();
        Timestamp::from_ms(real.ms() + self.ahead_ms.load(Ordering::SeqCst))
    }

    /// Puts it forward, or back, by this many seconds.
    pub fn advance(&self, seconds: i64) {
        self.ahead_ms.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// Puts it to this instant.
    pub fn set(&self, at: &str) {
        let at: Timestamp = at.parse().expect("an instant");
        self.ahead_ms.store(at.ms() - sprintsync_http::world().now().ms(), Ordering::SeqCst);
    }

    /// A world with this clock, and real randomness.
    pub fn world(&self) -> World {
        let clock = self.clone();
        World::new(move || clock.now(), |bytes| aws_lc_rs::rand::fill(bytes).expect("random bytes"))
    }
}
