//! Examples: one of each thing that is answered, one of each body that is taken, one problem for each status. A test
//! holds each against its schema.

use serde_json::{Value, json};

const ADA: &str = "0193a1b2-0000-7aaa-8aaa-000000000001";
const BEN: &str = "0193a1b2-0000-7aaa-8aaa-000000000002";
const TASK: &str = "0193a1b2-1000-7bbb-8bbb-000000000001";
const ENTRY: &str = "0193a1b2-2000-7ccc-8ccc-000000000001";
const SESSION: &str = "0193a1b2-3000-7ddd-8ddd-000000000001";
const INVITE: &str = "0193a1b2-4000-7eee-8eee-000000000001";
const CODE: &str = "Jv3kXo8Qm1rTz5uYw7Nq2A";
const EARLIER: &str = "2026-11-23T08:30:00.000Z";
const LATER: &str = "2026-11-24T08:30:00.000Z";

/// One of what the schema of this name describes.
pub(crate) fn shape(name: &str) -> Option<Value> {
    let ada = || json!({"id": ADA, "username": "ada"});
    Some(match name {
        "Task" => json!({
            "id": TASK, "title": "Write the release notes", "description": "What is new, and what to do about it.",
            "status": "in_progress", "estimate_minutes": 45, "due_on": "2026-11-27", "total_minutes": 20,
            "user_id": ADA, "version": 3, "created_at": EARLIER, "updated_at": LATER, "completed_at": null,
        }),
        "Entry" => json!({
            "id": ENTRY, "task_id": TASK, "user_id": ADA, "minutes": 20, "note": "First draft",
            "worked_on": "2026-11-23", "reverses": null, "created_at": EARLIER,
        }),
        "Timer" => json!({"task_id": TASK, "title": "Write the release notes", "started_at": EARLIER}),
        "Event" => json!({
            "at": EARLIER, "by": ada(), "what": "edited", "from": {"status": "todo"}, "to": {"status": "in_progress"},
        }),
        "User" => json!({
            "id": ADA, "username": "ada", "is_admin": false, "disabled": false, "time_zone": "Europe/London",
            "workday_minutes": 480, "workday_ends": "18:00", "created_at": EARLIER,
        }),
        "Session" => json!({
            "id": SESSION, "created_at": EARLIER, "expires_at": LATER, "client": "curl/8.5.0", "current": true,
        }),
        "Token" => {
            json!({"access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl", "token_type": "bearer", "expires_in": 86_400})
        }
        "Exported" => json!({"type": "user", "data": shape("User")}),
        "Suggestion" => json!({
            "suggestion": "1. Write the release notes (25 min)", "mode": "plan", "source": "fallback", "model": null,
            "reason": "AI isn't set up here.",
        }),
        "AuditEvent" => json!({
            "at": EARLIER, "by": ada(), "what": "disabled", "account": {"id": BEN, "username": "ben"}, "task_id": null,
            "owner": null, "from": {"disabled": false}, "to": {"disabled": true}, "network": "9f86d081884c7d65",
        }),
        "Invite" => json!({"id": INVITE, "by": ada(), "created_at": EARLIER, "expires_at": LATER}),
        "Issued" => json!({"code": CODE, "path": format!("/signup?invite={CODE}"), "expires_at": LATER}),
        "SignUp" => json!({"mode": "invite"}),
        "Statistics" => json!({
            "system_overview": {
                "total_users": 4, "total_tasks": 120, "active_tasks": 38, "completed_tasks": 82, "completion_rate": 68.3,
            },
            "user_activity": [{
                "username": "ada", "is_admin": true, "total_tasks": 30, "completed_tasks": 24, "completion_rate": 80.0,
                "total_minutes": 1_935,
            }],
        }),
        "Health" => json!({"status": "ok"}),
        "TopUser" => json!({"id": ADA, "username": "ada", "minutes": 1_935}),
        "CycleTime" => {
            json!({"status": "in_progress", "count": 82, "mean_seconds": 93_600, "median_seconds": 57_344})
        }
        _ => return None,
    })
}

/// The answer to this operation, where no schema of its own describes it.
pub(crate) fn answer(operation: &str) -> Option<Value> {
    Some(match operation {
        "openapi" => json!({"openapi": "3.1.0", "info": {"title": "SprintSync", "version": "0.1.0"}, "paths": {}}),
        _ => return None,
    })
}

