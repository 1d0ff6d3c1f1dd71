//! Pages that look through many tasks.

use serde_json::json;
use tests::Person;

use crate::{Costs, by_cookie};

/// Pages whose cost is that of what they look through, up to a bound: measured with 25 tasks of each status.
pub(crate) fn views(costs: &mut Costs) {
    let person = Person::new();
    for status in ["todo", "in_progress", "done"].repeat(25) {
        person.post("/tasks", &json!({"title": "A task on the board", "status": status})).expect(201);
    }
    let read = |path: &str| by_cookie(&person, "GET", path).send();
    costs.note("GET /dashboard (board)", read("/dashboard?view=board"), 200);
    costs.note("GET /dashboard (75 tasks looked through)", read("/dashboard?q=nowhere"), 200);
    costs.note("GET /web/tasks (board)", read("/web/tasks?view=board&status=done"), 200);
    costs.note("GET /web/find (75 tasks looked through)", read("/web/find?q=nowhere"), 200);
    costs.note("GET /week (nothing logged, 25 tasks done)", read("/week?day=2020-01-01"), 200);
    person.post(&format!("{}/time", person.task_path("A task of the week")), &json!({"minutes": 5})).expect(201);
    costs.note("GET /week (25 tasks done)", read("/week"), 200);
}
