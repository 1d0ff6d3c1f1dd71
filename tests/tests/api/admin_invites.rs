//! Invites, and who may sign up.

use local::Options;
use serde_json::{Value, json};
use tests::{Answer, Api, Lab, Own, PASSWORD, Person, fresh_name};

use crate::{is_id, is_instant, keys};

fn make(admin: &Person) -> Value {
    admin.call("POST", "/auth/admin/invites").send().ok(201)
}

fn code(issued: &Value) -> String {
    issued["code"].as_str().expect("a code").to_owned()
}

fn list(admin: &Person) -> Vec<Value> {
    admin.walk("/auth/admin/invites?limit=2").0
}

fn sign_up(lab: &Lab, invite: Option<&str>) -> Answer {
    let mut body = json!({"username": fresh_name(), "password": PASSWORD});
    if let Some(code) = invite {
        body["invite"] = code.into();
    }
    lab.api.post("/auth/signup", &body)
}

fn by_form(lab: &Lab, invite: &str) -> Answer {
    let name = fresh_name();
    let fields = [("username", &*name), ("password", PASSWORD), ("invite", invite)];
    lab.api.call("POST", "/web/signup").same_origin().form(&fields).send()
}

fn set(admin: &Person, mode: &str) {
    assert_eq!(admin.put("/auth/admin/sign-up", &json!({"mode": mode})).ok(200), json!({"mode": mode}));
    assert_eq!(admin.get("/auth/admin/sign-up").ok(200), json!({"mode": mode}));
}

#[test]
fn an_invite_is_made_shown_once_used_once_and_gone() {
    let lab = Lab::start();
    let (admin, other) = (lab.admin(), lab.admin());
    set(&admin, "invite");
    assert_eq!(list(&admin), Vec::<Value>::new());
    let first = make(&admin);
    assert_eq!(keys(&first), ["code", "expires_at", "path"]);
    assert_eq!(first["path"], format!("/signup?invite={}", code(&first)));
    assert!(is_instant(&first["expires_at"]) && code(&first).len() == 24);
    let second = make(&other);
    assert_ne!(first["code"], second["code"]);
    let listed = list(&admin);
    assert_eq!(listed, list(&other), "each sees those of all");
    assert_eq!(listed.len(), 2);
    for (invite, (by, issued)) in listed.iter().zip([(&other, &second), (&admin, &first)]) {
        assert_eq!(keys(invite), ["by", "created_at", "expires_at", "id"]);
        assert!(is_id(&invite["id"]) && is_instant(&invite["created_at"]));
        assert_eq!(invite["by"], json!({"id": by.id, "username": by.name}));
        assert_eq!(invite["expires_at"], issued["expires_at"]);
        assert!(!invite.to_string().contains(&code(issued)), "its code is shown once");
    }
    sign_up(&lab, None).problem(403);
    sign_up(&lab, Some(&code(&first))).ok(201);
    sign_up(&lab, Some(&code(&first))).problem(403);
    assert_eq!(list(&admin), listed[..1]);
    // Taken back, by whomever.
    let id = listed[0]["id"].as_str().expect("an id");
    admin.delete(&format!("/auth/admin/invites/{id}")).expect(204);
    admin.delete(&format!("/auth/admin/invites/{id}")).problem(404);
    sign_up(&lab, Some(&code(&second))).problem(403);
    assert_eq!(list(&admin), Vec::<Value>::new());
    let used = listed[1]["id"].as_str().expect("an id");
    admin.delete(&format!("/auth/admin/invites/{used}")).problem(404);
    // By the page too, whose address holds the code.
    let third = make(&admin);
    let page = lab.api.get(third["path"].as_str().expect("a path")).expect(200);
    assert!(page.text().contains(&code(&third)));
    by_form(&lab, &code(&third)).expect(303);
    assert_eq!(by_form(&lab, &code(&third)).status, 403);
    // Who made it left: nobody is named.
    make(&other);
    other.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send().expect(204);
    assert_eq!(list(&admin)[0]["by"], json!({"id": other.id, "username": null}));
}

#[test]
fn an_operator_s_invite_is_listed_as_nobody_s() {
    let lab = Lab::start();
    let admin = lab.admin();
    let act = serde_json::from_value(json!({"invite": true})).expect("an act");
    tests::run(lab.stack.activity().act(act)).expect("an invite");
    let invites = list(&admin);
    assert_eq!((invites.len(), &invites[0]["by"]), (1, &Value::Null));
    admin.delete(&format!("/auth/admin/invites/{}", invites[0]["id"].as_str().expect("an id"))).expect(204);
}

