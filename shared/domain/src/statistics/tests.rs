use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{Change, Description, EntryId, Minutes, NewEntry, NewTask, Note, Task, TaskEdit, TaskId};

const DAY: i64 = 86_400;

fn person(number: u64) -> UserId {
    UserId::from(uuid::Builder::from_unix_timestamp_millis(number, &[0; 10]).into_uuid())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(1_700_000_000_000).plus_seconds(seconds)
}

fn new(status: Status, minutes: i64) -> Change {
    let new = NewTask {
        title: "Count it".parse().expect("title"),
        description: Description::default(),
        status,
        estimate: None,
        due_on: None,
        logged: Minutes::try_from(minutes).ok(),
    };
    let ids = (TaskId::from(Uuid::from_u128(9)), EntryId::from(Uuid::from_u128(8)));
    Task::create(new, ids.0, ids.1, person(1), at(0), utc(at(0)))
}

fn of(event: &Event) -> Statistics {
    Statistics::of(event).expect("it says what is around it")
}

/// What a task's life adds up to, and the task as it is then; without one, it is in the trash or erased.
fn lived(steps: &[(u8, i64)]) -> (Statistics, Option<Task>) {
    let first = new(Status::Todo, 0);
    let (mut sum, mut task, mut live, mut now) = (of(&first.event), first.task, true, at(0));
    for (step, seconds) in steps {
        now = now.plus_seconds(*seconds);
        let change = match (step, live) {
            (0..=2, true) => {
                let status = Status::ALL[usize::from(*step)];
                task.edit(&TaskEdit::status(status), person(1), now)
            }
            (3 | 4, true) => task.assign(person(u64::from(*step)), person(7), now),
            (5, true) => {
                live = false;
                Some(task.delete(person(1), now))
            }
            (5.., false) => {
                live = true;
                Some(task.restore(person(1), now))
            }
            (_, true) => {
                let minutes = Minutes::try_from(30).expect("minutes");
                let entry = NewEntry { minutes, note: Note::default(), worked_on: utc(now) };
                Some(task.log(entry, EntryId::from(Uuid::from_u128(8)), task.owner, now))
            }
            _ => None,
        };
        if let Some(change) = change {
            sum += of(&change.event);
            task = change.task;
        }
    }
    (sum, live.then_some(task))
}

proptest! {
    #[test]
    fn counts_follow_the_task(steps in prop::collection::vec((0_u8..8, 0_i64..3 * DAY), 0..30)) {
        let (sum, task) = lived(&steps);
        let mut expected = TaskCounts { minutes: sum.all.minutes, ..TaskCounts::default() };
        if let Some(task) = &task {
            expected.add(task.status, 1);
            prop_assert_eq!(sum.all.minutes, task.total_minutes);
            for (owner, counts) in &sum.people {
                prop_assert_eq!(counts.tasks(), i64::from(*owner == task.owner));
            }
            // It was finished once, on the day on which it was, for whoever has it.
            let finished: Vec<_> = sum.days.iter().filter(|(_, counts)| counts.finished != 0).collect();
            let done = task.completed_at.map(|done| (utc(done), task.owner));
            prop_assert_eq!(finished.iter().map(|(day, _)| **day).collect::<Vec<_>>(), done.into_iter().collect::<Vec<_>>());
        }
        prop_assert_eq!(sum.all, expected);
        prop_assert_eq!(sum.days.values().map(|day| day.created).sum::<i64>(), 1);
        prop_assert_eq!(sum.days.values().map(|day| day.minutes).sum::<i64>(), sum.all.minutes);
        prop_assert!(sum.durations.values().all(|durations| durations.seconds >= 0));
    }
}

#[test]
fn time_in_the_trash_is_no_time_in_a_status() {
    let task = new(Status::Todo, 0).task;
    let trashed = task.delete(person(1), at(100)).task;
    let back = trashed.restore(person(1), at(5_000)).task;
    let begun = back.edit(&TaskEdit::status(Status::InProgress), person(1), at(5_050)).expect("a change");
    let durations = of(&begun.event).durations;
    assert_eq!(durations.get(&Status::Todo).map(|todo| (todo.count, todo.seconds)), Some((1, 150)));
}

#[test]
fn minutes_count_for_who_worked_on_the_day_that_was_worked() {
    let first = new(Status::Done, 45);
    let sum = of(&first.event);
    let day = DayCounts { created: 1, finished: 1, minutes: 45 };
    assert_eq!(sum.days, BTreeMap::from([((utc(at(0)), person(1)), day)]));
    let entry = first.entry.expect("an entry");
    let assigned = first.task.assign(person(2), person(7), at(DAY)).expect("a change");
    let back = assigned.task.reverse(&entry, EntryId::from(Uuid::from_u128(3)), person(7), at(2 * DAY));
    let sum = of(&back.event);
    let day = DayCounts { minutes: -45, ..DayCounts::default() };
    assert_eq!(sum.days, BTreeMap::from([((utc(at(0)), person(1)), day)]));
}

#[test]
fn an_event_that_says_nothing_of_its_task_is_not_guessed_at() {
    let event = new(Status::Todo, 0).event;
    assert_eq!(Statistics::of(&Event { around: None, ..event }), None);
}

#[test]
fn a_rate_is_rounded_and_zero_of_nothing() {
    assert_eq!(TaskCounts::default().completion_permille(), 0);
    assert_eq!(TaskCounts { todo: 2, done: 1, ..TaskCounts::default() }.completion_permille(), 333);
    assert_eq!(TaskCounts { todo: 1, done: 2, ..TaskCounts::default() }.completion_permille(), 667);
    assert_eq!(TaskCounts { done: 2, ..TaskCounts::default() }.completion_permille(), 1_000);
}
