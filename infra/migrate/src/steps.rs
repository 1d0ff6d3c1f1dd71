//! The migrations, one after the other.

use sprintsync_store::{Step, Store};

use crate::Progress;

/// Items that are looked at before it is written down how far the step is.
const PAGE: usize = 200;

/// Why the migrations did not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table.
    #[error("the table")]
    Store(#[from] sprintsync_store::Error),
    /// Somebody else runs them too, and has come further.
    #[error("another migration is running. This one stops; nothing is lost")]
    AnotherRun,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// The step.
    pub step: Step,
    /// Items that there are.
    pub items: u64,
    /// Items that are not as the step leaves them, before it ran.
    pub to_change: u64,
    /// Items that it changed in this run.
    pub changed: u64,
}

/// Counts what each step has to do, and does it, unless this is a `dry_run`. A step that was done before is counted too:
/// where older code has written since, it is done again.
///
/// # Errors
/// What stands in the way. Whatever was done stays done, and the next run goes on from there.
pub async fn run(store: &Store, dry_run: bool, progress: &mut Progress) -> Result<Vec<Ran>, Error> {
    let mut all = Vec::new();
    for step in Step::ALL {
        let mut ran = count(store, step, progress).await?;
        if !dry_run {
            ran.changed = apply(store, &ran, progress).await?;
        }
        all.push(ran);
    }
    Ok(all)
}

async fn count(store: &Store, step: Step, progress: &mut Progress) -> Result<Ran, Error> {
    let mut ran = Ran { step, items: 0, to_change: 0, changed: 0 };
    let mut after = None;
    loop {
        let stretch = store.count_stretch(step, after.as_ref(), PAGE).await?;
        ran.items += stretch.looked_at;
        ran.to_change += stretch.changes;
        progress.at(&format!("{step}: counting"), ran.items, None);
        after = stretch.end;
        if after.is_none() {
            break;
        }
    }
    progress.end(&format!("{step}: {} items, {} to change", ran.items, ran.to_change));
    Ok(ran)
}

async fn apply(store: &Store, counted: &Ran, progress: &mut Progress) -> Result<u64, Error> {
    let step = counted.step;
    let mut state = store.migrations().await?;
    let unfinished = state.of(step).filter(|step| step.finished_at.is_none());
    let (before, behind) = unfinished.map_or((0, 0), |step| (step.changes, step.looked_at));
    if counted.to_change == 0 && unfinished.is_none() && state.of(step).is_some() {
        return Ok(0);
    }
    if behind > 0 {
        progress.end(&format!("{step}: resuming after {behind} items"));
    }
    loop {
        state = match store.migrate_stretch(&state, step, PAGE).await {
            Ok(state) => state,
            Err(sprintsync_store::Error::Stale { .. }) => return Err(Error::AnotherRun),
            Err(error) => return Err(error.into()),
        };
        let Some(at) = state.of(step) else { return Ok(0) };
        progress.at(&step.to_string(), at.looked_at, Some(counted.items.max(at.looked_at)));
        if at.finished_at.is_some() {
            let changed = at.changes - before;
            progress.end(&format!("{step}: done, {changed} changes in this run, {} in total", at.changes));
            return Ok(changed);
        }
    }
}
