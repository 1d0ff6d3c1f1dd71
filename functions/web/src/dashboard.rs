//! The dashboard: the list, the board, the text filter, and the line that adds a task.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{EventId, NewTask, Status, Task, TaskId, UserId, Words};
use sprintsync_http::{App, Caller, Fields, Form, Me, Problem, Query, body, open_cursor, seal_cursor};
use sprintsync_store::{Error, Found, Order, Page, Place, TaskList};

use crate::answer::{Htmx, belongs_to_form, html, mark, refused, see_other, whole};
use crate::frame::{Frame, Visit};
use crate::plan;
use crate::show::{Now, isolated, status, tasks_of};
use crate::view::{Listed, View, board_query, dashboard, escaped, with_query};
use crate::views::{
    AddForm, Added, BoardPage, Column, Field, FoundTask, FoundTasks, ListPage, More, MoreRows, MoreTickets, Search,
    Status as Shown, Tab, TaskRow, TicketAdded, Toast, ToastAction,
};

/// Rows of a page.
const ROWS: usize = 30;
/// The first page of a list.
const FIRST: Place = Place { limit: ROWS, after: None };
/// Tasks of a column, at first and with every press of "More".
const TICKETS: usize = 20;
/// Tasks that the command palette offers.
const OFFERED: usize = 8;

/// A page of a list, and how far the text filter looked for it.
struct Rows {
    page: Page<Task>,
    looked: Option<(usize, Option<sprintsync_domain::Timestamp>)>,
}

/// `/dashboard`
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let owner = visit.caller.0.user_id;
    if let View::Board(words) = View::of_dashboard(&query) {
        let (frame, read) = visit.alongside(&app, columns(&app, owner, words.as_ref())).await?;
        let flash = flash(&app, &query, &View::Board(words.clone()))?;
        return html(&board_page(&app, &frame, words, read, flash).await?);
    }
    let list = Listed::of(&query)?;
    let after = place(&app, owner, &list, &query).await?;
    let newest = after.is_none();
    let reading = plan::beside(&app, owner, read(&app, owner, &list, Place { limit: ROWS, after }));
    let (frame, read) = visit.alongside(&app, reading).await?;
    let flash = flash(&app, &query, &View::List(list.clone()))?;
    html(&list_page(&app, &frame, list, read, newest, flash).await?)
}

async fn place(app: &App, owner: UserId, list: &Listed, query: &Query) -> Result<Option<String>, Problem> {
    match query.get("cursor")? {
        Some(cursor) => open_cursor(app, &list.scope(owner), cursor).await.map(Some),
        None => Ok(None),
    }
}

async fn read(app: &App, owner: UserId, list: &Listed, place: Place) -> Result<Rows, Error> {
    match &list.words {
        None => Ok(Rows { page: app.store.tasks(owner, list.tasks, &place).await?, looked: None }),
        Some(words) => {
            let Found { page, looked_at, back_to } = app.store.find(owner, list.tasks, words, &place).await?;
            Ok(Rows { page, looked: Some((looked_at, back_to)) })
        }
    }
}

async fn columns(app: &App, owner: UserId, words: Option<&Words>) -> Result<Vec<(Listed, Rows)>, Error> {
    let column = async |status| {
        let list = Listed { words: words.cloned(), ..Listed::newest(Some(status)) };
        let rows = read(app, owner, &list, Place { limit: TICKETS, after: None }).await?;
        Ok::<_, Error>((list, rows))
    };
    let [todo, in_progress, done] = Status::ALL.map(|status| sprintsync_observe::branch(column(status)));
    let (todo, in_progress, done) = tokio::try_join!(todo, in_progress, done)?;
    Ok(vec![todo, in_progress, done])
}

