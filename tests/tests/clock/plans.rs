//! A plan has no more than the clock leaves of the person's day, and is of tomorrow once that is over.

use serde_json::json;
use tests::{Lab, PASSWORD, Person};

fn plan(person: &Person) -> String {
    let said = person.post("/ai/suggest", &json!({"mode": "plan"})).ok(200);
    said["suggestion"].as_str().expect("a text").to_owned()
}

fn card(person: &Person) -> String {
    person.api.call("GET", "/web/plan").cookie(&person.token).send().expect(200).text().to_owned()
}

#[test]
fn a_plan_ends_with_the_working_day_and_afterwards_is_of_tomorrow() {
    let lab = Lab::start();
    lab.clock.set("2026-11-30T15:00:30Z");
    let person = Person::on(&lab.api);
    person.patch("/auth/me", &json!({"time_zone": "Europe/Berlin"})).ok(200);
    person.post("/tasks", &json!({"title": "Long", "estimate_minutes": 900, "due_on": "2026-11-30"})).ok(201);
    let text = plan(&person);
    let expected = "8h day · 1h 59m until 18:00 · 1h 59m planned · 0m free\n\n1. Long · 1h 59m of 15h";
    assert!(text.starts_with(expected), "{text}");
    // 22:01 in Berlin.
    lab.clock.set("2026-11-30T21:01:00Z");
    let text = plan(&person);
    assert!(text.starts_with("Tomorrow, 1 Dec: 8h day · 8h planned · 0m free\n\n1. Long · 8h of 15h"), "{text}");
    let html = card(&person);
    assert!(html.contains(">Tomorrow</h2>") && html.contains("Made after 18:00"), "{html}");
    assert!(html.contains("due today") && html.contains("Not tomorrow"), "{html}");
    // The next morning it is today's.
    lab.clock.set("2026-12-01T07:00:00Z");
    let html = card(&person);
    assert!(html.contains(">Today</h2>") && html.contains("8h planned") && html.contains("Not today"), "{html}");
    assert!(!html.contains("Made after"), "{html}");
    // Whoever works late says so.
    lab.clock.set("2026-12-01T21:00:30Z");
    let person = person.with(&person.sign_in(PASSWORD));
    person.patch("/auth/me", &json!({"workday_ends": "23:00"})).ok(200);
    assert!(plan(&person).starts_with("8h day · 59m until 23:00 · 59m planned"), "{}", plan(&person));
}

#[test]
fn on_the_day_that_is_an_hour_shorter_less_is_left() {
    let lab = Lab::start();
    // Half past midnight in Berlin, where the clock goes from two to three.
    lab.clock.set("2026-03-28T23:29:30Z");
    let person = Person::on(&lab.api);
    person.patch("/auth/me", &json!({"time_zone": "Europe/Berlin", "workday_minutes": 1_440})).ok(200);
    person.post("/tasks", &json!({"title": "Long", "estimate_minutes": 9_000})).ok(201);
    assert!(plan(&person).starts_with("24h day · 16h 30m until 18:00 · 16h 30m planned"), "{}", plan(&person));
}

#[test]
fn what_is_put_off_comes_back_the_day_after() {
    let lab = Lab::start();
    lab.clock.set("2026-11-30T09:00:00Z");
    let person = Person::on(&lab.api);
    let id = person.task("Later")["id"].as_str().expect("an id").to_owned();
    plan(&person);
    let put_off = || person.api.call("POST", &format!("/web/plan/{id}/not-today")).cookie(&person.token).same_origin();
    put_off().form(&[]).send().expect(303);
    assert!(plan(&person).ends_with("Not today (1)\n- Later · 1h"), "{}", plan(&person));
    lab.clock.set("2026-12-01T08:00:00Z");
    // Yesterday's plan is none of today.
    put_off().form(&[]).send().expect(303);
    assert!(plan(&person).contains("1. Later · 1h"), "{}", plan(&person));
}
