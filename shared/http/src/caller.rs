//! Callers: who shows which token, and who that is.

use std::future::Future;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use sprintsync_auth::{SignedIn, Token};
use sprintsync_domain::{Session, Timestamp, User};
use sprintsync_observe::branch;

use crate::{App, Config, Problem, renewal};

const COOKIE: &str = "__Host-sprintsync";
const PLAIN_COOKIE: &str = "sprintsync";
/// Whose page it is that sends a request, as our script says.
const PAGE_USER: &str = "x-page-user";

/// What a request shows of its caller. The header counts first; a header that is no good never falls back to the
/// cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// A token in the header.
    Bearer(String),
    /// A token in the cookie.
    Cookie(String),
    /// A header that holds no token.
    Bad,
}

impl Credential {
    /// What these headers show.
    pub fn of(headers: &HeaderMap, config: &Config) -> Self {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(|text| {
                let (scheme, token) = text.trim().split_once(' ')?;
                scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
            });
            return token.map_or(Self::Bad, Self::Bearer);
        }
        let name = if config.plain_cookie { PLAIN_COOKIE } else { COOKIE };
        cookies(headers, name).next().map_or(Self::None, |token| Self::Cookie(token.to_owned()))
    }
}

/// What the cookies of this name say.
pub(crate) fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|cookies| cookies.split(';')).filter_map(move |pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// The cookie that keeps a token in a browser (RFC 6265bis: `__Host-` binds it to this host, `HttpOnly` hides it from
/// scripts).
pub fn session_cookie(config: &Config, signed_in: &SignedIn, now: Timestamp) -> HeaderValue {
    cookie(config, &signed_in.token, signed_in.session.expires_at.seconds() - now.seconds())
}

/// The cookie that takes the token away again.
pub fn expired_cookie(config: &Config) -> HeaderValue {
    cookie(config, "", 0)
}

fn cookie(config: &Config, value: &str, seconds: i64) -> HeaderValue {
    let (name, secure) = if config.plain_cookie { (PLAIN_COOKIE, "") } else { (COOKIE, "; Secure") };
    locked(name, value, seconds, secure)
}

fn locked(name: &str, value: &str, seconds: i64, secure: &str) -> HeaderValue {
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// The mark of a browser in which somebody signed in, in a cookie that outlives the session.
const DEVICE_COOKIE: &str = "__Host-device";
const PLAIN_DEVICE_COOKIE: &str = "device";
/// Seconds for which a browser is known since somebody last signed in there: half a year.
const DEVICE_SECONDS: i64 = 180 * 86_400;

/// The mark that a browser shows of a sign-in before.
pub fn device<'a>(headers: &'a HeaderMap, config: &Config) -> Option<&'a str> {
    let name = if config.plain_cookie { PLAIN_DEVICE_COOKIE } else { DEVICE_COOKIE };
    cookies(headers, name).next()
}

/// The cookies of a session that has just begun in a browser.
pub fn begun(config: &Config, signed_in: &SignedIn, now: Timestamp) -> Vec<HeaderValue> {
    let device = signed_in.device.as_deref().map(|mark| {
        let (name, secure) = if config.plain_cookie { (PLAIN_DEVICE_COOKIE, "") } else { (DEVICE_COOKIE, "; Secure") };
        locked(name, mark, DEVICE_SECONDS, secure)
    });
    [session_cookie(config, signed_in, now)].into_iter().chain(device).collect()
}

/// A caller whose token is good. Whether the session is alive, [`Caller::alongside`] finds out.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub Token);

