//! Forms of lists: several tasks moved at once, a row changed in place, and saves that meet somebody else's.

use serde_json::{Value, json};
use tests::{Answer, Person, api};

use crate::page_lists::refused;

fn form(person: &Person, path: &str, fields: &[(&str, &str)], htmx: bool) -> Answer {
    let call = api().call("POST", path).cookie(&person.token).same_origin().form(fields);
    if htmx { call.header("hx-request", "true").send() } else { call.send() }
}

fn id(task: &Value) -> String {
    task["id"].as_str().expect("an id").to_owned()
}

fn status(person: &Person, id: &str) -> Value {
    person.get(&format!("/tasks/{id}")).ok(200)["status"].clone()
}

/// A hidden field of the edit form as it stands on the task's page.
fn hidden(person: &Person, task: &str, name: &str) -> String {
    let html = api().call("GET", &format!("/task/{task}")).cookie(&person.token).send().expect(200).text().to_owned();
    let form = html.split("id=\"edit\"").nth(1).expect("the form");
    let value = form.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("the field");
    value.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn several_tasks_are_moved_at_once_and_the_answer_names_those_that_are_gone() {
    let person = Person::new();
    let ids: Vec<String> = (0..5).map(|n| id(&person.task(&format!("task {n}")))).collect();
    person.delete(&format!("/tasks/{}", ids[4])).expect(204);
    let names: Vec<String> = ids.iter().map(|id| format!("task.{id}")).collect();
    let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "on")).collect();
    fields.extend([("status", "done"), ("key", "one"), ("view", "status=todo")]);
    let answer = form(&person, "/web/tasks/status", &fields, true).expect(200).text().to_owned();
    assert!(answer.contains("Moved 4 tasks to Done. Not moved: a deleted task."), "{answer}");
    assert_eq!(answer.matches("hx-swap=\"delete\"").count(), 5, "none of them is in this list any more");
    for id in &ids[..4] {
        assert_eq!(status(&person, id), "done");
    }
    // Sent again after one of them was moved back: the same write, so nothing moves.
    person.post(&format!("/tasks/{}/status", ids[0]), &json!({"status": "todo"})).ok(200);
    form(&person, "/web/tasks/status", &fields, true).expect(200);
    assert_eq!(status(&person, &ids[0]), "todo");
}

#[test]
fn without_script_a_bulk_move_leads_back_or_says_on_the_page_what_stayed() {
    let person = Person::new();
    let (one, gone) = (id(&person.task("one")), id(&person.task("gone")));
    let (one_name, gone_name) = (format!("task.{one}"), format!("task.{gone}"));
    let moved = form(&person, "/web/tasks/status", &[(&one_name, "on"), ("status", "done")], false).expect(303);
    assert_eq!(moved.header("location"), Some("/dashboard?done=moved"));
    person.delete(&format!("/tasks/{gone}")).expect(204);
    let fields = [(one_name.as_str(), "on"), (gone_name.as_str(), "on"), ("status", "todo")];
    let page = form(&person, "/web/tasks/status", &fields, false).expect(200).text().to_owned();
    assert!(page.contains("<html") && page.contains("Moved 1 task to To do. Not moved: a deleted task."));
}

#[test]
fn a_bulk_move_refuses_what_is_not_a_selection_and_changes_nothing() {
    let (person, stranger) = (Person::new(), Person::new());
    let (own, other) = (id(&person.task("own")), id(&stranger.task("other")));
    let many: Vec<String> = (0..51).map(|n| format!("task.01890000-0000-7000-8000-0000000000{n:02}")).collect();
    let mut fields: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "on")).collect();
    fields.push(("status", "done"));
    refused(form(&person, "/web/tasks/status", &fields, true), 422);
    refused(form(&person, "/web/tasks/status", &[("status", "done")], true), 422);
    refused(form(&person, "/web/tasks/status", &[("task.nonsense", "on"), ("status", "done")], true), 422);
    let own_name = format!("task.{own}");
    refused(form(&person, "/web/tasks/status", &[(&own_name, "on"), ("status", "finished")], true), 422);
    assert_eq!(status(&person, &own), "todo");
    let other_name = format!("task.{other}");
    let answer = form(&person, "/web/tasks/status", &[(&other_name, "on"), ("status", "done")], true).expect(200);
    assert!(answer.text().contains("Moved 0 tasks to Done. Not moved: a deleted task."));
    assert_eq!(status(&stranger, &other), "todo");
}

#[test]
fn a_row_is_changed_in_place_without_touching_what_it_does_not_show() {
    let person = Person::new();
    let task = person.post("/tasks", &json!({"title": "before", "description": "kept"})).ok(201);
    let id = id(&task);
    let path = format!("/web/tasks/{id}/edit?view=all");
    let shown = api()
        .call("GET", &path)
        .cookie(&person.token)
        .header("hx-request", "true")
        .send()
        .expect(200)
        .text()
        .to_owned();
    assert!(shown.contains("name=\"was\"") && shown.contains("value=\"before\""));
    let (version, was) = ("1", hidden(&person, &id, "was"));
    let fields = [
        ("version", version),
        ("was", was.as_str()),
        ("view", "all"),
        ("title", "after"),
        ("estimate_minutes", "1h30"),
        ("due_on", ""),
    ];
    let row = form(&person, &format!("/web/tasks/{id}"), &fields, true).expect(200).text().to_owned();
    assert!(row.contains("class=\"row\"") && row.contains("after") && row.contains("1h 30m"));
    let now = person.get(&format!("/tasks/{id}")).ok(200);
    assert_eq!(
        (&now["title"], &now["description"], &now["estimate_minutes"]),
        (&json!("after"), &json!("kept"), &json!(90))
    );
    let row = form(&person, &format!("/web/tasks/{id}"), &[("version", "2"), ("view", "all"), ("title", " ")], true);
    assert!(refused(row, 422).contains("row-editing"));
}

