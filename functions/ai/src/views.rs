//! What the fragments and the page of a draft are filled with.

pub(crate) use sprintsync_pages::views::*;

/// `POST /web/ai/draft`, by htmx: the draft beside the field that it is for.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "draft.html", block = "drafted")]
pub(crate) struct Drafted {
    /// Which form it stands in: `add` or `edit`.
    pub(crate) place: &'static str,
    /// Who wrote it.
    pub(crate) said: String,
    /// The draft, with its line breaks.
    pub(crate) text: String,
}

/// `POST /web/ai/draft`, by htmx, where nothing was drafted.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "draft.html", block = "not_drafted")]
pub(crate) struct NotDrafted {
    /// Which form it stands in: `add` or `edit`.
    pub(crate) place: &'static str,
    /// What stands in the way.
    pub(crate) message: String,
}

/// `POST /web/ai/draft` without script: the form again, with the draft in it.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "draft.html", block = "page")]
pub(crate) struct DraftPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// Id of the task that is being edited; `None` where one is being added.
    pub(crate) task: Option<String>,
    /// What makes the form, sent twice, one write.
    pub(crate) key: String,
    /// The form's other fields, as they came.
    pub(crate) aside: Vec<(String, String)>,
    /// Title.
    pub(crate) task_title: String,
    /// What was typed.
    pub(crate) typed: String,
    /// What was typed, and the draft behind it.
    pub(crate) text: String,
    /// Who wrote the draft, where there is one.
    pub(crate) said: Option<String>,
    /// Why there is none.
    pub(crate) message: Option<String>,
}
