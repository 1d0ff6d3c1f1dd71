//! How a suggestion is made: everything that is read is read at once, a model is asked where it may be, and what was made
//! is kept in one write.

use axum::response::Response;
use sprintsync_ai::{Ai, Asked, Use};
use sprintsync_auth::Suggested;
use sprintsync_domain::{
    Entry, Hours, KeptPlan, NOTHING_TO_WORD, Plan, Task, TimeZone, Timestamp, Title, UserId, draft as drafted, similar,
};
use sprintsync_http::shape::Suggestion;
use sprintsync_http::{Answer, App, Caller, Me, Problem, Repeat};
use sprintsync_observe::{Metric, branch};
use sprintsync_store::{Claim, Open, Place};

/// Entries that are added up to what is logged today: one a minute of a working day, and as many taken back.
const ENTRIES: usize = 1_000;

/// What was made, with the answer that is kept with its key; or what was answered under that key before.
pub(crate) type Made<T> = Result<(T, Answer), Response>;

/// Why a model was not asked.
const OFTEN_ENOUGH: &str = "You've used this hour's AI requests.";

/// Whoever asks, and what was read beside the check of that.
struct Begun<T> {
    me: Me,
    counted: Suggested,
    read: T,
}

/// A plan of the caller's day, kept in place of the one before.
pub(crate) async fn plan(
    app: &App,
    model: &Ai,
    caller: Caller,
    repeat: &Repeat,
    answer: impl FnOnce(&Suggestion) -> Answer,
) -> Result<Made<KeptPlan>, Problem> {
    let (user, now) = (caller.0.user_id, app.world.now());
    let begun = match begin(app, model, caller, repeat, material(app, user, now)).await? {
        Ok(begun) => begun,
        Err(before) => return Ok(Err(before)),
    };
    let kept = worded(model, &begun, now).await;
    let answer = answer(&(&kept).into());
    keep(app, repeat, &begun, Some(&kept), &answer).await?;
    Ok(Ok((kept, answer)))
}

/// A draft of a description for a title.
pub(crate) async fn draft(
    app: &App,
    model: &Ai,
    caller: Caller,
    repeat: &Repeat,
    title: &Title,
    answer: impl FnOnce(&Suggestion) -> Answer,
) -> Result<Made<Suggestion>, Problem> {
    let reading = app.store.finished_tasks(caller.0.user_id);
    let begun = match begin(app, model, caller, repeat, reading).await? {
        Ok(begun) => begun,
        Err(before) => return Ok(Err(before)),
    };
    let suggestion = |text: String, source: &str, model: Option<String>, reason: Option<&str>| Suggestion {
        suggestion: text,
        mode: "draft",
        source: source.to_owned(),
        model,
        reason: reason.map(str::to_owned),
    };
    let without = |reason| suggestion(drafted(title, &begun.read).into(), FALLBACK, None, Some(reason));
    let made = match begun.counted.by_model {
        false => without(OFTEN_ENOUGH),
        true => match asked(model.name(), model.draft(title).await) {
            Ok(told) => {
                let similar = similar(title, &begun.read).map(|similar| format!("\n\n{similar}"));
                let text = String::from(told.told) + &similar.unwrap_or_default();
                suggestion(text, told.provider.as_str(), Some(told.model), None)
            }
            Err(declined) => without(declined.reason()),
        },
    };
    let answer = answer(&made);
    keep(app, repeat, &begun, None, &answer).await?;
    Ok(Ok((made, answer)))
}

/// What stands as the source of what no model worded.
const FALLBACK: &str = "fallback";

/// What a plan is made from.
struct Material {
    open: Open,
    finished: Vec<Task>,
    entries: Vec<Entry>,
    before: Option<KeptPlan>,
}

/// Reads it. The person's zone is not known yet: entries of the days around today are read.
async fn material(app: &App, user: UserId, now: Timestamp) -> Result<Material, sprintsync_store::Error> {
    let today = now.day_in(&TimeZone::utc());
    let days = (today.plus(-1), today.plus(1));
    let place = Place { limit: ENTRIES, after: None };
    let (open, finished, entries, before) = tokio::try_join!(
        branch(app.store.tasks_to_plan(user)),
        branch(app.store.finished_tasks(user)),
        branch(app.store.time(user, days, &place)),
        branch(app.store.kept_plan(user)),
    )?;
    Ok(Material { open, finished, entries: entries.items, before })
}

