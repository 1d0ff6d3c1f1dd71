//! The REST API from outside. What is in `contract_*` holds against a deployed instance too.

mod admin_assign;
mod admin_audit;
mod admin_invites;
mod admin_leaks;
mod admin_lists;
mod admin_numbers;
mod admin_people;
mod admin_repeats;
mod admin_reset;
mod admin_timer;
mod callers;
mod contract_accounts;
mod contract_leaving;
mod contract_lists;
mod contract_repeat;
mod contract_sessions;
mod contract_suggestions;
mod contract_task_writes;
mod contract_tasks;
mod contract_texts;
mod contract_time;
mod contract_timer;
mod csrf;
mod gateway;
mod matrix;
mod page_cookies;
mod page_frame;
mod page_lists;
mod page_plan;
mod page_repeats;
mod page_team;
mod page_timer;
mod page_writes;
mod programs;

use serde_json::Value;

/// The keys of an object, sorted.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// A UUID of version 7 in lower case.
fn is_id(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let shape = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        14 => c == '7',
        19 => "89ab".contains(c),
        _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
    };
    text.len() == 36 && text.chars().enumerate().all(shape)
}

/// RFC 3339 UTC with milliseconds.
fn is_instant(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let shape = |(pattern, c): (char, char)| if pattern == '0' { c.is_ascii_digit() } else { c == pattern };
    text.len() == 24 && "0000-00-00T00:00:00.000Z".chars().zip(text.chars()).all(shape)
}
