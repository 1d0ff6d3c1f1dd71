//! A week of one's own: what was worked on each day, Monday to Sunday, in the person's own zone.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Day, Entry, TaskId, Title, Week};
use sprintsync_http::{App, Problem, Query};
use sprintsync_store::Place;

use crate::answer::html;
use crate::frame::Visit;
use crate::show::{Now, minutes};
use crate::views::{DayLine, WeekDay, WeekPage};

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
    let days = week.days().map(|day| day_of(&now, day, &entries, &titles)).collect();
    html(&WeekPage {
        layout: frame.layout(&now, "/week", None),
        total: minutes(entries.iter().map(|entry| entry.minutes).sum()),
        days,
        complete,
        span: now.span(week),
        earlier: week.first.plus(-7).to_string(),
        later: (week.last < now.today()).then(|| week.first.plus(7).to_string()),
        current: Week::of(now.today()) == week,
    })
}

fn day_of(now: &Now<'_>, day: Day, entries: &[Entry], titles: &HashMap<TaskId, Title>) -> WeekDay {
    let entries: Vec<&Entry> = entries.iter().filter(|entry| entry.worked_on == day).collect();
    let line = |entry: &&Entry| DayLine {
        minutes: minutes(entry.minutes),
        task: entry.task_id.to_string(),
        title: titles.get(&entry.task_id).map(ToString::to_string),
        note: entry.note.to_string(),
        correction: entry.reverses.is_some(),
    };
    WeekDay {
        day: now.weekday(day),
        today: day == now.today(),
        total: minutes(entries.iter().map(|entry| entry.minutes).sum()),
        lines: entries.iter().map(line).collect(),
    }
}
