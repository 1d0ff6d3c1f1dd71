//! The plan of the day, as it was made last, on the dashboard.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use sprintsync_domain::{
    Basis, Because, Block, Day, KeptPlan, LeftOut, MOST_OPEN, Status, Task, TaskId, UserId, Why, in_hours,
};
use sprintsync_http::{App, Caller, Form, Id, Problem};
use sprintsync_observe::branch;
use sprintsync_pages::views::source;
use sprintsync_store::{Error, Open};

use crate::answer::{Htmx, html, own_path, see_other};
use crate::show::Now;
use crate::views::{PlanCard, PlanChanged, PlanLine, PlanOut, PlanShown};

/// `GET /web/plan`: the card
pub(crate) async fn card(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let (me, kept) = caller.alongside(&app, app.store.kept_plan(caller.0.user_id)).await?;
    let now = Now::of(&app, &me.user);
    html(&PlanChanged { plan: shown(&app, &now, me.user.id, (kept, None)).await? })
}

/// `POST /web/plan/{id}/not-today`: puts a task off for the day of the plan
pub(crate) async fn put_off(
    State(app): State<App>,
    caller: Caller,
    Id(task): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (me, seen) = caller.alongside(&app, app.store.plan_to_change(caller.0.user_id)).await?;
    let today = Now::of(&app, &me.user).today();
    // Where there is no such plan any more, the page shows that.
    app.store.put_off(me.user.id, seen, task, [today, today.plus(1)]).await?;
    if htmx {
        return Ok(followed((StatusCode::NO_CONTENT, ()).into_response()));
    }
    let back = own_path(fields.raw("back"));
    Ok(see_other(if back.is_empty() { "/dashboard" } else { &back }))
}

/// An answer after which a page with a plan fetches it again.
pub(crate) fn followed(mut answer: Response) -> Response {
    answer.headers_mut().insert(HeaderName::from_static("hx-trigger"), HeaderValue::from_static("planned"));
    answer
}

/// What was read of the plan: itself, and the tasks that are open, where those were read in advance.
pub(crate) type Read = (Option<KeptPlan>, Option<Open>);

/// What is read of the plan beside something else.
pub(crate) async fn beside<T>(
    app: &App,
    owner: UserId,
    reading: impl Future<Output = Result<T, Error>>,
) -> Result<(T, Read), Error> {
    let (read, kept) = tokio::try_join!(branch(reading), branch(app.store.kept_plan(owner)))?;
    Ok((read, (kept, None)))
}

/// As [`beside`], with the open tasks in the same round trip: where another came before it.
pub(crate) async fn at_once<T>(
    app: &App,
    owner: UserId,
    reading: impl Future<Output = Result<T, Error>>,
) -> Result<(T, Read), Error> {
    let (kept, open) = (app.store.kept_plan(owner), app.store.open_tasks(owner));
    let (read, kept, open) = tokio::try_join!(branch(reading), branch(kept), branch(open))?;
    Ok((read, (kept, Some(open))))
}

/// The card of a plan that was kept, of today or, made in the evening, of tomorrow. What has changed since is looked up.
pub(crate) async fn shown(app: &App, now: &Now<'_>, owner: UserId, (kept, open): Read) -> Result<PlanCard, Problem> {
    let days = [now.today(), now.today().plus(1)];
    let plan = match (kept.filter(|kept| days.contains(&kept.plan.day)), open) {
        (None, _) => None,
        (Some(kept), Some(open)) => Some(plan(now, &kept, &open, None)),
        (Some(kept), None) => {
            let ids: Vec<TaskId> = kept.plan.blocks.iter().map(|block| block.task).take(MOST_ASKED).collect();
            let (open, blocks) =
                tokio::try_join!(branch(app.store.open_tasks(owner)), branch(app.store.tasks_by_id(owner, &ids)))?;
            Some(plan(now, &kept, &open, Some(&blocks)))
        }
    };
    Ok(PlanCard { key: now.key.clone(), plan })
}

/// Blocks whose tasks are asked for at once; a plan has fewer, and had more once.
const MOST_ASKED: usize = 100;

