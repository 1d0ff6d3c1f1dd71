//! `/team/tasks/{id}`: somebody's task, as an administrator sees it, and what an administrator may do with it: the same as
//! over the REST API.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Task, TaskEdit, TaskId};
use sprintsync_http::{App, Caller, Form, Id, Me, Problem, Query, Writing, body, scope};
use sprintsync_observe::branch;
use sprintsync_store::Running;

use super::tasks::TASKS;
use super::{TEAM, said, tabs, who};
use crate::answer::{html, see_other};
use crate::dashboard::once_at_least;
use crate::frame::Visit;
use crate::row::finishes;
use crate::show::{Now, people_in, summary};
use crate::task::{Lists, cursor, position};
use crate::view::{escaped, saying};
use crate::views::TeamTaskPage;

/// Where it is.
pub(crate) fn address(id: TaskId) -> String {
    format!("{TASKS}/{id}")
}

/// `/team/tasks/{id}`, with `entries` or `history` as the cursor of a later page of either list
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id<TaskId>,
    query: Query,
) -> Result<Response, Problem> {
    let caller = visit.caller.0.user_id;
    let flash = said(&query)?;
    let (of_entries, of_events) = (scope::entries(caller, id), scope::history(caller, id));
    let entries = position(&app, &query, "entries", of_entries.clone()).await?;
    let events = position(&app, &query, "history", of_events.clone()).await?;
    let reading =
        async { tokio::try_join!(branch(app.store.owner(id)), branch(Lists::read(&app, id, (entries, events)))) };
    let (frame, (owner, lists)) = visit.of_admin(&app, reading).await?;
    let owner = owner.ok_or_else(Problem::not_found)?;
    let me = &frame.me.user;
    let people = lists.events.items.iter().flat_map(people_in).chain([owner]);
    let (found, names) =
        tokio::try_join!(branch(app.store.task_or_trash(owner, id)), branch(app.store.names(me, people)))?;
    let (task, trashed) = match found {
        (Some(task), _) if task.owner == caller => return Ok(see_other(&format!("/task/{id}"))),
        (Some(task), _) => (task, false),
        (None, Some(task)) => (task, true),
        // It may have gone to somebody else since its owner was asked for.
        (None, None) => (app.store.task_of_anybody(id).await?.ok_or_else(Problem::not_found)?, false),
    };
    let now = Now::of(&app, me);
    let more = |name: &str, cursor: Option<String>| {
        cursor.map(|cursor| format!("{}?{name}={}", address(id), escaped(&cursor)))
    };
    html(&TeamTaskPage {
        layout: frame.layout(&now, TEAM, flash),
        tabs: tabs(TASKS),
        text: task.description.to_string(),
        owner: who(task.owner, &names),
        trashed,
        summary: summary(&task),
        entries: now.entries(&lists.entries.items, caller),
        more_entries: more("entries", cursor(&app, lists.entries.next.as_ref(), of_entries).await),
        events: lists.events.items.iter().flat_map(|event| now.event(event, &names)).collect(),
        more_events: more("history", cursor(&app, lists.events.next.as_ref(), of_events).await),
        task: now.row(&task),
        address: address(id),
    })
}

/// Where a task lies.
enum Shelf {
    Live(Box<Task>),
    Trash(Box<Task>),
}

/// The task for an administrator, with its owner's timer where that is `wanted`, and what makes the form one write; no
/// task where it was sent before.
async fn found(
    app: &App,
    caller: Caller,
    id: TaskId,
    (fields, wanted): (&sprintsync_http::Fields, bool),
) -> Result<(Me, Option<(Shelf, Option<Running>)>, Writing), Problem> {
    let (me, owner, writing) = fields.repeat().begin(app, caller, app.store.owner(id)).await?;
    me.admin()?;
    if writing.is_done() {
        return Ok((me, None, writing));
    }
    let owner = owner.ok_or_else(Problem::not_found)?;
    let running = async { if wanted { app.store.running(owner).await.map(Some) } else { Ok(None) } };
    let found = app.store.task_or_trash(owner, id);
    let (found, running) = tokio::try_join!(branch(found), branch(running))?;
    let shelf = match found {
        (Some(task), _) => Shelf::Live(Box::new(task)),
        (None, Some(task)) => Shelf::Trash(Box::new(task)),
        (None, None) => return Err(Problem::not_found()),
    };
    Ok((me, Some((shelf, running)), writing))
}

fn back_saying(id: TaskId, word: &str) -> Result<Response, Problem> {
    Ok(see_other(&saying(&address(id), word)))
}

/// `POST /web/team/tasks/{id}/status`
pub(crate) async fn set_status(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let finishing = finishes(&fields);
    let (me, shelf, writing) = found(&app, caller, id, (&fields, finishing)).await?;
    let edit = TaskEdit::status(body::status(fields)?);
    match shelf {
        Some((Shelf::Live(task), running)) => {
            let once = writing.once_shown();
            once_at_least(app.store.edit_task(*task, running, None, &edit, me.user.id, once.as_ref()).await)?;
        }
        Some((Shelf::Trash(_), _)) => return Err(Problem::not_found()),
        None => {}
    }
    back_saying(id, "moved")
}

/// `POST /web/team/tasks/{id}/delete`
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (me, shelf, writing) = found(&app, caller, id, (&fields, true)).await?;
    if let Some((Shelf::Live(task), Some(running))) = shelf {
        let once = writing.once_shown();
        once_at_least(app.store.delete_task(*task, running, None, me.user.id, once.as_ref()).await)?;
    }
    back_saying(id, "deleted")
}

/// `POST /web/team/tasks/{id}/restore`
pub(crate) async fn restore(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (me, shelf, writing) = found(&app, caller, id, (&fields, false)).await?;
    if let Some((Shelf::Trash(task), _)) = shelf {
        let once = writing.once_shown();
        once_at_least(app.store.restore_task(*task, me.user.id, once.as_ref()).await)?;
    }
    back_saying(id, "restored")
}
