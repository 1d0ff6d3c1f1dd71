//! What administrators hand out or look back on, as time goes by.

use serde_json::{Value, json};
use tests::{Lab, PASSWORD, Person, fresh_name};

use crate::{DAY, HOUR};

const NEW: &str = "seven loud herons dance";

fn link(admin: &Person, person: &Person) -> Value {
    admin.call("POST", &format!("/auth/users/{}/password-reset", person.id)).send().ok(201)
}

fn code(issued: &Value) -> &str {
    issued["code"].as_str().expect("a code")
}

#[test]
fn a_link_for_a_new_password_is_good_for_a_quarter_of_an_hour() {
    let lab = Lab::start();
    let (admin, person) = (lab.admin(), Person::on(&lab.api));
    let reset = |issued: &Value, password: &str| {
        lab.api.post("/auth/reset", &json!({"code": code(issued), "new_password": password}))
    };
    let before = lab.clock.now();
    let first = link(&admin, &person);
    let until: sprintsync_domain::Timestamp =
        first["expires_at"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    assert!((before.plus_seconds(899)..=lab.clock.now().plus_seconds(900)).contains(&until));
    lab.clock.advance(14 * 60);
    reset(&first, NEW).expect(204);
    let admin = admin.with(&admin.sign_in(PASSWORD));
    let second = link(&admin, &person);
    lab.clock.advance(15 * 60 + 1);
    reset(&second, PASSWORD).names(&["code"]);
    // Also where the table has swept it away.
    tests::run(lab.stack.sweep()).expect("a sweep");
    reset(&second, PASSWORD).names(&["code"]);
    person.try_sign_in(NEW).ok(200);
    let admin = admin.with(&admin.sign_in(PASSWORD));
    reset(&link(&admin, &person), PASSWORD).expect(204);
}

#[test]
fn an_invite_is_good_for_a_week() {
    let lab = Lab::start();
    let admin = lab.admin();
    admin.put("/auth/admin/sign-up", &json!({"mode": "invite"})).ok(200);
    let made: Vec<Value> = (0..3).map(|_| admin.call("POST", "/auth/admin/invites").send().ok(201)).collect();
    let id = |n: usize, admin: &Person| {
        let invites = admin.get("/auth/admin/invites").ok(200);
        invites[n]["id"].as_str().expect("an id").to_owned()
    };
    let last = id(0, &admin);
    let sign_up = |issued: &Value| {
        let body = json!({"username": fresh_name(), "password": PASSWORD, "invite": code(issued)});
        lab.api.post("/auth/signup", &body)
    };
    lab.clock.advance(7 * DAY - 60);
    let admin = admin.with(&admin.sign_in(PASSWORD));
    sign_up(&made[0]).ok(201);
    assert_eq!(admin.get("/auth/admin/invites").ok(200).as_array().map(Vec::len), Some(2));
    let younger = admin.call("POST", "/auth/admin/invites").send().ok(201);
    lab.clock.advance(61);
    sign_up(&made[1]).problem(403);
    let good = admin.get("/auth/admin/invites").ok(200);
    assert_eq!((good.as_array().map(Vec::len), &good[0]["expires_at"]), (Some(1), &younger["expires_at"]));
    admin.delete(&format!("/auth/admin/invites/{last}")).problem(404);
    tests::run(lab.stack.sweep()).expect("a sweep");
    admin.delete(&format!("/auth/admin/invites/{last}")).problem(404);
    sign_up(&made[1]).problem(403);
    sign_up(&younger).ok(201);
}

#[test]
fn a_timer_that_ran_for_half_a_day_and_more_is_cut_where_its_task_is_given_away() {
    let lab = Lab::start();
    lab.clock.set("2026-10-24T20:30:00Z");
    let (admin, former, new) = (lab.admin(), Person::on(&lab.api), Person::on(&lab.api));
    // It is the next day already where the former owner works.
    former.patch("/auth/me", &json!({"time_zone": "Asia/Tokyo"})).ok(200);
    for (seconds, minutes, note) in [
        (13 * HOUR, 720, "Timer stopped when the task was reassigned; it had run for longer."),
        (12 * HOUR, 720, "Timer stopped when the task was reassigned."),
        (HOUR, 60, "Timer stopped when the task was reassigned."),
    ] {
        let (admin, former) = (admin.with(&admin.sign_in(PASSWORD)), former.with(&former.sign_in(PASSWORD)));
        lab.clock.set("2026-10-24T20:30:00Z");
        let path = former.task_path("x");
        former.call("POST", &format!("{path}/timer/start")).send().ok(201);
        // Less than a minute less, for what the calls take.
        lab.clock.advance(seconds - 40);
        let task = admin.post(&format!("{path}/assign"), &json!({"user_id": new.id})).ok(200);
        assert_eq!(task["total_minutes"], minutes, "{seconds}");
        let new = new.with(&new.sign_in(PASSWORD));
        let entry = new.get(&format!("{path}/time")).ok(200)[0].clone();
        assert_eq!((&entry["note"], &entry["worked_on"]), (&json!(note), &json!("2026-10-25")));
        assert_eq!(entry["user_id"], *former.id);
        let days = former.get("/time?from=2026-10-25&to=2026-10-25").ok(200);
        assert!(days.as_array().expect("a list").contains(&entry));
        former.get("/timer").expect(204);
        lab.clock.set("2026-10-24T20:30:00Z");
    }
}

#[test]
fn the_audit_trail_goes_back_a_year() {
    let lab = Lab::start();
    let admin = lab.admin();
    let person = Person::on(&lab.api);
    let path = person.task_path("x");
    admin.post(&format!("{path}/status"), &json!({"status": "done"})).ok(200);
    admin.call("POST", "/auth/admin/invites").send().expect(201);
    let trail = |admin: &Person| -> Vec<String> {
        let events = admin.walk("/audit?limit=2").0;
        events.iter().map(|event| event["what"].as_str().expect("a kind").to_owned()).collect()
    };
    let before = trail(&admin);
    assert_eq!(before.len(), 7, "{before:?}");
    lab.clock.advance(365 * DAY - HOUR);
    let admin = admin.with(&admin.sign_in(PASSWORD));
    let mut expected = vec!["signed_in".to_owned()];
    expected.extend(before);
    assert_eq!(trail(&admin), expected);
    lab.clock.advance(2 * HOUR);
    assert_eq!(trail(&admin), expected[..1]);
    assert_eq!(admin.walk("/audit?what=edited").0, Vec::<Value>::new());
    assert_eq!(admin.walk(&format!("/audit?person={}", person.id)).0, Vec::<Value>::new());
    tests::run(lab.stack.sweep()).expect("a sweep");
    assert_eq!(trail(&admin), expected[..1]);
    // The history of a task is another thing: it stays.
    let person = person.with(&person.sign_in(PASSWORD));
    assert_eq!(person.walk(&format!("{path}/history")).0.len(), 2);
}

#[test]
fn what_was_given_away_stays_where_its_former_owner_leaves() {
    let lab = Lab::start();
    let (admin, former, new) = (lab.admin(), Person::on(&lab.api), Person::on(&lab.api));
    let path = former.task_path("Written by the former");
    former.post(&format!("{path}/time"), &json!({"minutes": 25, "note": "A note secret"})).ok(201);
    former.patch(&path, &json!({"description": "A description"})).ok(200);
    let kept = former.task_path("Kept secret");
    // It was in the trash once.
    former.delete(&path).expect(204);
    former.call("POST", &format!("{path}/restore")).send().ok(200);
    let task = admin.post(&format!("{path}/assign"), &json!({"user_id": new.id})).ok(200);
    new.post(&format!("{path}/time"), &json!({"minutes": 5, "note": "A note of the new owner"})).ok(201);
    let history = || new.walk(&format!("{path}/history")).0;
    let before = history();
    former.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send().expect(204);
    lab.clock.advance(61);
    let erase = || serde_json::from_value(json!({"erase": true})).expect("an act");
    tests::run(lab.stack.activity().act(erase())).expect("it is done");
    let now = new.get(&path).ok(200);
    for field in ["id", "title", "description", "user_id", "status", "created_at"] {
        assert_eq!(now[field], task[field], "{field}");
    }
    assert_eq!((&now["total_minutes"], &now["version"]), (&json!(30), &json!(7)));
    let entries = new.walk(&format!("{path}/time")).0;
    assert_eq!((&entries[0]["note"], &entries[1]["note"]), (&json!("A note of the new owner"), &json!("")));
    assert_eq!(entries[1]["user_id"], *former.id);
    let after = history();
    assert_eq!(after.len(), before.len());
    for (now, then) in after.iter().zip(&before) {
        assert_eq!((&now["what"], &now["from"], &now["to"]), (&then["what"], &then["from"], &then["to"]), "its texts");
        let of_the_former = then["by"]["id"] == *former.id;
        assert_eq!(now["by"]["username"], if of_the_former { Value::Null } else { then["by"]["username"].clone() });
    }
    admin.get(&kept).problem(404);
    let all = format!("{:?}", tests::Table::of(&lab.stack).everything());
    assert!(!all.contains("secret") && !all.contains(&former.name));
    // And the other way about: what the new owner leaves behind says nothing of what the former one wrote.
    new.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send().expect(204);
    lab.clock.advance(61);
    tests::run(lab.stack.activity().act(erase())).expect("it is done");
    let all = format!("{:?}", tests::Table::of(&lab.stack).everything());
    assert!(!all.contains("Written by the former") && !all.contains("A description"));
}
