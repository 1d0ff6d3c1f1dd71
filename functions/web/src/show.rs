//! How values look on a page: minutes, days, moments, in the person's own zone.

use jiff::Zoned;
use jiff::civil::Date;
use sprintsync_domain as domain;
use sprintsync_domain::{Day, Entry, Event, Session, Task, TimeZone, Timer, Timestamp, Urgency, Week, What};

use sprintsync_http::App;
use sprintsync_store::Names;

use crate::views::{
    Due, EntryLine, EventLine, Field, Moment, SessionLine, Status, TaskRow, TimeSummary, TimerBar, TimerBox, TrashRow,
};

/// Characters of a value in a line of the history.
const SHORT: usize = 80;

/// The person's own present, as an answer shows it.
#[derive(Debug, Clone)]
pub(crate) struct Now<'a> {
    pub(crate) at: Timestamp,
    pub(crate) zone: &'a TimeZone,
    /// The key of every form in the answer: the same form, sent twice as it was, is one write.
    pub(crate) key: String,
}

/// The shape of a time with its day: days of other years say so.
fn dated(this_year: bool) -> &'static str {
    if this_year { "day-clock" } else { "year-clock" }
}

impl<'a> Now<'a> {
    pub(crate) fn of(app: &App, user: &'a domain::User) -> Self {
        Self { at: app.world.now(), zone: &user.time_zone, key: app.world.id::<domain::EventId>().to_string() }
    }

    pub(crate) fn today(&self) -> Day {
        self.at.day_in(self.zone)
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        at.instant().to_zoned(self.zone.zone().clone())
    }

    fn day_text(&self, date: Date) -> String {
        let today = self.today().date();
        let format = if date.year() == today.year() { "%-d %b" } else { "%-d %b %Y" };
        date.strftime(format).to_string()
    }

    fn day(&self, day: Day) -> Moment {
        let date = day.date();
        let text = match (date - self.today().date()).get_days() {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            -1 => "yesterday".to_owned(),
            _ => self.day_text(date),
        };
        // Days of other years say so.
        let plain = if date.year() == self.today().date().year() { "day" } else { "year" };
        let full = date.strftime("%a %-d %b %Y").to_string();
        let shape = text.starts_with(|c: char| c.is_ascii_digit()).then_some(plain);
        Moment { datetime: day.to_string(), text, full, shape }
    }

    /// A day with its weekday: `Mon 23 Nov`.
    pub(crate) fn weekday(&self, day: Day) -> Moment {
        let text = format!("{} {}", day.date().strftime("%a"), self.day_text(day.date()));
        Moment { text, shape: None, ..self.day(day) }
    }

    /// A week: `23 – 29 Nov`.
    pub(crate) fn span(&self, week: Week) -> String {
        let (first, last) = (week.first.date(), week.last.date());
        match first.first_of_month() == last.first_of_month() {
            true => format!("{} – {}", first.day(), self.day_text(last)),
            false => format!("{} – {}", self.day_text(first), self.day_text(last)),
        }
    }

    /// A task in the trash.
    pub(crate) fn trashed(&self, task: &Task, until: Timestamp) -> TrashRow {
        let days = (until.ms() - self.at.ms()) / 86_400_000;
        let left = match days {
            0 => "under a day left".to_owned(),
            1 => "1 day left".to_owned(),
            days => format!("{days} days left"),
        };
        TrashRow {
            id: task.id.to_string(),
            title: task.title.to_string(),
            status: status(task.status),
            deleted: self.when(task.updated_at),
            left: self.moment(until, left),
            key: self.key.clone(),
        }
    }

    fn moment(&self, at: Timestamp, text: String) -> Moment {
        let full = self.zoned(at).strftime("%a %-d %b %Y, %H:%M").to_string();
        Moment { datetime: at.to_string(), text, full, shape: None }
    }

