//! Races of administrators over HTTP, each in calm and with half of all transactions cancelled.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Answer, Lab, PASSWORD, Person, Table};

use crate::weather::{at_once, count, counts, in_any_weather};

/// This many administrators.
pub(crate) fn administrators(lab: &Lab, how_many: usize) -> Vec<Person> {
    let table = Table::of(&lab.stack);
    let all: Vec<Person> = (0..how_many).map(|_| Person::on(&lab.api)).collect();
    all.iter().for_each(|one| table.grant_admin(&one.name));
    all
}

fn account(person: &Person) -> String {
    format!("/auth/users/{}", person.id)
}

/// How many enabled administrators there are: as the profiles say, which must be what is counted.
fn enabled_admins(lab: &Lab) -> usize {
    let all = Table::of(&lab.stack).everything();
    let is = |item: &std::collections::HashMap<String, AttributeValue>, name: &str| {
        item.get(name).and_then(|value| value.as_bool().ok()).copied().unwrap_or_default()
    };
    let enabled = all.iter().filter(|item| is(item, "is_admin") && !is(item, "disabled")).count();
    let counted = all.iter().find(|item| item["pk"].as_s().is_ok_and(|pk| pk == "ADMINS")).expect("a count");
    assert_eq!(counted["enabled"].as_n().map(String::as_str), Ok(&*enabled.to_string()), "counted as the profiles say");
    enabled
}

/// How many events of this kind happened to this account.
fn events(table: &Table, of: &Person, what: &str) -> usize {
    let all = table.everything();
    let is = |item: &&std::collections::HashMap<String, AttributeValue>, name: &str, value: &str| {
        item.get(name).and_then(|text| text.as_s().ok()).is_some_and(|text| text == value)
    };
    all.iter().filter(|item| is(item, "pk", &format!("USER#{}", of.id)) && is(item, "what", what)).count()
}

#[test]
fn of_twenty_administrators_who_demote_each_other_one_is_left() {
    in_any_weather("twenty administrators demote each other", |lab| {
        let admins = administrators(lab, 20);
        // Each goes on until it is refused, or has demoted everybody else.
        let last = at_once(20, |n| {
            let others = (1..20).map(|step| &admins[(n + step) % 20]);
            let demoting = others.map(|other| admins[n].patch(&account(other), &json!({"is_admin": false})));
            let mut answers: Vec<Answer> =
                demoting.inspect(|one| assert!([200, 403, 409].contains(&one.status))).collect();
            answers.pop().expect("an answer")
        });
        counts(&last, [200, 403, 409]);
        let left: Vec<bool> = admins.iter().map(|one| one.get("/auth/me").ok(200)["is_admin"] == true).collect();
        assert_eq!(left.iter().filter(|is_admin| **is_admin).count(), 1, "{left:?}");
        assert_eq!(enabled_admins(lab), 1);
        let table = Table::of(&lab.stack);
        for (admin, is_left) in admins.iter().zip(&left) {
            assert_eq!(events(&table, admin, "admin_revoked"), usize::from(!is_left), "demoted once");
        }
    });
}

#[test]
fn of_the_last_two_who_demote_each_other_at_once_one_is_left() {
    in_any_weather("two administrators demote each other", |lab| {
        let admins = administrators(lab, 2);
        for _ in 0..12 {
            // Both are let in before either is demoted, or one comes too late.
            let answers = at_once(2, |n| admins[n].patch(&account(&admins[1 - n]), &json!({"is_admin": false})));
            let [done, ..] = counts(&answers, [200, 403, 409]);
            assert_eq!((done, enabled_admins(lab)), (1, 1));
            let (left, gone) = if answers[0].status == 200 { (0, 1) } else { (1, 0) };
            admins[left].patch(&account(&admins[gone]), &json!({"is_admin": true})).ok(200);
        }
    });
}

#[test]
fn administrators_who_shut_each_other_out_or_leave_stay_one() {
    in_any_weather("administrators shut each other out, demote each other, leave", |lab| {
        let mut before: Vec<Person> = Vec::new();
        for _ in 0..5 {
            let admins = administrators(lab, 6);
            // Whoever is left of the round before is none any more.
            for one in &before {
                let status = admins[0].patch(&account(one), &json!({"is_admin": false})).status;
                assert!([200, 404].contains(&status), "{status}");
            }
            let answers = at_once(6, |n| {
                let other = account(&admins[(n + 1) % 6]);
                match n % 3 {
                    0 => admins[n].patch(&other, &json!({"disabled": true})),
                    1 => admins[n].patch(&other, &json!({"is_admin": false})),
                    _ => admins[n].call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send(),
                }
            });
            let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            assert!(statuses.iter().all(|status| [200, 204, 401, 403, 404, 409].contains(status)), "{statuses:?}");
            assert!((1..6).contains(&enabled_admins(lab)));
            before = admins;
        }
    });
}

