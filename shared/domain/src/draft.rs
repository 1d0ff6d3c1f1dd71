//! A description for a task of which only the title is known, without a model: what a maintainer asks of each kind of
//! work, with the title's own words where they belong, and what the person's own finished tasks say of it.

use crate::{Description, Task, Title};

mod kind;
mod lexicon;
mod similar;

pub use kind::Kind;
use kind::Sense;
pub use similar::similar;

/// Characters of what a title names, up to which a sentence names it again; what is longer would drown it.
const LONGEST_NAMED: usize = 60;

/// A description built from the title's own words, and from the most similar of the person's finished tasks.
pub fn draft(title: &Title, finished: &[Task]) -> Description {
    let sense = Sense::of(title.as_str());
    let text = skeleton(&sense);
    let text = match similar(title, finished) {
        Some(similar) => format!("{text}\n\n{similar}"),
        None => text,
    };
    // A title has 200 characters at most, and none that a description may not have.
    text.parse().unwrap_or_default()
}

/// The headings of a kind. What stands in round brackets is for the person to replace.
fn skeleton(sense: &Sense<'_>) -> String {
    let said = sentence(sense.said);
    let short = |text: &&str| text.chars().count() <= LONGEST_NAMED;
    match sense.kind {
        Kind::Bug if sense.reports => format!(
            "What happens: {said}\n\n\
             What should happen: (what you expected instead)\n\n\
             How to see it:\n1. (version, browser or device)\n2. (the steps, with the data you used)\n\
             3. (the exact message or log line)\n\n\
             Done when: it no longer happens, and a test would notice if it came back."
        ),
        Kind::Bug => {
            let wrong = match sense.object.filter(short) {
                Some(object) => format!("(what goes wrong: {object})"),
                None => "(what goes wrong today)".to_owned(),
            };
            format!(
                "What happens: {wrong}\n\n\
                 What should happen: {said}\n\n\
                 How to see it:\n1. (version, browser or device)\n2. (the steps, with the data you used)\n\
                 3. (the exact message or log line)\n\n\
                 Done when: it works as described, and a test would notice if it broke again."
            )
        }
        Kind::Feature => format!(
            "For whom: (who needs this, and what for)\n\n\
             What changes: {said}\n\n\
             Out of scope: (what can wait)\n\n\
             Done when:\n- (what people can do that they could not do before)\n- tests cover it, and the docs mention it."
        ),
        Kind::Docs => format!(
            "For whom: (who looks this up, and when)\n\n\
             What to write: {said}\n\n\
             Where it goes: (the page or section, and what links to it)\n\n\
             Done when: somebody new can follow it without asking, and every example was tried."
        ),
        Kind::Test => format!(
            "What to cover: {said}\n\n\
             Cases:\n- (the usual case)\n- (the edges: empty, largest, twice at the same time)\n\
             - (what must be refused)\n\n\
             Done when: the tests fail if the behaviour breaks, and pass every time if it does not."
        ),
        Kind::Refactor => format!(
            "What changes: {said}\n\n\
             Why now: (what it makes easier)\n\n\
             What stays as it is: behaviour, public interfaces, stored data.\n\n\
             Done when: the existing tests pass unchanged, and the old way is gone."
        ),
        Kind::Chore => format!(
            "What to do: {said}\n\n\
             Why now: (what happens if it waits)\n\n\
             Check afterwards: (what could break, and where you would see it)\n\n\
             Done when: it is merged and in use, and nothing else behaves differently."
        ),
        Kind::Performance => format!(
            "What is slow: {said}\n\n\
             Today: (the number, and how it was measured)\n\n\
             Goal: (the number that is good enough)\n\n\
             Done when: the same measurement reaches the goal, and a check would notice if it got worse."
        ),
        Kind::Security => format!(
            "What is at risk: {said}\n\n\
             Who could do it, and how: (keep details out of public places)\n\n\
             Affected: (versions, data, people)\n\n\
             Done when: a test shows that the attack is refused, exposed secrets are replaced, and those affected know."
        ),
        Kind::Release => format!(
            "What ships: {said}\n\n\
             Before:\n- changelog and version number\n- upgrade notes: what breaks, and what to do about it\n\
             - all tests on the commit that ships\n\n\
             After:\n- tag, publish, announce\n- watch errors for a day\n\n\
             Done when: it installs from where people get it, and the way back was tried."
        ),
        Kind::Research => format!(
            "Question: {said}\n\n\
             What depends on it: (the decision, and who makes it)\n\n\
             Time limit: (when to stop looking)\n\n\
             Options:\n- (what speaks for it, what against it)\n\n\
             Done when: a short written answer with its reasons is where the team finds it."
        ),
        Kind::Review => format!(
            "What to look at: {said}\n\n\
             What it should achieve: (so that it can be judged)\n\n\
             Look for: what is wrong, unclear or missing.\n\n\
             Done when: each remark is answered or has become a task."
        ),
        Kind::Other => format!(
            "Goal: {said}\n\n\
             Why now: (what it helps, and whom)\n\n\
             First step: (something you can finish in one sitting)\n\n\
             Done when: (what you will see)."
        ),
    }
}

/// The words with a full stop, where they end without one.
fn sentence(said: &str) -> String {
    match said.ends_with(['.', '!', '?', '…', ':', ';']) {
        true => said.to_owned(),
        false => format!("{said}."),
    }
}

#[cfg(test)]
mod tests;
