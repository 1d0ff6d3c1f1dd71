//! What is done on a task's own page: saving it, and logging time (also from a row of the list).

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use sprintsync_domain::{Entry, Event, Task, TaskEdit, TaskId, User, Version};
use sprintsync_http::{App, Fields, Form, Id, Me, Problem, body};

use sprintsync_store::Names;

use crate::answer::{Htmx, belongs_to_form, html, mark, refresh, refused, see_other, whole};
use crate::dashboard::{View, once_at_least};
use crate::frame::Visit;
use crate::show::{Now, full_day, minutes, status, summary};
use crate::task::{Lists, edit_form, time_form, whole_page};
use crate::views::{EditForm, Edited, Field, Logged, RowChanged, Saved, Theirs, TimeForm, TimeLogged};

/// `POST /web/tasks/{id}`: saves the form, if the task is still of the version that the person saw
pub(crate) async fn save(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let task = app.store.task(visit.caller.0.user_id, id);
    let (me, task, writing) = fields.repeat().begin(&app, visit.caller, task).await?;
    let task = task.ok_or_else(Problem::not_found)?;
    let now = Now::of(&app, &me.user);
    let mut form = EditForm {
        version: fields.raw("version").to_owned(),
        title: Field::of(fields.raw("title")),
        description: Field::of(fields.raw("description").replace("\r\n", "\n")),
        status: Field::of(fields.raw("status")),
        estimate_minutes: Field::of(fields.raw("estimate_minutes")),
        due_on: Field::of(fields.raw("due_on")),
        ..edit_form(&now, &task)
    };
    let seen = fields.raw("version").parse::<Version>().ok();
    let saved = match edit(&mut fields) {
        Ok(_) if writing.is_done() => Ok((task.clone(), None)),
        // Whatever happened meanwhile, the task is what the person wants it to be.
        Ok(edit) if task.edit(&edit, me.user.id, now.at).is_none() => Ok((task.clone(), None)),
        Ok(_) if seen != Some(task.version) => Err(Problem::stale()),
        Ok(edit) => {
            let once = writing.once_shown();
            match once_at_least(app.store.edit_task(task.clone(), seen, &edit, me.user.id, once.as_ref()).await) {
                Ok(Some(saved)) => Ok(saved),
                // The same form, sent twice at the same time.
                Ok(None) => Ok((app.store.task(me.user.id, id).await?.ok_or_else(Problem::not_found)?, None)),
                Err(problem) => Err(problem),
            }
        }
        Err(problem) => Err(problem),
    };
    let problem = match saved {
        Ok(_) if !htmx => return Ok(see_other(&format!("/task/{id}?done=saved"))),
        Ok((task, event)) => return html(&saved_fragment(&now, &me.user, &task, event.as_ref())),
        Err(problem) if belongs_to_form(&problem) => problem,
        Err(problem) => return Err(problem),
    };
    let current = match problem.status {
        StatusCode::PRECONDITION_FAILED if seen == Some(task.version) => {
            // It changed between reading and writing.
            app.store.task(me.user.id, id).await?.ok_or_else(Problem::not_found)?
        }
        _ => task,
    };
    if problem.status == StatusCode::PRECONDITION_FAILED {
        form.conflict = Some(theirs(&form, &current));
        form.version = current.version.to_string();
        form.note = edit_form(&now, &current).note;
    } else {
        mark(&mut form.title, "The title", "title", &problem);
        mark(&mut form.description, "The description", "description", &problem);
        mark(&mut form.status, "The status", "status", &problem);
        mark(&mut form.estimate_minutes, "The estimate", "estimate_minutes", &problem);
        mark(&mut form.due_on, "The due day", "due_on", &problem);
        form.message = whole(&problem, &["title", "description", "status", "estimate_minutes", "due_on"]);
    }
    if htmx {
        return refused(&problem, &Edited { id: id.to_string(), edit: form, saved: None });
    }
    let (frame, lists) = visit.afterwards(&app, me, Lists::newest(&app, id)).await?;
    let mut page = whole_page(&app, &frame, &current, lists, None).await?;
    page.edit = form;
    refused(&problem, &page)
}

