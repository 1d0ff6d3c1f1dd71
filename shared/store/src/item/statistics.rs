//! How sums lie in the table: each number is an attribute that is added to.

use std::collections::BTreeMap;

use sprintsync_domain::{DayCounts, Durations, TaskCounts};

use crate::key::Item;

/// Numbers by the names of their attributes.
pub(crate) type Sums = Vec<(String, i64)>;

/// What the name of a bucket of durations begins with.
const BUCKET: &str = "b";

pub(crate) fn task_counts(counts: &TaskCounts) -> Sums {
    named([
        ("todo", counts.todo),
        ("in_progress", counts.in_progress),
        ("done", counts.done),
        ("minutes", counts.minutes),
    ])
}

pub(crate) fn to_task_counts(item: Option<&Item>) -> TaskCounts {
    let sum = |name| item.map_or(0, |item| sum(item, name));
    TaskCounts { todo: sum("todo"), in_progress: sum("in_progress"), done: sum("done"), minutes: sum("minutes") }
}

pub(crate) fn day_counts(counts: &DayCounts) -> Sums {
    named([("created", counts.created), ("finished", counts.finished), ("minutes", counts.minutes)])
}

pub(crate) fn to_day_counts(item: &Item) -> DayCounts {
    DayCounts { created: sum(item, "created"), finished: sum(item, "finished"), minutes: sum(item, "minutes") }
}

pub(crate) fn durations(durations: &Durations) -> Sums {
    let mut sums = named([("tasks", durations.count), ("seconds", durations.seconds)]);
    sums.extend(durations.buckets.iter().map(|(number, count)| (format!("{BUCKET}{number}"), *count)));
    sums
}

pub(crate) fn to_durations(item: Option<&Item>) -> Durations {
    let Some(item) = item else { return Durations::default() };
    let buckets = item.keys().filter_map(|name| Some((name.strip_prefix(BUCKET)?.parse().ok()?, sum(item, name))));
    let buckets: BTreeMap<u16, i64> = buckets.filter(|(_, count)| *count != 0).collect();
    Durations { count: sum(item, "tasks"), seconds: sum(item, "seconds"), buckets }
}

/// A number of an item; 0 where it is not there.
pub(crate) fn sum(item: &Item, name: &str) -> i64 {
    item.get(name).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn named<const N: usize>(sums: [(&str, i64); N]) -> Sums {
    sums.into_iter().map(|(name, sum)| (name.to_owned(), sum)).collect()
}
