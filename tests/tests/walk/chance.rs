//! What is asked, as the dice fall: whose task, which fields, under which key.

use serde_json::json;
use sprintsync_domain::Timestamp;
use tests::{Dice, PASSWORD};

use crate::model::{Model, Moment};
use crate::request::{Ask, Request, Session, Tags};
use crate::samples::{EDITED, Field, good, sample, stranger};
use crate::step::{Kind, sign_in_with, sign_up};

/// Passwords that people choose.
const PASSWORDS: [&str; 3] = [PASSWORD, "seven loud herons dance", "another lantern glows"];

/// How likely each kind of step is.
const KINDS: [(Kind, usize); 25] = [
    (Kind::Create, 12),
    (Kind::Patch, 14),
    (Kind::Put, 6),
    (Kind::Status, 10),
    (Kind::Log, 14),
    (Kind::Reverse, 9),
    (Kind::Start, 7),
    (Kind::Stop, 7),
    (Kind::Delete, 8),
    (Kind::Restore, 8),
    (Kind::Repeat, 10),
    (Kind::Together, 12),
    (Kind::Read, 4),
    (Kind::Tasks, 4),
    (Kind::Entries, 4),
    (Kind::History, 3),
    (Kind::Timer, 2),
    (Kind::Days, 3),
    (Kind::Me, 1),
    (Kind::EditMe, 4),
    (Kind::Sessions, 3),
    (Kind::Account, 10),
    (Kind::SignIn, 6),
    (Kind::Wait, 7),
    (Kind::Grant, 1),
];

/// A throw of the dice where the model stands.
pub struct Chance<'a> {
    pub dice: &'a mut Dice,
    pub model: &'a Model,
    pub moment: Moment,
    /// The task that is asked for, where it is no matter of chance.
    pub fixed: Option<usize>,
}

/// Writes that are sent at the same time.
const WRITES: [Kind; 12] = [
    Kind::Log,
    Kind::Log,
    Kind::Patch,
    Kind::Put,
    Kind::Status,
    Kind::Delete,
    Kind::Restore,
    Kind::Reverse,
    Kind::Start,
    Kind::Start,
    Kind::Stop,
    Kind::Stop,
];

