//! Signing in with a password of before.

use serde_json::json;
use tests::{Own, PASSWORD, Person, Table, fresh_name};

use crate::import::{Files, HASH_OF_USER1, own};
use crate::legacy_left;

/// What Python's bcrypt 5.0 made of 72 times `x`, at the original's cost.
const HASH_OF_72: &str = "$2b$12$Bil56eNOsuxWlS2oVPUnp..NjKVIz3N9nEZKCpJA3ZV/rLnCZyyXa";

/// People who were brought over, by these names and hashes.
fn brought(own: &Own, people: &[(&str, &str)]) -> Vec<Person> {
    let rows: String = (1..)
        .zip(people)
        .map(|(n, (name, hash))| format!("{n},{name},{hash},f,2026-10-01 08:00:{n:02}+00\n"))
        .collect();
    Files::new(&rows, "").import(&Table::of(&own.stack), false).expect("an import");
    let person =
        |name: &str| Person { name: name.to_owned(), id: String::new(), token: String::new(), api: own.api.clone() };
    people.iter().map(|(name, _)| person(name)).collect()
}

/// How a person's password is kept.
fn kept(own: &Own, name: &str) -> String {
    let all = Table::of(&own.stack).everything();
    let profile =
        all.iter().find(|item| item.get("username").is_some_and(|kept| kept.as_s().is_ok_and(|kept| kept == name)));
    profile.expect("an account")["password"].as_s().expect("a hash").clone()
}

#[test]
fn a_password_of_before_opens_once_and_is_kept_as_todays_are() {
    let own = own();
    let table = Table::of(&own.stack);
    let people = brought(&own, &[("short", HASH_OF_USER1), ("long", HASH_OF_72), ("none", "")]);
    let [short, long, none] = &people[..] else { panic!("three people") };
    assert_eq!(legacy_left(&table), 2);
    assert_eq!(kept(&own, "short"), HASH_OF_USER1);

    for wrong in ["user2", "", "user1 ", "user1\u{0}"] {
        short.try_sign_in(wrong).problem(401);
    }
    assert_eq!((kept(&own, "short").as_str(), legacy_left(&table)), (HASH_OF_USER1, 2), "a failure replaces nothing");
    none.try_sign_in("user1").problem(401);
    none.try_sign_in("*").problem(401);
    own.api.post("/auth/login", &json!({"username": fresh_name(), "password": "user1"})).problem(401);
    own.api.post("/auth/login", &json!({"username": "no name", "password": "user1"})).problem(401);

    short.sign_in("user1");
    assert!(kept(&own, "short").starts_with("$argon2id$"));
    assert_eq!(legacy_left(&table), 1);
    short.sign_in("user1");
    short.try_sign_in("user2").problem(401);
    assert_eq!(legacy_left(&table), 1, "it is counted once");

    long.try_sign_in(&"x".repeat(71)).problem(401);
    long.sign_in(&"x".repeat(80));
    assert!(kept(&own, "long").starts_with("$argon2id$"));
    assert_eq!(legacy_left(&table), 0);
    long.try_sign_in(&"x".repeat(72)).problem(401);
    // What was typed is what counts from then on.
    long.sign_in(&"x".repeat(80));
    own.stop();
}

#[test]
fn the_count_goes_down_with_whatever_replaces_a_hash() {
    let own = own();
    let table = Table::of(&own.stack);
    let people = brought(&own, &[("changer", HASH_OF_USER1), ("leaver", HASH_OF_USER1), ("reset", HASH_OF_USER1)]);
    let [changer, leaver, reset] = &people[..] else { panic!("three people") };
    let admin = Person::on(&own.api);
    table.grant_admin(&admin.name);
    // A hash that could not be replaced at the sign-in is still there at the next act.
    let again = |person: &Person| {
        let token = person.sign_in("user1");
        let person = person.with(&token);
        let id = person.get("/auth/me").ok(200)["id"].as_str().expect("an id").to_owned();
        let hash = aws_sdk_dynamodb::types::AttributeValue::S(HASH_OF_USER1.to_owned());
        table.set(&format!("USER#{id}"), "PROFILE", "password", hash);
        let left = legacy_left(&table) + 1;
        table.set(
            "LEGACY_HASHES",
            "LEGACY_HASHES",
            "left",
            aws_sdk_dynamodb::types::AttributeValue::N(left.to_string()),
        );
        (person, id)
    };
    let (changer, _) = again(changer);
    let (leaver, _) = again(leaver);
    let (reset, id) = again(reset);
    assert_eq!(legacy_left(&table), 3);
    let _ = changer.change_password("user1", PASSWORD);
    assert_eq!(legacy_left(&table), 2);
    leaver.call("DELETE", "/auth/me").json(&json!({"password": "user1"})).send().expect(204);
    assert_eq!(legacy_left(&table), 1);
    let issued = admin.call("POST", &format!("/auth/users/{id}/password-reset")).send().ok(201);
    let code = issued["code"].as_str().expect("a code");
    own.api.post("/auth/reset", &json!({"code": code, "new_password": PASSWORD})).expect(204);
    assert_eq!(legacy_left(&table), 0);
    reset.sign_in(PASSWORD);
    own.stop();
}
