//! Taking one's data along, and leaving.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use sprintsync_auth::Error;
use sprintsync_http::{App, Caller, Form, Paging, Problem, Query, body, scope, shape};

use crate::account::leave_refused;
use crate::answer::{belongs_to_form, html, told, whole};
use crate::frame::Visit;
use crate::proof::signed_out;
use crate::show::Now;
use crate::sign_in::gone;
use crate::views::{ExportPage, LeaveForm};

/// Records of a part.
const RECORDS: usize = 200;

/// `/account/export`: the parts, one after the other
pub(crate) async fn export_page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let user = visit.caller.0.user_id;
    let cursor = query.get("cursor")?.map(str::to_owned);
    let part = query.get("part")?.and_then(|part| part.parse::<u32>().ok()).unwrap_or(1);
    let paging = Paging::of(&app, query, scope::export(user), RECORDS).await?;
    let (frame, page) = visit.alongside(&app, app.store.export(user, &paging.place)).await?;
    html(&ExportPage {
        layout: frame.layout(&Now::of(&app, &frame.me.user), "/account", None),
        part,
        records: page.items.len(),
        next: paging.next(&app, &page).await,
        cursor,
    })
}

/// `GET /web/account/export`: one part, as a file
pub(crate) async fn export(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let user = caller.0.user_id;
    let part = query.get("part")?.and_then(|part| part.parse::<u32>().ok()).unwrap_or(1);
    let paging = Paging::of(&app, query, scope::export(user), RECORDS).await?;
    let (me, page) = caller.alongside(&app, app.store.export(user, &paging.place)).await?;
    let mut response = paging.answer(&app, page, |record| shape::Exported::seen_from(record, me.session.id)).await?;
    let file = HeaderValue::try_from(format!("attachment; filename=\"sprintsync-{part}.json\""));
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, file.map_err(|error| Problem::fault(&error, "a header was not made"))?);
    Ok(response)
}

/// `POST /web/account/leave`
pub(crate) async fn leave(State(app): State<App>, visit: Visit, Form(mut fields): Form) -> Result<Response, Problem> {
    let rate = app.accounts.password_rate(visit.caller.0.user_id).await;
    let (me, seen) = visit.caller.alongside(&app, app.store.look(rate.clone())).await?;
    fields.ignore(&["username"]);
    fields.blank_is_missing(&["password"]);
    let left = match body::password(&mut fields) {
        Ok(password) => match app.accounts.leave((&me.user, &me.session), (rate, seen), &password).await {
            Err(Error::SessionEnded) => return Ok(signed_out(&app, false)),
            left => left.map_err(Problem::from),
        },
        Err(problem) => Err(problem),
    };
    let problem = match left {
        Ok(()) => {
            return Ok(gone(&app, "/login?done=left"));
        }
        Err(problem) if belongs_to_form(&problem) => problem,
        Err(problem) => return Err(problem),
    };
    let mut form = LeaveForm { username: me.user.username.to_string(), open: true, ..LeaveForm::default() };
    form.password_error = told("password", &problem);
    match problem.status {
        StatusCode::FORBIDDEN => form.password_error = whole(&problem, &[]),
        _ => form.message = whole(&problem, &["password"]),
    }
    leave_refused(&app, (visit, me), &problem, form).await
}
