//! `/team/people/{id}`: one person, what can be done to their account, and what they work on.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Day, Entry, Status, Task, TaskCounts, TimeZone, User, UserId};
use sprintsync_http::{App, Id, Paging, Problem, Query, scope};
use sprintsync_observe::branch;
use sprintsync_store::{Error, Order, Page, Place, TaskList};

use super::people::PEOPLE;
use super::{TEAM, address, person_row, said, tabs, tiles};
use crate::answer::html;
use crate::chart::{self, Column};
use crate::frame::{Frame, Visit};
use crate::show::{self, Now, minutes};
use crate::views::{AccountCard, DaySum, OwnedTask, PersonPage, Tab, Tile, Toast};
use crate::week::sum_of;

/// Tasks of a page.
pub(super) const TASKS: usize = 25;
/// Days whose minutes are shown.
const DAYS: i64 = 30;
/// Entries of them that are added up: far more than anyone works.
const MOST_ENTRIES: usize = 1_000;

/// What the page shows.
pub(super) struct Found {
    person: Option<(User, TaskCounts)>,
    entries: Page<Entry>,
    tasks: Page<Task>,
}

impl Found {
    /// All of it, at once.
    pub(super) async fn read(app: &App, id: UserId, list: TaskList, place: &Place) -> Result<Self, Error> {
        // Which day it is today depends on the person, who is looked up at the same time.
        let today = app.world.now().day_in(&TimeZone::utc());
        let latest = Place { limit: MOST_ENTRIES, after: None };
        let (person, entries, tasks) = tokio::try_join!(
            branch(app.store.person(id)),
            branch(app.store.time(id, (today.plus(-DAYS), today.plus(1)), &latest)),
            branch(app.store.tasks(id, list, place)),
        )?;
        Ok(Self { person, entries, tasks })
    }
}

/// `/team/people/{id}`
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id<UserId>,
    query: Query,
) -> Result<Response, Problem> {
    let flash = said(&query)?;
    let list = TaskList { status: query.parse::<Status>("status")?, order: Order::Newest };
    let paging = Paging::of(&app, query, scope::tasks_of(visit.caller.0.user_id, id, list), TASKS).await?;
    let (frame, found) = visit.of_admin(&app, Found::read(&app, id, list, &paging.place)).await?;
    let more = paging.next(&app, &found.tasks).await;
    html(&whole_page(&app, &frame, id, found, (list, more), flash)?)
}

/// The whole page of a person.
pub(super) fn whole_page(
    app: &App,
    frame: &Frame,
    id: UserId,
    found: Found,
    (list, more): (TaskList, Option<String>),
    flash: Option<Toast>,
) -> Result<PersonPage, Problem> {
    let now = Now::of(app, &frame.me.user);
    let (user, counts) = found.person.ok_or_else(Problem::not_found)?;
    let path = format!("{PEOPLE}/{id}");
    let status = |status: Option<Status>| ("status", status.map(|status| status.to_string()));
    let back = if frame.address().is_empty() { path.clone() } else { frame.address().to_owned() };
    let worked = worked(&found.entries.items, now.at.day_in(&user.time_zone));
    let sum: i64 = worked.iter().map(|(_, minutes)| minutes).sum();
    let label = format!(
        "Time {} logged per day, last {DAYS} days: {} in total. Same data in the table.",
        user.username,
        minutes(sum)
    );
    Ok(PersonPage {
        layout: frame.layout(&now, TEAM, flash),
        tabs: tabs(PEOPLE),
        tiles: tiles(&counts).into_iter().chain([Tile::of("Logged", minutes(counts.minutes))]).collect(),
        minutes: chart::of(&columns(&worked), Some(user.workday_minutes.get()), label),
        minute_days: worked
            .iter()
            .rev()
            .filter(|(_, sum)| *sum != 0)
            .map(|(day, sum)| DaySum { day: now.weekday(*day), value: minutes(*sum) })
            .collect(),
        complete: found.entries.next.is_none(),
        statuses: filters(&path, None, list.status),
        tasks: found
            .tasks
            .items
            .iter()
            .map(|task| OwnedTask { task: now.row(task), owner: None, mine: task.owner == frame.me.user.id })
            .collect(),
        more: more.map(|cursor| address(&path, &[status(list.status), ("cursor", Some(cursor))])),
        account: account_card(&now, frame.me.user.id, &(user, counts), back.clone()),
        back,
    })
}

/// The filters of a person's tasks by status, on a page that names the person in its path or its query.
pub(super) fn filters(path: &str, person: Option<UserId>, chosen: Option<Status>) -> Vec<Tab> {
    let all = [None].into_iter().chain(Status::ALL.map(Some));
    let tab = |status: Option<Status>| Tab {
        label: status.map_or("All", |status| show::status(status).label()),
        href: address(
            path,
            &[("person", person.map(|id| id.to_string())), ("status", status.map(|status| status.to_string()))],
        ),
        status: status.map(show::status),
        current: status == chosen,
    };
    all.map(tab).collect()
}

/// An account as an administrator sees it.
pub(super) fn account_card(now: &Now<'_>, me: UserId, one: &(User, TaskCounts), back: String) -> AccountCard {
    let (user, _) = one;
    AccountCard {
        person: person_row(now, me, one),
        since: now.stamp(user.created_at),
        zone: user.time_zone.name().to_owned(),
        workday: minutes(user.workday_minutes.get()),
        back,
    }
}

/// Minutes of the last days, of which the last is `today`.
fn worked(entries: &[Entry], today: Day) -> Vec<(Day, i64)> {
    (0..DAYS).rev().map(|ago| today.plus(-ago)).map(|day| (day, sum_of(entries, day))).collect()
}

/// Bars that are too narrow for amounts, with a name under every fifth.
fn columns(worked: &[(Day, i64)]) -> Vec<Column> {
    let last = worked.len();
    let named = |place: usize| (last - place) % 5 == 1;
    let column = |(place, (day, sum)): (usize, &(Day, i64))| Column {
        name: if named(place) { day.date().day().to_string() } else { String::new() },
        sum: *sum,
        amount: String::new(),
        today: place + 1 == last,
    };
    worked.iter().enumerate().map(column).collect()
}