/// What the page says once, by what its address says was done.
fn flash(app: &App, query: &Query, view: &View) -> Result<Option<Toast>, Problem> {
    Ok(match (query.get("done")?, query.get("task")?) {
        (Some("deleted"), Some(task)) if task.parse::<TaskId>().is_ok() => {
            let key = app.world.id::<EventId>().to_string();
            let action = ToastAction::Undo { task: task.to_owned(), key, view: view.key() };
            Some(Toast { action: Some(action), ..Toast::done("Task deleted.") })
        }
        (Some("restored"), _) => Some(Toast::done("Task restored.")),
        (Some("added"), _) => Some(Toast::done("Task added.")),
        (Some("moved"), _) => Some(Toast::done("Tasks moved.")),
        _ => None,
    })
}

/// The filters by status, which keep what is searched for.
fn tabs(words: Option<&Words>, list: Option<&Listed>) -> Vec<Tab> {
    let tab = |filter: Option<Status>| Tab {
        label: filter.map_or("All", |filter| status(filter).label()),
        href: dashboard(&[&Listed { words: words.cloned(), ..Listed::newest(filter) }.query()]),
        status: filter.map(status),
        current: list.is_some_and(|list| list.tasks.status == filter),
    };
    [None].into_iter().chain(Status::ALL.map(Some)).map(tab).collect()
}

async fn list_page(
    app: &App,
    frame: &Frame,
    list: Listed,
    (rows, planned): (Rows, plan::Read),
    newest: bool,
    flash: Option<Toast>,
) -> Result<ListPage, Problem> {
    let user = &frame.me.user;
    let now = Now::of(app, user);
    let shown = list.tasks.status.map(status);
    let turned = match list.tasks.order {
        Order::Newest => Order::Oldest,
        Order::Oldest => Order::Newest,
    };
    let turned = Listed { tasks: TaskList { order: turned, ..list.tasks }, words: None };
    Ok(ListPage {
        layout: frame.layout(&now, "/dashboard", flash),
        heading: match &list.words {
            Some(words) => format!("Results for \"{}\"", isolated(words)),
            None => shown.map_or("All tasks", Shown::label).to_owned(),
        },
        view: View::List(list.clone()).key(),
        tabs: tabs(list.words.as_ref(), Some(&list)),
        board: dashboard(&[&board_query(list.words.as_ref())]),
        status: shown,
        words: list.words.as_ref().map(ToString::to_string).unwrap_or_default(),
        search: searched(&now, &list, &rows),
        more: more(app, user.id, &list, rows.page.next.as_deref()).await,
        tasks: rows.page.items.iter().map(|task| now.row(task)).collect(),
        newest,
        first: dashboard(&[&list.query()]),
        oldest_first: list.tasks.order == Order::Oldest,
        turned: dashboard(&[&turned.query()]),
        plan: plan::shown(app, &now, user.id, planned).await?,
        add: AddForm { key: now.key, ..AddForm::default() },
    })
}

async fn board_page(
    app: &App,
    frame: &Frame,
    words: Option<Words>,
    read: Vec<(Listed, Rows)>,
    flash: Option<Toast>,
) -> Result<BoardPage, Problem> {
    let user = &frame.me.user;
    let now = Now::of(app, user);
    let mut columns = Vec::new();
    for (list, rows) in read {
        columns.extend(column(app, &now, user.id, &list, rows).await);
    }
    Ok(BoardPage {
        layout: frame.layout(&now, "/dashboard", flash),
        tabs: tabs(words.as_ref(), None),
        words: words.as_ref().map(ToString::to_string).unwrap_or_default(),
        board: dashboard(&[&board_query(words.as_ref())]),
        view: View::Board(words).key(),
        columns,
        add: AddForm { key: now.key, ..AddForm::default() },
    })
}

/// The column of the status that a list is of.
async fn column(app: &App, now: &Now<'_>, owner: UserId, list: &Listed, rows: Rows) -> Option<Column> {
    let search = searched(now, list, &rows).map(|search| search.note);
    let more = more(app, owner, list, rows.page.next.as_deref()).await;
    let more = more.map(|more| More { fragment: format!("{}&view=board", more.fragment), ..more });
    let tasks = rows.page.items.iter().map(|task| now.row(task)).collect();
    list.tasks.status.map(|shown| Column { status: status(shown), tasks, search, more })
}

