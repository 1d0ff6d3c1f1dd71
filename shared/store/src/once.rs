//! Writes that happen once: the record of an idempotency key, put in the transaction of the effect it stands for.

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use serde::{Deserialize, Serialize};
use sprintsync_domain::{Change, Timer, User, UserId};

use crate::call::Outcome;
use crate::item::{self, Head, Kind};
use crate::key::{self, Item, TTL};
use crate::{Error, Store};

/// Seconds that a key is remembered: a day.
const REMEMBERED_SECONDS: i64 = 86_400;
/// Seconds after which nobody works under a key that was taken: a request lasts 29 at most.
const CLAIMED_SECONDS: i64 = 30;

/// What a write did, for the answer that is kept with its key.
#[derive(Debug)]
pub enum Effect<'a> {
    /// A task changed.
    Task(&'a Change),
    /// A timer was started.
    Timer(&'a Timer),
    /// An account changed.
    Account(&'a User),
    /// Something else was done.
    Done,
}

/// A key under which a write happens once.
pub struct Once<'a> {
    /// Whose key it is.
    pub user: UserId,
    /// The key.
    pub key: String,
    /// What was asked under this key: a digest of the request.
    pub request: String,
    /// The answer to keep.
    pub answer: Box<dyn Fn(&Effect<'_>) -> String + Send + Sync + 'a>,
}

impl std::fmt::Debug for Once<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Once({})", self.key)
    }
}

/// What came of taking a key before the work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is taken: the work can begin.
    Taken,
    /// The work is done, or its time is not over yet.
    Before(Recorded),
}

/// What was kept with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What was asked under it.
    pub request: String,
    /// The answer; empty while the work is going on.
    pub answer: String,
    /// Whether it was done as an administrator, to a task of somebody else.
    pub as_admin: bool,
}

#[derive(Serialize, Deserialize)]
struct OnceBody {
    request: String,
    answer: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    as_admin: bool,
}

impl Kind for OnceBody {
    const TYPE: &'static str = "idempotency";
}

impl Store {
    /// What was kept with a person's key, if it was used in the last day.
    pub async fn recorded(&self, user: UserId, idempotency_key: &str) -> Result<Option<Recorded>, Error> {
        let item = self.get(key::once(user, idempotency_key)).await?;
        let item = item.filter(|item| !item::is_expired(item, self.world.now()));
        let body = item.map(item::decode::<OnceBody>).transpose()?.map(|decoded| decoded.body);
        Ok(body.map(|OnceBody { request, answer, as_admin }| Recorded { request, answer, as_admin }))
    }

    /// The record of a key, as an action of the transaction that has the effect.
    pub(crate) fn recording(
        &self,
        once: &Once<'_>,
        effect: &Effect<'_>,
        write_id: &str,
    ) -> Result<TransactWriteItem, Error> {
        let as_admin = matches!(effect, Effect::Task(change) if change.task.owner != once.user);
        let body = OnceBody { request: once.request.clone(), answer: (once.answer)(effect), as_admin };
        self.recording_of((once.user, &once.key), &body, REMEMBERED_SECONDS, write_id)
    }

    fn recording_of(
        &self,
        (user, idempotency_key): (UserId, &str),
        body: &OnceBody,
        seconds: i64,
        write_id: &str,
    ) -> Result<TransactWriteItem, Error> {
        let now = self.world.now();
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(self.record((user, idempotency_key), body, seconds, write_id)?))
            .condition_expression("attribute_not_exists(pk) OR #ttl <= :now")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":now", AttributeValue::N(now.seconds().to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn record(
        &self,
        (user, idempotency_key): (UserId, &str),
        body: &OnceBody,
        seconds: i64,
        write_id: &str,
    ) -> Result<Item, Error> {
        let now = self.world.now();
        let mut head = Head::once(key::once(user, idempotency_key), now, Some(user), write_id);
        head.ttl = Some(now.plus_seconds(seconds));
        item::encode(head, body)
    }

    /// Takes a key for work that cannot be one transaction with its record, such as a question to a model: whoever comes
    /// with it meanwhile learns that the work is going on. Who takes it ends with [`Store::keep_plan`] or
    /// [`Store::finish`], or lets go of it.
    pub async fn claim(&self, user: UserId, idempotency_key: &str, request: &str) -> Result<Claim, Error> {
        let write_id = self.write_id();
        let body = OnceBody { request: request.to_owned(), answer: String::new(), as_admin: false };
        let action = self.recording_of((user, idempotency_key), &body, CLAIMED_SECONDS, &write_id)?;
        match self.transact(&write_id, vec![action], self.budget()).await? {
            Outcome::Done => Ok(Claim::Taken),
            Outcome::Failed(failed) => {
                let item = failed.into_iter().flatten().flatten().next().ok_or(Error::Busy(None))?;
                let OnceBody { request, answer, as_admin } = item::decode::<OnceBody>(item)?.body;
                Ok(Claim::Before(Recorded { request, answer, as_admin }))
            }
        }
    }

    /// Keeps the answer with a key that was taken.
    pub async fn finish(&self, user: UserId, idempotency_key: &str, recorded: &Recorded) -> Result<(), Error> {
        let write_id = self.write_id();
        let action = self.finishing(user, idempotency_key, recorded, &write_id)?;
        self.transact(&write_id, vec![action], self.budget()).await.map(|_| ())
    }

    /// [`Store::finish`], as an action of a transaction.
    pub(crate) fn finishing(
        &self,
        user: UserId,
        idempotency_key: &str,
        recorded: &Recorded,
        write_id: &str,
    ) -> Result<TransactWriteItem, Error> {
        let Recorded { request, answer, as_admin } = recorded.clone();
        let body = OnceBody { request, answer, as_admin };
        self.put_over(self.record((user, idempotency_key), &body, REMEMBERED_SECONDS, write_id)?)
    }

    /// Lets go of a key that was taken: nothing was done under it.
    pub async fn let_go(&self, user: UserId, idempotency_key: &str) -> Result<(), Error> {
        let action = self.delete_any(key::once(user, idempotency_key))?;
        self.transact(&self.write_id(), vec![action], self.budget()).await.map(|_| ())
    }

    /// The record of a key, if there is one, as the first actions of its transaction.
    pub(crate) fn recorded_with(
        &self,
        once: Option<&Once<'_>>,
        effect: &Effect<'_>,
        write_id: &str,
    ) -> Result<Vec<TransactWriteItem>, Error> {
        once.map(|once| self.recording(once, effect, write_id)).into_iter().collect()
    }
}

/// Takes the record's reason, which is the first where there is a record, out of those of a transaction.
pub(crate) fn already_done(once: Option<&Once<'_>>, failed: &mut Vec<Option<Option<Item>>>) -> Result<(), Error> {
    if once.is_some() && !failed.is_empty() && failed.remove(0).is_some() {
        return Err(Error::AlreadyDone);
    }
    Ok(())
}
