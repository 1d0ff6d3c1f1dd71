//! How many requests each route answered, and how: written by every environment now and then, added up here.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use sprintsync_domain::Timestamp;
use sprintsync_observe::{Batch, Counts, Route, Tally, branch};

use crate::call::Outcome;
use crate::key::{self, Item};
use crate::{Error, Store, item};

const TYPE: &str = "requests";
const CLIENT_ERRORS: &str = "client_errors";
const SERVER_ERRORS: &str = "server_errors";
const DURATION: &str = "duration_ms";

/// Partitions that counts are spread over, so that many environments do not write the same items.
pub const REQUEST_SHARDS: u8 = 4;

impl Store {
    /// Adds the counts of an environment, which always writes to the same shard. A batch that is added again within ten
    /// minutes is not counted twice: its id is the token of its transaction (DynamoDB, `ClientRequestToken`), which is the
    /// same to the letter.
    pub async fn add_requests(&self, shard: u8, batch: &Batch) -> Result<(), Error> {
        let mut actions = Vec::new();
        for (route, tally) in &batch.counts {
            actions.push(self.adding_requests(shard, (route, tally), batch)?);
        }
        match self.transact_as(Some(&batch.id), &batch.id, actions, self.budget()).await? {
            Outcome::Done => Ok(()),
            Outcome::Failed(_) => Err(Error::Busy(None)),
        }
    }

    /// All counts that were written.
    pub async fn requests(&self) -> Result<Counts, Error> {
        let shard = |shard| branch(self.whole(key::requests_partition(shard), ""));
        let (a, b, c, d) = tokio::try_join!(shard(0), shard(1), shard(2), shard(3))?;
        let mut counts = Counts::new();
        for item in [a, b, c, d].into_iter().flatten() {
            let route = key::route(&item).ok_or(Error::Corrupt("counts of no route"))?;
            counts.entry(route).or_default().merge(&tally(&item));
        }
        Ok(counts)
    }

    fn adding_requests(
        &self,
        shard: u8,
        (route, tally): (&Route, &Tally),
        batch: &Batch,
    ) -> Result<TransactWriteItem, Error> {
        let sums = [CLIENT_ERRORS, SERVER_ERRORS, DURATION].map(str::to_owned);
        let sums = sums.into_iter().zip([tally.client_errors, tally.server_errors, tally.duration_ms]);
        let buckets = tally.buckets.iter().enumerate().map(|(place, count)| (bucket(place), *count));
        let adds: Vec<(String, u64)> = sums.chain(buckets).filter(|(_, count)| *count > 0).collect();
        let adding: Vec<String> = adds.iter().map(|(name, _)| format!("{name} :{name}")).collect();
        let update = adds.iter().fold(Update::builder(), |update, (name, count)| {
            update.expression_attribute_values(format!(":{name}"), number(*count))
        });
        let head = "SET #type = :type, v = :v, version = if_not_exists(version, :none) + :one, write_id = :write, \
                    created_at = if_not_exists(created_at, :now), updated_at = :now";
        let update = update
            .table_name(&self.table)
            .set_key(Some(key::requests(shard, route).attributes()))
            .update_expression(format!("{head} ADD {}", adding.join(", ")))
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":type", key::text(TYPE))
            .expression_attribute_values(":v", number(1))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":write", key::text(&batch.id))
            .expression_attribute_values(":now", key::text(&Timestamp::from_ms(batch.taken_at_ms).to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

fn bucket(place: usize) -> String {
    format!("bucket_{place}")
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn tally(item: &Item) -> Tally {
    let sum = |name: &str| u64::try_from(item::sum(item, name)).unwrap_or_default();
    let mut tally = Tally {
        client_errors: sum(CLIENT_ERRORS),
        server_errors: sum(SERVER_ERRORS),
        duration_ms: sum(DURATION),
        ..Tally::default()
    };
    for (place, count) in tally.buckets.iter_mut().enumerate() {
        *count = sum(&bucket(place));
    }
    tally
}
