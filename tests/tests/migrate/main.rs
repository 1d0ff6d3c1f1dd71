//! Migrations and the import, over tables that are in use.

mod import;
mod passwords;
mod program;
mod steps;

use std::collections::BTreeMap;

use tests::{Item, Table};

/// What people have in a table, by its key: not what is counted of it, nor what expires soon.
pub(crate) fn contents(table: &Table) -> BTreeMap<(String, String), Item> {
    let kept = ["USER#", "TASK#", "INVITE#", "NAME#"];
    let all = table.everything().into_iter().map(|item| (key(&item), item));
    all.filter(|((pk, _), _)| kept.iter().any(|prefix| pk.starts_with(prefix))).collect()
}

pub(crate) fn key(item: &Item) -> (String, String) {
    let part = |name: &str| item[name].as_s().expect("a text").clone();
    (part("pk"), part("sk"))
}

/// How many of the original's hashes the table says are left.
pub(crate) fn legacy_left(table: &Table) -> i64 {
    let count = table.item("LEGACY_HASHES", "LEGACY_HASHES");
    count.map_or(0, |item| item["left"].as_n().expect("a number").parse().expect("a number"))
}
