//! What kind of work a title names.

use super::lexicon::{
    ends_a_noun, hint, is_attack, is_determiner, is_filler, is_finite, is_noun_too, is_speed, is_text, mark, noun,
    symptom, verb,
};
use crate::Title;

/// What kind of work a title names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Something is broken.
    Bug,
    /// Something new, or something better.
    Feature,
    /// Something is to be written for readers.
    Docs,
    /// Something is to be covered by tests.
    Test,
    /// The same behaviour in another form.
    Refactor,
    /// Upkeep, which nobody who uses the product is to notice.
    Chore,
    /// Something is to be faster, or to need less.
    Performance,
    /// Somebody could do what they may not.
    Security,
    /// A version is to be handed out.
    Release,
    /// Something is to be found out.
    Research,
    /// Somebody's work is to be looked at.
    Review,
    /// The title does not say, or not in English.
    Other,
}

/// Characters and words of what may stand before a colon as a mark or a component.
const LONGEST_MARK: (usize, usize) = (48, 5);

impl Kind {
    /// Of a title, by the first of these that says it:
    ///
    /// 1. the mark of a conventional commit, without its scope and `!`: `fix(web)!: …`; ticket numbers, `[…]` and
    ///    components (`nexus: …`) before it or in its place are passed over. An update of dependencies is a chore,
    ///    whatever its mark;
    /// 2. the verb that the title begins with, in any form: "Fixed", "Adds", "Explaining"; what it is done to counts
    ///    where that says more ("Add tests" is a test, "Write the guide" is docs);
    /// 3. a symptom, as people report one: "Login hangs", "cannot", "leak";
    /// 4. the noun that a title without a verb is about: "Sidebar refactor".
    ///
    /// Any other word says nothing, wherever it stands.
    pub fn of(title: &Title) -> Self {
        Sense::of(title.as_str()).kind
    }
}

/// What a title says, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sense<'t> {
    pub(super) kind: Kind,
    /// The title without tickets and marks: what it says.
    pub(super) said: &'t str,
    /// What the verb that it begins with is done to, where that can stand for itself.
    pub(super) object: Option<&'t str>,
    /// It says what happens, and not what is to be done.
    pub(super) reports: bool,
}

impl<'t> Sense<'t> {
    pub(super) fn of(title: &'t str) -> Self {
        let (marked, components, said) = unmarked(title);
        let words = words(said);
        let read = Words(&words);
        let by_verb = read.by_verb();
        let by_rest = by_verb.or_else(|| read.by_symptom()).or_else(|| read.by_noun());
        let reports = by_verb.is_none() && read.by_symptom().is_some();
        let kind = marked.or(by_rest).or_else(|| components.iter().find_map(|component| named_by(component)));
        Self { kind: kind.unwrap_or(Kind::Other), said, object: read.object_of(said, by_verb.is_some()), reports }
    }
}

/// The kind that a component names on its own: `Feature request: …`, `flaky tests: …`.
fn named_by(component: &str) -> Option<Kind> {
    let words = words(component);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ends = [words.first(), words.last()].into_iter().flatten();
    words
        .iter()
        .find_map(|word| symptom(word))
        .or_else(|| ends.copied().find_map(|word| mark(word).or_else(|| noun(word))))
}

/// The title without what stands before it: what a mark says of its kind, the components, and the rest.
fn unmarked(title: &str) -> (Option<Kind>, Vec<&str>, &str) {
    let (mut kind, mut components, mut rest) = (None, Vec::new(), title.trim());
    while kind.is_none() {
        let next = if let Some((inside, after)) = bracketed(rest) {
            kind = mark(&inside.trim().to_lowercase());
            if kind.is_none() {
                components.push(inside);
            }
            after
        } else if let Some(after) = after_ticket(rest) {
            after
        } else if let Some((before, after)) = before_colon(rest) {
            match of_mark(before) {
                Some(known) => kind = Some(known),
                None if after.starts_with(char::is_whitespace) => components.push(before),
                None => break,
            }
            after
        } else {
            break;
        };
        let next = next.trim_start();
        if next.is_empty() {
            break;
        }
        rest = next;
    }
    (kind, components, rest)
}

/// `[web] …`
fn bracketed(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('[')?.split_once(']').map(|(inside, after)| (inside, after.trim_start_matches(':')))
}

