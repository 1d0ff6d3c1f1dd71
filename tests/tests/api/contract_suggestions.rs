//! `POST /ai/suggest`, where no model is set up: everything is worked out here.

use serde_json::{Value, json};
use tests::{Person, api};

use crate::keys;

fn suggest(person: &Person, body: &Value) -> Value {
    let said = person.post("/ai/suggest", body).ok(200);
    assert_eq!(keys(&said), ["mode", "model", "reason", "source", "suggestion"]);
    assert_eq!((&said["source"], &said["model"]), (&json!("fallback"), &Value::Null));
    assert_eq!(said["mode"], body["mode"]);
    said
}

fn plan(person: &Person) -> String {
    suggest(person, &json!({"mode": "plan"}))["suggestion"].as_str().expect("a text").to_owned()
}

#[test]
fn a_plan_is_made_of_ones_own_open_tasks_and_the_hours_that_are_left() {
    let (person, other) = (Person::new().in_the_morning(), Person::new());
    other.task("Nobody else's business");
    person.patch("/auth/me", &json!({"workday_minutes": 300})).ok(200);
    let begun =
        json!({"title": "Fix the login", "status": "in_progress", "estimate_minutes": 120, "total_minutes": 30});
    person.post("/tasks", &begun).ok(201);
    person.post("/tasks", &json!({"title": "Pay the bill", "due_on": "2020-01-01", "estimate_minutes": 60})).ok(201);
    person.post("/tasks", &json!({"title": "Rewrite it all", "estimate_minutes": 900})).ok(201);
    person.post("/tasks", &json!({"title": "Finished", "status": "done", "estimate_minutes": 15})).ok(201);
    let text = plan(&person);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is missing: {text}"));
    // 5h less the half hour: what is overdue comes first, then what was begun, then as much of the rest as fits.
    assert!(text.starts_with("5h day · 30m logged · 4h 30m planned · 0m free\n"), "{text}");
    assert!(at("1. Pay the bill · 1h") < at("2. Fix the login · 1h 30m"), "{text}");
    assert!(at("2. Fix the login") < at("3. Rewrite it all · 2h of 15h left"), "{text}");
    assert!(at("3. Rewrite it all") < at("Won't fit today (13h)"), "{text}");
    assert!(!text.contains("Finished") && !text.contains("Nobody else"), "{text}");
    assert_eq!(plan(&person), text, "the same tasks, day and hours make the same plan");
}

#[test]
fn what_is_due_is_planned_however_many_are_open() {
    let person = Person::new().in_the_morning();
    for number in 0..205 {
        person.task(&format!("Old {number}"));
    }
    person.post("/tasks", &json!({"title": "Due long ago", "due_on": "2020-01-01"})).ok(201);
    let text = plan(&person);
    assert!(text.contains("1. Due long ago · 1h (was due 1 Jan 2020)"), "{text}");
    assert!(text.contains("Based on your 200 most pressing open tasks."), "{text}");
    assert!(text.split_whitespace().count() < 150, "{text}");
}

#[test]
fn a_draft_says_what_similar_tasks_took() {
    let person = Person::new();
    let done = json!({"title": "Fix the login redirect", "status": "done", "total_minutes": 95});
    person.post("/tasks", &done).ok(201);
    let said = suggest(&person, &json!({"mode": "draft", "title": "Login redirect loops on Safari"}));
    let text = said["suggestion"].as_str().expect("a text");
    let told = "Similar tasks you finished:\n- Fix the login redirect: 1h 35m\nEstimate from these: about 1h 35m.";
    assert!(text.ends_with(told), "{text}");
    let other = suggest(&Person::new(), &json!({"mode": "draft", "title": "Login redirect loops on Safari"}));
    assert!(!other["suggestion"].as_str().expect("a text").contains("Similar"), "{other}");
}

#[test]
fn a_plan_of_nothing_says_so() {
    let person = Person::new();
    let said = suggest(&person, &json!({"mode": "plan"}));
    assert_eq!(said["reason"], "Nothing to plan, so the AI wasn't asked.");
    assert!(said["suggestion"].as_str().is_some_and(|text| !text.trim().is_empty()), "{said}");
}

#[test]
fn a_draft_keeps_to_its_title() {
    let person = Person::new();
    for (title, kind) in [
        ("Create feature flags", "feature flags"),
        ("Spread work over threads", "Spread work over threads"),
        ("Fix the login on <b>Safari</b>", "<b>Safari</b>"),
    ] {
        let said = suggest(&person, &json!({"mode": "draft", "title": title}));
        let text = said["suggestion"].as_str().expect("a text");
        assert!(text.contains(kind) && text.lines().count() > 3, "{text}");
        for word in ["meal", "nutrition", "workout", "study"] {
            assert!(!text.to_lowercase().contains(word), "{title}: {text}");
        }
        // It fits the field that it is for.
        person.post("/tasks", &json!({"title": title, "description": text})).ok(201);
    }
}

#[test]
fn what_is_wanted_must_be_said_rightly() {
    let person = Person::new();
    for (body, field) in [
        (json!({}), "mode"),
        (json!({"mode": "poem"}), "mode"),
        (json!({"mode": null}), "mode"),
        (json!({"mode": "draft"}), "title"),
        (json!({"mode": "draft", "title": " "}), "title"),
        (json!({"mode": "draft", "title": "x".repeat(201)}), "title"),
        (json!({"mode": "draft", "title": 7}), "title"),
        (json!({"mode": "plan", "title": "x"}), "title"),
        (json!({"mode": "plan", "tasks": []}), "tasks"),
    ] {
        person.post("/ai/suggest", &body).names(&[field]);
    }
    person.call("POST", "/ai/suggest").body("application/json", "{").send().problem(400);
    person.call("POST", "/ai/suggest").body("text/plain", "plan").send().problem(415);
    api().post("/ai/suggest", &json!({"mode": "plan"})).problem(401);
    person.get("/ai/suggest").problem(405);
    person.get("/ai/plan").problem(404);
}

#[test]
fn one_key_is_one_suggestion() {
    let person = Person::new();
    let ask =
        |key: &str, body: &Value| person.call("POST", "/ai/suggest").header("idempotency-key", key).json(body).send();
    person.task("Before");
    let first = ask("one", &json!({"mode": "plan"})).ok(200);
    person.task("After");
    assert_eq!(ask("one", &json!({"mode": "plan"})).ok(200), first, "what was answered is answered again");
    assert!(ask("two", &json!({"mode": "plan"})).ok(200) != first);
    ask("one", &json!({"mode": "draft", "title": "x"})).problem(422);
    let draft = ask("three", &json!({"mode": "draft", "title": "Fix it"})).ok(200);
    assert_eq!(ask("three", &json!({"mode": "draft", "title": "Fix it"})).ok(200), draft);
    // Keys are of one person.
    let other = Person::new();
    other.call("POST", "/ai/suggest").header("idempotency-key", "one").json(&json!({"mode": "plan"})).send().ok(200);
}

#[test]
fn the_plan_that_was_made_last_goes_along() {
    let person = Person::new();
    person.task("To be planned");
    let text = plan(&person);
    let records = person.walk("/auth/me/export").0;
    let plans: Vec<_> = records.iter().filter(|record| record["type"] == "plan").collect();
    assert_eq!(plans.len(), 1, "{records:?}");
    assert_eq!(plans[0]["data"]["suggestion"], *text);
}
