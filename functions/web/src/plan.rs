//! The plan of the day, as it was made last, on the dashboard.

use axum::extract::State;
use axum::response::Response;
use sprintsync_domain::{Basis, Because, Block, KeptPlan, LeftOut, MOST_OPEN, TaskId, UserId, Why, in_hours};
use sprintsync_http::{App, Caller, Problem};
use sprintsync_observe::branch;
use sprintsync_pages::views::source;
use sprintsync_store::{Error, Open};

use crate::answer::html;
use crate::show::Now;
use crate::views::{PlanCard, PlanChanged, PlanLine, PlanOut, PlanShown};

/// `GET /web/plan`: the card
pub(crate) async fn card(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let (me, kept) = caller.alongside(&app, app.store.kept_plan(caller.0.user_id)).await?;
    let now = Now::of(&app, &me.user);
    html(&PlanChanged { plan: shown(&app, &now, me.user.id, (kept, None)).await? })
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

/// The card of a plan that was kept. A plan of another day is none; of today's it is looked up what has changed since.
pub(crate) async fn shown(app: &App, now: &Now<'_>, owner: UserId, (kept, open): Read) -> Result<PlanCard, Problem> {
    let plan = match (kept.filter(|kept| kept.plan.day == now.today()), open) {
        (None, _) => None,
        (Some(kept), Some(open)) => Some(plan(now, &kept, &open)),
        (Some(kept), None) => Some(plan(now, &kept, &app.store.open_tasks(owner).await?)),
    };
    Ok(PlanCard { key: now.key.clone(), plan })
}

fn plan(now: &Now<'_>, kept: &KeptPlan, open: &Open) -> PlanShown {
    let plan = &kept.plan;
    let is_open = |id: TaskId| open.tasks.iter().any(|task| task.id == id);
    let note = |at: usize| kept.notes.get(at).cloned().unwrap_or_default();
    PlanShown {
        made: now.when(kept.made_at),
        said: match (&kept.model, &kept.reason) {
            (Some(model), _) => Some(format!("From {}", source(&kept.source, model))),
            (None, reason) => reason.clone().filter(|_| kept.was_declined()),
        },
        changed: changed(kept, open),
        hours: match plan.logged {
            0 => format!("{} day", in_hours(plan.workday)),
            logged => format!("{} day · {} logged", in_hours(plan.workday), in_hours(logged)),
        },
        sums: format!("{} planned · {} free", in_hours(plan.planned()), in_hours(plan.free())),
        summary: kept.summary.clone(),
        blocks: plan
            .blocks
            .iter()
            .enumerate()
            .map(|(at, block)| line(now, block, note(at), !is_open(block.task)))
            .collect(),
        out: plan.left_out.iter().filter(|one| one.because != Because::UsedUp).map(|one| out(now, one)).collect(),
        used_up: plan.left_out.iter().filter(|one| one.because == Because::UsedUp).map(|one| out(now, one)).collect(),
        out_sum: in_hours(plan.left_out.iter().map(|one| one.remaining).sum()),
        more: kept.more.then(|| format!("Based on your {MOST_OPEN} oldest open tasks.")),
    }
}

/// How many tasks are not as they were when the plan was made: changed or added since, or of the plan and not open any
/// more.
fn changed(kept: &KeptPlan, open: &Open) -> Option<String> {
    let plan = &kept.plan;
    let since = open.tasks.iter().filter(|task| task.updated_at > kept.made_at).count();
    let planned = plan.blocks.iter().map(|block| block.task).chain(plan.left_out.iter().map(|one| one.task));
    let gone = planned.filter(|id| !open.tasks.iter().any(|task| task.id == *id));
    // A task of which a part is left out stands twice.
    let gone = gone.collect::<std::collections::BTreeSet<_>>().len();
    match since + if kept.more { 0 } else { gone } {
        0 => None,
        1 => Some("1 change since".to_owned()),
        changed => Some(format!("{changed} changes since")),
    }
}

fn line(now: &Now<'_>, block: &Block, note: String, done: bool) -> PlanLine {
    PlanLine {
        id: block.task.to_string(),
        title: block.title.to_string(),
        minutes: in_hours(block.minutes),
        of: (block.minutes < block.remaining).then(|| in_hours(block.remaining)),
        why: why(now, block.why),
        basis: basis(block.basis),
        note,
        done,
    }
}

fn out(now: &Now<'_>, one: &LeftOut) -> PlanOut {
    PlanOut {
        id: one.task.to_string(),
        title: one.title.to_string(),
        minutes: in_hours(one.remaining),
        why: match one.because {
            Because::NoTime => format!("no time left ({})", why(now, one.why)),
            Because::Rest { planned } => {
                format!("{} planned, {} left over", in_hours(planned), in_hours(one.remaining))
            }
            Because::UsedUp => basis(one.basis).unwrap_or_default(),
        },
    }
}

fn why(now: &Now<'_>, why: Why) -> String {
    match why {
        Why::Overdue { due_on } => format!("overdue since {}", now.weekday(due_on).text),
        Why::DueToday => "due today".to_owned(),
        Why::DueTomorrow => "due tomorrow".to_owned(),
        Why::InProgress => "in progress".to_owned(),
        Why::DueSoon { due_on } => format!("due {}", now.weekday(due_on).text),
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
