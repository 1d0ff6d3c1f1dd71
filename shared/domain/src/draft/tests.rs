//! Kinds of real titles, judged by hand, and what a draft says of each kind.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{Day, EntryId, NewTask, Status, TaskId, Timestamp, UserId};

/// Titles of work items of open projects, every seventh of 3,500.
const TITLES: &str = include_str!("titles.txt");

fn title(text: &str) -> Title {
    text.parse().expect("a title")
}

fn assert_kinds(expected: &[(Kind, &[&str])]) {
    let wrong = expected.iter().flat_map(|(kind, titles)| titles.iter().map(move |text| (*kind, *text)));
    let wrong: Vec<_> = wrong
        .filter_map(|(kind, text)| Some((text, kind, Kind::of(&title(text)))).filter(|(_, kind, got)| kind != got))
        .collect();
    assert!(wrong.is_empty(), "title, expected, got: {wrong:#?}");
}

#[test]
fn real_titles_are_of_the_kind_that_a_maintainer_would_say() {
    assert_kinds(&[
        (
            Kind::Bug,
            &[
                "fix(json-lines): Respect default body limit",
                "Fix LDAP with internal users",
                "fix menu name",
                "[WEB-4129] fix: work item filter assignees missing fields #7698",
                "Potential fix for code scanning alert no. 646: Server-side request forgery",
                "[WIKI-725] regression: editor floaters propagation #7938",
                "do not export items by default",
                "prevent dendrite check from hogging a CI machine for 90 minutes",
                "[omdb] fix wrong cooldown in `omdb db instance show`",
                "tla: typo in invariant makes it trivially true",
                "Handle concurrently deleted local storage dataset",
                "[nexus] do not retry locking deleted instances",
                "wicketd: Fix typo in log message",
            ],
        ),
        (
            Kind::Feature,
            &[
                "feat: Ability to provide extra env variables in Helm",
                "feat(a11y): associate errors with inputs in FormInput and FormSelect",
                "added project filter in user-list reports",
                "improve project end handling",
                "new export of project overview list",
                "Use arrow keys to change duration",
                "allow PHP 8.3",
                "allow Authorization header in CORS request",
                "add config for enabling tuf_repo_pruner task",
                "[1/n] [reconfigurator-cli] add log and switch commands",
                "Return http 4xx on creating a duplicate subnet pool.",
                "Add an AmdTurinV2 CPU platform",
                "Support different types of Disk",
                "[opte, deps] better support for unpublished xde via tools/opte_version_override",
                "Instrument sled-agent http endpoints with oximeter latency tracking.",
                "Weekly hours improvements",
                "Allow failed bundles to be deleted",
                "releng should check version lengths",
            ],
        ),
        (
            Kind::Docs,
            &[
                "docs: Add chat badge to readme",
                "docs(api/v2): tag SavedFilter fields for the v2 schema",
                "[skip ci] Updated swagger docs",
                "add flake patterns documentation",
                "docs: eslint",
                "Explain permanent-delete auditing in Recovery.",
            ],
        ),
        (
            Kind::Test,
            &[
                "test: add unit tests for Subtask",
                "test(e2e): assert current session has no delete control",
                "[reconfigurator-planning] add test to ensure DNS lookups work on example system",
                "[authz tests] Add coverage for support bundles",
                "[7/n] [wicketd] add some more tests for a few edge cases",
                "[15/n] [sync-switch] more tests for #10609",
                "test: Setup UI test using BDD approach",
            ],
        ),
        (
            Kind::Refactor,
            &[
                "refactor(frontend): drop Bulma components/card import",
                "[sled-agent-types] move functional code to impls module",
                "rename DumpSetup to DebugCollector",
                "Nexus external API: Use `SwitchSlot` enum instead of strings",
                "Split \"set target release\" endpoint into two: one for update, one for mupdate recovery",
                "refactor SledSelection: All vs Specific(HashSet<SledUuid>)",
                "Separate transit IPs by version in the database",
                "replace PHPUnit annotations with attributes",
            ],
        ),
        (
            Kind::Chore,
            &[
                "chore(i18n): update translations via Crowdin",
                "ci: prebuild static build/mage for repo metadata containers",
                "fix(deps): update dependency vue-router to v5",
                "bump packages",
                "Automatic bump of permslip manifest",
                "removed deprecated test script",
                "update Cargo.lock and hakari",
                "Remove simulated disk stuff from sim sled-agent",
                "Clean up some cruft after adding IPv6 IP Pool support",
                "chore (deps): pnpm lockfile overrides update",
                "yarn upgrade",
                "[WEB-5781]chore: removed info banner for preferences #8442",
                "Revert \"[WEB-4959]chore: refactor project member page #8464\"",
                "pre-release maintenance",
            ],
        ),
        (Kind::Performance, &["Optimizations to the Nexus schema tests", "Oximeter: cache compiled regex."]),
        (Kind::Release, &["Release 2.5.0", "Release 2.36.0"]),
        (Kind::Other, &["Configurable rate rounding", "API default values", "[WEB-4736] dev: propel button"]),
    ]);
}

