//! What the team's view costs: in an instance of six people with 100 tasks, and with 2,000; with 20,000 where the table
//! of costs is written anew.

use local::Options;
use serde_json::json;
use tests::{Own, PASSWORD, Person, Stream, Table, run, wire};

use crate::{Costs, OTHER_PASSWORD, new_task};
use sprintsync_domain::Status;

/// An instance that many people work in.
struct Team {
    own: Own,
    admin: Person,
    other: Person,
    /// Who is no administrator and has no tasks.
    nobody: Person,
}

impl Team {
    fn with(tasks: usize) -> Self {
        let options =
            Options { limit_factor: 1_000, table_http: Some(wire().client()), schedule: false, ..Options::default() };
        let own = Own::start(options);
        let people: Vec<Person> = (0..5).map(|_| Person::on(&own.api)).collect();
        let [admin, other, ..] = &people[..] else { panic!("people") };
        let (admin, other) = (admin.clone(), other.clone());
        Table::of(&own.stack).grant_admin(&admin.name);
        let store = Table::of(&own.stack).store();
        // Three of them have tasks: more each than a page shows.
        let ids: Vec<_> = people.iter().take(3).map(|person| person.id.parse().expect("an id")).collect();
        run(async {
            let writers: Vec<_> = ids
                .into_iter()
                .enumerate()
                .map(|(writer, by)| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        for n in (writer..tasks).step_by(3) {
                            let now = sprintsync_http::world().now();
                            let today = now.day_in(&"UTC".parse().expect("a zone"));
                            let new = new_task(n, Status::ALL[n / 3 % 3]);
                            store.create_task(new, by, (now, today), None).await.expect("a task");
                        }
                    })
                })
                .collect();
            for writer in writers {
                writer.await.expect("a writer");
            }
        });
        other.post(&format!("{}/time", other.task_path("An hour")), &json!({"minutes": 60})).expect(201);
        // The newest page of all tasks holds some of each of the three.
        for _ in 0..9 {
            people.iter().take(3).for_each(|person| drop(person.task("A task among the newest")));
        }
        let nobody = Person::on(&own.api);
        Stream::default().feed(&own.stack);
        Self { own, admin, other, nobody }
    }
}

/// What administrators do, once each.
pub(crate) fn costs(costs: &mut Costs, tasks: usize) {
    // Made anew for each pass: what was done in the one before would be in the audit trail.
    let team = Team::with(match tasks {
        ..1_000 => 100,
        _ if std::env::var_os("UPDATE").is_some() => 20_000,
        _ => 2_000,
    });
    let Team { own, admin, other, nobody } = &team;
    costs.note("GET /auth/users (6 people)", admin.get("/auth/users?limit=25"), 200);
    let path = format!("/auth/users/{}", other.id);
    costs.note("GET /auth/users/{id}", admin.get(&path), 200);
    let edit = |body| admin.patch(&path, &body);
    costs.note("PATCH /auth/users/{id}", edit(json!({"is_admin": true})), 200);
    costs.note("PATCH /auth/users/{id} (nothing changes)", edit(json!({"is_admin": true})), 200);
    edit(json!({"is_admin": false})).expect(200);
    let issue = || admin.call("POST", &format!("{path}/password-reset")).send();
    let issued = costs.note("POST /auth/users/{id}/password-reset", issue(), 201).json();
    let reset =
        |code: &str, password: &str| own.api.post("/auth/reset", &json!({"code": code, "new_password": password}));
    costs.note("POST /auth/reset (a bad code)", reset("none", OTHER_PASSWORD), 422);
    costs.note("POST /auth/reset", reset(issued["code"].as_str().expect("a code"), OTHER_PASSWORD), 204);
    let end = admin.delete(&format!("{path}/sessions"));
    costs.note("DELETE /auth/users/{id}/sessions", end, 204);
    let invite = admin.call("POST", "/auth/admin/invites").send();
    costs.note("POST /auth/admin/invites", invite, 201);
    let invites = costs.note("GET /auth/admin/invites (one)", admin.get("/auth/admin/invites?limit=25"), 200).json();
    let id = invites[0]["id"].as_str().expect("an id").to_owned();
    let revoked = admin.delete(&format!("/auth/admin/invites/{id}"));
    costs.note("DELETE /auth/admin/invites/{id}", revoked, 204);
    costs.note("GET /auth/admin/sign-up", admin.get("/auth/admin/sign-up"), 200);
    let set = |mode: &str| admin.call("PUT", "/auth/admin/sign-up").json(&json!({"mode": mode})).send();
    costs.note("PUT /auth/admin/sign-up", set("invite"), 200);
    set("open").expect(200);

    costs.note("GET /auth/admin/stats (6 people)", admin.get("/auth/admin/stats?limit=25"), 200);
    costs.note("GET /stats/top-users", admin.get("/stats/top-users?days=30"), 200);
    costs.note("GET /stats/cycle-time", admin.get("/stats/cycle-time"), 200);
    costs.note("GET /audit (5 events)", admin.get("/audit?limit=5"), 200);
    let granted = format!("/audit?what=admin_granted&person={}&limit=1", admin.id);
    costs.note("GET /audit (looked through)", admin.get(&granted), 200);
    costs.note("GET /audit (no administrator)", nobody.get("/audit?limit=5"), 403);

    let own_task = admin.task_path("A task for somebody else");
    let assign = |path: &str, to: &Person| admin.post(&format!("{path}/assign"), &json!({"user_id": to.id}));
    costs.note("POST /tasks/{id}/assign", assign(&own_task, other), 200);
    costs.note("POST /tasks/{id}/assign (theirs already)", assign(&own_task, other), 200);
    let timed = admin.task_path("A task on which a timer runs");
    admin.call("POST", &format!("{timed}/timer/start")).send().expect(201);
    costs.note("POST /tasks/{id}/assign (a timer runs)", assign(&timed, other), 200);
    pages(costs, &team);
    team.own.stop();
}