    /// How long ago, in two or three characters.
    fn age(&self, at: Timestamp) -> Moment {
        let minutes = (self.at.ms() - at.ms()).max(0) / 60_000;
        let text = match minutes {
            0 => "now".to_owned(),
            1..=59 => format!("{minutes}m"),
            60..=1_439 => format!("{}h", minutes / 60),
            1_440..=43_199 => format!("{}d", minutes / 1_440),
            _ => {
                let date = self.zoned(at).date();
                let shape = if date.year() == self.today().date().year() { "day" } else { "year" };
                return Moment { shape: Some(shape), ..self.moment(at, self.day_text(date)) };
            }
        };
        self.moment(at, text)
    }

    /// When, as one says it.
    pub(crate) fn when(&self, at: Timestamp) -> Moment {
        let zoned = self.zoned(at);
        let time = zoned.strftime("%H:%M").to_string();
        let this_year = zoned.date().year() == self.today().date().year();
        let (text, shape) = match (zoned.date() - self.today().date()).get_days() {
            0 => (time, Some("clock")),
            -1 => (format!("yesterday {time}"), Some("yesterday-clock")),
            1 => (format!("tomorrow {time}"), Some("tomorrow-clock")),
            _ => (format!("{}, {time}", self.day_text(zoned.date())), Some(dated(this_year))),
        };
        Moment { shape, ..self.moment(at, text) }
    }

    /// When, where times are compared: with its day, also today.
    pub(crate) fn stamp(&self, at: Timestamp) -> Moment {
        let zoned = self.zoned(at);
        let text = format!("{}, {}", self.day_text(zoned.date()), zoned.strftime("%H:%M"));
        let this_year = zoned.date().year() == self.today().date().year();
        Moment { shape: Some(dated(this_year)), ..self.moment(at, text) }
    }

    pub(crate) fn row(&self, task: &Task) -> TaskRow {
        let due = task.due_on.map(|day| {
            let urgency = Urgency::of(day, task.status, self.today());
            Due { on: self.day(day), overdue: urgency == Urgency::Overdue, soon: urgency == Urgency::Soon }
        });
        let summary = summary(task);
        TaskRow {
            id: task.id.to_string(),
            title: task.title.to_string(),
            status: status(task.status),
            logged: if task.total_minutes == 0 { String::new() } else { summary.logged },
            estimate: summary.estimate,
            over: summary.over.is_some(),
            due,
            age: self.age(task.created_at),
            log: None,
            key: self.key.clone(),
        }
    }

    /// An entry, which the person may take back if it was their work and was not taken back in `taken`.
    pub(crate) fn entry(&self, entry: &Entry, me: domain::UserId, taken: &[domain::EntryId]) -> EntryLine {
        let reversible = entry.user_id == me && entry.reverses.is_none() && !taken.contains(&entry.id);
        EntryLine {
            id: entry.id.to_string(),
            reversible,
            minutes: minutes(entry.minutes),
            worked_on: self.day(entry.worked_on),
            note: entry.note.to_string(),
            correction: entry.reverses.is_some(),
        }
    }

    /// A page of entries; one that another of them takes back cannot be taken back again.
    pub(crate) fn entries(&self, entries: &[Entry], me: domain::UserId) -> Vec<EntryLine> {
        let taken: Vec<_> = entries.iter().filter_map(|entry| entry.reverses).collect();
        entries.iter().map(|entry| self.entry(entry, me, &taken)).collect()
    }

    /// The person's timer, as the head of a page shows it.
    pub(crate) fn timer_bar(&self, timer: &Timer, back: &str) -> TimerBar {
        TimerBar {
            task: timer.task_id.to_string(),
            title: timer.title.to_string(),
            since: timer.started_at.to_string(),
            ran: minutes((self.at.ms() - timer.started_at.ms()).max(0) / 60_000),
            key: self.key.clone(),
            back: back.to_owned(),
        }
    }

    /// The person's timer, as the page of `task` shows it.
    pub(crate) fn timer(&self, timer: Option<&Timer>, task: domain::TaskId) -> TimerBox {
        match timer {
            None => TimerBox::Idle,
            Some(timer) if timer.task_id == task => TimerBox::Here {
                since: self.when(timer.started_at),
                overlong: timer.ran(self.at) > domain::LONGEST_TIMER,
                until: Field::default(),
                minutes: Field::default(),
            },
            Some(timer) => TimerBox::Elsewhere { task: timer.task_id.to_string(), title: timer.title.to_string() },
        }
    }

