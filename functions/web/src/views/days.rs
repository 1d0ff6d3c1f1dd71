//! The week, and the trash.

use super::{Layout, Moment, Status};

/// `/week`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "week.html", block = "page")]
pub(crate) struct WeekPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// `23 – 29 Nov`.
    pub(crate) span: String,
    /// The sum of its days.
    pub(crate) total: String,
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

/// A day of a week.
#[derive(Clone, Debug)]
pub(crate) struct WeekDay {
    /// `Mon 23 Nov`.
    pub(crate) day: Moment,
    /// Whether it is today.
    pub(crate) today: bool,
    /// The sum of its entries.
    pub(crate) total: String,
    /// What was worked on.
    pub(crate) lines: Vec<DayLine>,
}

/// An entry of a day.
#[derive(Clone, Debug)]
pub(crate) struct DayLine {
    /// How long.
    pub(crate) minutes: String,
    /// Id of the task.
    pub(crate) task: String,
    /// Its title, while the person has it.
    pub(crate) title: Option<String>,
    /// The note.
    pub(crate) note: String,
    /// Whether it takes another back.
    pub(crate) correction: bool,
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