async fn more(app: &App, owner: UserId, list: &Listed, next: Option<&str>) -> Option<More> {
    let cursor = escaped(&seal_cursor(app, &list.scope(owner), next?).await);
    let (query, cursor) = (list.query(), format!("cursor={cursor}"));
    Some(More { page: dashboard(&[&query, &cursor]), fragment: with_query("/web/tasks", &[&query, &cursor]) })
}

/// How far back a text filter looked.
fn searched(now: &Now<'_>, list: &Listed, rows: &Rows) -> Option<Search> {
    let (count, back_to) = rows.looked?;
    let note = match (back_to, &rows.page.next) {
        (Some(back_to), Some(_)) => format!("Searched {}, back to {}.", tasks_of(count), now.when(back_to).text),
        _ if count == 1 => "Searched your only task.".to_owned(),
        _ => format!("Searched all {count} tasks."),
    };
    Some(Search { note, clear: dashboard(&[&Listed::newest(list.tasks.status).query()]) })
}

/// `GET /web/tasks`: the next rows, or the next tasks of a column
pub(crate) async fn rows(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let owner = caller.0.user_id;
    let list = Listed::of(&query)?;
    let after = place(&app, owner, &list, &query).await?;
    let view = View::of_dashboard(&query);
    let limit = if matches!(view, View::Board(_)) { TICKETS } else { ROWS };
    let (me, rows) = caller.alongside(&app, read(&app, owner, &list, Place { limit, after })).await?;
    let now = Now::of(&app, &me.user);
    if let View::Board(_) = view {
        let column = column(&app, &now, owner, &list, rows).await.ok_or_else(Problem::not_found)?;
        return html(&MoreTickets { view: view.key(), column });
    }
    html(&MoreRows {
        search: searched(&now, &list, &rows),
        more: more(&app, owner, &list, rows.page.next.as_deref()).await,
        tasks: rows.page.items.iter().map(|task| now.row(task)).collect(),
        view: View::List(list).key(),
    })
}

/// `GET /web/find`: tasks to open, by words, or the newest
pub(crate) async fn find(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let words = query.get("q")?.filter(|words| !words.trim().is_empty());
    let words = words.map(str::parse::<Words>).transpose().map_err(|reason| Problem::field("q", &reason))?;
    let list = TaskList::default();
    let owner = caller.0.user_id;
    let reading = async {
        let Some(words) = &words else {
            let newest = Place { limit: OFFERED, after: None };
            return Ok(Found { page: app.store.tasks(owner, list, &newest).await?, looked_at: 0, back_to: None });
        };
        // All that one look finds, since those found by their titles come first.
        let mut found = app.store.find(owner, list, words, &Place { limit: usize::MAX, after: None }).await?;
        found.page.items.sort_by_key(|task| !words.are_in_title(task));
        found.page.items.truncate(OFFERED);
        Ok::<_, Error>(found)
    };
    let (_, found) = caller.alongside(&app, reading).await?;
    let offered =
        |task: &Task| FoundTask { id: task.id.to_string(), title: task.title.to_string(), status: status(task.status) };
    let short = words.is_some() && found.page.next.is_some();
    html(&FoundTasks {
        tasks: found.page.items.iter().map(offered).collect(),
        note: short.then(|| format!("Searched the {} newest tasks.", found.looked_at)),
    })
}

