//! Sign-in and sign-up.

use super::{Field, Layout, Problem, problems};

/// `/login`. The answer to a sign-in that failed is the same page, with 401, 422, 429 or 503.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "login.html", block = "page")]
pub(crate) struct LoginPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// Where to go afterwards: a path of ours, or empty.
    pub(crate) next: String,
    /// What was typed.
    pub(crate) username: Field,
    /// What is wrong with the password field itself (blank).
    pub(crate) password_error: Option<String>,
    /// What is wrong with the whole: wrong name or password, too many tries, not now.
    pub(crate) message: Option<String>,
    /// Whether sign-up is offered (every mode but closed).
    pub(crate) signup: bool,
}

impl LoginPage {
    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        problems([("login-username", &self.username.error), ("login-password", &self.password_error)])
    }
}

/// `/signup`. The answer to a sign-up that failed is the same page, with 409, 422, 429 or 503.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "signup.html", block = "page")]
pub(crate) struct SignupPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// Where to go afterwards: a path of ours, or empty.
    pub(crate) next: String,
    /// The form, or `None` where sign-up is closed.
    pub(crate) form: Option<SignupForm>,
}

/// The fields of a sign-up.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignupForm {
    /// What was typed.
    pub(crate) username: Field,
    /// What is wrong with the password.
    pub(crate) password_error: Option<String>,
    /// The invite code; `None` where the instance asks for none.
    pub(crate) invite: Option<Field>,
    /// IANA name, filled in by the script. `UTC` at first.
    pub(crate) time_zone: String,
    /// What is wrong with the whole.
    pub(crate) message: Option<String>,
}

impl SignupForm {
    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let invite = self.invite.as_ref().and_then(|field| field.error.clone());
        problems([
            ("signup-username", &self.username.error),
            ("signup-password", &self.password_error),
            ("signup-invite", &invite),
        ])
    }
}
