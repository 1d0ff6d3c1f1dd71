//! Bodies that are taken, in JSON as in forms.

use crate::fields::whole;
use crate::{Fields, Problem, number, text};
use serde_json::Value;
use sprintsync_auth::{Candidate, Known, Password, SignUp};
use sprintsync_domain::{
    Day, Description, Estimate, Invalid, Minutes, NewEntry, NewTask, Note, Profile, SignUpMode, Status, TaskEdit,
    TimeZone, Title, UserId, Username, Workday, WorkdayEnd,
};
use sprintsync_store::AccountEdit;

/// A new task.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn new_task(mut fields: Fields) -> Result<NewTask, Problem> {
    let title = fields.required("title", text::<Title>);
    let description = fields.optional("description", text::<Description>);
    let status = fields.optional("status", text::<Status>);
    let estimate = fields.nullable("estimate_minutes", number::<Estimate>);
    let due_on = fields.nullable("due_on", text::<Day>);
    let logged = fields.optional("total_minutes", |value| match whole(value) {
        // Nothing logged yet.
        Some(0) => Ok(None),
        Some(1..=1_440) => number::<Minutes>(value).map(Some),
        Some(_) => Err(Invalid("Enter between 0 min and 24 h.".to_owned())),
        None => number::<Minutes>(value).map(Some),
    });
    let made = (|| {
        Some(NewTask {
            title: title?,
            description: description?.unwrap_or_default(),
            status: status?.unwrap_or_default(),
            estimate: estimate?.flatten(),
            due_on: due_on?.flatten(),
            logged: logged?.flatten(),
        })
    })();
    fields.check(made)
}

/// A whole task that replaces another. Every field must be named, so that none is reset by being forgotten.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn replacement(mut fields: Fields) -> Result<TaskEdit, Problem> {
    let title = fields.required("title", text::<Title>);
    let description = fields.required("description", text::<Description>);
    let status = fields.required("status", text::<Status>);
    let estimate = needed(&mut fields, "estimate_minutes", number::<Estimate>);
    let due_on = needed(&mut fields, "due_on", text::<Day>);
    let made = (|| {
        Some(TaskEdit {
            title: Some(title?),
            description: Some(description?),
            status: Some(status?),
            estimate: Some(estimate?),
            due_on: Some(due_on?),
        })
    })();
    fields.check(made)
}

/// A field that must be there, and may be null.
fn needed<T>(
    fields: &mut Fields,
    name: &'static str,
    parse: impl FnOnce(&Value) -> Result<T, Invalid>,
) -> Option<Option<T>> {
    let value = fields.nullable(name, parse)?;
    if value.is_none() {
        let reason = "This field is required: PUT takes the whole task, PATCH some of its fields.";
        fields.note(name, &Invalid(reason.to_owned()));
    }
    value
}

/// Some fields of a task (RFC 7396: JSON Merge Patch).
///
/// # Errors
/// 422 that names each field that is not good.
pub fn patch(mut fields: Fields) -> Result<TaskEdit, Problem> {
    let title = fields.optional("title", text::<Title>);
    let description = fields.optional("description", text::<Description>);
    let status = fields.optional("status", text::<Status>);
    let estimate = fields.nullable("estimate_minutes", number::<Estimate>);
    let due_on = fields.nullable("due_on", text::<Day>);
    let made = (|| {
        Some(TaskEdit {
            title: title?,
            description: description?,
            status: status?,
            estimate: estimate?,
            due_on: due_on?,
        })
    })();
    fields.check(made)
}

/// What is wanted of whoever suggests something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A description for this title.
    Draft(Title),
    /// The plan of the day.
    Plan,
}

/// What is wanted: `mode` says which, and a draft needs a `title`.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn wanted(mut fields: Fields) -> Result<Wanted, Problem> {
    let mode = fields.required("mode", |value| match value.as_str() {
        Some("draft") => Ok(true),
        Some("plan") => Ok(false),
        _ => Err(Invalid("Use draft or plan.".to_owned())),
    });
    let wanted = match mode {
        Some(true) => fields.required("title", text::<Title>).map(Wanted::Draft),
        Some(false) => Some(Wanted::Plan),
        None => None,
    };
    fields.check(wanted)
}

