//! `/reset`: a new password by the one-time link that an administrator made. For whoever has the link.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use sprintsync_auth::{Code, Error};
use sprintsync_domain::User;
use sprintsync_http::{App, Appearance, Form, Problem, Query, Viewer, body};

use crate::answer::{belongs_to_form, html, refused, see_other, told, unreferred, whole};
use crate::views::{Layout, ResetForm, ResetPage};

fn page_of(appearance: Option<Appearance>, form: Option<ResetForm>) -> ResetPage {
    ResetPage { layout: Layout::plain("/reset", appearance), form }
}

fn form_of(user: &User, code: &Code) -> ResetForm {
    ResetForm {
        code: code.as_str().to_owned(),
        username: user.username.to_string(),
        password_error: None,
        message: None,
    }
}

/// `/reset?code=…`
pub(crate) async fn page(
    State(app): State<App>,
    appearance: Option<Appearance>,
    query: Query,
) -> Result<Response, Problem> {
    let code = Code::from(query.get("code")?.unwrap_or_default().to_owned());
    match app.accounts.password_reset(&code).await {
        Ok(user) => html(&page_of(appearance, Some(form_of(&user, &code)))).map(unreferred),
        Err(Error::BadReset) => html(&page_of(appearance, None)).map(unreferred),
        Err(error) => Err(error.into()),
    }
}

/// `POST /web/reset`
pub(crate) async fn reset(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    appearance: Option<Appearance>,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let code = Code::from(fields.raw("code").to_owned());
    fields.ignore(&["username"]);
    fields.blank_is_missing(&["new_password"]);
    let not_good = || refused(&Problem::from(Error::BadReset), &page_of(appearance, None));
    let user = match app.accounts.password_reset(&code).await {
        Ok(user) => user,
        Err(Error::BadReset) => return not_good(),
        Err(error) => return Err(error.into()),
    };
    let mut form = form_of(&user, &code);
    let set = match body::new_password(&mut fields, viewer.knows(&user.username)) {
        Ok(new) => match app.accounts.reset_password(user, &code, &new).await {
            Err(Error::BadReset) => return not_good(),
            set => set.map_err(Problem::from),
        },
        Err(problem) => Err(problem),
    };
    let problem = match set {
        Ok(_) => return Ok(see_other("/login?done=reset")),
        Err(problem) if belongs_to_form(&problem) => problem,
        Err(problem) => return Err(problem),
    };
    form.password_error = told("new_password", &problem);
    form.message = whole(&problem, &["new_password"]);
    refused(&problem, &page_of(appearance, Some(form)))
}
