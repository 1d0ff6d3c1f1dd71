//! The request and the response, over HTTP.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderName, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde_json::Value;
use tokio::time::Instant;

use crate::key::Key;
use crate::question::Question;
use crate::{BadSettings, Declined, Provider, Settings, gemini, openai};

/// For one question in all, from the key to the last byte of the answer.
pub(crate) const BUDGET: Duration = Duration::from_secs(8);
/// For a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// Before the second try, where the provider does not say.
const PAUSE: Duration = Duration::from_millis(300);
/// What must be left of the budget for a second try to be of use.
const USEFUL: Duration = Duration::from_secs(1);
/// Bytes of a response, at most: what is asked for has a few thousand.
const MOST_BYTES: usize = 64 * 1024;

/// What a model replied, and what it counts.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) text: Result<String, Declined>,
    pub(crate) input_tokens: u64,
    pub(crate) output_tokens: u64,
}

impl Reply {
    /// Nothing can be made of it.
    pub(crate) fn unusable() -> Self {
        Self::without(Declined::Unusable)
    }

    /// There is none.
    pub(crate) fn without(why: Declined) -> Self {
        Self { text: Err(why), input_tokens: 0, output_tokens: 0 }
    }
}

/// What is known of a call while it goes on, so that it is known of one that is cut off too.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) tries: u32,
    pub(crate) status: Option<u16>,
}

/// A try that ended without a reply.
struct Failed {
    why: Declined,
    /// The time after which another may end otherwise, if it may.
    again_in: Option<Duration>,
}

impl Failed {
    fn for_good(why: Declined) -> Self {
        Self { why, again_in: None }
    }
}

/// Calls a provider.
#[derive(Debug)]
pub(crate) struct Caller {
    /// Made with the first question: it reads all that the system trusts, for which no start has to wait.
    client: OnceLock<Client>,
    endpoint: Url,
    provider: Provider,
    model: String,
}

impl Caller {
    pub(crate) fn new(settings: &Settings) -> Result<Self, BadSettings> {
        let (endpoint, model) = (settings.endpoint()?, settings.model.clone());
        Ok(Self { client: OnceLock::new(), endpoint, provider: settings.provider, model })
    }

    fn client(&self) -> Result<&Client, Failed> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .user_agent("SprintSync")
            .connect_timeout(CONNECT)
            // The key goes to the address that was set, and to no other.
            .redirect(redirect::Policy::none())
            .no_proxy()
            // Trusted is what the system trusts (`rustls` brings its platform verifier): in Lambda's
            // `provided.al2023` that is /etc/pki/tls/certs/ca-bundle.crt.
            .tls_backend_rustls()
            .build()
            .map_err(|error| {
                let cause = &error as &(dyn std::error::Error + 'static);
                tracing::error!(error = cause, "the HTTP client for the model cannot be built");
                Failed::for_good(Declined::Misconfigured)
            })?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Asks, and asks once more where that may help and time is left.
    pub(crate) async fn call(&self, question: &Question, key: &Key, deadline: Instant, seen: &mut Seen) -> Reply {
        let body = match self.provider {
            Provider::Gemini => gemini::body(question, &self.model),
            Provider::OpenAi => openai::body(question, &self.model),
        };
        let first = match self.attempt(&body, key, seen).await {
            Ok(reply) => return reply,
            Err(failed) => failed,
        };
        let left = deadline.saturating_duration_since(Instant::now());
        let Some(pause) = first.again_in.filter(|pause| pause.saturating_add(USEFUL) <= left) else {
            return Reply::without(first.why);
        };
        tokio::time::sleep(pause).await;
        self.attempt(&body, key, seen).await.unwrap_or_else(|failed| Reply::without(failed.why))
    }

    async fn attempt(&self, body: &Value, key: &Key, seen: &mut Seen) -> Result<Reply, Failed> {
        seen.tries += 1;
        let header = match self.provider {
            Provider::Gemini => HeaderName::from_static(gemini::KEY_HEADER),
            Provider::OpenAi => AUTHORIZATION,
        };
        let request = self.client()?.post(self.endpoint.clone()).header(header, key.header()).json(body);
        let response = request.send().await.map_err(broken)?;
        let status = response.status();
        seen.status = Some(status.as_u16());
        match status {
            StatusCode::OK => {
                let Some(bytes) = bytes(response).await? else { return Ok(Reply::unusable()) };
                Ok(match self.provider {
                    Provider::Gemini => gemini::read(&bytes),
                    Provider::OpenAi => openai::read(&bytes),
                })
            }
            StatusCode::BAD_REQUEST => {
                let bytes = bytes(response).await?.unwrap_or_default();
                Err(Failed::for_good(match self.provider {
                    Provider::Gemini => gemini::bad_request(&bytes),
                    Provider::OpenAi => openai::bad_request(&bytes),
                }))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Failed::for_good(Declined::KeyRefused)),
            StatusCode::TOO_MANY_REQUESTS => Err(Failed { why: Declined::Busy, again_in: Some(pause(&response)) }),
            status if status.is_server_error() => {
                Err(Failed { why: Declined::Failing, again_in: Some(pause(&response)) })
            }
            // 404 for a model that is none, a redirection, and whatever else no provider should say.
            _ => Err(Failed::for_good(Declined::Misconfigured)),
        }
    }
}

/// The body, unless it is too long.
async fn bytes(mut response: Response) -> Result<Option<Vec<u8>>, Failed> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

fn broken(error: reqwest::Error) -> Failed {
    let error = error.without_url();
    tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "the connection to the model broke");
    Failed { why: Declined::Unreachable, again_in: Some(PAUSE) }
}

/// What the provider says when to come again, in seconds (RFC 9110, 10.2.3); at least a moment.
fn pause(response: &Response) -> Duration {
    let said = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    said.map_or(PAUSE, Duration::from_secs).max(PAUSE)
}
