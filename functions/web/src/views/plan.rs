//! The plan of the day.

use super::Moment;

/// The card on the dashboard.
#[derive(Clone, Debug)]
pub(crate) struct PlanCard {
    /// What makes its forms, sent twice, one write.
    pub(crate) key: String,
    /// Today's plan, if one was made.
    pub(crate) plan: Option<PlanShown>,
}

/// `GET /web/plan`: the card, as it is now.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "plan.html", block = "changed")]
pub(crate) struct PlanChanged {
    /// The card.
    pub(crate) plan: PlanCard,
}

/// A plan of today, or of tomorrow where it was made in the evening.
#[derive(Clone, Debug)]
pub(crate) struct PlanShown {
    /// That it is of tomorrow, and why.
    pub(crate) tomorrow: Option<String>,
    /// `today` or `tomorrow`.
    pub(crate) when: &'static str,
    /// When.
    pub(crate) made: Moment,
    /// Who worded it, or why a model that was asked did not.
    pub(crate) said: Option<String>,
    /// `2 changes since`.
    pub(crate) changed: Option<String>,
    /// The hours of the day: `8h day · 2h logged`.
    pub(crate) hours: String,
    /// What becomes of them: `5h 30m planned · 30m free`.
    pub(crate) sums: String,
    /// What a model says of the whole.
    pub(crate) summary: String,
    /// What is done, one after the other.
    pub(crate) blocks: Vec<PlanLine>,
    /// What does not fit.
    pub(crate) out: Vec<PlanOut>,
    /// How much that is.
    pub(crate) out_sum: String,
    /// What the person put off.
    pub(crate) put_off: Vec<PlanOut>,
    /// On what as much is logged as was thought.
    pub(crate) used_up: Vec<PlanOut>,
    /// Says that there are more tasks than were looked at.
    pub(crate) more: Option<String>,
}

/// A block of a plan.
#[derive(Clone, Debug)]
pub(crate) struct PlanLine {
    /// Id of its task.
    pub(crate) id: String,
    /// The task's title.
    pub(crate) title: String,
    /// Its length.
    pub(crate) minutes: String,
    /// What the task still needs, where the block is a part of it.
    pub(crate) of: Option<String>,
    /// Why it has its place, where that is to be said.
    pub(crate) why: String,
    /// How it is known what the task still needs.
    pub(crate) basis: Option<String>,
    /// What a model says of it.
    pub(crate) note: String,
    /// What became of the task, where it is open no longer: `done`, `deleted`.
    pub(crate) gone: Option<&'static str>,
}

impl PlanLine {
    /// Why it has its place, what part of its task it is, and how that is known: `due today · 1h 5m of 2h`.
    pub(crate) fn told(&self) -> String {
        let of = self.of.as_ref().map(|of| format!("{} of {of}", self.minutes));
        let parts = [Some(self.why.clone()).filter(|why| !why.is_empty()), of, self.basis.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// What does not fit.
#[derive(Clone, Debug)]
pub(crate) struct PlanOut {
    /// Id of the task.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
    /// What it still needs.
    pub(crate) minutes: String,
    /// Why it is left out.
    pub(crate) why: String,
}
