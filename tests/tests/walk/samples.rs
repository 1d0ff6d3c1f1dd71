//! What is sent in fields, and what a right reader makes of it.

use serde_json::{Value, json};
use tests::Dice;

/// A field of a body.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    /// What is sent.
    pub sent: Value,
    /// What it says, if it is good.
    pub says: Option<Value>,
}

/// The time zones that people choose, and how many minutes each is ahead of UTC: those that never change their clocks.
pub const ZONES: [(&str, i64); 5] =
    [("UTC", 0), ("Asia/Tokyo", 540), ("Asia/Kolkata", 330), ("Pacific/Kiritimati", 840), ("Pacific/Pago_Pago", -660)];

/// The statuses of a task.
pub const STATUSES: [&str; 3] = ["todo", "in_progress", "done"];

/// The fields of a task that a person edits.
pub const EDITED: [&str; 5] = ["title", "description", "status", "estimate_minutes", "due_on"];

/// A field as it is kept.
pub fn good(name: &'static str, value: impl Into<Value>) -> Field {
    let value = value.into();
    Field { name, sent: value.clone(), says: Some(value) }
}

fn read(name: &'static str, sent: &str, says: &str) -> Field {
    Field { name, sent: sent.into(), says: Some(says.into()) }
}

fn bad(name: &'static str, sent: impl Into<Value>) -> Field {
    Field { name, sent: sent.into(), says: None }
}

/// Something for this field; one in 25 is not good.
pub fn sample(name: &'static str, dice: &mut Dice) -> Field {
    let wrong = dice.below(25) == 0;
    let mut all = if wrong { wrongs(name) } else { rights(name) };
    all.swap_remove(dice.below(all.len()))
}

/// A field that no write of a task takes.
pub fn stranger(dice: &mut Dice) -> Field {
    let names = ["id", "version", "user_id", "completed_at", "created_at", "nonsense"];
    bad(names[dice.below(names.len())], 1)
}

fn rights(name: &'static str) -> Vec<Field> {
    match name {
        "title" => vec![
            good(name, "Write it down"),
            good(name, "Ship"),
            good(name, "x".repeat(200)),
            good(name, "👩\u{200d}💻 & <b>\"quotes\"</b> 'ü'"),
            read(name, "  trimmed\u{a0} ", "trimmed"),
        ],
        "description" => vec![
            good(name, ""),
            good(name, "One line"),
            good(name, "  kept as it is\n\ttoo\n"),
            read(name, "one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ],
        "status" => STATUSES.into_iter().map(|status| good(name, status)).collect(),
        "estimate_minutes" => [json!(1), json!(90), json!(100_000), Value::Null].map(|n| good(name, n)).to_vec(),
        "due_on" => [json!("1970-01-01"), json!("2028-02-29"), json!("9999-12-31"), Value::Null]
            .map(|day| good(name, day))
            .to_vec(),
        "total_minutes" => [0, 1, 45, 1_440].map(|n| good(name, n)).to_vec(),
        "minutes" => [1, 2, 25, 60, 1_440].map(|n| good(name, n)).to_vec(),
        "note" => vec![good(name, ""), good(name, "ü".repeat(500)), read(name, "  said so ", "said so")],
        "time_zone" => {
            let mut all: Vec<Field> = ZONES.iter().map(|(zone, _)| good(name, *zone)).collect();
            all.push(read(name, "asia/TOKYO", "Asia/Tokyo"));
            all
        }
        "workday_minutes" => [1, 480, 360, 1_440].map(|n| good(name, n)).to_vec(),
        "workday_ends" => ["18:00", "00:00", "09:30", "23:59"].map(|time| good(name, time)).to_vec(),
        _ => unreachable!("{name}"),
    }
}

fn wrongs(name: &'static str) -> Vec<Field> {
    let values = match name {
        "title" => {
            vec![json!(""), json!(" \u{200b} "), json!("x".repeat(201)), json!("a\u{7}b"), Value::Null, json!(7)]
        }
        "description" => vec![json!("x".repeat(10_001)), json!("a\u{0}b"), Value::Null, json!([])],
        "status" => vec![json!("doing"), json!("TODO"), json!(""), Value::Null, json!(1)],
        "estimate_minutes" => vec![json!(0), json!(100_001), json!(-5), json!(1.5), json!("60")],
        "due_on" => vec![json!("2026-02-29"), json!("tomorrow"), json!(""), json!(5), json!("1969-12-31")],
        "total_minutes" => vec![json!(-1), json!(1_441), json!("5"), Value::Null, json!(0.5)],
        "minutes" => vec![json!(0), json!(-5), json!(1_441), json!("5"), Value::Null, json!(2.5)],
        "note" => vec![json!("x".repeat(501)), json!("a\u{7}b"), Value::Null, json!(5)],
        "time_zone" => vec![json!("Mars/Olympus"), json!(""), Value::Null, json!(2)],
        "workday_minutes" => vec![json!(0), json!(1_441), json!("480"), Value::Null, json!(1.5)],
        "workday_ends" => vec![json!("24:00"), json!("6pm"), json!("1:00"), json!(""), Value::Null, json!(18)],
        _ => unreachable!("{name}"),
    };
    values.into_iter().map(|value| bad(name, value)).collect()
}
