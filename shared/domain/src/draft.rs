//! A description for a task of which only the title is known, without a model: the title's own words, and steps that
//! hold for all work of its kind.

use crate::{Description, Title};

/// What kind of work a title names, recognised by whole words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something is broken.
    Bug,
    /// Something new.
    Feature,
    /// Upkeep, which nobody who uses the product is to notice.
    Chore,
    /// Something is to be found out.
    Research,
    /// Something is to be written for readers.
    Docs,
    /// Somebody's work is to be looked at.
    Review,
    /// The title does not say, or not in English.
    Other,
}

/// Characters of what a title names, up to which the steps name it too; what is longer would drown them.
const LONGEST_SUBJECT: usize = 60;

impl Kind {
    /// Of a title: the first of its words that names a kind decides, since titles begin with what is to be done:
    /// "Review the docs" is a review, "Fix the docs build" a bug. Words are whole, in any case, between whatever is no
    /// letter or digit. Three things are weaker:
    /// - before a verb, a word is what the title speaks of: "Build fails on main" is no feature but a bug;
    /// - what is written or added and named as text is docs: "Write the readme", "Update the docs";
    /// - "new", "error" and the like count only where no other word does: "New users cannot sign in" is a bug.
    pub fn of(title: &Title) -> Self {
        let text = title.as_str().to_lowercase();
        let words: Vec<&str> = words(&text).collect();
        let after = words.iter().skip(1).map(Some).chain([None]);
        let named = words.iter().zip(after).find_map(|(word, next)| {
            let kind = verb(word).or_else(|| noun(word))?;
            let spoken_of = kind != Self::Bug && next.is_some_and(|next| is_finite(next));
            (!spoken_of).then_some((*word, kind))
        });
        match named {
            Some((word, _)) if is_making(word) && words.iter().any(|word| noun(word) == Some(Self::Docs)) => Self::Docs,
            Some((_, kind)) => kind,
            None => words.iter().find_map(|word| hint(word)).unwrap_or(Self::Other),
        }
    }

    /// Three steps and the acceptance check.
    fn text(self, it: &str) -> ([String; 3], String) {
        let (first, second, third, done) = match self {
            Self::Bug => (
                format!("Reproduce {it}, and write down what happens and what should happen instead."),
                "Find the cause, and correct it there.",
                "Add a test that fails without the correction.",
                format!("what was seen with {it} no longer happens, and a test would notice if it came back."),
            ),
            Self::Feature => (
                format!("Agree on what {it} is for, who uses it, and what it leaves out."),
                "Build the smallest version that is of use, with its tests.",
                "Try it as its users will, and bring the documentation up to date.",
                format!("{it} can be used as agreed, and its tests pass."),
            ),
            Self::Chore => (
                format!("List what {it} touches, and what has to stay as it is."),
                "Make the change in small parts, with the tests passing after each.",
                "Remove what is no longer needed, and tell the team what they have to know.",
                format!("the work on {it} is complete, the tests pass, and nothing else behaves differently."),
            ),
            Self::Research => (
                format!("Write down the question behind {it}, and what its answer decides."),
                "Look at the options within a fixed time, and note what speaks for and against each.",
                "Write a short recommendation with its reasons.",
                format!("the question behind {it} has a written answer that the team can act on."),
            ),
            Self::Docs => (
                format!("Say who needs to know about {it}, and what for."),
                "Write it in the order in which readers need it, with an example that works.",
                "Let somebody follow it who did not write it, and correct what stops them.",
                format!("a reader can follow what is written about {it} without having to ask."),
            ),
            Self::Review => (
                format!("Find out what {it} is meant to achieve."),
                "Go through it, try it, and note what is wrong, unclear or missing.",
                "Say what has to change, and what is only a suggestion.",
                format!("every remark about {it} is answered or has become a task."),
            ),
            Self::Other => (
                format!("Write down what the result of {it} should be."),
                "Split the work into parts that can be finished and checked one at a time.",
                "Do them in order, and compare the outcome with the goal.",
                format!("the result of {it} is there, and somebody else has checked it."),
            ),
        };
        ([first, second.to_owned(), third.to_owned()], done)
    }
}

/// A description built from the title's own words: goal, steps, acceptance check.
pub fn draft(title: &Title) -> Description {
    let subject = subject(title);
    let it = match subject.chars().count() {
        ..=LONGEST_SUBJECT => format!("“{subject}”"),
        _ => "this".to_owned(),
    };
    let ([first, second, third], done) = Kind::of(title).text(&it);
    let text = format!("Goal: {title}\n\nSteps:\n1. {first}\n2. {second}\n3. {third}\n\nDone when: {done}");
    // A title has 200 characters at most, and none that a description may not have.
    text.parse().unwrap_or_default()
}

