//! The plan of the day and drafts of descriptions in the pages, by form and by htmx.

use serde_json::json;
use tests::{Answer, Call, Person, api};

fn form(person: &Person, path: &str) -> Call {
    api().call("POST", path).cookie(&person.token).same_origin()
}

fn page(person: &Person, path: &str) -> String {
    api().call("GET", path).cookie(&person.token).send().expect(200).text().to_owned()
}

fn by_htmx(call: Call) -> Call {
    call.header("hx-request", "true")
}

/// The page or the fragment that says no.
fn refused(call: Call, status: u16) -> String {
    let answer = call.send();
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    answer.text().to_owned()
}

fn location(answer: &Answer) -> &str {
    answer.header("location").expect("where it leads")
}

#[test]
fn a_plan_is_made_by_form_and_kept_for_the_day() {
    let person = Person::new().in_the_morning();
    assert!(page(&person, "/dashboard").contains("Plan my day"));
    person.post("/tasks", &json!({"title": "Fix the <i>login</i>", "status": "in_progress"})).ok(201);
    let made = form(&person, "/web/ai/plan").form(&[("back", "/dashboard?status=todo")]).send().expect(303);
    assert_eq!(location(&made), "/dashboard?status=todo");
    let stranger = form(&person, "/web/ai/plan").form(&[("back", "https://evil.example/")]).send().expect(303);
    assert_eq!(location(&stranger), "/dashboard");
    for path in ["/dashboard", "/dashboard?status=done", "/web/plan"] {
        let html = page(&person, path);
        assert!(html.contains("Refresh") && html.contains("Fix the &#60;i&#62;login&#60;/i&#62;"), "{path}: {html}");
        assert!(html.contains("Planned <time") && !html.contains("set up here"), "{path}: {html}");
        assert!(!html.contains(" since"), "{path}");
    }
    person.task("Another");
    assert!(page(&person, "/web/plan").contains("1 change since"));
    let id = person.get("/tasks?status=in_progress").ok(200)[0]["id"].as_str().expect("an id").to_owned();
    person.post(&format!("/tasks/{id}/status"), &json!({"status": "done"})).ok(200);
    let html = page(&person, "/web/plan");
    assert!(html.contains("2 changes since") && html.contains("<span class=\"hint\">done</span>"), "{html}");
    // It does not stand on the board.
    assert!(!page(&person, "/dashboard?view=board").contains("id=\"plan\""));
    // Another's page shows nothing of it.
    assert!(page(&Person::new(), "/dashboard").contains("Plan my day"));
}

#[test]
fn a_planned_task_is_ticked_off_and_another_put_off_for_the_day() {
    let person = Person::new().in_the_morning();
    let id = |title: &str| person.task(title)["id"].as_str().expect("an id").to_owned();
    let (first, second, third) = (id("The first"), id("The second"), id("The third"));
    form(&person, "/web/ai/plan").form(&[]).send().expect(303);
    assert!(page(&person, "/web/plan").contains("3h planned"));
    // Ticked off, the plan follows.
    let done = [("status", "done"), ("view", "all")];
    let tick = by_htmx(form(&person, &format!("/web/tasks/{first}/status")).form(&done)).send().expect(200);
    assert_eq!(tick.header("hx-trigger"), Some("planned"));
    let html = page(&person, "/web/plan");
    assert!(html.contains("<span class=\"hint\">done</span>"), "{html}");
    assert!(!html.contains("Mark The first done") && html.contains("Mark The second done"), "{html}");
    person.call("DELETE", &format!("/tasks/{third}")).send().expect(204);
    assert!(page(&person, "/web/plan").contains("<span class=\"hint\">deleted</span>"));
    // Put off, with htmx and without, once and again.
    let off = format!("/web/plan/{second}/not-today");
    let put = by_htmx(form(&person, &off).form(&[])).send().expect(204);
    assert_eq!(put.header("hx-trigger"), Some("planned"));
    let back = form(&person, &off).form(&[("back", "/dashboard?status=todo")]).send().expect(303);
    assert_eq!(location(&back), "/dashboard?status=todo");
    let html = page(&person, "/web/plan");
    assert!(
        html.contains("2h planned") && html.contains("Not today (1)") && !html.contains("Mark The second"),
        "{html}"
    );
    // It holds for the next plan of that day, and is no change of the task.
    person.task("The fourth");
    form(&person, "/web/ai/plan").form(&[]).send().expect(303);
    let html = page(&person, "/web/plan");
    assert!(html.contains("Mark The fourth done") && html.contains("Not today (1)"), "{html}");
    assert!(!html.contains("Mark The second"), "{html}");
    let said = person.post("/ai/suggest", &json!({"mode": "plan"})).ok(200);
    let text = said["suggestion"].as_str().expect("a text");
    assert!(text.ends_with("Not today (1)\n- The second · 1h"), "{text}");
    // Nobody else's plan, and no plan at all, are nothing to put off from.
    let other = Person::new();
    form(&other, &off).form(&[]).send().expect(303);
    refused(form(&person, "/web/plan/none/not-today").form(&[]), 404);
    refused(api().call("POST", &off).cookie(&person.token).form(&[]), 403);
    refused(form(&person.with("no.to.ken"), &off).form(&[]), 401);
}

