//! The words by which a title says what kind of work it names. Verbs stand in their base form; [`verb`] takes any.

use super::Kind;

/// What a conventional commit calls its kind, and a few words that people use in the same place.
pub(super) fn mark(word: &str) -> Option<Kind> {
    Some(match word {
        "fix" | "bug" | "bugfix" | "hotfix" | "regression" | "typo" => Kind::Bug,
        "feat" | "feature" => Kind::Feature,
        "docs" | "doc" => Kind::Docs,
        "test" | "tests" => Kind::Test,
        "refactor" | "ref" => Kind::Refactor,
        "perf" | "performance" => Kind::Performance,
        "security" | "sec" => Kind::Security,
        "release" => Kind::Release,
        "chore" | "build" | "ci" | "style" | "deps" | "i18n" | "l10n" | "revert" | "license" | "minor" | "trivial"
        | "migration" => Kind::Chore,
        "spike" | "research" => Kind::Research,
        "review" => Kind::Review,
        _ => return None,
    })
}

const VERBS: [(Kind, &str); 11] = [
    (
        Kind::Bug,
        "fix hotfix debug repair troubleshoot correct resolve unbreak prevent avoid ensure handle restore stop catch \
         guard preserve keep respect tolerate clamp escape reject address",
    ),
    (
        Kind::Feature,
        "add create build implement support introduce allow enable design write make show offer provide include expose \
         let display extend accept permit generate emit capture track improve enhance import export upload \
         download send notify specify instrument sort group filter set wire plumb apply activate integrate use utilize \
         return store require persist copy enforce validate search open hide animate fade highlight collapse expand \
         preload randomize link push plan trigger mark report fetch save limit restrict block connect dump",
    ),
    (Kind::Docs, "document explain describe clarify outline"),
    (Kind::Test, "test cover verify assert"),
    (
        Kind::Refactor,
        "refactor rework restructure reorganize reorganise simplify extract inline split move rename replace unify \
         dedupe deduplicate consolidate convert separate decouple reorder rewrite commonize modularize merge factor \
         align invert reuse flatten abbreviate incorporate distinguish",
    ),
    (
        Kind::Chore,
        "upgrade update bump clean cleanup tidy remove delete migrate lint rotate drop disable pin unpin revert retire \
         prune install configure deploy skip sync renew archive rebuild purge deprecate format downgrade automate \
         exclude ignore adjust change switch increase decrease reduce relax backport translate reword setup prepare \
         omit adapt run pull trust pick",
    ),
    (Kind::Performance, "optimize optimise accelerate speed benchmark profile tune cache"),
    (Kind::Security, "secure harden encrypt sanitize sanitise"),
    (Kind::Release, "release publish ship"),
    (
        Kind::Research,
        "research investigate spike evaluate compare explore prototype study learn analyse analyze understand decide \
         determine consider measure assess experiment figure identify try look discuss",
    ),
    (Kind::Review, "review audit proofread"),
];

/// The kind of a verb in any of its forms, and its base form.
pub(super) fn verb(word: &str) -> Option<(Kind, &'static str)> {
    bases(word).iter().find_map(|base| {
        VERBS
            .iter()
            .find_map(|(kind, list)| list.split_ascii_whitespace().find(|one| one == base).map(|base| (*kind, base)))
    })
}

/// What a form may come from: itself, `fixes` and `fixed` and `fixing` of `fix`, `dropped` of `drop`, `copied` of `copy`,
/// `writing` of `write`, and the irregular ones among the verbs above.
fn bases(word: &str) -> Vec<String> {
    let irregular = match word {
        "wrote" | "written" => "write",
        "rewrote" | "rewritten" => "rewrite",
        "made" => "make",
        "built" => "build",
        "rebuilt" => "rebuild",
        "sent" => "send",
        "kept" => "keep",
        "ran" => "run",
        "shown" => "show",
        "hidden" | "hid" => "hide",
        "understood" => "understand",
        "caught" => "catch",
        "sped" => "speed",
        _ => word,
    };
    let mut bases = vec![irregular.to_owned()];
    if let Some(stem) = word.strip_suffix("ies").or_else(|| word.strip_suffix("ied")) {
        bases.push(format!("{stem}y"));
    }
    for end in ["es", "s", "ed", "d", "ing"] {
        let Some(stem) = word.strip_suffix(end).filter(|stem| stem.chars().count() > 1) else { continue };
        bases.push(stem.to_owned());
        if end == "ing" {
            bases.push(format!("{stem}e"));
        }
        let mut letters = stem.chars().rev();
        if let (Some(last), Some(before)) = (letters.next(), letters.next())
            && last == before
        {
            bases.push(stem.chars().take(stem.chars().count() - 1).collect());
        }
    }
    bases
}

