//! Who may sign up, and the invites of those who need one.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{InviteId, SignUpMode};
use sprintsync_http::team::Issue;
use sprintsync_http::{App, Caller, Form, Id, Problem, Viewer, body};
use sprintsync_observe::branch;
use sprintsync_store::{Invite, Names};

use super::people::PEOPLE;
use super::{TEAM, tabs};
use crate::answer::{Htmx, html, see_other};
use crate::dashboard::once_at_least;
use crate::frame::Visit;
use crate::proof::{Act, Proof};
use crate::show::Now;
use crate::view::saying;
use crate::views::{InviteLine, InviteRevoked, OncePage, SignUpChoice, SignUpSet, Toast};

pub(super) fn invite_line(now: &Now<'_>, invite: &Invite, names: &Names) -> InviteLine {
    let by = match invite.by {
        Some(by) => names.of(by).unwrap_or("a former member"),
        None => "System",
    };
    InviteLine {
        id: invite.id.to_string(),
        by: by.to_owned(),
        created: now.when(invite.created_at),
        expires: now.when(invite.expires_at),
        key: now.key.clone(),
    }
}

pub(super) fn choice(now: &Now<'_>, chosen: SignUpMode) -> SignUpChoice {
    let label = |mode| match mode {
        SignUpMode::Open => "Anyone",
        SignUpMode::Invite => "Invite only",
        SignUpMode::Closed => "No one",
    };
    SignUpChoice {
        key: now.key.clone(),
        modes: SignUpMode::ALL.map(|mode| (mode.as_str(), label(mode), mode == chosen)).into(),
        hint: match chosen {
            SignUpMode::Open => "Anyone can sign up.",
            SignUpMode::Invite => "Only people with an invite link can sign up.",
            SignUpMode::Closed => "Sign-up is off. Invite links won't work.",
        },
    }
}

/// `POST /web/team/sign-up`
pub(crate) async fn set_sign_up(
    State(app): State<App>,
    caller: Caller,
    act: Act,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let proof = Proof::in_form(&app, caller, &mut fields).await;
    let reading = async { tokio::try_join!(branch(app.store.sign_up_mode()), branch(proof.look(&app))) };
    let (me, (mode, seen), writing) = fields.repeat().begin(&app, caller, reading).await?;
    me.admin()?;
    if !writing.is_done()
        && let Some(asking) = proof.check(&app, &me, seen, &act, &fields).await?
    {
        return Ok(asking);
    }
    fields.ignore(&["view", "back"]);
    let (from, to) = (mode.unwrap_or(app.config.sign_up_mode), body::sign_up_mode(fields)?);
    // Under the same key, the same answer: what counts by now is shown with the page.
    if !writing.is_done() && from != to {
        let once = writing.once_shown();
        let setting = app.store.set_sign_up_mode((from, to), &me.user, once.as_ref());
        let (set, ()) = tokio::join!(branch(setting), branch(proof.note(&app, &me)));
        once_at_least(set)?;
    }
    if !htmx {
        return Ok(see_other(&saying(PEOPLE, "sign-up")));
    }
    let sign_up = choice(&Now::of(&app, &me.user), to);
    html(&SignUpSet { sign_up, toast: Toast::done("Sign-up setting saved.") })
}

/// `POST /web/team/invites`: a page that shows the code once
pub(crate) async fn create(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    visit: Visit,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let timer = app.store.timer(visit.caller.0.user_id);
    let (me, timer, writing) = fields.repeat().begin(&app, visit.caller, branch(timer)).await?;
    me.admin()?;
    let issued = if writing.is_done() {
        None
    } else {
        let issue = Issue::invite(&app.world);
        let once = writing.once_shown();
        let made = app.store.create_invite(&issue.code.digest(), issue.expires_at, Some(&me.user), once.as_ref()).await;
        once_at_least(made)?.map(|_| issue)
    };
    let frame = visit.around(me, timer);
    let now = Now::of(&app, &frame.me.user);
    html(&OncePage {
        layout: frame.layout(&now, TEAM, None),
        tabs: tabs(PEOPLE),
        heading: "Invite link".to_owned(),
        text: "Anyone with this link can create one account.".to_owned(),
        shown: issued.map(|issue| (format!("{}{}", viewer.origin, issue.path), now.when(issue.expires_at))),
        back: PEOPLE.to_owned(),
    })
}

/// `POST /web/team/invites/{id}/revoke`
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<InviteId>,
    Htmx(htmx): Htmx,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (me, place, writing) = fields.repeat().begin(&app, caller, app.store.invite_place(id)).await?;
    me.admin()?;
    match place {
        Some(place) if !writing.is_done() => {
            let once = writing.once_shown();
            once_at_least(app.store.revoke_invite(id, place, &me.user, once.as_ref()).await)?;
        }
        None if !writing.has_been_done(&app).await? => return Err(Problem::not_found()),
        _ => {}
    }
    if !htmx {
        return Ok(see_other(&saying(PEOPLE, "revoked")));
    }
    html(&InviteRevoked { id: id.to_string(), toast: Toast::done("Invite revoked.") })
}
