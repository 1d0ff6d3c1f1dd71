//! Calls of the table: each is counted, and each failure is named once, here.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConsumedCapacity, Delete, KeysAndAttributes, Put, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, WriteRequest,
};
use futures_util::future::try_join_all;
use sprintsync_domain::Timestamp;
use sprintsync_observe::{TableCall, branch};

use crate::item::{self, AT_VERSION, NOT_EXISTS};
use crate::key::{Item, Key, LSI1, LSI1SK, PK, SK, text};
use crate::{Error, Order, Store};

/// Milliseconds within which a write that meets others is tried again; then it is 503, and the caller's turn.
const BUDGET_MS: i64 = 4_000;
/// Milliseconds between two attempts at most.
const PAUSE_MS: u64 = 80;
/// The same for minutes, which are added whatever else happens to their task, so that nobody has to decide again: many may
/// be at one task, and there each transaction cancels those that come while it lasts. The gateway waits for 30 seconds.
const PATIENT_MS: i64 = 10_000;
const PATIENT_PAUSE_MS: u64 = 320;
/// Keys of one BatchGetItem are few here; what comes back unprocessed was throttled.
const BATCH_TRIES: u32 = 4;

/// Keys of one BatchGetItem at most.
pub(crate) const MOST_KEYS: usize = 100;
/// Items that are read at once of a partition that is read as a whole.
const PAGE: usize = 1_000;
/// Writes of one BatchWriteItem at most.
const BATCH_WRITES: usize = 25;

/// What became of a transaction.
pub(crate) enum Outcome {
    /// It is in the table.
    Done,
    /// Conditions failed; per action, whether its own did, and the item that was there.
    Failed(Vec<Option<Option<Item>>>),
}

/// Until when a write may be tried again, and how many milliseconds it waits between at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    until: Timestamp,
    pause_ms: u64,
}

/// The sort keys a query walks.
pub(crate) struct Walk<'a> {
    pub(crate) pk: String,
    /// The beginning of the sort key, in the table or, with `by_status`, in the index.
    pub(crate) prefix: String,
    pub(crate) by_status: bool,
    /// What stands behind the prefix, from and to, where not all of them are wanted.
    pub(crate) between: Option<(String, String)>,
    pub(crate) after: Option<&'a str>,
    pub(crate) limit: usize,
    pub(crate) order: Order,
}

