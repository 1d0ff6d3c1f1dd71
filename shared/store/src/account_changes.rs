//! Changes of accounts, by their owners, by administrators and by operators: the account, its event, and how many
//! administrators are left, in one transaction.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use sprintsync_domain::{
    AccountEvent, Fields, PasswordHash, Profile, Session, Timestamp, User, UserId, Username, What,
};

use crate::call::{Condition, Outcome};
use crate::item::{self, Head, PasswordResetBody};
use crate::key::{self, Item};
use crate::once::{Effect, already_done};
use crate::{Error, Once, Store};

/// What an administrator wants of an account; what is `None` stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountEdit {
    /// Whether the person is to be an administrator.
    pub is_admin: Option<bool>,
    /// Whether the account is to be shut.
    pub disabled: Option<bool>,
}

/// What an event of ended sessions says of them where it was all of them.
pub const ALL_SESSIONS: &str = "all";

/// What becomes of an account, and the events that say so.
struct Changed {
    after: User,
    events: Vec<(What, Fields, Fields)>,
}

impl Changed {
    fn to(after: User, what: What) -> Self {
        Self { after, events: vec![(what, Fields::new(), Fields::new())] }
    }
}

/// What else is written with a change of an account.
#[derive(Default)]
struct Beside<'a> {
    /// The first session ends, and the other begins in the account's new epoch.
    renew: Option<(&'a Session, &'a Session)>,
    /// The record of an idempotency key.
    once: Option<&'a Once<'a>>,
    /// What must be so, and is done, besides.
    also: Option<TransactWriteItem>,
}