/// A body that this operation takes.
pub(crate) fn body(operation: &str) -> Option<Value> {
    Some(match operation {
        "sign_up" => json!({"username": "ada", "password": "a quiet red lantern", "time_zone": "Europe/London"}),
        "sign_in" => json!({"username": "ada", "password": "a quiet red lantern"}),
        "edit_me" => json!({"workday_minutes": 450}),
        "leave" => json!({"password": "a quiet red lantern"}),
        "change_password" => {
            json!({"current_password": "a quiet red lantern", "new_password": "seven loud herons dance"})
        }
        "reset_password" => json!({"code": CODE, "new_password": "seven loud herons dance"}),
        "edit_person" => json!({"disabled": true}),
        "set_sign_up" => json!({"mode": "invite"}),
        "create_task" => json!({"title": "Write the release notes", "estimate_minutes": 45, "due_on": "2026-11-27"}),
        "replace_task" => json!({
            "title": "Write the release notes", "description": "", "status": "todo", "estimate_minutes": 45,
            "due_on": null,
        }),
        "edit_task" => json!({"status": "in_progress", "due_on": null}),
        "set_status" => json!({"status": "done"}),
        "assign_task" => json!({"user_id": BEN}),
        "log_time" => json!({"minutes": 20, "note": "First draft", "worked_on": "2026-11-23"}),
        "stop_timer" => json!({"minutes": 90}),
        "suggest" => json!({"mode": "draft", "title": "Write the release notes"}),
        _ => return None,
    })
}

/// A problem of this status, as this operation tells it.
pub(crate) fn problem(operation: &str, status: &str) -> Value {
    let (title, detail) = match (status, operation) {
        ("400", _) => ("Bad Request", "The body isn't valid JSON (line 1, column 2)."),
        ("401", "sign_in") => ("Unauthorized", "Wrong username or password."),
        ("401", _) => ("Unauthorized", "Sign in first: send a bearer token or the session cookie."),
        ("403", "change_password" | "leave") => ("Forbidden", "Wrong current password."),
        ("403", "sign_up") => ("Forbidden", "Sign-up needs an invite."),
        ("403", "") => ("Forbidden", "This request didn't come from a SprintSync page."),
        ("403", "replace_task" | "edit_task" | "log_time" | "list_entries" | "start_timer" | "stop_timer") => {
            ("Forbidden", "Only the owner can do this.")
        }
        ("403", "reverse_entry") => ("Forbidden", "Only the person who logged this time can reverse it."),
        ("403", _) => ("Forbidden", "Admins only."),
        ("404", _) => ("Not Found", "This doesn't exist or you don't have access."),
        ("409", "sign_up") => ("Conflict", "This username is taken."),
        ("409", "replace_task" | "edit_task" | "set_status") => {
            let asks = "The timer ran for 900 minutes, over 720. Stop it first, and send the time you actually worked as \
                        \"minutes\".";
            ("Conflict", asks)
        }
        ("409", "start_timer") => ("Conflict", "A timer is running. Stop it first."),
        ("409", "stop_timer") => ("Conflict", "No timer is running on this task."),
        ("409", "reverse_entry") => ("Conflict", "Entry already reversed."),
        ("409", "suggest") => ("Conflict", "This request is still running."),
        ("409", _) => {
            let last = "You're the only admin. Make someone else admin first.";
            ("Conflict", last)
        }
        ("412", _) => ("Precondition Failed", "The task changed since you read it. Read it again, then retry."),
        ("413", _) => ("Payload Too Large", "The body has more than 256 KiB."),
        ("415", _) => ("Unsupported Media Type", "Send the body as application/json."),
        ("422", "key") => ("Unprocessable Entity", "This idempotency key was already used for another request."),
        ("422", "query") => ("Unprocessable Entity", "stauts: Unknown parameter."),
        ("422", _) => ("Unprocessable Entity", "minutes: Use a whole number."),
        ("429", _) => ("Too Many Requests", "Too many tries. Try again in 15 minutes."),
        ("503", _) => {
            let busy = "Busy right now. Try again in a moment.";
            ("Service Unavailable", busy)
        }
        _ => ("Internal Server Error", "Something went wrong. The error was logged."),
    };
    let status: u16 = status.parse().expect("a status");
    let mut problem = json!({
        "type": "about:blank", "title": title, "status": status, "detail": detail,
        "request_id": "0193a1b2-5000-7fff-8fff-000000000001",
    });
    if status == 422 && operation == "key" {
        problem["errors"] = json!([{"field": "idempotency-key", "message": "Already used for another request."}]);
    } else if status == 422 {
        let (field, message) = detail.split_once(": ").expect("a field and what is wrong with it");
        problem["errors"] = json!([{"field": field, "message": message}]);
    }
    problem
}
