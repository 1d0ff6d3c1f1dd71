//! A day of one's own: what was worked on, and what that comes to beside a working day.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Day, Entry, TimeZone};
use sprintsync_http::{App, Problem, Query};
use sprintsync_store::Place;

use crate::answer::html;
use crate::frame::Visit;
use crate::show::{Now, minutes};
use crate::views::{DayEntry, DayPage, PageTab};

/// Entries of a day that are shown and added up: far more than anyone works.
const MOST_ENTRIES: usize = 200;

/// `/day`, which is today or the one `on` which something was done
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let asked = query.parse::<Day>("on")?;
    let user = visit.caller.0.user_id;
    let place = Place { limit: MOST_ENTRIES, after: None };
    // Which day it is today depends on the person, who is looked up at the same time.
    let near = app.world.now().day_in(&TimeZone::utc());
    let around = asked.map_or((near.plus(-1), near.plus(1)), |day| (day, day));
    let (frame, page) = visit.alongside(&app, app.store.time(user, around, &place)).await?;
    let now = Now::of(&app, &frame.me.user);
    let (today, day) = (now.today(), asked.unwrap_or_else(|| now.today()));
    let entries: Vec<Entry> = page.items.into_iter().filter(|entry| entry.worked_on == day).collect();
    let titles = app.store.titles(user, entries.iter().map(|entry| entry.task_id)).await?;
    let total: i64 = entries.iter().map(|entry| entry.minutes).sum();
    let workday = frame.me.user.workday_minutes.get();
    let lines = now.entries(&entries, user).into_iter().zip(&entries).map(|(line, entry)| DayEntry {
        line,
        task: entry.task_id.to_string(),
        title: titles.get(&entry.task_id).map(ToString::to_string),
    });
    html(&DayPage {
        layout: frame.layout(&now, "/time", None),
        tabs: tabs(day, today, true),
        day: now.weekday(day),
        today: day == today,
        total: minutes(total),
        workday: minutes(workday),
        percent: u8::try_from((total.max(0) * 100 / workday.max(1)).min(100)).unwrap_or(100),
        over: (total > workday).then(|| minutes(total - workday)),
        entries: lines.collect(),
        complete: page.next.is_none(),
        key: now.key.clone(),
        back: format!("/day?on={day}"),
        earlier: day.plus(-1).to_string(),
        later: (day < today).then(|| day.plus(1).to_string()),
    })
}

/// The two views of one's time, about the same day.
pub(crate) fn tabs(day: Day, today: Day, is_day: bool) -> Vec<PageTab> {
    let (on, of) = match day == today {
        true => (String::new(), String::new()),
        false => (format!("?on={day}"), format!("?day={day}")),
    };
    vec![
        PageTab { label: "Day", href: format!("/day{on}"), current: is_day },
        PageTab { label: "Week", href: format!("/week{of}"), current: !is_day },
    ]
}
