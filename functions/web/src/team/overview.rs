//! `/team`: everybody together, in numbers that are some seconds old.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Day, Status, TaskCounts, TimeZone, UserId};
use sprintsync_http::{App, Problem, Query, team};
use sprintsync_observe::branch;
use sprintsync_store::{Days, Names, Totals};

use super::{TEAM, percent, said, tabs, tiles};
use crate::answer::html;
use crate::chart::{self, Column};
use crate::frame::Visit;
use crate::show::{Now, length, minutes, status};
use crate::views::{BarLine, Chart, DaySum, DurationLine, TeamPage, Tile};

/// Days of which it is shown what was finished.
const DAYS: i64 = 14;
/// Days of which it is shown who worked.
const WORKED: i64 = 7;
/// People who are named.
const TOP: usize = 8;

/// `/team`
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    // Days of tasks are in UTC, those of work in the zone of whoever worked: somewhere it is tomorrow already.
    let today = app.world.now().day_in(&TimeZone::utc());
    let reading = async {
        let days = app.store.days((today.plus(-DAYS), today.plus(1)));
        tokio::try_join!(branch(app.store.totals()), branch(days))
    };
    let (frame, (totals, days)) = visit.of_admin(&app, reading).await?;
    let now = Now::of(&app, &frame.me.user);
    let worked = team::most_worked(&days, (now.today().plus(1 - WORKED), now.today()), TOP);
    let names = app.store.names(&frame.me.user, worked.iter().map(|(person, _)| *person)).await?;
    let finished: Vec<(Day, i64)> =
        (0..DAYS).rev().map(|ago| today.plus(-ago)).map(|day| (day, on(&days, day))).collect();
    html(&TeamPage {
        layout: frame.layout(&now, TEAM, said(&query)?),
        tabs: tabs(TEAM),
        tiles: [Tile::of("People", totals.users.to_string())].into_iter().chain(tiles(&totals.all)).collect(),
        statuses: statuses(&totals.all),
        finished: finished_chart(&finished),
        finished_days: finished
            .iter()
            .rev()
            .map(|(day, count)| DaySum { day: now.weekday(*day), value: count.to_string() })
            .collect(),
        worked: worked_most(&worked, &names),
        durations: durations(&totals),
    })
}

/// What everybody finished on a day.
fn on(days: &Days, day: Day) -> i64 {
    days.iter().filter(|((on, _), _)| *on == day).map(|(_, counts)| counts.finished).sum::<i64>().max(0)
}

fn statuses(all: &TaskCounts) -> Vec<BarLine> {
    let most = Status::ALL.into_iter().map(|status| all.of(status)).max().unwrap_or_default();
    let line = |one: Status| BarLine {
        name: status(one).label().to_owned(),
        href: None,
        status: Some(status(one)),
        value: all.of(one).to_string(),
        percent: percent(all.of(one), most),
    };
    Status::ALL.map(line).into()
}

fn finished_chart(finished: &[(Day, i64)]) -> Chart {
    let column = |(day, count): &(Day, i64)| Column {
        name: day.date().day().to_string(),
        sum: *count,
        amount: count.to_string(),
        today: finished.last().is_some_and(|(last, _)| last == day),
    };
    let sum: i64 = finished.iter().map(|(_, count)| count).sum();
    let label = format!("Tasks finished per day, last {DAYS} days: {sum} in total. Same data in the table.");
    chart::of(&finished.iter().map(column).collect::<Vec<_>>(), None, label)
}

fn worked_most(worked: &[(UserId, i64)], names: &Names) -> Vec<BarLine> {
    let most = worked.iter().map(|(_, sum)| *sum).max().unwrap_or_default();
    let line = |(person, sum): &(UserId, i64)| {
        let name = names.of(*person);
        BarLine {
            name: name.unwrap_or("Former member").to_owned(),
            href: name.map(|_| format!("/team/people/{person}")),
            status: None,
            value: minutes(*sum),
            percent: percent(*sum, most),
        }
    };
    worked.iter().map(line).collect()
}

fn durations(totals: &Totals) -> Vec<DurationLine> {
    let each = Status::ALL.into_iter().zip(&totals.durations);
    let text = |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), length);
    let line = |(one, durations): (Status, &sprintsync_domain::Durations)| DurationLine {
        status: status(one),
        median: text(durations.median()),
        mean: text(durations.mean()),
        count: durations.count,
    };
    each.map(line).collect()
}
