//! What time does: days in a person's own zone, the trash that is emptied, sessions that end, keys that are forgotten.
//! Each test has a stack of its own, with a clock that it sets.

mod administration;
mod days;
mod leaving;
mod operator;
mod passwords_again;
mod plans;
mod repeats;
mod sessions;
mod timers;
mod trash;

/// Seconds of an hour and of a day.
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
