//! How people lie in the table: accounts, names, invites, sessions, and what is counted of them.

use serde::{Deserialize, Serialize};
use sprintsync_domain::{
    Counter, InviteId, PasswordHash, Session, SignUpMode, TimeZone, Timestamp, User, UserId, Username, Version,
    Workday, WorkdayEnd,
};

use super::{By, Decoded, Head, Kind, decode, encode};
use crate::key::{self, Item, Shared};
use crate::{Error, Invite};

#[derive(Serialize, Deserialize)]
pub(crate) struct UserBody {
    username: Username,
    is_admin: bool,
    disabled: bool,
    time_zone: TimeZone,
    workday_minutes: Workday,
    /// Accounts that were written before it have the default.
    #[serde(default)]
    workday_ends: WorkdayEnd,
    epoch: u64,
    password: PasswordHash,
}

impl Kind for UserBody {
    const TYPE: &'static str = "user";
}

pub(crate) fn user(user: &User, by: Option<UserId>, write_id: &str) -> Result<Item, Error> {
    let head = Head {
        key: key::profile(user.id),
        lsi1sk: None,
        shared: Some(key::shared(Shared::Users, user.id)),
        ttl: None,
        version: user.version,
        created_at: user.created_at,
        updated_at: user.updated_at,
        updated_by: by,
        write_id,
    };
    let body = UserBody {
        username: user.username.clone(),
        is_admin: user.is_admin,
        disabled: user.disabled,
        time_zone: user.time_zone.clone(),
        workday_minutes: user.workday_minutes,
        workday_ends: user.workday_ends,
        epoch: user.epoch,
        password: user.password.clone(),
    };
    encode(head, &body)
}

pub(crate) fn to_user(item: Item) -> Result<User, Error> {
    let Decoded { key, version, created_at, updated_at, body } = decode::<UserBody>(item)?;
    Ok(User {
        id: key::last_part(&key.pk)?,
        username: body.username,
        is_admin: body.is_admin,
        disabled: body.disabled,
        time_zone: body.time_zone,
        workday_minutes: body.workday_minutes,
        workday_ends: body.workday_ends,
        created_at,
        updated_at,
        version,
        epoch: body.epoch,
        password: body.password,
    })
}

#[derive(Serialize, Deserialize)]
pub(crate) struct NameBody {
    pub(crate) user_id: UserId,
}

impl Kind for NameBody {
    const TYPE: &'static str = "name";
}

#[derive(Serialize, Deserialize)]
struct InviteBody {
    id: InviteId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<By>,
}

impl Kind for InviteBody {
    const TYPE: &'static str = "invite";
}

/// An invite whose code has this digest.
pub(crate) fn invite(invite: &Invite, digest: &str, write_id: &str) -> Result<Item, Error> {
    let mut head = Head::once(key::invite(digest), invite.created_at, invite.by, write_id);
    head.ttl = Some(invite.expires_at);
    head.shared = Some(key::shared(Shared::Invites, invite.id));
    encode(head, &InviteBody { id: invite.id, by: invite.by.map(|id| By { id }) })
}

/// What `type` says of an invite.
pub(crate) const INVITE: &str = InviteBody::TYPE;

#[derive(Deserialize, Serialize)]
struct AnyInvite {}

impl Kind for AnyInvite {
    const TYPE: &'static str = InviteBody::TYPE;
}

/// When an invite was made, and until when it is good, also of one that was stored before invites had ids.
pub(crate) fn invite_times(item: Item) -> Result<(Timestamp, Timestamp), Error> {
    let expires_at = super::expires_at(&item).ok_or(Error::Corrupt("an invite without an end"))?;
    Ok((decode::<AnyInvite>(item)?.created_at, expires_at))
}

pub(crate) fn to_invite(item: Item) -> Result<Invite, Error> {
    let expires_at = super::expires_at(&item).ok_or(Error::Corrupt("an invite without an end"))?;
    let Decoded { created_at, body, .. } = decode::<InviteBody>(item)?;
    Ok(Invite { id: body.id, by: body.by.map(|by| by.id), created_at, expires_at })
}

/// A one-time link for a new password. It is good for the account as it was: every other way to a new password ends it.
#[derive(Serialize, Deserialize)]
pub(crate) struct PasswordResetBody {
    pub(crate) user_id: UserId,
    pub(crate) epoch: u64,
}

impl Kind for PasswordResetBody {
    const TYPE: &'static str = "password_reset";
}

/// What an administrator set for the whole instance.
#[derive(Serialize, Deserialize)]
pub(crate) struct SettingsBody {
    pub(crate) sign_up_mode: SignUpMode,
}

impl Kind for SettingsBody {
    const TYPE: &'static str = "settings";
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SessionBody {
    epoch: u64,
    expires_at: Timestamp,
    /// Of a session that began before it was kept, its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authenticated_at: Option<Timestamp>,
    #[serde(default)]
    in_browser: bool,
    client: String,
}

impl Kind for SessionBody {
    const TYPE: &'static str = "session";
}

pub(crate) fn session(session: &Session, write_id: &str) -> Result<Item, Error> {
    let key = key::session(session.user_id, session.id);
    let mut head = Head::once(key, session.created_at, Some(session.user_id), write_id);
    head.ttl = Some(session.expires_at);
    let body = SessionBody {
        epoch: session.epoch,
        expires_at: session.expires_at,
        authenticated_at: Some(session.authenticated_at),
        in_browser: session.in_browser,
        client: session.client.clone(),
    };
    encode(head, &body)
}

pub(crate) fn to_session(item: Item) -> Result<Session, Error> {
    let Decoded { key, created_at, body, .. } = decode::<SessionBody>(item)?;
    Ok(Session {
        id: key::last_part(&key.sk)?,
        user_id: key::last_part(&key.pk)?,
        epoch: body.epoch,
        created_at,
        authenticated_at: body.authenticated_at.unwrap_or(created_at),
        expires_at: body.expires_at,
        in_browser: body.in_browser,
        client: body.client,
    })
}

/// The mark that a person has left, and that something of theirs is still to be erased. It says when they left by when
/// it was made.
#[derive(Serialize, Deserialize)]
pub(crate) struct ErasureBody {}

impl Kind for ErasureBody {
    const TYPE: &'static str = "erasure";
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RateBody {
    pub(crate) count: u32,
    pub(crate) strikes: u32,
    pub(crate) ends_at: Timestamp,
}

impl Kind for RateBody {
    const TYPE: &'static str = "rate";
}

pub(crate) fn to_counter(item: Item) -> Result<(Counter, Version), Error> {
    let Decoded { version, body, .. } = decode::<RateBody>(item)?;
    Ok((Counter { count: body.count, strikes: body.strikes, ends_at: body.ends_at }, version))
}
