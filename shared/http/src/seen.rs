//! What a person saw of a task when they began to edit it, as a form carries it: a few characters a field, enough to
//! tell whether it has changed since.

use serde_json::Value;
use sprintsync_domain::Task;

use crate::repeat::digest;

/// Characters of a field's digest: 48 bits, for values that differ by accident and never by design.
const LENGTH: usize = 8;

/// What a person saw.
#[derive(Debug, Clone, Default)]
pub struct Saw(String);

impl Saw {
    /// Somebody who sees this task.
    pub fn of(task: &Task) -> Self {
        let fields: Vec<String> = task.fields().iter().map(|(name, value)| mark(name, value)).collect();
        Self(fields.join(","))
    }

    /// What a form says that was seen: a name and a mark a field, `title:oX3a9_Qw,due_on:…`. Of one that says nothing,
    /// nothing was.
    pub fn read(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether anything is known of what was seen.
    pub fn is_known(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether a field had this value.
    pub fn had(&self, name: &str, value: &Value) -> bool {
        let mark = mark(name, value);
        self.0.split(',').any(|seen| seen == mark)
    }
}

impl std::fmt::Display for Saw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn mark(name: &str, value: &Value) -> String {
    let digest = digest(&[name.as_bytes(), value.to_string().as_bytes()]);
    format!("{name}:{}", digest.get(..LENGTH).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_seen_is_known_again_field_by_field() {
        let saw = Saw::read(&format!("{},{}", mark("title", &json!("one")), mark("due_on", &Value::Null)));
        assert!(saw.had("title", &json!("one")) && saw.had("due_on", &Value::Null));
        assert!(!saw.had("title", &json!("two")) && !saw.had("description", &json!("one")));
        assert!(!Saw::read("").had("title", &json!("one")));
    }
}
