//! Rate counters: how often something was tried, by whom, kept in the table so that every environment counts alike.
//!
//! What many may count at once (a name, a source) is one `UpdateItem` that adds under a condition: it never meets
//! another. What doubles its wait (one name from one source) is read, computed by the domain, and put at its version.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};
use sprintsync_domain::{Counter, Limit, Refused, Timestamp, Version};
use sprintsync_observe::TableCall;

use crate::call::{Condition, failure, units};
use crate::item::{self, Head, Kind, RateBody};
use crate::key::{self, Item, Key, text};
use crate::{Error, Store};

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
    /// Wrong current passwords of one person.
    Password,
    /// Suggestions to one person.
    Suggestion,
}

/// A counter's place: its kind, and its subject as a keyed hash, so that the table names nobody's address.
#[derive(Debug, Clone)]
pub struct RateKey {
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
            RateKind::Suggestion => "suggestion",
        };
        Self { limit, key: key::rate(name, hashed_subject) }
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

/// How a try was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Others will be heard after it.
    OneOfMany,
    /// It was the last one of its window.
    Last,
}

/// A try that was counted among those of many, and can be given back.
#[derive(Debug)]
pub struct Added {
    key: Key,
    ends_at: Timestamp,
    /// How many there are by now in this window, this one included.
    pub count: u32,
}

impl Store {
    /// Looks at one counter.
    pub async fn look(&self, key: RateKey) -> Result<Seen, Error> {
        let item = self.get(key.key()).await?;
        Ok(Seen { key, item })
    }