/// Everything that comes before the work, in one round trip. The try is counted and the key taken for whoever the
/// token names; if its session turns out to be over, both are undone.
async fn begin<T>(
    app: &App,
    model: &Ai,
    caller: Caller,
    repeat: &Repeat,
    reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
) -> Result<Result<Begun<T>, Response>, Problem> {
    let user = caller.0.user_id;
    let (me, counted, claimed, read, ()) = tokio::join!(
        branch(caller.me(app)),
        branch(app.accounts.count_suggestion(user)),
        branch(repeat.claim(app, user)),
        branch(reading),
        model.ready(),
    );
    let is_taken = matches!(claimed, Ok(Claim::Taken));
    let rest = || match claimed? {
        Claim::Taken => Ok(Ok((me?, read?))),
        Claim::Before(recorded) => me.and_then(|_| repeat.before(&recorded)).map(Err),
    };
    match (counted, rest()) {
        (Ok(counted), Ok(Ok((me, read)))) => Ok(Ok(Begun { me, counted, read })),
        (counted, rest) => {
            undo(app, repeat, user, (counted.as_ref().ok(), is_taken)).await;
            match rest? {
                Err(before) => Ok(Err(before)),
                Ok(_) => Err(counted
                    .err()
                    .map_or_else(|| Problem::impossible("a try was neither counted nor refused"), Problem::from)),
            }
        }
    }
}

/// Forgets that somebody tried, and lets go of their key.
async fn undo(app: &App, repeat: &Repeat, user: UserId, (counted, is_taken): (Option<&Suggested>, bool)) {
    let giving_back = async {
        if let Some(counted) = counted {
            app.accounts.give_suggestion_back(counted).await;
        }
    };
    let letting_go = async {
        if is_taken {
            repeat.let_go(app, user).await;
        }
    };
    tokio::join!(branch(giving_back), branch(letting_go));
}

/// Keeps what was made; where that fails, nothing was.
async fn keep<T>(
    app: &App,
    repeat: &Repeat,
    begun: &Begun<T>,
    plan: Option<&KeptPlan>,
    answer: &Answer,
) -> Result<(), Problem> {
    let user = begun.me.user.id;
    let kept = repeat.finish(app, user, plan, answer).await;
    if kept.is_err() {
        undo(app, repeat, user, (Some(&begun.counted), true)).await;
    }
    kept
}

/// The plan, and what a model says of it if it may and does.
async fn worded(model: &Ai, begun: &Begun<Material>, now: Timestamp) -> KeptPlan {
    let Begun { me, counted, read: Material { open, finished, entries, before } } = begun;
    let logged = |day| entries.iter().filter(|entry| entry.worked_on == day).map(|entry| entry.minutes).sum();
    let workday = (me.user.workday_minutes, me.user.workday_ends);
    let hours = Hours::left(now, &me.user.time_zone, workday, logged);
    let put_off = before.as_ref().map(|before| before.put_off_for(hours.day)).unwrap_or_default();
    let plan = Plan::make(&open.tasks, finished, hours, &put_off);
    let mut kept = KeptPlan {
        made_at: now,
        plan,
        more: open.more || Plan::passes_over_some(&open.tasks),
        put_off,
        summary: String::new(),
        notes: Vec::new(),
        source: FALLBACK.to_owned(),
        model: None,
        reason: None,
    };
    let reason = match (kept.plan.blocks.is_empty(), counted.by_model) {
        (true, _) => NOTHING_TO_WORD,
        (false, false) => OFTEN_ENOUGH,
        (false, true) => match asked(model.name(), model.word(&kept.plan).await) {
            Ok(told) => {
                (kept.summary, kept.notes) = (told.told.summary, told.told.notes);
                (kept.source, kept.model) = (told.provider.as_str().to_owned(), Some(told.model));
                return kept;
            }
            Err(declined) => declined.reason(),
        },
    };
    kept.reason = Some(reason.to_owned());
    kept
}

/// What a model answered; what that cost goes to the metrics.
fn asked<T>(model: &str, Asked { outcome, used }: Asked<T>) -> Result<sprintsync_ai::Told<T>, sprintsync_ai::Declined> {
    let Use { tries, latency_ms, input_tokens, output_tokens, outcome: word, .. } = used;
    if tries > 0 {
        sprintsync_observe::count(Metric::ModelCalls, u64::from(tries));
        sprintsync_observe::count(Metric::ModelFailures, u64::from(outcome.is_err()));
        sprintsync_observe::count(Metric::ModelTokens, input_tokens.saturating_add(output_tokens));
        sprintsync_observe::note("model", model);
        sprintsync_observe::note("outcome", word);
        sprintsync_observe::note("model_latency_ms", latency_ms);
        sprintsync_observe::note("input_tokens", input_tokens);
        sprintsync_observe::note("output_tokens", output_tokens);
    }
    outcome
}
