//! The password once more.

use super::Layout;

/// Asks for the password before an act that was asked for, without script: a page of its own, with 403 or 429.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "confirm.html", block = "page")]
pub(crate) struct ConfirmPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The form.
    pub(crate) confirm: ConfirmForm,
}

/// The same for htmx, in the place of the page that asked.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "confirm.html", block = "here")]
pub(crate) struct ConfirmHere {
    /// The form.
    pub(crate) confirm: ConfirmForm,
}

/// A form that sends an act again, with the password.
#[derive(Clone, Debug)]
pub(crate) struct ConfirmForm {
    /// Where it goes.
    pub(crate) action: String,
    /// What was said with it.
    pub(crate) fields: Vec<(String, String)>,
    /// Its key.
    pub(crate) key: String,
    /// Whose password it is, for what keeps passwords.
    pub(crate) username: String,
    /// Where one came from.
    pub(crate) back: String,
    /// What is wrong with the password.
    pub(crate) error: Option<String>,
}
