//! A plan in plain text.

use super::{Basis, Because, Block, LeftOut, Plan, Why, sum};
use crate::Day;

/// Lines of what is left out, at most; of the others it is said how many they are.
const MOST_LINES: usize = 10;

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
    /// The plan in plain text, with its sums: what is left of the day, a line a block, what is planned and free, then
    /// what does not fit and what wants a new estimate, ten lines of each at most.
    pub fn in_words(&self) -> String {
        let (used_up, too_much): (Vec<_>, Vec<_>) =
            self.left_out.iter().partition(|task| task.because == Because::UsedUp);
        let mut parts = vec![self.heading()];
        if self.blocks.is_empty() && too_much.is_empty() {
            parts.push(match used_up.is_empty() {
                true => "No open tasks.".to_owned(),
                false => "All open tasks have used up their estimates.".to_owned(),
            });
        } else if self.left() > 0 {
            let blocks = self.blocks.iter().zip(1..).map(|(block, number)| format!("{number}. {}", self.block(block)));
            parts.extend((!self.blocks.is_empty()).then(|| blocks.collect::<Vec<_>>().join("\n")));
            parts.push(format!("Planned: {}. Free: {}.", in_hours(self.planned()), in_hours(self.free())));
        }
        if !too_much.is_empty() {
            let mut lines = vec![format!("Won't fit today: {}.", in_hours(needed(&too_much)))];
            lines.extend(too_much.iter().take(MOST_LINES).map(|task| format!("- {}", self.too_much(task))));
            if let Some(more @ [_, ..]) = too_much.get(MOST_LINES..) {
                lines.push(format!("and {} more ({})", more.len(), in_hours(needed(more))));
            }
            parts.push(lines.join("\n"));
        }
        if !used_up.is_empty() {
            let mut lines = vec!["Over estimate:".to_owned()];
            lines.extend(used_up.iter().take(MOST_LINES).map(|task| format!("- {}", self.used_up(task))));
            if let Some(more @ [_, ..]) = used_up.get(MOST_LINES..) {
                lines.push(format!("and {} more", more.len()));
            }
            parts.push(lines.join("\n"));
        }
        parts.join("\n\n")
    }

    fn heading(&self) -> String {
        let (workday, logged) = (in_hours(self.workday), in_hours(self.logged));
        match (self.left(), self.logged) {
            (0, _) => format!("{workday} day, {logged} logged, no time left."),
            (left, 0) => format!("{} day, nothing logged yet.", in_hours(left)),
            (left, _) => format!("{workday} day, {logged} logged, {} left.", in_hours(left)),
        }
    }

    fn block(&self, block: &Block) -> String {
        let of = match block.remaining - block.minutes {
            0 => String::new(),
            _ => format!(" of {} left", in_hours(block.remaining)),
        };
        format!("{} · {}{of} ({})", block.title, in_hours(block.minutes), self.reason(block.why, block.basis))
    }

    fn too_much(&self, task: &LeftOut) -> String {
        let (remaining, reason) = (in_hours(task.remaining), self.reason(task.why, task.basis));
        match task.because {
            Because::Rest { planned } => {
                format!("{} · {remaining} left over ({reason}; {} planned)", task.title, in_hours(planned))
            }
            Because::NoTime | Because::UsedUp => format!("{} · {remaining} ({reason}; no time left)", task.title),
        }
    }

    fn used_up(&self, task: &LeftOut) -> String {
        let (logged, of) = match task.basis {
            Basis::Estimate { minutes, logged } => (logged, in_hours(minutes)),
            Basis::Usual { minutes, logged } => (logged, format!("the average {}", in_hours(minutes))),
            Basis::Default { minutes, logged } => (logged, format!("the assumed {}", in_hours(minutes))),
        };
        format!("{} · {} logged of {of} ({})", task.title, in_hours(logged), self.why(task.why))
    }

    /// Why a task stands where it stands, and the sum behind what remains of it where there is one to show.
    fn reason(&self, why: Why, basis: Basis) -> String {
        let why = self.why(why);
        let (logged, sum) = match basis {
            Basis::Estimate { logged: 0, .. } => return why,
            Basis::Estimate { minutes, logged } => {
                return format!("{why}; {} of {} done", in_hours(logged), in_hours(minutes));
            }
            Basis::Usual { minutes, logged } => (logged, format!("no estimate; your average is {}", in_hours(minutes))),
            Basis::Default { minutes, logged } => (logged, format!("no estimate; {} assumed", in_hours(minutes))),
        };
        match logged {
            0 => format!("{why}; {sum}"),
            logged => format!("{why}; {sum}, {} done", in_hours(logged)),
        }
    }

    fn why(&self, why: Why) -> String {
        match why {
            Why::Overdue { due_on } => format!("was due {}", self.day(due_on)),
            Why::DueToday => "due today".to_owned(),
            Why::DueTomorrow => "due tomorrow".to_owned(),
            Why::InProgress => "in progress".to_owned(),
            Why::DueSoon { due_on } => format!("due {}", self.day(due_on)),
            Why::Older => "to do".to_owned(),
        }
    }

    /// A day, with its year where that is another than the plan's.
    fn day(&self, day: Day) -> String {
        let shown = if day.date().year() == self.day.date().year() { "%-d %b" } else { "%-d %b %Y" };
        day.date().strftime(shown).to_string()
    }
}

