//! What a person looks for in the texts of tasks.

use std::fmt;
use std::str::FromStr;

use crate::unicode::caseless;
use crate::{Invalid, Task};

/// Characters at most.
const LONGEST: usize = 100;

/// Words that must all stand in a task's title or description, wherever, in whatever case and however composed.
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
            return Err(Invalid::because(format!("must have at most {LONGEST} characters")));
        }
        let words: Vec<String> = typed.split_whitespace().map(caseless).collect();
        match words.is_empty() {
            true => Err(Invalid::because("must not be blank")),
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
        let (title, description) = (caseless(task.title.as_str()), caseless(task.description.as_str()));
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
    fn the_same_text_is_found_however_it_was_typed() {
        let found = |title: &str, text: &str| text.parse::<Words>().is_ok_and(|words| words.are_in(&task(title, "")));
        let (composed, decomposed) = ("Überprüfung", "U\u{308}berpru\u{308}fung");
        for (title, text) in [
            (composed, decomposed),
            (decomposed, composed),
            (decomposed, "ÜBERPRÜFUNG"),
            ("Die Straße", "STRASSE"),
            ("DIE STRASSE", "straße"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ] {
            assert!(found(title, text), "{title:?} {text:?}");
        }
        // An accent makes another letter.
        assert!(!found(decomposed, "uber") && !found("Größe", "grosse") && !found("resume", "résumé"));
    }

    #[test]
    fn nothing_and_too_much_are_no_words() {
        assert!("".parse::<Words>().is_err() && " \t".parse::<Words>().is_err());
        assert!("x".repeat(100).parse::<Words>().is_ok() && "x".repeat(101).parse::<Words>().is_err());
    }
}
