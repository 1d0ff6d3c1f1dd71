//! The lists of administrators, in pages.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Lab, PASSWORD, Person, Table, fresh_name};

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().expect("an id")).collect()
}

/// This many who signed up, the newest first.
fn sign_ups(lab: &Lab, how_many: usize) -> Vec<String> {
    let mut all: Vec<String> = (0..how_many).map(|_| sign_up(lab)).collect();
    all.reverse();
    all
}

fn sign_up(lab: &Lab) -> String {
    let body = json!({"username": fresh_name(), "password": PASSWORD});
    lab.api.post("/auth/signup", &body).ok(201)["id"].as_str().expect("an id").to_owned()
}

fn cursor(person: &Person, path: &str) -> String {
    let next = person.get(path).expect(200).next().unwrap_or_else(|| panic!("{path} has no next page"));
    next.rsplit_once("cursor=").expect("a cursor").1.to_owned()
}

#[test]
fn people_are_listed_newest_first_whatever_a_page_s_length() {
    let lab = Lab::start();
    let admin = lab.admin();
    let mut expected = sign_ups(&lab, 22);
    expected.push(admin.id.clone());
    for (limit, pages) in [(1, 23), (2, 12), (3, 8), (22, 2), (23, 1), (200, 1)] {
        let (items, walked) = admin.walk(&format!("/auth/users?limit={limit}"));
        assert_eq!((ids(&items), walked), (expected.iter().map(String::as_str).collect(), pages), "{limit}");
    }
    let (items, _) = admin.walk("/auth/users");
    assert_eq!(ids(&items), expected);
    let activity = |answer: &Value| answer["user_activity"].as_array().expect("a list").clone();
    let mut next = Some("/auth/admin/stats?limit=2".to_owned());
    let mut names = Vec::new();
    while let Some(path) = next {
        let answer = admin.get(&path).expect(200);
        next = answer.next();
        names.extend(activity(&answer.json()).iter().map(|one| one["username"].clone()));
    }
    assert_eq!(names, items.iter().map(|one| one["username"].clone()).collect::<Vec<_>>());
}

#[test]
fn pages_are_whole_and_without_doubles_while_people_come_and_go() {
    let lab = Lab::start();
    let admin = lab.admin();
    for limit in [1, 2, 5] {
        let leaver = Person::on(&lab.api);
        let before: BTreeSet<String> = sign_ups(&lab, 12).into_iter().collect();
        let (mut seen, mut next, mut pages) = (Vec::new(), Some(format!("/auth/users?limit={limit}")), 0);
        while let Some(path) = next {
            let answer = admin.get(&path).expect(200);
            next = answer.next();
            seen.extend(ids(answer.json().as_array().expect("a list")).into_iter().map(str::to_owned));
            sign_up(&lab);
            pages += 1;
            if pages == 2 {
                leaver.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send().expect(204);
            }
            assert!(pages < 100, "it never ends");
        }
        let all: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(all.len(), seen.len(), "nobody twice");
        assert!(before.is_subset(&all), "everybody who was there");
        assert!(seen.is_sorted_by(|a, b| a > b), "newest first");
    }
}

#[test]
fn a_cursor_leads_on_in_its_own_list_for_whom_it_was_made() {
    let lab = Lab::start();
    let (admin, other) = (lab.admin(), lab.admin());
    for _ in 0..4 {
        admin.call("POST", "/auth/admin/invites").send().expect(201);
        admin.task("x");
    }
    let person = format!("person={}", admin.id);
    let lists = [
        "/auth/users?limit=1".to_owned(),
        "/auth/admin/invites?limit=1".to_owned(),
        "/audit?limit=1".to_owned(),
        "/audit?what=invited&limit=1".to_owned(),
        format!("/audit?{person}&limit=1"),
        format!("/audit?{person}&what=invited&limit=1"),
        "/tasks?limit=1".to_owned(),
    ];
    let cursors: Vec<String> = lists.iter().map(|list| cursor(&admin, list)).collect();
    for (at, list) in lists.iter().enumerate() {
        for (of, cursor) in cursors.iter().enumerate() {
            let path = format!("{list}&cursor={cursor}");
            let answer = admin.get(&path);
            if of == at {
                answer.expect(200);
            } else {
                answer.problem(400);
            }
            other.get(&path).problem(400);
        }
        for bad in ["", "x", "%00", &"A".repeat(3_000), &cursors[at][1..]] {
            admin.get(&format!("{list}&cursor={bad}")).problem(400);
        }
    }
    // The same people, shown with what they did.
    admin.get(&format!("/auth/admin/stats?limit=1&cursor={}", cursors[0])).expect(200);
    other.get(&format!("/auth/admin/stats?limit=1&cursor={}", cursors[0])).problem(400);
    // Who is none any more does not go on either.
    other.patch(&format!("/auth/users/{}", admin.id), &json!({"is_admin": false})).ok(200);
    for (list, cursor) in lists.iter().zip(&cursors).take(6) {
        admin.get(&format!("{list}&cursor={cursor}")).problem(403);
    }
}

