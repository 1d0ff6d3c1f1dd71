//! What an administrator does to an account: making and removing admins, deactivating and reactivating, ending its
//! sessions, a link for a new password.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{TaskCounts, User, UserId, Username};
use sprintsync_http::team::Issue;
use sprintsync_http::{App, Caller, Fields, Form, Id, Me, Problem, Viewer, body};
use sprintsync_observe::branch;
use sprintsync_store::{AccountEdit, Order, Place, TaskList};

use super::people::PEOPLE;
use super::person::{Found, TASKS, account_card, whole_page};
use super::{TEAM, back, person_row, tabs};
use crate::answer::{Htmx, belongs_to_form, html, refused, see_other, whole};
use crate::dashboard::once_at_least;
use crate::frame::Visit;
use crate::proof::{Act, Proof};
use crate::show::Now;
use crate::sign_in::gone;
use crate::view::saying;
use crate::views::{AccountChanged, OncePage, PersonChanged, Toast};

/// Where the form stands.
struct Stand {
    list: bool,
    back: String,
}

/// `POST /web/team/people/{id}/account`
pub(crate) async fn edit(
    State(app): State<App>,
    visit: Visit,
    act: Act,
    Id(id): Id<UserId>,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let proof = Proof::in_form(&app, visit.caller, &mut fields).await;
    let reading = async { tokio::try_join!(branch(app.store.person(id)), branch(proof.look(&app))) };
    let (me, (person, seen), writing) = fields.repeat().begin(&app, visit.caller, reading).await?;
    me.admin()?;
    let (user, counts) = person.ok_or_else(Problem::not_found)?;
    if !writing.is_done()
        && let Some(asking) = proof.check(&app, &me, seen, &act, &fields).await?
    {
        return Ok(asking);
    }
    let place = Stand { list: fields.raw("view") == "list", back: back(&fields, &format!("{PEOPLE}/{id}")) };
    let edit = wanted(&mut fields)?;
    let edited = if writing.is_done() {
        Ok(user.clone())
    } else {
        let once = writing.once_shown();
        let editing = app.store.edit_account(user.clone(), edit, me.user.id, once.as_ref());
        let (edited, ()) = tokio::join!(branch(editing), branch(proof.note(&app, &me)));
        once_at_least(edited).map(|edited| edited.unwrap_or_else(|| user.clone()))
    };
    match edited {
        // Who gave up the own right is shown these pages no longer.
        Ok(user) if user.id == me.user.id && !user.counts_as_admin() => Ok(see_other("/dashboard")),
        Ok(_) if !htmx => Ok(see_other(&saying(&place.back, word(edit)))),
        Ok(user) => {
            let toast = Some(Toast::done(sentence(edit, &user.username)));
            shown(&app, &me, &(user, counts), place, (None, toast), None)
        }
        Err(problem) if belongs_to_form(&problem) && htmx => {
            shown(&app, &me, &(user, counts), place, (whole(&problem, &[]), None), Some(&problem))
        }
        Err(problem) if belongs_to_form(&problem) => not_done(&app, (visit, me), id, &problem).await,
        Err(problem) => Err(problem),
    }
}

/// What is wanted of an account: every button of the form says one thing.
fn wanted(fields: &mut Fields) -> Result<AccountEdit, Problem> {
    fields.ignore(&["view", "back"]);
    for name in ["is_admin", "disabled"] {
        if let Ok(flag) = fields.raw(name).parse::<bool>() {
            fields.replace(name, flag);
        }
    }
    body::account_edit(std::mem::take(fields))
}

/// What the page says when it is done.
fn word(edit: AccountEdit) -> &'static str {
    match (edit.is_admin, edit.disabled) {
        (Some(true), _) => "promoted",
        (Some(false), _) => "demoted",
        (None, Some(true)) => "shut-out",
        (None, _) => "let-in",
    }
}

/// What is said of the person, where their name is at hand.
fn sentence(edit: AccountEdit, name: &Username) -> String {
    match (edit.is_admin, edit.disabled) {
        (Some(true), _) => format!("{name} is now an admin."),
        (Some(false), _) => format!("{name} is no longer an admin."),
        (None, Some(true)) => format!("{name} was deactivated and signed out."),
        (None, _) => format!("{name} was reactivated."),
    }
}

