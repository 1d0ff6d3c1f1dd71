//! Sign-up and one's own account.

use serde_json::{Value, json};
use tests::{PASSWORD, Person, api, fresh_name};

use crate::{is_id, is_instant, keys};

fn sign_up(body: &Value) -> tests::Answer {
    api().post("/auth/signup", body)
}

fn is_user(user: &Value) {
    assert_eq!(
        keys(user),
        ["created_at", "disabled", "id", "is_admin", "time_zone", "username", "workday_ends", "workday_minutes"],
        "{user}"
    );
    assert!(is_id(&user["id"]) && is_instant(&user["created_at"]), "{user}");
    assert!(user["disabled"].is_boolean() && user["is_admin"].is_boolean(), "{user}");
}

#[test]
fn signing_up_gives_the_user_and_no_session() {
    let name = fresh_name();
    let answer = sign_up(&json!({"username": name, "password": PASSWORD, "time_zone": "Europe/Berlin"})).expect(201);
    assert_eq!(answer.header("set-cookie"), None);
    let user = answer.json();
    is_user(&user);
    assert_eq!(user["username"], name.as_str());
    assert_eq!((&user["is_admin"], &user["disabled"]), (&json!(false), &json!(false)));
    assert_eq!((&user["time_zone"], &user["workday_minutes"]), (&json!("Europe/Berlin"), &json!(480)));
    let plain = sign_up(&json!({"username": fresh_name(), "password": PASSWORD})).ok(201);
    assert_eq!(plain["time_zone"], "UTC");
}

#[test]
fn a_name_is_unique_without_regard_to_case() {
    let name = fresh_name();
    sign_up(&json!({"username": name, "password": PASSWORD})).ok(201);
    for again in [name.clone(), name.to_uppercase()] {
        sign_up(&json!({"username": again, "password": "another lantern glows"})).problem(409);
    }
    // The account is the first one's still, and its name is found in any case.
    let login = |name: &str, password| api().post("/auth/login", &json!({"username": name, "password": password}));
    login(&name.to_uppercase(), PASSWORD).ok(200);
    login(&name, "another lantern glows").problem(401);
}

#[test]
fn a_name_is_three_to_thirty_two_plain_characters() {
    let long = "x".repeat(33);
    let bad = [
        json!("ab"),
        json!(long),
        json!("a b c"),
        json!("äöü"),
        json!("a/b/c"),
        json!("abc\n"),
        json!(" abc"),
        json!("a\u{0}bc"),
        json!("abc@example"),
        json!(""),
        json!(null),
        json!(12345),
        json!(["abc"]),
        json!({"a": 1}),
        json!(true),
    ];
    for name in bad {
        sign_up(&json!({"username": name, "password": PASSWORD})).names(&["username"]);
    }
    sign_up(&json!({"password": PASSWORD})).names(&["username"]);
    let stamp = fresh_name();
    let tail = &stamp[stamp.len() - 10..];
    for good in [format!("A_.-{tail}"), format!("{tail:x<32}")] {
        sign_up(&json!({"username": good, "password": PASSWORD})).ok(201);
    }
}

#[test]
fn a_password_has_eight_to_128_characters_and_is_not_common() {
    let too_many_bytes = "😀".repeat(129);
    let bad = [
        json!("a1b2c3d"),
        json!("x".repeat(129)),
        json!(too_many_bytes),
        json!("password"),
        json!("12345678"),
        json!("qwertyuiop"),
        json!("sprintsync"),
        json!(""),
        json!(null),
        json!(12_345_678),
        json!(["a quiet red lantern"]),
    ];
    for password in bad {
        sign_up(&json!({"username": fresh_name(), "password": password})).names(&["password"]);
    }
    sign_up(&json!({"username": fresh_name()})).names(&["password"]);
    let named = fresh_name();
    sign_up(&json!({"username": named, "password": named})).names(&["password"]);
    // 128 characters of four bytes each are 512 bytes: the most that is taken.
    let longest: String = "😀🚀🦊🌍🎲🎻🧊🪁".chars().cycle().take(128).collect();
    assert_eq!(longest.len(), 512);
    for password in ["pässwörter sind länger", "tr0ub4dor&3x!q", longest.as_str()] {
        let name = fresh_name();
        sign_up(&json!({"username": name, "password": password})).ok(201);
        api().post("/auth/login", &json!({"username": name, "password": password})).ok(200);
        let almost: String = password.chars().skip(1).collect();
        api().post("/auth/login", &json!({"username": name, "password": almost})).problem(401);
    }
}