/// A caller who is signed in.
#[derive(Debug, Clone)]
pub struct Me {
    /// Who.
    pub user: User,
    /// By which session.
    pub session: Session,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = match parts.extensions.get::<Credential>() {
            Some(Credential::Bearer(token) | Credential::Cookie(token)) => app.accounts.verify(token).await,
            _ => None,
        };
        let token = token.ok_or_else(Problem::not_signed_in)?;
        if !parts.method.is_safe() {
            app.writes.take(token.user_id, app.world.now())?;
        }
        // Whether the session lives is not known yet, but whose it is, the signature says.
        sprintsync_observe::set_user(&token.user_id);
        // A page that is still open when somebody else has signed in must not write in their name.
        let page = parts.headers.get(PAGE_USER).map(|user| user.to_str().unwrap_or_default());
        match page {
            Some(user) if user != token.user_id.to_string() => Err(Problem::not_signed_in()),
            _ => Ok(Self(token)),
        }
    }
}

impl OptionalFromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Problem> {
        Ok(<Self as FromRequestParts<App>>::from_request_parts(parts, app).await.ok())
    }
}

impl Caller {
    /// Who this is, if the session is alive.
    ///
    /// # Errors
    /// 401.
    pub async fn me(self, app: &App) -> Result<Me, Problem> {
        self.alongside(app, std::future::ready(Ok(()))).await.map(|(me, ())| me)
    }

    /// Who this is, looked up at the same time as something else is read. Without a live session, what was read is
    /// dropped: nothing is answered or written before both are known.
    ///
    /// # Errors
    /// 401, or what the reading ends in.
    pub async fn alongside<T>(
        self,
        app: &App,
        reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
    ) -> Result<(Me, T), Problem> {
        let (caller, read) = tokio::join!(branch(app.accounts.caller(self.0)), branch(reading));
        let (user, session) = caller?;
        renewal::note(self.0, &session);
        Ok((Me { user, session }, read?))
    }
}

impl Me {
    /// Whether this is an administrator.
    ///
    /// # Errors
    /// 403, whatever was asked for.
    pub fn admin(&self) -> Result<(), Problem> {
        match self.user.is_admin {
            true => Ok(()),
            false => Err(Problem::forbidden("Admins only.")),
        }
    }

    /// Whether the password was shown lately: what changes who may do what is done only then.
    ///
    /// # Errors
    /// 403, which says how to show it.
    pub fn fresh(&self, now: Timestamp) -> Result<(), Problem> {
        match self.session.is_fresh(now) {
            true => Ok(()),
            false => Err(Problem::not_fresh()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scheme;

    fn config(plain_cookie: bool) -> Config {
        Config {
            table: String::new(),
            signing_secret: String::new(),
            origin_key: None,
            sign_up_mode: sprintsync_domain::SignUpMode::Open,
            limit_factor: 1,
            scheme: Scheme::Https,
            plain_cookie,
            only_through_front: false,
        }
    }

    fn shown(headers: &[(header::HeaderName, &'static str)]) -> Credential {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        Credential::of(&headers.collect(), &config(false))
    }

    #[test]
    fn the_header_counts_first_and_a_bad_one_never_falls_back() {
        let cookie = (header::COOKIE, "a=b; __Host-sprintsync=c.d.e; x=y");
        assert_eq!(shown(std::slice::from_ref(&cookie)), Credential::Cookie("c.d.e".to_owned()));
        assert_eq!(shown(&[cookie.clone(), (header::AUTHORIZATION, "bearer t")]), Credential::Bearer("t".to_owned()));
        for bad in ["Basic dTpw", "Bearer", "", "t"] {
            assert_eq!(shown(&[cookie.clone(), (header::AUTHORIZATION, bad)]), Credential::Bad, "{bad}");
        }
        assert_eq!(shown(&[(header::COOKIE, "sprintsync=c.d.e; x__Host-sprintsync=f")]), Credential::None);
    }

    #[test]
    fn the_cookie_is_locked_up() {
        let text = |plain| cookie(&config(plain), "t", 86_400).to_str().map(str::to_owned).unwrap_or_default();
        assert_eq!(text(false), "__Host-sprintsync=t; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(text(true), "sprintsync=t; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax");
        assert!(expired_cookie(&config(false)).to_str().is_ok_and(|text| text.contains("=; Path=/; Max-Age=0;")));
    }
}
