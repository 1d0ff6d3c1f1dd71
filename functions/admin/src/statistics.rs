//! The instance in numbers: what the table's events add up to, some seconds later.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Status, TimeZone};
use sprintsync_http::{App, Caller, FieldError, Paging, Problem, Query, json, scope, shape, team};

/// Days that may be asked for at most.
const MOST_DAYS: i64 = 90;
/// People that are named.
const TOP: usize = 5;

/// Read instance statistics
///
/// Everybody together, and a page of people, newest first. The numbers are some seconds old.
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/auth/admin/stats", tag = "statistics", operation_id = "read_statistics", security(("bearer" = [])),
    params(
        ("limit" = Option<usize>, Query, description = "People at most, 1 to 200; 50 if unsaid"),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `Link`"),
    ),
    responses(
        (status = 200, description = "The numbers.", body = shape::Statistics, headers(("Link" = String, description = "The next page of people, if there is one"))),
        (status = 400, description = "The cursor is not of this list.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn overview(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app, query, scope::people(caller.0.user_id), &[]).await?;
    let reading = async { tokio::try_join!(app.store.people(&paging.place), app.store.totals()) };
    let (me, (listed, totals)) = caller.alongside(&app, reading).await?;
    me.admin()?;
    let people = listed.page(app.store.people_at(&listed).await?);
    paging.answer_with(&app, people, |people| shape::Statistics::new(&totals, &people)).await
}

/// List top users
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/stats/top-users", tag = "statistics", operation_id = "list_top_users", security(("bearer" = [])),
    params(("days" = Option<i64>, Query, description = "Of how many days, today's included, 1 to 90; 7 if unsaid")),
    responses(
        (status = 200, description = "Five people at most, by minutes.", body = Vec<shape::TopUser>),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A query value is invalid.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn top_users(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let days = days(&query)?;
    // Somewhere it is tomorrow already.
    let until = app.world.now().day_in(&TimeZone::utc()).plus(1);
    let (me, worked) = caller.alongside(&app, app.store.days((until.plus(-days - 1), until))).await?;
    me.admin()?;
    let today = app.world.now().day_in(&me.user.time_zone);
    let top = team::most_worked(&worked, (today.plus(1 - days), today), TOP);
    let names = app.store.names(&me.user, top.iter().map(|(person, _)| *person)).await?;
    json(&top.into_iter().map(|(id, minutes)| shape::TopUser::named(id, minutes, &names)).collect::<Vec<_>>())
}

/// Read time in status
///
/// Before they get another one; without what they spent in the trash.
#[cfg_attr(feature = "openapi", utoipa::path(
    get, path = "/stats/cycle-time", tag = "statistics", operation_id = "read_cycle_time", security(("bearer" = [])),
    responses(
        (status = 200, description = "Mean and median for each status.", body = Vec<shape::CycleTime>),
        (status = 403, description = "Admins only.", body = shape::Problem, content_type = "application/problem+json"),
    ),
))]
pub(crate) async fn cycle_time(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let (me, totals) = caller.alongside(&app, app.store.totals()).await?;
    me.admin()?;
    let each = Status::ALL.into_iter().zip(&totals.durations);
    json(&each.map(|(status, durations)| shape::CycleTime::new(status, durations)).collect::<Vec<_>>())
}

fn days(query: &Query) -> Result<i64, Problem> {
    let Some(text) = query.get("days")? else { return Ok(7) };
    text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days)).ok_or_else(|| {
        let message = format!("Use a whole number from 1 to {MOST_DAYS}.");
        Problem::fields(vec![FieldError { field: "days".to_owned(), message }])
    })
}
