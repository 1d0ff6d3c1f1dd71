//! Signing in: what is counted before the password is looked at, and which sessions end when another begins.

use futures_util::future::try_join_all;
use sprintsync_domain::{Limits, Refused, Session, User, Username};
use sprintsync_observe::{Metric, branch};
use sprintsync_store::{Added, Place, RateKey, RateKind, SignInLook};

use crate::accounts::{hash, subject};
use crate::keys::Key;
use crate::password::{self, Password, Verdict};
use crate::{Accounts, Error, Keeper, SignedIn, Source, Token, device};

/// From where somebody signs in, or up.
#[derive(Debug, Clone, Copy)]
pub struct SigningIn<'a> {
    /// The source of the request.
    pub source: &'a Source,
    /// The address at which the person sees the instance.
    pub origin: &'a str,
    /// Who keeps the token.
    pub keeper: Keeper,
    /// What the same browser shows from a session before, which ends.
    pub over: Option<Token>,
    /// The mark of a browser in which somebody signed in before.
    pub device: Option<&'a str>,
}

/// Sessions of a person that are looked at for the oldest.
const LOOKED_AT: usize = 100;
/// Sessions that are ended at once, where there are too many.
const ENDED_AT_ONCE: usize = 20;

impl Accounts {
    /// Begins a session for whoever has this name and password. A name that nobody has costs the same calls and the
    /// same hashes as a wrong password. The session that the browser had before ends, whoever it belonged to, and the person's
    /// oldest where there would be too many.
    pub async fn sign_in(&self, name: &str, password: &str, from: SigningIn<'_>) -> Result<SignedIn, Error> {
        let signed_in = self.try_sign_in(name, password, from).await;
        match &signed_in {
            Ok(SignedIn { session, .. }) => {
                sprintsync_observe::set_user(&session.user_id);
                sprintsync_observe::count(Metric::SignIns, 1);
            }
            Err(Error::BadCredentials | Error::TooMany { .. }) => sprintsync_observe::count(Metric::FailedSignIns, 1),
            Err(_) => {}
        }
        signed_in
    }

    async fn try_sign_in(&self, name: &str, password: &str, from: SigningIn<'_>) -> Result<SignedIn, Error> {
        let keys = self.ring.keys().await;
        let parsed = name.parse::<Username>().ok();
        let device = from.device.and_then(|mark| device::known(mark, name, &keys));
        let (pair, others) = self.sign_in_rates(&keys.current, name, from.source, device);
        let looking = async { Ok(self.store.sign_in_look(parsed.as_ref(), pair.clone()).await?) };
        let adding = try_join_all(others.iter().map(|rate| branch(async { Ok(self.store.add(rate).await?) })));
        let (found, added, before) = tokio::try_join!(branch(looking), adding, branch(self.session_before(from.over)))?;
        let SignInLook { user_id: id, rate: seen, legacy_left } = found;
        let refused = seen.check(self.world.now())?.err();
        if refused.is_some() || added.iter().any(Result::is_err) {
            return Err(self.refused(refused, added).await);
        }
        let added: Vec<Added> = added.into_iter().flatten().collect();
        let id = id.unwrap_or_else(|| self.world.id());
        let newest = Place { limit: LOOKED_AT, after: None };
        let (counted, user, sessions) = tokio::try_join!(
            branch(self.store.count(seen)),
            branch(self.store.user(id)),
            branch(self.store.sessions(id, &newest))
        )?;
        if let Err(refused) = counted {
            return Err(self.refused(Some(refused), added.into_iter().map(Ok).collect()).await);
        }
        // To whom nothing opens, no password is the right one.
        let hash = user.as_ref().filter(|user| !user.disabled).map(|user| &user.password);
        let verdict = password::verify(password, hash, legacy_left);
        let user = match user {
            Some(user) if verdict != Verdict::Wrong => user,
            user => {
                self.store.sign_in_failed(user.as_ref()).await?;
                return Err(Error::BadCredentials);
            }
        };
        let session = self.new_session(&user, from.source, from.keeper);
        let token = self.token(&session).await?;
        let ending: Vec<&Session> = before.iter().chain(self.too_many_of(&user, &sessions.items, &before)).collect();
        let replacing = async {
            if verdict == Verdict::RightButWeak {
                self.replace_hash(&user, password).await;
            }
        };
        let added: Vec<&Added> = added.iter().collect();
        let (opened, (), ()) = tokio::join!(
            branch(self.store.open_session(&user, &session, &ending)),
            branch(self.give_back(Some(&pair), &added)),
            branch(replacing),
        );
        opened?;
        let device = self.device_mark(&user, from.keeper).await;
        Ok(SignedIn { session, token, device })
    }

