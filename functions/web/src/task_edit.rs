//! What is done on a task's own page: saving it, and logging time (also from a row of the list).

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use sprintsync_domain::{Entry, Event, Merge, Task, TaskEdit, TaskId, User, Version, What};
use sprintsync_http::{App, Fields, Form, Id, Me, Problem, Saw, body};
use sprintsync_store::{Edited, Error, Names, Once, Place, Running};

use crate::answer::{Htmx, belongs_to_form, html, html_both, mark, refresh, refreshing, refused, see_other, whole};
use crate::dashboard::once_at_least;
use crate::frame::Visit;
use crate::row::{FORGOTTEN, changed, finishes, forgotten};
use crate::show::{Now, full_day, minutes, status, summary};
use crate::task::{Lists, edit_form, time_form, whole_page};
use crate::undo;
use crate::view::View;
use crate::views::{
    EditForm, Edited as EditSaved, Field, Logged, OnTask, RowChanged, RowEdit, Saved, Theirs, TicketChanged, TimeForm,
    TimeLogged, TimerBox, TimerChanged, Toast,
};

/// `POST /web/tasks/{id}`: saves the form, and merges it with what was changed since the person saw the task
pub(crate) async fn save(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let reading = app.store.task_and_timer_if(finishes(&fields), visit.caller.0.user_id, id);
    let (me, (task, timer), writing) = fields.repeat().begin(&app, visit.caller, reading).await?;
    let task = task.ok_or_else(Problem::not_found)?;
    let was = task.status;
    let running = Running { timer, zone: me.user.time_zone.clone() };
    let (now, view) = (Now::of(&app, &me.user), View::of(&fields));
    let base = Base { version: fields.raw("version").parse().ok(), saw: Saw::read(fields.raw("was")) };
    let typed = Typed::of(&fields);
    let outcome = match edit(&mut fields) {
        Ok(_) if writing.is_done() => Ok(Outcome::saved(task.clone(), Vec::new())),
        Ok(edit) => merged(&app, (task.clone(), &running), &base, &edit, writing.once_shown().as_ref()).await,
        Err(problem) => Err(problem),
    };
    let (problem, current, form) = match outcome {
        Ok(Outcome::Saved { .. }) if !htmx && view == View::Task => {
            return Ok(see_other(&format!("/task/{id}?done=saved")));
        }
        Ok(Outcome::Saved { .. }) if !htmx => return Ok(see_other(&view.address("done=saved"))),
        Ok(Outcome::Saved { task, stopped: Some(entry), events, others }) if view == View::Task => {
            let toast = undo::finished(&app, &task, &entry, was, (&format!("/task/{id}"), "task"));
            let saved = saved_fragment(&now, &me.user, &task, &events, others);
            let timer = OnTask { id: id.to_string(), key: now.key.clone(), timer: TimerBox::Idle };
            let gone = TimerChanged { on_task: Some(timer), toast: Some(toast), ..TimerChanged::default() };
            return Ok(refreshing(html_both(&saved, &gone)?));
        }
        Ok(Outcome::Saved { task, events, others, .. }) if view == View::Task => {
            return html(&saved_fragment(&now, &me.user, &task, &events, others));
        }
        Ok(Outcome::Saved { task, .. }) => return changed(&now, &view, &task, "Saved.".to_owned()),
        Ok(Outcome::Collides(current, merge)) => {
            let by = last_editor(&app, &me.user, id).await?;
            let form = conflict_form(&now, &current, &typed, &merge, by);
            (Problem::stale(), *current, form)
        }
        Err(problem) if belongs_to_form(&problem) => {
            let form = refused_form(&now, &task, &typed, &base, &problem);
            (problem, task, form)
        }
        Err(problem) => return Err(problem),
    };
    if htmx && view == View::Task {
        return refused(&problem, &EditSaved { id: id.to_string(), edit: form, saved: None, toast: None });
    }
    if htmx {
        return refused(&problem, &RowEdit { id: id.to_string(), view: view.key(), edit: form });
    }
    let (frame, lists) = visit.afterwards(&app, me, Lists::newest(&app, id)).await?;
    let mut page = whole_page(&app, &frame, &current, lists, None).await?;
    page.edit = form;
    refused(&problem, &page)
}

fn edit(fields: &mut Fields) -> Result<TaskEdit, Problem> {
    fields.ignore(&["version", "was", "view"]);
    fields.blank_is_null(&["estimate_minutes", "due_on"]);
    fields.durations_are_minutes(&["estimate_minutes"]);
    body::patch(std::mem::take(fields))
}

/// What a form was typed against.
struct Base {
    version: Option<Version>,
    saw: Saw,
}