    /// What an event says. An edit of several fields is several lines.
    pub(crate) fn event(&self, event: &Event, names: &Names) -> Vec<EventLine> {
        let line = |what: String, from: Option<String>, to: Option<String>| EventLine {
            // Texts that sort as the versions do.
            id: match event.beside {
                None => format!("{:010}", event.version),
                Some(entry) => format!("{:010}_{entry}", event.version.saturating_sub(1)),
            },
            at: self.when(event.at),
            by: names.of(event.by).unwrap_or("Former member").to_owned(),
            what,
            from,
            to,
        };
        let plain = |what: &str| vec![line(what.to_owned(), None, None)];
        match event.what {
            What::Created => plain("created"),
            What::Deleted => plain("deleted"),
            What::Restored => plain("restored"),
            What::Assigned => match assignee(event).and_then(|to| names.of(to)) {
                Some(name) => plain(&format!("assigned to {name}")),
                None => plain("assigned to a former member"),
            },
            What::TimeLogged => {
                let logged = event.to.get("minutes").and_then(serde_json::Value::as_i64).unwrap_or_default();
                plain(&format!("logged {}", minutes(logged)))
            }
            What::TimeReversed => {
                let taken = event.to.get("minutes").and_then(serde_json::Value::as_i64).unwrap_or_default();
                plain(&format!("reversed {}", minutes(-taken)))
            }
            What::Edited => {
                let lines = event.to.iter().map(|(name, to)| {
                    let from = event.from.get(name).unwrap_or(&serde_json::Value::Null);
                    let changed =
                        line(format!("changed the {}", label(name)), Some(value(name, from)), Some(value(name, to)));
                    EventLine { id: format!("{}-{name}", changed.id), ..changed }
                });
                lines.collect()
            }
            _ => plain("made a change"),
        }
    }

    pub(crate) fn session(&self, session: &Session, current: domain::SessionId) -> SessionLine {
        SessionLine {
            id: session.id.to_string(),
            client: client(&session.client),
            created: self.when(session.created_at),
            expires: self.when(session.expires_at),
            current: session.id == current,
        }
    }
}

/// A person's words within a sentence: their direction stays their own (Unicode UAX #9, isolates).
pub(crate) fn isolated(words: impl std::fmt::Display) -> String {
    format!("\u{2068}{words}\u{2069}")
}

/// Whom an event gave the task to.
pub(crate) fn assignee(event: &Event) -> Option<domain::UserId> {
    event.to.get("user_id")?.as_str()?.parse().ok()
}

/// The people that the line of an event names.
pub(crate) fn people_in(event: &Event) -> impl Iterator<Item = domain::UserId> + use<> {
    [Some(event.by), assignee(event)].into_iter().flatten()
}

/// What a field is called.
pub(crate) fn label(field: &str) -> &str {
    match field {
        "estimate_minutes" => "estimate",
        "due_on" => "due date",
        "time_zone" => "time zone",
        "workday_minutes" => "working day",
        "workday_ends" => "end of the working day",
        "user_id" => "owner",
        other => other,
    }
}

/// What a field held, shortened to a line.
pub(crate) fn value(field: &str, value: &serde_json::Value) -> String {
    let text = match (field, value) {
        (_, serde_json::Value::Null) => return "nothing".to_owned(),
        ("status", serde_json::Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |parsed| status(parsed).label().to_owned())
        }
        ("estimate_minutes", value) => value.as_i64().map(minutes).unwrap_or_default(),
        ("due_on", serde_json::Value::String(text)) => text.parse().map_or_else(|_| text.clone(), full_day),
        (_, serde_json::Value::String(text)) if text.is_empty() => return "nothing".to_owned(),
        (_, serde_json::Value::String(text)) => text.replace('\n', " "),
        (_, other) => other.to_string(),
    };
    match text.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// A day that reads the same whenever it is read: `2 Jan 2026`.
pub(crate) fn full_day(day: Day) -> String {
    day.date().strftime("%-d %b %Y").to_string()
}

