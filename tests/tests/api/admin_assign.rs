//! A task for somebody else.

use serde_json::{Value, json};
use tests::{Answer, PASSWORD, Person, api};

use crate::callers::ADMIN;

fn give(path: &str, to: &Person) -> Answer {
    ADMIN.post(&format!("{path}/assign"), &json!({"user_id": to.id}))
}

/// A person's entries of this task, by day.
fn days(person: &Person, path: &str) -> Vec<Value> {
    let days = person.walk("/time?from=2020-01-01&to=2100-01-01&limit=200").0;
    days.into_iter().filter(|entry| path.ends_with(entry["task_id"].as_str().expect("an id"))).collect()
}

fn start(person: &Person, path: &str) {
    person.call("POST", &format!("{path}/timer/start")).send().ok(201);
}

#[test]
fn task_entries_and_history_are_read_by_the_new_owner_and_the_former_gets_404() {
    let (former, new) = (Person::new(), Person::new());
    let path = former.task_path("Handed over");
    let entry = former.post(&format!("{path}/time"), &json!({"minutes": 25, "note": "By the former"})).ok(201);
    let before = former.patch(&path, &json!({"description": "A text", "status": "in_progress"})).ok(200);
    let cursor = former.get(&format!("{path}/history?limit=1")).expect(200).next().expect("a next page");
    let answer = give(&path, &new).expect(200);
    let task = answer.json();
    assert_eq!(answer.header("etag"), Some("\"4\""));
    assert_eq!((&task["user_id"], &task["version"]), (&json!(new.id), &json!(4)));
    for field in ["id", "title", "description", "status", "estimate_minutes", "due_on", "total_minutes", "created_at"] {
        assert_eq!(task[field], before[field], "{field}");
    }
    assert_eq!(new.get(&path).ok(200), task);
    assert_eq!(new.get("/tasks").ok(200), json!([task]));
    assert_eq!(new.get("/tasks?status=in_progress").ok(200), json!([task]));
    assert_eq!(new.get(&format!("{path}/time")).ok(200), json!([entry]));
    let history = new.get(&format!("{path}/history")).ok(200);
    let what: Vec<&Value> = history.as_array().expect("a list").iter().map(|event| &event["what"]).collect();
    assert_eq!(what, ["assigned", "edited", "time_logged", "created"]);
    assert_eq!(history[0]["by"], json!({"id": ADMIN.id, "username": ADMIN.name}));
    assert_eq!((&history[0]["from"], &history[0]["to"]), (&json!({"user_id": former.id}), &json!({"user_id": new.id})));

    let whole = json!({"title": "x", "description": "", "status": "todo", "estimate_minutes": null, "due_on": null});
    former.get(&path).problem(404);
    former.call("GET", &path).header("if-none-match", "\"3\"").send().problem(404);
    former.put(&path, &whole).problem(404);
    former.patch(&path, &json!({"title": "y"})).problem(404);
    former.delete(&path).problem(404);
    for (rest, body) in [
        ("status", json!({"status": "done"})),
        ("restore", json!({})),
        ("time", json!({"minutes": 5})),
        ("timer/start", json!({})),
        ("timer/stop", json!({})),
    ] {
        former.post(&format!("{path}/{rest}"), &body).problem(404);
    }
    former.get(&format!("{path}/time")).problem(404);
    former.get(&format!("{path}/history")).problem(404);
    former.get(&cursor).problem(404);
    assert_eq!(former.get("/tasks").ok(200), json!([]));
    let page = path.replace("/tasks/", "/task/");
    assert_eq!(api().call("GET", &page).cookie(&former.token).send().status, 404);
    let export = former.walk("/auth/me/export").0;
    assert!(!format!("{export:?}").contains("Handed over") && format!("{export:?}").contains("By the former"));

    // What was worked stays with who worked, who may take it back; the new owner may not.
    assert_eq!((days(&former, &path), days(&new, &path)), (vec![entry.clone()], vec![]));
    let reversal = format!("{path}/time/{}/reversal", entry["id"].as_str().expect("an id"));
    new.call("POST", &reversal).send().problem(403);
    let opposite = former.call("POST", &reversal).send().ok(201);
    assert_eq!((&opposite["minutes"], &opposite["user_id"]), (&json!(-25), &json!(former.id)));
    assert_eq!((days(&former, &path).len(), days(&new, &path).len()), (2, 0));
    assert_eq!(new.get(&path).ok(200)["total_minutes"], 0);
    let own = new.post(&format!("{path}/time"), &json!({"minutes": 7})).ok(201);
    assert_eq!((days(&former, &path).len(), days(&new, &path)), (2, vec![own]));
}

#[test]
fn a_task_comes_back_and_goes_on() {
    let people = [Person::new(), Person::new()];
    let path = people[0].task_path("x");
    for n in 1..=4 {
        let [to, from] = [&people[n % 2], &people[(n + 1) % 2]];
        assert_eq!(give(&path, to).ok(200)["version"], 2 * n);
        from.get(&path).problem(404);
        to.post(&format!("{path}/time"), &json!({"minutes": n})).ok(201);
    }
    let task = people[0].get(&path).ok(200);
    assert_eq!((&task["total_minutes"], &task["version"]), (&json!(10), &json!(9)));
    assert_eq!(people[0].walk(&format!("{path}/history?limit=2")).0.len(), 9);
    let theirs = people.each_ref().map(|person| days(person, &path).len());
    assert_eq!(theirs, [2, 2]);
    people[0].delete(&path).expect(204);
    people[1].post(&format!("{path}/restore"), &json!({})).problem(404);
    people[0].post(&format!("{path}/restore"), &json!({})).ok(200);
}

