//! The password once more, before what changes who may do what (OWASP ASVS 5.0, 7.5): a page that asks for it and then
//! does what was asked for, with and without script. Whoever signed in, or showed it, within ten minutes is not asked.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::header;
use http::request::Parts;
use sprintsync_auth::Error;
use sprintsync_domain::EventId;
use sprintsync_http::{App, Appearance, Caller, Fields, Me, Problem, expired_cookie, is_htmx};
use sprintsync_store::{RateKey, Seen};

use crate::answer::{own_path, redirect, refused, see_other};
use crate::views::{ConfirmForm, ConfirmHere, ConfirmPage, Layout};

/// What was asked for, so that it can be asked for again.
#[derive(Debug)]
pub(crate) struct Act {
    path: String,
    htmx: bool,
    appearance: Option<Appearance>,
}

impl<S: Send + Sync> FromRequestParts<S> for Act {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let path = parts.uri.path().to_owned();
        Ok(Self { path, htmx: is_htmx(&parts.headers), appearance: Appearance::of(&parts.headers) })
    }
}

/// The password that a form brings along, if it was asked for before, with the counter of wrong ones.
#[derive(Debug)]
pub(crate) struct Proof(Option<(String, RateKey)>);

impl Proof {
    /// Takes the password out of a form.
    pub(crate) async fn in_form(app: &App, caller: Caller, fields: &mut Fields) -> Self {
        match fields.take_text("password").filter(|password| !password.is_empty()) {
            Some(password) => Self(Some((password, app.accounts.password_rate(caller.0.user_id).await))),
            None => Self(None),
        }
    }

    /// The counter, to be read beside what else is needed.
    pub(crate) async fn look(&self, app: &App) -> Result<Option<Seen>, sprintsync_store::Error> {
        match &self.0 {
            Some((_, rate)) => app.store.look(rate.clone()).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether what was asked for may be done. If not, the answer that asks for the password.
    ///
    /// # Errors
    /// The table.
    pub(crate) async fn check(
        &self,
        app: &App,
        me: &Me,
        seen: Option<Seen>,
        act: &Act,
        fields: &Fields,
    ) -> Result<Option<Response>, Problem> {
        let checked = match (&self.0, seen) {
            (Some((password, _)), Some(seen)) => {
                app.accounts.check_password((&me.user, &me.session), seen, password).await
            }
            _ if me.fresh(app.world.now()).is_ok() => Ok(()),
            _ => return ask(app, me, act, fields, (Problem::not_fresh(), None)).map(Some),
        };
        match checked {
            Ok(()) => Ok(None),
            Err(Error::SessionEnded) => Ok(Some(signed_out(app, act.htmx))),
            Err(Error::WrongPassword) => {
                let wrong = Some("Wrong password.".to_owned());
                ask(app, me, act, fields, (Problem::not_fresh(), wrong)).map(Some)
            }
            Err(error @ Error::TooMany { .. }) => {
                let problem = Problem::from(error);
                let message = Some(problem.detail.clone());
                ask(app, me, act, fields, (problem, message)).map(Some)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Notes that the password was shown, beside what it was shown for.
    pub(crate) async fn note(&self, app: &App, me: &Me) {
        if let Some((_, rate)) = &self.0 {
            app.accounts.password_shown(&me.session, rate).await;
        }
    }
}

fn ask(
    app: &App,
    me: &Me,
    act: &Act,
    fields: &Fields,
    (problem, error): (Problem, Option<String>),
) -> Result<Response, Problem> {
    let back = own_path(fields.raw("back"));
    let confirm = ConfirmForm {
        action: act.path.clone(),
        fields: fields.texts().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        key: app.world.id::<EventId>().to_string(),
        username: me.user.username.to_string(),
        back: if back.is_empty() { "/team".to_owned() } else { back },
        error,
    };
    match act.htmx {
        true => refused(&problem, &ConfirmHere { confirm }),
        false => refused(&problem, &ConfirmPage { layout: Layout::plain("/team", act.appearance), confirm }),
    }
}

/// The session has ended with one wrong password too many: on to where somebody signs in, and learns why.
pub(crate) fn signed_out(app: &App, htmx: bool) -> Response {
    const SIGN_IN: &str = "/login?done=wrong";
    let mut response = if htmx { redirect(SIGN_IN) } else { see_other(SIGN_IN) };
    response.headers_mut().append(header::SET_COOKIE, expired_cookie(&app.config));
    response
}
