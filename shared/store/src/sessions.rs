//! Sessions: begun, listed, renewed, ended.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, TransactWriteItem};
use sprintsync_domain::{AccountEvent, Fields, Session, SessionId, Timestamp, User, UserId, What};
use sprintsync_observe::TableCall;

use crate::call::{Condition, Outcome, Walk, failure, units};
use crate::item;
use crate::key::{self, Item};
use crate::{Error, Order, Page, Place, Store};

impl Store {
    /// Begins a session, and ends others in the same step: the one that the same browser had before, and the oldest
    /// where there would be too many. Where the account rose to another epoch meanwhile, the session is dead from its
    /// start.
    pub async fn open_session(&self, user: &User, session: &Session, ending: &[&Session]) -> Result<(), Error> {
        let write_id = self.write_id();
        let event = self.account_event(user, What::SignedIn, session.created_at, Fields::new(), Fields::new());
        let mut actions = vec![
            self.put(item::session(session, &write_id)?, Condition::NotExists)?,
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
        ];
        for ended in ending {
            actions.extend(self.ending(ended, session.created_at, &write_id)?);
        }
        self.transact(&write_id, actions, self.budget()).await.map(|_| ())
    }

    /// The end of a session that was alive a moment ago, with its event.
    pub(crate) fn ending(
        &self,
        session: &Session,
        now: Timestamp,
        write_id: &str,
    ) -> Result<[TransactWriteItem; 2], Error> {
        let event = AccountEvent {
            id: self.world.id(),
            user_id: session.user_id,
            at: now,
            by: Some(session.user_id),
            what: What::SessionEnded,
            from: of_session(session.id),
            to: Fields::new(),
            network: sprintsync_observe::network(),
        };
        Ok([
            self.delete_any(key::session(session.user_id, session.id))?,
            self.put(item::account_event(&event, write_id)?, Condition::NotExists)?,
        ])
    }

    /// Writes down that somebody who is signed in gave a wrong password, and ends the session in which they did, if it
    /// is to end.
    pub async fn password_failed(&self, user: &User, ending: Option<&Session>) -> Result<(), Error> {
        let (now, write_id) = (self.world.now(), self.write_id());
        let event = self.account_event(user, What::SignInFailed, now, Fields::new(), Fields::new());
        let mut actions = vec![self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?];
        if let Some(session) = ending {
            actions.extend(self.ending(session, now, &write_id)?);
        }
        self.transact(&write_id, actions, self.budget()).await.map(|_| ())
    }

    /// Notes that the person showed their password in this session just now.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the session was ended meanwhile.
    pub async fn authenticated(&self, session: &Session) -> Result<(), Error> {
        let now = key::text(&self.world.now().to_string());
        match self.update_session(session, "authenticated_at = :now", [(":now", now)].into()).await? {
            true => Ok(()),
            false => Err(Error::NotFound),
        }
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
        let end = key::text(&renewed.expires_at.to_string());
        let ttl = AttributeValue::N(renewed.expires_at.seconds().to_string());
        let values = [(":end", end), (":ttl", ttl), (":now", key::text(&self.world.now().to_string()))];
        self.update_session(renewed, "expires_at = :end, #ttl = :ttl, updated_at = :now", values.into()).await
    }

    /// Sets something of a session. Says whether it was still there.
    async fn update_session(
        &self,
        session: &Session,
        set: &str,
        values: std::collections::HashMap<&str, AttributeValue>,
    ) -> Result<bool, Error> {
        let call = TableCall::start("UpdateItem");
        let mut values: Item = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        values.insert(":one".to_owned(), AttributeValue::N("1".to_owned()));
        values.insert(":write".to_owned(), key::text(&self.write_id()));
        values.insert(":epoch".to_owned(), AttributeValue::N(session.epoch.to_string()));
        let names = set.contains("#ttl").then(|| [("#ttl".to_owned(), key::TTL.to_owned())].into());
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key::session(session.user_id, session.id).attributes()))
            .update_expression(format!("SET {set}, version = version + :one, write_id = :write"))
            .condition_expression("attribute_exists(pk) AND epoch = :epoch")
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(Some(values))
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
        let now = self.world.now();
        let event = self.account_event(user, What::SessionEnded, now, of_session(session), Fields::new());
        let actions = vec![
            self.delete(key::session(user.id, session), Condition::Alive(user.epoch, now))?,
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
        ];
        match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(()),
            Outcome::Failed(_) => Err(Error::NotFound),
        }
    }
}

fn of_session(id: SessionId) -> Fields {
    Fields::from_iter([("session_id".to_owned(), id.to_string().into())])
}
