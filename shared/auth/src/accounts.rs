//! What people do with their accounts: sign up, sign in, sign out, change the password.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sprintsync_domain::{
    Invalid, Limits, PasswordHash, Refused, SESSION_SECONDS, Session, SignUpMode, TimeZone, User, UserId, Username,
    Workday, WorkdayEnd, World,
};
use sprintsync_observe::{Metric, branch};
use sprintsync_store::{Added, Heard, RateKey, RateKind, Seen, Store};

use crate::code::Code;
use crate::guess::Known;
use crate::keys::{Key, KeyRing};
use crate::password::{self, Candidate, Password, Verdict};
use crate::sign_in::SigningIn;
use crate::{Source, Token, token};

/// Why someone is not let in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not the name and password of anybody who may sign in.
    #[error("wrong name or password")]
    BadCredentials,
    /// The password given to confirm is not the person's.
    #[error("wrong current password")]
    WrongPassword,
    /// The password given to confirm is not the person's, and it was one try too many: the session has ended.
    #[error("too many wrong current passwords: the session has ended")]
    SessionEnded,
    /// Too many tries.
    #[error("too many tries")]
    TooMany {
        /// Seconds until the next one is heard.
        retry_after: i64,
    },
    /// The one-time link is not good: it was used, has expired, or the password changed since.
    #[error("the link is not good")]
    BadReset,
    /// No live session belongs to the token.
    #[error("not signed in")]
    NotSignedIn,
    /// The instance takes no new accounts.
    #[error("sign-up is closed")]
    SignUpClosed,
    /// The password that somebody wants is guessed early.
    #[error("the password {0}")]
    GuessedEarly(Invalid),
    /// The instance takes new accounts by invite, and none was given.
    #[error("sign-up needs an invite")]
    InviteNeeded,
    /// The table.
    #[error(transparent)]
    Store(#[from] sprintsync_store::Error),
    /// A hash or a token could not be made.
    #[error("the cryptography failed")]
    Crypto(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What someone states to make an account.
#[derive(Debug)]
pub struct SignUp {
    /// The name to sign in with.
    pub username: Username,
    /// The password that is wanted.
    pub password: Candidate,
    /// Where the person's days begin and end.
    pub time_zone: TimeZone,
    /// The code of an invite.
    pub invite: Option<String>,
}

/// Who keeps the token of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// A browser, in its cookie.
    Browser,
    /// A program, which shows it in the header.
    Program,
}

/// A fresh session, with its token.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The token to show from now on.
    pub token: String,
    /// The mark that the browser shows when somebody signs in the next time; a program, and a session that goes on, have
    /// none.
    pub device: Option<String>,
}

/// The accounts of the instance.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub(crate) store: Store,
    pub(crate) ring: KeyRing,
    pub(crate) world: World,
    pub(crate) limits: Limits,
    mode: SignUpMode,
}

impl Accounts {
    /// The accounts in this store, under these limits.
    pub fn new(store: Store, ring: KeyRing, world: World, limits: Limits, mode: SignUpMode) -> Self {
        Self { store, ring, world, limits, mode }
    }

    /// Who may make an account: as an administrator said, or else as the instance was deployed.
    pub async fn sign_up_mode(&self) -> Result<SignUpMode, Error> {
        Ok(self.store.sign_up_mode().await?.unwrap_or(self.mode))
    }

    /// Makes an account, asked for from a source that sees the instance at this origin. Begins no session.
    pub async fn sign_up(&self, asked: SignUp, source: &Source, origin: &str) -> Result<User, Error> {
        self.create(asked, (source, origin), None, |_| None).await.map(|(user, _)| user)
    }

    /// Makes an account, and begins its first session.
    pub async fn sign_up_and_in(&self, asked: SignUp, from: SigningIn<'_>) -> Result<SignedIn, Error> {
        let begin = |user: &User| Some(self.new_session(user, from.source, from.keeper));
        let (user, session) = self.create(asked, (from.source, from.origin), from.over, begin).await?;
        let session = session.ok_or(Error::NotSignedIn)?;
        let token = self.token(&session).await?;
        let device = self.device_mark(&user, from.keeper).await;
        Ok(SignedIn { session, token, device })
    }

