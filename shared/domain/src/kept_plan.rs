//! A plan that is kept, with what a model said of it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::{MOST_OPEN, Plan, Timestamp};

/// A plan as it was made, and who worded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPlan {
    /// When it was made.
    pub made_at: Timestamp,
    /// The plan.
    pub plan: Plan,
    /// Whether there were more open tasks than a plan looks at.
    pub more: bool,
    /// What a model says of it as a whole; empty without a model.
    #[serde(default)]
    pub summary: String,
    /// What a model says of each block; empty without a model.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Who worded it: the provider's name, or `fallback`.
    pub source: String,
    /// The model, where one worded it.
    #[serde(default)]
    pub model: Option<String>,
    /// Why no model did.
    #[serde(default)]
    pub reason: Option<String>,
}

impl KeptPlan {
    /// All of it as plain text: what a model says of it, the plan with its sums, and what is said of each block.
    pub fn suggestion(&self) -> String {
        let mut text = String::new();
        if !self.summary.is_empty() {
            let _ = writeln!(text, "{}\n", self.summary);
        }
        text.push_str(self.plan.in_words().trim_end());
        let notes = self.notes.iter().enumerate().filter(|(_, note)| !note.is_empty());
        for (at, (block, note)) in notes.enumerate() {
            let lead = if at == 0 { "\n\n" } else { "\n" };
            let _ = write!(text, "{lead}On {}: {note}", block + 1);
        }
        if self.more {
            let _ = write!(text, "\n\nOf your open tasks {MOST_OPEN} were looked at, the oldest.");
        }
        text
    }
}
