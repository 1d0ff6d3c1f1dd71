//! `/team/tasks`: everybody's tasks, or one person's.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Status, Task, UserId};
use sprintsync_http::{App, Paging, Problem, Query, scope};
use sprintsync_observe::branch;
use sprintsync_store::{Names, Order, TaskList};

use super::person::filters;
use super::{TEAM, Wanted, address, by_name, nobody, said, tabs, who};
use crate::answer::{html, see_other};
use crate::frame::{Frame, Visit};
use crate::show::Now;
use crate::views::{Field, OwnedTask, TeamTasksPage, Toast};

/// Where it is.
pub(super) const TASKS: &str = "/team/tasks";
/// Tasks of a page.
const ROWS: usize = 25;

/// `/team/tasks`, of the `person` with this id or of whoever has this `name`, of one `status` of that person's
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let flash = said(&query)?;
    let status = query.parse::<Status>("status")?;
    match Wanted::of(&query)? {
        Wanted::Everybody => everybodys(&app, visit, query, flash).await,
        Wanted::Id(person) => {
            let list = TaskList { status, order: Order::Newest };
            persons(&app, visit, query, (person, list), flash).await
        }
        Wanted::Name(name) => {
            let (frame, person) = visit.of_admin(&app, by_name(&app, &name)).await?;
            if let Some(person) = person {
                let status = status.map(|status| status.to_string());
                return Ok(see_other(&address(TASKS, &[("person", Some(person.to_string())), ("status", status)])));
            }
            let error = Some(nobody(&name));
            html(&TeamTasksPage { person: Field { value: name, error }, ..empty_page(&app, &frame, flash) })
        }
    }
}

fn empty_page(app: &App, frame: &Frame, flash: Option<Toast>) -> TeamTasksPage {
    TeamTasksPage {
        layout: frame.layout(&Now::of(app, &frame.me.user), TEAM, flash),
        tabs: tabs(TASKS),
        person: Field::default(),
        names: Vec::new(),
        statuses: Vec::new(),
        tasks: Vec::new(),
        more: None,
        first: None,
        back: frame.address().to_owned(),
    }
}

async fn everybodys(app: &App, visit: Visit, query: Query, flash: Option<Toast>) -> Result<Response, Problem> {
    let paging = Paging::of(app, query, scope::all_tasks(visit.caller.0.user_id), ROWS).await?;
    let (frame, listed) = visit.of_admin(app, app.store.all_tasks(&paging.place)).await?;
    let me = &frame.me.user;
    let (tasks, names) = app.store.tasks_at(&listed, me).await?;
    let now = Now::of(app, me);
    let more = paging.next(app, &listed.page(Vec::<()>::new())).await;
    html(&TeamTasksPage {
        names: owners(&tasks, &names),
        tasks: tasks.iter().map(|task| owned(&now, me.id, task, &names)).collect(),
        more: more.map(|cursor| address(TASKS, &[("cursor", Some(cursor))])),
        first: paging.place.after.as_ref().map(|_| TASKS.to_owned()),
        ..empty_page(app, &frame, flash)
    })
}

async fn persons(
    app: &App,
    visit: Visit,
    query: Query,
    (person, list): (UserId, TaskList),
    flash: Option<Toast>,
) -> Result<Response, Problem> {
    let paging = Paging::of(app, query, scope::tasks_of(visit.caller.0.user_id, person, list), ROWS).await?;
    let reading = async {
        let tasks = app.store.tasks(person, list, &paging.place);
        tokio::try_join!(branch(app.store.user(person)), branch(tasks))
    };
    let (frame, (owner, page)) = visit.of_admin(app, reading).await?;
    let owner = owner.ok_or_else(Problem::not_found)?;
    let (now, names) = (Now::of(app, &frame.me.user), Names::just(&owner));
    let status = ("status", list.status.map(|status| status.to_string()));
    let here = |cursor: Option<String>| {
        address(TASKS, &[("person", Some(person.to_string())), status.clone(), ("cursor", cursor)])
    };
    html(&TeamTasksPage {
        person: Field::of(owner.username.to_string()),
        names: vec![owner.username.to_string()],
        statuses: filters(TASKS, Some(person), list.status),
        tasks: page.items.iter().map(|task| owned(&now, frame.me.user.id, task, &names)).collect(),
        more: paging.next(app, &page).await.map(|cursor| here(Some(cursor))),
        first: paging.place.after.as_ref().map(|_| here(None)),
        ..empty_page(app, &frame, flash)
    })
}

fn owned(now: &Now<'_>, me: UserId, task: &Task, names: &Names) -> OwnedTask {
    OwnedTask { task: now.row(task), owner: Some(who(task.owner, names)), mine: task.owner == me }
}

/// The names of those whose tasks these are, each once.
fn owners(tasks: &[Task], names: &Names) -> Vec<String> {
    let mut owners: Vec<String> = tasks.iter().filter_map(|task| names.of(task.owner)).map(str::to_owned).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}
