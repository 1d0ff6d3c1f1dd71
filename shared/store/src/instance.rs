//! What administrators keep beside accounts: invites, and who may sign up.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem};
use sprintsync_domain::{AccountEvent, Fields, InviteId, SignUpMode, Timestamp, User, What};

use crate::call::{Condition, Outcome};
use crate::item::{self, Head, SettingsBody};
use crate::key::{self, Key, Shared};
use crate::once::{Effect, already_done};
use crate::{Error, Invite, Once, Store};

/// Where an invite lies.
#[derive(Debug, Clone)]
pub struct InvitePlace(Key);

impl Store {
    /// Puts an invite, found by the digest of its code, made by an administrator or, without one, an operator.
    ///
    /// # Errors
    /// [`Error::AlreadyDone`].
    pub async fn create_invite(
        &self,
        digest: &str,
        until: Timestamp,
        by: Option<&User>,
        once: Option<&Once<'_>>,
    ) -> Result<Invite, Error> {
        let (now, write_id) = (self.world.now(), self.write_id());
        let invite = Invite { id: self.world.id(), by: by.map(|user| user.id), created_at: now, expires_at: until };
        let put = self.put(item::invite(&invite, digest, &write_id)?, Condition::NotExists)?;
        match by {
            Some(user) => {
                let to = Fields::from_iter([("invite_id".to_owned(), invite.id.to_string().into())]);
                let event = self.account_event(user, What::Invited, now, Fields::new(), to);
                self.act_once(vec![put], event, &write_id, once).await?;
            }
            None => {
                self.transact(&write_id, vec![put], self.budget()).await?;
            }
        }
        Ok(invite)
    }

    /// Whether the code with this digest is an invite's that is good.
    pub async fn is_invite_good(&self, digest: &str) -> Result<bool, Error> {
        let item = self.get(key::invite(digest)).await?;
        Ok(item.is_some_and(|item| !item::is_expired(&item, self.world.now())))
    }

    /// Where an invite lies, if it is good.
    pub async fn invite_place(&self, id: InviteId) -> Result<Option<InvitePlace>, Error> {
        Ok(self.find_shared(key::shared(Shared::Invites, id)).await?.map(InvitePlace))
    }

    /// Takes an invite back.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such invite, or it was used; [`Error::AlreadyDone`].
    pub async fn revoke_invite(
        &self,
        id: InviteId,
        InvitePlace(place): InvitePlace,
        by: &User,
        once: Option<&Once<'_>>,
    ) -> Result<(), Error> {
        let from = Fields::from_iter([("invite_id".to_owned(), id.to_string().into())]);
        let (now, write_id) = (self.world.now(), self.write_id());
        let event = self.account_event(by, What::InviteRevoked, now, from, Fields::new());
        self.act_once(vec![self.delete_good(place)?], event, &write_id, once).await
    }

    /// Who may sign up, if an administrator said so.
    pub async fn sign_up_mode(&self) -> Result<Option<SignUpMode>, Error> {
        let item = self.get(key::settings()).await?;
        Ok(item.map(item::decode::<SettingsBody>).transpose()?.map(|settings| settings.body.sign_up_mode))
    }

    /// Sets who may sign up.
    ///
    /// # Errors
    /// [`Error::AlreadyDone`].
    pub async fn set_sign_up_mode(
        &self,
        (from, to): (SignUpMode, SignUpMode),
        by: &User,
        once: Option<&Once<'_>>,
    ) -> Result<(), Error> {
        let (now, write_id) = (self.world.now(), self.write_id());
        let head = Head::once(key::settings(), now, Some(by.id), &write_id);
        let put = self.put_over(item::encode(head, &SettingsBody { sign_up_mode: to })?)?;
        let mode = |mode: SignUpMode| Fields::from_iter([("mode".to_owned(), mode.as_str().into())]);
        let event = self.account_event(by, What::SignUpModeSet, now, mode(from), mode(to));
        self.act_once(vec![put], event, &write_id, once).await
    }

    /// What an administrator does beside accounts, with its event.
    pub(crate) async fn act_once(
        &self,
        act: Vec<TransactWriteItem>,
        event: AccountEvent,
        write_id: &str,
        once: Option<&Once<'_>>,
    ) -> Result<(), Error> {
        let mut actions = self.recorded_with(once, &Effect::Done, write_id)?;
        actions.extend(act);
        actions.push(self.put(item::account_event(&event, write_id)?, Condition::NotExists)?);
        match self.transact(write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(()),
            Outcome::Failed(mut failed) => {
                already_done(once, &mut failed)?;
                Err(Error::NotFound)
            }
        }
    }

    /// Deletes an item that must be there and not have expired.
    pub(crate) fn delete_good(&self, key: Key) -> Result<TransactWriteItem, Error> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression("attribute_exists(pk) AND #ttl > :now")
            .expression_attribute_names("#ttl", key::TTL)
            .expression_attribute_values(":now", AttributeValue::N(self.world.now().seconds().to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}
