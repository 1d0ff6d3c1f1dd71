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
    // Another tab, which shows none, learns that it runs.
    let running = person.get("/timer").ok(200);
    submit(&person, &format!("/web/tasks/{id}/timer/start"), &[("key", "two")]).expect(303);
    assert_eq!(person.get("/timer").ok(200), running);
    assert!(page(&person, &id).contains("Running since"));
    assert!(page(&person, &other).contains("Your timer is running on"));
    for _ in 0..2 {
        submit(&person, &format!("/web/tasks/{id}/timer/stop"), &[("key", "three")]).expect(303);
    }
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["total_minutes"], 1);
    person.get("/timer").expect(204);
}

/// Sends a form as the script does.
fn by_script(person: &Person, path: &str, fields: &[(&str, &str)]) -> String {
    let call = api().call("POST", path).cookie(&person.token).same_origin().header("hx-request", "true");
    // As a person reads it.
    call.form(fields).send().expect(200).text().replace("&#34;", "\"")
}

/// The form in a toast: its address, and what is hidden in it.
fn offered(html: &str, label: &str) -> (String, Vec<(String, String)>) {
    let form = html.split("<form").find(|form| form.contains(&format!(">{label}</button>"))).expect("the offer");
    let within = |text: &str, from: &str| {
        let (_, rest) = text.split_once(from).expect("a start");
        rest.split_once('"').expect("an end").0.to_owned()
    };
    let hidden = form.split("<input type=\"hidden\"").skip(1);
    (within(form, "action=\""), hidden.map(|one| (within(one, "name=\""), within(one, "value=\""))).collect())
}

/// Presses the button of a toast.
fn press(person: &Person, (path, fields): &(String, Vec<(String, String)>)) -> String {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    by_script(person, path, &fields)
}

#[test]
fn a_second_timer_stops_the_first_and_says_so_with_an_undo() {
    let person = Person::new();
    let (first, second) = (task(&person, "First"), task(&person, "Second"));
    let start = |id: &str| by_script(&person, &format!("/web/tasks/{id}/timer/start"), &[("view", "all")]);
    start(&first);
    let before = person.get("/timer").ok(200);
    let said = start(&second);
    assert!(said.contains("Stopped \"\u{2068}First\u{2069}\" at 1m, started \"\u{2068}Second\u{2069}\"."), "{said}");
    assert_eq!(person.get("/timer").ok(200)["title"], "Second");
    assert_eq!(person.get(&format!("/tasks/{first}")).ok(200)["total_minutes"], 1);
    let undo = offered(&said, "Undo");
    for _ in 0..2 {
        let undone = press(&person, &undo);
        assert!(undone.contains("Undone.") && undone.contains("hx-target=\"#undo-"), "{undone}");
        assert_eq!(person.get("/timer").ok(200), before, "it runs as it ran before");
        assert_eq!(person.get(&format!("/tasks/{first}")).ok(200)["total_minutes"], 0);
    }
    assert_eq!(person.get(&format!("/tasks/{second}")).ok(200)["version"], 1);
    // Who comes too late takes nothing away.
    let undo = offered(&start(&second), "Undo");
    person.call("POST", &format!("/tasks/{second}/timer/stop")).send().ok(201);
    let fields: Vec<(&str, &str)> = undo.1.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(submit(&person, &undo.0, &fields).status, 409);
    assert_eq!(person.get(&format!("/tasks/{first}")).ok(200)["total_minutes"], 1);
    // Without script it is the same step.
    start(&first);
    let answer = submit(&person, &format!("/web/tasks/{second}/timer/start"), &[]).expect(303);
    assert_eq!(answer.header("location"), Some(&*format!("/task/{second}?done=started")));
    assert!(page(&person, &first).contains("Switch timer to this task"));
}

#[test]
fn a_timer_under_a_minute_can_be_discarded_and_a_tab_that_is_late_is_told() {
    let person = Person::new();
    let id = task(&person, "Short");
    let send = |act: &str| by_script(&person, &format!("/web/tasks/{id}/timer/{act}"), &[("view", "all")]);
    send("start");
    let said = send("stop");
    assert!(said.contains("Logged 1m on \u{2068}Short\u{2069}."), "{said}");
    press(&person, &offered(&said, "Discard"));
    let shown = person.get(&format!("/tasks/{id}")).ok(200);
    assert_eq!((&shown["total_minutes"], &shown["version"]), (&0.into(), &3.into()));
    let late = send("stop");
    assert!(late.contains("Timer already stopped.") && late.contains("id=\"timer-bar\""), "{late}");
    // Nobody discards what is somebody else's.
    send("start");
    let (path, fields) = offered(&send("stop"), "Discard");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(submit(&Person::new(), &path, &fields).status, 404);
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["total_minutes"], 1);
}

#[test]
fn a_task_that_is_done_by_form_stops_its_timer_with_an_undo() {
    let person = Person::new();
    let begun = || {
        let id = task(&person, "Almost");
        submit(&person, &format!("/web/tasks/{id}/timer/start"), &[]).expect(303);
        id
    };
    let now = |id: &str| {
        let task = person.get(&format!("/tasks/{id}")).ok(200);
        (task["status"].as_str().expect("a status").to_owned(), task["total_minutes"].as_i64().expect("minutes"))
    };
    for (how, view) in [("row", "all"), ("row", "board"), ("page", "task"), ("many", "all")] {
        let id = begun();
        let ticked = format!("task.{id}");
        let said = match how {
            "row" => by_script(&person, &format!("/web/tasks/{id}/status"), &[("status", "done"), ("view", view)]),
            "page" => {
                let fields = [("version", "1"), ("title", "Almost"), ("status", "done"), ("description", "")];
                let empty = [("estimate_minutes", ""), ("due_on", ""), ("view", view)];
                by_script(&person, &format!("/web/tasks/{id}"), &[&fields[..], &empty].concat())
            }
            _ => by_script(&person, "/web/tasks/status", &[(&*ticked, "on"), ("status", "done"), ("view", view)]),
        };
        assert!(said.contains("Timer stopped at 1m on \"\u{2068}Almost\u{2069}\"."), "{how}: {said}");
        assert!(said.contains("id=\"timer-bar\""), "{how}: the head shows none any more");
        assert_eq!(now(&id), ("done".to_owned(), 1), "{how}");
        person.get("/timer").expect(204);
        press(&person, &offered(&said, "Undo"));
        assert_eq!(now(&id), ("todo".to_owned(), 0), "{how}");
    }
    let id = begun();
    let answer = submit(&person, &format!("/web/tasks/{id}/status"), &[("status", "done")]).expect(303);
    assert_eq!(answer.header("location"), Some("/dashboard?done=finished"));
    // A deletion says what became of it too.
    let id = begun();
    let said = by_script(&person, &format!("/web/tasks/{id}/delete"), &[("view", "all")]);
    assert!(said.contains("Timer stopped at 1m.") && said.contains("id=\"timer-bar\""), "{said}");
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
    // Whoever wants the task done, or the timer elsewhere, is asked first.
    let other = task(&person, "Another");
    let own = format!("/task/{id}");
    let done = submit(&person, &format!("/web/tasks/{id}/status"), &[("status", "done")]).expect(303);
    let switched = submit(&person, &format!("/web/tasks/{other}/timer/start"), &[]).expect(303);
    assert_eq!([done.header("location"), switched.header("location")], [Some(&*own); 2]);
    let many = [(&*format!("task.{id}"), "on"), ("status", "done")];
    assert_eq!(submit(&person, "/web/tasks/status", &many).status, 409);
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["version"], 1);
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