#[test]
fn who_is_shut_out_and_promoted_at_once_is_both() {
    in_any_weather("a disable against a promote", |lab| {
        let admins = administrators(lab, 2);
        let table = Table::of(&lab.stack);
        for _ in 0..6 {
            let person = Person::on(&lab.api);
            let edits = [json!({"disabled": true}), json!({"is_admin": true})];
            let answers = at_once(2, |n| admins[n].patch(&account(&person), &edits[n]));
            assert_eq!(counts(&answers, [200]), [2]);
            let now = admins[0].get(&account(&person)).ok(200);
            assert_eq!((&now["disabled"], &now["is_admin"]), (&json!(true), &json!(true)));
            let last = answers.iter().map(Answer::json).find(|said| *said == now);
            assert!(last.is_some(), "the later of both said what is there");
            assert_eq!((events(&table, &person, "disabled"), events(&table, &person, "admin_granted")), (1, 1));
            person.get("/auth/me").problem(401);
            assert_eq!(enabled_admins(lab), 2, "whoever is shut out is not counted");
            let answers = at_once(4, |n| admins[n % 2].patch(&account(&person), &json!({"disabled": false})));
            assert_eq!(counts(&answers, [200]), [4]);
            assert_eq!((enabled_admins(lab), events(&table, &person, "enabled")), (3, 1));
            admins[0].patch(&account(&person), &json!({"is_admin": false})).ok(200);
            assert_eq!(enabled_admins(lab), 2);
        }
    });
}

#[test]
fn a_link_for_a_new_password_is_used_once_by_whoever_comes_first() {
    in_any_weather("ten uses of one link", |lab| {
        let admin = &administrators(lab, 1)[0];
        let person = Person::on(&lab.api);
        let issue = || {
            let answer = admin.call("POST", &format!("{}/password-reset", account(&person))).send().ok(201);
            answer["code"].as_str().expect("a code").to_owned()
        };
        let chosen = |n: usize| format!("seven loud herons dance {n}");
        let use_of =
            |code: &str, n: usize| lab.api.post("/auth/reset", &json!({"code": code, "new_password": chosen(n)}));
        // The same link; and ten links, of which the first that is used ends the others.
        let codes: Vec<String> = (0..10).map(|_| issue()).collect();
        for round in 0..2 {
            let code = issue();
            let answers = at_once(10, |n| use_of(if round == 0 { &code } else { &codes[n] }, n));
            if round == 0 {
                assert_eq!(counts(&answers, [204, 422]), [1, 9]);
                for (n, answer) in answers.iter().enumerate() {
                    let status = person.try_sign_in(&chosen(n)).status;
                    assert_eq!(status, if answer.status == 204 { 200 } else { 401 });
                }
                // They were made for the password before.
                codes.iter().for_each(|code| drop(use_of(code, 0).names(&["code"])));
            } else {
                assert_eq!(counts(&answers, [204, 422]), [0, 10]);
            }
        }
        let codes: Vec<String> = (0..10).map(|_| issue()).collect();
        let answers = at_once(10, |n| use_of(&codes[n], n));
        assert_eq!(counts(&answers, [204, 422]), [1, 9]);
        assert_eq!(events(&Table::of(&lab.stack), &person, "password_reset"), 2);
    });
}

#[test]
fn a_link_and_the_current_password_change_it_once() {
    in_any_weather("a link against a change of the password", |lab| {
        let admin = &administrators(lab, 1)[0];
        for _ in 0..4 {
            let person = Person::on(&lab.api);
            let issued = admin.call("POST", &format!("{}/password-reset", account(&person))).send().ok(201);
            let (by_link, by_hand) = ("seven loud herons dance", "nine calm badgers swim");
            let answers = at_once(2, |n| match n {
                0 => lab.api.post("/auth/reset", &json!({"code": issued["code"], "new_password": by_link})),
                _ => person.post("/auth/password", &json!({"current_password": PASSWORD, "new_password": by_hand})),
            });
            let [reset] = counts(&answers[..1], [204, 422]).first_chunk().copied().expect("a count");
            let [changed, ..] = counts(&answers[1..], [200, 401, 403]);
            assert_eq!(reset + changed, 1, "one of both");
            person.try_sign_in(if reset == 1 { by_link } else { by_hand }).ok(200);
            person.get("/auth/me").problem(401);
        }
    });
}

#[test]
fn an_invite_is_used_or_taken_back() {
    in_any_weather("an invite used, and taken back", |lab| {
        let admin = &administrators(lab, 1)[0];
        admin.put("/auth/admin/sign-up", &json!({"mode": "invite"})).ok(200);
        for _ in 0..6 {
            let code = admin.call("POST", "/auth/admin/invites").send().ok(201)["code"].clone();
            let id = admin.get("/auth/admin/invites?limit=1").ok(200)[0]["id"].as_str().expect("an id").to_owned();
            let answers = at_once(6, |n| match n % 2 {
                0 => admin.delete(&format!("/auth/admin/invites/{id}")),
                _ => {
                    let body = json!({"username": tests::fresh_name(), "password": PASSWORD, "invite": code});
                    lab.api.post("/auth/signup", &body)
                }
            });
            counts(&answers, [201, 204, 403, 404]);
            assert_eq!(count(&answers, 201) + count(&answers, 204), 1, "one of all");
            assert_eq!(admin.get("/auth/admin/invites").ok(200), json!([]));
        }
    });
}
