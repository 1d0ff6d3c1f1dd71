//! Sign-in, sign-up, sign-out.

use std::collections::HashMap;
use std::convert::Infallible;

use axum::Extension;
use axum::extract::{FromRequestParts, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use sprintsync_auth::{Keeper, SignUp, SignedIn, SigningIn, Token};
use sprintsync_domain::{SignUpMode, TimeZone};
use sprintsync_http::{
    App, Appearance, Caller, Credential, Fields, Form, Problem, Query, Scheme, Viewer, begun, body, device,
    expired_cookie,
};
use sprintsync_observe::branch;

use crate::answer::{belongs_to_form, escaped, html, own_path, refused, see_other, told, unreferred, whole};
use crate::views::{Field, Layout, LoginPage, SignupForm, SignupPage, Toast};

/// How the sign-in page hears that the browser kept no cookie.
const NO_COOKIE: &str = "no-cookie";

fn login(mode: SignUpMode, appearance: Option<Appearance>, next: String) -> LoginPage {
    LoginPage {
        layout: Layout::plain("/login", appearance),
        next,
        username: Field::default(),
        password_error: None,
        message: None,
        signup: mode != SignUpMode::Closed,
    }
}

fn signup_form(mode: SignUpMode, raw: &dyn Fn(&'static str) -> String) -> Option<SignupForm> {
    let zone = raw("time_zone");
    let invited = mode == SignUpMode::Invite;
    (mode != SignUpMode::Closed).then(|| SignupForm {
        username: Field::of(raw("username")),
        invite: invited.then(|| Field::of(raw("invite"))),
        time_zone: if zone.is_empty() { "UTC".to_owned() } else { zone },
        ..SignupForm::default()
    })
}

/// `/login`. Someone who is signed in goes on.
pub(crate) async fn login_page(
    State(app): State<App>,
    caller: Option<Caller>,
    appearance: Option<Appearance>,
    query: Query,
) -> Result<Response, Problem> {
    let next = own_path(query.get("next")?.unwrap_or_default());
    match signed_in(&app, caller).await {
        true => Ok(see_other(go_on(&next))),
        false => {
            let mut page = login(app.accounts.sign_up_mode().await?, appearance, next);
            page.message = (query.get("done")? == Some(NO_COOKIE)).then(|| no_cookie(app.config.scheme).to_owned());
            page.layout.flash = match query.get("done")? {
                Some("left") => Some(Toast::done("Account deleted. Thanks for using SprintSync.")),
                Some("wrong") => Some(Toast::failed("Too many wrong passwords. You've been signed out.")),
                Some("reset") => Some(Toast::done("Password changed. Sign in.")),
                _ => None,
            };
            html(&page)
        }
    }
}

/// `/signup`. Someone who is signed in goes on.
pub(crate) async fn signup_page(
    State(app): State<App>,
    caller: Option<Caller>,
    appearance: Option<Appearance>,
    query: Query,
) -> Result<Response, Problem> {
    let next = own_path(query.get("next")?.unwrap_or_default());
    match signed_in(&app, caller).await {
        true => Ok(see_other(go_on(&next))),
        false => {
            // The address that an administrator hands over holds the code.
            let invite = query.get("invite")?.unwrap_or_default().to_owned();
            let raw = |name| if name == "invite" { invite.clone() } else { String::new() };
            let form = signup_form(app.accounts.sign_up_mode().await?, &raw);
            let page = html(&SignupPage { layout: Layout::plain("/signup", appearance), next, form });
            if invite.is_empty() { page } else { page.map(unreferred) }
        }
    }
}

/// `/signed-in`: where somebody comes who has just signed in. Their page is next, unless the browser kept no cookie:
/// the page could only ask to sign in again, and nobody would know why.
pub(crate) async fn signed_in_page(caller: Option<Caller>, query: Query) -> Result<Response, Problem> {
    let next = own_path(query.get("next")?.unwrap_or_default());
    Ok(match caller {
        Some(_) => see_other(go_on(&next)),
        None => see_other(&format!("/login?done={NO_COOKIE}&next={}", escaped(&next))),
    })
}

fn no_cookie(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Https => "Your browser refused the sign-in cookie. Allow cookies for this site, then sign in again.",
        Scheme::Http => {
            "Your browser refused the sign-in cookie. Allow cookies for this site, or restart SprintSync with \
             --plain-cookie, then sign in again."
        }
    }
}

async fn signed_in(app: &App, caller: Option<Caller>) -> bool {
    match caller {
        Some(caller) => caller.me(app).await.is_ok(),
        None => false,
    }
}

fn go_on(next: &str) -> &str {
    if next.is_empty() { "/dashboard" } else { next }
}

/// `POST /web/login`
pub(crate) async fn sign_in(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    appearance: Option<Appearance>,
    browser: Browser,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let next = own_path(fields.raw("next"));
    let username = fields.raw("username").to_owned();
    fields.ignore(&["next"]);
    fields.trim(&["username"]);
    fields.blank_is_missing(&["username", "password"]);
    let credentials = body::credentials(&mut fields);
    let signing_in = async {
        let (username, password) = credentials?;
        Ok(app.accounts.sign_in(&username, &password, browser.signing_in(&viewer)).await?)
    };
    // At the same time: the form that is shown again says whether one may sign up.
    let (signed_in, mode) = tokio::join!(branch(signing_in), branch(app.accounts.sign_up_mode()));
    match signed_in {
        Ok(signed_in) => Ok(begin(&app, &signed_in, &next)),
        Err(problem) if belongs_to_form(&problem) || problem.status == StatusCode::UNAUTHORIZED => {
            let mut page = login(mode?, appearance, next);
            page.username = Field::of(&username);
            page.username.error = told("username", &problem);
            page.password_error = told("password", &problem);
            page.message = match problem.status {
                StatusCode::UNAUTHORIZED => Some("Wrong username or password.".to_owned()),
                _ => whole(&problem, &["username", "password"]),
            };
            refused(&problem, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /web/signup`: makes the account, and signs in.
pub(crate) async fn sign_up(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    appearance: Option<Appearance>,
    browser: Browser,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let next = own_path(fields.raw("next"));
    let typed: HashMap<&str, String> =
        ["username", "invite", "time_zone"].map(|name| (name, fields.raw(name).to_owned())).into();
    let asked = asked(&mut fields);
    let signing_up = async { Ok(app.accounts.sign_up_and_in(asked?, browser.signing_in(&viewer)).await?) };
    let (signed_in, mode) = tokio::join!(branch(signing_up), branch(app.accounts.sign_up_mode()));
    let problem: Problem = match signed_in {
        Ok(signed_in) => return Ok(begin(&app, &signed_in, &next)),
        Err(problem) => problem,
    };
    let raw = |name| typed.get(name).cloned().unwrap_or_default();
    match signup_form(mode?, &raw) {
        Some(mut form) if belongs_to_form(&problem) => {
            form.username.error = told("username", &problem);
            form.password_error = told("password", &problem);
            if let Some(invite) = &mut form.invite {
                invite.error = told("invite", &problem);
            }
            match (problem.status, &mut form.invite) {
                (StatusCode::CONFLICT, _) => form.username.error = whole(&problem, &[]),
                (StatusCode::FORBIDDEN, Some(invite)) => invite.error = whole(&problem, &[]),
                _ => form.message = whole(&problem, &["username", "password", "invite"]),
            }
            refused(&problem, &SignupPage { layout: Layout::plain("/signup", appearance), next, form: Some(form) })
        }
        _ => Err(problem),
    }
}

fn asked(fields: &mut Fields) -> Result<SignUp, Problem> {
    fields.ignore(&["next"]);
    fields.trim(&["username", "invite"]);
    fields.blank_is_missing(&["username", "password", "invite"]);
    // The script fills the zone in; a browser may know one that we do not.
    if fields.raw("time_zone").parse::<TimeZone>().is_err() {
        fields.replace("time_zone", "UTC");
    }
    body::sign_up(fields)
}

/// `POST /web/logout`: ends the session here and everywhere, and takes the cookie away, even of a session that is dead.
pub(crate) async fn sign_out(State(app): State<App>, caller: Option<Caller>) -> Result<Response, Problem> {
    if let Some(caller) = caller {
        match caller.me(&app).await {
            Ok(me) => match app.store.end_session(&me.user, me.session.id).await {
                Ok(()) | Err(sprintsync_store::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            },
            Err(problem) if problem.status == StatusCode::UNAUTHORIZED => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(gone(&app, "/login"))
}

/// On to a page, signed out: what the browser kept of our pages goes with the cookie.
pub(crate) fn gone(app: &App, path: &str) -> Response {
    let mut response = see_other(path);
    let headers = response.headers_mut();
    headers.insert(header::SET_COOKIE, expired_cookie(&app.config));
    headers.insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    response
}

fn begin(app: &App, signed_in: &SignedIn, next: &str) -> Response {
    let mut response = see_other(&format!("/signed-in?next={}", escaped(next)));
    for cookie in begun(&app.config, signed_in, app.world.now()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What a browser shows when somebody signs in there: the session that it had, and that somebody signed in before.
pub(crate) struct Browser {
    over: Option<Token>,
    device: Option<String>,
}

impl FromRequestParts<App> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let over = match parts.extensions.get::<Credential>() {
            Some(Credential::Cookie(token)) => app.accounts.verify(token).await,
            _ => None,
        };
        Ok(Self { over, device: device(&parts.headers, &app.config).map(str::to_owned) })
    }
}

impl Browser {
    fn signing_in<'a>(&'a self, viewer: &'a Viewer) -> SigningIn<'a> {
        let device = self.device.as_deref();
        SigningIn { source: &viewer.source, origin: &viewer.origin, keeper: Keeper::Browser, over: self.over, device }
    }
}
