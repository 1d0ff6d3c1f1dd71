//! Plans of generated tasks, recounted by hand, and plans of a few tasks, written out.

use std::collections::{BTreeSet, HashMap};

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::{Description, Estimate, Timestamp, UserId};

/// What the rules of a plan look at: the due day as days from the plan's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub(super) age: u64,
    pub(super) status: Status,
    pub(super) estimate: Option<i64>,
    pub(super) due_in: Option<i64>,
    pub(super) logged: i64,
}

pub(super) fn today() -> Day {
    "2026-11-25".parse().expect("a day")
}

pub(super) fn task(number: u8, spec: Spec) -> Task {
    let id = |tail: u8| uuid::Builder::from_unix_timestamp_millis(spec.age, &[tail; 10]).into_uuid();
    Task {
        id: id(number).into(),
        owner: UserId::from(id(0)),
        title: format!("Task {number}").parse().expect("a title"),
        description: Description::default(),
        status: spec.status,
        estimate: spec.estimate.map(|minutes| Estimate::try_from(minutes).expect("an estimate")),
        due_on: spec.due_in.map(|days| today().plus(days)),
        total_minutes: spec.logged,
        version: 1,
        created_at: Timestamp::from_ms(0),
        updated_at: Timestamp::from_ms(0),
        completed_at: None,
        status_since: Timestamp::from_ms(0),
    }
}

/// Hours of today with this much logged, that no clock cuts short.
pub(super) fn hours(workday: i64, logged: i64) -> Hours {
    let ends = WorkdayEnd::default();
    Hours { day: today(), workday, logged, clock: 1_440, ends, is_tomorrows: false }
}

fn none() -> BTreeSet<TaskId> {
    BTreeSet::new()
}

fn any_spec() -> impl Strategy<Value = Spec> {
    let status = prop_oneof![4 => Just(Status::Todo), 3 => Just(Status::InProgress), 1 => Just(Status::Done)];
    let estimate = prop_oneof![1 => Just(None), 2 => (1i64..40).prop_map(Some), 2 => (1i64..600).prop_map(Some)];
    let due_in = prop_oneof![1 => Just(None), 2 => (-3i64..12).prop_map(Some)];
    let logged = prop_oneof![3 => Just(0), 1 => -50i64..700];
    (0u64..50, status, estimate, due_in, logged).prop_map(|(age, status, estimate, due_in, logged)| Spec {
        age,
        status,
        estimate,
        due_in,
        logged,
    })
}

pub(super) fn any_specs() -> impl Strategy<Value = Vec<Spec>> {
    prop_oneof![
        40 => proptest::collection::vec(any_spec(), 0..12),
        1 => proptest::collection::vec(any_spec(), 190..220),
    ]
}

pub(super) fn tasks(specs: &[Spec]) -> Vec<Task> {
    specs.iter().zip(0..).map(|(spec, number)| task(number, *spec)).collect()
}

/// A day's hours and what is logged of them: mostly some are left.
pub(super) fn any_hours() -> impl Strategy<Value = (i64, i64)> {
    (1i64..=1_440, prop_oneof![1 => Just(0), 1 => -20i64..60, 1 => 0i64..1_600])
}

/// The median by its definition: no more than half of the lengths are shorter, no more than half are longer.
fn median(finished: &[Spec]) -> Option<i64> {
    let lengths: Vec<i64> = finished.iter().take(50).map(|spec| spec.logged).filter(|logged| *logged > 0).collect();
    if lengths.len() < 5 {
        return None;
    }
    let half = |count: usize| 2 * count <= lengths.len();
    let mut middle: Vec<i64> = Vec::new();
    for length in &lengths {
        let shorter = lengths.iter().filter(|other| *other < length).count();
        let longer = lengths.iter().filter(|other| *other > length).count();
        if half(shorter) && half(longer) {
            middle.push(*length);
        }
    }
    middle.into_iter().min().map(|minutes| if minutes < 15 { 15 } else { minutes })
}

