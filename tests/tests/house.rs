//! The rules of the house that a machine can check.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// Licences that a dependency may have.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "OpenSSL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that no function may be built with, and why.
const BANNED: &[(&str, &str)] = &[
    ("ring", "aws-lc-rs is the one cryptography"),
    ("openssl-sys", "TLS is rustls"),
    ("native-tls", "TLS is rustls"),
    ("hyper@0.14", "the legacy HTTP stack of the SDK"),
    ("rustls@0.21", "the legacy TLS stack of the SDK"),
    ("dynoxide-rs", "the local stack's table"),
    ("utoipa", "the description is made by a test"),
    ("reqwest", "the way to a model, which only one function has"),
];

const FUNCTIONS: [&str; 7] = ["auth", "admin", "tasks", "ai", "ops", "web", "activity"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

static METADATA: LazyLock<Value> = LazyLock::new(|| {
    let json = cargo(&["metadata", "--format-version", "1", "--locked"]);
    serde_json::from_str(&json).expect("JSON")
});

fn packages() -> impl Iterator<Item = &'static Value> {
    METADATA["packages"].as_array().expect("packages").iter()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The files under these folders whose names end so, with their text.
fn files(folders: &[&str], endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            if path.is_dir() && !["node_modules", "target", "out", "vendor"].contains(&name.as_str()) {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let shown = path.strip_prefix(root()).expect("a path of ours").display().to_string();
                found.push((shown, fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    assert!(!found.is_empty(), "no {endings:?} in {folders:?}");
    found
}

#[test]
fn every_version_is_pinned_once_in_the_workspace() {
    for (path, manifest) in files(&["functions", "shared", "infra", "tests"], &["Cargo.toml"]) {
        for section in manifest.split("\n[").filter(|section| section.contains("dependencies]")) {
            for line in section.lines().skip(1).filter(|line| line.contains('=') && !line.starts_with('#')) {
                let inherits = line.contains(".workspace = true") || line.contains("workspace = true");
                assert!(inherits && !line.contains("version"), "{path}: {line}");
            }
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let section = manifest.split("[workspace.dependencies]").nth(1).and_then(|rest| rest.split("\n[").next());
    for line in section.expect("dependencies").lines().filter(|line| line.contains('=') && !line.starts_with('#')) {
        let exact = line.contains("\"=") || line.contains("path =");
        assert!(exact, "not pinned exactly: {line}");
    }
}

#[test]
fn every_crate_is_of_the_house() {
    let members: BTreeSet<&str> =
        METADATA["workspace_members"].as_array().expect("members").iter().filter_map(Value::as_str).collect();
    for package in packages().filter(|package| members.contains(text(package, "id"))) {
        let name = text(package, "name");
        assert_eq!((text(package, "edition"), text(package, "license")), ("2024", "MIT"), "{name}");
        assert_eq!(text(package, "version"), env!("CARGO_PKG_VERSION"), "{name}");
        assert_eq!(package["publish"], Value::Array(Vec::new()), "{name} must not be published");
        let manifest = fs::read_to_string(text(package, "manifest_path")).expect("the manifest");
        assert!(manifest.contains("[lints"), "{name} has no lints");
        if FUNCTIONS.contains(&name) {
            let main = Path::new(text(package, "manifest_path")).with_file_name("src").join("main.rs");
            let lines = fs::read_to_string(main).expect("main.rs").lines().count();
            assert!(lines < 40, "{name}: main.rs has {lines} lines");
        }
    }
}

#[test]
fn licences_are_known() {
    for package in packages().filter(|package| !package["source"].is_null()) {
        let licence = text(package, "license").replace('/', " OR ").replace(['(', ')'], " ");
        let choices: Vec<&str> = licence.split(" OR ").map(str::trim).collect();
        let known = |choice: &&str| choice.split(" AND ").all(|one| LICENCES.contains(&one.trim()));
        // A part in brackets that is joined by AND falls apart here: then every name in it must be known.
        let names =
            licence.split(" OR ").flat_map(|part| part.split(" AND ")).map(str::trim).filter(|name| !name.is_empty());
        let all_known = names.clone().count() > 0 && names.clone().all(|name| LICENCES.contains(&name));
        assert!(choices.iter().any(known) || all_known, "{}: {:?}", text(package, "name"), text(package, "license"));
    }
}

#[test]
fn functions_are_built_without_what_is_banned() {
    for function in FUNCTIONS {
        let tree =
            cargo(&["tree", "--locked", "-p", function, "-e", "normal,build", "--prefix", "none", "--format", "{p}"]);
        let crates: BTreeSet<(&str, &str)> = tree
            .lines()
            .filter_map(|line| line.split_once(" v"))
            .map(|(name, rest)| (name, rest.split(' ').next().unwrap_or_default()))
            .collect();
        assert!(crates.iter().any(|(name, _)| *name == "lambda_runtime"), "{function}: {tree}");
        let asks_a_model = |banned: &str| function == "ai" && banned == "reqwest";
        for (banned, why) in BANNED.iter().filter(|(banned, _)| !asks_a_model(banned)) {
            let (name, version) = banned.split_once('@').unwrap_or((banned, ""));
            let found = crates.iter().find(|(known, of)| *known == name && of.starts_with(version));
            assert_eq!(found, None, "{function}: {why}");
        }
        // One version of what makes a binary large.
        let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        crates.iter().for_each(|(name, version)| {
            versions.entry(name).or_default().insert(version);
        });
        for name in ["hyper", "http", "http-body", "rustls", "tokio", "serde", "jsonwebtoken", "aws-smithy-runtime"] {
            let all = versions.get(name).map_or(0, BTreeSet::len);
            let allowed = if matches!(name, "http" | "http-body") { 2 } else { 1 };
            assert!(all <= allowed, "{function}: {name} in {all} versions");
        }
    }
}

#[test]
fn templates_keep_the_strict_policy() {
    let banned = [
        ("hx-on", "behaviour lives in the one script"),
        ("js:", "no script in attributes"),
        ("javascript:", "no script in attributes"),
        (" style=", "no inline style"),
        ("<style", "no inline style"),
        (" onclick", "no script in attributes"),
        (" onsubmit", "no script in attributes"),
        (" onload", "no script in attributes"),
        (" onchange", "no script in attributes"),
        ("|safe", "everything is escaped"),
        ("| safe", "everything is escaped"),
        ("hx-live", "not ours"),
        ("hx-ext", "htmx 2 only"),
        ("hx-params", "htmx 2 only"),
        ("hx-prompt", "htmx 2 only"),
        ("hx-disinherit", "htmx 2 only"),
        ("hx-inherit=", "htmx 2 only"),
        ("hx-request=", "htmx 2 only"),
        ("hx-history=", "htmx 2 only"),
        ("hx-history-elt", "htmx 2 only"),
        ("hx-disabled-elt", "htmx 2 only"),
        ("hx-vars", "htmx 2 only"),
        ("hx-sse", "htmx 2 only"),
        ("hx-ws", "htmx 2 only"),
        ("http://", "nothing from elsewhere"),
        ("https://", "nothing from elsewhere"),
    ];
    for (path, template) in files(&["templates"], &[".html"]) {
        for (what, why) in banned {
            assert!(!template.contains(what), "{path} holds {what:?}: {why}");
        }
        for script in template.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(tag.contains("src="), "{path}: an inline script");
        }
        for trigger in template.split("hx-trigger").skip(1) {
            let value = trigger.split('"').nth(1).unwrap_or_default();
            assert!(!value.contains('['), "{path}: a trigger with a filter: {value}");
        }
    }
    for (path, script) in files(&["static"], &["app.js", "board.js", "copy.js", "export.js"]) {
        // Behind an empty line the same file has htmx.
        let script = script.split("\n\n").next().unwrap_or_default();
        for what in ["eval(", "new Function", "innerHTML", "document.write", "insertAdjacentHTML"] {
            assert!(!script.contains(what), "{path} holds {what}");
        }
    }
}

#[test]
fn endpoints_are_set_by_the_environment_alone() {
    for (path, source) in files(&["functions", "shared"], &[".rs"]) {
        assert!(!source.contains(".endpoint_url("), "{path}");
    }
}

#[test]
fn no_request_scans_the_table_and_one_crate_knows_its_keys() {
    for (path, source) in files(&["functions", "shared", "infra"], &[".rs"]) {
        // Statistics are rebuilt, and steps are taken, from everything that is stored: behind requests.
        let may_scan =
            ["store/src/migrations.rs", "store/src/statistics/rebuild.rs"].iter().any(|end| path.ends_with(end));
        assert!(may_scan || (!source.contains(".scan()") && !source.contains("parallel_scan")), "{path} scans");
        let behind = ["functions/activity/", "infra/"].iter().any(|folder| path.starts_with(folder));
        assert!(behind || !source.contains(".rebuild("), "{path} reads everything");
        let knows_keys =
            ["\"USER#", "\"TASK#", "\"RATE#", "\"NAME#", "\"INVITE#"].iter().any(|key| source.contains(key));
        assert!(!knows_keys || path.ends_with("store/src/key.rs"), "{path} builds a key");
    }
}

#[test]
fn what_a_deployment_is_asked_reaches_behind_no_table() {
    for (path, source) in files(&["tests/tests/api"], &[".rs"]) {
        let contract = path.contains("/contract_");
        assert!(!contract || !["callers::", "Table", "stack()"].iter().any(|local| source.contains(local)), "{path}");
    }
}

#[test]
fn sources_stay_short() {
    for (path, source) in files(&["functions", "shared", "infra", "tests"], &[".rs"]) {
        let lines = source.lines().count();
        assert!(lines < 500, "{path} has {lines} lines");
    }
}

#[test]
fn the_layers_point_down() {
    let allowed = BTreeMap::from([
        ("sprintsync-domain", vec![]),
        ("sprintsync-observe", vec![]),
        ("sprintsync-store", vec!["sprintsync-domain", "sprintsync-observe"]),
        ("sprintsync-auth", vec!["sprintsync-domain", "sprintsync-observe", "sprintsync-store"]),
        ("sprintsync-ai", vec!["sprintsync-domain"]),
        ("sprintsync-pages", vec!["sprintsync-http"]),
        ("sprintsync-http", vec!["sprintsync-domain", "sprintsync-observe", "sprintsync-store", "sprintsync-auth"]),
    ]);
    for package in packages() {
        let Some(below) = allowed.get(text(package, "name")) else { continue };
        let normal =
            package["dependencies"].as_array().expect("dependencies").iter().filter(|one| one["kind"].is_null());
        for name in normal.map(|one| text(one, "name")) {
            assert!(
                !name.starts_with("sprintsync-") || below.contains(&name),
                "{} looks up to {name}",
                text(package, "name")
            );
            let outside = ["axum", "http", "lambda_http", "aws-sdk-dynamodb", "aws-config"];
            let pure = text(package, "name") == "sprintsync-domain";
            assert!(!pure || !outside.contains(&name), "the domain knows of {name}");
        }
    }
}

#[test]
fn nothing_is_left_undone() {
    let unfinished = ["TODO", "FIXME", "XXX"];
    for (path, source) in files(&["functions", "shared", "infra", "tests", "templates"], &[".rs", ".html", ".toml"]) {
        for word in unfinished {
            let noted = [format!("// {word}"), format!("# {word}"), format!("{word}:")];
            assert!(!noted.iter().any(|note| source.contains(note)), "{path} holds {word}");
        }
    }
}