/// A length of time: `45m`, `1h`, `1h 20m`.
pub(crate) fn minutes(minutes: i64) -> String {
    let sign = if minutes < 0 { "−" } else { "" };
    match (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60) {
        (0, rest) => format!("{sign}{rest}m"),
        (hours, 0) => format!("{sign}{hours}h"),
        (hours, rest) => format!("{sign}{hours}h {rest}m"),
    }
}

/// A length of time that may be days: `5m`, `3h 20m`, `4d 3h`.
pub(crate) fn length(seconds: i64) -> String {
    match seconds / 60 {
        ..=0 => "under 1m".to_owned(),
        short @ 1..=2_879 => minutes(short),
        long => match (long / 1_440, long % 1_440 / 60) {
            (days, 0) => format!("{days}d"),
            (days, hours) => format!("{days}d {hours}h"),
        },
    }
}

/// How many tasks: `1 task`, `12 tasks`.
pub(crate) fn tasks_of(number: usize) -> String {
    format!("{number} {}", if number == 1 { "task" } else { "tasks" })
}

/// What is logged against the estimate.
pub(crate) fn summary(task: &Task) -> TimeSummary {
    let estimate = task.estimate.map(domain::Estimate::get);
    let percent = estimate.map_or(0, |estimate| (task.total_minutes.max(0) * 100 / estimate).min(100));
    TimeSummary {
        logged: minutes(task.total_minutes),
        estimate: estimate.map(minutes),
        percent: u8::try_from(percent).unwrap_or(100),
        over: estimate.map(|estimate| task.total_minutes - estimate).filter(|over| *over > 0).map(minutes),
    }
}

/// A status, as pages show it.
pub(crate) fn status(status: domain::Status) -> Status {
    match status {
        domain::Status::Todo => Status::Todo,
        domain::Status::InProgress => Status::InProgress,
        domain::Status::Done => Status::Done,
    }
}

/// What signed in, in words: the browser and the system that a `User-Agent` names, or its first words.
fn client(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 5] =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    let named =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ if agent.trim().is_empty() => "Unknown client".to_owned(),
        _ => agent.split_whitespace().next().unwrap_or_default().chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_read_as_hours_and_minutes() {
        let shown: Vec<_> = [0, 45, 60, 80, 1_440, -45, -90].into_iter().map(minutes).collect();
        assert_eq!(shown, ["0m", "45m", "1h", "1h 20m", "24h", "−45m", "−1h 30m"]);
    }

    #[test]
    fn long_lengths_read_as_days() {
        let shown: Vec<_> = [0, 59, 60, 12_000, 172_740, 172_800, 356_400].into_iter().map(length).collect();
        assert_eq!(shown, ["under 1m", "under 1m", "1m", "3h 20m", "47h 59m", "2d", "4d 3h"]);
    }

    #[test]
    fn clients_have_names() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
        assert_eq!(client(firefox), "Firefox on Linux");
        assert_eq!(client("curl/8.11.0"), "curl/8.11.0");
        assert_eq!(client(""), "Unknown client");
    }

    #[test]
    fn ages_and_days_are_the_persons_own() {
        let zone: TimeZone = "America/New_York".parse().expect("a zone");
        let at = "2026-11-23T03:00:00Z".parse().expect("a time");
        let now = Now { at, zone: &zone, key: String::new() };
        assert_eq!(now.today().to_string(), "2026-11-22");
        let day = |text: &str| now.day(text.parse().expect("a day")).text;
        assert_eq!([day("2026-11-22"), day("2026-11-23"), day("2026-11-21")], ["today", "tomorrow", "yesterday"]);
        assert_eq!([day("2026-08-14"), day("2027-01-02")], ["14 Aug", "2 Jan 2027"]);
        let age = |text: &str| now.age(text.parse().expect("a time")).text;
        assert_eq!(age("2026-11-23T02:59:30Z"), "now");
        assert_eq!(age("2026-11-23T02:15:00Z"), "45m");
        assert_eq!(age("2026-11-20T02:15:00Z"), "3d");
        assert_eq!(age("2026-08-14T20:00:00Z"), "14 Aug");
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let text = value("title", &serde_json::Value::String("ü".repeat(100)));
        assert_eq!(text.chars().count(), SHORT + 1);
    }
}