    /// Judges and hashes the password only for people the instance takes, and only after the source was counted. Whether the
    /// name is taken is told last.
    async fn create(
        &self,
        asked: SignUp,
        (source, origin): (&Source, &str),
        over: Option<Token>,
        session: impl FnOnce(&User) -> Option<Session>,
    ) -> Result<(User, Option<Session>), Error> {
        let subject = subject(&self.ring.keys().await.current, &["sign-up", &source.network]);
        let rate = RateKey::new(RateKind::SignUpSource, self.limits.sign_up_source, &subject);
        let counting = async { Ok::<_, Error>(self.store.add(&rate).await?) };
        let (invite, counted, before) =
            tokio::join!(branch(self.admitted(asked.invite)), branch(counting), branch(self.session_before(over)));
        let invite = invite?;
        counted?.map_err(too_many)?;
        let before = before?;
        let known = Known { username: asked.username.as_str(), origin };
        let password = asked.password.judged(known).map_err(Error::GuessedEarly)?;
        let now = self.world.now();
        let user = User {
            id: self.world.id(),
            username: asked.username,
            is_admin: false,
            disabled: false,
            time_zone: asked.time_zone,
            workday_minutes: Workday::default(),
            workday_ends: WorkdayEnd::default(),
            created_at: now,
            updated_at: now,
            version: 1,
            epoch: 0,
            password: hash(&password)?,
        };
        let session = session(&user);
        self.store.create_user(&user, session.as_ref(), invite.as_deref(), before.as_ref()).await?;
        Ok((user, session))
    }

    /// The digest of the invite that a sign-up uses up; nothing, where the instance asks for none.
    async fn admitted(&self, code: Option<String>) -> Result<Option<String>, Error> {
        let digest = code.map(|code| Code::from(code).digest());
        let looking = async {
            match &digest {
                Some(digest) => Ok(self.store.is_invite_good(digest).await?),
                None => Ok(false),
            }
        };
        let (mode, is_good) = tokio::try_join!(branch(self.sign_up_mode()), branch(looking))?;
        match (mode, digest) {
            (SignUpMode::Open, _) => Ok(None),
            (SignUpMode::Invite, Some(digest)) if is_good => Ok(Some(digest)),
            (SignUpMode::Invite, Some(_)) => Err(sprintsync_store::Error::BadInvite.into()),
            (SignUpMode::Invite, None) => Err(Error::InviteNeeded),
            (SignUpMode::Closed, _) => Err(Error::SignUpClosed),
        }
    }

    pub(crate) async fn token(&self, session: &Session) -> Result<String, Error> {
        let keys = self.ring.keys().await;
        token::sign(session, self.world.now(), &keys.current).map_err(|error| Error::Crypto(Box::new(error)))
    }

    /// What a token says, if it is good. Costs no call of the table.
    pub async fn verify(&self, token: &str) -> Option<Token> {
        token::verify(token, &self.ring, self.world.now()).await
    }

    /// The person and the live session behind a good token.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`].
    pub async fn caller(&self, token: Token) -> Result<(User, Session), Error> {
        let found = self.store.caller(token.user_id, token.session_id).await?;
        let found = match found {
            // Both are read at once but not as one: a new password may have come between, and let this session live.
            Some((user, session)) if user.epoch != session.epoch => {
                self.store.caller(token.user_id, token.session_id).await?
            }
            found => found,
        };
        found.filter(|(user, session)| session.is_alive(user, self.world.now())).ok_or(Error::NotSignedIn)
    }

