//! What a person looks for in the texts of tasks.

use std::fmt;
use std::str::FromStr;

use crate::{Invalid, Task};

/// Characters at most.
const LONGEST: usize = 100;

/// Words that must all stand in a task's title or description, wherever and in whatever case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    typed: String,
    words: Vec<String>,
}

impl FromStr for Words {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let typed = text.trim();
        if typed.chars().count() > LONGEST {
            return Err(Invalid::because(format!("Search with at most {LONGEST} characters.")));
        }
        let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
        match words.is_empty() {
            true => Err(Invalid::because("Enter a word to search for.")),
            false => Ok(Self { typed: typed.to_owned(), words }),
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

impl Words {
    /// Whether all of them stand in this task.
    pub fn are_in(&self, task: &Task) -> bool {
        let (title, description) = (task.title.as_str().to_lowercase(), task.description.as_str().to_lowercase());
        self.words.iter().all(|word| title.contains(word) || description.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Day, EntryId, NewTask, Status, TaskId, Timestamp, UserId};

    fn task(title: &str, description: &str) -> Task {
        let new = NewTask {
            title: title.parse().expect("a title"),
            description: description.parse().expect("a description"),
            status: Status::Todo,
            estimate: None,
            due_on: None,
            logged: None,
        };
        let today: Day = "2026-11-25".parse().expect("a day");
        let (by, id) = (UserId::from(Uuid::from_u128(1)), TaskId::from(Uuid::from_u128(2)));
        Task::create(new, id, EntryId::from(Uuid::from_u128(3)), by, Timestamp::from_ms(0), today).task
    }

    #[test]
    fn all_words_count_wherever_they_stand() {
        let task = task("Größe der Tabelle", "Measure the COLD start");
        let found = |text: &str| text.parse::<Words>().is_ok_and(|words| words.are_in(&task));
        assert!(found("cold") && found("  TABELLE   start ") && found("größe") && found("art"));
        assert!(!found("cold warm") && !found("grosse"));
    }

    #[test]
    fn nothing_and_too_much_are_no_words() {
        assert!("".parse::<Words>().is_err() && " \t".parse::<Words>().is_err());
        assert!("x".repeat(100).parse::<Words>().is_ok() && "x".repeat(101).parse::<Words>().is_err());
    }
}