/// The kind of work by the noun that a title without a verb is about: "sidebar refactor", "SAML support".
pub(super) fn noun(word: &str) -> Option<Kind> {
    Some(match word {
        "bug" | "bugs" | "fix" | "fixes" | "bugfix" | "bugfixes" | "hotfix" | "hotfixes" | "issue" | "issues"
        | "regression" | "regressions" | "correction" | "corrections" => Kind::Bug,
        "feature" | "features" | "support" | "improvement" | "improvements" | "enhancement" | "enhancements"
        | "option" | "options" | "ability" | "redesign" | "integration" | "integrations" | "ui" | "ux" => Kind::Feature,
        "docs" | "doc" | "documentation" | "readme" | "changelog" | "guide" | "tutorial" | "handbook" | "wiki"
        | "faq" | "guidelines" | "notes" => Kind::Docs,
        "test" | "tests" | "coverage" | "testing" => Kind::Test,
        "refactor" | "refactoring" | "refactorings" | "rewrite" | "rework" | "reorganization" | "simplification"
        | "deduplication" | "changes" | "tweaks" => Kind::Refactor,
        "chore" | "chores" | "upgrade" | "upgrades" | "update" | "updates" | "bump" | "cleanup" | "cleanups"
        | "migration" | "migrations" | "dependency" | "dependencies" | "ci" | "translation" | "translations"
        | "maintenance" | "upkeep" | "removal" | "followup" | "followups" | "adjustments" | "revert" | "packages" => {
            Kind::Chore
        }
        "performance" | "optimization" | "optimizations" | "optimisation" | "benchmark" | "benchmarks" | "speedup" => {
            Kind::Performance
        }
        "hardening" => Kind::Security,
        "release" => Kind::Release,
        "analysis" | "investigation" | "research" | "spike" | "prototype" | "exploration" => Kind::Research,
        "review" | "feedback" | "audit" => Kind::Review,
        _ => return None,
    })
}

/// Texts for readers, as what is written or changed.
pub(super) fn is_text(word: &str) -> bool {
    noun(word) == Some(Kind::Docs) || matches!(word, "runbook" | "manual" | "help" | "comment" | "comments")
}

/// What an attack is called, or what one finds.
pub(super) fn is_attack(word: &str) -> bool {
    matches!(
        word,
        "vulnerability"
            | "vulnerabilities"
            | "cve"
            | "ghsa"
            | "xss"
            | "csrf"
            | "ssrf"
            | "rce"
            | "injection"
            | "exploit"
            | "clickjacking"
    )
}

/// What is measured of speed.
pub(super) fn is_speed(word: &str) -> bool {
    matches!(
        word,
        "performance" | "speed" | "latency" | "throughput" | "faster" | "quicker" | "slowness" | "slow" | "slower"
    )
}

/// Words that say on their own that something is wrong, as people report it.
pub(super) fn symptom(word: &str) -> Option<Kind> {
    if is_attack(word) {
        return Some(Kind::Security);
    }
    Some(match word {
        "slow" | "slower" | "slowly" | "slowness" | "slows" | "sluggish" | "laggy" | "lags" => Kind::Performance,
        "hang" | "hangs" | "hanging" | "hung" | "freeze" | "freezes" | "frozen" | "stuck" | "crash" | "crashes"
        | "crashing" | "crashed" | "leak" | "leaks" | "leaking" | "fails" | "failing" | "failed" | "fail"
        | "broken" | "breaks" | "broke" | "breaking" | "cannot" | "can't" | "cant" | "doesn't" | "doesnt" | "isn't"
        | "aren't" | "won't" | "wasn't" | "didn't" | "couldn't" | "hasn't" | "don't" | "unable" | "throws"
        | "panics" | "panic" | "panicking" | "loses" | "lost" | "disappears" | "vanishes" | "flickers" | "flaky"
        | "flake" | "flakes" | "flakiness" | "deadlock" | "deadlocks" | "deadlocked" | "corrupt" | "corrupts"
        | "corrupted" | "typo" | "typos" | "glitch" | "unresponsive" | "overlaps" | "stops" | "regressed"
        | "misaligned" | "unreadable" => Kind::Bug,
        _ => return None,
    })
}

