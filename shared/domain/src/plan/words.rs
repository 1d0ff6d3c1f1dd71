//! A plan in plain text.

use super::{Basis, Because, Block, LeftOut, Plan, Why, sum};
use crate::{Day, Title};

/// Words of a plan, at most: what is longer is not read.
const MOST_WORDS: usize = 140;

/// How much is said of each task.
#[derive(Clone, Copy)]
struct Detail {
    /// Words of a title.
    title: usize,
    /// Lines of what does not fit, and of what is over its estimate; of the others it is said how many they are.
    lines: usize,
    /// Why a task has its place.
    reasons: bool,
    /// The sums behind what remains.
    sums: bool,
}

/// From all that can be said to the least: the first that stays within [`MOST_WORDS`] is taken.
const DETAILS: [Detail; 6] = [
    Detail { title: 40, lines: 10, reasons: true, sums: true },
    Detail { title: 12, lines: 5, reasons: true, sums: true },
    Detail { title: 8, lines: 3, reasons: true, sums: false },
    Detail { title: 5, lines: 1, reasons: true, sums: false },
    Detail { title: 4, lines: 0, reasons: true, sums: false },
    Detail { title: 3, lines: 0, reasons: false, sums: false },
];

/// A length of time, as pages show it: `45m`, `1h`, `1h 20m`.
pub fn in_hours(minutes: i64) -> String {
    let sign = if minutes < 0 { "−" } else { "" };
    match (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60) {
        (0, rest) => format!("{sign}{rest}m"),
        (hours, 0) => format!("{sign}{hours}h"),
        (hours, rest) => format!("{sign}{hours}h {rest}m"),
    }
}

impl Plan {
    /// The plan in plain text, under 150 words: the day with its sums, a line a block, then what does not fit and what is
    /// over its estimate. What holds of many tasks is said once; long titles and lists are cut where they have to be.
    pub fn in_words(&self) -> String {
        let mut text = String::new();
        for detail in DETAILS {
            text = self.words(detail);
            if text.split_whitespace().count() <= MOST_WORDS {
                break;
            }
        }
        text
    }

    fn words(&self, detail: Detail) -> String {
        let of = |is: fn(Because) -> bool| self.left_out.iter().filter(move |out| is(out.because)).collect::<Vec<_>>();
        let too_much = of(|because| matches!(because, Because::NoTime | Because::Rest { .. } | Because::Enough));
        let (put_off, used_up) = (of(|because| because == Because::PutOff), of(|because| because == Because::UsedUp));
        let mut parts = vec![self.heading()];
        if self.blocks.is_empty() && too_much.is_empty() && put_off.is_empty() {
            parts.push(match used_up.is_empty() {
                true => "No open tasks.".to_owned(),
                false => "All open tasks have used up their estimates.".to_owned(),
            });
        }
        let blocks: Vec<_> = self
            .blocks
            .iter()
            .zip(1..)
            .map(|(block, number)| format!("{number}. {}", self.block(block, detail)))
            .collect();
        parts.extend((!blocks.is_empty()).then(|| blocks.join("\n")));
        parts.extend(self.assumed());
        let when = if self.is_tomorrows { "tomorrow" } else { "today" };
        let lists = [
            (&too_much, format!("Won't fit {when} ({})", in_hours(needed(&too_much)))),
            (&put_off, format!("Not {when} ({})", put_off.len())),
            (&used_up, format!("Over estimate ({})", used_up.len())),
        ];
        parts.extend(
            lists.into_iter().filter(|(tasks, _)| !tasks.is_empty()).map(|(tasks, head)| list(head, tasks, detail)),
        );
        parts.join("\n\n")
    }

    /// `8h day · 1m logged · 2h planned · 6h free`, with the time until the end of the day where that is shorter.
    fn heading(&self) -> String {
        let logged = (self.logged > 0).then(|| format!("{} logged", in_hours(self.logged)));
        let cut = self.is_cut_short().then(|| format!("{} until {}", in_hours(self.left()), self.ends));
        let sums = [format!("{} planned", in_hours(self.planned())), format!("{} free", in_hours(self.free()))];
        let told = [format!("{} day", in_hours(self.workday))].into_iter().chain(logged).chain(cut).chain(sums);
        let told = told.collect::<Vec<_>>().join(" · ");
        match self.is_tomorrows {
            true => format!("Tomorrow, {}: {told}", self.date(self.day)),
            false => told,
        }
    }