/// What a title names: the title without the verb or the mark that it begins with ("Fix the login", "bug: the login"),
/// where the rest can stand for itself.
fn subject(title: &Title) -> &str {
    let whole = title.as_str();
    let end = whole.find(|c: char| !c.is_alphanumeric()).unwrap_or(whole.len());
    let Some((lead, rest)) = whole.split_at_checked(end) else { return whole };
    let lead = lead.to_lowercase();
    let rest = match rest.strip_prefix(": ") {
        Some(rest) if verb(&lead).or_else(|| noun(&lead)).is_some() => rest.trim_start(),
        None if verb(&lead).is_some() => rest.trim_start(),
        _ => return whole,
    };
    let next = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    if next.is_empty() || is_bound(&next) || is_finite(&next) { whole } else { rest }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Words that say what is to be done.
fn verb(word: &str) -> Option<Kind> {
    Some(match word {
        "fix" | "hotfix" | "debug" | "repair" | "troubleshoot" => Kind::Bug,
        "document" => Kind::Docs,
        "review" | "audit" | "proofread" => Kind::Review,
        "research" | "investigate" | "spike" | "evaluate" | "compare" | "explore" | "prototype" | "study" | "learn"
        | "analyse" | "analyze" | "benchmark" => Kind::Research,
        "upgrade" | "update" | "bump" | "clean" | "cleanup" | "refactor" | "rename" | "remove" | "delete"
        | "migrate" | "lint" | "rotate" | "move" => Kind::Chore,
        "add" | "create" | "build" | "implement" | "support" | "introduce" | "allow" | "enable" | "design"
        | "write" | "make" | "show" | "offer" | "provide" => Kind::Feature,
        _ => return None,
    })
}

/// Words that say what it is done to, or that something is wrong with it.
fn noun(word: &str) -> Option<Kind> {
    Some(match word {
        "bug" | "bugs" | "bugfix" | "broken" | "breaks" | "crash" | "crashes" | "fail" | "fails" | "failing"
        | "failure" | "failures" | "regression" | "cannot" => Kind::Bug,
        "docs" | "doc" | "documentation" | "readme" | "changelog" | "guide" => Kind::Docs,
        "feedback" | "pr" | "prs" => Kind::Review,
        "analysis" | "investigation" => Kind::Research,
        "chore" | "migration" | "dependency" | "dependencies" | "ci" => Kind::Chore,
        "feature" | "feat" => Kind::Feature,
        _ => return None,
    })
}

/// Words that say little where another says more.
fn hint(word: &str) -> Option<Kind> {
    Some(match word {
        "new" => Kind::Feature,
        "error" | "errors" | "wrong" => Kind::Bug,
        _ => return None,
    })
}

/// Verbs after which a text may stand that is to be written.
fn is_making(word: &str) -> bool {
    matches!(word, "add" | "create" | "make" | "write" | "update" | "provide")
}

/// Verbs that have the word before them as their subject.
fn is_finite(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "was"
            | "were"
            | "does"
            | "doesn"
            | "isn"
            | "has"
            | "can"
            | "cannot"
            | "fails"
            | "crashes"
            | "breaks"
            | "hangs"
    )
}

