//! Accounts and sessions in memory.

use serde_json::{Value, json};

use crate::model::{DAY, Expected, Model, Moment, Signed, Someone};
use crate::request::{Ask, Request, Session};
use crate::samples::Field;

/// The fields of a body that are not as they must be: those that are not good or not taken, and those that are missing.
pub fn wrong(body: &[Field], taken: &[&'static str], needed: &[&'static str]) -> Vec<&'static str> {
    let bad = body.iter().filter(|field| field.says.is_none() || !taken.contains(&field.name)).map(|field| field.name);
    let missing = needed.iter().filter(|name| body.iter().all(|field| field.name != **name)).copied();
    bad.chain(missing).collect()
}

/// What a body says of this field.
pub fn said(body: &[Field], name: &str) -> Option<Value> {
    body.iter().find(|field| field.name == name)?.says.clone()
}

impl Model {
    /// Makes an account.
    pub fn sign_up(&mut self, request: &Request, moment: Moment) -> Expected {
        let body = request.body.as_deref().unwrap_or_default();
        let wrong = wrong(body, &["username", "password", "time_zone"], &["username", "password"]);
        if !wrong.is_empty() {
            return Expected::names(wrong);
        }
        let text = |name| said(body, name).and_then(|value| value.as_str().map(str::to_owned));
        let (name, password) = (text("username").expect("a name"), text("password").expect("a password"));
        if self.people.iter().any(|person| person.name.eq_ignore_ascii_case(&name)) {
            return Expected::problem(409);
        }
        self.people.push(Someone {
            name,
            password,
            id: self.slots.id(),
            created: self.slots.instant(moment.window, 0),
            admin: false,
            zone: text("time_zone").unwrap_or("UTC".to_owned()),
            workday: 480,
            ends: "18:00".to_owned(),
            sessions: Vec::new(),
            timer: None,
        });
        Expected::json(201, self.user(self.people.len() - 1))
    }

    /// Begins a session.
    pub fn sign_in(&mut self, person: usize, password: &str, moment: Moment) -> Expected {
        if self.people[person].password != password {
            return Expected::problem(401);
        }
        self.begin(person, moment)
    }

    fn begin(&mut self, person: usize, moment: Moment) -> Expected {
        let token = self.slots.text();
        let session = Signed {
            token: token.clone(),
            id: self.slots.id(),
            created: self.slots.instant(moment.window, 0),
            expires: self.slots.instant(moment.window, DAY * 1_000),
            began: moment.window.hi,
            ended: false,
        };
        self.people[person].sessions.push(session);
        Expected::json(200, json!({"access_token": token, "token_type": "bearer", "expires_in": DAY}))
    }

    /// Answers what is asked of one's own account; nothing, where it is of something else.
    pub fn account(&mut self, session: Session, request: &Request, moment: Moment) -> Option<Expected> {
        let (person, own) = session;
        let body = request.body.as_deref().unwrap_or_default();
        Some(match &request.ask {
            Ask::Me => Expected::json(200, self.user(person)),
            Ask::EditMe => self.edit_me(person, body),
            Ask::SignOut => {
                self.people[person].sessions[own].ended = true;
                Expected::empty(204)
            }
            Ask::Password => self.change_password(session, body, moment),
            Ask::Sessions { .. } => {
                let alive = (0..self.people[person].sessions.len()).rev();
                let alive = alive.filter(|session| self.is_alive((person, *session), moment));
                let shown = alive.map(|session| self.session(person, session, session == own));
                Expected::json(200, shown.collect())
            }
            Ask::EndSession(of) => match *of {
                Some(of) if of.0 == person && self.is_alive(of, moment) => {
                    self.people[person].sessions[of.1].ended = true;
                    Expected::empty(204)
                }
                _ => Expected::problem(404),
            },
            _ => return None,
        })
    }

    fn edit_me(&mut self, person: usize, body: &[Field]) -> Expected {
        let wrong = wrong(body, &["time_zone", "workday_minutes", "workday_ends"], &[]);
        if !wrong.is_empty() {
            return Expected::names(wrong);
        }
        let me = &mut self.people[person];
        if let Some(zone) = said(body, "time_zone") {
            me.zone = zone.as_str().expect("a zone").to_owned();
        }
        if let Some(minutes) = said(body, "workday_minutes") {
            me.workday = minutes.as_i64().expect("minutes");
        }
        if let Some(ends) = said(body, "workday_ends") {
            me.ends = ends.as_str().expect("a time").to_owned();
        }
        Expected::json(200, self.user(person))
    }

    fn change_password(&mut self, (person, _): Session, body: &[Field], moment: Moment) -> Expected {
        let wrong = wrong(body, &["current_password", "new_password"], &["current_password", "new_password"]);
        if !wrong.is_empty() {
            return Expected::names(wrong);
        }
        let me = &mut self.people[person];
        if said(body, "current_password") != Some(me.password.as_str().into()) {
            return Expected::problem(403);
        }
        me.password = said(body, "new_password").and_then(|new| Some(new.as_str()?.to_owned())).expect("a password");
        me.sessions.iter_mut().for_each(|session| session.ended = true);
        self.begin(person, moment)
    }

    fn session(&self, person: usize, session: usize, current: bool) -> Value {
        let Signed { id, created, expires, .. } = &self.people[person].sessions[session];
        json!({
            "id": id, "created_at": created, "expires_at": expires, "client": "sprintsync-tests", "current": current,
        })
    }
}
