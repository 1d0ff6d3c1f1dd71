//! Tasks in memory: who may do what to them, and what it does.

use serde_json::{Map, Value, json};

use crate::model::{DAY, Entry, Expected, Model, Moment, Task};
use crate::people::{said, wrong};
use crate::request::{Ask, Request};
use crate::samples::{EDITED, Field};
use crate::time::{Booked, LONGEST};

/// Days that a task stays in the trash.
const TRASH_DAYS: i64 = 30;

impl Model {
    /// Answers what is asked of tasks; nothing, where it is of something else.
    pub fn about_tasks(&mut self, by: usize, request: &Request, moment: Moment) -> Option<Expected> {
        let body = request.body.as_deref().unwrap_or_default();
        Some(match &request.ask {
            Ask::Tasks { status, .. } => {
                let status = status.map(|status| Value::from(crate::samples::STATUSES[status]));
                let of = |task: &Task| status.as_ref().is_none_or(|status| task.fields["status"] == *status);
                let own = (0..self.tasks.len()).rev().filter(|at| {
                    let task = &self.tasks[*at];
                    task.owner == by && task.deleted.is_none() && of(task)
                });
                Expected::json(200, own.map(|at| self.task(at)).collect())
            }
            Ask::Create => self.create(by, body, moment),
            Ask::Read(task) => match self.reachable(by, *task) {
                Err(problem) => problem,
                Ok(task) if self.has(request, task) => Expected::empty(304).tagged(self.tasks[task].version),
                Ok(task) => self.shown(task),
            },
            Ask::Put(task) => match self.writable(by, *task) {
                Err(problem) => problem,
                Ok(task) => self.edit(by, task, request, (&EDITED, &EDITED), moment),
            },
            Ask::Patch(task) => match self.writable(by, *task) {
                Err(problem) => problem,
                Ok(task) => self.edit(by, task, request, (&EDITED, &[]), moment),
            },
            Ask::Status(task) => match self.reachable(by, *task) {
                Err(problem) => problem,
                Ok(task) => self.edit(by, task, request, (&["status"], &["status"]), moment),
            },
            Ask::Delete(task) => match self.reachable(by, *task) {
                Err(problem) => problem,
                Ok(task) => self.delete(by, task, request, moment),
            },
            Ask::Restore(task) => self.restore(by, *task, moment),
            Ask::History { task, .. } => match self.reachable(by, *task) {
                Err(problem) => problem,
                Ok(task) => Expected::json(200, self.tasks[task].events.iter().rev().cloned().collect()),
            },
            _ => return None,
        })
    }

    /// A live task that its owner or an admin asks for.
    pub fn reachable(&self, by: usize, task: Option<usize>) -> Result<usize, Expected> {
        let may = |task: &usize| self.tasks[*task].owner == by || self.people[by].admin;
        let alive = |task: &usize| self.tasks[*task].deleted.is_none();
        task.filter(may).filter(alive).ok_or_else(|| Expected::problem(404))
    }

    /// A live task that its owner asks for; an admin is told that it is another's.
    pub fn writable(&self, by: usize, task: Option<usize>) -> Result<usize, Expected> {
        let task = self.reachable(by, task)?;
        if self.tasks[task].owner == by { Ok(task) } else { Err(Expected::problem(403)) }
    }

    fn shown(&self, task: usize) -> Expected {
        Expected::json(200, self.task(task)).tagged(self.tasks[task].version)
    }

    /// Whether the tags of a request name the version that is there; where there are none, nothing is named.
    fn has(&self, request: &Request, task: usize) -> bool {
        let says = request.tags.as_ref().and_then(|tags| tags.says.as_ref());
        says.is_some_and(|says| says.as_ref().is_none_or(|versions| versions.contains(&self.tasks[task].version)))
    }

    fn is_stale(&self, request: &Request, task: usize) -> bool {
        request.tags.is_some() && !self.has(request, task)
    }

    fn create(&mut self, by: usize, body: &[Field], moment: Moment) -> Expected {
        let mut taken = EDITED.to_vec();
        taken.push("total_minutes");
        let wrong = wrong(body, &taken, &["title"]);
        if !wrong.is_empty() {
            return Expected::names(wrong);
        }
        let first = json!({
            "title": "", "description": "", "status": "todo", "estimate_minutes": null, "due_on": null,
        });
        let mut fields = first.as_object().expect("an object").clone();
        for (name, value) in &mut fields {
            *value = said(body, name).unwrap_or(value.clone());
        }
        let total = said(body, "total_minutes").and_then(|minutes| minutes.as_i64()).unwrap_or(0);
        let now = self.slots.instant(moment.window, 0);
        let mut to: Map<String, Value> = fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        to.insert("total_minutes".to_owned(), total.into());
        let completed = if fields["status"] == "done" { now.clone() } else { Value::Null };
        let (id, day) = (self.slots.id(), self.today(by, moment.now));
        let mut entries = Vec::new();
        if total > 0 {
            self.entries += 1;
            let (id, number, note) = (self.slots.id(), self.entries, "".into());
            let created = now.clone();
            entries.push(Entry { id, person: by, minutes: total, note, day, reverses: None, created, number });
        }
        let task = Task {
            owner: by,
            id: id.clone(),
            fields,
            total,
            version: 0,
            created: now.clone(),
            updated: now.clone(),
            completed,
            deleted: None,
            entries,
            events: Vec::new(),
        };
        self.tasks.push(task);
        let task = self.tasks.len() - 1;
        self.event(by, task, now, "created", (Map::new(), to));
        Expected { made: Some(id), ..Expected::json(201, self.task(task)).tagged(1).done() }
    }

