//! A week of one's own: what was worked on each day, Monday to Sunday, in the person's own zone.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Day, Entry, TaskId, Title, Week};
use sprintsync_http::{App, Problem, Query};
use sprintsync_store::Place;

use crate::answer::html;
use crate::chart::{self, Column};
use crate::day::tabs;
use crate::frame::Visit;
use crate::show::{Now, minutes};
use crate::views::{Chart, DayLine, WeekDay, WeekPage};

/// Entries of a week that are shown and added up: far more than anyone works.
const MOST_ENTRIES: usize = 1_000;

/// `/week`, of the `day` in it, or of today
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let asked = query.parse::<Day>("day")?;
    let user = visit.caller.0.user_id;
    let place = Place { limit: MOST_ENTRIES, after: None };
    // Which day it is today depends on the person, who is looked up at the same time: all weeks that it may be in.
    let near = app.world.now().day_in(&sprintsync_domain::TimeZone::utc());
    let around = match asked.map(Week::of) {
        Some(week) => (week.first, week.last),
        None => (Week::of(near.plus(-1)).first, Week::of(near.plus(1)).last),
    };
    let (frame, entries) = visit.alongside(&app, app.store.time(user, around, &place)).await?;
    let now = Now::of(&app, &frame.me.user);
    let week = Week::of(asked.unwrap_or_else(|| now.today()));
    let of_week = |entry: &Entry| (week.first..=week.last).contains(&entry.worked_on);
    let complete = entries.next.is_none();
    let entries: Vec<Entry> = entries.items.into_iter().filter(of_week).collect();
    let titles = app.store.titles(user, entries.iter().map(|entry| entry.task_id)).await?;
    let workday = frame.me.user.workday_minutes.get();
    let total = minutes(entries.iter().map(|entry| entry.minutes).sum());
    html(&WeekPage {
        layout: frame.layout(&now, "/time", None),
        tabs: tabs(asked.unwrap_or_else(|| now.today()), now.today(), false),
        chart: chart_of(&now, week, &entries, (workday, &total)),
        workday: minutes(workday),
        total,
        days: week.days().map(|day| day_of(&now, day, &entries, &titles)).collect(),
        complete,
        span: now.span(week),
        earlier: week.first.plus(-7).to_string(),
        later: (week.last < now.today()).then(|| week.first.plus(7).to_string()),
        current: Week::of(now.today()) == week,
    })
}

fn sum_of(entries: &[Entry], day: Day) -> i64 {
    entries.iter().filter(|entry| entry.worked_on == day).map(|entry| entry.minutes).sum()
}

fn chart_of(now: &Now<'_>, week: Week, entries: &[Entry], (workday, total): (i64, &str)) -> Chart {
    let column = |day: Day| Column {
        name: day.date().strftime("%a").to_string(),
        minutes: sum_of(entries, day),
        today: day == now.today(),
    };
    let columns: Vec<Column> = week.days().map(column).collect();
    let label = format!("Time logged on each day of {}: {total} in all. The table says the same.", now.span(week));
    chart::of(&columns, workday, label)
}

fn day_of(now: &Now<'_>, day: Day, entries: &[Entry], titles: &HashMap<TaskId, Title>) -> WeekDay {
    let mut tasks: Vec<(TaskId, i64)> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.worked_on == day) {
        match tasks.iter_mut().find(|(task, _)| *task == entry.task_id) {
            Some((_, sum)) => *sum += entry.minutes,
            None => tasks.push((entry.task_id, entry.minutes)),
        }
    }
    let line = |(task, sum): &(TaskId, i64)| DayLine {
        minutes: minutes(*sum),
        task: task.to_string(),
        title: titles.get(task).map(ToString::to_string),
    };
    WeekDay {
        day: now.weekday(day),
        today: day == now.today(),
        total: minutes(sum_of(entries, day)),
        lines: tasks.iter().map(line).collect(),
    }
}