/// Whether a task comes before another, by the words of the rules.
fn before(one: &(Spec, TaskId), other: &(Spec, TaskId)) -> bool {
    let ((a, a_id), (b, b_id)) = (one, other);
    let presses = |spec: &Spec| spec.due_in.is_some_and(|days| days <= 1);
    let working = |spec: &Spec| spec.status == Status::InProgress;
    let soon = |spec: &Spec| spec.due_in.is_some_and(|days| days <= 7);
    if presses(a) || presses(b) {
        if presses(a) != presses(b) {
            return presses(a);
        }
        if a.due_in != b.due_in {
            return a.due_in < b.due_in;
        }
        if working(a) != working(b) {
            return working(a);
        }
        return a_id < b_id;
    }
    if working(a) != working(b) {
        return working(a);
    }
    if working(a) || (soon(a) && soon(b)) {
        return match (a.due_in, b.due_in) {
            (Some(days), Some(others)) if days != others => days < others,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            _ => a_id < b_id,
        };
    }
    if soon(a) != soon(b) { soon(a) } else { a_id < b_id }
}

fn expected_why(spec: Spec) -> Why {
    let due_on = today().plus(spec.due_in.unwrap_or_default());
    match (spec.due_in, spec.status) {
        (Some(..=-1), _) => Why::Overdue { due_on },
        (Some(0), _) => Why::DueToday,
        (Some(1), _) => Why::DueTomorrow,
        (_, Status::InProgress) => Why::InProgress,
        (Some(2..=7), _) => Why::DueSoon { due_on },
        _ => Why::Older,
    }
}

/// Counts a plan over again, from what the tasks say.
fn recount(plan: &Plan, open: &[Spec], finished: &[Spec], workday: i64, logged: i64) -> Result<(), TestCaseError> {
    let usual = median(finished);
    let named = open.iter().zip(tasks(open)).map(|(spec, task)| (*spec, task.id));
    let mut looked_at: Vec<(Spec, TaskId)> = named.filter(|(spec, _)| spec.status != Status::Done).collect();
    looked_at.sort_by(|a, b| if before(a, b) { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater });
    looked_at.truncate(200);
    let blocks: HashMap<TaskId, &Block> = plan.blocks.iter().map(|block| (block.task, block)).collect();
    let left_out: HashMap<TaskId, &LeftOut> = plan.left_out.iter().map(|task| (task.task, task)).collect();
    prop_assert_eq!(blocks.len(), plan.blocks.len(), "no task has two blocks");
    prop_assert_eq!(left_out.len(), plan.left_out.len(), "no task is left out twice");

    // Both lists keep the order.
    let place: HashMap<TaskId, usize> = looked_at.iter().enumerate().map(|(place, (_, id))| (*id, place)).collect();
    let blocks_at: Vec<_> = plan.blocks.iter().map(|block| place.get(&block.task)).collect();
    let left_out_at: Vec<_> = plan.left_out.iter().map(|task| place.get(&task.task)).collect();
    prop_assert!(blocks_at.iter().chain(&left_out_at).all(Option::is_some), "only what was given is planned");
    prop_assert!(blocks_at.is_sorted() && left_out_at.is_sorted());

    // The day is filled from its beginning, and nothing goes where it does not fit.
    let left = if logged > workday { 0 } else { workday - if logged < 0 { 0 } else { logged } };
    let (mut free, mut wanted, mut placed) = (left, 0, 0);
    for (spec, id) in &looked_at {
        let on_it = if spec.logged < 0 { 0 } else { spec.logged };
        let (basis, thought) = match (spec.estimate, usual) {
            (Some(minutes), _) => (Basis::Estimate { minutes, logged: on_it }, minutes),
            (None, Some(minutes)) => (Basis::Usual { minutes, logged: on_it }, minutes),
            (None, None) => (Basis::Default { minutes: 60, logged: on_it }, 60),
        };
        let needs = if thought > on_it { thought - on_it } else { 0 };
        wanted += needs;
        if let Some(block) = blocks.get(id) {
            prop_assert_eq!((block.remaining, block.basis, block.why), (needs, basis, expected_why(*spec)));
            prop_assert!(0 < block.minutes && block.minutes <= needs && block.minutes <= free);
        }
        if let Some(out) = left_out.get(id) {
            prop_assert_eq!((out.basis, out.why), (basis, expected_why(*spec)));
        }
        match (blocks.get(id), left_out.get(id).map(|out| (out.because, out.remaining))) {
            (Some(whole), None) => prop_assert_eq!(whole.minutes, needs),
            (Some(part), Some((Because::Rest { planned }, rest))) => {
                prop_assert_eq!((part.minutes, part.minutes + rest), (planned, needs));
                prop_assert!(part.minutes == free && free >= 15 && rest > 0);
            }
            (None, Some((Because::NoTime, rest))) => prop_assert!(rest == needs && needs > free && free < 15),
            (None, Some((Because::Enough, rest))) => prop_assert!(rest == needs && placed == 12),
            (None, Some((Because::UsedUp, rest))) => prop_assert_eq!((needs, rest), (0, 0)),
            other => prop_assert!(false, "{:?}", other),
        }
        free -= blocks.get(id).map_or(0, |block| block.minutes);
        placed += usize::from(blocks.contains_key(id));
    }
    prop_assert!(plan.blocks.len() <= 12);
    prop_assert_eq!((plan.left(), plan.free(), plan.planned()), (left, free, left - free));
    prop_assert!(plan.logged >= 0 && (plan.logged == logged || logged < 0));
    let lost: i64 = plan.left_out.iter().map(|task| task.remaining).sum();
    prop_assert_eq!((plan.wanted(), plan.planned() + lost), (wanted, wanted));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn every_plan_fits_orders_and_adds_up(
        open in any_specs(),
        finished in proptest::collection::vec(any_spec(), 0..12),
        (workday, logged) in any_hours(),
        turn in any::<Index>(),
    ) {
        let (mut given, done) = (tasks(&open), tasks(&finished));
        let plan = Plan::make(&given, &done, hours(workday, logged), &none());
        recount(&plan, &open, &finished, workday, logged)?;
        if !given.is_empty() {
            given.reverse();
            let turn = turn.index(given.len());
            given.rotate_left(turn);
            prop_assert_eq!(&plan, &Plan::make(&given, &done, hours(workday, logged), &none()));
        }
    }
}

