//! The account's page, and its forms.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, header};
use sprintsync_auth::Error;
use sprintsync_domain::{Session, SessionId, User, in_hours};
use sprintsync_http::{App, Caller, Form, Id, Me, Problem, Query, Viewer, body, session_cookie};
use sprintsync_store::Place;

use crate::answer::{Htmx, belongs_to_form, html, mark, refused, see_other, told, whole};
use crate::frame::{Frame, Visit};
use crate::proof::signed_out;
use crate::show::Now;
use crate::views::{
    AccountPage, Field, LeaveForm, PasswordChanged, PasswordForm, ProfileForm, ProfileSaved, SessionEnded, SessionLine,
    Toast,
};

/// `/account`
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let sessions = app.store.sessions(visit.caller.0.user_id, &NEWEST);
    let (frame, sessions) = visit.alongside(&app, sessions).await?;
    let flash = match query.get("done")? {
        Some("saved") => Some(Toast::done("Profile saved.")),
        Some("password") => Some(Toast::done("Password changed. Other devices were signed out.")),
        Some("ended") => Some(Toast::done("Device signed out.")),
        _ => None,
    };
    html(&whole_page(&app, &frame, sessions.items, flash))
}

fn whole_page(app: &App, frame: &Frame, sessions: Vec<Session>, flash: Option<Toast>) -> AccountPage {
    let me = &frame.me;
    AccountPage {
        layout: frame.layout(&Now::of(app, &me.user), "/account", flash),
        profile: profile_form(&me.user),
        password: password_form(&me.user),
        leave: LeaveForm { username: me.user.username.to_string(), ..LeaveForm::default() },
        sessions: lines(app, me, sessions),
        time_zones: jiff::tz::db().available().map(|name| name.to_string()).collect(),
    }
}

/// The sessions that the page shows: the newest, as many as the API gives at once.
const NEWEST: Place = Place { limit: 200, after: None };

/// The sessions that are alive, this one first.
fn lines(app: &App, me: &Me, sessions: Vec<Session>) -> Vec<SessionLine> {
    let now = Now::of(app, &me.user);
    let alive = sessions.iter().filter(|session| session.is_alive(&me.user, now.at));
    let mut lines: Vec<SessionLine> = alive.map(|session| now.session(session, me.session.id)).collect();
    lines.sort_by_key(|line| !line.current);
    lines
}

fn profile_form(user: &User) -> ProfileForm {
    ProfileForm {
        username: user.username.to_string(),
        time_zone: Field::of(user.time_zone.name()),
        workday_minutes: Field::of(in_hours(user.workday_minutes.get())),
        workday_ends: Field::of(user.workday_ends.to_string()),
        message: None,
    }
}

fn password_form(user: &User) -> PasswordForm {
    PasswordForm { username: user.username.to_string(), ..PasswordForm::default() }
}

