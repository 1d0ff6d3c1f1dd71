//! The forms of the team's pages, and the page of a one-time link.

use serde_json::json;
use tests::{Answer, PASSWORD, fresh_name};

use crate::account_rows::{OTHER_PASSWORD, one_event, someone};
use crate::admin_rows::{administered, closed_to_all, edited_to, given, invites, link, signed_out};
use crate::rows::{Check, Desk, Row, Write, deleted};

fn row(route: &'static str, success: u16, make: fn(&Desk, Option<&str>) -> Write) -> Row {
    Row { route, success, landed: None, keyed: true, make }
}

/// A page that shows a code once: under the key of its form, not again. So it is sent with one, and is none of those
/// whose answers are compared.
fn shown_once(route: &'static str, make: fn(&Desk, Option<&str>) -> Write) -> Row {
    Row { keyed: false, ..row(route, 200, make) }
}

/// The address of the link, or of the invite, that a page shows; nothing where it was shown to nobody.
fn code(answer: &Answer, path: &str) -> Option<String> {
    let (_, rest) = answer.text().split_once(path)?;
    Some(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect())
}

pub(crate) fn of_the_team() -> Vec<Row> {
    vec![
        row("POST /web/team/people/{id}/account", 303, |desk, key| {
            let desk = administered(desk);
            let path = format!("/auth/users/{}", desk.mate.id);
            let is_admin = desk.person.get(&path).ok(200)["is_admin"] != true;
            let fields = [("is_admin", if is_admin { "true" } else { "false" })];
            let send = desk.form(&format!("/web/team/people/{}/account", desk.mate.id), &fields, key);
            Write { send, check: edited_to(&desk, "is_admin", is_admin) }
        }),
        shown_once("POST /web/team/people/{id}/link", |desk, _| {
            let desk = Desk { mate: someone(desk).person, ..administered(desk) };
            let path = format!("/web/team/people/{}/link", desk.mate.id);
            let send = desk.form(&path, &[], Some(&fresh_name()));
            let mate = desk.mate.clone();
            let check = one_event(desk.with(desk.mate.clone()), |_| {});
            let check: Check = Box::new(move |answer, hidden| {
                check(answer, hidden);
                match code(answer, "/reset?code=") {
                    Some(code) => {
                        let body = json!({"code": code, "new_password": OTHER_PASSWORD});
                        mate.api.post("/auth/reset", &body).expect(204);
                    }
                    None => assert!(hidden, "it was shown to nobody"),
                }
            });
            Write { send, check }
        }),
        row("POST /web/team/people/{id}/sessions/end", 303, |desk, key| {
            let desk = Desk { mate: someone(desk).person, ..administered(desk) };
            let send = desk.form(&format!("/web/team/people/{}/sessions/end", desk.mate.id), &[], key);
            Write { send, check: signed_out(&desk, key.is_some()) }
        }),
        // With the password, which is asked for where it was not shown lately. As wherever one is asked for, the try is
        // counted before it is judged, and who does not hear of the count is asked to come again.
        Row {
            keyed: false,
            ..row("POST /web/team/people/{id}/account", 303, |desk, key| {
                let desk = administered(desk);
                let path = format!("/auth/users/{}", desk.mate.id);
                let is_admin = desk.person.get(&path).ok(200)["is_admin"] != true;
                let fields = [("is_admin", if is_admin { "true" } else { "false" }), ("password", PASSWORD)];
                let send = desk.form(&format!("/web/team/people/{}/account", desk.mate.id), &fields, key);
                Write { send, check: edited_to(&desk, "is_admin", is_admin) }
            })
        },
        shown_once("POST /web/team/invites", |desk, _| {
            let desk = administered(desk);
            let before = invites(&desk).len();
            let send = desk.form("/web/team/invites", &[], Some(&fresh_name()));
            let check = one_event(desk, move |desk| assert_eq!(invites(desk).len(), before + 1));
            let check: Check = Box::new(move |answer, hidden| {
                check(answer, hidden);
                assert!(code(answer, "/signup?invite=").is_some() || hidden, "it was shown to nobody");
            });
            Write { send, check }
        }),
        row("POST /web/team/invites/{id}/revoke", 303, |desk, key| {
            let desk = administered(desk);
            desk.person.call("POST", "/auth/admin/invites").send().expect(201);
            let id = invites(&desk).first().expect("an invite").clone();
            let send = desk.form(&format!("/web/team/invites/{id}/revoke"), &[], key);
            Write { send, check: one_event(desk, move |desk| assert!(!invites(desk).contains(&id))) }
        }),
        row("POST /web/team/sign-up", 303, |desk, key| {
            let desk = administered(desk);
            let check = closed_to_all(&desk);
            Write { send: desk.form("/web/team/sign-up", &[("mode", "closed")], key), check }
        }),
        row("POST /web/team/tasks/{id}/status", 303, |desk, key| {
            let theirs = desk.with(desk.mate.clone());
            let path = theirs.task();
            let send = administered(desk).form(&format!("/web/team{path}/status"), &[("status", "done")], key);
            Write { send, check: theirs.stands(&path, 2, &[]) }
        }),
        row("POST /web/team/tasks/{id}/delete", 303, |desk, key| {
            let theirs = desk.with(desk.mate.clone());
            let path = theirs.task();
            let send = administered(desk).form(&format!("/web/team{path}/delete"), &[], key);
            Write { send, check: deleted(&theirs, &path) }
        }),
        row("POST /web/team/tasks/{id}/restore", 303, |desk, key| {
            let theirs = desk.with(desk.mate.clone());
            let path = theirs.trashed();
            let send = administered(desk).form(&format!("/web/team{path}/restore"), &[], key);
            Write { send, check: theirs.stands(&path, 3, &[]) }
        }),
        row("POST /web/team/tasks/{id}/assign", 303, |desk, key| {
            let desk = administered(desk);
            let path = desk.timed();
            let send = desk.form(&format!("/web/team{path}/assign"), &[("username", &desk.mate.name)], key);
            Write { send, check: given(&desk, &path, 3, &[1]) }
        }),
        // A link that was used behind a 503 is not good any more: the new password is set.
        Row {
            keyed: false,
            landed: Some(422),
            ..row("POST /web/reset", 303, |desk, _| {
                let of = someone(desk);
                let fields = [("code", &*link(desk, &of)), ("new_password", OTHER_PASSWORD)];
                let send = of.form("/web/reset", &fields, None);
                let check = one_event(of, |of| {
                    of.person.try_sign_in(PASSWORD).problem(401);
                    of.person.try_sign_in(OTHER_PASSWORD).ok(200);
                });
                Write { send, check }
            })
        },
    ]
}
