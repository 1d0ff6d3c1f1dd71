//! What the domain's types are as JSON Schema: said once, put wherever a field or a parameter of that name stands, and
//! compared with the types themselves.

use serde_json::{Value, json};
use sprintsync_domain::{SignUpMode, What};

/// What a line may be given as: no control character but those that break lines or go to the next stop, which become
/// spaces, and nothing that turns the direction of text.
const ON_A_LINE: &str = r"[^\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069]*";
/// One character that shows something: no control character, no space, and none of `Default_Ignorable_Code_Point`.
const SHOWN: &str = concat!(
    r"[^\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f",
    r"\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb",
    "\u{1bca0}-\u{1bca3}\u{1d159}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]"
);
/// A version 7 UUID (RFC 9562, 5.7).
const ID: &str = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";
/// A list of entity tags, strong or weak, or `*` (RFC 9110, 8.8.3).
const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$"#;

/// The rule of the fields of this name, whose type is this. `null` takes away what the handlers say.
pub(crate) fn field(name: &str, kind: &str) -> Option<Value> {
    Some(match (name, kind) {
        ("title", "string") => title(),
        ("description", "string") => description(),
        ("note", "string") => note(),
        ("username", "string") => username(),
        ("time_zone", "string") => json!({"format": "iana-time-zone", "example": "Europe/Berlin"}),
        ("status", "string") => json!({"pattern": null, "enum": ["todo", "in_progress", "done"]}),
        ("what", "string") => json!({"enum": What::ALL.map(What::as_str)}),
        ("due_on" | "worked_on", "string") => day(),
        ("estimate_minutes", "integer") => json!({"minimum": 1, "maximum": 100_000}),
        ("workday_minutes", "integer") => json!({"minimum": 1, "maximum": 1_440}),
        ("workday_ends", "string") => json!({"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "example": "18:00"}),
        ("id" | "task_id" | "user_id" | "reverses", "string") => id(),
        _ => return None,
    })
}

/// The rule of a parameter of this name.
pub(crate) fn parameter(name: &str) -> Option<Value> {
    let text = |rule: Value| {
        let mut rule = rule;
        rule["type"] = json!("string");
        rule
    };
    Some(match name {
        "id" | "entry" | "person" => text(id()),
        "limit" => json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
        "days" => json!({"type": "integer", "minimum": 1, "maximum": 90, "default": 7}),
        "cursor" => json!({"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}),
        "status" => json!({"type": "string", "enum": ["todo", "in_progress", "done"]}),
        "what" => json!({"type": "string", "enum": What::ALL.map(What::as_str)}),
        "from" | "to" => text(day()),
        "If-Match" | "If-None-Match" => json!({"type": "string", "pattern": TAGS, "example": "\"7\""}),
        "Idempotency-Key" => json!({"type": "string", "pattern": "^[!-~]{1,64}$"}),
        _ => return None,
    })
}

/// Who can sign up, in the words of the API.
pub(crate) fn sign_up_mode() -> Value {
    json!({"pattern": null, "enum": [SignUpMode::Open, SignUpMode::Invite, SignUpMode::Closed]})
}

pub(crate) fn title() -> Value {
    let pattern = format!("^{ON_A_LINE}{SHOWN}{ON_A_LINE}$");
    json!({"minLength": 1, "maxLength": 200, "pattern": pattern})
}

pub(crate) fn description() -> Value {
    json!({"maxLength": 10_000, "pattern": r"^[^\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]*$"})
}

pub(crate) fn note() -> Value {
    json!({"maxLength": 500, "pattern": format!("^{ON_A_LINE}$")})
}

pub(crate) fn username() -> Value {
    json!({"minLength": 3, "maxLength": 32, "pattern": "^[A-Za-z0-9_.-]*$"})
}

pub(crate) fn id() -> Value {
    json!({"format": "uuid", "pattern": ID})
}

pub(crate) fn day() -> Value {
    json!({"format": "date", "pattern": "^(19[7-9]|[2-9][0-9]{2})[0-9]-[0-9]{2}-[0-9]{2}$"})
}

mod tests {
    use jsonschema::Validator;
    use proptest::prelude::*;
    use sprintsync_domain::{Day, Description, Invalid, Note, TaskId, Title, Username};

    use super::*;

    fn validator(rule: &Value) -> Validator {
        jsonschema::options().should_validate_formats(true).build(rule).expect("a schema")
    }

    fn agrees<T: std::str::FromStr<Err = Invalid>>(rule: &Validator, text: &str) -> Result<(), TestCaseError> {
        let (described, taken) = (rule.is_valid(&json!(text)), text.parse::<T>().is_ok());
        prop_assert_eq!(described, taken, "{:?}", text);
        Ok(())
    }

    /// Texts of ordinary characters with some of those that matter.
    fn texts() -> impl Strategy<Value = String> {
        let odd = "[\u{0}\t\n\r \u{1f}\u{7f}\u{85}\u{a0}\u{ad}\u{200b}\u{200f}\u{2028}\u{202a}\u{202e}\u{202f}\u{2060}\u{2064}\u{2066}\u{feff}\u{b}\u{c}\u{86}\u{2029}\u{2800}\u{3164}\u{fe0f}\u{fff9}\u{e0041}\u{1d159}]{0,3}";
        let any = proptest::collection::vec(any::<char>(), 0..4).prop_map(String::from_iter);
        (odd, "[a-zA-Z0-9_.ü-]{0,34}", any, odd).prop_map(|(a, b, c, d)| format!("{a}{b}{c}{d}"))
    }

    #[test]
    fn what_is_described_is_what_is_taken() {
        let rules = [title(), description(), note(), username(), id(), day()].map(|rule| validator(&rule));
        let [title, description, note, username, id, day] = &rules;
        proptest!(|(text in texts(), date in "[12][09][0-9]{2}-[01][0-9]-[0-3][0-9]", hex in "[0-9a-fA-F]{8}-[0-9a-f]{4}-[67][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-fA-F]{12}\n?")| {
            agrees::<Title>(title, &text)?;
            agrees::<Description>(description, &text)?;
            agrees::<Note>(note, &text)?;
            agrees::<Username>(username, &text)?;
            agrees::<Day>(day, &date)?;
            agrees::<TaskId>(id, &hex)?;
        });
        for (length, good) in [(1, true), (200, true), (201, false)] {
            assert_eq!(title.is_valid(&json!("ü".repeat(length))), good);
            assert_eq!("ü".repeat(length).parse::<Title>().is_ok(), good);
        }
        for length in [10_000, 10_001] {
            assert_eq!(
                description.is_valid(&json!("x".repeat(length))),
                "x".repeat(length).parse::<Description>().is_ok()
            );
        }
        for length in [500, 501] {
            assert_eq!(note.is_valid(&json!("x".repeat(length))), "x".repeat(length).parse::<Note>().is_ok());
        }
        for text in ["ab", "abc", &"a".repeat(32), &"a".repeat(33)] {
            assert_eq!(username.is_valid(&json!(text)), text.parse::<Username>().is_ok(), "{text}");
        }
        for text in ["1969-12-31", "1970-01-01", "2024-02-29", "2025-02-29", "9999-12-31", "2026-1-1"] {
            assert_eq!(day.is_valid(&json!(text)), text.parse::<Day>().is_ok(), "{text}");
        }
    }
}