#[test]
fn queries_are_checked() {
    let lab = Lab::start();
    let admin = lab.admin();
    for list in ["/auth/users", "/auth/admin/invites", "/auth/admin/stats", "/audit"] {
        for limit in ["0", "201", "-1", "1.5", "x", "", "99999999999999999999"] {
            admin.get(&format!("{list}?limit={limit}")).names(&["limit"]);
        }
        admin.get(&format!("{list}?limit=1&limit=1")).names(&["limit"]);
        admin.get(&format!("{list}?limit=%ff")).problem(400);
        admin.get(&format!("{list}?unknown=1&limit=200")).names(&["unknown"]);
        admin.get(&format!("{list}?limit=200")).expect(200);
    }
    for days in ["0", "91", "-1", "x", "", "7.0", "1e1"] {
        admin.get(&format!("/stats/top-users?days={days}")).names(&["days"]);
    }
    admin.get("/stats/top-users?days=1&days=2").names(&["days"]);
    for days in ["1", "7", "90"] {
        admin.get(&format!("/stats/top-users?days={days}")).ok(200);
    }
    for bad in ["x", "", "me", "00000000-0000-0000-0000-000000000000"] {
        admin.get(&format!("/audit?person={bad}")).names(&["person"]);
    }
    for bad in ["nothing", "", "INVITED", "invited,disabled", "invited%00"] {
        admin.get(&format!("/audit?what={bad}")).names(&["what"]);
    }
    admin.get("/audit?what=invited&what=invited").names(&["what"]);
    // Of somebody whom nobody knows, nothing is known.
    assert_eq!(admin.get("/audit?person=018f2c5e-7700-7abc-8def-0123456789ab").ok(200), json!([]));
}

#[test]
fn the_audit_trail_in_pages_has_each_event_once() {
    let lab = Lab::start();
    let admin = lab.admin();
    for n in 0..9 {
        admin.call("POST", "/auth/admin/invites").send().expect(201);
        if n % 3 == 0 {
            let person = Person::on(&lab.api);
            let path = person.task_path("x");
            admin.post(&format!("{path}/status"), &json!({"status": "done"})).ok(200);
        }
    }
    let whole = admin.walk("/audit?limit=200").0;
    let at = |event: &Value| event["at"].as_str().expect("a time").to_owned();
    assert!(whole.is_sorted_by(|a, b| at(a) >= at(b)), "newest first");
    for limit in [1, 2, 7] {
        assert_eq!(admin.walk(&format!("/audit?limit={limit}")).0, whole, "{limit}");
    }
    for filter in
        ["what=invited".to_owned(), format!("person={}", admin.id), format!("person={}&what=edited", admin.id)]
    {
        let expected = admin.walk(&format!("/audit?{filter}&limit=200")).0;
        assert!(!expected.is_empty(), "{filter}");
        for limit in [1, 2, 7] {
            assert_eq!(admin.walk(&format!("/audit?{filter}&limit={limit}")).0, expected, "{filter} {limit}");
        }
    }
}

#[test]
fn a_search_through_more_than_is_looked_at_at_once_comes_to_its_end() {
    const EVENTS: usize = 2_600;
    let lab = Lab::start();
    let admin = lab.admin();
    admin.put("/auth/admin/sign-up", &json!({"mode": "closed"})).ok(200);
    let store = Table::of(&lab.stack).store();
    tests::run(async {
        let user = store.user(admin.id.parse().expect("an id")).await.expect("the table").expect("a person");
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (store, user) = (store.clone(), user.clone());
                tokio::spawn(async move {
                    let until = sprintsync_http::world().now().plus_seconds(86_400);
                    for n in (writer..EVENTS).step_by(8) {
                        store.create_invite(&format!("of-a-test-{n}"), until, Some(&user), None).await.expect("one");
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.expect("a writer");
        }
    });
    // What is behind all that was looked at: a page may be empty, and leads on.
    let (found, pages) = admin.walk("/audit?what=sign_up_mode_set&limit=1");
    assert_eq!((found.len(), pages > 1), (1, true), "in {pages} pages");
    let (found, _) = admin.walk("/audit?what=signed_in&limit=2");
    assert_eq!(found.len(), 1);
    for path in ["/audit?what=invited&limit=200", "/audit?limit=200"] {
        let found = admin.walk(path).0;
        let invited: BTreeSet<&str> = found.iter().filter_map(|event| event["to"]["invite_id"].as_str()).collect();
        assert_eq!(invited.len(), EVENTS, "{path}");
        assert_eq!(found.len(), EVENTS + if path.contains("what") { 0 } else { 4 }, "{path}: none twice");
    }
    let invites = admin.walk("/auth/admin/invites?limit=199").0;
    assert_eq!(ids(&invites).into_iter().collect::<BTreeSet<_>>().len(), EVENTS);
}
