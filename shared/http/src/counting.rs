//! Counts of the requests of one function in one environment, which are written to the table now and then, while the
//! next request is answered, and once more when the environment ends.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::Method;
use lambda_http::Context;
use sprintsync_domain::{EventId, World};
use sprintsync_observe::{Batch, Counter, Invocation, Route, in_request};
use sprintsync_store::{REQUEST_SHARDS, Store};

/// How long a request waits for counts to be written at most, where it is answered sooner itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// The counts of one function.
#[derive(Clone)]
pub(crate) struct Counting(Arc<Parts>);

struct Parts {
    service: &'static str,
    counter: Counter,
    shard: u8,
    store: Store,
    world: World,
    called: AtomicBool,
}

impl fmt::Debug for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counting({})", self.0.service)
    }
}

impl Counting {
    pub(crate) fn new(service: &'static str, store: &Store, world: &World) -> Self {
        let [chance] = world.random();
        let (store, world) = (store.clone(), world.clone());
        let (counter, called) = (Counter::default(), AtomicBool::new(false));
        Self(Arc::new(Parts { service, counter, shard: chance % REQUEST_SHARDS, store, world, called }))
    }

    /// The function's name.
    pub(crate) fn service(&self) -> &'static str {
        self.0.service
    }

    /// What is known of a call.
    pub(crate) fn invocation(&self, context: &Context) -> Invocation {
        invocation(context, &self.0.called, u32::from_be_bytes(self.0.world.random()))
    }

    /// Counts a request that was answered just now.
    pub(crate) fn add(&self, method: &Method, path: &str, status: u16, latency_ms: i64) {
        let Parts { service, counter, world, .. } = &*self.0;
        let route = Route { service: (*service).to_owned(), method: known(method).to_owned(), path: path.to_owned() };
        counter.add(world.now().ms(), route, status, latency_ms);
    }

    /// Writes all that was counted, when no request follows beside which it could be written.
    pub(crate) fn write_all(&self) -> impl Future<Output = ()> + Send + use<> {
        let parts = Arc::clone(&self.0);
        async move {
            // A batch that does not get through stays, and would be taken again.
            while let Some(batch) =
                parts.counter.take(parts.world.now().ms(), || parts.world.id::<EventId>().to_string())
            {
                if !parts.write(&batch).await {
                    break;
                }
            }
        }
    }

    /// Takes what is due now, if anything is, and writes it when it is waited for: what the request beside it counts comes
    /// with a later one. What fails is tried again then.
    pub(crate) fn write(&self) -> impl Future<Output = ()> + use<> {
        let parts = Arc::clone(&self.0);
        let due = parts.counter.due(parts.world.now().ms(), || parts.world.id::<EventId>().to_string());
        async move {
            if let Some(batch) = due {
                parts.write(&batch).await;
            }
        }
    }
}

impl Parts {
    /// Writes a batch. Says whether it is in the table.
    async fn write(&self, batch: &Batch) -> bool {
        let chance = u32::from_be_bytes(self.world.random());
        let invocation = Invocation { chance, ..Invocation::default() };
        in_request(self.service, "", &invocation, async {
            match tokio::time::timeout(PATIENCE, self.store.add_requests(self.shard, batch)).await {
                Ok(Ok(())) => {
                    self.counter.written(&batch.id);
                    return true;
                }
                Ok(Err(error)) => {
                    tracing::warn!(
                        error = &error as &(dyn std::error::Error + 'static),
                        "counts of requests were not written"
                    );
                }
                Err(_) => tracing::warn!("counts of requests may not have been written in time"),
            }
            false
        })
        .await
    }
}

/// What Lambda says of a call; `called` says whether there was one before.
pub(crate) fn invocation(context: &Context, called: &AtomicBool, chance: u32) -> Invocation {
    let root = |trace: &String| trace.split(';').find_map(|part| part.trim().strip_prefix("Root=")).map(str::to_owned);
    Invocation {
        function_name: context.env_config.function_name.clone(),
        function_request_id: context.request_id.clone(),
        xray_trace_id: context.xray_trace_id.as_ref().and_then(root),
        cold_start: !called.swap(true, Ordering::Relaxed),
        chance,
    }
}

/// The methods that are counted by name (RFC 9110, 9.3; RFC 5789): callers can make up any number of others.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::OPTIONS => {
            method.as_str()
        }
        _ => "other",
    }
}
