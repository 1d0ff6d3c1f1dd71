//! Requests of a function that runs, over the Runtime API: one after another, as an environment gets them.

use std::path::Path;

use serde_json::{Value, json};

use crate::Failure;
use crate::event::Call;
use crate::figures::{Figures, Samples, Table};
use crate::instance::{Function, Instance, Person};
use crate::process::{cpu_ms, memory_mb};

/// Calls before those that count.
const UNCOUNTED: usize = 50;
/// Hashes of a password take long, and all as long.
const HASHES: usize = 60;

/// A route of a function.
struct Route {
    function: &'static str,
    name: &'static str,
    status: u64,
    calls: Box<dyn Fn(usize) -> Call>,
}

/// Measures so many calls of each route.
pub(crate) async fn measure(
    functions: &Path,
    stack: &Path,
    allocations: &Path,
    calls: usize,
) -> Result<Figures, Failure> {
    let instance = Instance::start(functions, stack).await?;
    let person = instance.person("bench", 60).await?;
    instance.promote("bench").await?;
    let mut figures = Figures::default();
    let head = ["function", "route", "p50, ms", "p99, ms", "own CPU, ms", "a second", "allocations", "bytes out"];
    let mut table = Table::new("Warm requests of one environment over the Runtime API", &head);
    for route in routes(&person) {
        let calls = if route.name.contains("login") { HASHES } else { calls };
        let measured = of_route(&instance, &route, calls).await?;
        let allocated = allocated(&instance, &route, allocations).await?;
        let at = format!("warm.{}.{}", route.function, route.name);
        let per_second = 1_000.0 / measured.mean_ms;
        let (p50, p99) = (measured.ms.median(), measured.ms.percentile(0.99));
        let kinds = [
            ("p50_ms", p50),
            ("p99_ms", p99),
            ("cpu_ms", measured.cpu_ms),
            ("per_second", per_second),
            ("allocations", allocated),
            ("bytes", measured.bytes),
            ("memory_mb", measured.memory_mb),
        ];
        for (kind, value) in kinds {
            figures.put(format!("{at}.{kind}"), value);
        }
        table.row([
            route.function.to_owned(),
            format!("`{}`", route.name),
            format!("{p50:.2}"),
            format!("{p99:.2}"),
            format!("{:.2}", measured.cpu_ms),
            format!("{per_second:.0}"),
            format!("{allocated:.0}"),
            format!("{:.0}", measured.bytes),
        ]);
    }
    table.print();
    instance.end().await?;
    Ok(figures)
}

struct Measured {
    ms: Samples,
    mean_ms: f64,
    cpu_ms: f64,
    bytes: f64,
    memory_mb: f64,
}

async fn of_route(instance: &Instance, route: &Route, calls: usize) -> Result<Measured, Failure> {
    let mut function = instance.function(route.function).await?;
    for number in 0..UNCOUNTED.min(calls) {
        ask(&mut function, route, number).await?;
    }
    let id = function.process.id();
    let (mut ms, mut bytes, mut sum) = (Samples::default(), Samples::default(), 0.0);
    let before = cpu_ms(id)?;
    for number in 0..calls {
        let began = std::time::Instant::now();
        let told = ask(&mut function, route, number).await?;
        ms.add((told.at - began).as_secs_f64() * 1e3);
        // It takes the next request when it asks for it, not when it has answered.
        sum += began.elapsed().as_secs_f64() * 1e3;
        bytes.add(told.bytes as f64);
    }
    let measured = Measured {
        ms,
        mean_ms: sum / calls as f64,
        cpu_ms: (cpu_ms(id)? - before) / calls as f64,
        bytes: bytes.median(),
        memory_mb: memory_mb(id)?,
    };
    function.end().await?;
    Ok(measured)
}

async fn ask(function: &mut Function, route: &Route, number: usize) -> Result<crate::instance::Told, Failure> {
    let told = function.call(&(route.calls)(number)).await?;
    let told = told.expect(route.status).map_err(|error| format!("{}: {error}", route.name))?;
    function.idle().await?;
    Ok(told)
}

