//! What somebody's own finished tasks say of one to come.

use std::collections::BTreeSet;

use super::lexicon::{ends_a_noun, is_determiner, is_filler, mark, verb};
use crate::{Task, Title, in_hours};

/// Tasks that are named, at most.
const MOST: usize = 3;
/// The least that a task is thought to take: what took a minute on paper says nothing of the next.
const LEAST: i64 = 15;
/// Characters of a title that is named, at most.
const LONGEST_TITLE: usize = 80;

/// The most similar of a person's finished tasks with what they took, and the estimate that follows, said as such;
/// nothing where none is similar.
///
/// Similar are tasks whose titles share two words or more that mean something, or half of all. Verbs, marks and small
/// words mean nothing here.
pub fn similar(title: &Title, finished: &[Task]) -> Option<String> {
    let wanted = telling(title);
    let mut scored: Vec<(usize, &Task)> = finished
        .iter()
        .filter(|task| task.total_minutes > 0)
        .filter_map(|task| Some((score(&wanted, &telling(&task.title))?, task)))
        .collect();
    // The best first; among equals, the one that was given first.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.truncate(MOST);
    let mut took: Vec<i64> = scored.iter().map(|(_, task)| task.total_minutes).collect();
    took.sort_unstable();
    let middle = took.get(took.len().checked_sub(1)? / 2)?;
    let lines =
        scored.iter().map(|(_, task)| format!("- {}: {}", shortened(&task.title), in_hours(task.total_minutes)));
    let lines: Vec<String> = lines.collect();
    let estimate = in_hours((*middle).max(LEAST));
    Some(format!("Similar tasks you finished:\n{}\nEstimate from these: about {estimate}.", lines.join("\n")))
}

/// How alike two titles are, in thousandths; nothing where they are not.
fn score(one: &BTreeSet<String>, other: &BTreeSet<String>) -> Option<usize> {
    let shared = one.intersection(other).count();
    let alike = (2_000 * shared).checked_div(one.len() + other.len())?;
    (shared >= 2 || alike >= 500).then_some(alike)
}

/// The words of a title that tell it from others, without the plural's s.
fn telling(title: &Title) -> BTreeSet<String> {
    let text = title.as_str().to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
    let words = words.filter(|word| {
        let small = ends_a_noun(word) || is_determiner(word) || is_filler(word) || mark(word).is_some();
        !small && verb(word).is_none() && !word.chars().all(|c| c.is_ascii_digit())
    });
    words.map(|word| word.strip_suffix('s').filter(|_| !word.ends_with("ss")).unwrap_or(word).to_owned()).collect()
}

fn shortened(title: &Title) -> String {
    let text = title.as_str();
    match text.chars().count() {
        ..=LONGEST_TITLE => text.to_owned(),
        _ => text.chars().take(LONGEST_TITLE - 1).chain(['…']).collect(),
    }
}