/// What follows a ticket's number: `WEB-12 …`, `#12: …`.
fn after_ticket(text: &str) -> Option<&str> {
    let end = text.find(|c: char| c.is_whitespace() || c == ':')?;
    let (ticket, after) = text.split_at_checked(end)?;
    let number = match ticket.strip_prefix('#') {
        Some(number) => number,
        None => {
            let (project, number) = ticket.rsplit_once('-')?;
            let named = project.len() > 1 && project.chars().all(|c| c.is_ascii_uppercase());
            named.then_some(number)?
        }
    };
    let numbered = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    numbered.then(|| after.trim_start_matches([':', ' ']))
}

/// What stands before a colon at the head of a title, short enough to be no sentence, and what follows.
fn before_colon(text: &str) -> Option<(&str, &str)> {
    let (before, after) = text.split_once(':')?;
    let short = before.chars().count() <= LONGEST_MARK.0
        && before.split_whitespace().count() <= LONGEST_MARK.1
        && !before.contains(['"', '“']);
    (short && !before.trim().is_empty() && !after.starts_with(['/', ':'])).then_some((before, after))
}

/// The kind of a conventional commit's mark: `feat`, `fix(web)`, `chore(deps)!`.
fn of_mark(before: &str) -> Option<Kind> {
    let bare = before.trim().trim_end_matches('!').to_lowercase();
    let (kind, scope) = match bare.split_once('(') {
        Some((kind, scope)) => (kind.trim().to_owned(), scope.trim_end_matches(')').to_owned()),
        None => (bare, String::new()),
    };
    let inflected = || verb(&kind).filter(|(_, base)| kind != *base && !is_noun_too(base)).map(|(kind, _)| kind);
    let kind = mark(&kind).or_else(inflected)?;
    Some(if matches!(scope.as_str(), "deps" | "deps-dev" | "dependencies") { Kind::Chore } else { kind })
}

/// The words of a text in small letters; an apostrophe within a word belongs to it.
fn words(text: &str) -> Vec<String> {
    let plain = text.to_lowercase().replace('\u{2019}', "'");
    let parts = plain.split(|c: char| !c.is_alphanumeric() && c != '\'');
    parts.map(|word| word.trim_matches('\'')).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of what a title says.
struct Words<'w>(&'w [String]);

