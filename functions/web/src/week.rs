//! A week of one's own: what was worked on each day, Monday to Sunday, and what was finished, in the person's own zone.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Day, Entry, Status, Task, TaskId, Timestamp, Title, Week};
use sprintsync_http::{App, Problem, Query};
use sprintsync_observe::branch;
use sprintsync_store::{Order, Place, TaskList};

use crate::answer::html;
use crate::chart::{self, Column};
use crate::day::tabs;
use crate::frame::Visit;
use crate::show::{Now, minutes, tasks_of};
use crate::views::{Chart, DayLine, FinishedLine, Tile, WeekDay, WeekPage};

/// Entries of a week that are shown and added up: far more than anyone works.
const MOST_ENTRIES: usize = 1_000;
/// Done tasks, the newest, among which those of the week are looked for.
const LOOKED_AT: usize = 200;

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
    let newest = Place { limit: LOOKED_AT, after: None };
    let done = TaskList { status: Some(Status::Done), order: Order::Newest };
    let reading = async {
        let (time, tasks) = (app.store.time(user, around, &place), app.store.tasks(user, done, &newest));
        tokio::try_join!(branch(time), branch(tasks))
    };
    let (frame, (entries, done)) = visit.alongside(&app, reading).await?;
    let now = Now::of(&app, &frame.me.user);
    let week = Week::of(asked.unwrap_or_else(|| now.today()));
    let of_week = |entry: &Entry| (week.first..=week.last).contains(&entry.worked_on);
    let complete = entries.next.is_none();
    let entries: Vec<Entry> = entries.items.into_iter().filter(of_week).collect();
    let titles = app.store.titles(user, entries.iter().map(|entry| entry.task_id)).await?;
    let workday = frame.me.user.workday_minutes.get();
    let total = minutes(entries.iter().map(|entry| entry.minutes).sum());
    let all_done = done.next.is_none();
    let finished = finished_in(&now, week, done.items);
    html(&WeekPage {
        layout: frame.layout(&now, "/time", None),
        tabs: tabs(asked.unwrap_or_else(|| now.today()), now.today(), false),
        chart: chart_of(&now, week, &entries, (workday, &total)),
        workday: minutes(workday),
        tiles: vec![Tile::of("Logged", total.clone()), Tile::of("Finished", tasks_of(finished.len()))],
        finished: finished.iter().map(|(task, at)| finished_line(&now, task, *at)).collect(),
        all_done,
        total,
        days: week.days().map(|day| day_of(&now, day, &entries, &titles)).collect(),
        complete,
        span: now.span(week),
        earlier: week.first.plus(-7).to_string(),
        later: (week.last < now.today()).then(|| week.first.plus(7).to_string()),
        current: Week::of(now.today()) == week,
    })
}

/// The tasks that were finished in this week and are done still, the last of them first.
fn finished_in(now: &Now<'_>, week: Week, done: Vec<Task>) -> Vec<(Task, Timestamp)> {
    let of_week = |at: &Timestamp| (week.first..=week.last).contains(&at.day_in(now.zone));
    let mut finished: Vec<(Task, Timestamp)> =
        done.into_iter().filter_map(|task| task.completed_at.filter(of_week).map(|at| (task, at))).collect();
    finished.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    finished
}

fn finished_line(now: &Now<'_>, task: &Task, at: Timestamp) -> FinishedLine {
    FinishedLine {
        id: task.id.to_string(),
        title: task.title.to_string(),
        logged: (task.total_minutes != 0).then(|| minutes(task.total_minutes)),
        at: now.when(at),
    }
}

/// Minutes of a day.
pub(crate) fn sum_of(entries: &[Entry], day: Day) -> i64 {
    entries.iter().filter(|entry| entry.worked_on == day).map(|entry| entry.minutes).sum()
}

fn chart_of(now: &Now<'_>, week: Week, entries: &[Entry], (workday, total): (i64, &str)) -> Chart {
    let column = |day: Day| Column {
        name: day.date().strftime("%a").to_string(),
        sum: sum_of(entries, day),
        amount: minutes(sum_of(entries, day)),
        today: day == now.today(),
    };
    let columns: Vec<Column> = week.days().map(column).collect();
    let label = format!("Time logged per day, {}: {total} in total. Same data in the table.", now.span(week));
    chart::of(&columns, Some(workday), label)
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