/// Words that say so only where no other word says more: "New error page" is something new.
pub(super) fn hint(word: &str) -> Option<Kind> {
    Some(match word {
        "error" | "errors" | "wrong" | "wrongly" | "incorrect" | "incorrectly" | "missing" | "invalid"
        | "unexpected" | "failure" | "failures" | "timeout" | "timeouts" | "mismatch" | "exception" | "duplicate"
        | "duplicated" | "conflict" | "outage" | "warning" | "warnings" | "race" | "divergence" => Kind::Bug,
        "new" => Kind::Feature,
        _ => return None,
    })
}

/// Verbs that have the word before them as their subject.
pub(super) fn is_finite(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "was"
            | "were"
            | "does"
            | "did"
            | "has"
            | "have"
            | "can"
            | "will"
            | "should"
            | "must"
            | "keeps"
            | "returns"
            | "shows"
            | "gets"
            | "goes"
            | "takes"
            | "needs"
            | "times"
            | "times-out"
            | "ignores"
    ) || matches!(
        word,
        "cannot"
            | "can't"
            | "doesn't"
            | "isn't"
            | "aren't"
            | "won't"
            | "wasn't"
            | "didn't"
            | "hasn't"
            | "fails"
            | "crashes"
            | "breaks"
            | "hangs"
            | "freezes"
            | "leaks"
            | "throws"
            | "panics"
            | "stops"
            | "loses"
            | "disappears"
            | "flickers"
            | "overlaps"
            | "lags"
    )
}

/// Verbs that are as often the name of a thing: "Exports crash", "Links are broken".
pub(super) fn is_noun_too(base: &str) -> bool {
    const BOTH: &str = "test export import link search filter report upload download update build release sync display \
                        sort group plan profile cache support change install upgrade benchmark limit mark block push \
                        format";
    BOTH.split_ascii_whitespace().any(|one| one == base)
}

/// Where the object of a verb, or the noun that a title begins with, ends.
pub(super) fn ends_a_noun(word: &str) -> bool {
    matches!(
        word,
        "to" | "for"
            | "of"
            | "on"
            | "in"
            | "into"
            | "onto"
            | "with"
            | "without"
            | "from"
            | "at"
            | "by"
            | "about"
            | "and"
            | "or"
            | "if"
            | "when"
            | "where"
            | "while"
            | "that"
            | "which"
            | "who"
            | "as"
            | "via"
            | "per"
            | "so"
            | "until"
            | "after"
            | "before"
            | "because"
            | "during"
            | "between"
            | "across"
            | "under"
            | "over"
            | "instead"
            | "than"
            | "through"
            | "upon"
            | "within"
    )
}

/// Words that a noun may begin with.
pub(super) fn is_determiner(word: &str) -> bool {
    matches!(word, "a" | "an" | "the" | "this" | "that" | "these" | "those" | "our" | "its" | "all" | "any" | "some")
}

/// Words before a verb that say nothing of the kind.
pub(super) fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "please"
            | "actually"
            | "possibly"
            | "manually"
            | "temporarily"
            | "temporary"
            | "fully"
            | "also"
            | "just"
            | "re"
            | "auto"
            | "automatic"
            | "automatically"
            | "we"
            | "need"
            | "needs"
            | "todo"
            | "wip"
            | "more"
            | "some"
            | "always"
            | "repeatedly"
            | "potential"
            | "potentially"
            | "properly"
            | "initial"
            | "minor"
            | "small"
            | "quick"
            | "various"
            | "let's"
            | "lets"
            | "slightly"
            | "better"
            | "only"
    )
}
