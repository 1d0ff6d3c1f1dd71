//! Sign-in, sign-up, sign-out.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, header};
use sprintsync_auth::{Keeper, SignUp, SignUpMode, SignedIn};
use sprintsync_domain::TimeZone;
use sprintsync_http::{
    App, Appearance, Caller, Fields, Form, Problem, Query, Viewer, body, expired_cookie, session_cookie,
};

use crate::answer::{belongs_to_form, html, own_path, refused, see_other, told, whole};
use crate::views::{Field, Layout, LoginPage, SignupForm, SignupPage, Toast};

fn login(app: &App, appearance: Option<Appearance>, next: String) -> LoginPage {
    LoginPage {
        layout: Layout::plain("/login", appearance),
        next,
        username: Field::default(),
        password_error: None,
        message: None,
        signup: app.accounts.sign_up_mode() != SignUpMode::Closed,
    }
}

fn signup_form(app: &App, fields: Option<&Fields>) -> Option<SignupForm> {
    let raw = |name| fields.map(|fields| fields.raw(name)).unwrap_or_default();
    let zone = raw("time_zone");
    let invited = app.accounts.sign_up_mode() == SignUpMode::Invite;
    (app.accounts.sign_up_mode() != SignUpMode::Closed).then(|| SignupForm {
        username: Field::of(raw("username")),
        invite: invited.then(|| Field::of(raw("invite"))),
        time_zone: if zone.is_empty() { "UTC".to_owned() } else { zone.to_owned() },
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
            let mut page = login(&app, appearance, next);
            if query.get("done")? == Some("left") {
                page.layout.flash = Some(Toast::done("Your account is deleted. Thank you for your time here."));
            }
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
            html(&SignupPage { layout: Layout::plain("/signup", appearance), next, form: signup_form(&app, None) })
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
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let next = own_path(fields.raw("next"));
    let mut page = login(&app, appearance, next.clone());
    page.username = Field::of(fields.raw("username"));
    fields.ignore(&["next"]);
    fields.trim(&["username"]);
    fields.blank_is_missing(&["username", "password"]);
    let signed_in = match body::credentials(&mut fields) {
        Ok((username, password)) => {
            app.accounts.sign_in(&username, &password, (&viewer.source, Keeper::Browser)).await.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    match signed_in {
        Ok(signed_in) => Ok(begin(&app, &signed_in, &next)),
        Err(problem) if belongs_to_form(&problem) || problem.status == StatusCode::UNAUTHORIZED => {
            page.username.error = told("The username", "username", &problem);
            page.password_error = told("The password", "password", &problem);
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
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let next = own_path(fields.raw("next"));
    let form = signup_form(&app, Some(&fields));
    let signed_in = match asked(&mut fields) {
        Ok(asked) => app.accounts.sign_up_and_in(asked, &viewer.source).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match (signed_in, form) {
        (Ok(signed_in), _) => Ok(begin(&app, &signed_in, &next)),
        (Err(problem), Some(mut form)) if belongs_to_form(&problem) => {
            form.username.error = told("The username", "username", &problem);
            form.password_error = told("The password", "password", &problem);
            if let Some(invite) = &mut form.invite {
                invite.error = told("The invite code", "invite", &problem);
            }
            match (problem.status, &mut form.invite) {
                (StatusCode::CONFLICT, _) => form.username.error = whole(&problem, &[]),
                (StatusCode::FORBIDDEN, Some(invite)) => invite.error = whole(&problem, &[]),
                _ => form.message = whole(&problem, &["username", "password", "invite"]),
            }
            refused(&problem, &SignupPage { layout: Layout::plain("/signup", appearance), next, form: Some(form) })
        }
        (Err(problem), _) => Err(problem),
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
    let mut response = see_other("/login");
    response.headers_mut().insert(header::SET_COOKIE, expired_cookie(&app.config));
    Ok(response)
}

fn begin(app: &App, signed_in: &SignedIn, next: &str) -> Response {
    let mut response = see_other(go_on(next));
    response.headers_mut().insert(header::SET_COOKIE, session_cookie(&app.config, signed_in, app.world.now()));
    response
}