#[test]
fn htmx_is_told_that_a_plan_is_there() {
    let person = Person::new();
    let made = by_htmx(form(&person, "/web/ai/plan").form(&[("back", "/dashboard")])).send().expect(204);
    assert_eq!(made.header("hx-trigger"), Some("planned"));
    refused(api().call("POST", "/web/ai/plan").cookie(&person.token).form(&[]), 403);
    refused(form(&Person::new().with("no.to.ken"), "/web/ai/plan").form(&[]), 401);
    api().call("GET", "/web/plan").send().expect(303);
}

#[test]
fn a_draft_never_takes_the_place_of_what_was_typed() {
    let person = Person::new();
    let typed =
        [("title", "Create feature flags"), ("description", "Mine & <b>"), ("due_on", "2030-01-02"), ("view", "all")];
    let html = form(&person, "/web/ai/draft").form(&typed).send().expect(200).text().to_owned();
    assert!(html.contains("action=\"/web/tasks\"") && html.contains("name=\"due_on\" value=\"2030-01-02\""), "{html}");
    let (mine, draft) = (html.find("Mine &#38; &#60;b&#62;"), html.find("For whom:"));
    assert!(mine.is_some() && mine < draft, "{html}");
    let without = [&typed[..], &[("without", "without")]].concat();
    let html = form(&person, "/web/ai/draft").form(&without).send().expect(200).text().to_owned();
    assert!(html.contains("Mine &#38; &#60;b&#62;</textarea>") && !html.contains("For whom:"), "{html}");
    let fragment = by_htmx(form(&person, "/web/ai/draft").form(&typed)).send().expect(200).text().to_owned();
    assert!(fragment.contains("hx-target=\"#add-suggested\"") && fragment.contains("For whom:"), "{fragment}");
    assert!(!fragment.contains("Mine") && !fragment.contains("<html"), "{fragment}");

    let id = person.task("Create feature flags")["id"].as_str().expect("an id").to_owned();
    let path = format!("/web/ai/draft/{id}");
    let html =
        form(&person, &path).form(&[("title", "Fix it"), ("was", "title:x")]).send().expect(200).text().to_owned();
    assert!(
        html.contains(&format!("action=\"/web/tasks/{id}\"")) && html.contains("name=\"was\" value=\"title:x\""),
        "{html}"
    );
    let fragment = by_htmx(form(&person, &path).form(&[("title", "Fix it")])).send().expect(200).text().to_owned();
    assert!(fragment.contains("hx-target=\"#edit-suggested\""), "{fragment}");
}

#[test]
fn a_draft_of_nothing_says_what_is_missing() {
    let person = Person::new();
    let fragment = refused(by_htmx(form(&person, "/web/ai/draft").form(&[("title", " ")])), 422);
    assert!(fragment.contains("Enter a title."), "{fragment}");
    // Without script what was typed is still there.
    let page = refused(form(&person, "/web/ai/draft").form(&[("title", ""), ("description", "Mine")]), 422);
    assert!(page.contains("Enter a title.") && page.contains("Mine</textarea>"), "{page}");
    refused(form(&person, "/web/ai/draft/none").form(&[("title", "x")]), 404);
    let unreadable = form(&person, "/web/ai/draft").body("application/x-www-form-urlencoded", "title=%FF");
    refused(unreadable, 400);
}