fn edit(fields: &mut Fields) -> Result<TaskEdit, Problem> {
    fields.ignore(&["version"]);
    fields.blank_is_null(&["estimate_minutes", "due_on"]);
    fields.durations_are_minutes(&["estimate_minutes"]);
    body::replacement(std::mem::take(fields))
}

fn saved_fragment(now: &Now<'_>, me: &User, task: &Task, event: Option<&Event>) -> Edited {
    Edited {
        id: task.id.to_string(),
        edit: edit_form(now, task),
        saved: Some(Saved {
            title: task.title.to_string(),
            summary: summary(task),
            events: event.map(|event| now.event(event, &Names::just(me))).unwrap_or_default(),
        }),
    }
}

/// What is saved, where it is not what was typed.
fn theirs(form: &EditForm, task: &Task) -> Theirs {
    let other = |typed: &Field, saved: String| (typed.value != saved).then_some(saved);
    let saved_status = (form.status.value != task.status.as_str()).then(|| status(task.status));
    let estimate = task.estimate.map(|estimate| estimate.to_string()).unwrap_or_default();
    Theirs {
        title: other(&form.title, task.title.to_string()),
        description: other(&form.description, task.description.to_string()),
        status: saved_status,
        estimate_minutes: other(&form.estimate_minutes, estimate),
        due_on: other(&form.due_on, task.due_on.map(|day| day.to_string()).unwrap_or_default())
            .map(|_| task.due_on.map(full_day).unwrap_or_default()),
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
        version: fields.raw("version").to_owned(),
        minutes: Field::of(fields.raw("minutes")),
        note: Field::of(fields.raw("note")),
        worked_on: Field::of(fields.raw("worked_on")),
        ..TimeForm::default()
    };
    fields.ignore(&["view", "version"]);
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
        Ok(Some(logged)) => logged_fragment(&app, &me, view, &typed, &logged),
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
    view: View,
    typed: &TimeForm,
    (task, entry, event): &(Task, Entry, Event),
) -> Result<Response, Problem> {
    let now = Now::of(app, &me.user);
    if view != View::Task {
        return html(&RowChanged {
            id: task.id.to_string(),
            view: view.shown(),
            row: view.shows(task).then(|| now.row(task)),
            announce: format!("Logged {}.", minutes(entry.minutes)),
        });
    }
    // If something came between, the other form must still meet it when it is saved.
    let next = typed.version.parse::<Version>().is_ok_and(|version| version + 1 == task.version);
    let mut time = time_form(&now, task);
    if !next {
        time.version.clone_from(&typed.version);
    }
    let event = now.event(event, &Names::just(&me.user)).into_iter().next();
    let logged = event.map(|event| Logged { summary: summary(task), entry: now.entry(entry, me.user.id, &[]), event });
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
    mark(&mut form.minutes, "The minutes", "minutes", problem);
    mark(&mut form.note, "The note", "note", problem);
    mark(&mut form.worked_on, "The day", "worked_on", problem);
    form.message = whole(problem, &["minutes", "note", "worked_on"]);
    if htmx && view == View::Task {
        let id = task.id.to_string();
        return refused(problem, &TimeLogged { id, time: form, logged: None });
    }
    if htmx {
        let mut row = now.row(task);
        form.minutes.error = form.minutes.error.or(form.message);
        row.log = Some(form.minutes);
        let announce = "Not logged.".to_owned();
        let row = RowChanged { id: task.id.to_string(), view: view.shown(), row: Some(row), announce };
        return refused(problem, &row);
    }
    if form.worked_on.value.is_empty() {
        form.worked_on.value.clone_from(&form.today);
    }
    let (frame, lists) = visit.afterwards(app, me, Lists::newest(app, task.id)).await?;
    let mut page = whole_page(app, &frame, task, lists, None).await?;
    page.time = TimeForm { version: task.version.to_string(), ..form };
    refused(problem, &page)
}