/// A status.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn status(mut fields: Fields) -> Result<Status, Problem> {
    let status = fields.required("status", text::<Status>);
    fields.check(status)
}

/// Time worked, by someone for whom it is `today`.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn new_entry(mut fields: Fields, today: Day) -> Result<NewEntry, Problem> {
    let minutes = fields.required("minutes", number::<Minutes>);
    let note = fields.optional("note", text::<Note>);
    let worked_on = fields.optional("worked_on", |value| text::<Day>(value)?.worked(today));
    let made = (|| {
        Some(NewEntry { minutes: minutes?, note: note?.unwrap_or_default(), worked_on: worked_on?.unwrap_or(today) })
    })();
    fields.check(made)
}

/// A new account.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn sign_up(fields: &mut Fields) -> Result<SignUp, Problem> {
    let username = fields.required("username", |value| match text::<Username>(value)? {
        name if name.is_reserved() => Err(Invalid("This name is reserved. Choose another one.".to_owned())),
        name => Ok(name),
    });
    let password = fields.required("password", |value| Candidate::parse(&plain(value)?));
    let time_zone = fields.optional("time_zone", text::<TimeZone>);
    let invite = fields.optional("invite", plain);
    let made = (|| {
        let time_zone = time_zone?.unwrap_or_else(TimeZone::utc);
        Some(SignUp { username: username?, password: password?, time_zone, invite: invite? })
    })();
    fields.check(made)
}

/// A name and a password to sign in with.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn credentials(fields: &mut Fields) -> Result<(String, String), Problem> {
    let (username, password) = (fields.required("username", plain), fields.required("password", plain));
    let made = username.zip(password);
    fields.check(made)
}

/// What a person says of themselves.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn profile(fields: &mut Fields) -> Result<Profile, Problem> {
    let time_zone = fields.optional("time_zone", text::<TimeZone>);
    let workday_minutes = fields.optional("workday_minutes", number::<Workday>);
    let workday_ends = fields.optional("workday_ends", text::<WorkdayEnd>);
    let made =
        (|| Some(Profile { time_zone: time_zone?, workday_minutes: workday_minutes?, workday_ends: workday_ends? }))();
    fields.check(made)
}

/// The current password, and the one that the person of whom this is known wants instead.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn passwords(fields: &mut Fields, known: Known<'_>) -> Result<(String, Password), Problem> {
    let current = fields.required("current_password", plain);
    let new = fields.required("new_password", |value| Password::parse(&plain(value)?, known));
    let made = current.zip(new);
    fields.check(made)
}

/// The code of a one-time link, and the password that the person of whom this is known wants.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn new_password(fields: &mut Fields, known: Known<'_>) -> Result<Password, Problem> {
    let code = fields.required("code", plain);
    let new = fields.required("new_password", |value| Password::parse(&plain(value)?, known));
    let made = code.zip(new).map(|(_, new)| new);
    fields.check(made)
}

/// What an administrator wants of an account.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn account_edit(mut fields: Fields) -> Result<AccountEdit, Problem> {
    let flag = |value: &Value| value.as_bool().ok_or_else(|| Invalid("Use true or false.".to_owned()));
    let (is_admin, disabled) = (fields.optional("is_admin", flag), fields.optional("disabled", flag));
    let made = is_admin.zip(disabled).map(|(is_admin, disabled)| AccountEdit { is_admin, disabled });
    fields.check(made)
}

/// Who may sign up.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn sign_up_mode(mut fields: Fields) -> Result<SignUpMode, Problem> {
    let mode = fields.required("mode", text::<SignUpMode>);
    fields.check(mode)
}

/// Who is to have a task.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn assignee(mut fields: Fields) -> Result<UserId, Problem> {
    let user = fields.required("user_id", text::<UserId>);
    fields.check(user)
}

/// The password that confirms what is asked.
///
/// # Errors
/// 422 that names each field that is not good.
pub fn password(fields: &mut Fields) -> Result<String, Problem> {
    let password = fields.required("password", plain);
    fields.check(password)
}

/// Takes a text as it is.
fn plain(value: &Value) -> Result<String, Invalid> {
    value.as_str().map(str::to_owned).ok_or_else(|| Invalid("Use a string.".to_owned()))
}