#[test]
fn a_kind_is_told_by_a_mark_a_leading_verb_or_a_symptom_and_by_no_word_elsewhere() {
    assert_kinds(&[
        (
            Kind::Bug,
            &[
                "Login hangs on Safari 17",
                "Fixes the login",
                "fixed: totals",
                "Fixing rounding of totals",
                "fix!: rounding",
                "fix(web)!: sum of minutes",
                "[Bug] Totals are wrong",
                "Bug in the parser",
                "Login page crashes on save",
                "Memory leak in the worker",
                "Flaky test in CI",
                "Typo on the sign-in page",
                "Build fails on main",
                "Tests fail on Windows",
                "Update is broken",
                "Add button does nothing",
                "Save button does not work",
                "Search doesn’t find umlauts",
                "New users cannot sign in",
                "Can't log in",
                "Error on save",
                "POST /tasks returns 500",
                "The crash is back",
                "Wrong total in the weekly report",
                "Fix the docs build",
                "Make sure a deleted task stays deleted",
            ],
        ),
        (
            Kind::Feature,
            &[
                "Create feature flags",
                "Adding dark mode",
                "Adds dark mode",
                "Add error handling",
                "Show an error when the form fails",
                "Add crash reporting",
                "New error page",
                "New dashboard",
                "feat: fix the layout of reports",
                "Feature request: dark mode",
                "Keyboard shortcuts support",
            ],
        ),
        (
            Kind::Docs,
            &[
                "Explains the release process",
                "Explaining how tests are run",
                "Explained: fixes",
                "Document the API",
                "Write the README",
                "Update the docs",
                "docs: add a guide",
                "How to install it on Debian",
                "Describe what happens when a test fails",
            ],
        ),
        (Kind::Test, &["Test the importer", "Add tests for the fix", "Cover deletes", "Testing the upgrade"]),
        (Kind::Refactor, &["Renamed the module", "refactor(core)!: add a layer", "Splitting the parser"]),
        (
            Kind::Chore,
            &[
                "Upgrade dependencies",
                "chore(deps): bump axum",
                "Clean up the cache",
                "CI for the new branch",
                "Dropped support for Node 18",
                "Remove the broken test",
            ],
        ),
        (
            Kind::Performance,
            &[
                "perf: fix the cache",
                "Search is slow",
                "Speed up the build",
                "Improve performance of search",
                "Dashboard takes 10 s to load",
            ],
        ),
        (
            Kind::Security,
            &["security: add a header", "Fix XSS in comments", "CSRF on the settings page", "Harden the cookie"],
        ),
        (Kind::Release, &["Publish 2.0", "Prepare the next release", "v2.5.0", "release: 3.0"]),
        (
            Kind::Research,
            &[
                "Investigate slow queries",
                "Compare DynamoDB and SQLite",
                "Why does the cache miss",
                "spike: add search",
            ],
        ),
        (Kind::Review, &["Review the docs", "Code review of the planner", "REVIEW THE FIX", "Feedback on PR 12"]),
        (
            Kind::Other,
            &[
                // Words within words and words elsewhere name nothing.
                "Spread work over threads",
                "Prefixes and additions",
                "Great heat treatment",
                "Print the debugger's address",
                "Talk to Anna about the fix",
                "Standup",
                "Größe der Tabelle prüfen",
                "修复登录",
                "— 😀 —",
                "::",
                "[",
                "[]",
            ],
        ),
    ]);
}

