//! `/team/people`: who there is, who may come, and what can be done to accounts.

use axum::extract::State;
use axum::response::Response;
use sprintsync_http::{App, Paging, Problem, Query, scope};
use sprintsync_observe::branch;
use sprintsync_store::Place;

use super::{TEAM, person_row, said, tabs};
use crate::answer::html;
use crate::frame::Visit;
use crate::show::Now;
use crate::task::{cursor, position};
use crate::team::invites::{choice, invite_line};
use crate::views::PeoplePage;

/// Where it is.
pub(super) const PEOPLE: &str = "/team/people";
/// People, and invites, of a page.
const ROWS: usize = 30;

/// `/team/people`, with `invites` as the cursor of a later page of those
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let (flash, caller) = (said(&query)?, visit.caller.0.user_id);
    let after = position(&app, &query, "invites", scope::invites(caller)).await?;
    let place = Place { limit: ROWS, after };
    let paging = Paging::of(&app, query, scope::people(caller), ROWS).await?;
    let reading = async {
        let (people, invites) = (app.store.people(&paging.place), app.store.invites(&place));
        tokio::try_join!(branch(people), branch(invites), branch(app.store.sign_up_mode()))
    };
    let (frame, (people, invites, mode)) = visit.of_admin(&app, reading).await?;
    let me = &frame.me.user;
    let (found, (invited, names)) =
        tokio::try_join!(branch(app.store.people_at(&people)), branch(app.store.invites_at(&invites, me)))?;
    let now = Now::of(&app, me);
    html(&PeoplePage {
        layout: frame.layout(&now, TEAM, flash),
        tabs: tabs(PEOPLE),
        people: found.iter().map(|one| person_row(&now, me.id, one)).collect(),
        more: paging.next(&app, &people.page(Vec::<()>::new())).await,
        newest: paging.place.after.is_none(),
        back: frame.address().to_owned(),
        sign_up: choice(&now, mode.unwrap_or(app.config.sign_up_mode)),
        invites: invited.iter().map(|invite| invite_line(&now, invite, &names)).collect(),
        more_invites: cursor(&app, invites.page(Vec::<()>::new()).next.as_ref(), scope::invites(me.id)).await,
    })
}
