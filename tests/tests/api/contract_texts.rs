//! Texts that people paste, and passwords that they type on another device, by JSON and by form.

use serde_json::json;
use tests::{Answer, PASSWORD, Person, api, fresh_name};

/// Adds a task by the form of the page.
fn add(person: &Person, fields: &[(&str, &str)]) -> Answer {
    api().call("POST", "/web/tasks").cookie(&person.token).same_origin().form(fields).send()
}

#[test]
fn what_comes_along_when_pasting_becomes_what_it_means() {
    let person = Person::new();
    for pasted in ["Call\tBob", "Call\nBob", "Call\r\nBob", "Call\u{2028}Bob", "\tCall\u{b}Bob\u{85}"] {
        let task =
            person.post("/tasks", &json!({"title": pasted, "description": "one\u{2029}two\r\nthree\tfour"})).ok(201);
        assert_eq!((&task["title"], &task["description"]), (&json!("Call Bob"), &json!("one\ntwo\nthree\tfour")));
        let form = [("title", pasted), ("description", "one\u{2028}two")];
        add(&person, &form).expect(303);
    }
    let (tasks, _) = person.walk("/tasks?limit=200");
    assert_eq!(tasks.len(), 10);
    assert!(tasks.iter().all(|task| task["title"] == "Call Bob"), "{tasks:?}");
}

#[test]
fn what_shows_nothing_is_blank_and_what_is_refused_is_named_with_its_place() {
    let person = Person::new();
    for nothing in ["\u{3164}", "\u{2800} \u{2800}", "\u{200b}\u{feff}", "\u{e0041}", "\u{ffa0}\u{fe0f}"] {
        person.post("/tasks", &json!({"title": nothing})).names(&["title"]);
        assert_eq!(add(&person, &[("title", nothing)]).status, 422);
    }
    let refused = person.post("/tasks", &json!({"title": "Call\u{7}Bob"})).names(&["title"]).json();
    assert_eq!(refused["errors"][0]["message"], "Remove the control character after “Call” (U+0007).");
    let page = add(&person, &[("title", "Call\u{7}Bob")]);
    assert_eq!(page.status, 422);
    assert!(page.text().contains("Remove the control character after “Call” (U+0007)."), "{}", page.text());
    let turned = person.post("/tasks", &json!({"title": "to \u{202e}live"})).names(&["title"]).json();
    assert!(turned["errors"][0]["message"].as_str().is_some_and(|text| text.contains("after “to”")), "{turned}");
    assert_eq!(person.walk("/tasks").0.len(), 0);
}

#[test]
fn a_password_is_one_however_it_is_typed() {
    let (composed, decomposed) = ("vier gr\u{fc}ne Enten", "vier\u{a0}gru\u{308}ne\u{2003}Enten");
    let login =
        |name: &str, password: &str| api().post("/auth/login", &json!({"username": name, "password": password}));
    for (chosen, typed) in [(composed, decomposed), (decomposed, composed)] {
        let name = fresh_name();
        api().post("/auth/signup", &json!({"username": name, "password": chosen})).ok(201);
        login(&name, chosen).ok(200);
        login(&name, typed).ok(200);
        login(&name, "vier grune Enten").problem(401);
        let form = [("username", &*name), ("password", typed)];
        api().call("POST", "/web/login").same_origin().form(&form).send().expect(303);
    }
}

#[test]
fn a_password_that_is_guessed_early_is_refused_and_a_phrase_is_not() {
    let sign_up =
        |name: &str, password: &str| api().post("/auth/signup", &json!({"username": name, "password": password}));
    let name = fresh_name();
    let dressed = format!("{}2026!", name.to_uppercase());
    for weak in ["Summer2026!", "SprintSync2026!", "P4ssw0rd123", "aaaaaaaa", "12345678", "qwertyuiop", &dressed] {
        sign_up(&name, weak).names(&["password"]);
        let form = [("username", &*name), ("password", weak)];
        assert_eq!(api().call("POST", "/web/signup").same_origin().form(&form).send().status, 422);
    }
    sign_up(&name, "summer rain on tin roofs").ok(201);
}

#[test]
fn names_of_roles_are_nobody_s_to_take() {
    for name in ["admin", "Administrator", "root", "support", "system", "SprintSync", "security", "help", "ad.min_"] {
        let refused = api().post("/auth/signup", &json!({"username": name, "password": PASSWORD})).names(&["username"]);
        assert_eq!(refused.json()["errors"][0]["message"], "This name is reserved. Choose another one.");
        let form = [("username", name), ("password", PASSWORD)];
        assert_eq!(api().call("POST", "/web/signup").same_origin().form(&form).send().status, 422);
    }
}

#[test]
fn another_grant_than_the_password_s_is_refused_as_oauth_2_says() {
    let person = Person::new();
    let ask = |grant: &str| {
        let form = [("grant_type", grant), ("username", &*person.name), ("password", PASSWORD)];
        api().call("POST", "/auth/login").form(&form).send()
    };
    for other in ["authorization_code", "refresh_token", "client_credentials", "Password", "password "] {
        let answer = ask(other);
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("unsupported_grant_type")), "{other}");
    }
    ask("password").ok(200);
    ask("").ok(200);
}
