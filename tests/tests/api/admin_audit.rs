//! The audit trail.

use serde_json::{Value, json};
use tests::{Lab, PASSWORD, Person};

use crate::{is_instant, keys};

const NEW: &str = "seven loud herons dance";

/// Does everything that the audit trail knows of. Gives those who did it.
fn everything(lab: &Lab) -> (Person, Person, Vec<String>) {
    let (admin, person) = (lab.admin(), Person::on(&lab.api));
    let account = format!("/auth/users/{}", person.id);
    let mut secrets = vec![PASSWORD.to_owned(), NEW.to_owned(), person.token.clone()];
    person.try_sign_in("four loud herons dance").problem(401);
    person.with(&person.sign_in(PASSWORD)).call("POST", "/auth/logout").send().expect(204);
    person.patch("/auth/me", &json!({"workday_minutes": 400})).ok(200);
    let person = person.change_password(PASSWORD, NEW);
    for fields in
        [json!({"is_admin": true}), json!({"is_admin": false}), json!({"disabled": true}), json!({"disabled": false})]
    {
        admin.patch(&account, &fields).ok(200);
    }
    let link = admin.call("POST", &format!("{account}/password-reset")).send().ok(201);
    lab.api.post("/auth/reset", &json!({"code": link["code"], "new_password": PASSWORD})).expect(204);
    let invite = admin.call("POST", "/auth/admin/invites").send().ok(201);
    secrets.extend([&link, &invite].map(|issued| issued["code"].as_str().expect("a code").to_owned()));
    let id = admin.get("/auth/admin/invites").ok(200)[0]["id"].as_str().expect("an id").to_owned();
    admin.delete(&format!("/auth/admin/invites/{id}")).expect(204);
    admin.put("/auth/admin/sign-up", &json!({"mode": "closed"})).ok(200);
    let person = person.with(&person.sign_in(PASSWORD));
    let path = person.task_path("A task");
    let entry = person.post(&format!("{path}/time"), &json!({"minutes": 5})).ok(201);
    let entry = entry["id"].as_str().expect("an id");
    admin.post(&format!("{path}/time/{entry}/reversal"), &json!({})).ok(201);
    admin.post(&format!("{path}/status"), &json!({"status": "done"})).ok(200);
    admin.delete(&path).expect(204);
    admin.post(&format!("{path}/restore"), &json!({})).ok(200);
    admin.post(&format!("{path}/assign"), &json!({"user_id": admin.id})).ok(200);
    (admin, person, secrets)
}

fn what(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["what"].as_str().expect("a kind")).collect()
}

/// Every event: its kind, whether an administrator did it, and whether it happened to the person's account.
const EXPECTED: [(&str, bool, bool); 24] = [
    ("assigned", true, false),
    ("restored", true, false),
    ("deleted", true, false),
    ("edited", true, false),
    ("time_reversed", true, false),
    ("signed_in", false, true),
    ("sign_up_mode_set", true, false),
    ("invite_revoked", true, false),
    ("invited", true, false),
    ("password_reset", false, true),
    ("password_reset_issued", true, true),
    ("enabled", true, true),
    ("disabled", true, true),
    ("admin_revoked", true, true),
    ("admin_granted", true, true),
    ("password_changed", false, true),
    ("edited", false, true),
    ("session_ended", false, true),
    ("signed_in", false, true),
    ("sign_in_failed", false, true),
    ("signed_in", false, true),
    ("signed_up", false, true),
    // Of the administrator, by an operator.
    ("admin_granted", false, false),
    ("signed_in", true, false),
];

