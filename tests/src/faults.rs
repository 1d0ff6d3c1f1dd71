//! Faults under the SDK: each call of the table may be throttled, cut, answered with an error, or answered and the
//! answer lost.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use crate::Rights;

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The table throttles, and does nothing.
    Throttled,
    /// Another transaction is at the same item.
    Conflict,
    /// The same transaction is still being done.
    InProgress,
    /// The table answers 500, and did nothing.
    ServerError,
    /// The table answers 503, and did nothing.
    Unavailable,
    /// No answer in time; the call never arrived.
    TimedOut,
    /// The connection is cut before the call arrives.
    Cut,
    /// The call is done, and the connection cut before the answer is read.
    AnswerLost,
    /// The call is done, and the answer comes too late.
    AnswerLate,
    /// The call is done, and the answer is a 500.
    AnswerBroken,
    /// Nothing is answered, ever. Not among [`Fault::ALL`]: each would take as long as the SDK waits.
    Hung,
    /// The code that calls dies, with what it was about to send on its lips. Not among [`Fault::ALL`]: it is no fault of the
    /// table's.
    Panics,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Throttled,
        Self::Conflict,
        Self::InProgress,
        Self::ServerError,
        Self::Unavailable,
        Self::TimedOut,
        Self::Cut,
        Self::AnswerLost,
        Self::AnswerLate,
        Self::AnswerBroken,
    ];

    /// Whether this can happen to a call of this operation at all.
    pub fn can_meet(self, operation: &str) -> bool {
        let writes = ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"].contains(&operation);
        match self {
            Self::Conflict => writes,
            Self::InProgress => operation == "TransactWriteItems",
            Self::AnswerLost | Self::AnswerLate | Self::AnswerBroken => writes || operation == "BatchWriteItem",
            _ => true,
        }
    }

    /// Whether the call has its effect all the same.
    pub fn lands(self) -> bool {
        matches!(self, Self::AnswerLost | Self::AnswerLate | Self::AnswerBroken)
    }
}

/// A call of the table, as a plan of faults sees it: each try of the SDK is one.
#[derive(Debug)]
pub struct TableCall<'a> {
    /// The operation, such as `TransactWriteItems`.
    pub operation: &'a str,
    /// How many calls came before it since the plan was made.
    pub number: usize,
}

type Plan = dyn FnMut(&TableCall<'_>) -> Option<Fault> + Send;

#[derive(Default)]
struct State {
    plan: Option<Box<Plan>>,
    seen: Vec<String>,
    faults: usize,
    used: Rights,
    counts: Option<Fault>,
}

/// The wire between the SDK and the table, with faults on it.
#[derive(Clone)]
pub struct Faults {
    state: Arc<Mutex<State>>,
    inner: SharedHttpClient,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faults")
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self { state: Arc::default(), inner: Builder::new().build_http() }
    }
}

impl Faults {
    /// What the SDK is to use.
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// From now on `plan` says what goes wrong with each call. A fault that cannot meet the call's operation is none.
    pub fn plan(&self, plan: impl FnMut(&TableCall<'_>) -> Option<Fault> + Send + 'static) {
        self.begin(Some(Box::new(plan)));
    }

    /// From now on nothing goes wrong.
    pub fn calm(&self) {
        self.begin(None);
    }

    fn begin(&self, plan: Option<Box<Plan>>) {
        let mut state = self.state();
        let used = std::mem::take(&mut state.used);
        *state = State { plan, used, ..State::default() };
    }

    /// From now on, until the next plan, this goes wrong with the writing of counts of requests. No plan meets it, since
    /// it belongs to no request: it comes beside whichever is under way when a minute is over.
    pub fn counts(&self, fault: Fault) {
        self.state().counts = Some(fault);
    }

    /// The rights at the table that every call so far needed, by the service that made it.
    pub fn used(&self) -> Rights {
        self.state().used.clone()
    }

    /// The operations that were called since the last [`Faults::plan`] or [`Faults::calm`].
    pub fn seen(&self) -> Vec<String> {
        self.state().seen.clone()
    }

    /// How many faults happened since then.
    pub fn happened(&self) -> usize {
        self.state().faults
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of_counts(&self) -> Option<Fault> {
        let mut state = self.state();
        state.faults += usize::from(state.counts.is_some());
        state.counts
    }

    fn next(&self, operation: &str) -> Option<Fault> {
        let mut state = self.state();
        let number = state.seen.len();
        state.seen.push(operation.to_owned());
        let fault = state.plan.as_mut().and_then(|plan| plan(&TableCall { operation, number }));
        let fault = fault.filter(|fault| fault.can_meet(operation));
        state.faults += usize::from(fault.is_some());
        fault
    }
}

impl HttpClient for Faults {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Wire { faults: self.clone(), inner })
    }
}

#[derive(Debug)]
struct Wire {
    faults: Faults,
    inner: SharedHttpConnector,
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = body(&request);
        self.faults.state().used.note(&operation, &body);
        let fault = if is_of_counts(&body) { self.faults.of_counts() } else { self.faults.next(&operation) };
        let Some(fault) = fault else { return self.inner.call(request) };
        let actions = body["TransactItems"].as_array().map_or(0, Vec::len);
        let landing = fault.lands().then(|| self.inner.call(request));
        HttpConnectorFuture::new(async move {
            if let Some(landing) = landing {
                // What became of it, nobody will know.
                let _ = landing.await;
            }
            assert!(fault != Fault::Panics, "the wire broke while it carried {body}");
            if fault == Fault::Hung {
                std::future::pending::<()>().await;
            }
            answer(fault, &operation, actions)
        })
    }
}

fn is_of_counts(body: &Value) -> bool {
    let key = body["TransactItems"][0]["Update"]["Key"]["pk"]["S"].as_str();
    key.is_some_and(|key| key.starts_with("REQUESTS#"))
}

fn body(request: &HttpRequest) -> Value {
    request.body().bytes().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default()
}

fn answer(fault: Fault, operation: &str, actions: usize) -> Result<HttpResponse, ConnectorError> {
    match fault {
        Fault::Throttled => Ok(refusal(400, "ThrottlingException", &Value::Null)),
        Fault::Conflict if operation == "TransactWriteItems" => {
            // Which of its items it was makes no difference: the last, so that no code looks at the first alone.
            let none = json!({"Code": "None"});
            let conflict = json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"});
            let reasons = (1..actions).map(|_| none.clone()).chain([conflict.clone()]).collect();
            Ok(refusal(400, "TransactionCanceledException", &reasons))
        }
        Fault::Conflict => Ok(refusal(400, "TransactionConflictException", &Value::Null)),
        Fault::InProgress => Ok(refusal(400, "TransactionInProgressException", &Value::Null)),
        Fault::ServerError | Fault::AnswerBroken => Ok(refusal(500, "InternalServerError", &Value::Null)),
        Fault::Unavailable => Ok(refusal(503, "ServiceUnavailable", &Value::Null)),
        Fault::TimedOut | Fault::AnswerLate => Err(ConnectorError::timeout("no answer in time".into())),
        Fault::Cut | Fault::AnswerLost | Fault::Hung | Fault::Panics => {
            Err(ConnectorError::io("the connection was cut".into()))
        }
    }
}

fn refusal(status: u16, name: &str, reasons: &Value) -> HttpResponse {
    let mut body =
        json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": "a fault of a test"});
    if !reasons.is_null() {
        body["CancellationReasons"] = reasons.clone();
    }
    let mut response = HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}
