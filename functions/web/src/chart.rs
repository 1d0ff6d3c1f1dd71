//! Minutes of some days as bars. All places are in per cent of the picture, so that its texts keep their size.

use crate::show::minutes;
use crate::views::{Bar, Chart};

/// Where bars stand, and how high the highest of them is.
const BASE: i64 = 86;
const HIGHEST: i64 = 74;

/// A day as the chart shows it.
pub(crate) struct Column {
    /// `Mon`.
    pub(crate) name: String,
    /// Minutes; corrections may take them below zero.
    pub(crate) minutes: i64,
    /// Whether it is today.
    pub(crate) today: bool,
}

/// The chart of these days, with a line where a working day ends.
pub(crate) fn of(columns: &[Column], workday: i64, label: String) -> Chart {
    let most = columns.iter().map(|column| column.minutes).max().unwrap_or_default().max(workday).max(1);
    // In thousandths, so that a quarter of an hour is not lost to rounding.
    let height = |minutes: i64| minutes.max(0) * HIGHEST * 10 / most;
    let percent = |thousandths: i64| format!("{}.{}%", thousandths / 10, thousandths % 10);
    let step = 1000 / i64::try_from(columns.len().max(1)).unwrap_or(1);
    let bars = columns.iter().zip(0_i64..).map(|(column, place)| Bar {
        name: column.name.clone(),
        amount: minutes(column.minutes),
        shown: column.minutes > 0,
        over: column.minutes > workday,
        today: column.today,
        x: percent(place * step + step / 5),
        width: percent(step * 3 / 5),
        middle: percent(place * step + step / 2),
        y: percent(BASE * 10 - height(column.minutes)),
        height: percent(height(column.minutes)),
    });
    Chart { label, base: percent(BASE * 10), line: percent(BASE * 10 - height(workday)), bars: bars.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fills_the_picture_and_nothing_falls_below_the_ground() {
        let column = |minutes| Column { name: "Mon".to_owned(), minutes, today: false };
        let chart = of(&[column(960), column(480), column(-30), column(1)], 480, String::new());
        let seen: Vec<_> = chart.bars.iter().map(|bar| (bar.y.as_str(), bar.height.as_str(), bar.shown)).collect();
        let expected =
            [("12.0%", "74.0%", true), ("49.0%", "37.0%", true), ("86.0%", "0.0%", false), ("86.0%", "0.0%", true)];
        assert_eq!(seen, expected);
        assert_eq!(chart.line, "49.0%");
        assert_eq!(chart.bars.iter().map(|bar| bar.over).collect::<Vec<_>>(), [true, false, false, false]);
        assert_eq!(of(&[column(0)], 480, String::new()).line, "12.0%", "an empty week still shows the working day");
    }
}
