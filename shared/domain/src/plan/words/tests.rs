//! What a plan says, written out and read back.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::tests::{PLAIN, Spec, any_hours, any_specs, hours, task, tasks, today};
use super::*;
use crate::{Hours, Status, Task, minutes_in};

fn words(open: &[Task], finished: &[Task], logged: i64) -> String {
    Plan::make(open, finished, hours(480, logged), &BTreeSet::new()).in_words()
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
    let finished: Vec<Task> = (0..5).map(|number| named("Done", number, Spec { logged: 40, ..PLAIN })).collect();
    assert_eq!(
        words(&open, &finished, 120),
        "8h day · 2h logged · 6h planned · 0m free\n\
         \n\
         1. Pay “Bob & <Sons>” · 1h 30m (was due 15 Nov)\n\
         2. Ask around · 40m (due today)\n\
         3. Fix the login · 2h (in progress; 30m of 2h 30m done)\n\
         4. Rewrite it all · 1h 50m of 9h left (due 29 Nov; 1h of 10h done)\n\
         \n\
         No estimate for 1: your average is 40m.\n\
         \n\
         Won't fit today (8h 10m)\n\
         - Rewrite it all · 7h 10m more\n\
         - Tidy up · 1h\n\
         \n\
         Over estimate (1)\n\
         - Send it · 1h 15m of 1h"
    );
}

#[test]
fn what_holds_of_many_tasks_is_said_once() {
    let open: Vec<Task> = (0..19).map(|number| task(number, Spec { estimate: None, ..PLAIN })).collect();
    let text = words(&open, &[], 0);
    for said in ["assumed", "No estimate", "Won't fit"] {
        assert_eq!(text.matches(said).count(), 1, "{said}: {text}");
    }
    assert!(text.contains("No estimate for 8: 1h assumed.") && text.contains("Won't fit today (11h)"), "{text}");
}

#[test]
fn where_there_is_nothing_to_plan_it_says_why() {
    assert_eq!(words(&[], &[], 60), "8h day · 1h logged · 0m planned · 7h free\n\nNo open tasks.");
    assert_eq!(
        words(&[task(1, PLAIN)], &[], 510),
        "8h day · 8h 30m logged · 0m planned · 0m free\n\nWon't fit today (1h)\n- Task 1 · 1h"
    );
    assert_eq!(
        words(&[task(1, Spec { logged: 60, ..PLAIN })], &[], 0),
        "8h day · 0m planned · 8h free\n\nAll open tasks have used up their estimates.\n\n\
         Over estimate (1)\n- Task 1 · 1h of 1h"
    );
}

#[test]
fn late_in_the_day_it_names_the_end_and_afterwards_it_is_of_tomorrow() {
    let open =
        [task(1, Spec { estimate: Some(300), due_in: Some(0), ..PLAIN }), task(2, Spec { due_in: Some(1), ..PLAIN })];
    let made = |hours: Hours| Plan::make(&open, &[], hours, &BTreeSet::new()).in_words();
    let late = made(Hours { clock: 59, ..hours(480, 60) });
    assert!(
        late.starts_with("8h day · 1h logged · 59m until 18:00 · 59m planned · 0m free\n\n1. Task 1 · 59m of 5h"),
        "{late}"
    );
    let after = made(Hours { day: today().plus(1), clock: 1_080, is_tomorrows: true, ..hours(480, 0) });
    assert!(
        after.starts_with(
            "Tomorrow, 26 Nov: 8h day · 6h planned · 2h free\n\n\
             1. Task 1 · 5h (was due 25 Nov)\n2. Task 2 · 1h (due tomorrow)"
        ),
        "{after}"
    );
}

#[test]
fn what_was_put_off_stands_by_itself() {
    let open = [task(1, PLAIN), task(2, PLAIN)];
    let text = Plan::make(&open, &[], hours(480, 0), &BTreeSet::from([open[0].id])).in_words();
    assert!(text.contains("1. Task 2 · 1h") && text.ends_with("Not today (1)\n- Task 1 · 1h"), "{text}");
}

#[test]
fn a_long_list_is_cut_and_the_rest_counted() {
    let many = |spec: Spec| (0..47).map(|number| task(number, spec)).collect::<Vec<_>>();
    let too_much = words(&many(Spec { estimate: Some(90), ..PLAIN }), &[], 480);
    assert_eq!(too_much.lines().filter(|line| line.starts_with("- ")).count(), 10);
    assert!(too_much.ends_with("\nand 37 more"), "{too_much}");
    let ten = words(&many(PLAIN)[..10], &[], 480);
    assert!(!ten.contains(" more"), "{ten}");
}

fn long_titles(open: &mut [Task], words: usize) {
    for task in open {
        task.title = vec!["long"; words].join(" ").parse().expect("a title");
    }
}

proptest! {
    #[test]
    fn a_plan_is_under_150_words(open in any_specs(), (workday, logged) in any_hours(), title in 1usize..40) {
        let mut open = tasks(&open);
        long_titles(&mut open, title);
        let put_off = open.iter().take(2).map(|task| task.id).collect();
        let (late, next) = (Hours { clock: 119, ..hours(workday, logged) }, hours(workday, logged));
        let next = Hours { is_tomorrows: true, ..next };
        for hours in [hours(workday, logged), late, next] {
            let words = Plan::make(&open, &[], hours, &put_off).in_words();
            prop_assert!(words.split_whitespace().count() <= MOST_WORDS, "{}", words);
        }
    }

    #[test]
    fn the_words_say_the_sums(open in any_specs(), (workday, logged) in any_hours()) {
        let plan = Plan::make(&tasks(&open), &[], hours(workday, logged), &BTreeSet::new());
        let words = plan.in_words();
        let minutes = |text: &str| minutes_in(text).unwrap_or_else(|| panic!("{text}: no minutes in\n{words}"));
        let heading = words.lines().next().expect("a heading");
        let told = |what: &str| {
            let part = heading.split(" · ").find_map(|part| part.strip_suffix(what)).map(minutes);
            part.unwrap_or_default()
        };
        prop_assert_eq!((told(" planned"), told(" free")), (plan.planned(), plan.free()));
        // Each line's first length of time, after the dot.
        let length = |line: &str| {
            let (_, told) = line.split_once(" · ").expect("a length");
            let ends = [" (", " of ", " more"];
            minutes(ends.into_iter().fold(told, |told, end| told.split(end).next().unwrap_or(told)))
        };
        let numbered = words.lines().filter(|line| {
            line.split_once(". ").is_some_and(|(number, _)| number.chars().all(|c| c.is_ascii_digit()))
        });
        let blocks: Vec<i64> = numbered.map(length).collect();
        prop_assert_eq!(&blocks, &plan.blocks.iter().map(|block| block.minutes).collect::<Vec<_>>(), "{}", words);
        let outside = words.lines().find_map(|line| line.strip_prefix("Won't fit today (")?.strip_suffix(')'));
        prop_assert_eq!(outside.map_or(0, minutes), plan.wanted() - plan.planned());
    }
}
