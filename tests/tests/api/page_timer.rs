//! The timer and corrections on a task's page, by plain forms.

use aws_sdk_dynamodb::types::AttributeValue;
use tests::{Answer, Person, Table, api, stack};

fn submit(person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    api().call("POST", path).cookie(&person.token).same_origin().form(fields).send()
}

fn page(person: &Person, id: &str) -> String {
    api().call("GET", &format!("/task/{id}")).cookie(&person.token).send().expect(200).text().to_owned()
}

fn task(person: &Person, title: &str) -> String {
    person.task(title)["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_timer_starts_and_stops_by_form_and_a_double_click_is_one() {
    let person = Person::new();
    let (id, other) = (task(&person, "Timed"), task(&person, "Another"));
    let start = || submit(&person, &format!("/web/tasks/{id}/timer/start"), &[("key", "one")]);
    assert!(page(&person, &id).contains("Start timer"));
    for _ in 0..2 {
        let location = format!("/task/{id}?done=started");
        assert_eq!(start().expect(303).header("location"), Some(location.as_str()));
    }
    assert_eq!(submit(&person, &format!("/web/tasks/{id}/timer/start"), &[("key", "two")]).status, 409);
    assert!(page(&person, &id).contains("Running since"));
    assert!(page(&person, &other).contains("Your timer is running on"));
    assert_eq!(submit(&person, &format!("/web/tasks/{id}/delete"), &[("view", "task")]).status, 409);
    for _ in 0..2 {
        submit(&person, &format!("/web/tasks/{id}/timer/stop"), &[("key", "three")]).expect(303);
    }
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["total_minutes"], 1);
    person.get("/timer").expect(204);
}

#[test]
fn a_forgotten_timer_asks_how_long() {
    let person = Person::new();
    let id = task(&person, "Forgotten");
    submit(&person, &format!("/web/tasks/{id}/timer/start"), &[]).expect(303);
    let user = person.get("/auth/me").ok(200)["id"].as_str().expect("an id").to_owned();
    let long_ago = AttributeValue::S("2026-01-05T08:00:00.000Z".to_owned());
    Table::of(stack()).set(&format!("USER#{user}"), "TIMER", "started_at", long_ago);
    assert!(page(&person, &id).contains("How much did you actually work?"));
    person.call("POST", &format!("/tasks/{id}/timer/stop")).send().problem(409);
    let stop = |minutes: &str| submit(&person, &format!("/web/tasks/{id}/timer/stop"), &[("minutes", minutes)]);
    for (typed, status) in [("", 409), ("soon", 422), ("25h", 422)] {
        let answer = stop(typed);
        assert_eq!(answer.status, status);
        assert!(answer.text().contains(&format!("value=\"{typed}\"")), "what was typed is still there: {typed}");
    }
    let by_htmx = |view: &str| {
        let call = api().call("POST", &format!("/web/tasks/{id}/timer/stop")).cookie(&person.token).same_origin();
        call.header("hx-request", "true").form(&[("view", view)]).send()
    };
    let elsewhere = by_htmx("todo").expect(200);
    assert_eq!(elsewhere.header("hx-redirect"), Some(&*format!("/task/{id}")), "only the task's page can ask");
    let here = by_htmx("task");
    assert_eq!(here.status, 409);
    assert!(here.text().contains("timer-until-error"), "{}", here.text());
    let until = |end: &str, minutes: &str| {
        let fields = [("until", end), ("minutes", minutes)];
        submit(&person, &format!("/web/tasks/{id}/timer/stop"), &fields)
    };
    for (end, minutes) in [("2026-01-05T07:59", ""), ("2999-01-01T00:00", ""), ("2026-01-05T09:30", "90"), ("x", "")] {
        assert_eq!(until(end, minutes).status, 422, "{end} {minutes}");
    }
    until("2026-01-05T09:30", "").expect(303);
    let entries = person.get(&format!("/tasks/{id}/time")).ok(200);
    assert_eq!((&entries[0]["minutes"], &entries[0]["worked_on"]), (&90.into(), &"2026-01-05".into()));
}

#[test]
fn an_entry_is_taken_back_by_form_once() {
    let person = Person::new();
    let id = task(&person, "x");
    let log = |key: &str| submit(&person, &format!("/web/tasks/{id}/time"), &[("key", key), ("minutes", "1.5h")]);
    log("one").expect(303);
    log("one").expect(303);
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["total_minutes"], 90);
    let entries = person.get(&format!("/tasks/{id}/time")).ok(200);
    let entry = entries[0]["id"].as_str().expect("an id");
    let reverse = |key: &str| submit(&person, &format!("/web/tasks/{id}/time/{entry}/reversal"), &[("key", key)]);
    assert!(page(&person, &id).contains("Undo entry"));
    reverse("two").expect(303);
    reverse("two").expect(303);
    assert_eq!(reverse("three").status, 409);
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["total_minutes"], 0);
    assert!(!page(&person, &id).contains("Undo entry"));
}