    /// The oldest of somebody's sessions, newest first, that would be too many beside a new one; `before` ends anyway.
    fn too_many_of<'a>(
        &self,
        user: &User,
        sessions: &'a [Session],
        before: &Option<Session>,
    ) -> impl Iterator<Item = &'a Session> + use<'a> {
        let now = self.world.now();
        let before = before.as_ref().map(|before| before.id);
        let alive = sessions.iter().filter(|one| one.is_alive(user, now) && Some(one.id) != before);
        let mut over: Vec<&Session> = alive.skip(self.limits.sessions.saturating_sub(1)).collect();
        over.reverse();
        over.truncate(ENDED_AT_ONCE);
        over.into_iter()
    }

    /// Keeps the right password with today's parameters. Where that fails, the next sign-in does it.
    async fn replace_hash(&self, user: &User, password: &str) {
        let replaced = match hash(&Password::known(password)) {
            Ok(hash) => self.store.rehash(user, hash).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        if let Err(error) = replaced {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "a hash was not replaced");
        }
    }

    /// The answer to a try that one of its counters does not hear; the others forget it.
    async fn refused(&self, pair: Option<Refused>, counted: Vec<Result<Added, Refused>>) -> Error {
        let mut retry_after = pair.map_or(1, |refused| refused.retry_after);
        for one in counted {
            match one {
                Ok(added) => self.give_back(None, &[&added]).await,
                Err(refused) => retry_after = retry_after.max(refused.retry_after),
            }
        }
        Error::TooMany { retry_after }
    }

    /// The mark of a browser in which this person is signed in now.
    pub(crate) async fn device_mark(&self, user: &User, keeper: Keeper) -> Option<String> {
        let keys = self.ring.keys().await;
        (keeper == Keeper::Browser).then(|| device::mark(&self.world, user.username.as_str(), &keys.current))
    }

    /// The session that a browser shows from before, if it is alive.
    pub(crate) async fn session_before(&self, over: Option<Token>) -> Result<Option<Session>, Error> {
        let Some(Token { user_id, session_id, .. }) = over else { return Ok(None) };
        let found = self.store.caller(user_id, session_id).await?;
        Ok(found.filter(|(user, session)| session.is_alive(user, self.world.now())).map(|(_, session)| session))
    }

    /// The counters of failed sign-ins: of name and source, then those of the name and of the source alone. A browser in
    /// which the person signed in before has one of its own instead of all three: others do not use it up.
    fn sign_in_rates(&self, key: &Key, name: &str, source: &Source, device: Option<&str>) -> (RateKey, Vec<RateKey>) {
        let name = name.to_ascii_lowercase();
        let Limits { sign_in_pair, sign_in_name, sign_in_source, .. } = self.limits;
        let rate = |kind, limit, parts: &[&str]| RateKey::new(kind, limit, &subject(key, parts));
        if let Some(device) = device {
            return (rate(RateKind::SignInPair, sign_in_pair, &["device", device]), Vec::new());
        }
        let pair = rate(RateKind::SignInPair, sign_in_pair, &["pair", &name, &source.network]);
        let by_name = rate(RateKind::SignInName, sign_in_name, &["name", &name]);
        (pair, vec![by_name, rate(RateKind::SignInSource, sign_in_source, &["source", &source.network])])
    }
}
