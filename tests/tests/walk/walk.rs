//! A walk: steps by chance, each sent and told to the model, and the whole state at the end.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tests::{Dice, Table, fresh_name};

use crate::model::{DAY, Model, Moment};
use crate::request::Request;
use crate::samples::ZONES;
use crate::slots::Window;
use crate::step::{Step, sign_in, sign_up, step};
use crate::wire::{Seen, Wire};
use crate::{request::Ask, state};

/// Why a walk met a surprise, and what came before.
#[derive(Debug)]
pub struct Surprise {
    pub why: String,
    /// The steps so far, one a line.
    pub lines: Vec<String>,
}

/// A walk of these steps, each by its own seed.
pub fn walk(wire: &mut Wire, seed: u64, steps: &[usize]) -> Result<(), Surprise> {
    let mut walk = Walk { wire, model: Model::default(), past: Vec::new(), lines: Vec::new() };
    let went = catch_unwind(AssertUnwindSafe(|| walk.go(seed, steps)));
    walk.wire.lab.faults.calm();
    let went = went.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Err(text.unwrap_or_else(|| "a panic".to_owned()))
    });
    went.map_err(|why| Surprise { why, lines: walk.lines })
}

struct Walk<'a> {
    wire: &'a mut Wire,
    model: Model,
    /// What was sent under a key.
    past: Vec<Request>,
    lines: Vec<String>,
}