    fn edit(
        &mut self,
        by: usize,
        task: usize,
        request: &Request,
        (taken, needed): (&[&'static str], &[&'static str]),
        moment: Moment,
    ) -> Expected {
        let body = request.body.as_deref().unwrap_or_default();
        let wrong = wrong(body, taken, needed);
        if !wrong.is_empty() {
            return Expected::names(wrong);
        }
        if self.is_stale(request, task) {
            return Expected::problem(412);
        }
        let mut stopped = false;
        if said(body, "status") == Some("done".into()) {
            // Whose timer it is is asked; anybody else can only cut it.
            if by == self.tasks[task].owner && self.runs(task, moment).is_some_and(|ran| ran > LONGEST) {
                return Expected::problem(409);
            }
            stopped = self.cut(task, "marked done", moment);
        }
        let (mut from, mut to) = (Map::new(), Map::new());
        for name in taken {
            let was = self.tasks[task].fields[*name].clone();
            if let Some(is) = said(body, name).filter(|is| *is != was) {
                from.insert((*name).to_owned(), was);
                to.insert((*name).to_owned(), is);
            }
        }
        if to.is_empty() {
            return if stopped { self.shown(task).done() } else { self.shown(task) };
        }
        let now = self.slots.instant(moment.window, 0);
        if let Some(status) = to.get("status") {
            self.tasks[task].completed = if status == "done" { now.clone() } else { Value::Null };
        }
        self.tasks[task].fields.extend(to.clone());
        self.event(by, task, now, "edited", (from, to));
        self.shown(task).done()
    }

    fn delete(&mut self, by: usize, task: usize, request: &Request, moment: Moment) -> Expected {
        if self.is_stale(request, task) {
            return Expected::problem(412);
        }
        self.cut(task, "deleted", moment);
        self.tasks[task].deleted = Some(moment.window.hi);
        let now = self.slots.instant(moment.window, 0);
        self.event(by, task, now, "deleted", Default::default());
        Expected::empty(204).done()
    }

    fn restore(&mut self, by: usize, task: Option<usize>, moment: Moment) -> Expected {
        let may = |task: &usize| self.tasks[*task].owner == by || self.people[by].admin;
        let Some(task) = task.filter(may) else { return Expected::problem(404) };
        match self.tasks[task].deleted {
            None => return self.shown(task),
            Some(deleted) if moment.is_past(deleted, TRASH_DAYS * DAY) => return Expected::problem(404),
            Some(_) => self.tasks[task].deleted = None,
        }
        let now = self.slots.instant(moment.window, 0);
        self.event(by, task, now, "restored", Default::default());
        self.shown(task).done()
    }

    /// The minutes that its owner's timer runs on a task, if it does.
    fn runs(&self, task: usize, moment: Moment) -> Option<i64> {
        let timer = self.people[self.tasks[task].owner].timer.as_ref().filter(|timer| timer.task == task)?;
        Some(self.ran(timer, moment))
    }

    /// Stops the timer that runs on a task into an entry that says why, of no more than nobody asks about. Says whether
    /// one ran.
    fn cut(&mut self, task: usize, why: &str, moment: Moment) -> bool {
        let owner = self.tasks[task].owner;
        let Some(ran) = self.runs(task, moment) else { return false };
        let timer = self.people[owner].timer.take().expect("it runs");
        let longer = if ran > LONGEST { "; it had run for longer" } else { "" };
        let note = format!("Timer stopped when the task was {why}{longer}.").into();
        let day = self.today(owner, self.begun(&timer).ms());
        let minutes = ran.min(LONGEST);
        self.book(owner, task, Booked { person: owner, minutes, note, day, reverses: None }, moment);
        true
    }

    /// The next version of a task, and the event that says so.
    pub fn event(
        &mut self,
        by: usize,
        task: usize,
        now: Value,
        what: &str,
        (from, to): (Map<String, Value>, Map<String, Value>),
    ) {
        let by = json!({"id": self.people[by].id, "username": self.people[by].name});
        let event = json!({"at": now, "by": by, "what": what, "from": from, "to": to});
        let task = &mut self.tasks[task];
        task.version += 1;
        task.updated = now;
        task.events.push(event);
    }

    /// An entry of a task, the task's new sum, and the event that says so.
    pub fn book(&mut self, by: usize, task: usize, booked: Booked, moment: Moment) -> Expected {
        self.entries += 1;
        let Booked { person, minutes, note, day, reverses } = booked;
        let created = self.slots.instant(moment.window, 0);
        let (id, number) = (self.slots.id(), self.entries);
        let entry = Entry { id, person, minutes, note, day, reverses, created: created.clone(), number };
        let total = self.tasks[task].total;
        let mut to = json!({
            "total_minutes": total + minutes, "entry_id": entry.id, "minutes": minutes, "worked_on": entry.day,
        });
        if let Some(reversed) = reverses {
            to["reverses"] = self.tasks[task].entries[reversed].id.clone();
        }
        let shown = self.entry(task, &entry);
        self.tasks[task].total += minutes;
        self.tasks[task].entries.push(entry);
        let from = json!({"total_minutes": total}).as_object().expect("an object").clone();
        let to = to.as_object().expect("an object").clone();
        let what = if reverses.is_some() { "time_reversed" } else { "time_logged" };
        self.event(by, task, created, what, (from, to));
        Expected::json(201, shown).done()
    }
}