proptest! {
    #[test]
    fn only_the_last_finished_tasks_count(finished in proptest::collection::vec(any_spec(), 0..120)) {
        let open = [Spec { age: 0, status: Status::Todo, estimate: None, due_in: None, logged: 0 }];
        let plan = Plan::make(&tasks(&open), &tasks(&finished), hours(480, 0), &none());
        recount(&plan, &open, &finished, 480, 0)?;
    }

    #[test]
    fn a_plan_is_read_back_as_it_was_written(open in any_specs(), (workday, logged) in any_hours()) {
        let plan = Plan::make(&tasks(&open), &[], hours(workday, logged), &none());
        let text = serde_json::to_string(&plan).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Plan>(&text).expect("a plan"), plan);
    }

    #[test]
    fn no_numbers_break_it(estimate in 1i64..=100_000, on_it: i64, on_another: i64, logged: i64) {
        let spec = Spec { age: 0, status: Status::Todo, estimate: Some(estimate), due_in: None, logged: on_it };
        let open = tasks(&[spec, Spec { estimate: None, ..spec }, Spec { estimate: None, logged: 0, ..spec }]);
        let done = tasks(&[Spec { logged: on_another, ..spec }]);
        let plan = Plan::make(&open, &done, hours(480, logged), &none());
        prop_assert!(plan.planned() <= plan.left() && plan.left() <= 480);
        prop_assert!(!plan.in_words().is_empty());
    }
}

/// A task to do, an hour long, that nothing presses.
pub(super) const PLAIN: Spec = Spec { age: 0, status: Status::Todo, estimate: Some(60), due_in: None, logged: 0 };

fn plan(open: &[Task], minutes: i64) -> Plan {
    Plan::make(open, &[], hours(minutes, 0), &none())
}

/// The numbers of the tasks of the blocks.
fn order(plan: &Plan) -> Vec<&str> {
    plan.blocks.iter().filter_map(|block| block.title.as_str().strip_prefix("Task ")).collect()
}

#[test]
fn what_remains_is_the_estimate_less_what_is_logged() {
    let open = [task(1, Spec { estimate: Some(90), logged: 30, ..PLAIN }), task(2, Spec { logged: -10, ..PLAIN })];
    let plan = plan(&open, 480);
    let told: Vec<_> = plan.blocks.iter().map(|block| (block.minutes, block.basis)).collect();
    assert_eq!(
        told,
        [(60, Basis::Estimate { minutes: 90, logged: 30 }), (60, Basis::Estimate { minutes: 60, logged: 0 })]
    );
}

