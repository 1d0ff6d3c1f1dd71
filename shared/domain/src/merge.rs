//! Two changes of one task that began from the same version: what of the later one still holds.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{Task, TaskEdit};

/// What is left of an edit after somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// What the person changed and nobody else did; the fields that the person left alone stay as they are now.
    pub edit: TaskEdit,
    /// Names of the fields that both changed, each to something else.
    pub collisions: Vec<&'static str>,
}

impl Task {
    /// Merges an edit that was begun when the task was of an earlier version. `saw` tells whether a value of a field
    /// (as the API writes both) is the one that the person saw then.
    pub fn merge(&self, edit: &TaskEdit, saw: impl Fn(&str, &Value) -> bool) -> Merge {
        let mut collisions = Vec::new();
        let edit = TaskEdit {
            title: mine("title", &edit.title, &self.title, &saw, &mut collisions),
            description: mine("description", &edit.description, &self.description, &saw, &mut collisions),
            status: mine("status", &edit.status, &self.status, &saw, &mut collisions),
            estimate: mine("estimate_minutes", &edit.estimate, &self.estimate, &saw, &mut collisions),
            due_on: mine("due_on", &edit.due_on, &self.due_on, &saw, &mut collisions),
        };
        Merge { edit, collisions }
    }
}

fn mine<T: Clone + PartialEq + Serialize>(
    name: &'static str,
    mine: &Option<T>,
    theirs: &T,
    saw: impl Fn(&str, &Value) -> bool,
    collisions: &mut Vec<&'static str>,
) -> Option<T> {
    let mine = mine.as_ref().filter(|mine| *mine != theirs && !saw(name, &json!(mine)))?;
    if !saw(name, &json!(theirs)) {
        collisions.push(name);
    }
    Some(mine.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{Day, Description, EntryId, NewTask, Status, TaskId, Timestamp, UserId};

    fn task(title: &str, description: &str, estimate: Option<i64>) -> Task {
        let new = NewTask {
            title: title.parse().expect("a title"),
            description: description.parse::<Description>().expect("a description"),
            status: Status::Todo,
            estimate: estimate.map(|minutes| minutes.try_into().expect("an estimate")),
            due_on: None,
            logged: None,
        };
        let today: Day = "2026-11-25".parse().expect("a day");
        let by = UserId::from(Uuid::from_u128(1));
        let ids = (TaskId::from(Uuid::from_u128(2)), EntryId::from(Uuid::from_u128(3)));
        Task::create(new, ids.0, ids.1, by, Timestamp::from_ms(0), today).task
    }

    fn all_of(task: &Task) -> TaskEdit {
        TaskEdit {
            title: Some(task.title.clone()),
            description: Some(task.description.clone()),
            status: Some(task.status),
            estimate: Some(task.estimate),
            due_on: Some(task.due_on),
        }
    }

    fn saw(task: &Task) -> impl Fn(&str, &Value) -> bool {
        let fields = task.fields();
        move |name, value| fields.get(name) == Some(value)
    }

    #[test]
    fn what_only_one_of_them_changed_is_kept_from_both() {
        let (base, theirs) = (task("one", "text", Some(30)), task("one", "their text", Some(60)));
        let merge = theirs.merge(&all_of(&task("mine", "text", Some(60))), saw(&base));
        assert_eq!(merge.collisions, [""; 0]);
        assert_eq!(merge.edit, TaskEdit { title: "mine".parse().ok(), ..TaskEdit::default() });
    }

    #[test]
    fn what_both_changed_collides_and_keeps_mine() {
        let (base, theirs) = (task("one", "text", Some(30)), task("theirs", "text", None));
        let merge = theirs.merge(&all_of(&task("mine", "my text", Some(45))), saw(&base));
        assert_eq!(merge.collisions, ["title", "estimate_minutes"]);
        let wanted = task("mine", "my text", Some(45));
        let edit = TaskEdit { status: None, due_on: None, ..all_of(&wanted) };
        assert_eq!(merge.edit, edit);
    }

    proptest! {
        /// Whatever the three texts are: nothing that a person changed is dropped without a word, and nothing that a
        /// person left alone takes the other's change back.
        #[test]
        fn no_change_is_lost(base in "[ab]{1,2}", mine in "[ab]{1,2}", theirs in "[ab]{1,2}") {
            let (base, wanted, now) = (task(&base, "", None), task(&mine, "", None), task(&theirs, "", None));
            let merge = now.merge(&all_of(&wanted), saw(&base));
            let after = merge.edit.title.clone().unwrap_or(now.title.clone());
            if wanted.title != base.title {
                prop_assert_eq!(&after, &wanted.title);
            } else {
                prop_assert_eq!(&after, &now.title);
            }
            let both = wanted.title != base.title && now.title != base.title && wanted.title != now.title;
            prop_assert_eq!(!merge.collisions.is_empty(), both);
        }
    }
}
