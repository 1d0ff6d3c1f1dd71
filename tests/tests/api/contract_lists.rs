//! Lists in pages.

use std::collections::HashSet;

use serde_json::{Value, json};
use tests::{Person, api};

const STATUSES: [&str; 3] = ["todo", "in_progress", "done"];

/// Someone with this many tasks: number n has the n-th status of three in turn.
fn someone_with(tasks: usize) -> Person {
    let person = Person::new();
    for n in 0..tasks {
        let body = json!({"title": format!("Task {n}"), "status": STATUSES[n % 3]});
        person.post("/tasks", &body).ok(201);
    }
    person
}

fn titles(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["title"].as_str().expect("a title")).collect()
}

#[test]
fn pages_have_no_gap_and_no_repetition_and_are_newest_first() {
    let person = someone_with(123);
    let expected: Vec<String> = (0..123).rev().map(|n| format!("Task {n}")).collect();
    for (path, pages) in [("/tasks", 3), ("/tasks?limit=50", 3), ("/tasks?limit=41", 3), ("/tasks?limit=123", 1)] {
        let (items, walked) = person.walk(path);
        assert_eq!(titles(&items), expected, "{path}");
        assert_eq!(walked, pages, "{path}");
    }
    assert_eq!(person.walk("/tasks?limit=1").0.len(), 123);
    let first = person.get("/tasks").ok(200);
    assert_eq!(first.as_array().map(Vec::len), Some(50));
    for (offset, status) in STATUSES.iter().enumerate() {
        let (items, pages) = person.walk(&format!("/tasks?status={status}&limit=20"));
        let expected: Vec<String> = (0..123).rev().filter(|n| n % 3 == offset).map(|n| format!("Task {n}")).collect();
        assert_eq!((titles(&items), pages), (expected.iter().map(String::as_str).collect(), 3), "{status}");
        assert!(items.iter().all(|item| item["status"] == *status));
    }
    // Two hundred at most, and each item once whatever the page's length.
    let ids: HashSet<String> = person.walk("/tasks?limit=200").0.iter().map(|item| item["id"].to_string()).collect();
    assert_eq!(ids.len(), 123);
}

#[test]
fn writes_between_pages_neither_repeat_nor_hide_what_stays() {
    let person = someone_with(30);
    let first = person.get("/tasks?limit=10").expect(200);
    let items = first.json();
    let second = items[9]["id"].as_str().expect("an id").to_owned();
    // The item at which the page ended goes, one before it is edited, one is added.
    person.delete(&format!("/tasks/{second}")).expect(204);
    person.patch(&format!("/tasks/{}", items[3]["id"].as_str().expect("an id")), &json!({"title": "Edited"})).ok(200);
    person.task("New");
    let (rest, _) = person.walk(&first.next().expect("a next page"));
    let expected: Vec<String> = (0..20).rev().map(|n| format!("Task {n}")).collect();
    assert_eq!(titles(&rest), expected);
    // A filtered walk goes on though its place has left the filter.
    let first = person.get("/tasks?status=todo&limit=3").expect(200);
    let last = first.json()[2]["id"].as_str().expect("an id").to_owned();
    let before: Vec<Value> = person.walk("/tasks?status=todo").0;
    person.post(&format!("/tasks/{last}/status"), &json!({"status": "done"})).ok(200);
    let (rest, _) = person.walk(&first.next().expect("a next page"));
    assert_eq!(rest, before[3..]);
}

#[test]
fn entries_and_history_are_paged_too() {
    let person = Person::new();
    let path = person.task_path("x");
    for n in 1..=23 {
        person.post(&format!("{path}/time"), &json!({"minutes": n})).ok(201);
    }
    let (entries, pages) = person.walk(&format!("{path}/time?limit=5"));
    let minutes: Vec<i64> = entries.iter().map(|entry| entry["minutes"].as_i64().expect("minutes")).collect();
    assert_eq!((minutes, pages), ((1..=23).rev().collect(), 5));
    let (events, pages) = person.walk(&format!("{path}/history?limit=5"));
    assert_eq!((events.len(), pages), (24, 5));
    assert_eq!(events[23]["what"], "created");
    assert_eq!(events[0]["to"]["minutes"], 23);
    assert_eq!(person.get(&format!("{path}/time?limit=23")).expect(200).next(), None);
}