/// Titles of which no kind is known get the skeleton that fits anything.
#[test]
fn nine_in_ten_real_titles_are_of_a_known_kind() {
    let all: Vec<Title> = TITLES.lines().map(title).collect();
    let unknown: Vec<&Title> = all.iter().filter(|title| Kind::of(title) == Kind::Other).collect();
    assert_eq!(all.len(), 500);
    assert!(unknown.len() * 10 <= all.len(), "{} of {}: {unknown:#?}", unknown.len(), all.len());
}

#[test]
fn a_report_and_a_command_are_told_apart() {
    assert!(
        draft(&title("Login hangs on Safari 17"), &[]).as_str().starts_with(
            "What happens: Login hangs on Safari 17.\n\nWhat should happen: (what you expected instead)\n"
        )
    );
    assert_eq!(
        draft(&title("fix(json-lines): Respect default body limit"), &[]).as_str(),
        "What happens: (what goes wrong: default body limit)\n\
         \n\
         What should happen: Respect default body limit.\n\
         \n\
         How to see it:\n\
         1. (version, browser or device)\n\
         2. (the steps, with the data you used)\n\
         3. (the exact message or log line)\n\
         \n\
         Done when: it works as described, and a test would notice if it broke again."
    );
}

#[test]
fn each_kind_has_headings_of_its_own() {
    let headings = |text: &str| -> Vec<String> {
        let draft = draft(&title(text), &[]);
        let heads = draft.as_str().lines().filter(|line| line.starts_with(char::is_alphabetic));
        heads.filter_map(|line| line.split_once(':')).map(|(head, _)| head.to_owned()).collect()
    };
    for (text, expected) in [
        ("Login hangs", ["What happens", "What should happen", "How to see it", "Done when"].as_slice()),
        ("Create feature flags", &["For whom", "What changes", "Out of scope", "Done when"]),
        ("Explain permanent-delete auditing", &["For whom", "What to write", "Where it goes", "Done when"]),
        ("test: add unit tests for Subtask", &["What to cover", "Cases", "Done when"]),
        ("Split the parser", &["What changes", "Why now", "What stays as it is", "Done when"]),
        ("Bump axum", &["What to do", "Why now", "Check afterwards", "Done when"]),
        ("Search is slow", &["What is slow", "Today", "Goal", "Done when"]),
        ("Fix XSS in comments", &["What is at risk", "Who could do it, and how", "Affected", "Done when"]),
        ("Release 2.5.0", &["What ships", "Before", "After", "Done when"]),
        ("Compare the two", &["Question", "What depends on it", "Time limit", "Options", "Done when"]),
        ("Review the plan", &["What to look at", "What it should achieve", "Look for", "Done when"]),
        ("Standup", &["Goal", "Why now", "First step", "Done when"]),
    ] {
        assert_eq!(headings(text), expected, "{text}");
    }
}

fn finished(number: u8, text: &str, minutes: i64) -> Task {
    let new = NewTask {
        title: title(text),
        description: Description::default(),
        status: Status::Done,
        estimate: None,
        due_on: None,
        logged: None,
    };
    let today: Day = "2026-11-25".parse().expect("a day");
    let id = |number: u8| Uuid::from_u128(u128::from(number));
    let (task, by, entry) = (TaskId::from(id(number)), UserId::from(id(200)), EntryId::from(id(201)));
    Task { total_minutes: minutes, ..Task::create(new, task, entry, by, Timestamp::from_ms(0), today).task }
}

