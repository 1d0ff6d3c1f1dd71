//! Nothing secret or personal is written down, whatever goes wrong.

use std::process::Command;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Fault, Lab, PASSWORD, Person, Table, lines_with};

#[test]
fn no_line_holds_what_somebody_wrote_or_what_opens_an_account() {
    let lab = Lab::start();
    let (person, admin) = (Person::on(&lab.api), lab.admin());
    let words = ["aardvark plans", "a bittern in the reeds", "cormorant minutes"];
    let [title, description, note] = words;
    let wrong = "opossum-7-walks-backwards";
    let task = person.post("/tasks", &json!({"title": title, "description": description})).expect(201).json();
    let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
    person.post(&format!("{path}/time"), &json!({"minutes": 5, "note": note})).expect(201);
    // Signed in, and not; with what cannot be read; by a form.
    let token = person.sign_in(PASSWORD);
    person.try_sign_in(wrong).expect(401);
    lab.api
        .call("POST", "/auth/login")
        .body("application/json", format!("{{\"password\": \"{wrong}\""))
        .send()
        .expect(400);
    let form = lab
        .api
        .call("POST", "/web/login")
        .same_origin()
        .form(&[("username", &person.name), ("password", PASSWORD)])
        .send();
    let cookie =
        form.expect(303).header("set-cookie").expect("a cookie").split(';').next().expect("a cookie").to_owned();
    let (_, cookie) = cookie.split_once('=').expect("a value");
    lab.api.call("GET", "/tasks?status=<script>").bearer("eyJhbGciOiJub25lIn0.e30.x").send().expect(401);
    let code = admin.call("POST", "/auth/admin/invites").send().expect(201).json()["code"]
        .as_str()
        .expect("a code")
        .to_owned();
    let reset = admin.call("POST", &format!("/auth/users/{}/password-reset", person.id)).send().expect(201).json();
    let reset = reset["code"].as_str().expect("a code").to_owned();
    // What is stored cannot be read, or is what no code expects.
    let table = Table::of(&lab.stack);
    let broken = person.task_path(title);
    let (pk, sk) = (format!("USER#{}", person.id), format!("TASK#{}", broken.trim_start_matches("/tasks/")));
    for value in [
        AttributeValue::S(description.into()),
        AttributeValue::Bool(true),
        AttributeValue::L(vec![AttributeValue::S(note.into())]),
    ] {
        table.set(&pk, &sk, "estimate_minutes", value);
        person.get(&broken).expect(500);
        assert_eq!(lab.api.call("GET", "/dashboard").cookie(cookie).send().status, 500);
    }
    // Every call of the table fails in every way.
    for fault in Fault::ALL.into_iter().chain([Fault::Panics]) {
        lab.faults.plan(move |_| Some(fault));
        person.get(&path);
        let changed = person.patch(&path, &json!({"title": title, "description": description}));
        assert_eq!(changed.status == 500, fault == Fault::Panics, "{fault:?}: {}", changed.text());
        person.try_sign_in(PASSWORD);
        lab.api.post("/auth/reset", &json!({"code": reset, "new_password": "walnut-orbit-candle-11"}));
        lab.faults.calm();
    }
    let secrets = lab.stack.secrets();
    let (signing, origin) = (secrets.signing_key().expect("a key").current.value, secrets.origin_key().expect("a key"));
    let scrape = secrets.scrape_token().expect("a token");
    for silent in [
        title,
        description,
        note,
        wrong,
        PASSWORD,
        &token,
        &person.token,
        cookie,
        &code,
        &reset,
        &signing,
        &origin,
        &scrape,
        &person.name,
        "eyJhbGciOiJub25lIn0",
        "127.0.0.1",
        "$argon2",
        "sprintsync-tests",
    ] {
        assert_eq!(lines_with(silent), Vec::<String>::new(), "{silent:?} is in the log");
    }
}

#[test]
fn nor_does_one_where_every_line_is_written() {
    // What is written is settled once in a process.
    let this = std::env::current_exe().expect("this program");
    let name = "quiet::no_line_holds_what_somebody_wrote_or_what_opens_an_account";
    let mut again = Command::new(this);
    again.args(["--exact", name]).env("POWERTOOLS_LOG_LEVEL", "TRACE").env("POWERTOOLS_LOGGER_SAMPLE_RATE", "1");
    let done = again.output().expect("it runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    assert!(String::from_utf8_lossy(&done.stdout).contains("1 passed"));
}
