//! People: accounts, their unique names, their sessions, and what is written down of them.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, TransactWriteItem, Update};
use sprintsync_domain::{
    AccountEvent, Fields, PasswordHash, Profile, Session, SessionId, Timestamp, User, UserId, Username, What,
};
use sprintsync_observe::TableCall;

use crate::call::{Condition, Outcome, Walk, failure, units};
use crate::counters::Seen;
use crate::item::{self, Head, InviteBody, NameBody};
use crate::key::{self, Item};
use crate::{Error, Order, Page, Place, RateKey, Store};

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

    /// Whose a name is, and a counter, in one round trip. A text that cannot be a name is nobody's.
    pub async fn user_id_and_rate(
        &self,
        name: Option<&Username>,
        rate: RateKey,
    ) -> Result<(Option<UserId>, Seen), Error> {
        let (marker, item) = match name {
            Some(name) => self.get_all([key::name(name), rate.key()]).await?.into(),
            None => (None, self.get(rate.key()).await?),
        };
        Ok((to_user_id(marker)?, Seen { key: rate, item }))
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
            actions.push(self.use_invite(invite, user.created_at)?);
        }
        match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(()),
            Outcome::Failed(failed) if failed.first().is_some_and(Option::is_some) => Err(Error::NameTaken),
            Outcome::Failed(_) => Err(Error::BadInvite),
        }
    }

    fn use_invite(&self, digest: &str, now: Timestamp) -> Result<TransactWriteItem, Error> {
        let delete = aws_sdk_dynamodb::types::Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key::invite(digest).attributes()))
            .condition_expression("attribute_exists(pk) AND #ttl > :now")
            .expression_attribute_names("#ttl", key::TTL)
            .expression_attribute_values(":now", AttributeValue::N(now.seconds().to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Puts an invite that is good until `until`, found by the digest of its code.
    pub async fn create_invite(&self, digest: &str, until: Timestamp) -> Result<(), Error> {
        let write_id = self.write_id();
        let mut head = Head::once(key::invite(digest), self.world.now(), None, &write_id);
        head.ttl = Some(until);
        let put = self.put(item::encode(head, &InviteBody {})?, Condition::NotExists)?;
        self.transact(&write_id, vec![put], self.budget()).await.map(|_| ())
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
        let put = self.put(item::user(&after, Some(user.id), &write_id)?, Condition::AtVersion(user.version))?;
        self.transact(&write_id, vec![put], self.budget()).await.map(|_| ())
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
        let call = TableCall::start();
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

    /// Changes what a person says of themselves.
    pub async fn edit_profile(&self, seen: &User, profile: &Profile) -> Result<User, Error> {
        let act = |user: &User| {
            let mut after = user.clone();
            let (mut from, mut to) = (Fields::new(), Fields::new());
            if let Some(zone) = profile.time_zone.as_ref().filter(|zone| **zone != user.time_zone) {
                from.insert("time_zone".to_owned(), user.time_zone.name().into());
                to.insert("time_zone".to_owned(), zone.name().into());
                after.time_zone = zone.clone();
            }
            if let Some(minutes) = profile.workday_minutes.filter(|minutes| *minutes != user.workday_minutes) {
                from.insert("workday_minutes".to_owned(), user.workday_minutes.get().into());
                to.insert("workday_minutes".to_owned(), minutes.get().into());
                after.workday_minutes = minutes;
            }
            (!to.is_empty()).then_some((after, What::Edited, from, to))
        };
        self.change_user(seen.clone(), (Some(seen.id), None), act).await
    }

    /// Gives a person another password, and ends every session but `keep`.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the session was ended meanwhile, also by another change of the password.
    pub async fn change_password(&self, seen: &User, password: &PasswordHash, keep: &Session) -> Result<User, Error> {
        let act = |user: &User| {
            let after = User { epoch: user.epoch + 1, password: password.clone(), ..user.clone() };
            // What was verified was the password of that epoch.
            (user.epoch == seen.epoch).then(|| (after, What::PasswordChanged, Fields::new(), Fields::new()))
        };
        let after = self.change_user(seen.clone(), (Some(seen.id), Some(keep)), act).await?;
        if after.password == *password { Ok(after) } else { Err(Error::NotFound) }
    }

    /// Makes a person an administrator: an operator's act. Nothing changes where they are one already.
    ///
    /// # Errors
    /// [`Error::NotFound`] where nobody has this name.
    pub async fn grant_admin(&self, name: &Username) -> Result<User, Error> {
        let id = self.user_id(name).await?.ok_or(Error::NotFound)?;
        let user = self.user(id).await?.ok_or(Error::NotFound)?;
        let act = |user: &User| {
            let after = User { is_admin: true, ..user.clone() };
            (!user.is_admin).then_some((after, What::AdminGranted, Fields::new(), Fields::new()))
        };
        self.change_user(user, (None, None), act).await
    }

    /// Changes an account that was `seen`, with its event, and the session that goes on in the new epoch. A change
    /// that meets another is computed again on what is there then.
    async fn change_user(
        &self,
        mut seen: User,
        (by, keep): (Option<UserId>, Option<&Session>),
        act: impl Fn(&User) -> Option<(User, What, Fields, Fields)>,
    ) -> Result<User, Error> {
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            let Some((after, what, from, to)) = act(&seen) else { return Ok(seen) };
            let now = self.world.now().max(seen.updated_at);
            let after = User { version: seen.version + 1, updated_at: now, ..after };
            let write_id = self.write_id();
            let event = AccountEvent { by, ..self.account_event(&seen, what, now, from, to) };
            let mut actions = vec![
                self.put(item::user(&after, by, &write_id)?, Condition::AtVersion(seen.version))?,
                self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
            ];
            if let Some(keep) = keep {
                // A session that was ended meanwhile stays ended.
                actions.push(self.keep_session(keep, after.epoch, now, &write_id)?);
            }
            if after.counts_as_admin() && !seen.counts_as_admin() {
                actions.push(self.one_more_admin(now)?);
            }
            match self.transact(&write_id, actions, budget).await? {
                Outcome::Done => return Ok(after),
                Outcome::Failed(failed) => match failed.into_iter().next().flatten() {
                    Some(Some(current)) => seen = item::to_user(current)?,
                    _ => return Err(Error::NotFound),
                },
            }
        }
        Err(Error::Busy(None))
    }

    /// A session as it is by now, in another epoch.
    fn keep_session(
        &self,
        keep: &Session,
        epoch: u64,
        now: Timestamp,
        write_id: &str,
    ) -> Result<TransactWriteItem, Error> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key::session(keep.user_id, keep.id).attributes()))
            .update_expression("SET epoch = :epoch, updated_at = :now, version = version + :one, write_id = :write")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":epoch", AttributeValue::N(epoch.to_string()))
            .expression_attribute_values(":now", key::text(&now.to_string()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":write", key::text(write_id))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// The number of enabled administrators, raised by one.
    fn one_more_admin(&self, now: Timestamp) -> Result<TransactWriteItem, Error> {
        let count = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key::admins().attributes()))
            .update_expression(
                "SET #type = :type, v = :one, version = if_not_exists(version, :none) + :one, \
                 created_at = if_not_exists(created_at, :now), updated_at = :now ADD enabled :one",
            )
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":type", key::text("admins"))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":none", AttributeValue::N("0".to_owned()))
            .expression_attribute_values(":now", key::text(&now.to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().update(count).build())
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

fn to_user_id(marker: Option<Item>) -> Result<Option<UserId>, Error> {
    Ok(marker.map(item::decode::<NameBody>).transpose()?.map(|marker| marker.body.user_id))
}
