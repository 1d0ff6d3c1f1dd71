//! Races for accounts and sessions over HTTP, each in calm and with half of all transactions cancelled.

use serde_json::json;
use tests::{Answer, Lab, PASSWORD, Person, fresh_name};

use crate::races::is_at;
use crate::weather::{at_once, counts, in_any_weather};

#[test]
fn a_name_is_given_once() {
    in_any_weather("fifty sign-ups of one name", |lab| {
        let name = fresh_name();
        let answers = at_once(50, |n| {
            let name = if n % 2 == 0 { name.clone() } else { name.to_uppercase() };
            if n % 5 == 0 {
                let fields = [("username", &*name), ("password", PASSWORD)];
                return lab.api.call("POST", "/web/signup").same_origin().form(&fields).send();
            }
            lab.api.post("/auth/signup", &json!({"username": name, "password": PASSWORD}))
        });
        let [made, by_form, ..] = counts(&answers, [201, 303, 409, 429]);
        assert_eq!(made + by_form, 1);
        lab.api.post("/auth/login", &json!({"username": name, "password": PASSWORD})).ok(200);
    });
}

/// Ten writes while `end` ends the session of whoever writes.
fn ended_while_writing(lab: &Lab, end: impl Fn(&Person, &Person) -> Answer + Sync, ended: u16) {
    let owner = Person::on(&lab.api);
    let path = owner.task_path("x");
    let writer = owner.with(&owner.sign_in(PASSWORD));
    let answers = at_once(11, |n| match n {
        5 => end(&owner, &writer),
        _ => writer.post(&format!("{path}/time"), &json!({"minutes": 1})),
    });
    assert_eq!(answers[5].status, ended, "{}", answers[5].text());
    let writes = [&answers[..5], &answers[6..]].concat();
    let [written, ..] = counts(&writes, [201, 401]);
    for path in ["/auth/me", &path] {
        writer.get(path).problem(401);
    }
    let owner = renewed(&owner, &answers[5]);
    writer.post(&format!("{path}/time"), &json!({"minutes": 1})).problem(401);
    is_at(&owner, &path, written + 1, &vec![1; written]);
}

/// Somebody with the token that an answer gave them, if it did.
fn renewed(person: &Person, answer: &Answer) -> Person {
    let token = (answer.status == 200).then(|| answer.json()["access_token"].as_str().expect("a token").to_owned());
    token.map_or_else(|| person.clone(), |token| person.with(&token))
}

#[test]
fn a_session_that_ends_among_writes_lets_each_through_or_not_at_all() {
    in_any_weather("a session that ends among ten writes", |lab| {
        ended_while_writing(lab, |_, writer| writer.call("POST", "/auth/logout").send(), 204);
        let change = |owner: &Person, _: &Person| {
            let body = json!({"current_password": PASSWORD, "new_password": "seven loud herons dance"});
            owner.post("/auth/password", &body)
        };
        ended_while_writing(lab, change, 200);
    });
}

#[test]
fn a_session_ends_once_whoever_ends_it() {
    in_any_weather("six ends of one session", |lab| {
        let person = Person::on(&lab.api);
        let other = person.with(&person.sign_in(PASSWORD));
        let answers = at_once(6, |_| other.call("POST", "/auth/logout").send());
        let [ended, _] = counts(&answers, [204, 401]);
        assert!(ended >= 1);
        other.get("/auth/me").problem(401);
        person.get("/auth/me").ok(200);
        person.sign_in(PASSWORD);
        let id = person.get("/auth/sessions").ok(200)[0]["id"].as_str().expect("an id").to_owned();
        let answers = at_once(6, |_| person.delete(&format!("/auth/sessions/{id}")));
        assert_eq!(counts(&answers, [204, 404]), [1, 5]);
    });
}

#[test]
fn of_two_passwords_chosen_at_once_one_opens_the_account() {
    in_any_weather("five changes of one password", |lab| {
        let person = Person::on(&lab.api);
        let sessions: Vec<Person> = (0..5).map(|_| person.with(&person.sign_in(PASSWORD))).collect();
        let chosen = |n: usize| format!("seven loud herons dance {n}");
        let answers = at_once(5, |n| {
            let body = json!({"current_password": PASSWORD, "new_password": chosen(n)});
            sessions[n].post("/auth/password", &body)
        });
        // Whoever came too late has lost the session, or the old password.
        let [changed, ..] = counts(&answers, [200, 401, 403]);
        assert_eq!(changed, 1);
        for (n, answer) in answers.iter().enumerate() {
            let won = answer.status == 200;
            assert_eq!(person.try_sign_in(&chosen(n)).status, if won { 200 } else { 401 });
            sessions[n].get("/auth/me").problem(401);
            assert_eq!(renewed(&sessions[n], answer).get("/auth/me").status, if won { 200 } else { 401 });
        }
    });
}

#[test]
fn a_session_that_is_ended_while_it_changes_the_password_stays_ended() {
    in_any_weather("a session ended while it changes the password", |lab| {
        let person = Person::on(&lab.api);
        let mut password = PASSWORD.to_owned();
        for n in 0..8 {
            let [owner, other] = [(); 2].map(|()| person.with(&person.sign_in(&password)));
            let id = other.get("/auth/sessions").ok(200)[0]["id"].as_str().expect("an id").to_owned();
            let next = format!("seven loud herons dance {n}");
            let answers = at_once(2, |n| match n {
                0 => other.post("/auth/password", &json!({"current_password": password, "new_password": next})),
                // The hash takes a while: this comes in the middle of it.
                _ => owner.delete(&format!("/auth/sessions/{id}")),
            });
            let [changed, ..] = counts(&answers[..1], [200, 401]);
            // Once it has gone on as another, it is not there any more.
            let [ended, ..] = counts(&answers[1..], [204, 401, 404]);
            assert_eq!(changed + ended, 1, "one of both");
            other.get("/auth/me").problem(401);
            assert_eq!(renewed(&other, &answers[0]).get("/auth/me").status, if changed == 1 { 200 } else { 401 });
            if answers[0].status == 200 {
                password = next;
            }
        }
    });
}

#[test]
fn what_is_changed_of_a_profile_at_once_is_all_kept() {
    in_any_weather("two fields of a profile at once", |lab| {
        let person = Person::on(&lab.api);
        for minutes in 400..405 {
            let zone = ["Europe/Berlin", "UTC"][minutes % 2];
            let answers = at_once(2, |n| match n {
                0 => person.patch("/auth/me", &json!({"workday_minutes": minutes})),
                _ => person.patch("/auth/me", &json!({"time_zone": zone})),
            });
            assert_eq!(counts(&answers, [200]), [2]);
            let me = person.get("/auth/me").ok(200);
            assert_eq!((&me["workday_minutes"], &me["time_zone"]), (&json!(minutes), &json!(zone)));
        }
    });
}