impl Words<'_> {
    fn at(&self, at: usize) -> &str {
        self.0.get(at).map_or("", String::as_str)
    }

    fn all(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Where the title begins, past words that say nothing of its kind.
    fn start(&self) -> usize {
        let fillers = self.all().take_while(|word| is_filler(word)).count();
        if fillers < self.0.len() { fillers } else { 0 }
    }

    /// By the verb that the title begins with, or by how it asks.
    fn by_verb(&self) -> Option<Kind> {
        let start = self.start();
        let (first, second) = (self.at(start), self.at(start + 1));
        match (first, second) {
            ("don't" | "dont" | "never", _) | ("do" | "no", "not" | "longer") => return Some(Kind::Bug),
            ("how", "to") => return Some(Kind::Docs),
            ("how" | "why" | "what" | "which" | "should" | "could", _) if self.0.len() > 2 => {
                return Some(Kind::Research);
            }
            ("make", "sure") => return Some(Kind::Bug),
            ("clean" | "tidy" | "set", "up") => return Some(Kind::Chore),
            _ => {}
        }
        let (kind, base) = verb(first)?;
        (!self.is_spoken_of(start, base)).then(|| self.refined(kind, base, start + 1))
    }

    /// Whether the first word is what the title speaks of, and no verb: "Build fails", "Add button does nothing",
    /// "Audit log". After "a" or "the" it has an object, so it is one.
    fn is_spoken_of(&self, start: usize, base: &str) -> bool {
        let (next, after) = (self.at(start + 1), self.at(start + 2));
        if self.at(start) != base {
            let many = self.at(start).ends_with('s') && is_noun_too(base);
            return many && (is_finite(next) || matches!(next, "fail" | "crash" | "hang" | "break" | "freeze" | "do"));
        }
        match (base, next) {
            ("audit", "log" | "logs" | "trail" | "event" | "events") | ("test", "flake" | "flakes") => return true,
            _ => {}
        }
        let named = !is_determiner(next) && !ends_a_noun(next) && base != "make" && base != "ensure";
        let past = matches!(next, "failed" | "crashed" | "broke" | "hung") && (after.is_empty() || ends_a_noun(after));
        is_finite(next) || past || (named && is_finite(after))
    }

    /// The kind of a verb with what it is done to.
    fn refined(&self, kind: Kind, base: &str, from: usize) -> Kind {
        let object: Vec<&str> = self.all().skip(from).take_while(|word| !ends_a_noun(word)).collect();
        let head = object.last().copied().unwrap_or_default();
        let makes = matches!(
            base,
            "add"
                | "create"
                | "make"
                | "write"
                | "provide"
                | "improve"
                | "update"
                | "extend"
                | "include"
                | "expand"
                | "enhance"
                | "build"
                | "introduce"
                | "prepare"
                | "publish"
                | "translate"
        );
        let is_test = |word: &str| noun(word) == Some(Kind::Test);
        let changes_speed = matches!(base, "improve" | "increase" | "reduce" | "decrease" | "fix" | "enhance" | "make");
        match kind {
            Kind::Bug if object.iter().any(|word| is_attack(word)) => Kind::Security,
            _ if changes_speed && object.iter().any(|word| is_speed(word)) => Kind::Performance,
            _ if makes && (is_test(head) || object.contains(&"coverage")) => Kind::Test,
            _ if makes && is_text(head) => Kind::Docs,
            _ if makes && matches!(head, "release" | "version") => Kind::Release,
            _ if base == "bump" && head == "version" => Kind::Chore,
            Kind::Feature if matches!(base, "use" | "utilize") && self.all().any(|word| word == "instead") => {
                Kind::Refactor
            }
            _ => kind,
        }
    }

    /// By what goes wrong, as it is told, wherever it stands; or by what should be, or not.
    fn by_symptom(&self) -> Option<Kind> {
        let pairs = || self.all().zip(self.all().skip(1));
        let negated = pairs().any(|(word, next)| {
            let not = next == "not"
                && matches!(
                    word,
                    "does" | "do" | "is" | "are" | "was" | "did" | "has" | "should" | "must" | "will" | "could"
                );
            not || matches!(
                (word, next),
                ("no", "longer")
                    | ("not", "working")
                    | ("does", "nothing")
                    | ("nothing", "happens")
                    | ("times", "out")
                    | ("timed", "out")
            ) || (matches!(word, "returns" | "returning" | "gives")
                && matches!(next, "400" | "403" | "404" | "500" | "502" | "503"))
        });
        let takes = pairs().any(|(word, next)| {
            (word == "takes" && next.starts_with(|c: char| c.is_ascii_digit()))
                || matches!((word, next), ("too", "long") | ("takes", "forever" | "ages" | "minutes" | "seconds"))
        });
        let told = self.all().find_map(symptom);
        told.or(negated.then_some(Kind::Bug)).or(takes.then_some(Kind::Performance))
    }

    /// By the noun that the title is about, by what it asks for, or by a word that says little.
    fn by_noun(&self) -> Option<Kind> {
        let start = self.start();
        let first = self.at(start);
        let named: Vec<&str> =
            self.all().skip(start).take_while(|word| !ends_a_noun(word) && !is_finite(word)).collect();
        // A number behind a noun says which: "Regression 12".
        let head = named.iter().rfind(|word| !word.starts_with(|c: char| c.is_ascii_digit())).copied();
        let modal = self.all().any(|word| matches!(word, "should" | "must" | "needs" | "want" | "wants"));
        let weak = || self.all().find_map(hint);
        version(first)
            .or_else(|| mark(first).filter(|_| matches!(first, "bug" | "chore" | "feat" | "perf")))
            .or_else(|| head.and_then(noun))
            .or_else(|| (first == "new").then_some(Kind::Feature))
            .or_else(weak)
            .or_else(|| modal.then_some(Kind::Feature))
    }

    /// What the first verb is done to, as it is written, where the rest can stand for itself.
    fn object_of<'t>(&self, said: &'t str, has_verb: bool) -> Option<&'t str> {
        if !has_verb || self.start() > 0 {
            return None;
        }
        let end = said.find(|c: char| !c.is_alphanumeric() && c != '\'' && c != '\u{2019}')?;
        let rest = said.get(end..)?.strip_prefix(' ')?.trim_start();
        let next = self.at(1);
        let bound = ends_a_noun(next)
            || is_finite(next)
            || matches!(next, "up" | "out" | "off" | "down" | "it" | "sure" | "not");
        (!next.is_empty() && !bound && rest.starts_with(|c: char| c.is_alphanumeric())).then_some(rest)
    }
}

/// A version alone: `v2`, `2.5.0`.
fn version(word: &str) -> Option<Kind> {
    let number = word.strip_prefix('v')?;
    let numbered = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    numbered.then_some(Kind::Release)
}
