//! Writes that happen once: the record of an idempotency key, put in the transaction of the effect it stands for.

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use serde::{Deserialize, Serialize};
use sprintsync_domain::{Change, Timer, UserId};

use crate::item::{self, Head, Kind};
use crate::key::{self, TTL};
use crate::{Error, Store};

/// Seconds that a key is remembered: a day.
const REMEMBERED_SECONDS: i64 = 86_400;

/// What a write did, for the answer that is kept with its key.
#[derive(Debug)]
pub enum Effect<'a> {
    /// A task changed.
    Task(&'a Change),
    /// A timer was started.
    Timer(&'a Timer),
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

/// What was kept with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What was asked under it.
    pub request: String,
    /// The answer.
    pub answer: String,
}

#[derive(Serialize, Deserialize)]
struct OnceBody {
    request: String,
    answer: String,
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
        Ok(body.map(|OnceBody { request, answer }| Recorded { request, answer }))
    }

    /// The record of a key, as an action of the transaction that has the effect.
    pub(crate) fn recording(
        &self,
        once: &Once<'_>,
        effect: &Effect<'_>,
        write_id: &str,
    ) -> Result<TransactWriteItem, Error> {
        let now = self.world.now();
        let mut head = Head::once(key::once(once.user, &once.key), now, Some(once.user), write_id);
        head.ttl = Some(now.plus_seconds(REMEMBERED_SECONDS));
        let body = OnceBody { request: once.request.clone(), answer: (once.answer)(effect) };
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item::encode(head, &body)?))
            .condition_expression("attribute_not_exists(pk) OR #ttl <= :now")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":now", AttributeValue::N(now.seconds().to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}
