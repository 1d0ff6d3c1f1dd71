//! A form that is sent again, by a double click or by the reload of its answer, is one write: also when the task has
//! moved on meanwhile.

use tests::{Answer, Person, api};

fn submit(person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    api().call("POST", path).cookie(&person.token).same_origin().form(fields).send().expect(303)
}

fn task(person: &Person) -> String {
    person.task("Before")["id"].as_str().expect("an id").to_owned()
}

#[test]
fn an_old_status_form_does_not_move_the_task_again() {
    let person = Person::new();
    let id = task(&person);
    let done = || submit(&person, &format!("/web/tasks/{id}/status"), &[("key", "one"), ("status", "done")]);
    let status = || person.get(&format!("/tasks/{id}")).ok(200)["status"].clone();
    done();
    assert_eq!(status(), "done");
    submit(&person, &format!("/web/tasks/{id}/status"), &[("key", "two"), ("status", "todo")]);
    done();
    assert_eq!(status(), "todo");
}

#[test]
fn an_old_save_does_not_write_over_what_came_after() {
    let person = Person::new();
    let id = task(&person);
    let form = [
        ("key", "one"),
        ("version", "1"),
        ("title", "By the form"),
        ("description", ""),
        ("status", "todo"),
        ("estimate_minutes", ""),
        ("due_on", ""),
    ];
    submit(&person, &format!("/web/tasks/{id}"), &form);
    person.patch(&format!("/tasks/{id}"), &serde_json::json!({"title": "Since then"})).ok(200);
    submit(&person, &format!("/web/tasks/{id}"), &form);
    let after = person.get(&format!("/tasks/{id}")).ok(200);
    assert_eq!((&after["title"], &after["version"]), (&"Since then".into(), &3.into()));
}

#[test]
fn an_old_undo_does_not_restore_what_was_deleted_again() {
    let person = Person::new();
    let id = task(&person);
    let restore = || submit(&person, &format!("/web/tasks/{id}/restore"), &[("key", "one"), ("view", "trash")]);
    person.delete(&format!("/tasks/{id}")).expect(204);
    restore();
    person.get(&format!("/tasks/{id}")).ok(200);
    person.delete(&format!("/tasks/{id}")).expect(204);
    restore();
    person.get(&format!("/tasks/{id}")).problem(404);
}

#[test]
fn every_form_that_writes_a_task_carries_a_key() {
    let person = Person::new();
    let id = task(&person);
    person.post(&format!("/tasks/{id}/time"), &serde_json::json!({"minutes": 5})).ok(201);
    let trashed = task(&person);
    person.delete(&format!("/tasks/{trashed}")).expect(204);
    let undo = format!("/dashboard?done=deleted&task={trashed}");
    for path in [
        "/dashboard".to_owned(),
        format!("/task/{id}"),
        "/trash".to_owned(),
        undo,
        "/web/tasks".to_owned(),
        format!("/web/tasks/{id}/time"),
    ] {
        let page = api().call("GET", &path).cookie(&person.token).send().expect(200);
        let writes = |form: &&str| form.split('>').next().is_some_and(|tag| tag.contains("action=\"/web/tasks"));
        // A form in a template is one only when the script takes it out, with a key of its own.
        let parts =
            page.text().split("<template").map(|part| part.split_once("</template>").map_or(part, |(_, rest)| rest));
        let page: String = parts.collect();
        let forms: Vec<&str> = page.split("<form").skip(1).filter(writes).collect();
        assert!(!forms.is_empty(), "{path}");
        for form in forms {
            let form = form.split("</form>").next().expect("a form");
            assert!(form.contains("name=\"key\" value=\"01"), "{path}: {form}");
        }
    }
}