#[test]
fn a_save_against_a_newer_version_keeps_what_only_one_of_both_changed() {
    let person = Person::new();
    let id = id(&person.post("/tasks", &json!({"title": "one", "description": "text"})).ok(201));
    let was = hidden(&person, &id, "was");
    person.patch(&format!("/tasks/{id}"), &json!({"description": "their text", "estimate_minutes": 60})).ok(200);
    let mine = |title: &'static str, description: &'static str| {
        [
            ("view", "task"),
            ("version", "1"),
            ("title", title),
            ("description", description),
            ("status", "in_progress"),
            ("estimate_minutes", ""),
            ("due_on", ""),
        ]
    };
    let mut fields = mine("mine", "text").to_vec();
    fields.push(("was", &was));
    let saved = form(&person, &format!("/web/tasks/{id}"), &fields, true).expect(200).text().to_owned();
    assert!(saved.contains("Saved and merged with other changes."));
    let now = person.get(&format!("/tasks/{id}")).ok(200);
    let of = |name: &str| now[name].clone();
    assert_eq!(
        (of("title"), of("description"), of("status"), of("estimate_minutes")),
        (json!("mine"), json!("their text"), json!("in_progress"), json!(60))
    );

    // The same field by both: nothing is written, both texts are shown.
    let mut fields = mine("mine too", "my text").to_vec();
    fields.push(("was", &was));
    let answer = refused(form(&person, &format!("/web/tasks/{id}"), &fields, true), 412);
    for text in ["my text", "their text", "mine too", "value=\"1h\""] {
        assert!(answer.contains(text), "{text} is shown");
    }
    assert_eq!(answer.matches("class=\"theirs\"").count(), 2, "title and description, which both changed");
    assert_eq!(answer.matches(&format!("{}'s version", person.name)).count(), 2, "{answer}");
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["version"], now["version"]);
}

#[test]
fn a_save_that_says_nothing_of_what_was_seen_writes_over_nothing() {
    let person = Person::new();
    let id = id(&person.task("one"));
    person.patch(&format!("/tasks/{id}"), &json!({"title": "theirs"})).ok(200);
    for base in [vec![("version", "1")], vec![("version", "1"), ("was", "garbage")], vec![]] {
        let mut fields = base;
        fields.extend([("view", "task"), ("title", "mine")]);
        refused(form(&person, &format!("/web/tasks/{id}"), &fields, true), 412);
    }
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["title"], "theirs");
}

#[test]
fn somebody_elses_task_is_not_there_to_be_shown_or_changed() {
    let (owner, stranger) = (Person::new(), Person::new());
    let id = id(&owner.task("mine"));
    for path in [format!("/web/tasks/{id}"), format!("/web/tasks/{id}/edit"), format!("/task/{id}")] {
        refused(api().call("GET", &path).cookie(&stranger.token).send(), 404);
    }
    let save = [("version", "1"), ("view", "all"), ("title", "theirs")];
    refused(form(&stranger, &format!("/web/tasks/{id}"), &save, true), 404);
    refused(form(&stranger, &format!("/web/tasks/{id}/status"), &[("status", "done")], true), 404);
    let now = owner.get(&format!("/tasks/{id}")).ok(200);
    assert_eq!((&now["title"], &now["status"], &now["version"]), (&json!("mine"), &json!("todo"), &json!(1)));
}

#[test]
fn a_form_sent_again_from_another_page_is_the_same_write() {
    let person = Person::new();
    let send = |view: &str| {
        let fields = [("key", "one"), ("view", view), ("title", "once")];
        form(&person, "/web/tasks", &fields, false).expect(303);
    };
    send("all");
    send("status=todo");
    send("board");
    assert_eq!(person.get("/tasks").ok(200).as_array().map(Vec::len), Some(1));
}

#[test]
fn a_draft_of_an_older_version_meets_what_was_changed_since() {
    let person = Person::new();
    let id = id(&person.post("/tasks", &json!({"title": "one", "description": "text"})).ok(201));
    let was = hidden(&person, &id, "was");
    person.patch(&format!("/tasks/{id}"), &json!({"title": "theirs"})).ok(200);
    // The page was loaded again, with the draft of before: the version is new, the mark of the title is old.
    let mark = |was: &str, name: &str| {
        let found = was.split(',').find(|mark| mark.starts_with(&format!("{name}:")));
        found.expect("a mark").to_owned()
    };
    let fresh = hidden(&person, &id, "was");
    let mixed = fresh.replace(&mark(&fresh, "title"), &mark(&was, "title"));
    let fields = [("view", "task"), ("version", "2"), ("was", mixed.as_str()), ("title", "mine")];
    refused(form(&person, &format!("/web/tasks/{id}"), &fields, true), 412);
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["title"], "theirs");
}

#[test]
fn a_page_of_somebody_who_was_here_before_writes_nothing() {
    let (before, now) = (Person::new(), Person::new());
    let send = |page_of: &Person| {
        let call = api().call("POST", "/web/tasks").cookie(&now.token).same_origin().form(&[("title", "x")]);
        call.header("hx-request", "true").header("x-page-user", &page_of.id).send()
    };
    refused(send(&before), 401);
    assert_eq!(now.get("/tasks").ok(200).as_array().map(Vec::len), Some(0));
    send(&now).expect(200);
}