/// What a request allocates, counted in a process of its own: counting takes time.
async fn allocated(instance: &Instance, route: &Route, library: &Path) -> Result<f64, Failure> {
    const COUNTED: usize = 20;
    let file = instance.folder().join("allocations");
    std::fs::write(&file, [0; 8])?;
    let mut environment = instance.environment.clone();
    environment.push(("BENCH_ALLOCATIONS".to_owned(), file.display().to_string()));
    environment.push(("LD_PRELOAD".to_owned(), library.display().to_string()));
    let (program, for_people) = (instance.program(route.function), route.function == "web");
    let mut function = Function::start(&program, &[], &environment, None, for_people).await?;
    let counted = || -> Result<f64, Failure> {
        let bytes: [u8; 8] = std::fs::read(&file)?.try_into().map_err(|_| "the count is not eight bytes")?;
        Ok(u64::from_ne_bytes(bytes) as f64)
    };
    for number in 0..5 {
        ask(&mut function, route, number).await?;
    }
    let before = counted()?;
    for number in 0..COUNTED {
        ask(&mut function, route, number).await?;
    }
    let all = counted()? - before;
    function.end().await?;
    Ok(all / COUNTED as f64)
}

fn routes(person: &Person) -> Vec<Route> {
    let mut all = Vec::new();
    let first = person.tasks.first().cloned().unwrap_or_default();
    let mut add = |function, name, status, calls: Box<dyn Fn(usize) -> Call>| {
        all.push(Route { function, name, status, calls });
    };
    let get = |path: &str| -> Box<dyn Fn(usize) -> Call> {
        let call = Call::get(path, Some(&person.token));
        Box::new(move |_| call.clone())
    };
    let post = |path: String, body: fn(usize) -> Value| -> Box<dyn Fn(usize) -> Call> {
        let token = person.token.clone();
        Box::new(move |number| Call::post(path.clone(), Some(&token), body(number)))
    };
    let form = |path: String, body: fn(usize) -> String| -> Box<dyn Fn(usize) -> Call> {
        let token = person.token.clone();
        Box::new(move |number| Call::form(path.clone(), Some(&token), &body(number)))
    };
    add("auth", "POST /auth/login", 200, Box::new(|_| Call::form("/auth/login", None, &Person::sign_in("bench"))));
    add("auth", "GET /auth/me", 200, get("/auth/me"));
    add("tasks", "GET /tasks", 200, get("/tasks?limit=25"));
    add("tasks", "GET /tasks/{id}", 200, get(&format!("/tasks/{first}")));
    add("tasks", "POST /tasks", 201, post("/tasks".to_owned(), |number| json!({ "title": format!("Task {number}") })));
    let status = |number: usize| json!({ "status": if number.is_multiple_of(2) { "done" } else { "in_progress" } });
    add("tasks", "POST /tasks/{id}/status", 200, post(format!("/tasks/{first}/status"), status));
    add("tasks", "POST /tasks/{id}/time", 201, post(format!("/tasks/{first}/time"), |_| json!({ "minutes": 1 })));
    add("tasks", "GET /time", 200, get("/time?from=2026-01-01&to=2026-01-31"));
    add("web", "GET /login", 200, Box::new(|_| Call::get("/login", None)));
    let signing_in = Call::form("/web/login", None, &Person::sign_in("bench"));
    add("web", "POST /web/login", 303, Box::new(move |_| signing_in.clone()));
    add("web", "GET /dashboard", 200, get("/dashboard"));
    add("web", "GET /dashboard (board)", 200, get("/dashboard?view=board"));
    add("web", "GET /web/tasks", 200, get("/web/tasks"));
    add("web", "GET /task/{id}", 200, get(&format!("/task/{first}")));
    let moved = |number: usize| format!("status={}", if number.is_multiple_of(2) { "done" } else { "in_progress" });
    add("web", "POST /web/tasks/{id}/status", 303, form(format!("/web/tasks/{first}/status"), moved));
    add("web", "GET /account", 200, get("/account"));
    add("admin", "GET /auth/users", 200, get("/auth/users"));
    add("ai", "POST /ai/suggest", 200, post("/ai/suggest".to_owned(), |_| json!({ "mode": "plan" })));
    add("ops", "GET /health", 200, get("/health"));
    all
}
