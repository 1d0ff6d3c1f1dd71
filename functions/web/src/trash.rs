//! The trash: what was deleted in the last thirty days, and the way back.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::TaskId;
use sprintsync_http::{App, Paging, Problem, Query, scope};

use crate::answer::html;
use crate::frame::Visit;
use crate::show::Now;
use crate::views::{Toast, ToastAction, TrashPage};

/// Rows of a page.
const ROWS: usize = 30;

/// `/trash`
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let user = visit.caller.0.user_id;
    let flash = match (query.get("done")?, query.get("task")?) {
        (Some("restored"), Some(task)) if task.parse::<TaskId>().is_ok() => {
            let action = Some(ToastAction::Open { task: task.to_owned() });
            Some(Toast { action, ..Toast::done("Task restored.") })
        }
        _ => None,
    };
    let paging = Paging::of(&app, query, scope::trash(user), ROWS).await?;
    let (frame, page) = visit.alongside(&app, app.store.trash(user, &paging.place)).await?;
    let now = Now::of(&app, &frame.me.user);
    html(&TrashPage {
        layout: frame.layout(&now, "/trash", flash),
        more: paging.next(&app, &page).await,
        newest: paging.place.after.is_none(),
        tasks: page.items.iter().map(|(task, until)| now.trashed(task, *until)).collect(),
    })
}