/// The person as they are now, or with why nothing was done, for htmx.
fn shown(
    app: &App,
    me: &Me,
    one: &(User, TaskCounts),
    Stand { list, back }: Stand,
    (message, toast): (Option<String>, Option<Toast>),
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let now = Now::of(app, &me.user);
    if list {
        let mut person = person_row(&now, me.user.id, one);
        person.message = message;
        let changed = PersonChanged { person, back, toast };
        return problem.map_or_else(|| html(&changed), |problem| refused(problem, &changed));
    }
    let mut account = account_card(&now, me.user.id, one, back);
    account.person.message = message;
    let changed = AccountChanged { account, toast };
    problem.map_or_else(|| html(&changed), |problem| refused(problem, &changed))
}

/// The person's page, which says why nothing was done.
async fn not_done(app: &App, (visit, me): (Visit, Me), id: UserId, problem: &Problem) -> Result<Response, Problem> {
    let list = TaskList { status: None, order: Order::Newest };
    let newest = Place { limit: TASKS, after: None };
    let (frame, found) = visit.afterwards(app, me, Found::read(app, id, list, &newest)).await?;
    let mut page = whole_page(app, &frame, id, found, (list, None), None)?;
    page.account.person.message = whole(problem, &[]);
    refused(problem, &page)
}

/// `POST /web/team/people/{id}/sessions/end`
pub(crate) async fn end_sessions(
    State(app): State<App>,
    caller: Caller,
    act: Act,
    Id(id): Id<UserId>,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let proof = Proof::in_form(&app, caller, &mut fields).await;
    let reading = async { tokio::try_join!(branch(app.store.user(id)), branch(proof.look(&app))) };
    let (me, (user, seen), writing) = fields.repeat().begin(&app, caller, reading).await?;
    me.admin()?;
    let user = user.ok_or_else(Problem::not_found)?;
    if !writing.is_done() {
        if let Some(asking) = proof.check(&app, &me, seen, &act, &fields).await? {
            return Ok(asking);
        }
        let once = writing.once_shown();
        let ending = app.store.end_sessions(user, me.user.id, once.as_ref());
        let (ended, ()) = tokio::join!(branch(ending), branch(proof.note(&app, &me)));
        once_at_least(ended)?;
    }
    match id == me.user.id {
        true => Ok(gone(&app, "/login")),
        false => Ok(see_other(&saying(&back(&fields, &format!("{PEOPLE}/{id}")), "signed-out"))),
    }
}

/// `POST /web/team/people/{id}/link`: a page that shows the link once
pub(crate) async fn issue_link(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    visit: Visit,
    act: Act,
    Id(id): Id<UserId>,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let proof = Proof::in_form(&app, visit.caller, &mut fields).await;
    let reading = async {
        let timer = app.store.timer(visit.caller.0.user_id);
        tokio::try_join!(branch(app.store.user(id)), branch(timer), branch(proof.look(&app)))
    };
    let (me, (user, timer, seen), writing) = fields.repeat().begin(&app, visit.caller, reading).await?;
    me.admin()?;
    let user = user.ok_or_else(Problem::not_found)?;
    if !writing.is_done()
        && let Some(asking) = proof.check(&app, &me, seen, &act, &fields).await?
    {
        return Ok(asking);
    }
    let issued = if writing.is_done() {
        None
    } else {
        let issue = Issue::password_reset(&app.world);
        let (once, code) = (writing.once_shown(), issue.code.digest());
        let making = app.store.issue_password_reset(&user, (&code, issue.expires_at), me.user.id, once.as_ref());
        let (made, ()) = tokio::join!(branch(making), branch(proof.note(&app, &me)));
        once_at_least(made)?.map(|()| issue)
    };
    let back = back(&fields, &format!("{PEOPLE}/{id}"));
    let frame = visit.around(me, timer);
    let now = Now::of(&app, &frame.me.user);
    html(&OncePage {
        layout: frame.layout(&now, TEAM, None),
        tabs: tabs(PEOPLE),
        heading: format!("Reset link for {}", user.username),
        text: "Anyone with this link can set a new password, once. That signs the person out everywhere.".to_owned(),
        shown: issued.map(|issue| (format!("{}{}", viewer.origin, issue.path), now.when(issue.expires_at))),
        back,
    })
}