impl Store {
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
            if let Some(ends) = profile.workday_ends.filter(|ends| *ends != user.workday_ends) {
                from.insert("workday_ends".to_owned(), user.workday_ends.to_string().into());
                to.insert("workday_ends".to_owned(), ends.to_string().into());
                after.workday_ends = ends;
            }
            (!to.is_empty()).then_some(Changed { after, events: vec![(What::Edited, from, to)] })
        };
        self.change_user(seen.clone(), Some(seen.id), Beside::default(), act).await
    }

    /// Gives a person another password, and ends every session: the one in which it is done goes on as another, with a
    /// new id.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the session was ended meanwhile, also by another change of the password.
    pub async fn change_password(
        &self,
        seen: &User,
        password: &PasswordHash,
        renew: (&Session, &Session),
    ) -> Result<User, Error> {
        let act = |user: &User| {
            let after = User { epoch: user.epoch + 1, password: password.clone(), ..user.clone() };
            // What was verified was the password of that epoch.
            (user.epoch == seen.epoch).then(|| Changed::to(after, What::PasswordChanged))
        };
        let beside = Beside { renew: Some(renew), ..Beside::default() };
        let after = self.change_user(seen.clone(), Some(seen.id), beside, act).await?;
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
            (!user.is_admin).then(|| Changed::to(after, What::AdminGranted))
        };
        self.change_user(user, None, Beside::default(), act).await
    }

    /// Changes an account as the administrator `by` wants it. Shutting it ends its sessions.
    ///
    /// # Errors
    /// [`Error::LastAdmin`]; [`Error::NotFound`] where the person has left; [`Error::AlreadyDone`].
    pub async fn edit_account(
        &self,
        seen: User,
        edit: AccountEdit,
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<User, Error> {
        let act = |user: &User| {
            let (mut after, mut events) = (user.clone(), Vec::new());
            if let Some(is_admin) = edit.is_admin.filter(|is_admin| *is_admin != user.is_admin) {
                after.is_admin = is_admin;
                events.push(if is_admin { What::AdminGranted } else { What::AdminRevoked });
            }
            if let Some(disabled) = edit.disabled.filter(|disabled| *disabled != user.disabled) {
                after.disabled = disabled;
                after.epoch += u64::from(disabled);
                events.push(if disabled { What::Disabled } else { What::Enabled });
            }
            let events: Vec<_> = events.into_iter().map(|what| (what, Fields::new(), Fields::new())).collect();
            (!events.is_empty()).then_some(Changed { after, events })
        };
        self.change_user(seen, Some(by), Beside { once, ..Beside::default() }, act).await
    }

    /// Ends every session of a person as the administrator `by` wants it, and shuts nobody out. A one-time link for a
    /// new password that was made before is no longer valid.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the person has left; [`Error::AlreadyDone`].
    pub async fn end_sessions(&self, seen: User, by: UserId, once: Option<&Once<'_>>) -> Result<User, Error> {
        let act = |user: &User| {
            let after = User { epoch: user.epoch + 1, ..user.clone() };
            let all = Fields::from_iter([(ALL_SESSIONS.to_owned(), true.into())]);
            Some(Changed { after, events: vec![(What::SessionEnded, all, Fields::new())] })
        };
        self.change_user(seen, Some(by), Beside { once, ..Beside::default() }, act).await
    }

    /// Puts a one-time link for a new password, good until `until`, found by the digest of its code.
    ///
    /// # Errors
    /// [`Error::AlreadyDone`].
    pub async fn issue_password_reset(
        &self,
        user: &User,
        (digest, until): (&str, Timestamp),
        by: UserId,
        once: Option<&Once<'_>>,
    ) -> Result<(), Error> {
        let (now, write_id) = (self.world.now(), self.write_id());
        let mut head = Head::once(key::password_reset(digest), now, Some(by), &write_id);
        head.ttl = Some(until);
        let body = PasswordResetBody { user_id: user.id, epoch: user.epoch };
        let put = self.put(item::encode(head, &body)?, Condition::NotExists)?;
        let event = self.account_event(user, What::PasswordResetIssued, now, Fields::new(), Fields::new());
        self.act_once(vec![put], AccountEvent { by: Some(by), ..event }, &write_id, once).await
    }

    /// Whose a one-time link is, if it is good.
    pub async fn password_reset(&self, digest: &str) -> Result<Option<User>, Error> {
        let item = self.get(key::password_reset(digest)).await?;
        let Some(item) = item.filter(|item| !item::is_expired(item, self.world.now())) else { return Ok(None) };
        let PasswordResetBody { user_id, epoch } = item::decode::<PasswordResetBody>(item)?.body;
        Ok(self.user(user_id).await?.filter(|user| user.epoch == epoch))
    }

    /// Gives a person another password by a one-time link, and ends every session.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link is not good, or no longer.
    pub async fn reset_password(&self, seen: User, digest: &str, password: &PasswordHash) -> Result<User, Error> {
        let epoch = seen.epoch;
        let act = |user: &User| {
            let after = User { epoch: user.epoch + 1, password: password.clone(), ..user.clone() };
            (user.epoch == epoch).then(|| Changed::to(after, What::PasswordReset))
        };
        let used = self.delete_good(key::password_reset(digest))?;
        let by = Some(seen.id);
        let after = self.change_user(seen, by, Beside { also: Some(used), ..Beside::default() }, act).await?;
        if after.password == *password { Ok(after) } else { Err(Error::NotFound) }
    }

    /// Changes an account that was `seen`, with its events. A change that meets another is computed again on what is
    /// there then.
    async fn change_user(
        &self,
        mut seen: User,
        by: Option<UserId>,
        beside: Beside<'_>,
        act: impl Fn(&User) -> Option<Changed>,
    ) -> Result<User, Error> {
        let budget = self.budget();
        for attempt in 0.. {
            self.wait(attempt, budget, None).await?;
            let Some(Changed { after, events }) = act(&seen) else { return Ok(seen) };
            let now = self.world.now().max(seen.updated_at);
            let after = User { version: seen.version + 1, updated_at: now, ..after };
            let write_id = self.write_id();
            let mut actions = self.recorded_with(beside.once, &Effect::Account(&after), &write_id)?;
            actions.push(self.put(item::user(&after, by, &write_id)?, Condition::AtVersion(seen.version))?);
            for (what, from, to) in events {
                let event = AccountEvent { by, ..self.account_event(&seen, what, now, from, to) };
                actions.push(self.put(item::account_event(&event, &write_id)?, Condition::NotExists)?);
            }
            if let Some((old, new)) = beside.renew {
                // A session that was ended meanwhile stays ended.
                actions.push(self.delete(key::session(old.user_id, old.id), Condition::Exists)?);
                let new = Session { epoch: after.epoch, ..new.clone() };
                actions.push(self.put(item::session(&new, &write_id)?, Condition::NotExists)?);
            }
            actions.extend(beside.also.clone());
            actions.extend(self.legacy_count(Some(&seen.password), Some(&after.password), now)?);
            let admins = match (seen.counts_as_admin(), after.counts_as_admin()) {
                (false, true) => Some(self.one_more_admin(now)?),
                (true, false) => Some(self.one_admin_fewer(now)?),
                _ => None,
            };
            let counted = admins.is_some();
            actions.extend(admins);
            let mut failed = match self.transact(&write_id, actions, budget).await? {
                Outcome::Done => return Ok(after),
                Outcome::Failed(failed) => failed,
            };
            already_done(beside.once, &mut failed)?;
            seen = standing(failed, counted)?;
        }
        Err(Error::Busy(None))
    }

    /// The number of enabled administrators, raised by one.
    pub(crate) fn one_more_admin(&self, now: Timestamp) -> Result<TransactWriteItem, Error> {
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

    /// The number of enabled administrators, lowered by one, which must not be the last.
    pub(crate) fn one_admin_fewer(&self, now: Timestamp) -> Result<TransactWriteItem, Error> {
        let count = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key::admins().attributes()))
            .update_expression("SET enabled = enabled - :one, version = version + :one, updated_at = :now")
            .condition_expression("enabled > :one")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":now", key::text(&now.to_string()))
            .build()
            .map_err(Error::broken)?;
        Ok(TransactWriteItem::builder().update(count).build())
    }
}

/// The account that stood in the way of a change: the first action is its own, and the last the count of
/// administrators, where there is one.
fn standing(mut failed: Vec<Option<Option<Item>>>, counted: bool) -> Result<User, Error> {
    let last = if counted { failed.pop().flatten() } else { None };
    match failed.into_iter().next().flatten() {
        Some(Some(current)) => item::to_user(current),
        None if last.is_some() => Err(Error::LastAdmin),
        _ => Err(Error::NotFound),
    }
}