    fn block(&self, block: &Block, detail: Detail) -> String {
        let of =
            (detail.sums && block.minutes < block.remaining).then(|| format!(" of {} left", in_hours(block.remaining)));
        let done = match block.basis {
            Basis::Estimate { minutes, logged } if logged > 0 && detail.sums => {
                Some(format!("{} of {} done", in_hours(logged), in_hours(minutes)))
            }
            Basis::Estimate { .. } | Basis::Usual { .. } | Basis::Default { .. } => None,
        };
        let reasons: Vec<String> = self.why(block.why).filter(|_| detail.reasons).into_iter().chain(done).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) };
        let title = cut(&block.title, detail.title);
        format!("{title} · {}{}{reasons}", in_hours(block.minutes), of.unwrap_or_default())
    }

    /// What stands for the length of the planned tasks that have no estimate.
    fn assumed(&self) -> Option<String> {
        let assumed = self.blocks.iter().filter_map(|block| match block.basis {
            Basis::Estimate { .. } => None,
            Basis::Usual { minutes, .. } => Some(format!("your average is {}", in_hours(minutes))),
            Basis::Default { minutes, .. } => Some(format!("{} assumed", in_hours(minutes))),
        });
        let assumed: Vec<String> = assumed.collect();
        assumed.first().map(|length| format!("No estimate for {}: {length}.", assumed.len()))
    }

    fn why(&self, why: Why) -> Option<String> {
        Some(match why {
            Why::Overdue { due_on } => format!("was due {}", self.date(due_on)),
            Why::DueToday if self.is_tomorrows => "due tomorrow".to_owned(),
            Why::DueToday => "due today".to_owned(),
            Why::DueTomorrow if self.is_tomorrows => format!("due {}", self.date(self.day.plus(1))),
            Why::DueTomorrow => "due tomorrow".to_owned(),
            Why::InProgress => "in progress".to_owned(),
            Why::DueSoon { due_on } => format!("due {}", self.date(due_on)),
            Why::Older => return None,
        })
    }

    /// A day, with its year where that is another than the plan's.
    fn date(&self, day: Day) -> String {
        let shown = if day.date().year() == self.day.date().year() { "%-d %b" } else { "%-d %b %Y" };
        day.date().strftime(shown).to_string()
    }
}

/// A heading, some of its tasks, and how many more there are.
fn list(heading: String, tasks: &[&LeftOut], detail: Detail) -> String {
    let mut lines = vec![heading];
    lines.extend(tasks.iter().take(detail.lines).map(|task| {
        let title = cut(&task.title, detail.title);
        match (task.because, task.basis) {
            (Because::Rest { .. }, _) => format!("- {title} · {} more", in_hours(task.remaining)),
            (
                Because::UsedUp,
                Basis::Estimate { minutes, logged }
                | Basis::Usual { minutes, logged }
                | Basis::Default { minutes, logged },
            ) => {
                format!("- {title} · {} of {}", in_hours(logged), in_hours(minutes))
            }
            (Because::NoTime | Because::Enough | Because::PutOff, _) => {
                format!("- {title} · {}", in_hours(task.remaining))
            }
        }
    }));
    let more = tasks.len().saturating_sub(detail.lines);
    if detail.lines > 0 && more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

/// A title of at most so many words.
fn cut(title: &Title, most: usize) -> String {
    let words: Vec<&str> = title.as_str().split_whitespace().collect();
    match words.get(..most) {
        Some(first) if first.len() < words.len() => format!("{}…", first.join(" ")),
        Some(_) | None => title.to_string(),
    }
}

fn needed(tasks: &[&LeftOut]) -> i64 {
    sum(tasks.iter().map(|task| task.remaining))
}

#[cfg(test)]
mod tests;