/// `POST /web/tasks`: adds a task
pub(crate) async fn add(
    State(app): State<App>,
    visit: Visit,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let nothing = std::future::ready(Ok(()));
    let (me, (), writing) = fields.repeat().begin(&app, visit.caller, nothing).await?;
    let view = View::of(&fields);
    let now = Now::of(&app, &me.user);
    let mut form = AddForm {
        key: now.key.clone(),
        title: Field::of(fields.raw("title")),
        description: Field::of(fields.raw("description")),
        estimate_minutes: Field::of(fields.raw("estimate_minutes")),
        due_on: Field::of(fields.raw("due_on")),
        message: None,
    };
    let added = match new_task(&mut fields, &view) {
        Ok(_) if writing.is_done() => Ok(None),
        Ok(new) => {
            let (by, when, once) = (me.user.id, (now.at, now.today()), writing.once_shown());
            once_at_least(app.store.create_task(new, by, when, once.as_ref()).await)
        }
        Err(problem) => Err(problem),
    };
    let problem = match added {
        Ok(_) if !htmx => return Ok(see_other(&view.address("done=added"))),
        Ok(task) => return html_added(&now, &view, task.as_ref()),
        Err(problem) if belongs_to_form(&problem) => problem,
        Err(problem) => return Err(problem),
    };
    mark(&mut form.title, "title", &problem);
    mark(&mut form.description, "description", &problem);
    mark(&mut form.estimate_minutes, "estimate_minutes", &problem);
    mark(&mut form.due_on, "due_on", &problem);
    form.message = whole(&problem, &["title", "description", "estimate_minutes", "due_on"]);
    if htmx {
        return refused(&problem, &Added { view: view.key(), add: form, row: None, toast: None });
    }
    if let View::Board(words) = view {
        let reading = columns(&app, me.user.id, words.as_ref());
        let (frame, read) = visit.afterwards(&app, me, reading).await?;
        let mut whole = board_page(&app, &frame, words, read, None).await?;
        whole.add = form;
        return refused(&problem, &whole);
    }
    let list = view.list();
    let reading = plan::at_once(&app, me.user.id, read(&app, me.user.id, &list, FIRST));
    let (frame, read) = visit.afterwards(&app, me, reading).await?;
    let mut whole = list_page(&app, &frame, list, read, true, None).await?;
    whole.add = form;
    refused(&problem, &whole)
}

/// The form, empty again, and the new task where it belongs: at the head of what is seen, or behind a link.
fn html_added(now: &Now<'_>, view: &View, task: Option<&Task>) -> Result<Response, Problem> {
    let add = AddForm { key: now.key.clone(), ..AddForm::default() };
    if let (View::Board(_), Some(task)) = (view, task.filter(|task| view.shows(task))) {
        return html(&TicketAdded { view: view.key(), add, task: now.row(task) });
    }
    let at_the_head = view.list().tasks.order == Order::Newest;
    let row: Option<TaskRow> = task.filter(|task| at_the_head && view.shows(task)).map(|task| now.row(task));
    let toast = match task {
        _ if row.is_some() => None,
        Some(task) => {
            let open = ToastAction::Open { task: task.id.to_string() };
            let said = format!("Task added to {}.", status(task.status).label());
            Some(Toast { action: Some(open), ..Toast::done(said) })
        }
        None => Some(Toast::done("Task already added. Reload to see it.")),
    };
    html(&Added { view: view.key(), add, row, toast })
}

/// The dashboard as it is, saying this.
pub(crate) async fn shown(app: &App, (visit, me): (Visit, Me), view: &View, flash: Toast) -> Result<ListPage, Problem> {
    let (list, owner) = (view.list(), me.user.id);
    let reading = plan::at_once(app, owner, read(app, owner, &list, FIRST));
    let (frame, read) = visit.afterwards(app, me, reading).await?;
    list_page(app, &frame, list, read, true, Some(flash)).await
}

/// What a write did, or nothing where the same form had done it a moment before.
pub(crate) fn once_at_least<T>(done: Result<T, Error>) -> Result<Option<T>, Problem> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Error::AlreadyDone) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What is typed into the line above a list is added with that list's status, where the list shows open work.
fn new_task(fields: &mut Fields, view: &View) -> Result<NewTask, Problem> {
    fields.ignore(&["view"]);
    fields.blank_is_null(&["estimate_minutes", "due_on"]);
    fields.durations_are_minutes(&["estimate_minutes"]);
    let new = body::new_task(std::mem::take(fields))?;
    let status = match view.list().tasks.status {
        Some(Status::InProgress) => Status::InProgress,
        _ => new.status,
    };
    Ok(NewTask { status, ..new })
}
