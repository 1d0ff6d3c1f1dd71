//! A task's own page, and the later pages of its lists.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Entry, Event, Task, TaskId};
use sprintsync_http::{App, Caller, Id, Problem, Query, Saw, open_cursor, scope, seal_cursor};
use sprintsync_store::{Page, Place};

use crate::answer::{Ahead, html, see_other};
use crate::frame::{Frame, Visit};
use crate::show::{Now, minutes, people_in, summary};
use crate::team;
use crate::views::{EditForm, Field, MoreEntries, MoreEvents, TaskPage, TimeForm, Toast};

/// Lines of a list on the page.
const LINES: usize = 20;

/// What the page shows beside its forms.
pub(crate) struct Lists {
    pub(crate) entries: Page<Entry>,
    pub(crate) events: Page<Event>,
}

impl Lists {
    /// The first page of both lists.
    pub(crate) async fn newest(app: &App, id: TaskId) -> Result<Self, sprintsync_store::Error> {
        Self::read(app, id, (None, None)).await
    }

    /// A page of each, behind these places.
    pub(crate) async fn read(
        app: &App,
        id: TaskId,
        (entries, events): (Option<String>, Option<String>),
    ) -> Result<Self, sprintsync_store::Error> {
        let (entries, events) = (Place { limit: LINES, after: entries }, Place { limit: LINES, after: events });
        let (entries, events) = tokio::try_join!(app.store.entries(id, &entries), app.store.history(id, &events))?;
        Ok(Self { entries, events })
    }
}

/// The position in the cursor of this name.
pub(crate) async fn position(app: &App, query: &Query, name: &str, scope: String) -> Result<Option<String>, Problem> {
    match query.get(name)? {
        Some(cursor) => open_cursor(app, &scope, cursor).await.map(Some),
        None => Ok(None),
    }
}

/// The cursor of what follows.
pub(crate) async fn cursor(app: &App, next: Option<&String>, scope: String) -> Option<String> {
    match next {
        Some(position) => Some(seal_cursor(app, &scope, position).await),
        None => None,
    }
}

/// `/task/{id}`
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id<TaskId>,
    ahead: Ahead,
    query: Query,
) -> Result<Response, Problem> {
    let owner = visit.caller.0.user_id;
    let entries = position(&app, &query, "entries", scope::entries(owner, id)).await?;
    let events = position(&app, &query, "history", scope::history(owner, id)).await?;
    let reading = async { tokio::try_join!(app.store.task(owner, id), Lists::read(&app, id, (entries, events))) };
    let (frame, (task, lists)) = visit.alongside(&app, reading).await?;
    let Some(task) = task else {
        // Somebody else's, which an administrator sees on a page of its own.
        frame.me.admin().map_err(|_| Problem::not_found())?;
        return Ok(see_other(&team::task::address(id)));
    };
    let said = match query.get("done")? {
        Some("saved") => Some(Toast::done("Saved.")),
        _ => None,
    };
    Ok(ahead.kept(html(&whole_page(&app, &frame, &task, lists, said).await?)?))
}

/// The whole page of a task.
pub(crate) async fn whole_page(
    app: &App,
    frame: &Frame,
    task: &Task,
    lists: Lists,
    flash: Option<Toast>,
) -> Result<TaskPage, Problem> {
    let user = &frame.me.user;
    let now = Now::of(app, user);
    let names = app.store.names(user, lists.events.items.iter().flat_map(people_in)).await?;
    Ok(TaskPage {
        layout: frame.layout(&now, "/task", flash),
        id: task.id.to_string(),
        key: now.key.clone(),
        title: task.title.to_string(),
        edit: edit_form(&now, task),
        time: time_form(&now),
        timer: now.timer(frame.timer.as_ref(), task.id),
        summary: summary(task),
        more_entries: cursor(app, lists.entries.next.as_ref(), scope::entries(user.id, task.id)).await,
        entries: now.entries(&lists.entries.items, user.id),
        more_events: cursor(app, lists.events.next.as_ref(), scope::history(user.id, task.id)).await,
        events: lists.events.items.iter().flat_map(|event| now.event(event, &names)).collect(),
    })
}

/// The form with what is saved.
pub(crate) fn edit_form(now: &Now<'_>, task: &Task) -> EditForm {
    EditForm {
        key: now.key.clone(),
        version: task.version.to_string(),
        was: Saw::of(task).to_string(),
        title: Field::of(task.title.as_str()),
        description: Field::of(task.description.as_str()),
        status: Field::of(task.status.as_str()),
        estimate_minutes: Field::of(task.estimate.map(|estimate| minutes(estimate.get())).unwrap_or_default()),
        due_on: Field::of(task.due_on.map(|day| day.to_string()).unwrap_or_default()),
        saved: now.when(task.updated_at),
        message: None,
        conflict: None,
    }
}

/// The form that logs minutes, empty.
pub(crate) fn time_form(now: &Now<'_>) -> TimeForm {
    let today = now.today().to_string();
    TimeForm { key: now.key.clone(), worked_on: Field::of(today.as_str()), today, ..TimeForm::default() }
}

/// `GET /web/tasks/{id}/time`: more entries
pub(crate) async fn entries(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    query: Query,
) -> Result<Response, Problem> {
    let scope = scope::entries(caller.0.user_id, id);
    let place = Place { limit: LINES, after: position(&app, &query, "cursor", scope.clone()).await? };
    let reading = async { tokio::try_join!(app.store.task(caller.0.user_id, id), app.store.entries(id, &place)) };
    let (me, (task, page)) = caller.alongside(&app, reading).await?;
    task.ok_or_else(Problem::not_found)?;
    let now = Now::of(&app, &me.user);
    html(&MoreEntries {
        id: id.to_string(),
        key: now.key.clone(),
        more_entries: cursor(&app, page.next.as_ref(), scope).await,
        entries: now.entries(&page.items, me.user.id),
    })
}

/// `GET /web/tasks/{id}/history`: more events
pub(crate) async fn events(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    query: Query,
) -> Result<Response, Problem> {
    let scope = scope::history(caller.0.user_id, id);
    let place = Place { limit: LINES, after: position(&app, &query, "cursor", scope.clone()).await? };
    let reading = async { tokio::try_join!(app.store.task(caller.0.user_id, id), app.store.history(id, &place)) };
    let (me, (task, page)) = caller.alongside(&app, reading).await?;
    task.ok_or_else(Problem::not_found)?;
    let now = Now::of(&app, &me.user);
    let names = app.store.names(&me.user, page.items.iter().flat_map(people_in)).await?;
    html(&MoreEvents {
        id: id.to_string(),
        more_events: cursor(&app, page.next.as_ref(), scope).await,
        events: page.items.iter().flat_map(|event| now.event(event, &names)).collect(),
    })
}
