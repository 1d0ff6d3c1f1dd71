//! What was measured: numbers by name, and tables to read.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Failure;

/// Numbers by name.
#[derive(Default)]
pub(crate) struct Figures(BTreeMap<String, f64>);

impl Figures {
    pub(crate) fn put(&mut self, name: impl Into<String>, value: f64) {
        self.0.insert(name.into(), value);
    }

    pub(crate) fn of(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// Puts how many times as much as `base` this figure is, if both were measured.
    pub(crate) fn ratio(&mut self, name: impl Into<String>, figure: &str, base: &str) {
        if let (Some(figure), Some(base)) = (self.of(figure), self.of(base)) {
            self.put(name, figure / base);
        }
    }

    /// Writes them to a file.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let rounded = |value: f64| json!((value * 10_000.0).round() / 10_000.0);
        let object: Map<String, Value> = self.0.iter().map(|(name, value)| (name.clone(), rounded(*value))).collect();
        Ok(std::fs::write(path, serde_json::to_vec_pretty(&object)?)?)
    }
}

/// What was measured several times.
#[derive(Default, Clone)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The smallest value that this share of all does not pass (nearest rank).
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let rank = (0..=last).find(|place| (*place + 1) as f64 >= share * sorted.len() as f64).unwrap_or(last);
        sorted.get(rank).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(0.5)
    }
}

/// A table, as documents have it.
pub(crate) struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>, head: &[&str]) -> Self {
        Self { title: title.into(), rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()] }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(crate) fn print(&self) {
        println!("\n### {}\n", self.title);
        for (number, row) in self.rows.iter().enumerate() {
            println!("| {} |", row.join(" | "));
            if number == 0 {
                println!("|{}", "---|".repeat(row.len()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut samples = Samples::default();
        (1..=30).rev().for_each(|value| samples.add(f64::from(value)));
        assert_eq!([0.0, 0.5, 0.99, 1.0].map(|share| samples.percentile(share)), [1.0, 15.0, 30.0, 30.0]);
        assert!(Samples::default().median().is_nan());
    }
}
