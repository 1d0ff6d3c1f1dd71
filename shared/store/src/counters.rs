//! Rate counters: how often something was tried, by whom, kept in the table so that every environment counts alike.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use futures_util::future::try_join_all;
use sprintsync_domain::{Counter, Limit, Refused, Timestamp, Version};
use sprintsync_observe::TableCall;

use crate::call::{Condition, failure, units};
use crate::item::{self, Head, RateBody};
use crate::key::{self, Item, Key};
use crate::{Error, Store};

/// How often a counter that others change at the same time is tried.
const TRIES: u32 = 16;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateKind {
    /// Failed sign-ins with one name from one source.
    SignInPair,
    /// Failed sign-ins with one name.
    SignInName,
    /// Failed sign-ins from one source.
    SignInSource,
    /// Sign-ups from one source.
    SignUpSource,
    /// Wrong current passwords of one person from one source.
    Password,
}

/// A counter's place: its kind, and its subject as a keyed hash, so that the table names nobody's address.
#[derive(Debug, Clone)]
pub struct RateKey {
    kind: RateKind,
    limit: Limit,
    key: Key,
}

impl RateKey {
    /// The counter of this kind for a subject, under this limit. `hashed_subject` must not show the subject.
    pub fn new(kind: RateKind, limit: Limit, hashed_subject: &str) -> Self {
        let name = match kind {
            RateKind::SignInPair => "sign-in-pair",
            RateKind::SignInName => "sign-in-name",
            RateKind::SignInSource => "sign-in-source",
            RateKind::SignUpSource => "sign-up-source",
            RateKind::Password => "password",
        };
        Self { kind, limit, key: key::rate(name, hashed_subject) }
    }

    pub(crate) fn key(&self) -> Key {
        self.key.clone()
    }
}

/// A counter, as it was when someone looked.
#[derive(Debug, Clone)]
pub struct Seen {
    pub(crate) key: RateKey,
    pub(crate) item: Option<Item>,
}

impl Seen {
    /// Whether one more try would be heard.
    ///
    /// # Errors
    /// The outer one, where the counter cannot be read; the inner [`Refused`], where it is used up.
    pub fn check(&self, now: Timestamp) -> Result<Result<(), Refused>, Error> {
        let counter = read(self.item.clone())?.map(|(counter, _)| counter);
        Ok(self.key.limit.take(counter.as_ref(), now).map(|_| ()))
    }
}

/// A try that was counted, and can be given back.
#[derive(Debug)]
pub struct Reserved {
    key: RateKey,
    counter: Counter,
    version: Version,
}

impl Store {
    /// Counts one try on each counter, as they were `seen`.
    ///
    /// # Errors
    /// The inner [`Refused`] where one of them is used up; the others may then have counted the try.
    pub async fn reserve(&self, seen: Vec<Seen>) -> Result<Result<Vec<Reserved>, Refused>, Error> {
        for one in &seen {
            if let Err(refused) = one.check(self.world.now())? {
                return Ok(Err(refused));
            }
        }
        let counted = try_join_all(seen.into_iter().map(|one| self.count(one.key, one.item))).await?;
        Ok(counted.into_iter().collect())
    }

    /// Looks at one counter.
    pub async fn look(&self, key: RateKey) -> Result<Seen, Error> {
        let item = self.get(key.key()).await?;
        Ok(Seen { key, item })
    }

    /// Gives tries back that were none after all: of the pair of name and source nothing remains, elsewhere the count
    /// goes down by one.
    pub async fn give_back(&self, reserved: Vec<Reserved>) -> Result<(), Error> {
        try_join_all(reserved.into_iter().map(|one| async move {
            let mut counter = one.counter;
            counter.count = if matches!(one.key.kind, RateKind::SignInPair | RateKind::Password) {
                0
            } else {
                counter.count.saturating_sub(1)
            };
            // Where someone else counts at this moment, theirs may stay: one try too many is counted, never too few.
            self.write_counter(&one.key, &counter, Some(one.version)).await.map(|_| ())
        }))
        .await
        .map(|_| ())
    }

    pub(crate) async fn count(&self, key: RateKey, mut seen: Option<Item>) -> Result<Result<Reserved, Refused>, Error> {
        for attempt in 0..TRIES {
            if attempt > 0 {
                self.pause(attempt).await;
            }
            let before = read(seen)?;
            let next = match key.limit.take(before.as_ref().map(|(counter, _)| counter), self.world.now()) {
                Ok(next) => next,
                Err(refused) => return Ok(Err(refused)),
            };
            match self.write_counter(&key, &next, before.map(|(_, version)| version)).await? {
                Written::At(version) => return Ok(Ok(Reserved { key, counter: next, version })),
                Written::Not(current) => seen = current,
            }
        }
        Err(Error::Busy(None))
    }

    /// The item of a counter, to be put where `seen` was.
    fn counter_item(
        &self,
        key: &RateKey,
        counter: &Counter,
        seen: Option<Version>,
        write_id: &str,
    ) -> Result<(Item, Condition), Error> {
        let mut head = Head::once(key.key(), self.world.now(), None, write_id);
        head.version = seen.unwrap_or_default() + 1;
        head.ttl = Some(key.limit.forgotten_at(counter));
        let body = RateBody { count: counter.count, strikes: counter.strikes, ends_at: counter.ends_at };
        let condition = seen.map_or(Condition::NotExists, Condition::AtVersion);
        Ok((item::encode(head, &body)?, condition))
    }

    /// One more try on a counter, as an action of a transaction.
    pub(crate) fn counting(&self, seen: &Seen, write_id: &str) -> Result<Result<TransactWriteItem, Refused>, Error> {
        let before = read(seen.item.clone())?;
        let (counter, version) = before.map_or((None, None), |(counter, version)| (Some(counter), Some(version)));
        Ok(match seen.key.limit.take(counter.as_ref(), self.world.now()) {
            Ok(next) => {
                let (item, condition) = self.counter_item(&seen.key, &next, version, write_id)?;
                Ok(self.put(item, condition)?)
            }
            Err(refused) => Err(refused),
        })
    }

    async fn write_counter(&self, key: &RateKey, counter: &Counter, seen: Option<Version>) -> Result<Written, Error> {
        let version = seen.unwrap_or_default() + 1;
        let write_id = self.write_id();
        let (item, condition) = self.counter_item(key, counter, seen, &write_id)?;
        let (expression, values) = condition.parts();
        let call = TableCall::start();
        let answer = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(expression)
            .set_expression_attribute_values(values)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        call.end(0.0, units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())));
        match answer {
            Ok(_) => Ok(Written::At(version)),
            Err(SdkError::ServiceError(refused)) if refused.err().is_conditional_check_failed_exception() => {
                let PutItemError::ConditionalCheckFailedException(failed) = refused.into_err() else {
                    return Err(Error::Busy(None));
                };
                let own = failed.item.as_ref().and_then(item::write_id) == Some(write_id.as_str());
                Ok(if own { Written::At(version) } else { Written::Not(failed.item) })
            }
            Err(error) => Err(failure(error)),
        }
    }
}

enum Written {
    At(Version),
    Not(Option<Item>),
}

fn read(item: Option<Item>) -> Result<Option<(Counter, Version)>, Error> {
    item.map(item::to_counter).transpose()
}
