//! The team's pages and their forms, by HTTP alone as a browser without script sends them.

use local::Options;
use serde_json::json;
use sprintsync_domain::Day;
use tests::{Answer, Own, PASSWORD, Person, Table, api, fresh_name, request_line, stack};

fn admin() -> Person {
    let admin = Person::new();
    Table::of(stack()).grant_admin(&admin.name);
    admin
}

fn open(person: &Person, path: &str) -> Answer {
    person.api.call("GET", path).cookie(&person.token).send()
}

fn page(person: &Person, path: &str) -> String {
    open(person, path).expect(200).text().to_owned()
}

fn submit(person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    person.api.call("POST", path).cookie(&person.token).same_origin().form(fields).send()
}

fn by_htmx(person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let call = person.api.call("POST", path).cookie(&person.token).same_origin();
    call.header("hx-request", "true").form(fields).send()
}

#[track_caller]
fn leads_to(answer: &Answer, place: &str) {
    assert_eq!((answer.status, answer.header("location")), (303, Some(place)), "{}", answer.text());
}

#[track_caller]
fn has(html: &str, text: &str) {
    assert!(html.contains(text), "no {text:?} in {html}");
}

fn account(of: &Person) -> String {
    format!("/web/team/people/{}/account", of.id)
}

/// The address that a page shows once.
fn shown(html: &str) -> Option<String> {
    let field = html.split(r#"id="once" value=""#).nth(1)?;
    Some(field.split('"').next().expect("a value").replace("&#38;", "&"))
}

/// The path of an address of ours.
fn path_of(address: &str) -> String {
    let path = address.split_once("//").expect("a whole address").1;
    path[path.find('/').expect("a path")..].to_owned()
}

/// The address behind a link with this text.
fn link(html: &str, text: &str) -> Option<String> {
    let tags = html.split("<a ").skip(1);
    let tag = tags.into_iter().find(|tag| tag.split_once('>').is_some_and(|(_, rest)| rest.starts_with(text)))?;
    let href = tag.split_once("href=\"")?.1.split_once('"')?.0;
    Some(href.replace("&#38;", "&").replace("&amp;", "&"))
}

fn task(of: &Person, title: &str) -> String {
    of.task(title)["id"].as_str().expect("an id").to_owned()
}

/// Every page, about this person and this task.
fn pages(of: &Person, task: &str) -> Vec<String> {
    vec![
        "/team".to_owned(),
        "/team/people".to_owned(),
        format!("/team/people/{}", of.id),
        "/team/tasks".to_owned(),
        format!("/team/tasks?person={}", of.id),
        format!("/team/tasks?name={}", of.name),
        format!("/team/tasks/{task}/assign"),
        "/team/audit".to_owned(),
        format!("/team/audit?person={}", of.id),
        "/team/audit?what=signed_up".to_owned(),
    ]
}

/// Every form, about this person and this task.
fn forms(of: &Person, task: &str) -> Vec<(String, Vec<(&'static str, String)>)> {
    vec![
        (account(of), vec![("is_admin", "true".to_owned())]),
        (account(of), vec![("disabled", "true".to_owned())]),
        (format!("/web/team/people/{}/link", of.id), vec![]),
        ("/web/team/invites".to_owned(), vec![]),
        ("/web/team/invites/018f2c5e-7700-7abc-8def-0123456789ab/revoke".to_owned(), vec![]),
        ("/web/team/sign-up".to_owned(), vec![("mode", "closed".to_owned())]),
        (format!("/web/team/tasks/{task}/assign"), vec![("username", of.name.clone())]),
    ]
}

#[test]
fn nobody_but_administrators_sees_the_team_or_a_way_to_it() {
    let (member, other) = (Person::new(), Person::new());
    let theirs = task(&other, "Secret plans of somebody else");
    let dashboard = page(&member, "/dashboard");
    assert!(!dashboard.contains("/team"), "no link leads there");
    for path in pages(&other, &theirs) {
        let refused = open(&member, &path);
        assert_eq!(refused.status, 403, "{path}");
        has(refused.text(), "No access");
        assert!(!refused.text().contains(&other.name) && !refused.text().contains("Secret plans"), "{path}");
        leads_to(&api().get(&path), &format!("/login?next={}", escaped(&path)));
    }
    for (path, fields) in forms(&other, &theirs) {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(submit(&member, &path, &fields).status, 403, "{path}");
        assert_eq!(by_htmx(&member, &path, &fields).status, 403, "{path}");
        let foreign = api().call("POST", &path).cookie(&admin().token).form(&fields).send();
        assert_eq!(foreign.status, 403, "{path} from elsewhere");
        assert_eq!(api().call("POST", &path).same_origin().form(&fields).send().status, 401, "{path}");
    }
    assert_eq!(other.get("/auth/me").ok(200)["is_admin"], false);
    other.get(&format!("/tasks/{theirs}")).ok(200);
}

fn escaped(path: &str) -> String {
    let byte = |byte: u8| match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    path.bytes().map(byte).collect()
}

#[test]
fn an_administrator_sees_everybody_and_every_page_costs_two_trips() {
    let (admin, other) = (admin(), Person::new());
    let theirs = task(&other, "Plan of <somebody> else");
    has(&page(&admin, "/dashboard"), r#"href="/team""#);
    has(&page(&admin, "/team/people"), &other.name);
    has(&page(&admin, &format!("/team/people/{}", other.id)), "Plan of &#60;somebody&#62; else");
    has(&page(&admin, "/team/tasks"), "Plan of &#60;somebody&#62; else");
    has(&page(&admin, &format!("/team/tasks/{theirs}/assign")), "Plan of &#60;somebody&#62; else");
    has(&page(&admin, "/team"), "Time in each status");
    for path in pages(&other, &theirs).into_iter().filter(|path| !path.contains("name=")) {
        let answer = open(&admin, &path).expect(200);
        let trips = request_line(answer.request_id())["table_sequence"].as_i64().expect("a number");
        // The trail names tasks of anybody.
        assert!(trips <= if path.starts_with("/team/audit") { 3 } else { 2 }, "{path}: {trips}");
        has(answer.text(), r#"<a class="topbar-link" href="/team" aria-current="true">"#);
    }
    for gone in [
        "/team/people/018f2c5e-7700-7abc-8def-0123456789ab",
        "/team/tasks?person=018f2c5e-7700-7abc-8def-0123456789ab",
        "/team/people/x",
        "/team/tasks/x/assign",
    ] {
        let status = open(&admin, gone).status;
        assert_eq!(status, 404, "{gone}");
    }
    leads_to(&open(&admin, "/team/audit?what=nothing"), "/team/audit");
    leads_to(&open(&admin, "/team/people?cursor=x"), "/team/people");
}

#[test]
fn roles_and_states_change_once_each_and_the_last_administrator_stays() {
    let own = Own::start(Options { limit_factor: 1_000, ..Options::default() });
    let (first, second) = (Person::on(&own.api), Person::on(&own.api));
    Table::of(&own.stack).grant_admin(&first.name);
    let here = format!("/team/people/{}", second.id);
    let refused = submit(&first, &account(&first), &[("key", "a"), ("is_admin", "false")]);
    assert_eq!(refused.status, 409);
    has(refused.text(), r#"role="alert""#);
    has(refused.text(), "the only admin. Make someone else admin first.");
    has(refused.text(), r#"id="account""#);
    let refused = by_htmx(&first, &account(&first), &[("key", "b"), ("disabled", "true"), ("view", "list")]);
    assert_eq!(refused.status, 409);
    has(refused.text(), &format!(r##"<hx-partial hx-target="#person-{}""##, first.id));
    has(refused.text(), "the only admin. Make someone else admin first.");

    let promoted =
        || submit(&first, &account(&second), &[("key", "c"), ("is_admin", "true"), ("back", "/team/people")]);
    leads_to(&promoted(), "/team/people?done=promoted");
    has(&page(&first, "/team/people?done=promoted"), "Admin added.");
    page(&second, "/team");
    let demoted = by_htmx(&first, &account(&second), &[("key", "d"), ("is_admin", "false"), ("view", "person")]);
    has(demoted.expect(200).text(), " is no longer an admin.");
    assert_eq!(open(&second, "/team").status, 403, "with the next request");
    leads_to(&promoted(), "/team/people?done=promoted");
    assert_eq!(open(&second, "/team").status, 403, "a form that is sent again is no second write");

    leads_to(
        &submit(&first, &account(&second), &[("key", "e"), ("disabled", "true")]),
        &format!("{here}?done=shut-out"),
    );
    second.get("/auth/me").problem(401);
    has(&page(&first, &here), "Deactivated");
    leads_to(
        &submit(&first, &account(&second), &[("key", "f"), ("disabled", "false")]),
        &format!("{here}?done=let-in"),
    );
    let second = second.with(&second.sign_in(PASSWORD));
    submit(&first, &account(&second), &[("key", "g"), ("is_admin", "true")]).expect(303);
    leads_to(&submit(&second, &account(&second), &[("key", "h"), ("is_admin", "false")]), "/dashboard");
    assert_eq!(open(&second, "/team").status, 403, "who gives it up has it no more");
    assert_eq!(submit(&first, &account(&second), &[("key", "i"), ("is_admin", "perhaps")]).status, 422);
    own.stop();
}

#[test]
fn a_link_for_a_new_password_is_shown_once_and_works_once() {
    let (admin, other) = (admin(), Person::new());
    let ask = |key: &str| {
        let form = [("key", key), ("back", "/team/people")];
        submit(&admin, &format!("/web/team/people/{}/link", other.id), &form).expect(200)
    };
    let asked = ask("once");
    assert_eq!(asked.header("cache-control"), Some("no-store"));
    let address = shown(asked.text()).expect("an address");
    assert!(address.starts_with(&format!("{}/reset?code=", api().base())), "{address}");
    let again = ask("once");
    assert_eq!(shown(again.text()), None);
    has(again.text(), "Already shown");

    let path = path_of(&address);
    let code = path.split_once('=').expect("a code").1.to_owned();
    let form = api().get(&path).expect(200);
    has(form.text(), &other.name);
    let set = |code: &str, password: &str| {
        let fields = [("code", code), ("username", other.name.as_str()), ("new_password", password)];
        api().call("POST", "/web/reset").same_origin().form(&fields).send()
    };
    let refused = set(&code, "password");
    assert_eq!(refused.status, 422);
    has(refused.text(), r#"id="reset-password-error""#);
    has(refused.text(), &format!(r#"name="code" value="{code}""#));
    assert!(!refused.text().contains(r#"value="password""#), "what was typed is never sent back");
    assert_eq!(set(&code, "").status, 422);
    let foreign =
        api().call("POST", "/web/reset").form(&[("code", code.as_str()), ("new_password", "seven loud herons")]);
    assert_eq!(foreign.send().status, 403);

    leads_to(&set(&code, "seven loud herons dance"), "/login?done=reset");
    has(api().get("/login?done=reset").expect(200).text(), "Password changed. Sign in.");
    other.get("/auth/me").problem(401);
    other.try_sign_in(PASSWORD).problem(401);
    other.sign_in("seven loud herons dance");
    let used = set(&code, "eight loud herons dance");
    assert_eq!(used.status, 422);
    for page in
        [used, api().get(&path).expect(200), api().get("/reset").expect(200), api().get("/reset?code=x").expect(200)]
    {
        has(page.text(), "This link has expired");
    }
    leads_to(&open(&admin, &format!("/web/team/people/{}/link", other.id)), "/team");
}

#[test]
fn who_may_sign_up_is_chosen_and_an_invite_lets_one_person_in() {
    let own = Own::start(Options { limit_factor: 1_000, ..Options::default() });
    let admin = Person::on(&own.api);
    Table::of(&own.stack).grant_admin(&admin.name);
    has(&page(&admin, "/team/people"), r#"value="open" aria-pressed="true""#);
    leads_to(&submit(&admin, "/web/team/sign-up", &[("key", "a"), ("mode", "invite")]), "/team/people?done=sign-up");
    has(&page(&admin, "/team/people"), r#"value="invite" aria-pressed="true""#);
    let made = submit(&admin, "/web/team/invites", &[("key", "b")]).expect(200);
    let address = shown(made.text()).expect("an address");
    assert!(address.starts_with(&format!("{}/signup?invite=", own.api.base())), "{address}");
    assert_eq!(shown(submit(&admin, "/web/team/invites", &[("key", "b")]).expect(200).text()), None);
    let code = address.split_once("invite=").expect("a code").1.to_owned();
    has(own.api.get(&path_of(&address)).expect(200).text(), &code);
    let sign_up = |invite: &str| {
        let name = fresh_name();
        let fields = [("username", name.as_str()), ("password", PASSWORD), ("invite", invite), ("time_zone", "UTC")];
        own.api.call("POST", "/web/signup").same_origin().form(&fields).send().status
    };
    assert_eq!((sign_up(&code), sign_up(&code), sign_up("x")), (303, 403, 403));

    let other = shown(submit(&admin, "/web/team/invites", &[("key", "c")]).expect(200).text()).expect("an address");
    let html = page(&admin, "/team/people");
    let id = html.split("id=\"invite-").find_map(|rest| rest.split('"').next().filter(|id| id.len() == 36));
    let revoke = format!("/web/team/invites/{}/revoke", id.expect("an invite"));
    leads_to(&submit(&admin, &revoke, &[("key", "d")]), "/team/people?done=revoked");
    leads_to(&submit(&admin, &revoke, &[("key", "d")]), "/team/people?done=revoked");
    assert_eq!(submit(&admin, &revoke, &[("key", "e")]).status, 404);
    assert_eq!(sign_up(other.split_once("invite=").expect("a code").1), 403);
    has(&page(&admin, "/team/people"), "No open invites.");
    let closed = by_htmx(&admin, "/web/team/sign-up", &[("key", "f"), ("mode", "closed")]).expect(200);
    has(closed.text(), r#"value="closed" aria-pressed="true""#);
    assert_eq!(sign_up(""), 403);
    assert_eq!(submit(&admin, "/web/team/sign-up", &[("key", "g"), ("mode", "everybody")]).status, 422);
    own.stop();
}

#[test]
fn a_task_is_given_to_whoever_is_named() {
    let (admin, from, to) = (admin(), Person::new(), Person::new());
    let id = task(&from, "Travels");
    let back = format!("/team/tasks?person={}", from.id);
    let html = page(&admin, &back);
    let assign = link(&html, "Assign").expect("a way to assign");
    assert_eq!(assign, format!("/team/tasks/{id}/assign?back={}", escaped(&back).replace("%2D", "-")));
    let form = page(&admin, &assign);
    has(&form, &format!(r#"name="back" value="{}""#, back.replace('&', "&#38;")));
    has(&form, &format!(r#"<option value="{}">"#, to.name));

    let path = format!("/web/team/tasks/{id}/assign");
    let give = |key: &str, name: &str| submit(&admin, &path, &[("key", key), ("username", name), ("back", &back)]);
    for (name, said) in
        [("nobody-at-all", "No user &#34;nobody-at-all&#34;."), ("", "Choose a person."), ("a b", "No user")]
    {
        let refused = give("a", name);
        assert_eq!(refused.status, 422, "{name}");
        has(refused.text(), said);
        has(refused.text(), "Travels");
    }
    let shut = Person::new();
    submit(&admin, &account(&shut), &[("key", "x"), ("disabled", "true")]).expect(303);
    let refused = give("b", &shut.name);
    assert_eq!(refused.status, 422);
    has(refused.text(), "is deactivated and can&#39;t have tasks.");

    from.call("POST", &format!("/tasks/{id}/timer/start")).send().ok(201);
    let given = give("c", &to.name.to_uppercase());
    leads_to(&given, &format!("{back}&done=assigned"));
    let trips = request_line(given.request_id())["table_sequence"].as_i64().expect("a number");
    assert!(trips <= 3, "{trips}");
    assert_eq!(to.get(&format!("/tasks/{id}")).ok(200)["total_minutes"], 1);
    from.get(&format!("/tasks/{id}")).problem(404);
    from.get("/timer").expect(204);
    leads_to(&give("c", &to.name.to_uppercase()), &format!("{back}&done=assigned"));
    has(&page(&admin, &format!("{back}&done=assigned")), "Task assigned.");
    to.delete(&format!("/tasks/{id}")).expect(204);
    assert_eq!(give("d", &from.name).status, 404);
    has(&page(&admin, &format!("/team/audit?person={}", admin.id)), "</a> from <a class=\"who\"");
}

#[test]
fn tasks_are_found_by_person_and_status_page_by_page() {
    let (admin, person) = (admin(), Person::new());
    for n in 0..35 {
        let status = if n % 7 == 0 { "done" } else { "todo" };
        person.post("/tasks", &json!({"title": format!("task {n}"), "status": status})).ok(201);
    }
    let by_id = format!("/team/tasks?person={}", person.id);
    leads_to(&open(&admin, &format!("/team/tasks?name=%20{}%20", person.name.to_uppercase())), &by_id);
    has(&page(&admin, "/team/tasks?name=nobody-at-all"), "No user &#34;nobody-at-all&#34;.");
    for list in [by_id, format!("/team/people/{}", person.id)] {
        let first = page(&admin, &list);
        let earlier = link(&first, "Older").expect("more");
        let second = page(&admin, earlier.split('#').next().expect("an address"));
        let count = |html: &str| html.matches("<li class=\"row ").count();
        assert_eq!((count(&first), count(&second)), (25, 10), "{list}");
        assert!(link(&second, "Older").is_none());
        let done = page(&admin, &link(&first, "Done").expect("a filter"));
        assert_eq!(count(&done), 5, "{list}");
        let stranger = self::admin();
        // A cursor is its reader's.
        let answer = open(&stranger, earlier.split('#').next().expect("an address"));
        leads_to(&answer, earlier.split(['?', '#']).next().expect("a path"));
    }
    let everybody = page(&admin, "/team/tasks");
    let earlier = link(&everybody, "Older").expect("more");
    has(&page(&admin, &earlier), "Back to newest");
}

#[test]
fn an_administrator_does_to_somebodys_task_what_the_api_allows() {
    let (admin, person) = (self::admin(), Person::new());
    let new = json!({"title": "Sums that hold", "description": "Check them twice."});
    let task = person.post("/tasks", &new).ok(201);
    let id = task["id"].as_str().expect("an id").to_owned();
    person.post(&format!("/tasks/{id}/time"), &json!({"minutes": 20, "note": "first look"})).ok(201);
    let here = format!("/team/tasks/{id}");
    leads_to(&open(&admin, &format!("/task/{id}")), &here);
    has(&page(&admin, "/team/tasks"), &format!("href=\"{here}\""));
    let shown = page(&admin, &here);
    for text in ["Sums that hold", "Check them twice.", "first look", "20m", &person.name, "created"] {
        has(&shown, text);
    }
    let act = |name: &str, fields: &[(&str, &str)]| submit(&admin, &format!("/web{here}/{name}"), fields);
    leads_to(&act("status", &[("key", "a"), ("status", "done")]), &format!("{here}?done=moved"));
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["status"], "done");
    leads_to(&act("delete", &[("key", "b")]), &format!("{here}?done=deleted"));
    assert_eq!(person.get(&format!("/tasks/{id}")).status, 404);
    has(&page(&admin, &here), "This task is in the trash.");
    assert_eq!(act("status", &[("key", "c"), ("status", "todo")]).status, 404);
    leads_to(&act("restore", &[("key", "d")]), &format!("{here}?done=restored"));
    // Sent again, it is done once.
    leads_to(&act("delete", &[("key", "b")]), &format!("{here}?done=deleted"));
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["status"], "done");
    assert_eq!(act("status", &[("key", "e"), ("status", "finished")]).status, 422);

    let trail = page(&admin, &format!("/team/audit?person={}", admin.id));
    for words in [" changed the status of ", " deleted ", " restored "] {
        has(&trail, words);
    }
    assert_eq!(trail.matches(&format!("href=\"{here}\">“Sums that hold”</a>")).count(), 3, "{trail}");
}

#[test]
fn nobody_else_sees_somebodys_task() {
    let (person, other) = (Person::new(), Person::new());
    let task = person.task("Mine alone");
    let id = task["id"].as_str().expect("an id");
    assert_eq!(open(&other, &format!("/task/{id}")).status, 404);
    assert_eq!(open(&other, &format!("/team/tasks/{id}")).status, 403);
    for act in ["status", "delete", "restore"] {
        let answer = submit(&other, &format!("/web/team/tasks/{id}/{act}"), &[("key", "a"), ("status", "done")]);
        assert_eq!(answer.status, 403, "{act}");
    }
    let admin = self::admin();
    let own = admin.task("The admin's own");
    let own = own["id"].as_str().expect("an id");
    leads_to(&open(&admin, &format!("/team/tasks/{own}")), &format!("/task/{own}"));
    assert_eq!(open(&admin, "/team/tasks/018f2c5e-7700-7abc-8def-0123456789ab").status, 404);
}

#[test]
fn what_a_person_logged_is_on_their_page_at_once() {
    let (admin, person) = (admin(), Person::new());
    let time = format!("{}/time", person.task_path("Counted by the day"));
    let wrong = person.post(&time, &json!({"minutes": 7})).ok(201);
    let today: Day = wrong["worked_on"].as_str().expect("a day").parse().expect("a day");
    for (minutes, ago) in [(95, 0), (30, 29), (11, 30)] {
        let worked_on = today.plus(-ago).to_string();
        person.post(&time, &json!({"minutes": minutes, "worked_on": worked_on})).expect(201);
    }
    let reversal = format!("{time}/{}/reversal", wrong["id"].as_str().expect("an id"));
    person.call("POST", &reversal).send().expect(201);
    has(&page(&admin, &format!("/team/people/{}", person.id)), "per day, last 30 days: 2h 5m in total.");
}

#[test]
fn the_audit_trail_is_told_in_sentences_and_narrowed_by_person_and_kind() {
    let (admin, other) = (admin(), Person::new());
    submit(&admin, &account(&other), &[("key", "a"), ("is_admin", "true")]).expect(303);
    submit(&admin, &account(&other), &[("key", "b"), ("disabled", "true")]).expect(303);
    let of_other = format!("/team/audit?person={}", other.id);
    leads_to(&open(&admin, &format!("/team/audit?name={}&what=", other.name)), &of_other);
    let by_name = open(&admin, &format!("/team/audit?name={}&what=disabled", other.name));
    leads_to(&by_name, &format!("{of_other}&what=disabled"));
    let whole = page(&admin, &of_other);
    for part in [" signed up", " signed in", " an admin", " deactivated "] {
        has(&whole, part);
    }
    has(&whole, &format!(r#"name="name" value="{}""#, other.name));
    let narrow = page(&admin, &format!("{of_other}&what=disabled"));
    has(&narrow, r#"<option value="disabled" selected>"#);
    assert_eq!(narrow.matches("<time").count(), 1, "{narrow}");
    has(&page(&admin, "/team/audit?name=nobody-at-all"), "No user &#34;nobody-at-all&#34;.");
    has(&page(&admin, &format!("{of_other}&what=left")), "No matches");
}

#[test]
fn every_form_of_the_team_carries_a_key_and_needs_no_script() {
    let (admin, other) = (admin(), Person::new());
    let theirs = task(&other, "Somebody's");
    submit(&admin, "/web/team/invites", &[("key", "a")]).expect(200);
    for path in pages(&other, &theirs).into_iter().filter(|path| !path.contains("name=")) {
        let html = page(&admin, &path);
        for form in html.split("<form").skip(1).filter_map(|form| form.split("</form>").next()) {
            let tag = form.split('>').next().expect("a tag");
            if tag.contains("/web/team") {
                assert!(tag.contains(r#"method="post" action="/web/team"#), "{path}: {tag}");
                assert!(form.contains(r#"name="key" value="0"#), "{path}: {form}");
            }
        }
    }
}
