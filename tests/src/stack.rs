//! The stack that a test binary talks to.

use std::future::Future;
use std::sync::LazyLock;

use local::{Options, Stack};
use tokio::runtime::Runtime;

use crate::{Api, Clock, Faults, Person, Table, log};

/// How many times as high as the contract's the limits are: high enough to be out of the way.
const LIMIT_FACTOR: u32 = 1_000;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime")
});

static SHARED: LazyLock<(Api, Option<Stack>)> = LazyLock::new(|| {
    if let Ok(url) = std::env::var("SPRINTSYNC_URL") {
        return (Api::new(&url), None);
    }
    let table_http = Some(WIRE.client());
    let Own { api, stack } = Own::start(Options { limit_factor: LIMIT_FACTOR, table_http, ..Options::default() });
    (api, Some(stack))
});

static WIRE: LazyLock<Faults> = LazyLock::new(Faults::default);

/// Waits for something to be done in the background.
pub fn run<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

/// The API that the suites share.
pub fn api() -> &'static Api {
    &SHARED.0
}

/// The stack behind [`api`].
pub fn stack() -> &'static Stack {
    SHARED.1.as_ref().expect("this test needs the stack at hand: unset SPRINTSYNC_URL, or run `contract_` alone")
}

/// The wire between the stack behind [`api`] and its table. Nothing goes wrong on it.
pub fn wire() -> &'static Faults {
    &WIRE
}

/// A stack of a test's own.
#[derive(Debug)]
pub struct Own {
    /// Its API.
    pub api: Api,
    /// Itself.
    pub stack: Stack,
}

impl Own {
    /// Starts one.
    pub fn start(options: Options) -> Self {
        log::keep();
        let stack = run(Stack::start(options)).unwrap_or_else(|error| panic!("the stack does not start: {error}"));
        Self { api: Api::new(&stack.url()), stack }
    }

    /// Stops it, and waits until its data are closed.
    pub fn stop(self) {
        run(self.stack.stop());
    }
}

/// A stack whose clock and whose wire to the table a test holds in its hands.
#[derive(Debug)]
pub struct Lab {
    /// Its API.
    pub api: Api,
    /// Itself.
    pub stack: Stack,
    /// Its clock.
    pub clock: Clock,
    /// The wire to its table.
    pub faults: Faults,
}

impl Lab {
    /// Starts one, whose clock shows the real time.
    pub fn start() -> Self {
        Self::at(Clock::default())
    }

    /// Starts one with this clock.
    pub fn at(clock: Clock) -> Self {
        let faults = Faults::default();
        let options = Options {
            limit_factor: LIMIT_FACTOR,
            world: clock.world(),
            table_http: Some(faults.client()),
            // Its calls would be met by faults that are meant for others.
            schedule: false,
            ..Options::default()
        };
        let Own { api, stack } = Own::start(options);
        Self { api, stack, clock, faults }
    }

    /// Someone new, who is an administrator.
    pub fn admin(&self) -> Person {
        let admin = Person::on(&self.api);
        Table::of(&self.stack).grant_admin(&admin.name);
        admin
    }
}
