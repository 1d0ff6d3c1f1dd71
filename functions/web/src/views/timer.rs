//! The running timer, as forms change it and a task's own page shows it.

use super::{Field, Moment, TimerBar, Toast};

/// `POST /web/tasks/{id}/timer/start` and `/stop`: what shows the timer, as it is now.
///
/// Without script a success is a 303, a failure the whole page of the task.
#[derive(Clone, Debug, Default, askama::Template)]
#[template(path = "timer.html", block = "changed")]
pub(crate) struct TimerChanged {
    /// The timer in the head of the page, if it runs.
    pub(crate) bar: Option<TimerBar>,
    /// What the task's own page shows of it, where it was asked from there.
    pub(crate) on_task: Option<OnTask>,
    /// The entry that was taken back: what offered that goes.
    pub(crate) undone: Option<String>,
    /// Says what was done; `None` when nothing was.
    pub(crate) toast: Option<Toast>,
}

/// The timer on a task's page.
#[derive(Clone, Debug)]
pub(crate) struct OnTask {
    /// Id of the task.
    pub(crate) id: String,
    /// What makes its forms, sent twice, one write.
    pub(crate) key: String,
    /// What the page shows.
    pub(crate) timer: TimerBox,
}

/// `POST /web/tasks/{id}/timer/stop` from the task's page, refused: the form again.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "timer.html", block = "not_stopped")]
pub(crate) struct NotStopped {
    /// The form, with what is wrong.
    pub(crate) on_task: OnTask,
}

/// The person's timer, as a task's page shows it.
#[derive(Clone, Debug)]
pub(crate) enum TimerBox {
    /// None runs: it can be started here.
    Idle,
    /// It runs on this task.
    Here {
        /// Since when.
        since: Moment,
        /// Whether it ran so long that the person must say how many minutes were worked.
        overlong: bool,
        /// What was typed for the end, and what is wrong with it.
        until: Field,
        /// What was typed for the minutes instead, and what is wrong with it.
        minutes: Field,
    },
    /// It runs on another task.
    Elsewhere {
        /// Id of that task.
        task: String,
        /// Its title.
        title: String,
    },
}
