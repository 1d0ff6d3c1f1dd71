//! People: accounts, their unique names, their sessions, and what is written down of them.

use sprintsync_domain::{
    AccountEvent, Fields, PasswordHash, Session, SessionId, Timestamp, User, UserId, Username, What,
};

use crate::call::{Condition, Outcome};
use crate::item::{self, Head, NameBody};
use crate::key::{self, Item};
use crate::{Error, Store};

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

    /// Makes an account, with its first session if one is given, using up the invite if one is asked for. Ends the
    /// session of whoever used the same browser before.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::BadInvite`].
    pub async fn create_user(
        &self,
        user: &User,
        session: Option<&Session>,
        invite: Option<&str>,
        before: Option<&Session>,
    ) -> Result<(), Error> {
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
        let mut invite_at = None;
        if let Some(invite) = invite {
            actions.push(self.delete_good(key::invite(invite))?);
            invite_at = Some(actions.len() - 1);
        }
        if let Some(before) = before {
            actions.extend(self.ending(before, user.created_at, &write_id)?);
        }
        match self.transact(&write_id, actions, self.budget()).await? {
            Outcome::Done => Ok(()),
            // Who has no invite does not learn whether a name is taken.
            Outcome::Failed(failed) => {
                let invite = invite_at.and_then(|at| failed.get(at));
                Err(if invite.is_some_and(Option::is_some) { Error::BadInvite } else { Error::NameTaken })
            }
        }
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
            network: sprintsync_observe::network(),
        };
        let condition = if user.is_some() { Condition::NotExists } else { Condition::Exists };
        let put = self.put(item::account_event(&event, &write_id)?, condition)?;
        self.transact(&write_id, vec![put], self.budget()).await.map(|_| ())
    }

    pub(crate) fn account_event(
        &self,
        user: &User,
        what: What,
        at: Timestamp,
        from: Fields,
        to: Fields,
    ) -> AccountEvent {
        let network = sprintsync_observe::network();
        AccountEvent { id: self.world.id(), user_id: user.id, at, by: Some(user.id), what, from, to, network }
    }
}

pub(crate) fn to_user_id(marker: Option<Item>) -> Result<Option<UserId>, Error> {
    Ok(marker.map(item::decode::<NameBody>).transpose()?.map(|marker| marker.body.user_id))
}
