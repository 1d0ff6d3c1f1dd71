//! What every page and fragment is made of: the frame, toasts, fields of forms, problems.
//!
//! The templates name these by `crate::views`: a crate that renders has a module of that name with these in it.

use std::collections::HashMap;
use std::sync::LazyLock;

use askama::FastWritable;
use askama::filters::HtmlSafe;
use sprintsync_http::Appearance;

/// What every page has around its content.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Path of the page's address, to mark where one is: `/dashboard`.
    pub path: String,
    /// `light` or `dark`, where the person chose one for this browser.
    pub scheme: Option<&'static str>,
    /// Who is signed in; `None` on the pages for everybody.
    pub user: Option<User>,
    /// The timer of whoever is signed in, while it runs.
    pub timer: Option<TimerBar>,
    /// What the page says once, after a redirect.
    pub flash: Option<Toast>,
}

impl Layout {
    /// The frame of a page for everybody.
    pub fn plain(path: &str, appearance: Option<Appearance>) -> Self {
        Self { path: path.to_owned(), scheme: appearance.map(Appearance::as_str), ..Self::default() }
    }

    /// What stands before a page's content, as HTML.
    pub fn head<'a>(&'a self, title: &'a str, description: &'a str) -> impl FastWritable + HtmlSafe + 'a {
        FrameHead { layout: self, title, description }
    }

    /// What stands behind a page's content, as HTML.
    pub fn foot(&self) -> impl FastWritable + HtmlSafe + '_ {
        FrameFoot { layout: self }
    }
}

/// A template of its own: as a macro it would be compiled into every page.
#[derive(Debug, askama::Template)]
#[template(path = "frame-head.html")]
struct FrameHead<'a> {
    layout: &'a Layout,
    title: &'a str,
    description: &'a str,
}

#[derive(Debug, askama::Template)]
#[template(path = "frame-foot.html")]
struct FrameFoot<'a> {
    layout: &'a Layout,
}

// Templates escape what they show, once.
impl HtmlSafe for FrameHead<'_> {}
impl HtmlSafe for FrameFoot<'_> {}

/// The timer in the head of a page.
#[derive(Clone, Debug)]
pub struct TimerBar {
    /// Id of the task.
    pub task: String,
    /// The task's title when the timer was started.
    pub title: String,
    /// RFC 3339.
    pub since: String,
    /// How long it runs: `1h 12m`.
    pub ran: String,
    /// What makes its form, sent twice, one write.
    pub key: String,
    /// The page's address, to come back to.
    pub back: String,
}

/// Who is signed in, as the head of the page shows it.
#[derive(Clone, Debug)]
pub struct User {
    /// Id; what is kept on the device is kept for it alone.
    pub id: String,
    /// IANA name of the time zone.
    pub zone: String,
    /// When the page was made, RFC 3339: what the script shows goes by this clock, not by the device's.
    pub now: String,
    /// As it was spelled at sign-up.
    pub username: String,
    /// Shows the badge beside the name.
    pub is_admin: bool,
}

/// A short message that leaves by itself.
#[derive(Clone, Debug)]
pub struct Toast {
    /// One sentence.
    pub message: String,
    /// Whether it tells of a failure.
    pub failed: bool,
    /// What can be done about it.
    pub action: Option<ToastAction>,
}

impl Toast {
    /// Something is done; nothing is asked.
    pub fn done(message: impl Into<String>) -> Self {
        Self { message: message.into(), failed: false, action: None }
    }

    /// Something is not done, and nothing has changed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), failed: true, action: None }
    }
}

/// The one thing that a toast offers.
#[derive(Clone, Debug)]
pub enum ToastAction {
    /// Takes a task out of the trash.
    Undo {
        /// Id of the task.
        task: String,
        /// What makes the form, sent twice, one write.
        key: String,
        /// What the person sees, so that the row comes back into it.
        view: String,
    },
    /// Undoes what a click on a timer, or on a task's status, logged.
    Unlog(Box<Unlog>),
    /// Leads to a task.
    Open {
        /// Id of the task.
        task: String,
    },
}

/// The form that takes an entry back, with what else the same click did.
#[derive(Clone, Debug, Default)]
pub struct Unlog {
    /// Id of the task that the entry is of.
    pub task: String,
    /// Id of the entry.
    pub entry: String,
    /// What makes the form, sent twice, one write.
    pub key: String,
    /// What the button says: `Undo`.
    pub label: &'static str,
    /// The status that the task had before, where it was set to done.
    pub status: Option<&'static str>,
    /// When the timer was started that was stopped, and when the one that runs instead, where one does.
    pub switched: Option<(String, String)>,
    /// Where the person is: the page's address, or nothing where the form they used did not say.
    pub back: String,
    /// What the person sees, where that is a list of tasks.
    pub view: String,
}