fn plan(now: &Now<'_>, kept: &KeptPlan, open: &Open, blocks: Option<&[Option<Task>]>) -> PlanShown {
    let plan = &kept.plan;
    let is_open = |id: TaskId| open.tasks.iter().any(|task| task.id == id);
    // What became of a block's task, where it is not open any more.
    let gone = |at: usize, id: TaskId| match blocks.and_then(|blocks| blocks.get(at)) {
        Some(None) => Some("deleted"),
        Some(Some(task)) => (task.status == Status::Done).then_some("done"),
        None => (!is_open(id) && !kept.more).then_some("done"),
    };
    let gone: Vec<_> = plan.blocks.iter().enumerate().map(|(at, block)| gone(at, block.task)).collect();
    let of = |is: fn(Because) -> bool| plan.left_out.iter().filter(move |one| is(one.because));
    let note = |at: usize| kept.notes.get(at).cloned().unwrap_or_default();
    let logged = (plan.logged > 0).then(|| format!("{} logged", in_hours(plan.logged)));
    let cut = plan.is_cut_short().then(|| format!("{} until {}", in_hours(plan.left()), plan.ends));
    let hours = [format!("{} day", in_hours(plan.workday))].into_iter().chain(logged).chain(cut);
    let outside = |because| matches!(because, Because::NoTime | Because::Rest { .. } | Because::Enough);
    let mut oldest = plan.blocks.iter().position(|block| block.why == Why::Older);
    let tomorrows = plan.day > now.today();
    PlanShown {
        tomorrow: tomorrows.then(|| format!("Made after {}, for {}.", plan.ends, now.weekday(plan.day).text)),
        when: if tomorrows { "tomorrow" } else { "today" },
        made: now.when(kept.made_at),
        said: match (&kept.model, &kept.reason) {
            (Some(model), _) => Some(format!("From {}", source(&kept.source, model))),
            (None, reason) => reason.clone().filter(|_| kept.was_declined()),
        },
        changed: changed(kept, open, &gone),
        hours: hours.collect::<Vec<_>>().join(" · "),
        sums: format!("{} planned · {} free", in_hours(plan.planned()), in_hours(plan.free())),
        summary: kept.summary.clone(),
        blocks: plan
            .blocks
            .iter()
            .zip(&gone)
            .enumerate()
            .map(|(at, (block, gone))| PlanLine {
                // Once is enough: the others follow it.
                why: if block.why == Why::Older && oldest.take_if(|oldest| *oldest == at).is_none() {
                    String::new()
                } else {
                    why(now, plan.day, block.why)
                },
                ..line(block, note(at), *gone)
            })
            .collect(),
        out: of(outside).map(|one| out(now, plan.day, one)).collect(),
        out_sum: in_hours(of(outside).map(|one| one.remaining).sum()),
        put_off: of(|because| because == Because::PutOff).map(|one| out(now, plan.day, one)).collect(),
        used_up: of(|because| because == Because::UsedUp).map(|one| out(now, plan.day, one)).collect(),
        more: kept.more.then(|| format!("Based on your {MOST_OPEN} most pressing open tasks.")),
    }
}

/// How many tasks are not as they were when the plan was made: changed or added since, or of the plan and not open any
/// more.
fn changed(kept: &KeptPlan, open: &Open, gone: &[Option<&str>]) -> Option<String> {
    let plan = &kept.plan;
    let since = open.tasks.iter().filter(|task| task.updated_at > kept.made_at).count();
    let blocks = plan.blocks.iter().zip(gone).filter(|(_, gone)| gone.is_some()).map(|(block, _)| block.task);
    // Of tasks that the plan has no block for it is not known whether they are still open, where not all were read.
    let out = plan.left_out.iter().map(|one| one.task).filter(|id| {
        let planned = plan.blocks.iter().any(|block| block.task == *id);
        !kept.more && !planned && !open.tasks.iter().any(|task| task.id == *id)
    });
    match since + blocks.chain(out).collect::<BTreeSet<_>>().len() {
        0 => None,
        1 => Some("1 change since".to_owned()),
        changed => Some(format!("{changed} changes since")),
    }
}

fn line(block: &Block, note: String, gone: Option<&'static str>) -> PlanLine {
    PlanLine {
        id: block.task.to_string(),
        title: block.title.to_string(),
        minutes: in_hours(block.minutes),
        of: (block.minutes < block.remaining).then(|| in_hours(block.remaining)),
        why: String::new(),
        basis: basis(block.basis),
        note,
        gone,
    }
}

fn out(now: &Now<'_>, day: Day, one: &LeftOut) -> PlanOut {
    PlanOut {
        id: one.task.to_string(),
        title: one.title.to_string(),
        minutes: in_hours(one.remaining),
        why: match one.because {
            Because::NoTime | Because::Enough | Because::PutOff if one.why == Why::Older => String::new(),
            Because::NoTime | Because::Enough | Because::PutOff => why(now, day, one.why),
            Because::Rest { planned } => {
                format!("{} planned, {} left over", in_hours(planned), in_hours(one.remaining))
            }
            Because::UsedUp => basis(one.basis).unwrap_or_default(),
        },
    }
}

/// Why a task has its place in a plan of this day, as it reads today.
fn why(now: &Now<'_>, day: Day, why: Why) -> String {
    let due = |on: Day| match on {
        on if on == now.today() => "due today".to_owned(),
        on if on == now.today().plus(1) => "due tomorrow".to_owned(),
        on if on < now.today() => format!("overdue since {}", now.weekday(on).text),
        on => format!("due {}", now.weekday(on).text),
    };
    match why {
        Why::Overdue { due_on } | Why::DueSoon { due_on } => due(due_on),
        Why::DueToday => due(day),
        Why::DueTomorrow => due(day.plus(1)),
        Why::InProgress => "in progress".to_owned(),
        Why::Older => "oldest open task".to_owned(),
    }
}

/// How it is known what a task still needs, where that is not just its estimate.
fn basis(basis: Basis) -> Option<String> {
    let done = |logged: i64| match logged {
        0 => String::new(),
        logged => format!(", {} done", in_hours(logged)),
    };
    match basis {
        Basis::Estimate { logged: 0, .. } => None,
        Basis::Estimate { minutes, logged } => Some(format!("{} of {} done", in_hours(logged), in_hours(minutes))),
        Basis::Usual { minutes, logged } => {
            Some(format!("no estimate; your average is {}{}", in_hours(minutes), done(logged)))
        }
        Basis::Default { minutes, logged } => {
            Some(format!("no estimate; {} assumed{}", in_hours(minutes), done(logged)))
        }
    }
}
