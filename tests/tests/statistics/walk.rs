//! Many operations, a stream that is treated badly, and a recount.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::Value;
use sprintsync_domain::{DayCounts, Status, Timestamp, UserId};
use tests::{Dice, Lab, Table, operations, run, seed};

use crate::consumer::Consumer;
use crate::model::{Model, Sums, count, utc};
use crate::people::Crowd;

#[test]
fn statistics_are_what_a_recount_says_whatever_happens_to_the_stream() {
    let (lab, first) = (Lab::start(), seed("statistics"));
    let (wanted, mut dice) = (operations(600), Dice::new(first));
    let (mut model, mut consumer) = (Model::default(), Consumer::new());
    let mut crowd = Crowd::new(&lab, &mut model);
    let store = Table::of(&lab.stack).store();
    let (mut rebuilding, mut rebuilt) = (false, 0);
    for done in 0..wanted {
        crowd.act(&lab, &mut model, &mut dice);
        if done % 40 == 39 {
            consumer.take(&lab, &mut dice);
        }
        if dice.below(6) == 0 {
            consumer.step(&lab, &mut dice, false);
        }
        // Now and then all is rebuilt meanwhile, page by page.
        let begins = done % (wanted / 4) == wanted / 8;
        if begins || (rebuilding && dice.below(10) == 0) {
            let so_far = run(store.rebuild(Timestamp::from_ms(0), !begins)).expect("a rebuild");
            rebuilding = !so_far.done;
            rebuilt += usize::from(so_far.done);
        }
        if (done + 1) % (wanted / 3) == 0 && !rebuilding {
            consumer.finish(&lab, &mut dice);
            compare(&lab, &model, &crowd);
        }
    }
    while rebuilding {
        rebuilding = !run(store.rebuild(Timestamp::from_ms(0), true)).expect("a rebuild").done;
    }
    consumer.finish(&lab, &mut dice);
    compare(&lab, &model, &crowd);
    let mut go_on = false;
    while !run(store.rebuild(Timestamp::from_ms(0), go_on)).expect("a rebuild").done {
        go_on = true;
    }
    compare(&lab, &model, &crowd);
    let Consumer { faults, crashes, again, .. } = consumer;
    assert!(faults > 0 && again > 0 && crashes > 0 && rebuilt > 0, "too little went wrong");
    writeln!(
        std::io::stderr(),
        "statistics: seed {first}, {wanted} operations, {} tasks, {faults} faults, {crashes} crashes, {again} records \
         came again, {rebuilt} times rebuilt meanwhile",
        model.tasks.len()
    )
    .expect("standard error");
}

/// Everything that the statistics say, beside the model.
fn compare(lab: &Lab, model: &Model, crowd: &Crowd) {
    let admin = &crowd.admin;
    let mut people: BTreeMap<String, Sums> = BTreeMap::new();
    let mut next = Some("/auth/admin/stats?limit=3".to_owned());
    while let Some(path) = next {
        let answer = admin.get(&path).expect(200);
        next = answer.next();
        let told = answer.json();
        let overview = &told["system_overview"];
        let live: Vec<_> = model.live().map(|(_, task)| task.status).collect();
        let done = count(live.iter().filter(|status| **status == Status::Done).count());
        let rate = if live.is_empty() { 0.0 } else { per_cent(done, count(live.len())) };
        assert_eq!(overview["total_users"], count(model.people.len()), "{overview}");
        assert_eq!(overview["total_tasks"], count(live.len()), "{overview}");
        assert_eq!(overview["completed_tasks"], done, "{overview}");
        assert_eq!(overview["active_tasks"], count(live.len()) - done, "{overview}");
        assert_eq!(overview["completion_rate"], rate, "{overview}");
        for one in told["user_activity"].as_array().expect("people") {
            let number = |name: &str| one[name].as_i64().expect("a number");
            let sums = Sums {
                tasks: number("total_tasks"),
                done: number("completed_tasks"),
                minutes: number("total_minutes"),
            };
            people.insert(one["username"].as_str().expect("a name").to_owned(), sums);
        }
    }
    let expected: BTreeMap<String, Sums> = admin
        .walk("/auth/users?limit=3")
        .0
        .iter()
        .map(|user| {
            let id: UserId = user["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
            (user["username"].as_str().expect("a name").to_owned(), model.sums(id))
        })
        .collect();
    assert_eq!(people, expected, "people");

    let store = Table::of(&lab.stack).store();
    let all = ("2020-01-01".parse().expect("a day"), "2100-01-01".parse().expect("a day"));
    let days: BTreeMap<_, _> = run(store.days(all)).expect("days").into_iter().collect();
    let days: BTreeMap<_, _> = days
        .into_iter()
        .filter(|(_, counts)| *counts != DayCounts::default())
        .map(|(day, counts)| (day, (counts.created, counts.finished, counts.minutes)))
        .collect();
    assert_eq!(days, model.days(), "days");

    for (told, status) in admin.get("/stats/cycle-time").ok(200).as_array().expect("statuses").iter().zip(Status::ALL) {
        let mut lengths = model.lengths.get(&status).cloned().unwrap_or_default();
        lengths.sort_unstable();
        assert_eq!(told["status"], status.as_str());
        assert_eq!(told["count"], count(lengths.len()), "{told}");
        if lengths.is_empty() {
            assert_eq!((&told["mean_seconds"], &told["median_seconds"]), (&Value::Null, &Value::Null));
            continue;
        }
        assert_eq!(told["mean_seconds"], lengths.iter().sum::<i64>() / count(lengths.len()), "{told}");
        let (median, near) = (lengths[(lengths.len() - 1) / 2], told["median_seconds"].as_i64().expect("a median"));
        assert!((near - median).abs() * 16 <= median, "{status}: {near} is not near {median}");
    }
    top_users(lab, model, crowd);
}

fn top_users(lab: &Lab, model: &Model, crowd: &Crowd) {
    let today = utc(lab.clock.now());
    let mut minutes: BTreeMap<UserId, i64> = BTreeMap::new();
    for (who, day, worked) in &model.entries {
        if (today.plus(-6)..=today).contains(day) {
            *minutes.entry(*who).or_default() += worked;
        }
    }
    let mut expected: Vec<i64> = minutes.into_values().filter(|minutes| *minutes > 0).collect();
    expected.sort_unstable_by_key(|minutes| -minutes);
    expected.truncate(5);
    let told = crowd.admin.get("/stats/top-users").ok(200);
    let told: Vec<i64> =
        told.as_array().expect("people").iter().map(|one| one["minutes"].as_i64().expect("minutes")).collect();
    assert_eq!(told, expected, "who worked most");
}

/// Per cent with one decimal, as a person would round it.
fn per_cent(part: i64, all: i64) -> f64 {
    let exact =
        1_000.0 * f64::from(i32::try_from(part).expect("small")) / f64::from(i32::try_from(all).expect("small"));
    exact.round() / 10.0
}