/// What became of a form.
enum Outcome {
    Saved {
        task: Box<Task>,
        events: Vec<Event>,
        /// What the timer was stopped into that ran on it, where it is done.
        stopped: Option<Entry>,
        /// Whether somebody else had changed it meanwhile.
        others: bool,
    },
    /// Both changed the same field: the task as it is now, and what of the form still holds.
    Collides(Box<Task>, Box<Merge>),
}

impl Outcome {
    fn saved(task: Task, events: Vec<Event>) -> Self {
        Self::Saved { task: Box::new(task), events, stopped: None, others: false }
    }
}

/// Saves what the person changed, and leaves what others did. A change that lands meanwhile is merged in its turn.
async fn merged(
    app: &App,
    (mut task, running): (Task, &Running),
    base: &Base,
    edit: &TaskEdit,
    once: Option<&Once<'_>>,
) -> Result<Outcome, Problem> {
    loop {
        // A form may hold what was typed against an older version, field by field: its marks count, and the version
        // only where there are none.
        let merge = match base.version == Some(task.version) && !base.saw.is_known() {
            true => Merge { edit: edit.clone(), collisions: Vec::new() },
            false => task.merge(edit, |name, value| base.saw.had(name, value)),
        };
        if !merge.collisions.is_empty() {
            return Ok(Outcome::Collides(Box::new(task), Box::new(merge)));
        }
        let (owner, id, version) = (task.owner, task.id, task.version);
        let others = base.saw.is_known() && !task.fields().iter().all(|(name, value)| base.saw.had(name, value));
        if merge.edit.finishes() && forgotten(app, &task, running.timer.as_ref()) {
            return Err(Problem::new(StatusCode::CONFLICT, FORGOTTEN));
        }
        match app.store.edit_task(task, Some(running.clone()), Some(version), &merge.edit, owner, once).await {
            Ok(Edited { task, events, stopped }) => {
                return Ok(Outcome::Saved { task: Box::new(task), events, stopped, others });
            }
            Err(Error::Stale { .. }) => {
                task = app.store.task(owner, id).await?.ok_or_else(Problem::not_found)?;
            }
            // The same form, sent twice at the same time.
            Err(Error::AlreadyDone) => {
                let task = app.store.task(owner, id).await?.ok_or_else(Problem::not_found)?;
                return Ok(Outcome::saved(task, Vec::new()));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The fields that a form holds, as they were typed. A row holds fewer than a task's page.
struct Typed(Vec<(&'static str, String)>);

impl Typed {
    fn of(fields: &Fields) -> Self {
        let names = ["title", "description", "status", "estimate_minutes", "due_on"].into_iter();
        let held = names.filter(|name| fields.holds(name));
        Self(held.map(|name| (name, fields.raw(name).replace("\r\n", "\n"))).collect())
    }

    /// Puts what was typed into the form, of the fields that are `kept`.
    fn put(&self, form: &mut EditForm, kept: impl Fn(&str) -> bool) {
        for (name, value) in self.0.iter().filter(|(name, _)| kept(name)) {
            if let Some(field) = form.field(name) {
                *field = Field::of(value.as_str());
            }
        }
    }
}

/// The form with what is wrong beside its fields.
fn refused_form(now: &Now<'_>, task: &Task, typed: &Typed, base: &Base, problem: &Problem) -> EditForm {
    let mut form = edit_form(now, task);
    typed.put(&mut form, |_| true);
    form.version = base.version.map(|version| version.to_string()).unwrap_or_default();
    form.was = base.saw.to_string();
    mark(&mut form.title, "title", problem);
    mark(&mut form.description, "description", problem);
    mark(&mut form.status, "status", problem);
    mark(&mut form.estimate_minutes, "estimate_minutes", problem);
    mark(&mut form.due_on, "due_on", problem);
    form.message = whole(problem, &["title", "description", "status", "estimate_minutes", "due_on"]);
    form
}

/// The form with what the person changed in it, what others changed where the person did not, and both where both did.
fn conflict_form(now: &Now<'_>, current: &Task, typed: &Typed, merge: &Merge, by: Option<String>) -> EditForm {
    let mut form = edit_form(now, current);
    let collides = |name: &str| merge.collisions.contains(&name);
    let theirs = Theirs {
        by,
        title: collides("title").then(|| form.title.value.clone()),
        description: collides("description").then(|| form.description.value.clone()),
        status: collides("status").then(|| status(current.status)),
        estimate_minutes: collides("estimate_minutes").then(|| form.estimate_minutes.value.clone()),
        due_on: collides("due_on").then(|| current.due_on.map(full_day).unwrap_or_default()),
    };
    typed.put(&mut form, |name| match name {
        "title" => merge.edit.title.is_some(),
        "description" => merge.edit.description.is_some(),
        "status" => merge.edit.status.is_some(),
        "estimate_minutes" => merge.edit.estimate.is_some(),
        _ => merge.edit.due_on.is_some(),
    });
    form.conflict = Some(theirs);
    form
}

/// Among which events it is looked for who edited a task last.
const NEWEST: Place = Place { limit: 20, after: None };

/// The name of whoever edited the task last, if they are still there and it is among its newest events.
async fn last_editor(app: &App, me: &User, task: TaskId) -> Result<Option<String>, Problem> {
    let newest = app.store.history(task, &NEWEST).await?.items;
    let Some(event) = newest.iter().find(|event| event.what == What::Edited) else { return Ok(None) };
    let names = app.store.names(me, [event.by]).await?;
    Ok(names.of(event.by).map(str::to_owned))
}

fn saved_fragment(now: &Now<'_>, me: &User, task: &Task, events: &[Event], others: bool) -> EditSaved {
    EditSaved {
        id: task.id.to_string(),
        edit: edit_form(now, task),
        saved: Some(Saved {
            title: task.title.to_string(),
            summary: summary(task),
            events: events.iter().rev().flat_map(|event| now.event(event, &Names::just(me))).collect(),
        }),
        toast: others.then(|| Toast::done("Saved and merged with other changes.")),
    }
}

/// `POST /web/tasks/{id}/time`: logs time, from the task's page or from a row
pub(crate) async fn log_time(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let task = app.store.task(visit.caller.0.user_id, id);
    let (me, task, writing) = fields.repeat().begin(&app, visit.caller, task).await?;
    let task = task.ok_or_else(Problem::not_found)?;
    let view = View::of(&fields);
    let typed = TimeForm {
        minutes: Field::of(fields.raw("minutes")),
        note: Field::of(fields.raw("note")),
        worked_on: Field::of(fields.raw("worked_on")),
        ..TimeForm::default()
    };
    fields.ignore(&["view"]);
    fields.durations_are_minutes(&["minutes"]);
    let logged = match body::new_entry(fields, app.world.now().day_in(&me.user.time_zone)) {
        Ok(_) if writing.is_done() => Ok(None),
        Ok(new) => {
            let (by, once) = (me.user.id, writing.once_shown());
            once_at_least(app.store.log_time(task.clone(), &new, by, once.as_ref()).await)
        }
        Err(problem) => Err(problem),
    };
    match logged {
        Ok(_) if !htmx && view == View::Task => Ok(see_other(&format!("/task/{id}?done=logged"))),
        Ok(_) if !htmx => Ok(see_other(&view.address("done=logged"))),
        Ok(Some(logged)) => logged_fragment(&app, &me, &view, &logged),
        Ok(None) => Ok(refresh()),
        Err(problem) if belongs_to_form(&problem) => {
            not_logged(&app, (visit, me), &task, (view, htmx), typed, &problem).await
        }
        Err(problem) => Err(problem),
    }
}

fn logged_fragment(
    app: &App,
    me: &Me,
    view: &View,
    (task, entry, event): &(Task, Entry, Event),
) -> Result<Response, Problem> {
    let now = Now::of(app, &me.user);
    if *view != View::Task {
        return changed(&now, view, task, format!("Logged {}.", minutes(entry.minutes)));
    }
    let time = time_form(&now);
    let event = now.event(event, &Names::just(&me.user)).into_iter().next();
    let logged = event.map(|event| Logged {
        version: task.version.to_string(),
        summary: summary(task),
        entry: now.entry(entry, me.user.id, &[]),
        event,
    });
    html(&TimeLogged { id: task.id.to_string(), time, logged })
}

async fn not_logged(
    app: &App,
    (visit, me): (Visit, Me),
    task: &Task,
    (view, htmx): (View, bool),
    typed: TimeForm,
    problem: &Problem,
) -> Result<Response, Problem> {
    let now = Now::of(app, &me.user);
    let mut form = TimeForm { key: now.key.clone(), today: now.today().to_string(), ..typed };
    mark(&mut form.minutes, "minutes", problem);
    mark(&mut form.note, "note", problem);
    mark(&mut form.worked_on, "worked_on", problem);
    form.message = whole(problem, &["minutes", "note", "worked_on"]);
    if htmx && view == View::Task {
        let id = task.id.to_string();
        return refused(problem, &TimeLogged { id, time: form, logged: None });
    }
    if htmx {
        let mut row = now.row(task);
        form.minutes.error = form.minutes.error.or(form.message);
        row.log = Some(form.minutes);
        let (key, announce) = (view.key(), "Not logged.".to_owned());
        return match view {
            View::Board(_) => refused(problem, &TicketChanged { view: key, task: row, announce }),
            _ => refused(problem, &RowChanged { id: row.id.clone(), view: key, row: Some(row), announce }),
        };
    }
    if form.worked_on.value.is_empty() {
        form.worked_on.value.clone_from(&form.today);
    }
    let (frame, lists) = visit.afterwards(app, me, Lists::newest(app, task.id)).await?;
    let mut page = whole_page(app, &frame, task, lists, None).await?;
    page.time = form;
    refused(problem, &page)
}
