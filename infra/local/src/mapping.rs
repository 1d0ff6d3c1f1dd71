//! The mapping of the table's stream to `activity`: inserts of events, in batches. What fails in a batch is tried again
//! in halves, and what fails five times alone is given up and told of. (In the cloud it is tried until it expires, a day
//! later. What cannot be read does not fail: `activity` sends it away by itself.)

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use activity::{Activity, Answer, Batch, Call};
use dynoxide::Database;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use dynoxide::streams::shard_id;
use serde_json::{Value, json};

use crate::StartError;
use crate::folder::open_private;
use crate::table::TABLE;

/// The file that says which record was handed over last.
const PLACE: &str = "stream.position";
/// How often it is looked whether there is something new.
const EVERY: Duration = Duration::from_millis(250);
/// Records of one call.
const AT_ONCE: usize = 100;
/// How often a record is tried.
const ATTEMPTS: u32 = 5;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// Where in its stream a table is.
pub(crate) struct Mapping {
    database: Database,
    activity: Activity,
    place: PathBuf,
}

/// Records that are tried together, and how often they were.
struct Tried {
    records: Vec<Value>,
    attempts: u32,
}

impl Mapping {
    pub(crate) fn new(database: Database, activity: Activity, dir: &Path) -> Self {
        Self { database, activity, place: dir.join(PLACE) }
    }

    /// Hands over what comes, until it is dropped.
    pub(crate) async fn run(self) {
        loop {
            match self.step().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(EVERY).await,
                Err(error) => {
                    tracing::warn!(%error, "the stream of the table was not read");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Hands over what is there. Says whether there was anything.
    async fn step(&self) -> Result<bool, StartError> {
        let (database, place) = (self.database.clone(), self.place.clone());
        let read = tokio::task::spawn_blocking(move || read(&database, &place)).await;
        let records = read.map_err(|error| StartError::Table(error.to_string()))??;
        let Some(last) = records.last().and_then(|record| record.pointer("/dynamodb/SequenceNumber")?.as_str()) else {
            return Ok(false);
        };
        let last = last.to_owned();
        let inserts: Vec<Value> = records.into_iter().filter(is_event).collect();
        self.hand_over(inserts).await;
        // Written beside it first: half a number would be worse than the one of before.
        let beside = self.place.with_extension("next");
        let written = open_private(&beside, std::fs::OpenOptions::new().write(true).truncate(true))
            .and_then(|mut file| file.write_all(last.as_bytes()));
        let saved = written.and_then(|()| std::fs::rename(&beside, &self.place));
        saved.map_err(|source| StartError::Data { path: self.place.clone(), source })?;
        Ok(true)
    }

    async fn hand_over(&self, records: Vec<Value>) {
        let mut batches = VecDeque::from([Tried { records, attempts: 0 }]);
        while let Some(Tried { mut records, attempts }) = batches.pop_front() {
            if records.is_empty() {
                continue;
            }
            let Some(failed) = self.try_once(&records).await else { continue };
            let mut left = records.split_off(failed);
            if attempts + 1 >= ATTEMPTS && left.len() == 1 {
                tracing::error!("a record of the table's stream was given up: see the error before, and rebuild");
                continue;
            }
            tokio::time::sleep(EVERY).await;
            // A batch that fails is halved, so that what cannot be counted is alone in the end.
            let rest = left.split_off(left.len().div_ceil(2));
            batches.push_front(Tried { records: rest, attempts: 0 });
            batches.push_front(Tried { records: left, attempts: attempts + 1 });
        }
    }

    /// Calls the function. Gives the place of the first record that must be tried again.
    async fn try_once(&self, records: &[Value]) -> Option<usize> {
        let batch = serde_json::from_value::<Batch>(json!({ "Records": records }));
        let Ok(batch) = batch else { return Some(0) };
        let numbers: Vec<String> = batch.records.iter().map(|record| record.sequence_number().to_owned()).collect();
        match self.activity.call(Call::Batch(batch)).await {
            Ok(Answer::Handled(handled)) => {
                let failed = handled.batch_item_failures.first()?;
                Some(numbers.iter().position(|number| *number == failed.item_identifier).unwrap_or_default())
            }
            _ => Some(0),
        }
    }
}

/// What the mapping lets through: events that are put, and the schedule's beat.
fn is_event(record: &Value) -> bool {
    let sk = record.pointer("/dynamodb/Keys/sk/S").and_then(Value::as_str).unwrap_or_default();
    match record.get("eventName").and_then(Value::as_str) {
        Some("INSERT") => sk.starts_with("EV#") || sk == "BEAT",
        Some("MODIFY") => sk == "BEAT",
        _ => false,
    }
}

/// The next records behind the place.
fn read(database: &Database, place: &Path) -> Result<Vec<Value>, StartError> {
    let failed = |error: dynoxide::DynoxideError| StartError::Table(format!("its stream: {error}"));
    let streams = database.list_streams(ListStreamsRequest::default()).map_err(failed)?;
    let Some(stream) = streams.streams.into_iter().next() else { return Ok(Vec::new()) };
    // Without a number all is handed over once more, and counted once.
    let is_number = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let after = std::fs::read_to_string(place).ok().map(|text| text.trim().to_owned()).filter(is_number);
    let from = GetShardIteratorRequest {
        stream_arn: stream.stream_arn,
        // To describe the stream, which would name its one shard, the embedded table looks at every record.
        shard_id: shard_id(TABLE),
        shard_iterator_type: if after.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" }.to_owned(),
        sequence_number: after,
    };
    let Some(iterator) = database.get_shard_iterator(from).map_err(failed)?.shard_iterator else {
        return Ok(Vec::new());
    };
    let records = database.get_records(GetRecordsRequest { shard_iterator: iterator, limit: Some(AT_ONCE) });
    let records = records.map_err(failed)?.records;
    let records = records.into_iter().map(serde_json::to_value).collect::<Result<_, _>>();
    records.map_err(|error| StartError::Table(format!("its stream: {error}")))
}
