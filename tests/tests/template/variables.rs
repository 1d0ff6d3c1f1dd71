//! Variables: the functions are given what they read, and what they need was given by the release before.
//!
//! CloudFormation changes the code of a function and its settings one after the other, and each function at another moment.
//! So for some seconds new code runs with the variables of before, and old code with the new ones; and going back does
//! the same the other way round. Hence the rule: **a variable is optional for one release before it is needed, and before it
//! is dropped** (`docs/decisions/0031-operators.md`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tests::{Template, capital};

use crate::{functions, source};

/// Where it is written down what the release before was.
const RELEASED: &str = "infra/released.json";

type Names = BTreeSet<String>;

/// Variables by function.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Release {
    version: String,
    /// What the template gives.
    given: BTreeMap<String, Names>,
    /// Without what the code does not start.
    needed: BTreeMap<String, Names>,
}

impl Release {
    fn of_now() -> Self {
        let template = Template::read();
        let given = |name: &str| {
            let all = &template.0["Globals"]["Function"];
            given(all).union(&given(template.resource(&format!("{}Function", capital(name))))).cloned().collect()
        };
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            given: functions().map(|name| (name.to_owned(), given(name))).collect(),
            needed: functions().map(|name| (name.to_owned(), read(name, &["needed(\""]))).collect(),
        }
    }
}

fn given(function: &Value) -> Names {
    function["Environment"]["Variables"].as_object().expect("variables").keys().cloned().collect()
}

/// What a function reads in one of these ways.
fn read(name: &str, ways: &[&str]) -> Names {
    let own = quoted(&format!("functions/{name}/src"), ways);
    let of_all = quoted("shared/http/src/app.rs", ways);
    match name {
        // It needs no more of what the others share.
        "activity" => own.into_iter().chain(of_all.into_iter().filter(|name| name == "TABLE_NAME")).collect(),
        _ => own.union(&of_all).cloned().collect(),
    }
}

/// The texts in quotes behind each of these, in a file of the source or in all files of a folder.
fn quoted(path: &str, before: &[&str]) -> Names {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let sources = sources(&root);
    let after = |before: &str| {
        let rests = sources.iter().flat_map(move |source| source.split(before).skip(1));
        rests.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect::<Vec<_>>()
    };
    before.iter().flat_map(|before| after(before)).collect()
}

/// The text of a file, or of every file below a folder.
fn sources(path: &Path) -> Vec<String> {
    match std::fs::read_dir(path) {
        Ok(folder) => folder.flat_map(|entry| sources(&entry.expect("an entry").path())).collect(),
        Err(_) => vec![std::fs::read_to_string(path).expect("a source")],
    }
}

#[test]
fn every_function_gets_the_variables_that_it_reads() {
    let template = Template::read();
    let ways = ["needed(\"", "variable(\"", "env::var(\""];
    for name in functions() {
        let read = read(name, &ways);
        assert!(read.contains("TABLE_NAME"), "{name}: {read:?}");
        assert_eq!(given(template.resource(&format!("{}Function", capital(name)))), read, "{name}");
    }
    // What logs and metrics go by. (Lambda itself sets those that begin with AWS.)
    let of_all = quoted("shared/observe/src", &["\"POWERTOOLS_"]).into_iter().map(|end| format!("POWERTOOLS_{end}"));
    assert_eq!(given(&template.0["Globals"]["Function"]), of_all.collect());
}

/// `UPDATE=1 cargo test -p tests --test template variables` writes it down, when a release is made.
#[test]
fn a_variable_is_optional_for_one_release_before_it_is_needed_or_dropped() {
    let now = Release::of_now();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(RELEASED);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&now).expect("JSON") + "\n").expect(RELEASED);
    }
    let before: Release = serde_json::from_str(&source(RELEASED)).expect(RELEASED);
    for name in functions() {
        let too_soon: Vec<&String> = now.needed[name].difference(&before.given[name]).collect();
        assert!(too_soon.is_empty(), "{name}: {} gives no {too_soon:?}, so it must start without", before.version);
        let dropped: Vec<&String> = before.needed[name].difference(&now.given[name]).collect();
        assert!(dropped.is_empty(), "{name}: {} does not start without {dropped:?}", before.version);
    }
}