#[test]
fn a_timer_on_the_task_is_stopped_into_an_entry_and_one_on_another_goes_on() {
    let (former, new) = (Person::new(), Person::new());
    let (path, other) = (former.task_path("x"), former.task_path("y"));
    start(&former, &path);
    start(&new, &new.task_path("Of the new owner"));
    let task = give(&path, &new).ok(200);
    assert_eq!((&task["total_minutes"], &task["version"]), (&json!(1), &json!(3)));
    former.get("/timer").expect(204);
    assert_eq!(new.get("/timer").ok(200)["title"], "Of the new owner");
    let entries = new.get(&format!("{path}/time")).ok(200);
    assert_eq!((&entries[0]["minutes"], &entries[0]["user_id"]), (&json!(1), &json!(former.id)));
    assert_eq!(entries[0]["note"], "Timer stopped when the task was reassigned.");
    assert_eq!(days(&former, &path), *entries.as_array().expect("a list"));
    let history = new.get(&format!("{path}/history")).ok(200);
    assert_eq!((&history[0]["what"], &history[1]["what"]), (&json!("assigned"), &json!("time_logged")));
    assert_eq!(history[1]["by"]["id"], *former.id);
    // On another task.
    start(&former, &other);
    let running = former.get("/timer").ok(200);
    let third = former.task_path("z");
    assert_eq!(give(&third, &new).ok(200)["version"], 2);
    assert_eq!(former.get("/timer").ok(200), running);
}

#[test]
fn a_task_is_given_to_those_alone_who_can_have_it() {
    let (owner, new, shut) = (Person::new(), Person::new(), Person::new());
    let gone = Person::new();
    gone.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send().expect(204);
    ADMIN.patch(&format!("/auth/users/{}", shut.id), &json!({"disabled": true})).ok(200);
    let task = owner.task("x");
    let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
    let assign = format!("{path}/assign");
    for to in [&shut.id, &gone.id, &"018f2c5e-7700-7abc-8def-0123456789ab".to_owned(), &"x".to_owned(), &String::new()]
    {
        ADMIN.post(&assign, &json!({"user_id": to})).names(&["user_id"]);
    }
    for bad in [json!({}), json!({"user_id": null}), json!({"user_id": 7}), json!({"user_id": [new.id]})] {
        ADMIN.post(&assign, &bad).names(&["user_id"]);
    }
    ADMIN.post(&assign, &json!({"user_id": new.id, "note": "x"})).names(&["note"]);
    ADMIN.call("POST", &assign).body("application/json", "{").send().problem(400);
    ADMIN.call("POST", &assign).body("text/plain", "x").send().problem(415);
    // To whom it is already: nothing happens.
    assert_eq!(give(&path, &owner).ok(200), task);
    assert_eq!(owner.get(&path).ok(200), task);
    assert_eq!(owner.walk(&format!("{path}/history")).0.len(), 1);
    // In the trash it is nobody's to give.
    owner.delete(&path).expect(204);
    give(&path, &new).problem(404);
    owner.post(&format!("{path}/restore"), &json!({})).ok(200);
    // Of somebody who is shut out it is taken, which is why it can be.
    ADMIN.patch(&format!("/auth/users/{}", owner.id), &json!({"disabled": true})).ok(200);
    give(&path, &new).ok(200);
    new.get(&path).ok(200);
    // An administrator may have it too.
    give(&path, &ADMIN).ok(200);
    new.get(&path).problem(404);
}

#[test]
fn nobody_but_an_administrator_learns_what_there_is_to_give() {
    let (owner, other) = (Person::new(), Person::new());
    let path = owner.task_path("x");
    let shown = |person: &Person, path: &str, to: &str| {
        let mut problem = person.post(&format!("{path}/assign"), &json!({"user_id": to})).problem(403);
        problem.as_object_mut().expect("a problem").remove("request_id");
        problem
    };
    let nobody = "018f2c5e-7700-7abc-8def-0123456789ab";
    let nothing = format!("/tasks/{nobody}");
    let expected = shown(&other, &nothing, nobody);
    for person in [&owner, &other] {
        for (path, to) in
            [(&path, &*owner.id), (&path, &*other.id), (&path, nobody), (&nothing, &*owner.id), (&path, "x")]
        {
            assert_eq!(shown(person, path, to), expected);
        }
    }
    assert_eq!(owner.get(&path).ok(200)["version"], 1);
}

#[test]
fn the_audit_trail_says_who_gave_what_to_whom() {
    let (former, new) = (Person::new(), Person::new());
    let path = former.task_path("A title that stays among them");
    give(&path, &new).ok(200);
    let trail = ADMIN.get(&format!("/audit?what=assigned&person={}&limit=200", ADMIN.id)).expect(200);
    let id = path.strip_prefix("/tasks/").expect("a path");
    let trail = trail.json();
    let event = trail.as_array().expect("a list").iter().find(|event| event["task_id"] == id).expect("it is there");
    assert_eq!(event["by"], json!({"id": ADMIN.id, "username": ADMIN.name}));
    assert_eq!((&event["from"], &event["to"]), (&json!({"user_id": former.id}), &json!({"user_id": new.id})));
    assert_eq!(event["account"], Value::Null);
}