impl Store {
    pub(crate) async fn get(&self, key: Key) -> Result<Option<Item>, Error> {
        let call = TableCall::start("GetItem");
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.end(units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())), 0.0);
        Ok(answer.map_err(failure)?.item)
    }

    /// Gets several items at once, in the order of `keys`.
    pub(crate) async fn get_all<const N: usize>(&self, keys: [Key; N]) -> Result<[Option<Item>; N], Error> {
        let found = self.get_each(&keys).await?;
        found.try_into().map_err(|_| Error::Corrupt("more items than keys"))
    }

    /// Gets up to [`MOST_KEYS`] items at once, in the order of `keys`.
    pub(crate) async fn get_each(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, Error> {
        let mut wanted: Vec<Key> = keys.to_vec();
        let mut found: Vec<Option<Item>> = vec![None; keys.len()];
        if keys.is_empty() {
            return Ok(found);
        }
        for attempt in 0..BATCH_TRIES {
            if attempt > 0 {
                self.pause(attempt).await;
            }
            let request = KeysAndAttributes::builder()
                .set_keys(Some(wanted.iter().map(Key::attributes).collect()))
                .consistent_read(true)
                .build()
                .map_err(Error::broken)?;
            let call = TableCall::start("BatchGetItem");
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table, request)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            let used = answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref());
            call.end(used.into_iter().flatten().map(|one| units(Some(one))).sum(), 0.0);
            let answer = answer.map_err(failure)?;
            for item in answer.responses.into_iter().flatten().flat_map(|(_, items)| items) {
                let key = Key::of(&item);
                if let Some((_, place)) = keys.iter().zip(&mut found).find(|(wanted, _)| Some(*wanted) == key.as_ref())
                {
                    *place = Some(item);
                }
            }
            wanted = answer
                .unprocessed_keys
                .into_iter()
                .flatten()
                .flat_map(|(_, rest)| rest.keys)
                .filter_map(|key| Key::of(&key))
                .collect();
            if wanted.is_empty() {
                return Ok(found);
            }
        }
        Err(Error::Busy(None))
    }

    /// Gets any number of items at once, in the order of `keys`.
    pub(crate) async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, Error> {
        let found = try_join_all(keys.chunks(MOST_KEYS).map(|keys| branch(self.get_each(keys)))).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// One page of a list: its items, and where it ended if there may be more. It ends at the limit or
    /// at 1 MB read, whichever is first (DynamoDB, Query).
    pub(crate) async fn walk(&self, walk: Walk<'_>) -> Result<(Vec<Item>, Option<String>), Error> {
        let (index, sk) = if walk.by_status { (Some(LSI1), LSI1SK) } else { (None, SK) };
        let start = walk.after.map(|position| {
            let place = format!("{}{position}", walk.prefix);
            let mut key = Key { pk: walk.pk.clone(), sk: place.clone() }.attributes();
            if walk.by_status {
                key.insert(SK.to_owned(), text(&format!("{}{position}", crate::key::TASK)));
                key.insert(LSI1SK.to_owned(), text(&place));
            }
            key
        });
        let within = |name: &str| format!("{}{name}", walk.prefix);
        let (condition, bounds) = match &walk.between {
            None if walk.prefix.is_empty() => ("#pk = :pk", Vec::new()),
            None => ("#pk = :pk AND begins_with(#sk, :from)", vec![(":from", within(""))]),
            Some((from, to)) => {
                ("#pk = :pk AND #sk BETWEEN :from AND :to", vec![(":from", within(from)), (":to", within(to))])
            }
        };
        // A name that no expression uses is refused.
        let names = [("#pk", PK), ("#sk", sk)].into_iter().filter(|(name, _)| condition.contains(name));
        let names = names.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let bounds = bounds.into_iter().map(|(name, value)| (name.to_owned(), text(&value)));
        let values = bounds.chain([(":pk".to_owned(), text(&walk.pk))]).collect();
        let call = TableCall::start("Query");
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .set_index_name(index.map(str::to_owned))
            .key_condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .scan_index_forward(walk.order == Order::Oldest)
            .consistent_read(true)
            .limit(i32::try_from(walk.limit.saturating_add(1)).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.end(units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())), 0.0);
        let answer = answer.map_err(failure)?;
        let mut items = answer.items.unwrap_or_default();
        let more = answer.last_evaluated_key.is_some() || items.len() > walk.limit;
        items.truncate(walk.limit);
        let own_prefix = if walk.by_status { crate::key::TASK } else { &walk.prefix };
        let end = items.last().and_then(Key::of).and_then(|key| key.sk.strip_prefix(own_prefix).map(str::to_owned));
        Ok((items, end.filter(|_| more)))
    }

    /// All of a partition's items that begin so, oldest first.
    pub(crate) async fn whole(&self, pk: String, prefix: &str) -> Result<Vec<Item>, Error> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let walk = Walk {
                pk: pk.clone(),
                prefix: prefix.to_owned(),
                by_status: false,
                between: None,
                after: after.as_deref(),
                limit: PAGE,
                order: Order::Oldest,
            };
            let (items, end) = self.walk(walk).await?;
            all.extend(items);
            after = end;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// Writes and deletes these items, each on its own, whatever is there: for what nobody else writes any more.
    pub(crate) async fn write_each(&self, requests: Vec<WriteRequest>) -> Result<(), Error> {
        for batch in requests.chunks(BATCH_WRITES) {
            let mut left = batch.to_vec();
            for attempt in 0..BATCH_TRIES {
                if attempt > 0 {
                    self.pause(attempt).await;
                }
                let call = TableCall::start("BatchWriteItem");
                let answer = self
                    .client
                    .batch_write_item()
                    .request_items(&self.table, left)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
                    .await;
                let used = answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref());
                call.end(0.0, used.into_iter().flatten().map(|one| units(Some(one))).sum());
                left = answer
                    .map_err(failure)?
                    .unprocessed_items
                    .into_iter()
                    .flatten()
                    .flat_map(|(_, left)| left)
                    .collect();
                if left.is_empty() {
                    break;
                }
            }
            if !left.is_empty() {
                return Err(Error::Busy(None));
            }
        }
        Ok(())
    }

    /// Writes all of `actions` or none. Each of them must carry `write_id` on the item that it puts: where a condition
    /// fails on an item with that id, an earlier attempt of this very write had landed, and all is well.
    pub(crate) async fn transact(
        &self,
        write_id: &str,
        actions: Vec<TransactWriteItem>,
        budget: Budget,
    ) -> Result<Outcome, Error> {
        self.transact_as(None, write_id, actions, budget).await
    }

    /// The same, under this token, if there is one: of two transactions of one token and the same actions, the second
    /// does nothing (DynamoDB, TransactWriteItems, `ClientRequestToken`). Without, the SDK takes one for each call.
    pub(crate) async fn transact_as(
        &self,
        token: Option<&str>,
        write_id: &str,
        actions: Vec<TransactWriteItem>,
        budget: Budget,
    ) -> Result<Outcome, Error> {
        let mut busy: Option<Box<dyn std::error::Error + Send + Sync>> = None;
        for attempt in 0.. {
            self.wait(attempt, budget, busy.take()).await?;
            let call = TableCall::start("TransactWriteItems");
            let answer = self
                .client
                .transact_write_items()
                .set_transact_items(Some(actions.clone()))
                .set_client_request_token(token.map(str::to_owned))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            let used = answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref());
            call.end(0.0, used.into_iter().flatten().map(|one| units(Some(one))).sum());
            let error = match answer {
                Ok(_) => return Ok(Outcome::Done),
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    let failed: Vec<_> = reasons.iter().map(condition_failed).collect();
                    if failed.iter().flatten().flatten().any(|item| item::write_id(item) == Some(write_id)) {
                        return Ok(Outcome::Done);
                    }
                    if failed.iter().any(Option::is_some) {
                        return Ok(Outcome::Failed(failed));
                    }
                    if !reasons.iter().any(passes) {
                        return Err(Error::broken(error));
                    }
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => {}
                _ => return Err(failure(error)),
            }
            busy = Some(Box::new(error));
        }
        Err(Error::Busy(busy))
    }

    /// What a write may take from now on.
    pub(crate) fn budget(&self) -> Budget {
        self.budget_of(BUDGET_MS, PAUSE_MS)
    }

    /// What adding minutes may take from now on.
    pub(crate) fn patient_budget(&self) -> Budget {
        self.budget_of(PATIENT_MS, PATIENT_PAUSE_MS)
    }

    fn budget_of(&self, ms: i64, pause_ms: u64) -> Budget {
        Budget { until: Timestamp::from_ms(self.world.now().ms().saturating_add(ms)), pause_ms }
    }

    /// Lets a first attempt through, and waits before another while there is time.
    ///
    /// # Errors
    /// [`Error::Busy`] with the reason, where the time is up.
    pub(crate) async fn wait(
        &self,
        attempt: u32,
        budget: Budget,
        reason: Option<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Result<(), Error> {
        if attempt == 0 {
            return Ok(());
        }
        if self.world.now() >= budget.until {
            return Err(Error::Busy(reason));
        }
        self.pause_for(attempt, budget.pause_ms).await;
        Ok(())
    }

    /// Waits before another attempt: up to 10 ms doubled each time, at most 80 ms, by chance ("full jitter").
    pub(crate) async fn pause(&self, attempt: u32) {
        self.pause_for(attempt, PAUSE_MS).await;
    }

    async fn pause_for(&self, attempt: u32, longest_ms: u64) {
        let most = (10_u64 << attempt.min(5)).min(longest_ms);
        let [high, low] = self.world.random();
        let part = u64::from(u16::from_be_bytes([high, low]));
        tokio::time::sleep(Duration::from_millis(most * part / u64::from(u16::MAX))).await;
    }

    pub(crate) fn put(&self, item: Item, condition: Condition) -> Result<TransactWriteItem, Error> {
        let (expression, values) = condition.parts();
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(expression)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Puts an item whatever was there.
    pub(crate) fn put_over(&self, item: Item) -> Result<TransactWriteItem, Error> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item)).build().map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Deletes an item, if it is there.
    pub(crate) fn delete_any(&self, key: Key) -> Result<TransactWriteItem, Error> {
        let delete = Delete::builder().table_name(&self.table).set_key(Some(key.attributes()));
        Ok(TransactWriteItem::builder().delete(delete.build().map_err(Error::broken)?).build())
    }

    pub(crate) fn delete(&self, key: Key, condition: Condition) -> Result<TransactWriteItem, Error> {
        let (expression, values) = condition.parts();
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(expression)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

/// What must be so for an action to happen.
pub(crate) enum Condition {
    /// Nothing is there.
    NotExists,
    /// Something is there.
    Exists,
    /// Something is there, of this version.
    AtVersion(u64),
    /// Something is there as the write with this id left it.
    AsWritten(String),
    /// A session is there that is alive at this time, in this epoch or one that has begun since.
    Alive(u64, Timestamp),
}

impl Condition {
    pub(crate) fn parts(&self) -> (&'static str, Option<Item>) {
        match self {
            Self::NotExists => (NOT_EXISTS, None),
            Self::Exists => ("attribute_exists(pk)", None),
            Self::AtVersion(seen) => {
                let seen = AttributeValue::N(seen.to_string());
                (AT_VERSION, Some(Item::from([(":seen".to_owned(), seen)])))
            }
            Self::AsWritten(by) => ("write_id = :by", Some(Item::from([(":by".to_owned(), text(by))]))),
            Self::Alive(epoch, now) => {
                let epoch = (":epoch".to_owned(), AttributeValue::N(epoch.to_string()));
                let now = (":now".to_owned(), text(&now.to_string()));
                ("epoch >= :epoch AND expires_at > :now", Some(Item::from([epoch, now])))
            }
        }
    }
}

fn condition_failed(reason: &CancellationReason) -> Option<Option<Item>> {
    (reason.code() == Some("ConditionalCheckFailed")).then(|| reason.item.clone())
}

/// Reasons that pass by themselves.
fn passes(reason: &CancellationReason) -> bool {
    matches!(
        reason.code(),
        Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded" | "RequestLimitExceeded")
    )
}

pub(crate) fn units(used: Option<&ConsumedCapacity>) -> f64 {
    used.and_then(|used| used.capacity_units).unwrap_or_default()
}

/// Names a failure of a call that cannot be cancelled by a condition.
pub(crate) fn failure<E, R>(error: SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let refused = match &error {
        SdkError::ServiceError(answer) => matches!(
            answer.err().code(),
            Some(
                "ValidationException"
                    | "AccessDeniedException"
                    | "ResourceNotFoundException"
                    | "UnrecognizedClientException"
                    | "IdempotentParameterMismatchException"
                    | "ItemCollectionSizeLimitExceededException"
                    | "SerializationException"
            )
        ),
        SdkError::ConstructionFailure(_) => true,
        _ => false,
    };
    if refused { Error::broken(error) } else { Error::Busy(Some(Box::new(error))) }
}
