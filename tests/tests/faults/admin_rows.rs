//! Every write of administrators, and the new password that one of them makes possible.

use serde_json::{Value, json};
use tests::{Answer, PASSWORD};

use crate::account_rows::{OTHER_PASSWORD, one_event, someone};
use crate::rows::{Check, Desk, Row, Write};

/// The same desk, whose person is an administrator who signed in just now.
pub(crate) fn administered(desk: &Desk) -> Desk {
    desk.table.grant_admin(&desk.person.name);
    desk.with(desk.person.with(&desk.person.sign_in(PASSWORD)))
}

fn account(desk: &Desk) -> String {
    format!("/auth/users/{}", desk.mate.id)
}

/// The account says so, by one event of its own.
pub(crate) fn edited_to(desk: &Desk, field: &'static str, value: bool) -> Check {
    let admin = desk.person.clone();
    one_event(desk.with(desk.mate.clone()), move |desk| {
        assert_eq!(admin.get(&account(desk)).ok(200)[field], value);
    })
}

/// As [`edited_to`], and the answer says so too.
fn edited(desk: &Desk, field: &'static str, value: bool) -> Check {
    let check = edited_to(desk, field, value);
    Box::new(move |answer, hidden| {
        assert_eq!(answer.json()[field], value);
        check(answer, hidden);
    })
}

fn code(answer: &Answer) -> String {
    answer.json()["code"].as_str().expect("a code").to_owned()
}

/// A link of the person's, made just now.
pub(crate) fn link(desk: &Desk, of: &Desk) -> String {
    let path = format!("/auth/users/{}/password-reset", of.person.id);
    code(&administered(desk).person.call("POST", &path).send().expect(201))
}

/// The ids of the invites that are good.
pub(crate) fn invites(desk: &Desk) -> Vec<String> {
    let invites = desk.person.walk("/auth/admin/invites?limit=200").0;
    invites.iter().map(|invite| invite["id"].as_str().expect("an id").to_owned()).collect()
}

/// One invite more is good.
fn invited(desk: &Desk) -> Check {
    let before = invites(desk).len();
    one_event(desk.clone(), move |desk| assert_eq!(invites(desk).len(), before + 1))
}

/// The instance takes nobody; it is opened again.
pub(crate) fn closed_to_all(desk: &Desk) -> Check {
    one_event(desk.clone(), |desk| {
        assert_eq!(desk.person.get("/auth/admin/sign-up").ok(200)["mode"], "closed");
        desk.person.put("/auth/admin/sign-up", &json!({"mode": "open"})).ok(200);
    })
}

/// As [`closed_to_all`], and the answer says so too.
fn closed(desk: &Desk) -> Check {
    let check = closed_to_all(desk);
    Box::new(move |answer, hidden| {
        assert_eq!(answer.json(), json!({"mode": "closed"}));
        check(answer, hidden);
    })
}

