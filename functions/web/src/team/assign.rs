//! `/team/tasks/{id}/assign`: a task for somebody else.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Invalid, TaskId, UserId};
use sprintsync_http::{App, Form, Id, Problem, Query};
use sprintsync_observe::branch;
use sprintsync_store::{Listed, Names, Place};

use super::tasks::TASKS;
use super::{TEAM, back, by_name, nobody, tabs, who};
use crate::answer::{html, own_path, refused, see_other};
use crate::dashboard::once_at_least;
use crate::frame::{Frame, Visit};
use crate::show::Now;
use crate::view::saying;
use crate::views::{AssignPage, Field};

/// People whose names are offered, the newest. Any other can be typed.
const OFFERED: Place = Place { limit: 200, after: None };

/// `/team/tasks/{id}/assign`
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id<TaskId>,
    query: Query,
) -> Result<Response, Problem> {
    let reading = async { tokio::try_join!(branch(app.store.owner(id)), branch(app.store.people(&OFFERED))) };
    let (frame, (owner, people)) = visit.of_admin(&app, reading).await?;
    let owner = owner.ok_or_else(Problem::not_found)?;
    let known = people.owners()?.into_iter().chain([owner]);
    let (task, names) =
        tokio::try_join!(branch(app.store.task(owner, id)), branch(app.store.names(&frame.me.user, known)))?;
    // It may have gone to somebody else since its owner was asked for.
    let task = match task {
        Some(task) => Some(task),
        None => app.store.task_of_anybody(id).await?,
    };
    let task = task.ok_or_else(Problem::not_found)?;
    let from = Some(own_path(query.get("back")?.unwrap_or_default())).filter(|back| !back.is_empty());
    let back = from.unwrap_or_else(|| TASKS.to_owned());
    html(&whole_page(&app, &frame, (id, task.title.to_string()), task.owner, (&people, &names), back)?)
}

fn whole_page(
    app: &App,
    frame: &Frame,
    (id, title): (TaskId, String),
    owner: UserId,
    (people, names): (&Listed, &Names),
    back: String,
) -> Result<AssignPage, Problem> {
    let now = Now::of(app, &frame.me.user);
    let mut offered: Vec<String> =
        people.owners()?.into_iter().filter_map(|id| names.of(id)).map(str::to_owned).collect();
    offered.sort_unstable_by_key(|name| name.to_lowercase());
    Ok(AssignPage {
        layout: frame.layout(&now, TEAM, None),
        tabs: tabs(TASKS),
        id: id.to_string(),
        task: title,
        owner: who(owner, names),
        username: Field::default(),
        message: None,
        names: offered,
        key: now.key,
        back,
    })
}

/// `POST /web/team/tasks/{id}/assign`
pub(crate) async fn assign(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id<TaskId>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (name, back) = (fields.raw("username").trim().to_owned(), back(&fields, TASKS));
    let reading = async {
        let (owner, to) = (app.store.owner(id), by_name(&app, &name));
        let timer = app.store.timer(visit.caller.0.user_id);
        tokio::try_join!(branch(owner), branch(to), branch(timer), branch(app.store.people(&OFFERED)))
    };
    let (me, (owner, to, timer, people), writing) = fields.repeat().begin(&app, visit.caller, reading).await?;
    me.admin()?;
    if writing.is_done() {
        return Ok(see_other(&saying(&back, "assigned")));
    }
    let owner = owner.ok_or_else(Problem::not_found)?;
    let there = app.store.assignable((owner, id), to.unwrap_or(owner)).await?;
    let task = there.task.ok_or_else(Problem::not_found)?;
    let error = match (to, there.to) {
        (None, _) if name.is_empty() => "Choose a person.".to_owned(),
        (Some(to), Some(person)) if !person.disabled => {
            let (once, owner) = (writing.once_shown(), (there.owner.as_ref(), there.timer));
            once_at_least(app.store.assign_task(task, owner, to, me.user.id, once.as_ref()).await)?;
            return Ok(see_other(&saying(&back, "assigned")));
        }
        (Some(_), Some(person)) => format!("{} is deactivated and can't have tasks.", person.username),
        _ => nobody(&name),
    };
    let known = people.owners()?.into_iter().chain([owner]);
    let names = app.store.names(&me.user, known).await?;
    let frame = visit.around(me, timer);
    let page = whole_page(&app, &frame, (id, task.title.to_string()), owner, (&people, &names), back)?;
    let problem = Problem::field("username", &Invalid("Choose an active user.".to_owned()));
    refused(&problem, &AssignPage { username: Field { value: name, error: Some(error) }, ..page })
}