/// State of a task, as it is spelled in the API, in addresses and in class names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not begun.
    Todo,
    /// Being worked on.
    InProgress,
    /// Finished.
    Done,
}

impl Status {
    /// In the order in which a task passes through them.
    pub const ALL: [Self; 3] = [Self::Todo, Self::InProgress, Self::Done];

    /// The word in forms and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::InProgress => "in_progress",
            Self::Done => "done",
        }
    }

    /// The words on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Todo => "To do",
            Self::InProgress => "In progress",
            Self::Done => "Done",
        }
    }
}

/// A point in time or a day, ready to be read.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// For machines: RFC 3339, or an ISO day.
    pub datetime: String,
    /// What is shown, in the person's zone: `3d`, `14 Aug`, `2 minutes ago`.
    pub text: String,
    /// All of it, on hover: `Fri 14 Aug 2026, 14:05`.
    pub full: String,
    /// How the script may write it in the reader's own way, where the text is not a relative word: `clock`, `day`,
    /// `day-clock`; with the year `year`, `year-clock`; after a word `yesterday-clock`, `tomorrow-clock`.
    pub shape: Option<&'static str>,
}

/// One field of a form: what was typed and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// As it was typed, never trimmed. Empty for passwords.
    pub value: String,
    /// One sentence that makes sense without the label: `A title must not be blank.`
    pub error: Option<String>,
}

impl Field {
    /// A field with nothing wrong.
    pub fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }
}

/// The form that adds a task.
#[derive(Clone, Debug, Default)]
pub struct AddForm {
    /// Its key: sent twice as it is, it adds one task.
    pub key: String,
    /// Title.
    pub title: Field,
    /// Description.
    pub description: Field,
    /// Minutes.
    pub estimate_minutes: Field,
    /// ISO day.
    pub due_on: Field,
    /// What is wrong with the whole: too many requests, not now.
    pub message: Option<String>,
}

impl AddForm {
    /// The errors beside the fields.
    pub fn problems(&self) -> Vec<Problem> {
        problems([
            ("add-title", &self.title.error),
            ("add-description", &self.description.error),
            ("add-estimate", &self.estimate_minutes.error),
            ("add-due", &self.due_on.error),
        ])
    }

    /// Whether the fields under "Details" hold something, so that they are shown.
    pub fn detailed(&self) -> bool {
        [&self.description, &self.estimate_minutes, &self.due_on]
            .iter()
            .any(|field| !field.value.is_empty() || field.error.is_some())
    }
}

/// A line of the summary above a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Id of the control that it is about.
    pub control: String,
    /// The same sentence that stands beside the control.
    pub message: String,
}

/// Collects the errors of a form in the order of its fields.
pub fn problems<'a>(fields: impl IntoIterator<Item = (&'a str, &'a Option<String>)>) -> Vec<Problem> {
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
pub struct ErrorPage {
    /// The frame.
    pub layout: Layout,
    /// HTTP status.
    pub status: u16,
    /// The page's heading: `Page not found`.
    pub title: String,
    /// One or two sentences: what happened and what to do.
    pub detail: String,
    /// Whether it was a form of somebody whose session has ended: the page says how it is sent all the same.
    pub sign_in: bool,
    /// The address to try again, where that can help (a GET that met 429, 500 or 503).
    pub retry: Option<String>,
    /// What the log line of this request is found by.
    pub request_id: String,
}

/// Any error as the answer to htmx: a toast, and the page stays as it is.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "error.html", block = "failure")]
pub struct Failure {
    /// Built by [`Toast::failed`].
    pub toast: Toast,
}

/// Who worded a suggestion, as a person reads it.
pub fn source(provider: &str, model: &str) -> String {
    match provider {
        "gemini" => format!("Gemini ({model})"),
        _ => model.to_owned(),
    }
}

/// The address of a file in `static/`, by its name there: `app.css` → `/static/app.1a2b3c4d.css`.
///
/// A name that the manifest does not have keeps its plain address, which nothing caches for long.
pub fn asset(name: &str) -> String {
    static NAMES: LazyLock<HashMap<String, String>> =
        LazyLock::new(|| serde_json::from_str(include_str!("../../../static/manifest.json")).unwrap_or_default());
    format!("/static/{}", NAMES.get(name).map_or(name, String::as_str))
}