#[test]
fn what_an_administrator_says_of_sign_up_counts_for_program_and_page_and_back() {
    let lab = Lab::start();
    let admin = lab.admin();
    assert_eq!(admin.get("/auth/admin/sign-up").ok(200), json!({"mode": "open"}), "as it was deployed");
    let page = || lab.api.get("/signup").expect(200).text().to_owned();
    let login = || lab.api.get("/login").expect(200).text().contains("/signup");
    sign_up(&lab, None).ok(201);
    assert!(page().contains("name=\"password\"") && !page().contains("name=\"invite\"") && login());

    set(&admin, "invite");
    sign_up(&lab, None).problem(403);
    assert_eq!(by_form(&lab, "").status, 403);
    assert!(page().contains("name=\"invite\"") && login());
    sign_up(&lab, Some(&code(&make(&admin)))).ok(201);

    set(&admin, "closed");
    sign_up(&lab, None).problem(403);
    sign_up(&lab, Some(&code(&make(&admin)))).problem(403);
    assert_eq!(by_form(&lab, &code(&make(&admin))).status, 403);
    assert!(!page().contains("name=\"password\"") && !login());
    admin.sign_in(PASSWORD);

    set(&admin, "open");
    sign_up(&lab, None).ok(201);
    by_form(&lab, "").expect(303);
    assert!(page().contains("name=\"password\"") && login());
}

#[test]
fn a_mode_is_one_of_three() {
    let lab = Lab::start();
    let admin = lab.admin();
    for bad in [json!({"mode": "Open"}), json!({"mode": ""}), json!({"mode": null}), json!({"mode": 1}), json!({})] {
        admin.put("/auth/admin/sign-up", &bad).names(&["mode"]);
    }
    admin.put("/auth/admin/sign-up", &json!({"mode": "closed", "until": "x"})).names(&["until"]);
    admin.call("PUT", "/auth/admin/sign-up").body("application/json", "{").send().problem(400);
    admin.call("PUT", "/auth/admin/sign-up").body("text/plain", "closed").send().problem(415);
    assert_eq!(admin.get("/auth/admin/sign-up").ok(200), json!({"mode": "open"}));
    // Said outright it holds, also against another deployment; said again, nothing happened.
    for _ in 0..2 {
        admin.put("/auth/admin/sign-up", &json!({"mode": "open"})).ok(200);
        assert_eq!(admin.get("/audit?what=sign_up_mode_set").ok(200).as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn a_code_that_is_not_good_does_not_tell_whether_a_name_is_taken() {
    let lab = Lab::start();
    let admin = lab.admin();
    set(&admin, "invite");
    let used = code(&make(&admin));
    sign_up(&lab, Some(&used)).ok(201);
    let told = |name: &str, password: &str, invite: &str| {
        let body = json!({"username": name, "password": password, "invite": invite});
        let mut problem = lab.api.post("/auth/signup", &body).problem(403);
        problem.as_object_mut().expect("an object").remove("request_id");
        problem
    };
    for invite in ["bogus", &used] {
        let free = told(&fresh_name(), PASSWORD, invite);
        assert_eq!(told(&admin.name, PASSWORD, invite), free);
        assert_eq!(told(&admin.name.to_uppercase(), "password1", invite), free, "nor is a password judged");
    }
    // With a good one it is told, and the invite is not used up.
    let good = code(&make(&admin));
    let body = |name: &str| json!({"username": name, "password": PASSWORD, "invite": good});
    lab.api.post("/auth/signup", &body(&admin.name)).problem(409);
    lab.api.post("/auth/signup", &body(&fresh_name())).ok(201);
}

#[test]
fn no_password_is_judged_where_nobody_may_sign_up_or_too_many_did() {
    let own = Own::start(Options { limit_factor: 1, schedule: false, ..Options::default() });
    let weak = |api: &Api| api.post("/auth/signup", &json!({"username": fresh_name(), "password": "Summer2026!"}));
    for _ in 0..20 {
        weak(&own.api).names(&["password"]);
    }
    weak(&own.api).problem(429);
    let lab = Lab::start();
    set(&lab.admin(), "closed");
    weak(&lab.api).problem(403);
}
