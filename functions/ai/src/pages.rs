//! Suggestions in the pages: forms that work without script, and fragments for htmx.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use http::{HeaderName, HeaderValue, StatusCode};
use sprintsync_ai::Ai;
use sprintsync_domain::{EventId, NO_MODEL, TaskId, Title};
use sprintsync_http::shape::Suggestion;
use sprintsync_http::{Answer, App, Appearance, Caller, Fields, Form, Id, Problem, Repeat, routes as family};
use sprintsync_pages::answer::{Htmx, belongs_to_form, html, own_path, refused, see_other};

use crate::suggest;
use crate::views::{DraftPage, Drafted, Layout, NotDrafted};

family! {
    pages App;
    "/web/ai/plan" => { post: plan },
    "/web/ai/draft" => { post: draft_new },
    "/web/ai/draft/{id}" => { post: draft_for },
}

pub(crate) fn router() -> Router<App> {
    routes()
}

/// `POST /web/ai/plan`: makes the plan of the day. The page then shows the one that is kept.
async fn plan(
    State(app): State<App>,
    Extension(model): Extension<Ai>,
    caller: Caller,
    Htmx(htmx): Htmx,
    Form(fields): Form,
) -> Result<Response, Problem> {
    match suggest::plan(&app, &model, caller, &fields.repeat(), nothing).await {
        // Made now, or by the same form before.
        Ok(_) => {}
        // A second press leads where the first one will.
        Err(problem) if problem.status == StatusCode::CONFLICT && !htmx => {}
        Err(problem) => return Err(problem),
    }
    if htmx {
        let planned = (HeaderName::from_static("hx-trigger"), HeaderValue::from_static("planned"));
        return Ok((StatusCode::NO_CONTENT, [planned]).into_response());
    }
    let back = own_path(fields.raw("back"));
    Ok(see_other(if back.is_empty() { "/dashboard" } else { &back }))
}

/// `POST /web/ai/draft`: drafts a description for the task that is being added.
async fn draft_new(
    state: State<App>,
    model: Extension<Ai>,
    caller: Caller,
    htmx: Htmx,
    appearance: Option<Appearance>,
    form: Form,
) -> Result<Response, Problem> {
    draft(state, model, caller, (htmx, appearance), form, None).await
}

/// `POST /web/ai/draft/{id}`: drafts a description for a task that is being edited.
async fn draft_for(
    state: State<App>,
    model: Extension<Ai>,
    caller: Caller,
    Id(task): Id<TaskId>,
    htmx: Htmx,
    appearance: Option<Appearance>,
    form: Form,
) -> Result<Response, Problem> {
    draft(state, model, caller, (htmx, appearance), form, Some(task)).await
}

async fn draft(
    State(app): State<App>,
    Extension(model): Extension<Ai>,
    caller: Caller,
    (Htmx(htmx), appearance): (Htmx, Option<Appearance>),
    Form(fields): Form,
    task: Option<TaskId>,
) -> Result<Response, Problem> {
    let place = if task.is_some() { "edit" } else { "add" };
    if fields.raw(WITHOUT) == WITHOUT {
        caller.me(&app).await?;
        return html(&page(&app, appearance, &fields, task, Shown::Typed));
    }
    let made = match fields.raw("title").parse::<Title>() {
        Ok(title) => suggest::draft(&app, &model, caller, &Repeat::default(), &title, nothing).await,
        Err(invalid) => Err(Problem::field("title", &invalid)),
    };
    match made {
        Ok(Ok((made, _))) if htmx => html(&Drafted { place, said: said(&made), text: made.suggestion }),
        Ok(Ok((made, _))) => html(&page(&app, appearance, &fields, task, Shown::Draft(&made))),
        Ok(Err(before)) => Ok(before),
        Err(problem) if !htmx && belongs_to_form(&problem) => {
            refused(&problem, &page(&app, appearance, &fields, task, Shown::Problem(&problem)))
        }
        Err(problem) if htmx && problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            refused(&problem, &NotDrafted { place, message: message(&problem) })
        }
        Err(problem) => Err(problem),
    }
}

/// The field, and its value, by which somebody without script takes what they typed without the draft.
const WITHOUT: &str = "without";

/// Nothing is kept of what a form without a key was answered.
fn nothing(_: &Suggestion) -> Answer {
    Answer::empty(StatusCode::NO_CONTENT)
}

fn message(problem: &Problem) -> String {
    match problem.errors.first() {
        Some(error) => error.message.clone(),
        None => problem.detail.clone(),
    }
}

/// Who wrote it, in a sentence.
fn said(made: &Suggestion) -> String {
    match (&made.model, &made.reason) {
        (Some(model), _) => format!("From {}.", sprintsync_pages::views::source(&made.source, model)),
        (None, Some(reason)) if reason != NO_MODEL => format!("From a template. {reason}"),
        (None, _) => "From a template.".to_owned(),
    }
}

/// What a page shows beside what was typed.
enum Shown<'a> {
    Typed,
    Draft(&'a Suggestion),
    Problem(&'a Problem),
}

/// The form as it was, as a page, with the draft under what was typed.
fn page(
    app: &App,
    appearance: Option<Appearance>,
    fields: &Fields,
    task: Option<TaskId>,
    shown: Shown<'_>,
) -> DraftPage {
    let typed = fields.raw("description").trim_end().to_owned();
    let aside = fields.texts().filter(|(name, _)| !["title", "description", WITHOUT].contains(name));
    let (said, message, text) = match shown {
        Shown::Typed => (None, None, typed.clone()),
        Shown::Draft(made) if typed.is_empty() => (Some(said(made)), None, made.suggestion.clone()),
        Shown::Draft(made) => (Some(said(made)), None, format!("{typed}\n\n{}", made.suggestion)),
        Shown::Problem(problem) => (None, Some(message(problem)), typed.clone()),
    };
    DraftPage {
        layout: Layout::plain("/dashboard", appearance),
        task: task.map(|task| task.to_string()),
        key: app.world.id::<EventId>().to_string(),
        aside: aside.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        task_title: fields.raw("title").to_owned(),
        typed,
        text,
        said,
        message,
    }
}