#[test]
fn a_time_zone_is_an_iana_name() {
    for zone in [json!("Mars/Olympus"), json!(""), json!("+02:00"), json!("../etc/passwd"), json!(null), json!(2)] {
        let body = json!({"username": fresh_name(), "password": PASSWORD, "time_zone": zone});
        sign_up(&body).names(&["time_zone"]);
    }
    let body = json!({"username": fresh_name(), "password": PASSWORD, "time_zone": "america/new_york"});
    assert_eq!(sign_up(&body).ok(201)["time_zone"], "America/New_York");
}

#[test]
fn unknown_and_read_only_fields_are_refused_and_change_nothing() {
    for field in ["is_admin", "id", "disabled", "workday_minutes", "created_at", "__proto__", "Username"] {
        let name = fresh_name();
        let mut body = json!({"username": name, "password": PASSWORD});
        body[field] = json!(true);
        sign_up(&body).names(&[field]);
        api().post("/auth/login", &json!({"username": name, "password": PASSWORD})).problem(401);
    }
    sign_up(&json!({"username": "x", "password": "y", "time_zone": "z", "role": "admin"})).names(&[
        "username",
        "password",
        "time_zone",
        "role",
    ]);
}

#[test]
fn a_body_must_be_a_json_object_in_utf_8() {
    let send = |kind: &str, body: &[u8]| api().call("POST", "/auth/signup").body(kind, body).send();
    for body in [&b""[..], b"{", b"{\"a\":}", b"nonsense", b"\xff\xfe", b"{} {}"] {
        send("application/json", body).problem(400);
    }
    for body in [&b"[]"[..], b"null", b"1", b"\"text\"", b"true"] {
        send("application/json", body).problem(422);
    }
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"]
    {
        send(kind, b"{}").problem(415);
    }
    api().call("POST", "/auth/signup").untyped("{}").send().problem(415);
    send("application/json; charset=utf-8", b"{}").names(&["username", "password"]);
    send("application/json", " ".repeat(256 * 1024 + 1).as_bytes()).problem(413);
}

#[test]
fn one_s_own_account_is_read_and_edited() {
    let person = Person::new();
    let user = person.get("/auth/me").ok(200);
    is_user(&user);
    assert_eq!((user["id"].as_str(), user["username"].as_str()), (Some(&*person.id), Some(&*person.name)));

    let edited = person.patch("/auth/me", &json!({"time_zone": "Asia/Tokyo", "workday_minutes": 360})).ok(200);
    assert_eq!((&edited["time_zone"], &edited["workday_minutes"]), (&json!("Asia/Tokyo"), &json!(360)));
    assert_eq!(edited["workday_ends"], "18:00");
    assert_eq!(person.patch("/auth/me", &json!({"workday_ends": "23:30"})).ok(200)["workday_ends"], "23:30");
    let edited = person.get("/auth/me").ok(200);
    assert_eq!(edited["workday_ends"], "23:30");
    for wrong in [json!("24:00"), json!("6pm"), json!(""), json!(null), json!(18)] {
        person.patch("/auth/me", &json!({"workday_ends": wrong, "workday_minutes": 360})).names(&["workday_ends"]);
    }
    assert_eq!(person.get("/auth/me").ok(200), edited);
    assert_eq!(person.patch("/auth/me", &json!({})).ok(200), edited);
    let body = r#"{"workday_minutes": 480}"#;
    let patched = person.call("PATCH", "/auth/me").body("application/merge-patch+json", body).send().ok(200);
    assert_eq!((&patched["time_zone"], &patched["workday_minutes"]), (&json!("Asia/Tokyo"), &json!(480)));
}

#[test]
fn a_bad_edit_of_the_account_changes_nothing() {
    let person = Person::new();
    let before = person.get("/auth/me").ok(200);
    for minutes in [json!(0), json!(-1), json!(1441), json!(1.5), json!("480"), json!(null), json!(1e300)] {
        let body = json!({"workday_minutes": minutes, "time_zone": "Asia/Tokyo"});
        person.patch("/auth/me", &body).names(&["workday_minutes"]);
    }
    person.patch("/auth/me", &json!({"time_zone": "Nowhere", "workday_minutes": 60})).names(&["time_zone"]);
    for field in ["username", "is_admin", "id", "password", "disabled", "created_at", "version"] {
        person.patch("/auth/me", &json!({(field): true, "workday_minutes": 60})).names(&[field]);
    }
    assert_eq!(person.get("/auth/me").ok(200), before);
}