/// Words that cannot do without the verb before them: "Clean up the cache".
fn is_bound(word: &str) -> bool {
    matches!(
        word,
        "up" | "out"
            | "off"
            | "down"
            | "over"
            | "to"
            | "for"
            | "of"
            | "on"
            | "in"
            | "into"
            | "with"
            | "from"
            | "at"
            | "by"
            | "about"
            | "and"
            | "or"
            | "if"
            | "how"
            | "why"
            | "that"
            | "it"
            | "sure"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn title(text: &str) -> Title {
        text.parse().expect("a title")
    }

    #[test]
    fn kinds_are_recognised_by_whole_words() {
        for (text, kind) in [
            ("Fix the login", Kind::Bug),
            ("Fix the docs build", Kind::Bug),
            ("[Bug] Totals are wrong", Kind::Bug),
            ("Login page crashes on save", Kind::Bug),
            ("Build fails on main", Kind::Bug),
            ("Update is broken", Kind::Bug),
            ("New users cannot sign in", Kind::Bug),
            ("Error on save", Kind::Bug),
            ("The crash is back", Kind::Bug),
            ("fix(web): sum of minutes", Kind::Bug),
            ("Create feature flags", Kind::Feature),
            ("Add error handling", Kind::Feature),
            ("Show an error when the form is empty", Kind::Feature),
            ("New error page", Kind::Feature),
            ("New dashboard", Kind::Feature),
            ("feat: dark mode", Kind::Feature),
            ("Upgrade dependencies", Kind::Chore),
            ("chore(deps): bump axum", Kind::Chore),
            ("Clean up the cache", Kind::Chore),
            ("CI for the new branch", Kind::Chore),
            ("Investigate slow queries", Kind::Research),
            ("Compare DynamoDB and SQLite", Kind::Research),
            ("Cost analysis for November", Kind::Research),
            ("Write the README", Kind::Docs),
            ("Update the docs", Kind::Docs),
            ("Document the API", Kind::Docs),
            ("docs: add a guide", Kind::Docs),
            ("Review the docs", Kind::Review),
            ("Code review of the planner", Kind::Review),
            ("Feedback on PR 12", Kind::Review),
            ("REVIEW THE FIX", Kind::Review),
            // Words within words name nothing.
            ("Spread work over threads", Kind::Other),
            ("Prefixes and additions", Kind::Other),
            ("Great heat treatment", Kind::Other),
            ("Print the debugger's address", Kind::Other),
            ("Standup", Kind::Other),
            ("Größe der Tabelle prüfen", Kind::Other),
            ("修复登录", Kind::Other),
            ("— 😀 —", Kind::Other),
        ] {
            assert_eq!(Kind::of(&title(text)), kind, "{text}");
        }
    }

    #[test]
    fn the_subject_is_the_title_without_its_leading_verb() {
        for (text, named) in [
            ("Fix the login", "the login"),
            ("Create feature flags", "feature flags"),
            ("Fix  the login", "the login"),
            ("bug: the login", "the login"),
            ("Docs: how it works", "Docs: how it works"),
            ("Clean up the cache", "Clean up the cache"),
            ("Update to Rust 1.95", "Update to Rust 1.95"),
            ("Build fails on main", "Build fails on main"),
            ("Crash on save", "Crash on save"),
            ("chore(deps): bump axum", "chore(deps): bump axum"),
            ("Spread work over threads", "Spread work over threads"),
            ("Fix", "Fix"),
            ("Fix-up of the login", "Fix-up of the login"),
            ("Fix …", "Fix …"),
            ("Prefix: the login", "Prefix: the login"),
            ("ÉTUDE du marché", "ÉTUDE du marché"),
        ] {
            assert_eq!(subject(&title(text)), named, "{text}");
        }
    }

    #[test]
    fn a_draft_has_a_goal_steps_and_a_check() {
        assert_eq!(
            draft(&title("Create feature flags")).as_str(),
            "Goal: Create feature flags\n\
             \n\
             Steps:\n\
             1. Agree on what “feature flags” is for, who uses it, and what it leaves out.\n\
             2. Build the smallest version that is of use, with its tests.\n\
             3. Try it as its users will, and bring the documentation up to date.\n\
             \n\
             Done when: “feature flags” can be used as agreed, and its tests pass."
        );
    }

    #[test]
    fn a_long_subject_is_named_once() {
        let (short, long) = (format!("Fix {}", "a".repeat(60)), format!("Fix {}", "a".repeat(61)));
        assert_eq!(draft(&title(&short)).as_str().matches(&"a".repeat(60)).count(), 3);
        let long_draft = draft(&title(&long));
        assert_eq!(long_draft.as_str().matches(&"a".repeat(61)).count(), 1);
        assert!(long_draft.as_str().contains("1. Reproduce this, and"), "{long_draft}");
    }

    fn any_title() -> impl Strategy<Value = Title> {
        let leads =
            ["Fix ", "Add ", "Review ", "Spread ", "Docs: ", "Write the readme ", "clean up ", "Learn ", "Größe "];
        let lead = proptest::sample::select(leads.to_vec());
        let texts = prop_oneof![
            any::<String>(),
            "\\PC{1,200}",
            (lead, "[A-Za-zÄ-ü]{1,9}( [a-z]{1,9}){0,20}").prop_map(|(lead, rest)| lead.to_owned() + &rest),
        ];
        texts.prop_filter_map("a title", |text| text.parse().ok())
    }

    proptest! {
        #[test]
        fn every_title_gets_a_draft_of_its_own_words(title in any_title()) {
            let draft = draft(&title);
            let text = draft.as_str();
            let goal = format!("Goal: {title}\n\nSteps:\n1. ");
            prop_assert!(text.starts_with(&goal));
            let shape = ["\n\nSteps:\n1. ", "\n2. ", "\n3. ", "\n\nDone when: "];
            let places: Vec<_> = shape.iter().map(|mark| text.find(mark)).collect();
            prop_assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}", text);
            let subject = subject(&title);
            prop_assert!(title.as_str().ends_with(subject) && words(subject).all(|word| text.contains(word)));
            prop_assert!(words(subject).next().is_some() || words(title.as_str()).next().is_none());
            prop_assert_eq!(text.parse::<Description>(), Ok(draft.clone()));
        }

        #[test]
        fn a_draft_is_short_and_never_speaks_of_something_else(title in any_title()) {
            let draft = draft(&title);
            let (text, own) = (draft.as_str().to_lowercase(), title.as_str().to_lowercase());
            let named = match subject(&title) {
                short if short.chars().count() <= LONGEST_SUBJECT => 2 * short.split_whitespace().count(),
                _ => 2,
            };
            prop_assert!(text.split_whitespace().count() <= 70 + own.split_whitespace().count() + named, "{}", text);
            for off in ["meal", "food", "eat", "workout", "exercise", "nutrition", "study", "chapter", "health"] {
                let said = words(&text).any(|word| word == off);
                prop_assert!(!said || words(&own).any(|word| word == off), "{}: {}", off, text);
            }
        }
    }
}
