//! People: accounts, their unique names, their sessions, and what is written down of them.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use sprintsync_domain::{
    AccountEvent, Fields, PasswordHash, Session, SessionId, Timestamp, User, UserId, Username, What,
};
use sprintsync_observe::TableCall;

use crate::call::{Condition, Outcome, Walk, failure, units};
use crate::item::{self, Head, NameBody};
use crate::key::{self, Item};
use crate::{Error, Order, Page, Place, Store};

impl Store {
    /// The person and the session of a token, if both exist. Whether the session is alive, [`Session::is_alive`] says.
    pub async fn caller(&self, user: UserId, session: SessionId) -> Result<Option<(User, Session)>, Error> {
        let [user, session] = self.get_all([key::profile(user), key::session(user, session)]).await?;
        Ok(match (user, session) {
            (Some(user), Some(session)) => Some((item::to_user(user)?, item::to_session(session)?)),
            _ => None,
        })
    }

    /// A person's account.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, Error> {
        self.get(key::profile(id)).await?.map(item::to_user).transpose()
    }

    /// Whose a name is, without regard to case.
    pub async fn user_id(&self, name: &Username) -> Result<Option<UserId>, Error> {
        to_user_id(self.get(key::name(name)).await?)
    }

    /// Makes an account, with its first session if one is given, using up the invite if one is asked for.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::BadInvite`].
    pub async fn create_user(&self, user: &User, session: Option<&Session>, invite: Option<&str>) -> Result<(), Error> {
        let write_id = self.write_id();
        let marker = Head::once(key::name(&user.username), user.created_at, Some(user.id), &write_id);
        let event = self.account_event(user, What::SignedUp, user.created_at, Fields::new(), Fields::new());
        let mut actions = vec![
            self.put(item::encode(marker, &NameBody { user_id: user.id })?, Condition::NotExists)?,
            self.put(item::user(user, Some(user.id), &write_id)?, Condition::NotExists)?,
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
        ];
        if let Some(session) = session {
            actions.push(self.put(item::session(session, &write_id)?, Condition::NotExists)?);
        }
        if let Some(invite) = invite {
            actions.push(self.delete_good(key::invite(invite))?);
        }
        match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(()),
            Outcome::Failed(failed) if failed.first().is_some_and(Option::is_some) => Err(Error::NameTaken),
            Outcome::Failed(_) => Err(Error::BadInvite),
        }
    }

    /// Begins a session. Where the account rose to another epoch meanwhile, the session is dead from its start.
    pub async fn open_session(&self, user: &User, session: &Session) -> Result<(), Error> {
        let write_id = self.write_id();
        let event = self.account_event(user, What::SignedIn, session.created_at, Fields::new(), Fields::new());
        let actions = vec![
            self.put(item::session(session, &write_id)?, Condition::NotExists)?,
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
        ];
        self.transact(&write_id, actions, self.budget()).await.map(|_| ())
    }

    /// Replaces the hash of an unchanged password by one with today's parameters. Where the account changes at the
    /// same moment the next sign-in does it.
    pub async fn rehash(&self, user: &User, password: PasswordHash) -> Result<(), Error> {
        let write_id = self.write_id();
        let after = User { password, version: user.version + 1, ..user.clone() };
        let mut actions =
            vec![self.put(item::user(&after, Some(user.id), &write_id)?, Condition::AtVersion(user.version))?];
        actions.extend(self.legacy_count(Some(&user.password), Some(&after.password), self.world.now())?);
        self.transact(&write_id, actions, self.budget()).await.map(|_| ())
    }

    /// Writes down that a sign-in with this person's name failed. For nobody it makes the same call, which writes
    /// nothing, so that a name that exists does not answer later than one that does not.
    pub async fn sign_in_failed(&self, user: Option<&User>) -> Result<(), Error> {
        let write_id = self.write_id();
        let event = AccountEvent {
            id: self.world.id(),
            user_id: user.map_or_else(|| self.world.id(), |user| user.id),
            at: self.world.now(),
            by: None,
            what: What::SignInFailed,
            from: Fields::new(),
            to: Fields::new(),
        };
        let condition = if user.is_some() { Condition::NotExists } else { Condition::Exists };
        let put = self.put(item::account_event(&event, &write_id)?, condition)?;
        self.transact(&write_id, vec![put], self.budget()).await.map(|_| ())
    }

    /// A page of a person's sessions, newest first. Those that have expired are left out, so a page may be short;
    /// whether one is alive, [`Session::is_alive`] says.
    pub async fn sessions(&self, user: UserId, place: &Place) -> Result<Page<Session>, Error> {
        let (pk, prefix) = (key::user_partition(user), key::SESSION.to_owned());
        let after = place.after.as_deref();
        let walk =
            Walk { pk, prefix, by_status: false, between: None, after, limit: place.limit, order: Order::Newest };
        let (items, next) = self.walk(walk).await?;
        let now = self.world.now();
        let alive = items.into_iter().filter(|item| !item::is_expired(item, now));
        Ok(Page { items: alive.map(item::to_session).collect::<Result<_, _>>()?, next })
    }

    /// Lets a session live until its new end. Says whether it was still there.
    pub async fn renew_session(&self, renewed: &Session) -> Result<bool, Error> {
        let now = self.world.now();
        let call = TableCall::start("UpdateItem");
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key::session(renewed.user_id, renewed.id).attributes()))
            .update_expression(
                "SET expires_at = :end, #ttl = :ttl, updated_at = :now, version = version + :one, write_id = :write",
            )
            .condition_expression("attribute_exists(pk) AND epoch = :epoch")
            .expression_attribute_names("#ttl", key::TTL)
            .expression_attribute_values(":end", key::text(&renewed.expires_at.to_string()))
            .expression_attribute_values(":ttl", AttributeValue::N(renewed.expires_at.seconds().to_string()))
            .expression_attribute_values(":now", key::text(&now.to_string()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":write", key::text(&self.write_id()))
            .expression_attribute_values(":epoch", AttributeValue::N(renewed.epoch.to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.end(0.0, units(answer.as_ref().ok().and_then(|answer| answer.consumed_capacity.as_ref())));
        match answer {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(refused)) if refused.err().is_conditional_check_failed_exception() => Ok(false),
            Err(error) => Err(failure(error)),
        }
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the person has no such session, or it is dead already.
    pub async fn end_session(&self, user: &User, session: SessionId) -> Result<(), Error> {
        let write_id = self.write_id();
        let from = Fields::from_iter([("session_id".to_owned(), session.to_string().into())]);
        let now = self.world.now();
        let event = self.account_event(user, What::SessionEnded, now, from, Fields::new());
        let actions = vec![
            self.delete(key::session(user.id, session), Condition::Alive(user.epoch, now))?,
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
        ];
        match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(()),
            Outcome::Failed(_) => Err(Error::NotFound),
        }
    }

    pub(crate) fn account_event(
        &self,
        user: &User,
        what: What,
        at: Timestamp,
        from: Fields,
        to: Fields,
    ) -> AccountEvent {
        AccountEvent { id: self.world.id(), user_id: user.id, at, by: Some(user.id), what, from, to }
    }
}

pub(crate) fn to_user_id(marker: Option<Item>) -> Result<Option<UserId>, Error> {
    Ok(marker.map(item::decode::<NameBody>).transpose()?.map(|marker| marker.body.user_id))
}
