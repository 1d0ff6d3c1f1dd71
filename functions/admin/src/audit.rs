//! The audit trail.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{UserId, What};
use sprintsync_http::{App, Caller, Paging, Problem, Query, scope, shape};
use sprintsync_store::AuditFilter;

/// Read the audit trail
///
/// What happened to accounts and to the instance, and to tasks by others than their owners, for a year. Where something
/// is looked for, a page may be short, or empty, before the end.
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/audit", tag = "people", operation_id = "read_audit_trail", security(("bearer" = [])),
    params(
        ("person" = Option<String>, Query, description = "Only what this person did, or what happened to this person's account or tasks: an id"),
        ("what" = Option<String>, Query, description = "Only events of this kind, such as signed_in"),
        ("limit" = Option<usize>, Query, description = "Events at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "A page of events, newest first.", body = Vec<shape::AuditEvent>, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "The cursor is not of this list.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A query value is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let filter = AuditFilter { person: query.parse::<UserId>("person")?, what: query.parse::<What>("what")? };
    let scope = scope::audit(caller.0.user_id, filter);
    let paging = Paging::read(&app, query, scope, &["person", "what"]).await?;
    let (me, listed) = caller.alongside(&app, app.store.audit(filter, &paging.place)).await?;
    me.admin()?;
    let (events, names) = app.store.audited_at(&listed, &me.user).await?;
    paging.answer(&app, listed.page(events), |event| shape::AuditEvent::named(event, &names)).await
}
