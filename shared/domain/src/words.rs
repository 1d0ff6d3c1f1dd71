//! What a person looks for in the texts of tasks.

use std::fmt;
use std::str::FromStr;

use crate::unicode::caseless;
use crate::{Invalid, Task};

/// Characters that are looked for; what follows them is left out. As long as a title, so that one can be pasted whole.
const LONGEST: usize = 200;

/// Words that must all stand in a task's title or description, wherever, in whatever case and however composed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    typed: String,
    words: Vec<String>,
}

impl FromStr for Words {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let typed: String = text.trim().chars().take(LONGEST).collect();
        let words: Vec<String> = typed.split_whitespace().map(caseless).collect();
        match words.is_empty() {
            true => Err(Invalid::because("Enter a word to search for.")),
            false => Ok(Self { typed: typed.trim_end().to_owned(), words }),
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

impl Words {
    /// Whether all of them stand in this task's title.
    pub fn are_in_title(&self, task: &Task) -> bool {
        let title = caseless(task.title.as_str());
        self.words.iter().all(|word| title.contains(word))
    }

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
        let in_title = |text: &str| text.parse::<Words>().is_ok_and(|words| words.are_in_title(&task));
        assert!(in_title("tabelle größe") && !in_title("tabelle cold"));
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
    fn nothing_is_no_words_and_what_is_too_long_is_cut() {
        assert!("".parse::<Words>().is_err() && " \t".parse::<Words>().is_err());
        for (typed, looked_for) in [(200, 200), (201, 200), (100_000, 200)] {
            let words = "ü".repeat(typed).parse::<Words>().expect("words");
            assert_eq!(words.to_string().chars().count(), looked_for);
        }
    }
}