#[test]
fn the_most_similar_finished_tasks_say_what_they_took() {
    let done = [
        finished(1, "Fix the CSV export of invoices", 50),
        finished(2, "Add the PDF export", 400),
        finished(3, "fix(web): PDF export of invoices crashes", 95),
        finished(4, "Rename the parser", 30),
        finished(5, "Invoices: export as XML", 80),
        finished(6, "Export of invoices as PDF", 0),
        finished(7, "Export invoices", 70),
    ];
    assert_eq!(
        similar(&title("PDF export of invoices is slow"), &done).as_deref(),
        Some(
            "Similar tasks you finished:\n\
             - fix(web): PDF export of invoices crashes: 1h 35m\n\
             - Add the PDF export: 6h 40m\n\
             - Export invoices: 1h 10m\n\
             Estimate from these: about 1h 35m."
        )
    );
    let draft = draft(&title("PDF export of invoices is slow"), &done);
    assert!(draft.as_str().starts_with("What is slow: PDF export of invoices is slow.\n"), "{draft}");
    assert!(draft.as_str().ends_with("\n\nSimilar tasks you finished:\n- fix(web): PDF export of invoices crashes: 1h 35m\n- Add the PDF export: 6h 40m\n- Export invoices: 1h 10m\nEstimate from these: about 1h 35m."), "{draft}");
}

#[test]
fn where_nothing_is_similar_nothing_is_said() {
    let done = [finished(1, "Fix the login", 50), finished(2, "Add a test", 60), finished(3, "Fix it", 10)];
    for text in ["Fix the export", "Add a filter", "Test the login page of customers abroad", "— 😀 —"] {
        assert_eq!(similar(&title(text), &done), None, "{text}");
    }
    // Two minutes on paper are no estimate.
    let said = similar(&title("Login"), &[finished(1, "Fix the login", 2)]).expect("one");
    assert!(said.ends_with("- Fix the login: 2m\nEstimate from these: about 15m."), "{said}");
    let long = format!("Login {}", "x".repeat(150));
    let said = similar(&title(&long), &[finished(1, &long, 60)]).expect("one");
    assert!(said.contains("xx…: 1h") && said.chars().count() < 170, "{said}");
}

fn any_title() -> impl Strategy<Value = Title> {
    let leads = [
        "Fix ",
        "Add ",
        "Review ",
        "Spread ",
        "Docs: ",
        "fix(x)!: ",
        "[a] b: ",
        "AB-1 ",
        "#1: ",
        "Make ",
        "do not ",
        "Größe ",
    ];
    let lead = proptest::sample::select(leads.to_vec());
    let texts = prop_oneof![
        any::<String>(),
        "\\PC{1,200}",
        "[a-zA-Z\\[\\]():!#0-9' -]{1,60}",
        (lead, "[A-Za-zÄ-ü]{1,9}( [a-z]{1,9}){0,20}").prop_map(|(lead, rest)| lead.to_owned() + &rest),
    ];
    texts.prop_filter_map("a title", |text| text.parse().ok())
}

proptest! {
    #[test]
    fn every_title_gets_a_draft_that_says_what_it_says_and_fits(title in any_title()) {
        let draft = draft(&title, &[]);
        let said = Sense::of(title.as_str()).said;
        prop_assert!(!said.is_empty() && title.as_str().ends_with(said), "{}", said);
        prop_assert!(draft.as_str().contains(said), "{}", draft);
        prop_assert!(draft.as_str().contains("\n\nDone when:"), "{}", draft);
        prop_assert_eq!(draft.as_str().parse::<Description>(), Ok(draft.clone()));
        let own = 2 * title.as_str().split_whitespace().count();
        prop_assert!(draft.as_str().split_whitespace().count() <= 75 + own, "{}", draft);
    }

    #[test]
    fn a_draft_never_speaks_of_something_else(title in any_title()) {
        let (text, own) = (draft(&title, &[]).as_str().to_lowercase(), title.as_str().to_lowercase());
        let words = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
        };
        for off in ["meal", "food", "eat", "workout", "exercise", "nutrition", "study", "chapter", "health"] {
            let said = words(&text).iter().any(|word| word == off);
            prop_assert!(!said || words(&own).iter().any(|word| word == off), "{}: {}", off, text);
        }
    }
}
