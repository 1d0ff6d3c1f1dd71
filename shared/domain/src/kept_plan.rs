//! A plan that is kept, with what a model said of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::{Day, MOST_OPEN, Plan, TaskId, Timestamp};

/// Why no model words anything where none is set up.
pub const NO_MODEL: &str = "AI isn't set up here.";
/// Why no model words a plan without a task in it.
pub const NOTHING_TO_WORD: &str = "Nothing to plan, so the AI wasn't asked.";

/// A plan as it was made, and who worded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPlan {
    /// When it was made.
    pub made_at: Timestamp,
    /// The plan.
    pub plan: Plan,
    /// Whether there were more open tasks than a plan looks at.
    pub more: bool,
    /// The tasks that the person has put off for its day, in this plan and in those before it.
    #[serde(default)]
    pub put_off: BTreeSet<TaskId>,
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
    /// Whether a model was to word it and did not. Where there is none, or nothing to word, that is no news.
    pub fn was_declined(&self) -> bool {
        self.reason.as_ref().is_some_and(|reason| ![NO_MODEL, NOTHING_TO_WORD].contains(&reason.as_str()))
    }

    /// The tasks that are put off for a day: none, where this plan is of another.
    pub fn put_off_for(&self, day: Day) -> BTreeSet<TaskId> {
        if self.plan.day == day { self.put_off.clone() } else { BTreeSet::new() }
    }

    /// Puts a task off for the plan's day. What a model said of the whole speaks of it, and goes.
    pub fn put_off(&mut self, task: TaskId) {
        self.put_off.insert(task);
        if let Some(at) = self.plan.put_off(task) {
            self.summary.clear();
            if at < self.notes.len() {
                self.notes.remove(at);
            }
        }
    }

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
            let _ = write!(text, "\n\nBased on your {MOST_OPEN} most pressing open tasks.");
        }
        text
    }
}
