//! Asking, from the key to the checked answer.

use std::fmt;
use std::sync::Arc;

use sprintsync_domain::{Description, Plan, Title, World};
use tokio::time::{Instant, timeout_at};

use crate::breaker::Breaker;
use crate::call::{BUDGET, Caller, Reply, Seen};
use crate::key::Keys;
use crate::question::Question;
use crate::wording::Wording;
use crate::{Asked, BadSettings, Declined, Settings, Told, Use, draft, wording};

/// A model that can be asked. Its clones share the connection, the key, and what is known of the model's health.
#[derive(Clone)]
pub struct Ai {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    caller: Caller,
    keys: Keys,
    breaker: Breaker,
    world: World,
}

impl fmt::Debug for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ai").field(&self.inner.settings).finish()
    }
}

impl Ai {
    /// The model's name.
    pub fn name(&self) -> &str {
        &self.inner.settings.model
    }

    /// A model with these settings, whose key is among these secrets. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`BadSettings`] says what is wrong with them.
    pub fn new(settings: Settings, secrets: aws_sdk_secretsmanager::Client, world: World) -> Result<Self, BadSettings> {
        let caller = Caller::new(&settings)?;
        let keys = Keys::new(secrets, settings.key_secret.clone(), settings.provider);
        Ok(Self { inner: Arc::new(Inner { settings, caller, keys, breaker: Breaker::default(), world }) })
    }

    /// Fetches the key if it is due: a request can do so while it reads what the model is to be asked about.
    pub async fn ready(&self) {
        // Whether there is one, the question will find.
        let _ = tokio::time::timeout(BUDGET, self.inner.keys.key(&self.inner.world)).await;
    }

    /// Asks for a plan in words. The plan should have blocks: of an empty one there is nothing to tell.
    ///
    /// The outcome is known within eight seconds.
    pub async fn word(&self, plan: &Plan) -> Asked<Wording> {
        self.ask(&wording::question(plan), |text| wording::read(plan, text)).await
    }

    /// Asks for a description of a task with this title: at most 1,500 characters of plain text.
    ///
    /// The outcome is known within eight seconds.
    pub async fn draft(&self, title: &Title) -> Asked<Description> {
        self.ask(&draft::question(title), |text| draft::read(title, text)).await
    }

    async fn ask<T>(&self, question: &Question, read: impl Fn(&str) -> Result<T, Declined>) -> Asked<T> {
        let Inner { settings, .. } = &*self.inner;
        let (began, mut seen) = (Instant::now(), Seen::default());
        let reply = self.reply(question, began + BUDGET, &mut seen).await;
        let told = reply.text.and_then(|text| read(&text));
        let used = Use {
            outcome: told.as_ref().map_or_else(|why| why.as_str(), |_| "told"),
            tries: seen.tries,
            status: seen.status,
            latency_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            input_tokens: reply.input_tokens,
            output_tokens: reply.output_tokens,
        };
        if used.tries > 0 {
            tracing::info!(
                provider = settings.provider.as_str(),
                model = settings.model,
                question = question.name,
                outcome = used.outcome,
                tries = used.tries,
                status = used.status,
                latency_ms = used.latency_ms,
                input_tokens = used.input_tokens,
                output_tokens = used.output_tokens,
                "model call"
            );
        }
        let outcome = told.map(|told| Told { told, provider: settings.provider, model: settings.model.clone() });
        Asked { outcome, used }
    }

    /// What the model replies, or why it does not; and what that says of the provider is kept.
    async fn reply(&self, question: &Question, deadline: Instant, seen: &mut Seen) -> Reply {
        let Inner { caller, keys, breaker, world, .. } = &*self.inner;
        let key = match timeout_at(deadline, keys.key(world)).await {
            Ok(Ok(key)) => key,
            Ok(Err(why)) => return Reply::without(why),
            Err(_) => return Reply::without(Declined::TimedOut),
        };
        let Some(permit) = breaker.enter(world.now()) else { return Reply::without(Declined::Resting) };
        let reply = timeout_at(deadline, caller.call(question, &key, deadline, seen)).await;
        let reply = reply.unwrap_or_else(|_| Reply::without(Declined::TimedOut));
        match &reply.text {
            Err(why) if why.is_of_the_provider() => permit.failed(world.now()),
            _ => permit.worked(),
        }
        if reply.text == Err(Declined::KeyRefused) {
            keys.refused(world).await;
        }
        reply
    }
}