/// `POST /web/account`
pub(crate) async fn save_profile(
    State(app): State<App>,
    visit: Visit,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let me = visit.caller.me(&app).await?;
    let ends = me.user.workday_ends.to_string();
    let mut form = ProfileForm {
        time_zone: Field::of(fields.raw("time_zone")),
        workday_minutes: Field::of(fields.raw("workday_minutes")),
        workday_ends: Field::of(if fields.holds("workday_ends") { fields.raw("workday_ends") } else { &ends }),
        ..profile_form(&me.user)
    };
    fields.workday_is_minutes("workday_minutes");
    let saved = match body::profile(&mut fields) {
        Ok(profile) => app.store.edit_profile(&me.user, &profile).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    let problem = match saved {
        Ok(_) if !htmx => return Ok(see_other("/account?done=saved")),
        Ok(user) => {
            let toast = Some(Toast::done("Profile saved."));
            return html(&ProfileSaved { profile: profile_form(&user), toast });
        }
        Err(problem) if belongs_to_form(&problem) => problem,
        Err(problem) => return Err(problem),
    };
    mark(&mut form.time_zone, "time_zone", &problem);
    mark(&mut form.workday_minutes, "workday_minutes", &problem);
    mark(&mut form.workday_ends, "workday_ends", &problem);
    form.message = whole(&problem, &["time_zone", "workday_minutes", "workday_ends"]);
    if htmx {
        return refused(&problem, &ProfileSaved { profile: form, toast: None });
    }
    let sessions = app.store.sessions(me.user.id, &NEWEST);
    let (frame, sessions) = visit.afterwards(&app, me, sessions).await?;
    let page = AccountPage { profile: form, ..whole_page(&app, &frame, sessions.items, None) };
    refused(&problem, &page)
}

/// `POST /web/account/password`
pub(crate) async fn change_password(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    visit: Visit,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let rate = app.accounts.password_rate(visit.caller.0.user_id).await;
    let (me, seen) = visit.caller.alongside(&app, app.store.look(rate.clone())).await?;
    fields.ignore(&["username"]);
    fields.blank_is_missing(&["current_password", "new_password"]);
    let changed = match body::passwords(&mut fields, viewer.knows(&me.user.username)) {
        Ok((current, new)) => {
            let who = (&me.user, &me.session);
            match app.accounts.change_password(who, (rate, seen), &current, &new).await {
                Err(Error::SessionEnded) => return Ok(signed_out(&app, htmx)),
                changed => changed.map_err(Problem::from),
            }
        }
        Err(problem) => Err(problem),
    };
    let mut form = password_form(&me.user);
    let problem = match changed {
        Ok(signed_in) => {
            let mut response = match htmx {
                false => see_other("/account?done=password"),
                true => {
                    let toast = Some(Toast::done("Password changed. Other devices were signed out."));
                    let now = Now::of(&app, &me.user);
                    let sessions = Some(vec![now.session(&signed_in.session, signed_in.session.id)]);
                    html(&PasswordChanged { password: form, sessions, toast })?
                }
            };
            let cookie = session_cookie(&app.config, &signed_in, app.world.now());
            response.headers_mut().append(header::SET_COOKIE, cookie);
            return Ok(response);
        }
        Err(problem) if belongs_to_form(&problem) => problem,
        Err(problem) => return Err(problem),
    };
    form.current_error = told("current_password", &problem);
    form.new_error = told("new_password", &problem);
    match problem.status {
        StatusCode::FORBIDDEN => form.current_error = whole(&problem, &[]),
        _ => form.message = whole(&problem, &["current_password", "new_password"]),
    }
    if htmx {
        return refused(&problem, &PasswordChanged { password: form, sessions: None, toast: None });
    }
    let sessions = app.store.sessions(me.user.id, &NEWEST);
    let (frame, sessions) = visit.afterwards(&app, me, sessions).await?;
    let page = AccountPage { password: form, ..whole_page(&app, &frame, sessions.items, None) };
    refused(&problem, &page)
}

/// The page, with what is wrong in the form that ends the account.
pub(crate) async fn leave_refused(
    app: &App,
    (visit, me): (Visit, Me),
    problem: &Problem,
    leave: LeaveForm,
) -> Result<Response, Problem> {
    let sessions = app.store.sessions(me.user.id, &NEWEST);
    let (frame, sessions) = visit.afterwards(app, me, sessions).await?;
    let page = AccountPage { leave, ..whole_page(app, &frame, sessions.items, None) };
    refused(problem, &page)
}

/// `POST /web/account/sessions/{id}/end`
pub(crate) async fn end_session(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<SessionId>,
    Htmx(htmx): Htmx,
) -> Result<Response, Problem> {
    let me = caller.me(&app).await?;
    app.store.end_session(&me.user, id).await?;
    if !htmx {
        return Ok(see_other("/account?done=ended"));
    }
    html(&SessionEnded { id: id.to_string(), toast: Toast::done("Device signed out.") })
}