    /// A new token for a session that a browser uses, if it is time for one. The session then lives as long as the token.
    ///
    /// # Errors
    /// The table; or the token cannot be made.
    pub async fn renew(&self, token: &Token, session: &Session) -> Result<Option<SignedIn>, Error> {
        let Some(expires_at) = session.renewal(token.expires_at, self.world.now()) else { return Ok(None) };
        let renewed = Session { expires_at, ..session.clone() };
        if expires_at > session.expires_at && !self.store.renew_session(&renewed).await? {
            return Ok(None);
        }
        let token = self.token(&renewed).await?;
        Ok(Some(SignedIn { session: renewed, token, device: None }))
    }

    /// The counter of wrong current passwords of one person, to be looked at before [`Accounts::change_password`].
    pub async fn password_rate(&self, user: UserId) -> RateKey {
        let subject = subject(&self.ring.keys().await.current, &["password", &user.to_string()]);
        RateKey::new(RateKind::Password, self.limits.sign_in_pair, &subject)
    }

    /// Counts a suggestion to a person, and says whether a model may word it: of ten times as many as it may, those that
    /// come after are made without one.
    ///
    /// # Errors
    /// [`Error::TooMany`] beyond that.
    pub async fn count_suggestion(&self, user: UserId) -> Result<Suggested, Error> {
        let subject = subject(&self.ring.keys().await.current, &["suggestion", &user.to_string()]);
        let key = RateKey::new(RateKind::Suggestion, self.limits.model.tenfold(), &subject);
        let added = self.store.add(&key).await?.map_err(too_many)?;
        Ok(Suggested { by_model: added.count <= self.limits.model.tries, added })
    }

    /// Forgets a suggestion that was counted and not made.
    pub async fn give_suggestion_back(&self, suggested: &Suggested) {
        self.give_back(None, &[&suggested.added]).await;
    }

    /// Gives a person another password, and ends every session; this one goes on as another, with a token of its own
    /// (OWASP ASVS 5.0, 7.2.4).
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; it is limited like failed sign-ins, so a stolen session does not find the password
    /// out, and ends with [`Error::SessionEnded`]. [`Error::NotSignedIn`] where the session was ended meanwhile.
    pub async fn change_password(
        &self,
        (user, session): (&User, &Session),
        (rate, seen): (RateKey, Seen),
        current: &str,
        new: &Password,
    ) -> Result<SignedIn, Error> {
        self.confirm((user, session), seen, current).await?;
        let hash = hash(new)?;
        let now = self.world.now();
        let renewed = Session {
            id: self.world.id(),
            epoch: user.epoch + 1,
            created_at: now,
            authenticated_at: now,
            expires_at: now.plus_seconds(SESSION_SECONDS),
            ..session.clone()
        };
        let token = self.token(&renewed).await?;
        let changing = self.store.change_password(user, &hash, (session, &renewed));
        let (changed, ()) = tokio::join!(changing, self.give_back(Some(&rate), &[]));
        match changed {
            Ok(_) => Ok(SignedIn { session: renewed, token, device: None }),
            Err(sprintsync_store::Error::NotFound) => Err(Error::NotSignedIn),
            Err(error) => Err(error.into()),
        }
    }

    /// Looks at the password of somebody who is signed in, for what is done only right after it was shown. That it was,
    /// [`Accounts::password_shown`] notes.
    ///
    /// # Errors
    /// As [`Accounts::change_password`].
    pub async fn check_password(&self, who: (&User, &Session), seen: Seen, password: &str) -> Result<(), Error> {
        self.confirm(who, seen, password).await
    }

