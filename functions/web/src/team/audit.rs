//! `/team/audit`: what happened to accounts, and to tasks by others than their owners, as sentences.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{UserId, What};
use sprintsync_http::{App, Paging, Problem, Query, scope};
use sprintsync_observe::branch;
use sprintsync_store::{AuditFilter, Audited, Error};

use super::sentence::{kind, people_in, sentence, task_in};
use super::{TEAM, Wanted, address, by_name, nobody, tabs};
use crate::answer::{html, see_other};
use crate::frame::{Frame, Visit};
use crate::show::Now;
use crate::views::{AuditLine, AuditPage, Field, Who};

/// Where it is.
const AUDIT: &str = "/team/audit";
/// Events of a page.
const ROWS: usize = 50;

/// `/team/audit`, of the `person` with this id or of whoever has this `name`, and of the kind `what`
pub(crate) async fn page(State(app): State<App>, visit: Visit, query: Query) -> Result<Response, Problem> {
    let what = query.get("what")?.filter(|what| !what.is_empty()).map(str::parse::<What>).transpose();
    let what = what.map_err(|reason| Problem::field("what", &reason))?;
    match Wanted::of(&query)? {
        Wanted::Everybody => events(&app, visit, query, AuditFilter { person: None, what }).await,
        Wanted::Id(person) => events(&app, visit, query, AuditFilter { person: Some(person), what }).await,
        Wanted::Name(name) => {
            let (frame, person) = visit.of_admin(&app, by_name(&app, &name)).await?;
            if person.is_some() {
                return Ok(see_other(&here(AuditFilter { person, what }, None)));
            }
            let error = Some(nobody(&name));
            let page = empty_page(&app, &frame, AuditFilter { person: None, what });
            html(&AuditPage { person: Field { value: name, error }, filtered: true, ..page })
        }
    }
}

/// The address of a page of these events.
fn here(filter: AuditFilter, cursor: Option<String>) -> String {
    let person = filter.person.map(|person| person.to_string());
    let what = filter.what.map(|what| what.to_string());
    address(AUDIT, &[("person", person), ("what", what), ("cursor", cursor)])
}

fn empty_page(app: &App, frame: &Frame, filter: AuditFilter) -> AuditPage {
    AuditPage {
        layout: frame.layout(&Now::of(app, &frame.me.user), TEAM, None),
        tabs: tabs(AUDIT),
        person: Field::default(),
        names: Vec::new(),
        kinds: What::ALL.map(|what| (what.as_str(), kind(what), Some(what) == filter.what)).into(),
        filtered: filter != AuditFilter::default(),
        events: Vec::new(),
        more: None,
        first: None,
    }
}

async fn events(app: &App, visit: Visit, query: Query, filter: AuditFilter) -> Result<Response, Problem> {
    let paging = Paging::of(app, query, scope::audit(visit.caller.0.user_id, filter), ROWS).await?;
    let reading = async {
        let person = async {
            match filter.person {
                Some(person) => app.store.user(person).await,
                None => Ok::<_, Error>(None),
            }
        };
        tokio::try_join!(branch(app.store.audit(filter, &paging.place)), branch(person))
    };
    let (frame, (listed, person)) = visit.of_admin(app, reading).await?;
    let me = &frame.me.user;
    let (found, names) = app.store.audited_at(&listed, me).await?;
    let who = |id: UserId| Who { id: id.to_string(), name: names.of(id).map(str::to_owned) };
    let now = Now::of(app, me);
    let titles = app.store.titles_of(found.iter().filter_map(task_in)).await?;
    let line = |event: &Audited| AuditLine { at: now.stamp(at(event)), parts: sentence(event, &who, &titles) };
    let mut known: Vec<String> = found.iter().flat_map(people_in).filter_map(|id| who(id).name).collect();
    known.sort_unstable();
    known.dedup();
    html(&AuditPage {
        // Who has left has no name to show, and events all the same.
        person: Field::of(person.map(|person| person.username.to_string()).unwrap_or_default()),
        names: known,
        events: found.iter().map(line).collect(),
        more: paging.next(app, &listed.page(Vec::<()>::new())).await.map(|cursor| here(filter, Some(cursor))),
        first: paging.place.after.as_ref().map(|_| here(filter, None)),
        ..empty_page(app, &frame, filter)
    })
}

fn at(event: &Audited) -> sprintsync_domain::Timestamp {
    match event {
        Audited::Account(event) => event.at,
        Audited::Task(event) => event.at,
    }
}
