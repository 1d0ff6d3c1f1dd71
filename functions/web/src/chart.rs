//! What some days come to, as bars. All places are in per cent of the picture, so that its texts keep their size.

use crate::views::{Bar, Chart};

/// Where bars stand, and how high the highest of them is.
const BASE: i64 = 86;
const HIGHEST: i64 = 74;

/// A day as the chart shows it.
pub(crate) struct Column {
    /// `Mon`, or empty.
    pub(crate) name: String,
    /// What it comes to; corrections may take it below zero.
    pub(crate) sum: i64,
    /// The same in words, or empty.
    pub(crate) amount: String,
    /// Whether it is today.
    pub(crate) today: bool,
}

/// The chart of these days, with a line where a working day ends, if there is one.
pub(crate) fn of(columns: &[Column], workday: Option<i64>, label: String) -> Chart {
    let most = columns.iter().map(|column| column.sum).chain(workday).max().unwrap_or_default().max(1);
    // In thousandths, so that a quarter of an hour is not lost to rounding.
    let height = |sum: i64| sum.max(0) * HIGHEST * 10 / most;
    let percent = |thousandths: i64| format!("{}.{}%", thousandths / 10, thousandths % 10);
    let step = 1000 / i64::try_from(columns.len().max(1)).unwrap_or(1);
    let bars = columns.iter().zip(0_i64..).map(|(column, place)| Bar {
        name: column.name.clone(),
        amount: column.amount.clone(),
        shown: column.sum > 0,
        over: workday.is_some_and(|workday| column.sum > workday),
        today: column.today,
        x: percent(place * step + step / 5),
        width: percent(step * 3 / 5),
        middle: percent(place * step + step / 2),
        y: percent(BASE * 10 - height(column.sum)),
        height: percent(height(column.sum)),
    });
    let line = workday.map(|workday| percent(BASE * 10 - height(workday)));
    Chart { label, base: percent(BASE * 10), line, bars: bars.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fills_the_picture_and_nothing_falls_below_the_ground() {
        let column = |sum| Column { name: "Mon".to_owned(), sum, amount: String::new(), today: false };
        let chart = of(&[column(960), column(480), column(-30), column(1)], Some(480), String::new());
        let seen: Vec<_> = chart.bars.iter().map(|bar| (bar.y.as_str(), bar.height.as_str(), bar.shown)).collect();
        let expected =
            [("12.0%", "74.0%", true), ("49.0%", "37.0%", true), ("86.0%", "0.0%", false), ("86.0%", "0.0%", true)];
        assert_eq!(seen, expected);
        assert_eq!(chart.line.as_deref(), Some("49.0%"));
        assert_eq!(chart.bars.iter().map(|bar| bar.over).collect::<Vec<_>>(), [true, false, false, false]);
        let empty = of(&[column(0)], Some(480), String::new());
        assert_eq!(empty.line.as_deref(), Some("12.0%"), "an empty week still shows the working day");
        let counts = of(&[column(2), column(1)], None, String::new());
        let heights: Vec<_> = counts.bars.iter().map(|bar| (bar.height.as_str(), bar.over)).collect();
        assert_eq!((counts.line, heights), (None, vec![("74.0%", false), ("37.0%", false)]));
    }
}