#[test]
fn the_next_page_keeps_the_query() {
    let person = someone_with(7);
    let first = person.get("/tasks?status=todo&limit=2").expect(200);
    let next = first.next().expect("a next page");
    assert!(next.starts_with("/tasks?status=todo&limit=2&cursor="), "{next}");
    assert_eq!(person.get(&next).expect(200).next(), None);
    // A list that ends exactly at its limit has no next page.
    assert_eq!(person.get("/tasks?limit=7").expect(200).next(), None);
    assert_eq!(Person::new().get("/tasks").expect(200).next(), None);
}

fn cursor(person: &Person, path: &str) -> String {
    let next = person.get(path).expect(200).next().expect("a next page");
    next.rsplit_once("cursor=").expect("a cursor").1.to_owned()
}

#[test]
fn a_cursor_leads_nowhere_but_on() {
    let (person, other) = (someone_with(9), someone_with(4));
    let path = person.task_path("x");
    let second = person.task_path("y");
    for _ in 0..3 {
        person.post(&format!("{path}/time"), &json!({"minutes": 1})).ok(201);
        person.post(&format!("{second}/time"), &json!({"minutes": 1})).ok(201);
    }
    let lists = [
        "/tasks?limit=2".to_owned(),
        "/tasks?status=todo&limit=2".to_owned(),
        "/tasks?status=done&limit=2".to_owned(),
        format!("{path}/time?limit=2"),
        format!("{second}/time?limit=2"),
        format!("{path}/history?limit=2"),
    ];
    let cursors: Vec<String> = lists.iter().map(|list| cursor(&person, list)).collect();
    for (at, list) in lists.iter().enumerate() {
        for (of, cursor) in cursors.iter().enumerate() {
            let answer = person.get(&format!("{list}&cursor={cursor}"));
            if of == at {
                answer.expect(200);
            } else {
                answer.problem(400);
            }
        }
    }
    other.get(&format!("/tasks?limit=2&cursor={}", cursors[0])).problem(400);
    // Another limit is another page of the same list.
    person.get(&format!("/tasks?limit=3&cursor={}", cursors[0])).expect(200);
    let good = &cursors[0];
    let swapped = |at: usize| {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &good[..at], &good[at + 1..])
    };
    let mut bad: Vec<String> = (0..good.len()).step_by(7).map(swapped).collect();
    bad.extend(["".to_owned(), "x".to_owned(), "%20".to_owned(), format!("{good}x"), good[1..].to_owned()]);
    bad.extend(["A".repeat(5_000), "null".to_owned(), "%00".to_owned(), "..%2F..".to_owned(), format!("{good}%3D")]);
    for bad in bad {
        person.get(&format!("/tasks?cursor={bad}")).problem(400);
    }
    api().get(&format!("/tasks?cursor={good}")).problem(401);
}

#[test]
fn queries_are_checked() {
    let person = someone_with(3);
    for limit in ["0", "201", "-1", "1.5", "x", "", "%20", "1e2", "99999999999999999999", "0x10"] {
        person.get(&format!("/tasks?limit={limit}")).names(&["limit"]);
    }
    for limit in ["1", "200"] {
        person.get(&format!("/tasks?limit={limit}")).expect(200);
    }
    for status in ["doing", "TODO", "", "todo,done", "todo%00", "%3Cscript%3E"] {
        person.get(&format!("/tasks?status={status}")).names(&["status"]);
    }
    for (query, field) in [
        ("limit=1&limit=2", "limit"),
        ("status=todo&status=done", "status"),
        ("status=todo&status=todo", "status"),
        ("cursor=a&cursor=b", "cursor"),
    ] {
        person.get(&format!("/tasks?{query}")).names(&[field]);
    }
    person.get("/tasks?status=%ff").problem(400);
    person.get("/tasks?status=t%6Fdo").expect(200);
    for path in ["time", "history"] {
        let path = format!("{}/{path}", person.task_path("x"));
        person.get(&format!("{path}?limit=0")).names(&["limit"]);
        person.get(&format!("{path}?limit=1&limit=1")).names(&["limit"]);
        person.get(&format!("{path}?cursor=x")).problem(400);
    }
}

#[test]
fn a_page_ends_at_a_megabyte_and_goes_on() {
    let person = Person::new();
    let description = "x".repeat(10_000);
    for n in 0..120 {
        person.post("/tasks", &json!({"title": format!("Task {n}"), "description": description})).ok(201);
    }
    let first = person.get("/tasks?limit=200").expect(200);
    let count = first.json().as_array().map_or(0, Vec::len);
    assert!((50..120).contains(&count), "{count} items of ten kilobytes");
    assert!(first.next().is_some());
    let (items, _) = person.walk("/tasks?limit=200");
    let expected: Vec<String> = (0..120).rev().map(|n| format!("Task {n}")).collect();
    assert_eq!(titles(&items), expected);
}
