//! The next step of a walk, by chance.

use tests::Dice;

use crate::chance::Chance;
use crate::model::{Model, Moment};
use crate::request::{Ask, Request};
use crate::samples::good;

/// A step.
#[derive(Debug)]
pub enum Step {
    Send(Request),
    /// Both at the same time.
    Together(Box<[Request; 2]>),
    /// The clock goes on by so many minutes.
    Wait(i64),
    /// The person becomes an administrator.
    Grant(usize),
}

/// Minutes that the clock goes on by: up to and beyond what timers, keys, sessions and the trash last. A walk takes
/// less than ten minutes, so what is due is due without doubt.
const WAITS: [i64; 12] = [10, 10, 60, 60, 360, 710, 720, 730, 1_430, 1_440, 29 * 1_440, 30 * 1_440];

/// What kind of step.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Create,
    Patch,
    Put,
    Status,
    Log,
    Reverse,
    Start,
    Stop,
    Delete,
    Restore,
    Repeat,
    Together,
    Read,
    Tasks,
    Entries,
    History,
    Timer,
    Days,
    Me,
    EditMe,
    Sessions,
    Account,
    SignIn,
    Wait,
    Grant,
}

/// The next step, as these dice fall where the model stands. `past` is what was sent under a key; `number` makes keys.
pub fn step(dice: &mut Dice, model: &Model, past: &[Request], number: usize, moment: Moment) -> Step {
    let mut chance = Chance { dice, model, moment, fixed: None };
    let kind = chance.kind();
    let person = chance.dice.below(model.people.len());
    match kind {
        // Twelve hours to the minute, where a timer runs: it is just too long then.
        Kind::Wait if model.people.iter().any(|person| person.timer.is_some()) && chance.one_in(3) => {
            return Step::Wait(720);
        }
        Kind::Wait => return Step::Wait(WAITS[chance.dice.below(WAITS.len())]),
        Kind::Grant => return Step::Grant(person),
        _ => {}
    }
    let Some(session) = chance.session(person) else { return Step::Send(sign_in(model, person)) };
    if let Kind::Together = kind {
        return Step::Together(Box::new(chance.together(session, past, number)));
    }
    Step::Send(chance.request(kind, session, past, &format!("key-{number}")))
}

/// A sign-in with the right password.
pub fn sign_in(model: &Model, person: usize) -> Request {
    sign_in_with(model, person, &model.people[person].password, false)
}

/// A sign-in with this password, and the name as it is or in capitals.
pub fn sign_in_with(model: &Model, person: usize, password: &str, shouted: bool) -> Request {
    let name = &model.people[person].name;
    let name = if shouted { name.to_uppercase() } else { name.clone() };
    let body = vec![good("username", name), good("password", password)];
    let ask = Ask::SignIn { person, password: password.to_owned(), shouted };
    Request { session: None, ..Request::new((person, 0), ask) }.with(body)
}

/// A sign-up of someone with this name.
pub fn sign_up(name: &str, password: &str) -> Request {
    let body = vec![good("username", name), good("password", password)];
    Request { session: None, ..Request::new((0, 0), Ask::SignUp) }.with(body)
}