fn needed(tasks: &[&LeftOut]) -> i64 {
    sum(tasks.iter().map(|task| task.remaining))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{PLAIN, Spec, any_hours, any_specs, hours, task, tasks, today};
    use super::*;
    use crate::{Status, Task, minutes_in};

    fn words(open: &[Task], finished: &[Task], logged: i64) -> String {
        Plan::make(open, finished, today(), hours(480), logged).in_words()
    }

    fn named(title: &str, number: u8, spec: Spec) -> Task {
        Task { title: title.parse().expect("a title"), ..task(number, spec) }
    }

    #[test]
    fn lengths_of_time_read_as_on_the_pages() {
        let shown: Vec<_> = [0, 45, 60, 80, 1_440, -45, -90].into_iter().map(in_hours).collect();
        assert_eq!(shown, ["0m", "45m", "1h", "1h 20m", "24h", "−45m", "−1h 30m"]);
    }

    #[test]
    fn a_plan_reads_from_the_hours_to_what_does_not_fit() {
        let open = [
            named("Fix the login", 1, Spec { status: Status::InProgress, estimate: Some(150), logged: 30, ..PLAIN }),
            named("Pay “Bob & <Sons>”", 2, Spec { due_in: Some(-10), estimate: Some(90), ..PLAIN }),
            named("Ask around", 3, Spec { due_in: Some(0), estimate: None, ..PLAIN }),
            named("Rewrite it all", 4, Spec { due_in: Some(4), estimate: Some(600), logged: 60, ..PLAIN }),
            named("Tidy up", 5, PLAIN),
            named("Send it", 6, Spec { due_in: Some(1), logged: 75, ..PLAIN }),
        ];
        let finished = [named("Done", 9, Spec { logged: 40, ..PLAIN })];
        assert_eq!(
            words(&open, &finished, 120),
            "8h day, 2h logged, 6h left.\n\
             \n\
             1. Pay “Bob & <Sons>” · 1h 30m (was due 15 Nov)\n\
             2. Ask around · 40m (due today; no estimate; your average is 40m)\n\
             3. Fix the login · 2h (in progress; 30m of 2h 30m done)\n\
             4. Rewrite it all · 1h 50m of 9h left (due 29 Nov; 1h of 10h done)\n\
             \n\
             Planned: 6h. Free: 0m.\n\
             \n\
             Won't fit today: 8h 10m.\n\
             - Rewrite it all · 7h 10m left over (due 29 Nov; 1h of 10h done; 1h 50m planned)\n\
             - Tidy up · 1h (to do; no time left)\n\
             \n\
             Over estimate:\n\
             - Send it · 1h 15m logged of 1h (due tomorrow)"
        );
    }

    #[test]
    fn without_an_estimate_it_says_what_is_assumed() {
        let open = [
            task(1, Spec { estimate: None, logged: 20, ..PLAIN }),
            task(2, Spec { estimate: None, logged: 60, ..PLAIN }),
            task(3, Spec { estimate: Some(9), due_in: Some(-400), ..PLAIN }),
        ];
        assert_eq!(
            words(&open, &[], 0),
            "8h day, nothing logged yet.\n\
             \n\
             1. Task 3 · 9m (was due 21 Oct 2025)\n\
             2. Task 1 · 40m (to do; no estimate; 1h assumed, 20m done)\n\
             \n\
             Planned: 49m. Free: 7h 11m.\n\
             \n\
             Over estimate:\n\
             - Task 2 · 1h logged of the assumed 1h (to do)"
        );
        let usual = words(&open[1..2], &[task(9, Spec { logged: 50, ..PLAIN })], 0);
        assert!(usual.ends_with("- Task 2 · 1h logged of the average 50m (to do)"), "{usual}");
    }

    #[test]
    fn where_there_is_nothing_to_plan_it_says_why() {
        assert_eq!(words(&[], &[], 60), "8h day, 1h logged, 7h left.\n\nNo open tasks.");
        assert_eq!(
            words(&[task(1, PLAIN)], &[], 510),
            "8h day, 8h 30m logged, no time left.\n\nWon't fit today: 1h.\n- Task 1 · 1h (to do; no time left)"
        );
        assert_eq!(
            words(&[task(1, Spec { logged: 60, ..PLAIN })], &[], 0),
            "8h day, nothing logged yet.\n\n\
             All open tasks have used up their estimates.\n\n\
             Over estimate:\n\
             - Task 1 · 1h logged of 1h (to do)"
        );
        // Ten minutes are left, which begins nothing.
        assert_eq!(
            words(&[task(1, PLAIN)], &[], 470),
            "8h day, 7h 50m logged, 10m left.\n\nPlanned: 0m. Free: 10m.\n\n\
             Won't fit today: 1h.\n- Task 1 · 1h (to do; no time left)"
        );
    }

    #[test]
    fn a_long_list_is_cut_and_the_rest_counted() {
        let many = |spec: Spec| (0..47).map(|number| task(number, spec)).collect::<Vec<_>>();
        let too_much = words(&many(Spec { estimate: Some(90), ..PLAIN }), &[], 480);
        assert_eq!(too_much.lines().filter(|line| line.starts_with("- ")).count(), 10);
        assert!(too_much.ends_with("\nand 37 more (55h 30m)"), "{too_much}");
        let used_up = words(&many(Spec { logged: 90, ..PLAIN }), &[], 0);
        assert_eq!(used_up.lines().filter(|line| line.starts_with("- ")).count(), 10);
        assert!(used_up.ends_with("\nand 37 more"), "{used_up}");
        let ten = words(&many(PLAIN)[..10], &[], 480);
        assert!(!ten.contains(" more"), "{ten}");
    }

    proptest! {
        #[test]
        fn the_words_say_the_sums(open in any_specs(), (workday, logged) in any_hours()) {
            let plan = Plan::make(&tasks(&open), &[], today(), hours(workday), logged);
            let words = plan.in_words();
            let minutes = |text: &str| minutes_in(text).unwrap_or_else(|| panic!("{text}: no minutes in\n{words}"));
            // Each line's first length of time, after the dot.
            let length = |line: &str| {
                let (_, told) = line.split_once(" · ").expect("a length");
                let ends = [" (", " of ", " left over"];
                minutes(ends.into_iter().fold(told, |told, end| told.split(end).next().unwrap_or(told)))
            };
            let numbered = words.lines().filter(|line| line.starts_with(char::is_numeric) && line.contains(" · "));
            let blocks: Vec<i64> = numbered.map(length).collect();
            prop_assert_eq!(&blocks, &plan.blocks.iter().map(|block| block.minutes).collect::<Vec<_>>(), "{}", words);
            if let Some(sums) = words.lines().find_map(|line| line.strip_prefix("Planned: ")) {
                let (planned, free) = sums.trim_end_matches('.').split_once(". Free: ").expect("two sums");
                prop_assert_eq!(minutes(planned), blocks.iter().sum::<i64>());
                prop_assert_eq!(minutes(planned) + minutes(free), plan.left());
            } else {
                prop_assert!(blocks.is_empty());
            }
            let mut outside = words.split("\n\n").filter(|part| part.starts_with("Won't fit today: "));
            if let Some(part) = outside.next() {
                let total = part.lines().find_map(|line| line.strip_prefix("Won't fit today: ")).expect("a sum");
                let listed: i64 = part.lines().filter(|line| line.starts_with("- ")).map(length).sum();
                let more = part.lines().find_map(|line| line.strip_prefix("and ")?.strip_suffix(')'));
                let more = more.and_then(|more| more.split_once(" more (")).map_or(0, |(_, more)| minutes(more));
                prop_assert_eq!(minutes(total.trim_end_matches('.')), listed + more);
                prop_assert_eq!(listed + more, plan.wanted() - plan.planned());
                prop_assert!(part.lines().count() <= 12);
            } else {
                prop_assert_eq!(plan.wanted(), plan.planned());
            }
        }
    }
}
