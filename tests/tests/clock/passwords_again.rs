//! The password once more, ten minutes after it was shown.

use serde_json::json;
use tests::{Answer, Lab, PASSWORD, Person};

fn submit(person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    person.api.call("POST", path).cookie(&person.token).same_origin().form(fields).send()
}

/// The form that asks for the password, as a browser sends it again: its hidden fields, and the password.
fn confirm(person: &Person, page: &Answer, password: &str) -> Answer {
    let text = page.text();
    let attribute = |part: &str, name: &str| {
        let (_, rest) = part.split_once(&format!("{name}=\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    let form = text.split("<form ").find(|form| form.contains("confirm-password")).expect("the form");
    let action = attribute(form, "action").expect("an address");
    let hidden = form.split("<input type=\"hidden\" ").skip(1);
    let mut fields: Vec<(String, String)> =
        hidden.filter_map(|part| Some((attribute(part, "name")?, attribute(part, "value")?))).collect();
    fields.push(("password".to_owned(), password.to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    submit(person, &action, &fields)
}

#[test]
fn what_changes_who_may_do_what_needs_a_sign_in_of_the_last_ten_minutes() {
    let lab = Lab::start();
    let (admin, person) = (lab.admin(), Person::on(&lab.api));
    let account = format!("/auth/users/{}", person.id);
    let acts = [
        ("PATCH", account.clone(), Some(json!({"is_admin": false})), 200),
        ("PATCH", account.clone(), Some(json!({"disabled": false})), 200),
        ("POST", format!("{account}/password-reset"), None, 201),
        ("PUT", "/auth/admin/sign-up".to_owned(), Some(json!({"mode": "open"})), 200),
        ("DELETE", format!("{account}/sessions"), None, 204),
    ];
    let act = |admin: &Person, (method, path, body, _): &(&str, String, Option<serde_json::Value>, u16)| {
        let call = admin.call(method, path);
        body.iter().fold(call, |call, body| call.json(body)).send()
    };
    lab.clock.advance(540);
    for one in &acts[..4] {
        act(&admin, one).expect(one.3);
    }
    lab.clock.advance(61);
    for one in &acts {
        let problem = act(&admin, one).problem(403);
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains("POST /auth/login")), "{problem}");
    }
    // Everything else goes on.
    admin.get("/auth/users").ok(200);
    admin.call("POST", "/auth/admin/invites").send().expect(201);
    person.get("/auth/me").ok(200);
    let again = admin.with(&admin.sign_in(PASSWORD));
    for one in &acts {
        act(&again, one).expect(one.3);
    }
    person.get("/auth/me").problem(401);
    person.sign_in(PASSWORD);
}

#[test]
fn a_page_asks_for_the_password_and_then_does_what_was_asked() {
    let lab = Lab::start();
    let (admin, person) = (lab.admin(), Person::on(&lab.api));
    let path = format!("/web/team/people/{}", person.id);
    let is_admin = || admin.get(&format!("/auth/users/{}", person.id)).ok(200)["is_admin"] == true;
    lab.clock.advance(601);
    let asked = submit(&admin, &format!("{path}/account"), &[("key", "k"), ("is_admin", "true")]);
    assert_eq!(asked.status, 403, "{}", asked.text());
    assert!(!is_admin());
    let wrong = confirm(&admin, &asked, "wrong wrong wrong");
    assert_eq!(wrong.status, 403, "{}", wrong.text());
    assert!(wrong.text().contains("Wrong password.") && !is_admin());
    let done = confirm(&admin, &wrong, PASSWORD).expect(303);
    assert!(done.header("location").is_some_and(|to| to.ends_with("done=promoted")), "{:?}", done.headers);
    assert!(is_admin());
    // For ten minutes nothing is asked.
    submit(&admin, &format!("{path}/account"), &[("key", "l"), ("is_admin", "false")]).expect(303);
    lab.clock.advance(601);
    for (act, fields) in [
        (format!("{path}/link"), vec![("key", "m")]),
        (format!("{path}/sessions/end"), vec![("key", "n")]),
        ("/web/team/sign-up".to_owned(), vec![("key", "o"), ("mode", "open")]),
    ] {
        let asked = submit(&admin, &act, &fields);
        assert_eq!(asked.status, 403, "{act}");
        assert!(asked.text().contains("confirm-password"), "{act}");
    }
    let call = admin.api.call("POST", "/web/team/sign-up").cookie(&admin.token).same_origin();
    let by_htmx = call.header("hx-request", "true").form(&[("key", "p"), ("mode", "closed")]).send();
    assert_eq!(by_htmx.status, 403);
    assert!(by_htmx.text().trim_start().starts_with("<hx-partial hx-target=\"#main\""), "{}", by_htmx.text());
    confirm(&admin, &by_htmx, PASSWORD).expect(303);
    assert_eq!(admin.get("/auth/admin/sign-up").ok(200)["mode"], "closed");
    let ended = submit(&admin, &format!("{path}/sessions/end"), &[("key", "q")]).expect(303);
    assert!(ended.header("location").is_some_and(|to| to.ends_with("done=signed-out")));
    person.get("/auth/me").problem(401);
    // One's own too: then one is signed out.
    let own = submit(&admin, &format!("/web/team/people/{}/sessions/end", admin.id), &[("key", "r")]).expect(303);
    assert_eq!(own.header("location"), Some("/login"));
    admin.get("/auth/me").problem(401);
}
