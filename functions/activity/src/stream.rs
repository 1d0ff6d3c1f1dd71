//! The table's stream: each event that was put is added to the statistics, once, though the stream may deliver it again
//! ("Change data capture for DynamoDB Streams": in the order of each item, at least once). What fails comes again until it
//! expires, a day later, so that an outage heals by itself; what can never be read would come again all that day and keep
//! back what stands behind it, and so is sent away here.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sprintsync_store::{Beat, Countable};

use crate::Activity;

/// Records of the stream, as Lambda hands them over.
#[derive(Debug, Deserialize)]
pub struct Batch {
    /// The records, in their order.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// A record: what became of an item.
#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    /// `INSERT`, `MODIFY` or `REMOVE`.
    #[serde(rename = "eventName")]
    pub event_name: String,
    pub(crate) dynamodb: Change,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Change {
    #[serde(rename = "SequenceNumber")]
    sequence_number: String,
    /// In DynamoDB's JSON. Read one by one: what cannot be read of one record is no reason to refuse the others.
    #[serde(rename = "NewImage", default)]
    pub(crate) new_image: Value,
}

/// What became of a batch ("Configuring partial batch response with DynamoDB and Lambda").
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Handled {
    /// The record from which on the batch is to be handed over again; none, where all is done.
    #[serde(rename = "batchItemFailures")]
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// A record that is to be handed over again.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct BatchItemFailure {
    /// Its sequence number.
    #[serde(rename = "itemIdentifier")]
    pub item_identifier: String,
}

impl Record {
    /// Its sequence number.
    pub fn sequence_number(&self) -> &str {
        &self.dynamodb.sequence_number
    }

    fn read(&self) -> Result<Told, Unreadable> {
        let beats = self.dynamodb.new_image.pointer("/sk/S").is_some_and(|sk| sk == "BEAT");
        if self.event_name != "INSERT" && !beats {
            return Ok(Told::Nothing);
        }
        let image: serde_dynamo::Item = serde_json::from_value(self.dynamodb.new_image.clone())?;
        let image = image.into();
        if let Some(beat) = Beat::read(&image)? {
            return Ok(Told::Beat(beat));
        }
        Ok(Countable::read(image)?.map_or(Told::Nothing, Told::Event))
    }
}

/// What a record says.
enum Told {
    /// Something happened that counts.
    Event(Countable),
    /// The schedule's beat came back.
    Beat(Beat),
    /// Nothing that is of interest here.
    Nothing,
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("the image is no item")]
    Image(#[from] serde_json::Error),
    #[error("the item is no event that is known")]
    Event(#[from] sprintsync_store::Error),
}

impl Activity {
    /// Adds the events of a batch to the statistics. What cannot be read is sent away, which raises an alarm; all others
    /// are counted. What could not be counted or sent away now is to come again.
    pub async fn count(&self, batch: Batch) -> Handled {
        let (mut events, mut beat, mut failed) = (Vec::new(), None, None);
        for (at, record) in batch.records.iter().enumerate() {
            match record.read() {
                Ok(Told::Event(event)) => events.push((at, event)),
                Ok(Told::Beat(came)) => beat = beat.max(Some(came)),
                Ok(Told::Nothing) => {}
                Err(error) => {
                    told(&error, record, "a record cannot be counted");
                    if let Err(error) = self.given_up.put(record).await {
                        told(&error, record, "a record that cannot be counted was not sent away: it is to come again");
                        failed = failed.or(Some(at));
                    }
                }
            }
        }
        let first = events.first().map(|(at, _)| *at);
        let events: Vec<Countable> = events.into_iter().map(|(_, event)| event).collect();
        if let Err(error) = self.store.count_events(&events).await {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "a batch was not counted to its end");
            failed = failed.min(first).or(first);
        }
        // One that is not written down is followed by another.
        if let (Some(beat), None) = (beat, failed)
            && let Err(error) = self.store.beat_came_back(beat).await
        {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "a beat was not written down");
        }
        let failed = failed.and_then(|at| batch.records.get(at)).map(Record::sequence_number);
        let failed = failed.map(|number| BatchItemFailure { item_identifier: number.to_owned() });
        Handled { batch_item_failures: failed.into_iter().collect() }
    }
}

fn told(error: &(dyn std::error::Error + 'static), record: &Record, what: &str) {
    tracing::error!(error, sequence_number = record.sequence_number(), message = what);
}
