//! The account: profile, password, sessions.

use super::{Field, Layout, Moment, Problem, Toast, problems};

/// `/account`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "account.html", block = "page")]
pub(crate) struct AccountPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// Name, time zone, length and end of a working day.
    pub(crate) profile: ProfileForm,
    /// Changing the password.
    pub(crate) password: PasswordForm,
    /// Leaving.
    pub(crate) leave: LeaveForm,
    /// Where the person is signed in; this device first.
    pub(crate) sessions: Vec<SessionLine>,
    /// IANA names to choose from.
    pub(crate) time_zones: Vec<String>,
}

/// `POST /web/account`: the form again.
///
/// Without script a success is a 303 to `/account`, a failure the whole [`AccountPage`].
#[derive(Clone, Debug, askama::Template)]
#[template(path = "account.html", block = "profile_saved")]
pub(crate) struct ProfileSaved {
    /// As saved, or as typed with its errors.
    pub(crate) profile: ProfileForm,
    /// Says that it is saved; `None` when it is not.
    pub(crate) toast: Option<Toast>,
}

/// `POST /web/account/password`: the form again, empty in any case.
///
/// Without script a success is a 303 to `/account`, a failure (403, 422, 429, 503) the whole [`AccountPage`].
#[derive(Clone, Debug, askama::Template)]
#[template(path = "account.html", block = "password_changed")]
pub(crate) struct PasswordChanged {
    /// With its errors, if any.
    pub(crate) password: PasswordForm,
    /// What is left of the sessions after a success: this one.
    pub(crate) sessions: Option<Vec<SessionLine>>,
    /// Says that it is changed; `None` when it is not.
    pub(crate) toast: Option<Toast>,
}

/// `/account/export`: a part of one's own data.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "export.html", block = "page")]
pub(crate) struct ExportPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// Which part it is, from 1.
    pub(crate) part: u32,
    /// How many records it has.
    pub(crate) records: usize,
    /// Where it begins.
    pub(crate) cursor: Option<String>,
    /// Where the next one begins, if there is one.
    pub(crate) next: Option<String>,
}

/// `POST /web/account/sessions/{id}/end`: the line goes.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "account.html", block = "session_ended")]
pub(crate) struct SessionEnded {
    /// Id of the session.
    pub(crate) id: String,
    /// Says so.
    pub(crate) toast: Toast,
}

/// Name, time zone, length of a working day.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProfileForm {
    /// Shown; it cannot be changed.
    pub(crate) username: String,
    /// IANA name.
    pub(crate) time_zone: Field,
    /// Hours, as `8h` or `7h 30m`.
    pub(crate) workday_minutes: Field,
    /// A time of day.
    pub(crate) workday_ends: Field,
    /// What is wrong with the whole.
    pub(crate) message: Option<String>,
}

impl ProfileForm {
    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        problems([
            ("profile-time-zone", &self.time_zone.error),
            ("profile-workday", &self.workday_minutes.error),
            ("profile-workday-ends", &self.workday_ends.error),
        ])
    }
}

/// Changing the password. What was typed is never sent back.
#[derive(Clone, Debug, Default)]
pub(crate) struct PasswordForm {
    /// For the password manager.
    pub(crate) username: String,
    /// What is wrong with the current password.
    pub(crate) current_error: Option<String>,
    /// What is wrong with the new one.
    pub(crate) new_error: Option<String>,
    /// What is wrong with the whole.
    pub(crate) message: Option<String>,
}

impl PasswordForm {
    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        problems([("password-current", &self.current_error), ("password-new", &self.new_error)])
    }
}

/// Leaving. What was typed is never sent back.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeaveForm {
    /// For the password manager.
    pub(crate) username: String,
    /// Whether it is open already.
    pub(crate) open: bool,
    /// What is wrong with the password.
    pub(crate) password_error: Option<String>,
    /// What is wrong with the whole: the last administrator, too many tries, not now.
    pub(crate) message: Option<String>,
}

impl LeaveForm {
    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        problems([("leave-password", &self.password_error)])
    }
}

/// Where the person is signed in.
#[derive(Clone, Debug)]
pub(crate) struct SessionLine {
    /// Id.
    pub(crate) id: String,
    /// What it was opened with: `Firefox on Linux`.
    pub(crate) client: String,
    /// Since when.
    pub(crate) created: Moment,
    /// Until when.
    pub(crate) expires: Moment,
    /// Whether it is the one that asks.
    pub(crate) current: bool,
}