impl Chance<'_> {
    /// Whether something happens that does so once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.dice.below(n) == 0
    }

    /// A kind of step.
    pub fn kind(&mut self) -> Kind {
        let all: usize = KINDS.iter().map(|(_, weight)| weight).sum();
        let mut at = self.dice.below(all);
        for (kind, weight) in KINDS {
            if at < weight {
                return kind;
            }
            at -= weight;
        }
        unreachable!("the weights add up")
    }

    /// A session of someone's: one that is alive, or now and then one that is not.
    pub fn session(&mut self, person: usize) -> Option<Session> {
        let all = self.model.people[person].sessions.len();
        let alive: Vec<usize> = (0..all).filter(|one| self.model.is_alive((person, *one), self.moment)).collect();
        let dead = self.one_in(40) && all > 0;
        match (dead, alive.len()) {
            (true, _) => Some((person, self.dice.below(all))),
            (false, 0) => None,
            (false, count) => Some((person, alive[self.dice.below(count)])),
        }
    }

    /// A request of this kind.
    pub fn request(&mut self, kind: Kind, session: Session, past: &[Request], key: &str) -> Request {
        let person = session.0;
        if let Kind::Repeat = kind {
            let own: Vec<&Request> =
                past.iter().filter(|one| one.session.is_some_and(|(other, _)| other == person)).collect();
            if !own.is_empty() {
                // What was done of late, mostly.
                let recent = own.len().min(if self.one_in(3) { usize::MAX } else { 6 });
                let mut again = own[own.len() - 1 - self.dice.below(recent)].clone();
                // Now and then not quite as it was: the key is for the first request alone.
                if again.takes_match() && self.one_in(6) {
                    again.tags = Some(self.tags(1, false));
                } else if again.body.is_some() && self.one_in(8) {
                    again.body = Some(self.fields(&["title", "minutes", "status"], &[]));
                }
                return Request { session: Some(session), ..again };
            }
        }
        // Who has nothing to work on begins something, mostly.
        let own = self.model.tasks.iter().any(|task| task.owner == person && task.deleted.is_none());
        let works = matches!(kind, Kind::Patch | Kind::Put | Kind::Status | Kind::Log | Kind::Start | Kind::Delete);
        let kind = if works && !own && !self.one_in(6) { Kind::Create } else { kind };
        let mut request = self.plain(kind, session);
        let readable = self.model.is_alive(session, self.moment);
        if (request.takes_match() || matches!(request.ask, Ask::Read(_))) && self.one_in(3) {
            let version = request.task().map_or(1, |task| self.model.tasks[task].version);
            request.tags = Some(self.tags(version, readable && request.takes_match()));
        }
        if request.takes_key() && !self.one_in(6) {
            let used = past.iter().rfind(|one| one.session.is_some_and(|(other, _)| other == person));
            let misused = used.filter(|_| self.dice.below(15) == 0).and_then(|used| used.key.clone());
            request.key = Some(misused.unwrap_or_else(|| key.to_owned()));
        }
        request
    }

    /// Two writes at the same time, each under a key: one twice, or two of one task.
    pub fn together(&mut self, session: Session, past: &[Request], number: usize) -> [Request; 2] {
        let keyed = |request: Request, key: String| Request { key: request.takes_key().then_some(key), ..request };
        let key = format!("key-{number}");
        let timed = self.model.people[session.0].timer.as_ref().map(|timer| timer.task);
        let kind = match self.dice.below(8) {
            0 => Kind::Create,
            1..4 if timed.is_some() => Kind::Stop,
            _ => WRITES[self.dice.below(WRITES.len())],
        };
        let of_timer = matches!(kind, Kind::Start | Kind::Stop | Kind::Delete);
        self.fixed = timed.filter(|_| of_timer).or_else(|| self.task(session.0));
        let mut one = keyed(self.request(kind, session, past, &key), key);
        if one.takes_match() && self.one_in(2) {
            // Of two that name the version that is there, one comes too late.
            let version = one.task().map_or(1, |task| self.model.tasks[task].version);
            one.tags = Some(Tags { text: format!("\"{version}\""), says: Some(Some(vec![version])) });
        }
        if let Ask::Create = one.ask {
            return [one.clone(), one];
        }
        if self.one_in(if one.tags.is_some() || matches!(one.ask, Ask::Delete(_)) { 2 } else { 3 }) {
            return [one.clone(), one];
        }
        // What meets itself is the most likely to do harm.
        let kind = match (self.dice.below(3), kind) {
            (0, _) => kind,
            (1, Kind::Start) => Kind::Delete,
            (1, Kind::Delete) => Kind::Start,
            (1, Kind::Stop | Kind::Reverse) => kind,
            _ => WRITES[self.dice.below(WRITES.len())],
        };
        let (key, mut other) = (format!("key-{number}-b"), self.plain(kind, session));
        if other.takes_match() && self.one_in(2) {
            let version = self.fixed.map_or(1, |task| self.model.tasks[task].version);
            other.tags = Some(self.tags(version, false));
        }
        [one, keyed(other, key)]
    }

    fn plain(&mut self, kind: Kind, session: Session) -> Request {
        let person = session.0;
        let ask = |ask| Request::new(session, ask);
        let limit = 1 + self.dice.below(9);
        match kind {
            Kind::Create | Kind::Repeat => {
                let body =
                    self.fields(&["title"], &["description", "status", "estimate_minutes", "due_on", "total_minutes"]);
                ask(Ask::Create).with(body)
            }
            Kind::Patch => {
                let body = self.fields(&[], &EDITED);
                ask(Ask::Patch(self.task(person))).with(body)
            }
            Kind::Put => {
                let body = self.fields(&EDITED, &[]);
                ask(Ask::Put(self.task(person))).with(body)
            }
            Kind::Status => {
                let body = self.fields(&["status"], &[]);
                ask(Ask::Status(self.task(person))).with(body)
            }
            Kind::Log => {
                let mut body = self.fields(&["minutes"], &["note"]);
                if self.one_in(2) {
                    body.push(self.day(person));
                }
                ask(Ask::Log(self.task(person))).with(body)
            }
            Kind::Reverse => self.reverse(session),
            Kind::Start => ask(Ask::Start(self.task(person))),
            Kind::Stop => {
                let timed = self.model.people[person].timer.as_ref().map(|timer| timer.task);
                let task = timed.filter(|_| !self.one_in(6)).or_else(|| self.task(person));
                let request = ask(Ask::Stop(task));
                if self.one_in(3) { request.with(self.fields(&["minutes"], &[])) } else { request }
            }
            Kind::Delete => ask(Ask::Delete(self.task(person))),
            Kind::Restore => ask(Ask::Restore(self.trashed(person))),
            Kind::Read => ask(Ask::Read(self.task(person))),
            Kind::Tasks => {
                let limit = if self.one_in(12) && self.model.is_alive(session, self.moment) { 0 } else { limit };
                ask(Ask::Tasks { status: Some(self.dice.below(6)).filter(|status| *status < 3), limit })
            }
            Kind::Entries => ask(Ask::Entries { task: self.task(person), limit }),
            Kind::History => ask(Ask::History { task: self.task(person), limit }),
            Kind::Timer => ask(Ask::Timer),
            Kind::Days => {
                let today = self.model.today(person, self.moment.now);
                let all = [("1970-01-01", "9999-12-31"), (&*today, &*today), ("2026-01-01", &*today)];
                let (from, to) = all[self.dice.below(all.len())];
                ask(Ask::Days { from: from.to_owned(), to: to.to_owned(), limit })
            }
            Kind::Me => ask(Ask::Me),
            Kind::EditMe => {
                let body = self.fields(&[], &["time_zone", "workday_minutes", "workday_ends"]);
                ask(Ask::EditMe).with(body)
            }
            Kind::Sessions => ask(Ask::Sessions { limit }),
            Kind::Account => self.account(session),
            Kind::SignIn => self.sign_in(person),
            Kind::Wait | Kind::Grant | Kind::Together => unreachable!("no request"),
        }
    }

    /// Samples of the fields that must be there and of some that may; now and then a field that nobody takes.
    fn fields(&mut self, needed: &[&'static str], some: &[&'static str]) -> Vec<Field> {
        let mut fields = Vec::new();
        for name in needed {
            if !self.one_in(40) {
                fields.push(sample(name, self.dice));
            }
        }
        for name in some {
            if self.one_in(2) {
                fields.push(sample(name, self.dice));
            }
        }
        if self.one_in(40) {
            fields.push(stranger(self.dice));
        }
        fields
    }

    /// A day that may have been worked, or tomorrow.
    fn day(&mut self, person: usize) -> Field {
        let days = [0, 0, -1, -1, -2, -400, 1][self.dice.below(7)];
        let at = Timestamp::from_ms(self.moment.now).plus_seconds(days * 86_400).ms();
        if self.one_in(20) {
            let sent = ["2026-02-30", "yesterday", ""][self.dice.below(3)];
            return Field { name: "worked_on", sent: sent.into(), says: None };
        }
        good("worked_on", self.model.today(person, at))
    }

    /// A task: mostly one's own, now and then another's, one from the trash, or none that there is.
    fn task(&mut self, person: usize) -> Option<usize> {
        if self.fixed.is_some() {
            return self.fixed;
        }
        let all = 0..self.model.tasks.len();
        let alive = |task: &usize| self.model.tasks[*task].deleted.is_none();
        let own = |task: &usize| self.model.tasks[*task].owner == person;
        let others = if self.model.people[person].admin { 35 } else { 10 };
        let fit: Vec<usize> = match self.dice.below(100) {
            0..2 => return None,
            2..8 => all.filter(own).collect(),
            chance if chance < 8 + others => all.filter(|task| !own(task)).collect(),
            _ => {
                // A few of them, so that each comes far.
                let own: Vec<usize> = all.filter(own).filter(alive).collect();
                own[own.len().saturating_sub(4)..].to_vec()
            }
        };
        (!fit.is_empty()).then(|| fit[self.dice.below(fit.len())])
    }

    fn trashed(&mut self, person: usize) -> Option<usize> {
        if self.fixed.is_some() {
            return self.fixed;
        }
        let mine = |task: &usize| self.model.tasks[*task].owner == person || self.model.people[person].admin;
        let away = |task: &usize| self.model.tasks[*task].deleted.is_some();
        let fit: Vec<usize> = (0..self.model.tasks.len()).filter(mine).filter(away).collect();
        if fit.is_empty() || self.one_in(8) { self.task(person) } else { Some(fit[self.dice.below(fit.len())]) }
    }

    fn reverse(&mut self, session: Session) -> Request {
        let task = self.task(session.0);
        let of = if self.one_in(15) { self.task(session.0) } else { task };
        let count = of.map_or(0, |task| self.model.tasks[task].entries.len());
        let entry = of.filter(|_| count > 0).map(|task| (task, self.dice.below(count)));
        let unseen = |(task, entry): &(usize, usize)| {
            self.model.slots.known(&self.model.tasks[*task].entries[*entry].id).is_none()
        };
        if entry.as_ref().is_some_and(unseen) {
            // Its id was not shown yet.
            return Request::new(session, Ask::Entries { task: of, limit: 3 });
        }
        Request::new(session, Ask::Reverse { task, entry })
    }

    fn account(&mut self, session: Session) -> Request {
        let person = session.0;
        let me = &self.model.people[person];
        match self.dice.below(7) {
            0 => Request::new(session, Ask::SignOut),
            1 | 2 => {
                let of = if self.one_in(4) { self.dice.below(self.model.people.len()) } else { person };
                let all = self.model.people[of].sessions.len();
                let ended = Some((of, self.dice.below(all.max(1)))).filter(|_| all > 0 && !self.one_in(10));
                let unseen = |(of, one): (usize, usize)| {
                    self.model.slots.known(&self.model.people[of].sessions[one].id).is_none()
                };
                if ended.is_some_and(unseen) {
                    return Request::new(session, Ask::Sessions { limit: 3 });
                }
                Request::new(session, Ask::EndSession(ended))
            }
            3 | 4 => {
                let current = if self.one_in(3) { "not the password at all" } else { &me.password };
                let new = PASSWORDS[self.dice.below(PASSWORDS.len())];
                let mut body = vec![good("current_password", current), good("new_password", new)];
                if self.one_in(6) {
                    body[1] = Field { name: "new_password", sent: json!("short"), says: None };
                }
                Request::new(session, Ask::Password).with(body)
            }
            5 => sign_up(&me.name.to_uppercase(), PASSWORDS[1]),
            _ => {
                let mut request = sign_up("x", "short");
                let fields = request.body.iter_mut().flatten();
                fields.for_each(|field| field.says = None);
                request
            }
        }
    }

    fn sign_in(&mut self, person: usize) -> Request {
        let right = self.model.people[person].password.clone();
        let wrong = self.one_in(4);
        let password = if wrong { "not the password at all" } else { &right };
        let shouted = self.one_in(4);
        sign_in_with(self.model, person, password, shouted)
    }

    /// Tags that name this version, or another, or what cannot be read.
    fn tags(&mut self, version: u64, may_be_garbage: bool) -> Tags {
        let these = |text: String, versions: &[u64]| Tags { text, says: Some(Some(versions.to_vec())) };
        match self.dice.below(9) {
            0..3 => these(format!("\"{version}\""), &[version]),
            3 => these(format!("W/\"{version}\""), &[version]),
            4 => these(format!("\"77000\", W/\"{version}\""), &[77_000, version]),
            5 => these(format!("\"{}\"", version + 1), &[version + 1]),
            6 => these(format!("W/\"{}\"", version.saturating_sub(1)), &[version.saturating_sub(1)]),
            7 if may_be_garbage => Tags { text: version.to_string(), says: None },
            7 => these(format!("\"0{version}\""), &[]),
            _ => Tags { text: "*".to_owned(), says: Some(None) },
        }
    }
}
