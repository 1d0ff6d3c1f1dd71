//! DynamoDB's protocol over the embedded table: one call of the API a request, JSON in and out.

use std::net::SocketAddr;
use std::sync::Arc;

use dynoxide::{Database, DynoxideError};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::door::Door;
use crate::serve::{Answer, answer};

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
/// The longest request, in bytes ("Quotas in Amazon DynamoDB": 16 MB for `BatchWriteItem`).
const REQUEST_LIMIT: usize = 16 * 1024 * 1024;
/// The versions of the API, before the name of the operation.
const VERSIONS: [&str; 2] = ["DynamoDB_20120810.", "DynamoDBStreams_20120810."];

/// The table as the SDK sees it.
pub(crate) struct Protocol {
    database: Database,
    door: Door,
}

impl Protocol {
    pub(crate) fn new(database: Database, door: Door) -> Arc<Self> {
        Arc::new(Self { database, door })
    }

    /// Answers one call.
    pub(crate) async fn serve(&self, request: Request<Incoming>, _peer: SocketAddr) -> Answer {
        if let Err(refused) = self.door.admit(&request) {
            let body = json!({ "__type": "UnrecognizedClientException", "message": refused.to_string() });
            return answer(StatusCode::FORBIDDEN, CONTENT_TYPE, body.to_string());
        }
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let operation = VERSIONS.iter().find_map(|version| target.strip_prefix(version)).unwrap_or_default().to_owned();
        let Ok(body) = Limited::new(request.into_body(), REQUEST_LIMIT).collect().await else {
            let body = json!({ "__type": "SerializationException", "message": "The request cannot be read." });
            return answer(StatusCode::BAD_REQUEST, CONTENT_TYPE, body.to_string());
        };
        match call(&self.database, &operation, &body.to_bytes()) {
            Ok(json) => answer(StatusCode::OK, CONTENT_TYPE, json),
            Err(error) => {
                let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
                answer(status, CONTENT_TYPE, error.to_json())
            }
        }
    }
}

/// One call of an operation that this product, its tests or an operator's tool makes.
fn call(table: &Database, operation: &str, body: &[u8]) -> dynoxide::Result<Vec<u8>> {
    match operation {
        "GetItem" => done(body, |asked| table.get_item(asked)),
        "PutItem" => done(body, |asked| table.put_item(asked)),
        "UpdateItem" => done(body, |asked| table.update_item(asked)),
        "DeleteItem" => done(body, |asked| table.delete_item(asked)),
        "Query" => done(body, |asked| table.query(asked)),
        "Scan" => done(body, |asked| table.scan(asked)),
        "BatchGetItem" => done(body, |asked| table.batch_get_item(asked)),
        "BatchWriteItem" => done(body, |asked| table.batch_write_item(asked)),
        "TransactGetItems" => done(body, |asked| table.transact_get_items(asked)),
        "TransactWriteItems" => done(body, |asked| table.transact_write_items(asked)),
        "CreateTable" => done(body, |asked| table.create_table(asked)),
        "UpdateTable" => done(body, |asked| table.update_table(asked)),
        "DescribeTable" => done(body, |asked| table.describe_table(asked)),
        "ListTables" => done(body, |asked| table.list_tables(asked)),
        "UpdateTimeToLive" => done(body, |asked| table.update_time_to_live(asked)),
        "DescribeTimeToLive" => done(body, |asked| table.describe_time_to_live(asked)),
        "ListStreams" => done(body, |asked| table.list_streams(asked)),
        "DescribeStream" => done(body, |asked| table.describe_stream(asked)),
        "GetShardIterator" => done(body, |asked| table.get_shard_iterator(asked)),
        "GetRecords" => done(body, |asked| table.get_records(asked)),
        _ => Err(DynoxideError::ValidationException(format!("{operation:?} is not served here."))),
    }
}

fn done<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    act: impl FnOnce(Q) -> dynoxide::Result<A>,
) -> dynoxide::Result<Vec<u8>> {
    let asked = serde_json::from_slice(body).map_err(|error| {
        // The embedded table's own types say before a refusal which kind it is of.
        let text = error.to_string();
        match text.split_once(':') {
            Some((mark, refusal)) if mark.starts_with("VALIDATION") => {
                DynoxideError::ValidationException(refusal.to_owned())
            }
            _ => DynoxideError::SerializationException(text),
        }
    })?;
    serde_json::to_vec(&act(asked)?).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
