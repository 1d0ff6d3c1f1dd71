use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn someone() -> UserId {
    UserId::from(Uuid::from_u128(1))
}

fn new() -> NewTask {
    NewTask {
        title: "Write it down".parse().expect("title"),
        description: Description::default(),
        status: Status::Todo,
        estimate: None,
        due_on: None,
        logged: None,
    }
}

fn task() -> Task {
    Task::create(
        new(),
        TaskId::from(Uuid::from_u128(2)),
        EntryId::from(Uuid::from_u128(3)),
        someone(),
        at(0),
        day_today(),
    )
    .task
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(0).plus_seconds(seconds)
}

fn day_today() -> Day {
    "2026-11-23".parse().expect("day")
}

#[test]
fn minutes_stated_at_the_start_are_the_first_entry() {
    let stated = NewTask { logged: Minutes::try_from(45).ok(), ..new() };
    let change = Task::create(
        stated,
        TaskId::from(Uuid::from_u128(2)),
        EntryId::from(Uuid::from_u128(3)),
        someone(),
        at(0),
        day_today(),
    );
    assert_eq!(change.entry.map(|entry| (entry.minutes, entry.worked_on)), Some((45, day_today())));
    assert_eq!(change.task.total_minutes, 45);
    assert_eq!(change.event.to.get("total_minutes"), Some(&json!(45)));
}

#[test]
fn an_edit_to_the_same_is_no_change() {
    let same =
        TaskEdit { title: Some(task().title), status: Some(Status::Todo), due_on: Some(None), ..TaskEdit::default() };
    assert_eq!(task().edit(&same, someone(), at(1)), None);
}

#[test]
fn an_event_holds_only_what_changed() {
    let edit =
        TaskEdit { estimate: Some(Estimate::try_from(30).ok()), title: Some(task().title), ..TaskEdit::default() };
    let change = task().edit(&edit, someone(), at(1)).expect("a change");
    assert_eq!(Value::Object(change.event.from), json!({"estimate_minutes": null}));
    assert_eq!(Value::Object(change.event.to), json!({"estimate_minutes": 30}));
}

#[test]
fn done_is_dated_once_and_undone_again() {
    let done = task().edit(&TaskEdit::status(Status::Done), someone(), at(5)).expect("a change").task;
    assert_eq!(done.completed_at, Some(at(5)));
    let renamed = TaskEdit { title: "Other".parse().ok(), status: Some(Status::Done), ..TaskEdit::default() };
    assert_eq!(done.edit(&renamed, someone(), at(9)).expect("a change").task.completed_at, Some(at(5)));
    let undone = done.edit(&TaskEdit::status(Status::Todo), someone(), at(9)).expect("a change").task;
    assert_eq!(undone.completed_at, None);
}

#[test]
fn nobody_works_tomorrow() {
    let worked = |text: &str| text.parse::<Day>().and_then(|day| day.worked(day_today()));
    assert!(worked("2026-11-24").is_err());
    assert!(worked("2026-11-23").is_ok() && worked("2020-01-01").is_ok());
}

#[test]
fn logged_minutes_add_up_and_raise_the_version() {
    let minutes = |minutes| NewEntry {
        minutes: Minutes::try_from(minutes).expect("minutes"),
        note: Note::default(),
        worked_on: day_today(),
    };
    let log = |task: &Task, new| task.log(new, EntryId::from(Uuid::from_u128(4)), someone(), at(1)).task;
    let after = log(&log(&task(), minutes(5)), minutes(40));
    assert_eq!((after.total_minutes, after.version), (45, 3));
}

#[test]
fn an_entry_taken_back_leaves_the_sum_as_it_was() {
    let new =
        NewEntry { minutes: Minutes::try_from(45).expect("minutes"), note: Note::default(), worked_on: day_today() };
    let logged = task().log(new, EntryId::from(Uuid::from_u128(4)), someone(), at(1));
    let entry = logged.entry.expect("an entry");
    let back = logged.task.reverse(&entry, EntryId::from(Uuid::from_u128(5)), someone(), at(2));
    let opposite = back.entry.expect("an entry");
    assert_eq!((back.task.total_minutes, back.task.version), (0, 3));
    assert_eq!((opposite.minutes, opposite.worked_on, opposite.reverses), (-45, entry.worked_on, Some(entry.id)));
    assert_eq!(back.event.what, What::TimeReversed);
}

#[test]
fn minutes_added_beside_others_say_nothing_of_the_sum() {
    let new =
        NewEntry { minutes: Minutes::try_from(45).expect("minutes"), note: Note::default(), worked_on: day_today() };
    let logged = task().log(new, EntryId::from(Uuid::from_u128(4)), someone(), at(1));
    assert_eq!(logged.event.beside, None);
    let beside = logged.clone().beside_others();
    assert_eq!(beside.event.beside, logged.entry.as_ref().map(|entry| entry.id));
    assert_eq!((beside.event.from.len(), beside.event.to.contains_key("total_minutes")), (0, false));
    for name in ["entry_id", "minutes", "worked_on"] {
        assert_eq!(beside.event.to.get(name), logged.event.to.get(name), "{name}");
    }
    assert_eq!((beside.event.version, beside.event.around), (2, logged.event.around), "and it counts as it did");
    assert_eq!(beside.entry, logged.entry);
}

#[test]
fn time_does_not_run_backwards() {
    let later = task().edit(&TaskEdit::status(Status::Done), someone(), at(10)).expect("a change").task;
    assert_eq!(later.delete(someone(), at(3)).task.updated_at, at(10));
}

proptest! {
    #[test]
    fn only_the_three_statuses_parse(text in "\\PC{0,12}|todo|in_progress|done") {
        let known = ["todo", "in_progress", "done"].contains(&text.as_str());
        prop_assert_eq!(text.parse::<Status>().map(Status::as_str).ok(), known.then_some(text.as_str()));
    }

    #[test]
    fn each_change_makes_the_next_version_and_an_event_of_it(statuses in proptest::collection::vec(0usize..3, 1..30)) {
        let mut current = task();
        for (step, status) in statuses.into_iter().enumerate() {
            let status = Status::ALL.get(status).copied().unwrap_or_default();
            if let Some(change) = current.edit(&TaskEdit::status(status), someone(), at(step as i64)) {
                prop_assert_eq!(change.task.version, current.version + 1);
                prop_assert_eq!(change.event.version, change.task.version);
                prop_assert_eq!(change.task.completed_at.is_some(), status == Status::Done);
                current = change.task;
            } else {
                prop_assert_eq!(current.status, status);
            }
        }
    }
}
