//! How many hashes of the original's are left: what a sign-in costs depends on whether any is
//! (`docs/decisions/0021-imported-passwords.md`). The number changes in the very transaction that stores or replaces one.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};
use sprintsync_domain::{PasswordHash, Timestamp, UserId, Username};

use crate::counters::Seen;
use crate::item::{self, Kind};
use crate::key::{self, Item};
use crate::users::to_user_id;
use crate::{Error, RateKey, Store};

/// What a sign-in looks at before it counts.
#[derive(Debug)]
pub struct SignInLook {
    /// Whose the name is.
    pub user_id: Option<UserId>,
    /// The counter of the name and the source.
    pub rate: Seen,
    /// Whether a hash of the original's is left, whosever it is.
    pub legacy_left: bool,
}

#[derive(Serialize, Deserialize)]
struct LegacyBody {
    left: i64,
}

impl Kind for LegacyBody {
    const TYPE: &'static str = "legacy_hashes";
}

impl Store {
    /// Whose a name is, a counter, and whether a hash of the original's is left, in one round trip. A text that cannot
    /// be a name is nobody's.
    pub async fn sign_in_look(&self, name: Option<&Username>, rate: RateKey) -> Result<SignInLook, Error> {
        let (marker, item, left) = match name {
            Some(name) => self.get_all([key::name(name), rate.key(), key::legacy_hashes()]).await?.into(),
            None => {
                let [item, left] = self.get_all([rate.key(), key::legacy_hashes()]).await?;
                (None, item, left)
            }
        };
        let legacy_left = to_left(left)? > 0;
        Ok(SignInLook { user_id: to_user_id(marker)?, rate: Seen { key: rate, item }, legacy_left })
    }

    /// How many hashes of the original's are left.
    pub async fn legacy_hashes(&self) -> Result<i64, Error> {
        to_left(self.get(key::legacy_hashes()).await?)
    }

    /// The number of the original's hashes, as it is once one hash has taken the place of another; nothing where it
    /// stays.
    pub(crate) fn legacy_count(
        &self,
        before: Option<&PasswordHash>,
        after: Option<&PasswordHash>,
        now: Timestamp,
    ) -> Result<Option<TransactWriteItem>, Error> {
        let is_legacy = |hash: Option<&PasswordHash>| hash.is_some_and(PasswordHash::is_legacy);
        let more = match (is_legacy(before), is_legacy(after)) {
            (false, true) => "1",
            (true, false) => "-1",
            _ => return Ok(None),
        };
        let count = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key::legacy_hashes().attributes()))
            .update_expression(
                "SET #type = :type, v = :one, version = if_not_exists(version, :none) + :one, \
                 created_at = if_not_exists(created_at, :now), updated_at = :now ADD #left :more",
            )
            .expression_attribute_names("#type", "type")
            .expression_attribute_names("#left", "left")
            .expression_attribute_values(":type", key::text(LegacyBody::TYPE))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":none", AttributeValue::N("0".to_owned()))
            .expression_attribute_values(":more", AttributeValue::N(more.to_owned()))
            .expression_attribute_values(":now", key::text(&now.to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(Some(TransactWriteItem::builder().update(count).build()))
    }
}

fn to_left(item: Option<Item>) -> Result<i64, Error> {
    Ok(item.map(item::decode::<LegacyBody>).transpose()?.map_or(0, |count| count.body.left))
}