#[test]
fn every_kind_of_event_says_who_and_whom() {
    let lab = Lab::start();
    let (admin, person, secrets) = everything(&lab);
    let (trail, _) = admin.walk("/audit");
    let expected: Vec<&str> = EXPECTED.iter().map(|(what, ..)| *what).chain(["signed_up"]).collect();
    assert_eq!(what(&trail), expected);
    for (event, (what, by_admin, of_person)) in trail.iter().zip(EXPECTED) {
        assert_eq!(keys(event), ["account", "at", "by", "from", "network", "owner", "task_id", "to", "what"]);
        // Each says from which network, but for what an operator did; all of them are of this machine.
        let operators = what == "admin_granted" && !by_admin;
        assert_eq!(event["network"], if operators { Value::Null } else { trail[0]["network"].clone() }, "{event}");
        assert!(is_instant(&event["at"]), "{event}");
        let actor = |one: &Person| json!({"id": one.id, "username": one.name});
        let by = match what {
            // Nobody knows who tried; or it was an operator.
            "sign_in_failed" => Value::Null,
            "admin_granted" if !by_admin => Value::Null,
            _ => actor(if by_admin { &admin } else { &person }),
        };
        assert_eq!(event["by"], by, "{event}");
        let of_a_task = event["task_id"].is_string();
        let account = if of_person { actor(&person) } else { actor(&admin) };
        assert_eq!(event["account"], if of_a_task { Value::Null } else { account }, "{event}");
        assert_eq!(
            of_a_task,
            ["assigned", "restored", "deleted", "time_reversed"].contains(&what) || what == "edited" && by_admin
        );
    }
    let mark = trail[0]["network"].as_str().expect("a mark");
    assert!(mark.len() == 12 && !mark.contains('.'), "{mark}");
    let request = admin.get("/auth/me").expect(200);
    assert_eq!(tests::request_line(request.request_id())["network"], mark, "as the log of requests says it");
    let mode = trail.iter().find(|event| event["what"] == "sign_up_mode_set").expect("it is there");
    assert_eq!((&mode["from"], &mode["to"]), (&json!({"mode": "open"}), &json!({"mode": "closed"})));
    let profile =
        trail.iter().find(|event| event["what"] == "edited" && event["task_id"].is_null()).expect("it is there");
    assert_eq!((&profile["from"]["workday_minutes"], &profile["to"]), (&json!(480), &json!({"workday_minutes": 400})));
    let invited = trail.iter().find(|event| event["what"] == "invited").expect("it is there");
    let revoked = trail.iter().find(|event| event["what"] == "invite_revoked").expect("it is there");
    assert_eq!(invited["to"], revoked["from"]);
    // Nothing in it opens anything.
    let text = Value::from(trail).to_string();
    for secret in secrets.iter().chain([&"argon2".to_owned(), &"hash".to_owned()]) {
        assert!(!text.contains(secret.as_str()), "{secret}");
    }
}

#[test]
fn it_is_searched_by_person_and_kind() {
    let lab = Lab::start();
    let (admin, person, _) = everything(&lab);
    let trail = admin.walk("/audit").0;
    let of = |who: &Person, event: &Value| {
        let people = ["/account/id", "/by/id", "/owner/id", "/from/user_id"];
        people.into_iter().any(|at| event.pointer(at).is_some_and(|id| *id == *who.id))
    };
    for who in [&admin, &person] {
        let expected: Vec<Value> = trail.iter().filter(|event| of(who, event)).cloned().collect();
        assert!(expected.len() > 5 && expected.len() < trail.len());
        assert_eq!(admin.walk(&format!("/audit?person={}", who.id)).0, expected);
        for kind in what(&trail) {
            let expected: Vec<Value> = expected.iter().filter(|event| event["what"] == kind).cloned().collect();
            assert_eq!(admin.walk(&format!("/audit?person={}&what={kind}", who.id)).0, expected, "{kind}");
            let expected: Vec<Value> = trail.iter().filter(|event| event["what"] == kind).cloned().collect();
            assert_eq!(admin.walk(&format!("/audit?what={kind}")).0, expected, "{kind}");
        }
    }
    // A kind that is there and did not happen.
    assert_eq!(admin.get("/audit?what=left").ok(200), json!([]));
}

#[test]
fn who_left_has_no_name_in_it() {
    let lab = Lab::start();
    let (admin, second) = (lab.admin(), lab.admin());
    second.put("/auth/admin/sign-up", &json!({"mode": "invite"})).ok(200);
    second.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send().expect(204);
    let nobody = json!({"id": second.id, "username": null});
    let trail = admin.walk(&format!("/audit?person={}", second.id)).0;
    assert_eq!(what(&trail)[..2], ["left", "sign_up_mode_set"]);
    assert!(trail.iter().all(|event| event["account"] == nobody), "{trail:?}");
    lab.clock.advance(120);
    let erase = serde_json::from_value(json!({"erase": true})).expect("an act");
    tests::run(lab.stack.activity().act(erase)).expect("it is done");
    let trail = admin.walk(&format!("/audit?person={}", second.id)).0;
    assert_eq!(what(&trail), ["left", "signed_up"], "that somebody came and went");
}