#[test]
fn without_an_estimate_the_usual_of_five_finished_tasks_stands_in() {
    let open = [task(1, Spec { estimate: None, logged: 10, ..PLAIN })];
    let basis = |lengths: &[i64]| {
        let finished: Vec<Task> = lengths.iter().map(|logged| task(9, Spec { logged: *logged, ..PLAIN })).collect();
        Plan::make(&open, &finished, hours(480, 0), &none()).blocks[0].basis
    };
    assert_eq!(basis(&[]), Basis::Default { minutes: 60, logged: 10 });
    // A timer of a second, or a few, say nothing of what is usual; nor do tasks on which nothing is logged.
    assert_eq!(basis(&[1]), Basis::Default { minutes: 60, logged: 10 });
    assert_eq!(basis(&[300, 20, 45, 50, 0, -5, 0]), Basis::Default { minutes: 60, logged: 10 });
    assert_eq!(basis(&[300, 20, 0, 45, 50, 30]), Basis::Usual { minutes: 45, logged: 10 });
    assert_eq!(basis(&[300, 20, 45, 50, 30, 200]), Basis::Usual { minutes: 45, logged: 10 });
    // Never less than a block that is worth beginning.
    assert_eq!(basis(&[1, 1, 1, 1, 1]), Basis::Usual { minutes: 15, logged: 10 });
    let mut many = [30; 60];
    many[..26].fill(500);
    assert_eq!(basis(&many), Basis::Usual { minutes: 500, logged: 10 });
}

#[test]
fn a_day_has_a_dozen_blocks_at_most() {
    let open: Vec<Task> = (0..122).map(|number| task(number, Spec { estimate: Some(1), ..PLAIN })).collect();
    let plan = plan(&open, 480);
    assert_eq!((plan.blocks.len(), plan.planned(), plan.left_out.len()), (12, 12, 110));
    assert!(plan.left_out.iter().all(|out| out.because == Because::Enough));
}

#[test]
fn no_plan_reaches_past_the_end_of_the_day() {
    let open: Vec<Task> = (0..9).map(|number| task(number, PLAIN)).collect();
    let plan = |clock: i64, logged: i64| {
        let plan = Plan::make(&open, &[], Hours { clock, ..hours(480, logged) }, &none());
        (plan.left(), plan.planned(), plan.is_cut_short())
    };
    assert_eq!(plan(1_080, 0), (480, 480, false));
    assert_eq!(plan(119, 0), (119, 119, true));
    assert_eq!(plan(119, 400), (80, 80, false));
    assert_eq!(plan(0, 0), (0, 0, true));
}

#[test]
fn what_is_put_off_has_no_block_and_gives_its_time_back() {
    let open = [task(1, Spec { due_in: Some(-1), ..PLAIN }), task(2, PLAIN), task(3, Spec { logged: 60, ..PLAIN })];
    let all = open.iter().map(|task| task.id).collect();
    let plan = Plan::make(&open, &[], hours(60, 0), &BTreeSet::from([open[0].id]));
    assert_eq!((order(&plan), plan.left_out[0].because), (vec!["2"], Because::PutOff));
    let none = Plan::make(&open, &[], hours(60, 0), &all);
    let because: Vec<_> = none.left_out.iter().map(|out| out.because).collect();
    assert_eq!((none.free(), because), (60, vec![Because::PutOff, Because::PutOff, Because::UsedUp]));

    // From a plan that is made.
    let mut made = Plan::make(&open, &[], hours(75, 0), &super::tests::none());
    assert_eq!((made.put_off(open[1].id), made.put_off(open[1].id), made.put_off(open[2].id)), (Some(1), None, None));
    assert_eq!((order(&made), made.free(), made.wanted()), (vec!["1"], 15, 120));
    let out: Vec<_> = made.left_out.iter().map(|out| (out.because, out.remaining)).collect();
    assert_eq!(out, [(Because::UsedUp, 0), (Because::PutOff, 60)]);
}

#[test]
fn a_task_that_is_used_up_is_left_out() {
    let open = [task(1, Spec { logged: 60, ..PLAIN }), task(2, Spec { logged: 90, ..PLAIN })];
    let plan = plan(&open, 480);
    assert!(plan.blocks.is_empty());
    assert!(plan.left_out.iter().all(|task| task.because == Because::UsedUp && task.remaining == 0));
    assert_eq!((plan.left_out.len(), plan.wanted(), plan.free()), (2, 0, 480));
}

#[test]
fn the_day_is_never_longer_than_the_workday_and_never_shorter_than_nothing() {
    let left = |logged: i64| Plan::make(&[], &[], hours(480, logged), &none()).left();
    assert_eq!([left(0), left(120), left(480), left(481), left(-60)], [480, 360, 0, 0, 480]);
}