impl Walk<'_> {
    fn go(&mut self, seed: u64, steps: &[usize]) -> Result<(), String> {
        let dice = &mut Dice::new(seed);
        for _ in 0..2 + dice.below(2) {
            self.send(&sign_up(&fresh_name(), tests::PASSWORD), dice)?;
            let zone = ZONES[dice.below(ZONES.len())].0;
            self.send(&sign_in(&self.model, self.model.people.len() - 1), dice)?;
            let body = vec![crate::samples::good("time_zone", zone)];
            self.send(&Request::new((self.model.people.len() - 1, 0), Ask::EditMe).with(body), dice)?;
        }
        for number in steps {
            // A step falls alike whether others before it are left out or not.
            let dice = &mut Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(*number as u64));
            self.step(*number, dice).map_err(|why| format!("step {number}: {why}"))?;
        }
        self.wire.tally.walks += 1;
        self.end(seed).map_err(|why| format!("at the end: {why}"))
    }

    fn step(&mut self, number: usize, dice: &mut Dice) -> Result<(), String> {
        match step(dice, &self.model, &self.past, number, self.moment()) {
            Step::Wait(minutes) => {
                self.lines.push(format!("{number}. {minutes} minutes pass"));
                self.wire.lab.clock.advance(minutes * 60);
                Ok(())
            }
            Step::Grant(person) => {
                let someone = &mut self.model.people[person];
                self.lines.push(format!("{number}. {} becomes an admin", someone.name));
                Table::of(&self.wire.lab.stack).grant_admin(&someone.name);
                someone.admin = true;
                Ok(())
            }
            Step::Together(both) => {
                let lines = both.each_ref().map(|request| request.line(&self.model));
                self.lines.push(format!("{number}. {} beside {}", lines[0], lines[1]));
                self.send_together(&both, dice)?;
                self.past.extend(both.into_iter().filter(|request| request.key.is_some()));
                self.wire.tally.operations += 2;
                Ok(())
            }
            Step::Send(request) => {
                self.lines.push(format!("{number}. {}", request.line(&self.model)));
                self.send(&request, dice)?;
                self.wire.tally.operations += 1;
                if request.key.is_some() {
                    self.past.push(request);
                }
                Ok(())
            }
        }
    }

    /// Sends two requests at the same time: their answers, and what they leave, are those of one after the other.
    fn send_together(&mut self, requests: &[Request; 2], dice: &mut Dice) -> Result<(), String> {
        let seen = self.wire.send_together(requests, &self.model, dice)?;
        let (mut fit, mut whys) = (Vec::new(), String::new());
        for order in [[0, 1], [1, 0]] {
            let mut then = Ok(self.model.clone());
            for at in order {
                then = then.and_then(|model| judged(&model, &requests[at], &seen[at]));
            }
            match then {
                Ok(mut model) => {
                    model.sort_last_entries(self.model.entries);
                    fit.push(model);
                }
                Err(why) => whys.push_str(&format!("\n  either {why}")),
            }
        }
        let was = std::mem::replace(&mut self.wire.faulty, false);
        for model in fit {
            let session = requests[0].session.unwrap_or_default();
            match self.read(model, state::reads_after(requests, session), dice) {
                Ok(model) => {
                    self.model = model;
                    self.wire.faulty = was;
                    return Ok(());
                }
                Err(why) => whys.push_str(&format!("\n  either {why}")),
            }
        }
        Err(format!("two at the same time are not one after the other: {whys}"))
    }

    fn moment(&self) -> Moment {
        let now = self.wire.now();
        Moment { window: Window { lo: now, hi: now }, now }
    }

    /// Sends a request, and compares its answer with the model's.
    fn send(&mut self, request: &Request, dice: &mut Dice) -> Result<(), String> {
        let seen = self.wire.send(request, &self.model, dice)?;
        if seen.answer.status == 503 {
            self.model = self.unsure(request, seen.window, dice)?;
        } else {
            self.model = judged(&self.model, request, &seen)?;
        }
        Ok(())
    }

    /// A write without a key was answered 503: it happened, or it did not, and the state says which.
    fn unsure(&mut self, request: &Request, window: Window, dice: &mut Dice) -> Result<Model, String> {
        // Who must sign in to look does so before there are several models to tell of it.
        let (model, _) = self.sessions(self.model.clone(), dice)?;
        self.model = model;
        let mut fates: Vec<Model> = Vec::new();
        for now in [window.lo, window.hi] {
            let mut model = self.model.clone();
            model.answer(request, Moment { window, now });
            fates.push(model);
        }
        fates.push(self.model.clone());
        let was = std::mem::replace(&mut self.wire.faulty, false);
        let mut why = String::new();
        let mut found = None;
        for fate in fates {
            match self.compared(fate, dice) {
                Ok(model) => {
                    found = Some(model);
                    break;
                }
                Err(other) => why.push_str(&format!("\n  either {other}")),
            }
        }
        self.wire.faulty = was;
        found.ok_or_else(|| format!("a write that was answered 503 is neither done nor not: {why}"))
    }

    /// The whole state beside a model, by sessions that are alive.
    fn compared(&mut self, model: Model, dice: &mut Dice) -> Result<Model, String> {
        let (now, sessions) = self.sessions(model, dice)?;
        let reads = state::reads(&now, &sessions);
        self.read(now, reads, dice)
    }

    /// What these requests read beside a model.
    fn read(&mut self, mut model: Model, reads: Vec<Request>, dice: &mut Dice) -> Result<Model, String> {
        for read in reads {
            let seen = self.wire.send(&read, &model, dice)?;
            let line = read.line(&model);
            model = judged(&model, &read, &seen).map_err(|why| format!("{line}: {why}"))?;
            self.wire.tally.compared += 1;
        }
        Ok(model)
    }

    /// A session of each person that is alive, begun where there is none.
    fn sessions(&mut self, mut model: Model, dice: &mut Dice) -> Result<(Model, Vec<usize>), String> {
        let mut sessions = Vec::new();
        for person in 0..model.people.len() {
            let all = model.people[person].sessions.len();
            let moment = self.moment();
            let alive = (0..all).rev().find(|session| model.is_alive((person, *session), moment));
            if alive.is_none() {
                let request = sign_in(&model, person);
                let seen = self.wire.send(&request, &model, dice)?;
                model = judged(&model, &request, &seen)?;
            }
            sessions.push(alive.unwrap_or(all));
        }
        Ok((model, sessions))
    }

    /// The whole state beside the model, and what is in the trash, as long as it stays there.
    fn end(&mut self, seed: u64) -> Result<(), String> {
        let dice = &mut Dice::new(seed);
        let was = std::mem::replace(&mut self.wire.faulty, false);
        self.model = self.compared(self.model.clone(), dice)?;
        let days = [0, 29, 30][dice.below(3)];
        self.lines.push(format!("{days} days pass"));
        self.wire.lab.clock.advance(days * DAY);
        let (model, sessions) = self.sessions(self.model.clone(), dice)?;
        self.model = model;
        let mut last = state::restores(&self.model, &sessions);
        last.extend(state::ends(&self.model, &sessions));
        for request in &last {
            self.send(request, dice).map_err(|why| format!("{}: {why}", request.line(&self.model)))?;
        }
        if !last.is_empty() {
            self.model = self.compared(self.model.clone(), dice)?;
        }
        self.wire.faulty = was;
        Ok(())
    }
}

/// The model after an answer that is right. Where the clock went over a minute or a day while the answer was on its
/// way, either is.
fn judged(model: &Model, request: &Request, seen: &Seen) -> Result<Model, String> {
    let mut why = None;
    for now in [seen.window.lo, seen.window.hi] {
        let mut model = model.clone();
        let expected = model.answer(request, Moment { window: seen.window, now });
        match model.agree(request, &expected, seen) {
            Ok(()) => {
                if expected.effect {
                    model.keep(request, &seen.answer, seen.window);
                }
                return Ok(model);
            }
            Err(other) => why = Some(why.unwrap_or(other)),
        }
    }
    Err(why.unwrap_or_default())
}