    /// Counts one try on a counter that was `seen`, as its limit says, doubling included.
    ///
    /// # Errors
    /// The inner [`Refused`] where it is used up.
    pub async fn count(&self, seen: Seen) -> Result<Result<Heard, Refused>, Error> {
        let Seen { key, mut item } = seen;
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            let before = read(item)?;
            let next = match key.limit.take(before.as_ref().map(|(counter, _)| counter), self.world.now()) {
                Ok(next) => next,
                Err(refused) => return Ok(Err(refused)),
            };
            match self.put_counter(&key, &next, before.map(|(_, version)| version)).await? {
                None if next.count >= key.limit.tries => return Ok(Ok(Heard::Last)),
                None => return Ok(Ok(Heard::OneOfMany)),
                Some(current) => item = current,
            }
        }
        Err(Error::Busy(None))
    }

    /// Forgets the tries that were counted: they were none after all.
    pub async fn forget(&self, key: &RateKey) -> Result<(), Error> {
        let call = TableCall::start("DeleteItem");
        let answer = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key.key.attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.end(0.0, units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())));
        answer.map(|_| ()).map_err(failure)
    }

    /// Counts one try on a counter without having looked; for limits that do not double.
    ///
    /// # Errors
    /// The inner [`Refused`] where it is used up.
    pub async fn add(&self, key: &RateKey) -> Result<Result<Added, Refused>, Error> {
        let budget = self.budget();
        let mut over: Option<Timestamp> = None;
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            let now = self.world.now();
            let ends_at = now.plus_seconds(key.limit.window);
            let current = match self.add_once(key, now, ends_at, over).await? {
                Ok(Counter { ends_at, count, .. }) => return Ok(Ok(Added { key: key.key(), ends_at, count })),
                Err(current) => current,
            };
            let Some((counter, _)) = read(current)? else { continue };
            if now < counter.ends_at && counter.count >= key.limit.tries {
                let wait = counter.ends_at.ms() - now.ms();
                return Ok(Err(Refused { retry_after: wait.div_euclid(1000) + 1 }));
            }
            over = (now >= counter.ends_at).then_some(counter.ends_at);
        }
        Err(Error::Busy(None))
    }

    /// Gives a try back, if its window is still the one that runs.
    pub async fn give_back(&self, added: &Added) -> Result<(), Error> {
        let call = TableCall::start("UpdateItem");
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(added.key.attributes()))
            .update_expression("SET #count = #count - :one, write_id = :write")
            .condition_expression("ends_at = :window AND #count > :none AND write_id <> :write")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":write", text(&self.write_id()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":window", text(&added.ends_at.to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.end(0.0, units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())));
        match answer {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(refused)) if refused.err().is_conditional_check_failed_exception() => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }

    /// Adds a try to the window that runs, or begins one where there is none or the one that ended at `over` still
    /// lies there. Gives the counter as it is then, or the item that stood in the way.
    async fn add_once(
        &self,
        key: &RateKey,
        now: Timestamp,
        ends_at: Timestamp,
        over: Option<Timestamp>,
    ) -> Result<Result<Counter, Option<Item>>, Error> {
        let (set, condition, bound) = match over {
            None => (
                "SET #count = if_not_exists(#count, :none) + :one, ends_at = if_not_exists(ends_at, :ends), \
                 #ttl = if_not_exists(#ttl, :ttl), ",
                "attribute_not_exists(pk) OR (ends_at > :bound AND #count < :tries AND write_id <> :write)",
                now,
            ),
            Some(over) => ("SET #count = :none + :one, ends_at = :ends, #ttl = :ttl, ", "ends_at = :bound", over),
        };
        // A value that no expression names is refused.
        let tries = over.is_none().then(|| number(i64::from(key.limit.tries)));
        let head = "strikes = :none, #type = :type, v = :v, version = if_not_exists(version, :none) + :one, \
                    created_at = if_not_exists(created_at, :now), updated_at = :now, write_id = :write";
        let write_id = self.write_id();
        let call = TableCall::start("UpdateItem");
        let mut update = self.client.update_item();
        if let Some(tries) = tries {
            update = update.expression_attribute_values(":tries", tries);
        }
        let answer = update
            .table_name(&self.table)
            .set_key(Some(key.key.attributes()))
            .update_expression(format!("{set}{head}"))
            .condition_expression(condition)
            .expression_attribute_names("#count", "count")
            .expression_attribute_names("#ttl", key::TTL)
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":bound", text(&bound.to_string()))
            .expression_attribute_values(":ends", text(&ends_at.to_string()))
            .expression_attribute_values(":ttl", number(ends_at.seconds()))
            .expression_attribute_values(":type", text(RateBody::TYPE))
            .expression_attribute_values(":v", number(i64::from(RateBody::SCHEMA)))
            .expression_attribute_values(":now", text(&now.to_string()))
            .expression_attribute_values(":write", text(&write_id))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        call.end(0.0, units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())));
        match answer {
            Ok(answer) => {
                let counted = read(answer.attributes)?.map(|(counter, _)| counter);
                Ok(Ok(counted.unwrap_or(Counter { count: 1, strikes: 0, ends_at })))
            }
            Err(SdkError::ServiceError(refused)) if refused.err().is_conditional_check_failed_exception() => {
                let UpdateItemError::ConditionalCheckFailedException(failed) = refused.into_err() else {
                    return Err(Error::Busy(None));
                };
                // An earlier attempt of this very call had landed.
                let own = failed.item.as_ref().and_then(item::write_id) == Some(write_id.as_str());
                match read(failed.item.clone())? {
                    Some((counter, _)) if own => Ok(Ok(counter)),
                    _ => Ok(Err(failed.item)),
                }
            }
            // Nothing stood in the way that lasts.
            Err(SdkError::ServiceError(met)) if met.err().is_transaction_conflict_exception() => Ok(Err(None)),
            Err(error) => Err(failure(error)),
        }
    }

    /// Puts a counter where `seen` was; gives what is there instead, if it is not.
    async fn put_counter(
        &self,
        key: &RateKey,
        counter: &Counter,
        seen: Option<Version>,
    ) -> Result<Option<Option<Item>>, Error> {
        let write_id = self.write_id();
        let mut head = Head::once(key.key(), self.world.now(), None, &write_id);
        head.version = seen.unwrap_or_default() + 1;
        head.ttl = Some(key.limit.forgotten_at(counter));
        let body = RateBody { count: counter.count, strikes: counter.strikes, ends_at: counter.ends_at };
        let (expression, values) = seen.map_or(Condition::NotExists, Condition::AtVersion).parts();
        let call = TableCall::start("PutItem");
        let answer = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item::encode(head, &body)?))
            .condition_expression(expression)
            .set_expression_attribute_values(values)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        call.end(0.0, units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())));
        match answer {
            Ok(_) => Ok(None),
            Err(SdkError::ServiceError(refused)) if refused.err().is_conditional_check_failed_exception() => {
                let PutItemError::ConditionalCheckFailedException(failed) = refused.into_err() else {
                    return Err(Error::Busy(None));
                };
                let own = failed.item.as_ref().and_then(item::write_id) == Some(write_id.as_str());
                Ok((!own).then_some(failed.item))
            }
            Err(error) => Err(failure(error)),
        }
    }
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn read(item: Option<Item>) -> Result<Option<(Counter, Version)>, Error> {
    item.map(item::to_counter).transpose()
}