/// The task is the mate's alone: of this version, with an event for each, and with what the former owner worked on it,
/// which stays among the days of who worked.
pub(crate) fn given(desk: &Desk, path: &str, version: u64, minutes: &'static [i64]) -> Check {
    let (desk, path) = (desk.clone(), path.to_owned());
    Box::new(move |answer, _| {
        let task = desk.mate.get(&path).ok(200);
        assert_eq!((&task["user_id"], &task["version"]), (&json!(desk.mate.id), &json!(version)));
        if answer.header("content-type") == Some("application/json") {
            assert_eq!(answer.json(), task, "the answer says what is there");
        }
        assert_eq!(task["total_minutes"], minutes.iter().sum::<i64>());
        let sk = path.replace("/tasks/", "TASK#");
        let holds = |id: &str| desk.table.sort_keys(&format!("USER#{id}")).contains(&sk);
        assert_eq!((holds(&desk.person.id), holds(&desk.mate.id)), (false, true), "in one place");
        let entries = desk.mate.walk(&format!("{path}/time")).0;
        let of_the_entries: Vec<&Value> = entries.iter().map(|entry| &entry["minutes"]).collect();
        assert_eq!(of_the_entries, minutes.iter().map(|n| json!(n)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
        assert!(entries.iter().all(|entry| entry["user_id"] == *desk.person.id));
        let days = desk.person.get("/time?from=2020-01-01&to=2100-01-01&limit=20").ok(200);
        let days = days.as_array().expect("a list").iter().filter(|entry| entry["task_id"] == task["id"]);
        assert_eq!(days.collect::<Vec<_>>(), entries.iter().collect::<Vec<_>>(), "the days say what the task says");
        assert_eq!(desk.mate.walk(&format!("{path}/history")).0.len() as u64, version, "an event for each version");
        desk.person.get("/timer").expect(204);
    })
}

fn row(route: &'static str, success: u16, make: fn(&Desk, Option<&str>) -> Write) -> Row {
    Row { route, success, landed: None, keyed: true, make }
}

/// A code that was shown behind a 503 is not shown again under its key.
fn shown_once(route: &'static str, make: fn(&Desk, Option<&str>) -> Write) -> Row {
    Row { landed: Some(409), ..row(route, 201, make) }
}

/// Every session of the mate's is dead, by one event, and the password opens another. Without a key a 503 may have hidden
/// one more.
pub(crate) fn signed_out(desk: &Desk, keyed: bool) -> Check {
    let mate = desk.mate.clone();
    let events = desk.events_of(&mate);
    let desk = desk.clone();
    Box::new(move |_, hidden| {
        let more = desk.events_of(&mate) - events;
        assert!(more == 1 || hidden && !keyed && more == 2, "{more} events more");
        mate.get("/auth/me").problem(401);
        mate.try_sign_in(PASSWORD).ok(200);
    })
}

pub(crate) fn of_admins() -> Vec<Row> {
    vec![
        row("PATCH /auth/users/{id}", 200, |desk, key| {
            let desk = administered(desk);
            let path = account(&desk);
            let is_admin = desk.person.get(&path).ok(200)["is_admin"] != true;
            let send = desk.api("PATCH", &path, Some(json!({"is_admin": is_admin})), key);
            Write { send, check: edited(&desk, "is_admin", is_admin) }
        }),
        row("PATCH /auth/users/{id}", 200, |desk, key| {
            let desk = Desk { mate: someone(desk).person, ..administered(desk) };
            let (edit, mate) = (edited(&desk, "disabled", true), desk.mate.clone());
            let check: Check = Box::new(move |answer, hidden| {
                edit(answer, hidden);
                mate.get("/auth/me").problem(401);
            });
            Write { send: desk.api("PATCH", &account(&desk), Some(json!({"disabled": true})), key), check }
        }),
        shown_once("POST /auth/users/{id}/password-reset", |desk, key| {
            let desk = Desk { mate: someone(desk).person, ..administered(desk) };
            let (event, mate) = (one_event(desk.with(desk.mate.clone()), |_| {}), desk.mate.clone());
            let check: Check = Box::new(move |answer, hidden| {
                event(answer, hidden);
                if answer.status == 409 {
                    assert!(hidden, "it was shown to nobody");
                    return;
                }
                let body = json!({"code": code(answer), "new_password": OTHER_PASSWORD});
                mate.api.post("/auth/reset", &body).expect(204);
                mate.try_sign_in(OTHER_PASSWORD).ok(200);
            });
            let send = desk.api("POST", &format!("{}/password-reset", account(&desk)), None, key);
            Write { send, check }
        }),
        row("DELETE /auth/users/{id}/sessions", 204, |desk, key| {
            let desk = Desk { mate: someone(desk).person, ..administered(desk) };
            let send = desk.api("DELETE", &format!("{}/sessions", account(&desk)), None, key);
            Write { send, check: signed_out(&desk, key.is_some()) }
        }),
        // A link that was used behind a 503 is not good any more: the new password is set.
        Row {
            keyed: false,
            landed: Some(422),
            ..row("POST /auth/reset", 204, |desk, _| {
                let of = someone(desk);
                let body = json!({"code": link(desk, &of), "new_password": OTHER_PASSWORD});
                let before = of.person.clone();
                let check = one_event(of.clone(), move |of| {
                    before.get("/auth/me").problem(401);
                    of.person.try_sign_in(PASSWORD).problem(401);
                    of.person.try_sign_in(OTHER_PASSWORD).ok(200);
                });
                Write { send: of.api("POST", "/auth/reset", Some(body), None), check }
            })
        },
        shown_once("POST /auth/admin/invites", |desk, key| {
            let desk = administered(desk);
            let check = invited(&desk);
            Write { send: desk.api("POST", "/auth/admin/invites", None, key), check }
        }),
        row("DELETE /auth/admin/invites/{id}", 204, |desk, key| {
            let desk = administered(desk);
            desk.person.call("POST", "/auth/admin/invites").send().expect(201);
            let id = invites(&desk).first().expect("an invite").clone();
            let send = desk.api("DELETE", &format!("/auth/admin/invites/{id}"), None, key);
            Write { send, check: one_event(desk, move |desk| assert!(!invites(desk).contains(&id))) }
        }),
        row("PUT /auth/admin/sign-up", 200, |desk, key| {
            let desk = administered(desk);
            let check = closed(&desk);
            Write { send: desk.api("PUT", "/auth/admin/sign-up", Some(json!({"mode": "closed"})), key), check }
        }),
        row("POST /tasks/{id}/assign", 200, |desk, key| {
            let desk = administered(desk);
            desk.idle();
            let path = desk.task();
            let send = desk.api("POST", &format!("{path}/assign"), Some(json!({"user_id": desk.mate.id})), key);
            Write { send, check: given(&desk, &path, 2, &[]) }
        }),
        // With a timer that runs on it.
        row("POST /tasks/{id}/assign", 200, |desk, key| {
            let desk = administered(desk);
            let path = desk.timed();
            let send = desk.api("POST", &format!("{path}/assign"), Some(json!({"user_id": desk.mate.id})), key);
            Write { send, check: given(&desk, &path, 3, &[1]) }
        }),
    ]
}
