//! Minutes in memory: entries, what takes them back, the timer.

use serde_json::{Value, json};
use sprintsync_domain::Timestamp;

use crate::model::{Entry, Expected, Model, Moment, Timer};
use crate::people::{said, wrong};
use crate::request::{Ask, Request};
use crate::samples::Field;

/// Minutes after which a timer does not stop without being told how many were worked.
pub const LONGEST: i64 = 720;

/// What is to become an entry.
#[derive(Debug)]
pub struct Booked {
    pub person: usize,
    pub minutes: i64,
    pub note: Value,
    pub day: String,
    pub reverses: Option<usize>,
}

impl Model {
    /// Answers what is asked of minutes; nothing, where it is of something else.
    pub fn about_time(&mut self, by: usize, request: &Request, moment: Moment) -> Option<Expected> {
        let body = request.body.as_deref().unwrap_or_default();
        Some(match &request.ask {
            Ask::Entries { task, .. } => match self.writable(by, *task) {
                Err(problem) => problem,
                Ok(task) => {
                    let mut entries: Vec<&Entry> = self.tasks[task].entries.iter().collect();
                    entries.sort_by_key(|entry| std::cmp::Reverse(entry.number));
                    Expected::json(200, entries.into_iter().map(|entry| self.entry(task, entry)).collect())
                }
            },
            Ask::Log(task) => match self.writable(by, *task) {
                Err(problem) => problem,
                Ok(task) => self.log(by, task, body, moment),
            },
            Ask::Reverse { task, entry } => self.reverse(by, *task, *entry, moment),
            Ask::Start(task) => match self.writable(by, *task) {
                Err(problem) => problem,
                Ok(task) => self.start(by, task, moment),
            },
            Ask::Stop(task) => match self.writable(by, *task) {
                Err(problem) => problem,
                Ok(task) => self.stop(by, task, body, moment),
            },
            Ask::Timer => match &self.people[by].timer {
                None => Expected::empty(204),
                Some(timer) => Expected::json(200, self.timer(timer)),
            },
            Ask::Days { from, to, .. } if from > to => Expected::names(vec!["from"]),
            Ask::Days { from, to, .. } => Expected::json(200, self.days(by, from, to)),
            _ => return None,
        })
    }

    fn log(&mut self, by: usize, task: usize, body: &[Field], moment: Moment) -> Expected {
        let mut wrong = wrong(body, &["minutes", "note", "worked_on"], &["minutes"]);
        let today = self.today(by, moment.now);
        let day = said(body, "worked_on").map_or(today.clone(), |day| day.as_str().expect("a day").to_owned());
        if day > today {
            wrong.push("worked_on");
        }
        if !wrong.is_empty() {
            return Expected::names(wrong);
        }
        let minutes = said(body, "minutes").and_then(|minutes| minutes.as_i64()).expect("minutes");
        let note = said(body, "note").unwrap_or("".into());
        self.book(by, task, Booked { person: by, minutes, note, day, reverses: None }, moment)
    }

    fn reverse(&mut self, by: usize, task: Option<usize>, entry: Option<(usize, usize)>, moment: Moment) -> Expected {
        let Ok(task) = self.reachable(by, task) else { return Expected::problem(404) };
        let Some((_, place)) = entry.filter(|(of, _)| *of == task) else { return Expected::problem(404) };
        let entry = &self.tasks[task].entries[place];
        if entry.person != by && !self.people[by].admin {
            return Expected::problem(403);
        }
        let again = self.tasks[task].entries.iter().any(|other| other.reverses == Some(place));
        if entry.reverses.is_some() || again {
            return Expected::problem(409);
        }
        let Entry { person, minutes, note, day, .. } = entry.clone();
        self.book(by, task, Booked { person, minutes: -minutes, note, day, reverses: Some(place) }, moment)
    }

    fn start(&mut self, by: usize, task: usize, moment: Moment) -> Expected {
        if self.people[by].timer.is_some() {
            return Expected::problem(409);
        }
        let title = self.tasks[task].fields["title"].clone();
        let timer = Timer { task, title, started: self.slots.instant(moment.window, 0) };
        let shown = self.timer(&timer);
        self.people[by].timer = Some(timer);
        Expected::json(201, shown).done()
    }

    fn stop(&mut self, by: usize, task: usize, body: &[Field], moment: Moment) -> Expected {
        let wrong = wrong(body, &["minutes"], &[]);
        if !wrong.is_empty() {
            return Expected::names(wrong);
        }
        let timer = self.people[by].timer.clone().filter(|timer| timer.task == task);
        let Some(timer) = timer else { return Expected::problem(409) };
        let (started, ran) = (self.begun(&timer), self.ran(&timer, moment));
        let minutes = match said(body, "minutes").and_then(|minutes| minutes.as_i64()) {
            Some(stated) if stated > ran => return Expected::names(vec!["minutes"]),
            Some(stated) => stated,
            None if ran > LONGEST => return Expected::problem(409),
            None => ran,
        };
        self.people[by].timer = None;
        let day = self.today(by, started.ms());
        self.book(by, task, Booked { person: by, minutes, note: "".into(), day, reverses: None }, moment)
    }

    /// When a timer was started.
    pub fn begun(&self, timer: &Timer) -> Timestamp {
        self.slots.known(&timer.started).expect("a start").parse().expect("an instant")
    }

    /// Minutes that a timer runs by now: begun minutes count, and the first one at once.
    pub fn ran(&self, timer: &Timer, moment: Moment) -> i64 {
        ((moment.now - self.begun(timer).ms() + 59_999) / 60_000).max(1)
    }

    /// Puts the last two entries in the order of their ids, in which lists show them: of two writes at the same time
    /// the later may have drawn its id first.
    pub fn sort_last_entries(&mut self, made: usize) {
        if self.entries < made + 2 {
            return;
        }
        let last = self.entries;
        let slots = &self.slots;
        let mut two: Vec<&mut Entry> =
            self.tasks.iter_mut().flat_map(|task| &mut task.entries).filter(|entry| entry.number + 1 >= last).collect();
        two.sort_by(|one, other| slots.known(&one.id).cmp(&slots.known(&other.id)));
        two.into_iter().enumerate().for_each(|(at, entry)| entry.number = last - 1 + at);
    }

    fn timer(&self, timer: &Timer) -> Value {
        json!({"task_id": self.tasks[timer.task].id, "title": timer.title, "started_at": timer.started})
    }

    /// Someone's entries of these days, latest day first; of one day, latest entry first.
    fn days(&self, by: usize, from: &str, to: &str) -> Value {
        let all =
            self.tasks.iter().enumerate().flat_map(|(at, task)| task.entries.iter().map(move |entry| (at, entry)));
        let within = |day: &str| (from..=to).contains(&day);
        let mut own: Vec<(usize, &Entry)> = all.filter(|(_, entry)| entry.person == by && within(&entry.day)).collect();
        own.sort_by_key(|(_, entry)| std::cmp::Reverse((&entry.day, entry.number)));
        own.into_iter().map(|(task, entry)| self.entry(task, entry)).collect()
    }
}
