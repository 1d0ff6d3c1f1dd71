//! People: accounts, their unique names, their sessions, and what is written down of them.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use sprintsync_domain::{
    AccountEvent, Actor, Fields, PasswordHash, Profile, Refused, Session, SessionId, Timestamp, User, UserId, Username,
    What,
};

use crate::call::{Condition, Outcome, Walk};
use crate::counters::Seen;
use crate::item::{self, Head, InviteBody, NameBody};
use crate::key::{self, Item};
use crate::{Error, RateKey, Store};

/// Sessions that are shown to a person at most.
const SESSIONS: usize = 200;
/// How often a sign-up is tried again when others sign up from the same source in that moment.
const SIGN_UP_TRIES: u32 = 16;

/// What a sign-in looks up before anything is decided.
#[derive(Debug)]
pub struct SignInLookup {
    /// Whose the name is.
    pub user_id: Option<UserId>,
    /// The counters, as they are, for [`Store::reserve`].
    pub counters: Vec<Seen>,
}

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

    /// Whose a name is, and the three counters of signing in with it, in one round trip. A text that cannot be a name is
    /// nobody's.
    pub async fn sign_in_lookup(&self, name: Option<&Username>, rates: [RateKey; 3]) -> Result<SignInLookup, Error> {
        let [pair, by_name, source] = &rates;
        let counters = [pair.key(), by_name.key(), source.key()];
        let (marker, counters) = match name {
            Some(name) => {
                let [pair, by_name, source] = counters;
                let [marker, counters @ ..] = self.get_all([key::name(name), pair, by_name, source]).await?;
                (marker, counters)
            }
            None => (None, self.get_all(counters).await?),
        };
        Ok(SignInLookup {
            user_id: to_user_id(marker)?,
            counters: rates.into_iter().zip(counters).map(|(key, item)| Seen { key, item }).collect(),
        })
    }

    /// Makes an account, with its first session if one is given, using up the invite if one is asked for, and counts
    /// the try in the same transaction. A try that fails is counted too.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::BadInvite`]; the inner [`Refused`] where there were too many tries.
    pub async fn create_user(
        &self,
        user: &User,
        session: Option<&Session>,
        invite: Option<&str>,
        mut rate: Seen,
    ) -> Result<Result<(), Refused>, Error> {
        for attempt in 0..SIGN_UP_TRIES {
            if attempt > 0 {
                self.pause(attempt).await;
            }
            let write_id = self.write_id();
            let counting = match self.counting(&rate, &write_id)? {
                Ok(counting) => counting,
                Err(refused) => return Ok(Err(refused)),
            };
            let marker = Head::once(key::name(&user.username), user.created_at, Some(user.id), &write_id);
            let event = self.account_event(user, What::SignedUp, user.created_at, Fields::new(), Fields::new());
            let mut actions = vec![
                counting,
                self.put(item::encode(marker, &NameBody { user_id: user.id })?, Condition::NotExists)?,
                self.put(item::user(user, &write_id)?, Condition::NotExists)?,
                self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
            ];
            if let Some(session) = session {
                actions.push(self.put(item::session(session, &write_id)?, Condition::NotExists)?);
            }
            if let Some(invite) = invite {
                actions.push(self.use_invite(invite, user.created_at)?);
            }
            let Outcome::Failed(failed) = self.transact(&write_id, actions).await? else { return Ok(Ok(())) };
            let mut failed = failed.into_iter();
            let (counted, name_taken) = (failed.next().flatten(), failed.next().flatten().is_some());
            if name_taken || failed.any(|reason| reason.is_some()) {
                let seen = counted.map_or(rate.item, |current| current);
                let refused = self.count(rate.key, seen).await?.err();
                let error = if name_taken { Error::NameTaken } else { Error::BadInvite };
                return refused.map_or(Err(error), |refused| Ok(Err(refused)));
            }
            rate.item = counted.flatten();
        }
        Err(Error::Busy(None))
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
        self.transact(&write_id, vec![put]).await.map(|_| ())
    }

    /// Begins a session. Where the account rose to another epoch meanwhile, the session is dead from its start.
    pub async fn open_session(&self, user: &User, session: &Session) -> Result<(), Error> {
        let write_id = self.write_id();
        let event = self.account_event(user, What::SignedIn, session.created_at, Fields::new(), Fields::new());
        let actions = vec![
            self.put(item::session(session, &write_id)?, Condition::NotExists)?,
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
        ];
        self.transact(&write_id, actions).await.map(|_| ())
    }

    /// Replaces the hash of an unchanged password by one with today's parameters. Where the account changes at the
    /// same moment the next sign-in does it.
    pub async fn rehash(&self, user: &User, password: PasswordHash) -> Result<(), Error> {
        let write_id = self.write_id();
        let user_after = User { password, version: user.version + 1, ..user.clone() };
        let put = self.put(item::user(&user_after, &write_id)?, Condition::AtVersion(user.version))?;
        self.transact(&write_id, vec![put]).await.map(|_| ())
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
        self.transact(&write_id, vec![put]).await.map(|_| ())
    }

    /// A person's sessions that have not expired, newest first.
    pub async fn sessions(&self, user: UserId) -> Result<Vec<Session>, Error> {
        let pk = key::user_partition(user);
        let walk =
            Walk { pk, prefix: key::SESSION.to_owned(), by_status: false, between: None, after: None, limit: SESSIONS };
        let (items, _) = self.walk(walk).await?;
        let now = self.world.now();
        items.into_iter().filter(|item| !item::is_expired(item, now)).map(item::to_session).collect()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the person has no such session.
    pub async fn end_session(&self, user: &User, session: SessionId) -> Result<(), Error> {
        let write_id = self.write_id();
        let from = Fields::from_iter([("session_id".to_owned(), session.to_string().into())]);
        let event = self.account_event(user, What::SessionEnded, self.world.now(), from, Fields::new());
        let actions = vec![
            self.delete(key::session(user.id, session), Condition::Exists)?,
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
        ];
        match self.transact(&write_id, actions).await? {
            Outcome::Done => Ok(()),
            Outcome::Failed(_) => Err(Error::NotFound),
        }
    }

    /// Changes what a person says of themselves.
    ///
    /// # Errors
    /// [`Error::Busy`] where the account changed at the same moment.
    pub async fn edit_profile(&self, user: &User, profile: &Profile) -> Result<User, Error> {
        let now = self.world.now();
        let mut after = User { version: user.version + 1, updated_at: now, ..user.clone() };
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
        if to.is_empty() {
            return Ok(user.clone());
        }
        let event = self.account_event(user, What::Edited, now, from, to);
        self.save_user(user, after, event, Vec::new()).await
    }

    /// Gives a person another password, and ends every session but `keep`.
    ///
    /// # Errors
    /// [`Error::Busy`] where the account changed at the same moment.
    pub async fn change_password(
        &self,
        user: &User,
        password: PasswordHash,
        keep: Option<&Session>,
    ) -> Result<User, Error> {
        let now = self.world.now();
        let after =
            User { version: user.version + 1, updated_at: now, epoch: user.epoch + 1, password, ..user.clone() };
        let event = self.account_event(user, What::PasswordChanged, now, Fields::new(), Fields::new());
        let kept = keep.map(|session| Session { epoch: after.epoch, ..session.clone() });
        self.save_user(user, after, event, kept.into_iter().collect()).await
    }

    async fn save_user(
        &self,
        seen: &User,
        after: User,
        event: AccountEvent,
        sessions: Vec<Session>,
    ) -> Result<User, Error> {
        let write_id = self.write_id();
        let mut actions = vec![
            self.put(item::user(&after, &write_id)?, Condition::AtVersion(seen.version))?,
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
        ];
        for session in sessions {
            // A session that was ended meanwhile stays ended.
            actions.push(self.put(item::session(&session, &write_id)?, Condition::Exists)?);
        }
        match self.transact(&write_id, actions).await? {
            Outcome::Done => Ok(after),
            Outcome::Failed(_) => Err(Error::Busy(None)),
        }
    }

    /// Makes a person an administrator: an operator's act. Nothing changes where they are one already.
    ///
    /// # Errors
    /// [`Error::NotFound`] where nobody has this name.
    pub async fn grant_admin(&self, name: &Username) -> Result<User, Error> {
        let id = self.user_id(name).await?.ok_or(Error::NotFound)?;
        let user = self.user(id).await?.ok_or(Error::NotFound)?;
        if user.is_admin {
            return Ok(user);
        }
        let now = self.world.now();
        let write_id = self.write_id();
        let after = User { is_admin: true, version: user.version + 1, updated_at: now, ..user.clone() };
        let mut event = self.account_event(&user, What::AdminGranted, now, Fields::new(), Fields::new());
        event.by = None;
        let mut actions = vec![
            self.put(item::user(&after, &write_id)?, Condition::AtVersion(user.version))?,
            self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?,
        ];
        if !user.disabled {
            let count = Update::builder()
                .table_name(&self.table)
                .set_key(Some(key::admins().attributes()))
                .update_expression("SET #type = :type, v = :one ADD enabled :one")
                .expression_attribute_names("#type", "type")
                .expression_attribute_values(":type", key::text("admins"))
                .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
                .build()
                .map_err(Error::broken)?;
            actions.push(TransactWriteItem::builder().update(count).build());
        }
        match self.transact(&write_id, actions).await? {
            Outcome::Done => Ok(after),
            Outcome::Failed(_) => Err(Error::Busy(None)),
        }
    }

    fn account_event(&self, user: &User, what: What, at: Timestamp, from: Fields, to: Fields) -> AccountEvent {
        let by: Option<Actor> = Some(user.actor());
        AccountEvent { id: self.world.id(), user_id: user.id, at, by, what, from, to }
    }
}

fn to_user_id(marker: Option<Item>) -> Result<Option<UserId>, Error> {
    Ok(marker.map(item::decode::<NameBody>).transpose()?.map(|marker| marker.body.user_id))
}
