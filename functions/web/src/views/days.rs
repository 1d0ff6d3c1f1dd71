//! Time at a glance: a day, a week; and the trash.

use super::{EntryLine, Layout, Moment, Status};

/// `/day`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "day.html", block = "page")]
pub(crate) struct DayPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The way to the week.
    pub(crate) tabs: Vec<PageTab>,
    /// `Wed 25 Nov`.
    pub(crate) day: Moment,
    /// Whether it is today.
    pub(crate) today: bool,
    /// The sum of its entries.
    pub(crate) total: String,
    /// The person's working day.
    pub(crate) workday: String,
    /// The sum in per cent of it, at most 100.
    pub(crate) percent: u8,
    /// What is logged beyond it.
    pub(crate) over: Option<String>,
    /// The entries, newest first.
    pub(crate) entries: Vec<DayEntry>,
    /// Whether all entries are here.
    pub(crate) complete: bool,
    /// The key of their forms.
    pub(crate) key: String,
    /// The page's address, to come back to.
    pub(crate) back: String,
    /// The day before.
    pub(crate) earlier: String,
    /// The day after, unless it is in the future.
    pub(crate) later: Option<String>,
}

/// An entry of a day.
#[derive(Clone, Debug)]
pub(crate) struct DayEntry {
    /// The entry.
    pub(crate) line: EntryLine,
    /// Id of the task.
    pub(crate) task: String,
    /// Its title, while the person has it.
    pub(crate) title: Option<String>,
}

/// One of several pages about the same, as a link.
#[derive(Clone, Debug)]
pub(crate) struct PageTab {
    /// What it is called.
    pub(crate) label: &'static str,
    /// Where it leads.
    pub(crate) href: String,
    /// Whether it is the one at hand.
    pub(crate) current: bool,
}

/// `/week`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "week.html", block = "page")]
pub(crate) struct WeekPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The way to the day.
    pub(crate) tabs: Vec<PageTab>,
    /// `23 – 29 Nov`.
    pub(crate) span: String,
    /// What it comes to.
    pub(crate) tiles: Vec<Tile>,
    /// The tasks that were finished in it, the last of them first.
    pub(crate) finished: Vec<FinishedLine>,
    /// Whether all done tasks were looked at for them.
    pub(crate) all_done: bool,
    /// The sum of its days.
    pub(crate) total: String,
    /// Its days as bars.
    pub(crate) chart: Chart,
    /// The person's working day.
    pub(crate) workday: String,
    /// Monday to Sunday.
    pub(crate) days: Vec<WeekDay>,
    /// Whether all entries are here.
    pub(crate) complete: bool,
    /// A day of the week before.
    pub(crate) earlier: String,
    /// A day of the week after, unless that is in the future.
    pub(crate) later: Option<String>,
    /// Whether it is the week that today is in.
    pub(crate) current: bool,
}

/// A number with its name.
#[derive(Clone, Debug)]
pub(crate) struct Tile {
    /// `Finished`.
    pub(crate) name: &'static str,
    /// `3 tasks`.
    pub(crate) value: String,
}

impl Tile {
    /// A number with its name.
    pub(crate) fn of(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }
}

/// A task that was finished in a week.
#[derive(Clone, Debug)]
pub(crate) struct FinishedLine {
    /// Id.
    pub(crate) id: String,
    /// Title.
    pub(crate) title: String,
    /// Minutes logged on it, if there are any.
    pub(crate) logged: Option<String>,
    /// When it was finished.
    pub(crate) at: Moment,
}

/// A day of a week.
#[derive(Clone, Debug)]
pub(crate) struct WeekDay {
    /// `Mon 23 Nov`.
    pub(crate) day: Moment,
    /// Whether it is today.
    pub(crate) today: bool,
    /// The sum of its entries.
    pub(crate) total: String,
    /// What was worked on, each task once.
    pub(crate) lines: Vec<DayLine>,
}

/// A task in a day of a week.
#[derive(Clone, Debug)]
pub(crate) struct DayLine {
    /// How long.
    pub(crate) minutes: String,
    /// Id of the task.
    pub(crate) task: String,
    /// Its title, while the person has it.
    pub(crate) title: Option<String>,
}

/// What some days come to, as bars. Places are in per cent of the picture.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    /// What it shows, in a sentence.
    pub(crate) label: String,
    /// Where the bars stand.
    pub(crate) base: String,
    /// Where a working day ends, if that is of interest.
    pub(crate) line: Option<String>,
    /// The days.
    pub(crate) bars: Vec<Bar>,
}

/// A day of a chart.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    /// `Mon`; empty where names of all bars would have no room.
    pub(crate) name: String,
    /// `1h 20m`; empty where amounts of all bars would have no room.
    pub(crate) amount: String,
    /// Whether there is anything to show.
    pub(crate) shown: bool,
    /// Whether it is more than a working day.
    pub(crate) over: bool,
    /// Whether it is today.
    pub(crate) today: bool,
    /// Its left edge.
    pub(crate) x: String,
    /// Its width.
    pub(crate) width: String,
    /// Its middle, for its texts.
    pub(crate) middle: String,
    /// Its upper edge.
    pub(crate) y: String,
    /// Its height.
    pub(crate) height: String,
}

/// `/trash`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "trash.html", block = "page")]
pub(crate) struct TrashPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// Its tasks.
    pub(crate) tasks: Vec<TrashRow>,
    /// Cursor of more.
    pub(crate) more: Option<String>,
    /// Whether this is the beginning.
    pub(crate) newest: bool,
}

/// A deleted task.
#[derive(Clone, Debug)]
pub(crate) struct TrashRow {
    /// Id.
    pub(crate) id: String,
    /// Title.
    pub(crate) title: String,
    /// Status when it was deleted.
    pub(crate) status: Status,
    /// When it was deleted.
    pub(crate) deleted: Moment,
    /// `29 days left`.
    pub(crate) left: Moment,
    /// What makes the form, sent twice, one write.
    pub(crate) key: String,
}