    /// Notes that the password was shown in a session. Where that fails, it is asked for again the next time.
    pub async fn password_shown(&self, session: &Session, rate: &RateKey) {
        let (noted, ()) = tokio::join!(self.store.authenticated(session), self.give_back(Some(rate), &[]));
        if let Err(error) = noted {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "a shown password was not noted");
        }
    }

    /// Whose a one-time link is.
    ///
    /// # Errors
    /// [`Error::BadReset`].
    pub async fn password_reset(&self, code: &Code) -> Result<User, Error> {
        self.store.password_reset(&code.digest()).await?.ok_or(Error::BadReset)
    }

    /// Gives a person another password by the one-time link that is theirs, and ends every session.
    ///
    /// # Errors
    /// [`Error::BadReset`].
    pub async fn reset_password(&self, user: User, code: &Code, new: &Password) -> Result<User, Error> {
        let hash = hash(new)?;
        self.store.reset_password(user, &code.digest(), &hash).await.map_err(|error| match error {
            sprintsync_store::Error::NotFound => Error::BadReset,
            error => error.into(),
        })
    }

    /// Ends a person's account.
    ///
    /// # Errors
    /// As [`Accounts::change_password`]; and where nobody else could administer the instance.
    pub async fn leave(
        &self,
        (user, session): (&User, &Session),
        (rate, seen): (RateKey, Seen),
        password: &str,
    ) -> Result<(), Error> {
        self.confirm((user, session), seen, password).await?;
        let (left, ()) = tokio::join!(self.store.leave(user), self.give_back(Some(&rate), &[]));
        left.map_err(|error| match error {
            sprintsync_store::Error::NotFound => Error::NotSignedIn,
            error => error.into(),
        })
    }

    /// Counts a try, and checks the password that confirms what is asked. A wrong one is written down; one too many ends
    /// the session, since whoever guesses there is not its owner.
    async fn confirm(&self, (user, session): (&User, &Session), seen: Seen, password: &str) -> Result<(), Error> {
        let heard = self.store.count(seen).await?.map_err(too_many);
        if heard.is_err() {
            sprintsync_observe::count(Metric::FailedSignIns, 1);
        }
        let heard = heard?;
        if password::verify(password, Some(&user.password), false) != Verdict::Wrong {
            return Ok(());
        }
        sprintsync_observe::count(Metric::FailedSignIns, 1);
        match heard {
            Heard::OneOfMany => {
                self.store.password_failed(user, None).await?;
                Err(Error::WrongPassword)
            }
            Heard::Last => {
                self.store.password_failed(user, Some(session)).await?;
                Err(Error::SessionEnded)
            }
        }
    }

    /// Gives tries back that were none after all. Where that fails, a try too many stays counted, and nobody is kept
    /// out of what they had a right to.
    pub(crate) async fn give_back(&self, pair: Option<&RateKey>, added: &[&Added]) {
        let forgetting = async {
            match pair {
                Some(pair) => self.store.forget(pair).await,
                None => Ok(()),
            }
        };
        let giving = futures_util::future::join_all(added.iter().map(|one| self.store.give_back(one)));
        let (forgotten, given) = tokio::join!(forgetting, giving);
        for error in given.into_iter().chain([forgotten]).filter_map(Result::err) {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "a try was not given back");
        }
    }

    pub(crate) fn new_session(&self, user: &User, source: &Source, keeper: Keeper) -> Session {
        let now = self.world.now();
        Session {
            id: self.world.id(),
            user_id: user.id,
            epoch: user.epoch,
            created_at: now,
            authenticated_at: now,
            expires_at: now.plus_seconds(SESSION_SECONDS),
            in_browser: keeper == Keeper::Browser,
            client: source.client.clone(),
        }
    }
}

/// The keyed hash of a counter's subject; the parts are kept apart by a byte that none of them can hold.
pub(crate) fn subject(key: &Key, parts: &[&str]) -> String {
    let mac = hmac::sign(&key.counter, parts.join("\0").as_bytes());
    URL_SAFE_NO_PAD.encode(mac.as_ref().get(..16).unwrap_or_default())
}

/// A suggestion that was counted.
#[derive(Debug)]
pub struct Suggested {
    /// Whether a model may word it.
    pub by_model: bool,
    added: Added,
}

fn too_many(refused: Refused) -> Error {
    Error::TooMany { retry_after: refused.retry_after }
}

pub(crate) fn hash(password: &Password) -> Result<PasswordHash, Error> {
    password.hash().map_err(|error| Error::Crypto(Box::new(error)))
}
