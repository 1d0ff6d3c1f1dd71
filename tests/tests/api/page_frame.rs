//! What every page has around it: the chosen scheme, whose page it is, and the running timer.

use tests::{Answer, Call, Person, api};

fn submit(person: &Person, path: &str, fields: &[(&str, &str)]) -> Call {
    api().call("POST", path).cookie(&person.token).same_origin().form(fields)
}

fn choose(fields: &[(&str, &str)]) -> Answer {
    api().call("POST", "/web/scheme").same_origin().form(fields).send()
}

#[test]
fn a_scheme_is_chosen_by_whoever_is_there_and_every_page_has_it() {
    let chosen = choose(&[("scheme", "dark"), ("back", "/account")]).expect(303);
    assert_eq!(chosen.header("location"), Some("/account"));
    let cookie = chosen.header("set-cookie").expect("a cookie").to_owned();
    assert_eq!(cookie, "__Host-scheme=dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure");
    let person = Person::new();
    let mine = format!("__Host-sprintsync={}; __Host-scheme=dark", person.token);
    for (path, status) in [("/dashboard", 200), ("/account", 200), ("/nothing", 404), ("/task/x", 404)] {
        let page = api().call("GET", path).header("cookie", &mine).send();
        assert_eq!(page.status, status, "{path}");
        let text = page.text();
        assert!(text.contains(r#"<html lang="en" data-scheme="dark">"#), "{path}: {text}");
        assert!(text.contains(r##"<meta name="theme-color" content="#1b1d1f">"##), "{path}");
    }
    for path in ["/login", "/signup"] {
        let page = api().call("GET", path).header("cookie", "scheme=light").send().expect(200);
        assert!(page.text().contains(r#"data-scheme="light""#), "{path}");
    }
    let page = api().get("/login").expect(200);
    assert!(!page.text().contains("data-scheme"), "nobody chose");
    assert!(page.text().contains("prefers-color-scheme: dark"), "the device does");
}

#[test]
fn a_scheme_is_given_up_and_nothing_else_is_taken_for_one() {
    let given_up = choose(&[("scheme", "system"), ("back", "//evil.example")]).expect(303);
    assert_eq!(given_up.header("location"), Some("/dashboard"));
    assert!(
        given_up.header("set-cookie").is_some_and(|cookie| cookie.starts_with("__Host-scheme=; Path=/; Max-Age=0;"))
    );
    for bad in ["", "blue", "dark\" onload=\""] {
        let refused = choose(&[("scheme", bad)]);
        assert_eq!((refused.status, refused.header("set-cookie")), (422, None), "{bad}");
    }
    let page = api().call("GET", "/login").header("cookie", "scheme=blue").send().expect(200);
    assert!(!page.text().contains("data-scheme"));
    let foreign = api().call("POST", "/web/scheme").form(&[("scheme", "dark")]).send();
    assert_eq!((foreign.status, foreign.header("set-cookie")), (403, None));
    let by_htmx = api().call("POST", "/web/scheme").same_origin().header("hx-request", "true");
    let by_htmx = by_htmx.form(&[("scheme", "light")]).send().expect(200);
    assert_eq!(by_htmx.header("hx-refresh"), Some("true"));
    assert!(by_htmx.header("set-cookie").is_some_and(|cookie| cookie.starts_with("__Host-scheme=light;")));
}

#[test]
fn the_running_timer_is_on_every_page_and_stops_from_there() {
    let person = Person::new();
    let id = person.task("Timed <b>")["id"].as_str().expect("an id").to_owned();
    let page = |path: &str| {
        let page = api().call("GET", path).cookie(&person.token).send().expect(200).text().to_owned();
        assert!(page.contains(&format!(r#"data-user="{}" data-zone="UTC""#, person.id)), "{path}");
        page
    };
    assert!(page("/week").contains(r#"id="timer-bar" data-live="part"></div>"#), "nothing runs");
    let start = format!("/web/tasks/{id}/timer/start");
    let started = submit(&person, &start, &[("view", "status=todo")]).send().expect(303);
    assert_eq!(started.header("location"), Some("/dashboard?status=todo&done=started"));
    for path in ["/dashboard", "/week", "/trash", "/account", "/account/export", &format!("/task/{id}")] {
        let page = page(path);
        assert!(page.contains(r#"aria-label="Stop timer on Timed &#60;b&#62;""#), "{path}: {page}");
        assert!(page.contains(&format!(r#"name="back" value="{path}""#)), "{path}");
    }
    let stop = format!("/web/tasks/{id}/timer/stop");
    let stopped = submit(&person, &stop, &[("back", "/week?day=2026-11-23&done=started")]).send().expect(303);
    assert_eq!(stopped.header("location"), Some("/week?day=2026-11-23&done=logged"));
    assert_eq!(person.get(&format!("/tasks/{id}")).ok(200)["total_minutes"], 1);
}

#[test]
fn htmx_gets_the_parts_that_show_the_timer() {
    let person = Person::new();
    let id = person.task("Timed")["id"].as_str().expect("an id").to_owned();
    let htmx = |act: &str, fields: &[(&str, &str)]| {
        let path = format!("/web/tasks/{id}/timer/{act}");
        submit(&person, &path, fields).header("hx-request", "true").send().expect(200)
    };
    let started = htmx("start", &[("back", "/trash")]);
    assert_eq!(started.header("hx-trigger"), Some("refresh"));
    assert!(started.text().contains(r##"hx-target="#timer-bar""##) && started.text().contains("data-since"));
    assert!(!started.text().contains(r##"hx-target="#timer""##), "the page is another");
    let stopped = htmx("stop", &[("back", "/trash")]);
    assert!(stopped.text().contains("Logged 1m on \u{2068}Timed\u{2069}."), "{}", stopped.text());
    assert!(!stopped.text().contains("data-since"));
    htmx("start", &[("view", "task")]);
    let stopped = htmx("stop", &[("view", "task")]);
    for part in ["#timer-bar", "#timer", "#time-summary", "#entries", "#events"] {
        assert!(stopped.text().contains(&format!(r#"hx-target="{part}""#)), "{part}: {}", stopped.text());
    }
}

#[test]
fn a_form_without_a_session_says_how_it_is_sent_all_the_same() {
    let submit = |path: &str| api().call("POST", path).same_origin().form(&[("title", "x")]);
    let told = submit("/web/tasks").header("cookie", "scheme=dark").send();
    assert_eq!((told.status, told.header("location")), (401, None));
    for part in [r#"data-scheme="dark""#, r#"href="/login" target="_blank" rel="noopener""#, "reload it"] {
        assert!(told.text().contains(part), "{part}: {}", told.text());
    }
    let left = submit("/web/logout").send().expect(303);
    assert_eq!(left.header("location"), Some("/login"), "nothing is lost by signing out twice");
}

#[test]
fn a_page_whose_address_holds_a_code_tells_nobody_where_one_comes_from() {
    for path in ["/reset?code=x", "/reset", "/signup?invite=x"] {
        let page = api().get(path).expect(200);
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"), "{path}");
    }
    for path in ["/signup", "/login"] {
        assert_eq!(api().get(path).expect(200).header("referrer-policy"), Some("same-origin"), "{path}");
    }
}
