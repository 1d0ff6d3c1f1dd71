//! What the pages and fragments are filled with: plain, display-ready values and the templates that show them.
//!
//! A page is one template; what htmx gets is a block of the same template. Nothing here knows the domain, the
//! table or the request: handlers translate, and render. Ids, dates and numbers arrive as the text to show.

mod account;
mod dashboard;
mod days;
mod sign_in;
mod task;
mod timer;

use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) use account::*;
pub(crate) use dashboard::*;
pub(crate) use days::*;
pub(crate) use sign_in::*;
pub(crate) use task::*;
pub(crate) use timer::*;

/// What every page has around its content.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// Path of the page's address, to mark where one is: `/dashboard`.
    pub(crate) path: String,
    /// `light` or `dark`, where the person chose one for this browser.
    pub(crate) scheme: Option<&'static str>,
    /// Who is signed in; `None` on the pages for everybody.
    pub(crate) user: Option<User>,
    /// The timer of whoever is signed in, while it runs.
    pub(crate) timer: Option<TimerBar>,
    /// What the page says once, after a redirect.
    pub(crate) flash: Option<Toast>,
}

/// Who is signed in, as the head of the page shows it.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// Id; what is kept on the device is kept for it alone.
    pub(crate) id: String,
    /// IANA name of the time zone.
    pub(crate) zone: String,
    /// As it was spelled at sign-up.
    pub(crate) username: String,
    /// Shows the badge beside the name.
    pub(crate) is_admin: bool,
}

/// A short message that leaves by itself.
#[derive(Clone, Debug)]
pub(crate) struct Toast {
    /// One sentence.
    pub(crate) message: String,
    /// Whether it tells of a failure.
    pub(crate) failed: bool,
    /// What can be done about it.
    pub(crate) action: Option<ToastAction>,
}

impl Toast {
    /// Something is done; nothing is asked.
    pub(crate) fn done(message: impl Into<String>) -> Self {
        Self { message: message.into(), failed: false, action: None }
    }

    /// Something is not done, and nothing has changed.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), failed: true, action: None }
    }
}

/// The one thing that a toast offers.
#[derive(Clone, Debug)]
pub(crate) enum ToastAction {
    /// Takes a task out of the trash.
    Undo {
        /// Id of the task.
        task: String,
        /// What makes the form, sent twice, one write.
        key: String,
        /// What the person sees, so that the row comes back into it.
        view: String,
    },
    /// Leads to a task.
    Open {
        /// Id of the task.
        task: String,
    },
}

/// State of a task, as it is spelled in the API, in addresses and in class names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Not begun.
    Todo,
    /// Being worked on.
    InProgress,
    /// Finished.
    Done,
}

impl Status {
    /// In the order in which a task passes through them.
    pub(crate) const ALL: [Self; 3] = [Self::Todo, Self::InProgress, Self::Done];

    /// The word in forms and addresses.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::InProgress => "in_progress",
            Self::Done => "done",
        }
    }

    /// The words on the page.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Todo => "To do",
            Self::InProgress => "In progress",
            Self::Done => "Done",
        }
    }
}

/// A point in time or a day, ready to be read.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// For machines: RFC 3339, or an ISO day.
    pub(crate) datetime: String,
    /// What is shown, in the person's zone: `3d`, `14 Aug`, `2 minutes ago`.
    pub(crate) text: String,
    /// All of it, on hover: `Fri 14 Aug 2026, 14:05`.
    pub(crate) full: String,
    /// How the script may write it in the reader's own way, where the text is not a relative word: `clock`, `day`,
    /// `day-clock`.
    pub(crate) shape: Option<&'static str>,
}

/// One field of a form: what was typed and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Field {
    /// As it was typed, never trimmed. Empty for passwords.
    pub(crate) value: String,
    /// One sentence that makes sense without the label: `A title must not be blank.`
    pub(crate) error: Option<String>,
}

impl Field {
    /// A field with nothing wrong.
    pub(crate) fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }
}

/// A line of the summary above a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Id of the control that it is about.
    pub(crate) control: String,
    /// The same sentence that stands beside the control.
    pub(crate) message: String,
}

/// Collects the errors of a form in the order of its fields.
fn problems<'a>(fields: impl IntoIterator<Item = (&'a str, &'a Option<String>)>) -> Vec<Problem> {
    fields
        .into_iter()
        .filter_map(|(control, error)| {
            let message = error.clone()?;
            Some(Problem { control: control.to_owned(), message })
        })
        .collect()
}

/// Any error as a whole page.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "error.html", block = "page")]
pub(crate) struct ErrorPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// HTTP status.
    pub(crate) status: u16,
    /// The page's heading: `Page not found`.
    pub(crate) title: String,
    /// One or two sentences: what happened and what to do.
    pub(crate) detail: String,
    /// Whether it was a form of somebody whose session has ended: the page says how it is sent all the same.
    pub(crate) sign_in: bool,
    /// The address to try again, where that can help (a GET that met 429, 500 or 503).
    pub(crate) retry: Option<String>,
    /// What the log line of this request is found by.
    pub(crate) request_id: String,
}

/// Any error as the answer to htmx: a toast, and the page stays as it is.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "error.html", block = "failure")]
pub(crate) struct Failure {
    /// Built by [`Toast::failed`].
    pub(crate) toast: Toast,
}

/// The address of a file in `static/`, by its name there: `app.css` → `/static/app.1a2b3c4d.css`.
///
/// A name that the manifest does not have keeps its plain address, which nothing caches for long.
pub(crate) fn asset(name: &str) -> String {
    static NAMES: LazyLock<HashMap<String, String>> =
        LazyLock::new(|| serde_json::from_str(include_str!("../../../static/manifest.json")).unwrap_or_default());
    format!("/static/{}", NAMES.get(name).map_or(name, String::as_str))
}
