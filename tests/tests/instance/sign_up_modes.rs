//! Instances that do not take everybody.

use std::thread;

use local::Options;
use serde_json::{Value, json};
use sprintsync_auth::create_invite;
use sprintsync_domain::SignUpMode;
use tests::{Answer, Own, PASSWORD, Table, fresh_name, run};

fn instance(mode: SignUpMode) -> Own {
    Own::start(Options { sign_up_mode: mode, limit_factor: 100, ..Options::default() })
}

fn sign_up(own: &Own, invite: Option<&str>) -> Answer {
    let mut body = json!({"username": fresh_name(), "password": PASSWORD});
    if let Some(code) = invite {
        body["invite"] = Value::from(code);
    }
    own.api.post("/auth/signup", &body)
}

fn invite(own: &Own) -> String {
    run(create_invite(&Table::of(&own.stack).store(), &sprintsync_http::world())).expect("an invite")
}

#[test]
fn a_closed_instance_takes_nobody() {
    let own = instance(SignUpMode::Closed);
    sign_up(&own, None).problem(403);
    sign_up(&own, Some(&invite(&own))).problem(403);
    let form = [("username", "nobody-yet"), ("password", PASSWORD)];
    assert_eq!(own.api.call("POST", "/web/signup").form(&form).same_origin().send().status, 403);
    own.api.post("/auth/login", &json!({"username": "nobody-yet", "password": PASSWORD})).problem(401);
    own.stop();
}

#[test]
fn an_invite_lets_one_person_in_once() {
    let own = instance(SignUpMode::Invite);
    sign_up(&own, None).problem(403);
    for bad in ["", "x", "nonsense", "AAAAAAAAAAAAAAAAAAAAAAAA", &"x".repeat(400)] {
        sign_up(&own, Some(bad)).problem(403);
    }
    let code = invite(&own);
    sign_up(&own, Some(&code.to_lowercase())).problem(403);
    // A sign-up that fails for another reason does not use the invite up.
    let weak = json!({"username": fresh_name(), "password": "password", "invite": code});
    own.api.post("/auth/signup", &weak).names(&["password"]);
    let name = fresh_name();
    let body = json!({"username": name, "password": PASSWORD, "invite": code});
    own.api.post("/auth/signup", &body).ok(201);
    sign_up(&own, Some(&code)).problem(403);
    let other = invite(&own);
    let taken = json!({"username": name.to_uppercase(), "password": PASSWORD, "invite": other});
    own.api.post("/auth/signup", &taken).problem(409);
    sign_up(&own, Some(&other)).ok(201);
    own.stop();
}

#[test]
fn of_five_with_one_invite_one_gets_in() {
    let own = instance(SignUpMode::Invite);
    let code = invite(&own);
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let all: Vec<_> = (0..5).map(|_| scope.spawn(|| sign_up(&own, Some(&code)).status)).collect();
        all.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403, 403, 403, 403]);
    own.stop();
}

#[test]
fn an_open_instance_minds_no_invite() {
    let own = instance(SignUpMode::Open);
    sign_up(&own, Some("whatever")).ok(201);
    own.stop();
}