#[test]
fn what_is_due_comes_first_then_what_is_begun_then_what_is_due_soon_then_what_is_old() {
    let begun = Spec { status: Status::InProgress, ..PLAIN };
    let open = [
        task(1, Spec { age: 2, ..PLAIN }),
        task(2, Spec { age: 1, due_in: Some(8), ..PLAIN }),
        task(3, Spec { due_in: Some(7), ..PLAIN }),
        task(4, Spec { due_in: Some(2), ..PLAIN }),
        task(5, begun),
        task(6, Spec { due_in: Some(30), ..begun }),
        task(7, Spec { due_in: Some(1), ..PLAIN }),
        task(8, Spec { due_in: Some(1), age: 9, ..begun }),
        task(9, Spec { due_in: Some(0), ..PLAIN }),
        task(10, Spec { due_in: Some(-1), ..begun }),
        task(11, Spec { due_in: Some(-2), ..PLAIN }),
        task(12, Spec { status: Status::Done, due_in: Some(0), ..PLAIN }),
    ];
    let plan = plan(&open, 1_440);
    assert_eq!(order(&plan), ["11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "1"]);
    let whys: Vec<Why> = plan.blocks.iter().map(|block| block.why).collect();
    assert_eq!(
        whys[..4],
        [
            Why::Overdue { due_on: today().plus(-2) },
            Why::Overdue { due_on: today().plus(-1) },
            Why::DueToday,
            Why::DueTomorrow
        ]
    );
    assert_eq!(
        whys[5..],
        [
            Why::InProgress,
            Why::InProgress,
            Why::DueSoon { due_on: today().plus(2) },
            Why::DueSoon { due_on: today().plus(7) },
            Why::Older,
            Why::Older
        ]
    );
}

#[test]
fn a_part_is_begun_only_when_it_is_worth_it_and_smaller_tasks_still_fit() {
    let open =
        [task(1, PLAIN), task(2, Spec { age: 1, ..PLAIN }), task(3, Spec { age: 2, estimate: Some(14), ..PLAIN })];
    let short = plan(&open, 74);
    assert_eq!((order(&short), short.free()), (vec!["1", "3"], 0));
    assert_eq!(
        short.left_out.iter().map(|out| (out.because, out.remaining)).collect::<Vec<_>>(),
        [(Because::NoTime, 60)]
    );
    let worth = plan(&open, 75);
    assert_eq!((order(&worth), worth.free()), (vec!["1", "2"], 0));
    assert_eq!(
        worth.left_out.iter().map(|out| (out.because, out.remaining)).collect::<Vec<_>>(),
        [(Because::Rest { planned: 15 }, 45), (Because::NoTime, 14)]
    );
}

#[test]
fn what_is_due_is_looked_at_however_many_are_open() {
    let mut open: Vec<Task> = (0..=255).map(|number| task(number, Spec { age: 1, ..PLAIN })).collect();
    open.push(task(7, Spec { age: 9, due_in: Some(0), ..PLAIN }));
    open.push(task(8, Spec { age: 9, due_in: Some(-3), ..PLAIN }));
    let plan = plan(&open, 480);
    assert_eq!(
        plan.blocks[..2].iter().map(|block| block.why).collect::<Vec<_>>(),
        [Why::Overdue { due_on: today().plus(-3) }, Why::DueToday]
    );
    assert_eq!(plan.blocks.len() + plan.left_out.len(), MOST_OPEN);
    assert!(Plan::passes_over_some(&open) && !Plan::passes_over_some(&open[..MOST_OPEN]));
}

#[test]
fn a_task_that_is_given_twice_is_planned_once_as_it_is_now() {
    let was = task(1, PLAIN);
    let now = Task { version: 2, status: Status::InProgress, ..was.clone() };
    for open in [[was.clone(), now.clone()], [now, was]] {
        let plan = plan(&open, 480);
        assert_eq!((plan.blocks.len(), plan.blocks[0].why, plan.wanted()), (1, Why::InProgress, 60));
    }
}

#[test]
fn at_the_end_of_the_calendar_there_is_a_plan_too() {
    let last: Day = "9999-12-31".parse().expect("a day");
    let due = Task { due_on: Some(last), ..task(1, PLAIN) };
    assert_eq!(Plan::make(&[due], &[], Hours { day: last, ..hours(480, 0) }, &none()).blocks[0].why, Why::DueToday);
}
