//! The team's pages: for administrators, which is checked before anything is shown. Who is one no longer is refused with
//! the next request.

pub(crate) mod account;
pub(crate) mod assign;
pub(crate) mod audit;
pub(crate) mod invites;
pub(crate) mod overview;
pub(crate) mod people;
pub(crate) mod person;
mod sentence;
pub(crate) mod task;
pub(crate) mod tasks;

use axum::response::Response;
use sprintsync_domain::{TaskCounts, UserId, Username};
use sprintsync_http::{App, Fields, Problem, Query};
use sprintsync_store::{Error, Names};

use crate::answer::{own_path, see_other};
use crate::show::{Now, minutes, tasks_of};
use crate::view::{escaped, with_query};
use crate::views::{PageTab, PersonRow, Tile, Toast, Who};

/// Where the navigation has the team.
const TEAM: &str = "/team";

/// The links from each of the pages to the others.
fn tabs(current: &str) -> Vec<PageTab> {
    let pages =
        [("Overview", "/team"), ("People", "/team/people"), ("Tasks", "/team/tasks"), ("Audit trail", "/team/audit")];
    pages.map(|(label, href)| PageTab { label, href: href.to_owned(), current: href == current }).into()
}

/// What a form was answered with leads back here when it is asked for again.
pub(crate) async fn home() -> Response {
    see_other(TEAM)
}

/// Finished of all, per cent, to one decimal: `58.3 %`.
fn done_of(counts: &TaskCounts) -> String {
    let permille = counts.completion_permille();
    format!("{}.{} %", permille / 10, permille % 10)
}

/// What somebody's tasks come to.
fn tiles(counts: &TaskCounts) -> Vec<Tile> {
    vec![
        Tile::of("Tasks", counts.tasks().to_string()),
        Tile::of("Open", counts.active().to_string()),
        Tile::of("Done", done_of(counts)),
    ]
}

/// A part in per cent of the largest.
fn percent(part: i64, largest: i64) -> u8 {
    u8::try_from((part.max(0) * 100 / largest.max(1)).min(100)).unwrap_or(100)
}

fn who(id: UserId, names: &Names) -> Who {
    Who { id: id.to_string(), name: names.of(id).map(str::to_owned) }
}

fn person_row(now: &Now<'_>, me: UserId, (user, counts): &(sprintsync_domain::User, TaskCounts)) -> PersonRow {
    PersonRow {
        id: user.id.to_string(),
        username: user.username.to_string(),
        me: user.id == me,
        is_admin: user.is_admin,
        disabled: user.disabled,
        tasks: tasks_of(usize::try_from(counts.tasks()).unwrap_or_default()),
        done: done_of(counts),
        minutes: minutes(counts.minutes),
        key: now.key.clone(),
        message: None,
    }
}

/// Where a form stands: a page of ours.
fn back(fields: &Fields, usual: &str) -> String {
    Some(own_path(fields.raw("back"))).filter(|back| !back.is_empty()).unwrap_or_else(|| usual.to_owned())
}

/// What is said once when something is done.
fn words(done: &str) -> Option<&'static str> {
    Some(match done {
        "promoted" => "Admin added.",
        "demoted" => "Admin removed.",
        "shut-out" => "Account deactivated and signed out.",
        "signed-out" => "Signed out everywhere.",
        "let-in" => "Account reactivated.",
        "revoked" => "Invite revoked.",
        "sign-up" => "Sign-up setting saved.",
        "assigned" => "Task assigned.",
        "moved" => "Status changed.",
        "deleted" => "Task deleted.",
        "restored" => "Task restored.",
        _ => return None,
    })
}

/// What a page says once, after a form that led back to it.
fn said(query: &Query) -> Result<Option<Toast>, Problem> {
    Ok(query.get("done")?.and_then(words).map(Toast::done))
}

/// Who is meant by a filter: by id, or by the name that somebody typed, which leads to the id.
enum Wanted {
    Everybody,
    Id(UserId),
    Name(String),
}

impl Wanted {
    fn of(query: &Query) -> Result<Self, Problem> {
        let name = query.get("name")?.map(str::trim).filter(|name| !name.is_empty());
        Ok(match (name, query.parse::<UserId>("person")?) {
            (Some(name), _) => Self::Name(name.to_owned()),
            (None, Some(id)) => Self::Id(id),
            (None, None) => Self::Everybody,
        })
    }
}

/// Whose a name is, as it was typed.
async fn by_name(app: &App, name: &str) -> Result<Option<UserId>, Error> {
    match name.parse::<Username>() {
        Ok(name) => app.store.user_id(&name).await,
        Err(_) => Ok(None),
    }
}

/// That nobody has a name.
fn nobody(name: &str) -> String {
    format!("No user \"{name}\".")
}

/// An address with these parts of a query, of which empty ones are left out.
fn address(path: &str, parts: &[(&str, Option<String>)]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .filter_map(|(name, value)| value.as_deref().map(|value| format!("{name}={}", escaped(value))))
        .collect();
    with_query(path, &parts.iter().map(String::as_str).collect::<Vec<_>>())
}