fn pages(costs: &mut Costs, team: &Team) {
    let Team { own, admin, other, .. } = team;
    let by_cookie = |method: &str, path: &str| own.api.call(method, path).cookie(&admin.token).same_origin();
    let read = |path: &str| by_cookie("GET", path).send();
    costs.note("GET /team", read("/team"), 200);
    costs.note("GET /team/people (6 people)", read("/team/people"), 200);
    costs.note("GET /team/people/{id} (looked at by an admin)", read(&format!("/team/people/{}", other.id)), 200);
    costs.note("GET /team/tasks (25 of them)", read("/team/tasks"), 200);
    let task = admin.task("A task to give away")["id"].as_str().expect("an id").to_owned();
    costs.note("GET /team/tasks/{id}/assign", read(&format!("/team/tasks/{task}/assign")), 200);
    let theirs =
        Person::on(&own.api).task("A task that an administrator sees")["id"].as_str().expect("an id").to_owned();
    costs.note("GET /team/tasks/{id} (an admin, another's)", read(&format!("/team/tasks/{theirs}")), 200);
    let act = |name: &str, fields: &[(&str, &str)]| {
        by_cookie("POST", &format!("/web/team/tasks/{theirs}/{name}")).form(fields).send()
    };
    let label = |name: &str| format!("POST /web/team/tasks/{{id}}/{name} (an admin, another's)");
    costs.note(&label("status"), act("status", &[("status", "done")]), 303);
    costs.note(&label("delete"), act("delete", &[]), 303);
    costs.note(&label("restore"), act("restore", &[]), 303);
    costs.note("GET /team/audit (an admin, a page)", read("/team/audit"), 200);
    costs.note("GET /team/audit (an admin, looked through)", read("/team/audit?what=admin_granted"), 200);

    let form = |path: &str, fields: &[(&str, &str)]| by_cookie("POST", path).form(fields).send();
    let account = format!("/web/team/people/{}/account", other.id);
    costs.note("POST /web/team/people/{id}/account", form(&account, &[("is_admin", "true")]), 303);
    let shown = [("is_admin", "false"), ("password", PASSWORD)];
    costs.note("POST /web/team/people/{id}/account (with the password)", form(&account, &shown), 303);
    let end = format!("/web/team/people/{}/sessions/end", other.id);
    costs.note("POST /web/team/people/{id}/sessions/end", form(&end, &[]), 303);
    costs.note("GET /web/team/people/{id}/sessions/end", read(&end), 303);
    let link = format!("/web/team/people/{}/link", other.id);
    let shown = costs.note("POST /web/team/people/{id}/link", form(&link, &[]), 200);
    let code = shown.text().split("code=").nth(1).and_then(|rest| rest.get(..24)).expect("a code").to_owned();
    let reset = |code: &str| {
        let fields = [("code", code), ("new_password", OTHER_PASSWORD)];
        own.api.call("POST", "/web/reset").same_origin().form(&fields).send()
    };
    costs.note("GET /reset", own.api.get(&format!("/reset?code={code}")), 200);
    costs.note("POST /web/reset", reset(&code), 303);
    costs.note("GET /web/team/people/{id}/link", read(&link), 303);
    costs.note("GET /web/team/people/{id}/account", read(&account), 303);
    costs.note("GET /web/team/invites", read("/web/team/invites"), 303);
    costs.note("GET /web/team/tasks/{id}/assign", read(&format!("/web/team/tasks/{task}/assign")), 303);
    costs.note("POST /web/team/invites", form("/web/team/invites", &[]), 200);
    let invites = admin.get("/auth/admin/invites?limit=1").ok(200);
    let revoke = format!("/web/team/invites/{}/revoke", invites[0]["id"].as_str().expect("an id"));
    costs.note("POST /web/team/invites/{id}/revoke", form(&revoke, &[]), 303);
    costs.note("POST /web/team/sign-up", form("/web/team/sign-up", &[("mode", "invite")]), 303);
    form("/web/team/sign-up", &[("mode", "open")]).expect(303);
    let given = form(&format!("/web/team/tasks/{task}/assign"), &[("username", &other.name)]);
    costs.note("POST /web/team/tasks/{id}/assign", given, 303);
}
