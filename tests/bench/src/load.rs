//! Requests over HTTP: the local stack with all its functions in one process, and services of the same four routes that
//! others would have built, on one connection and on 64.

use std::fs::File;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Failure;
use crate::figures::{Figures, Samples, Table};
use crate::process::{Process, whole_cpu_ms};

/// The most connections at once.
const MANY: usize = 64;
/// Tasks of each who asks.
const TASKS: usize = 30;
/// How long the stack may take to start, and a service to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);

/// A service that runs.
#[derive(Clone)]
pub(crate) struct Service {
    name: String,
    process: u32,
    authority: String,
}

impl FromStr for Service {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let parts = text.split_once('=').and_then(|(name, rest)| Some((name, rest.split_once('@')?)));
        let (name, (process, url)) = parts.ok_or("a service is NAME=PID@URL")?;
        let authority = url.strip_prefix("http://").ok_or("the URL must begin with http://")?;
        Ok(Self { name: name.to_owned(), process: process.parse()?, authority: authority.to_owned() })
    }
}

/// Who asks, on a connection of its own.
#[derive(Clone)]
struct Asker {
    token: String,
    task: String,
}

#[derive(Clone, Copy)]
enum Route {
    List,
    Read,
    Create,
    Move,
}

const ROUTES: [(&str, Route); 4] = [
    ("GET /tasks", Route::List),
    ("GET /tasks/{id}", Route::Read),
    ("POST /tasks", Route::Create),
    ("POST /tasks/{id}/status", Route::Move),
];

/// Measures so many requests of each route.
pub(crate) async fn measure(
    stack: &Path,
    services: &[Service],
    key: &str,
    person: &str,
    requests: usize,
) -> Result<Figures, Failure> {
    let folder = TempDir::new()?;
    let (process, ours) = local(stack, &folder).await?;
    let mut targets = vec![(ours.clone(), members(&ours).await?)];
    for service in services {
        let token = token(key, person)?;
        let tasks = tasks(&service.authority, &token, MANY).await?;
        let askers = tasks.into_iter().map(|task| Asker { token: token.clone(), task }).collect();
        targets.push((service.clone(), askers));
    }
    let mut figures = Figures::default();
    for (route_name, route) in ROUTES {
        for connections in [1, MANY] {
            for (service, askers) in &targets {
                let at = format!("load.{}.{route_name}.{connections}", service.name);
                run(service, askers, route, connections, requests / 10, None).await?;
                run(service, askers, route, connections, requests, Some((&mut figures, &at))).await?;
            }
        }
    }
    let errors = ROUTES.iter().filter_map(|(name, _)| figures.of(&format!("load.sprintsync.{name}.{MANY}.errors")));
    figures.put("load.sprintsync.errors", errors.sum());
    print(&figures, &targets);
    process.end().await?;
    Ok(figures)
}

/// Starts the local stack.
async fn local(stack: &Path, folder: &TempDir) -> Result<(Process, Service), Failure> {
    let said = folder.path().join("said");
    let data = folder.path().join("data").display().to_string();
    let arguments = ["--port", "0", "--data", &data, "--limit-factor", "1000000"];
    let process = Process::start_telling(stack, &arguments, File::create(&said)?)?;
    let began = Instant::now();
    loop {
        let text = std::fs::read_to_string(&said)?;
        let found = text.lines().find_map(|line| line.strip_prefix("SprintSync is running at http://"));
        if let Some(authority) = found.filter(|_| text.ends_with('\n')) {
            let authority = authority.trim().trim_end_matches('/').to_owned();
            let service = Service { name: "sprintsync".to_owned(), process: process.id(), authority };
            return Ok((process, service));
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("the stack did not start: {text}").into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A team in the local stack: as many people as there are connections, since what a person does is done one by one.
async fn members(service: &Service) -> Result<Vec<Asker>, Failure> {
    const PASSWORD: &str = "walnut harbour ninety lanterns";
    let mut connection = connect(&service.authority).await?;
    let mut askers = Vec::new();
    for number in 0..MANY {
        let name = format!("member{number}");
        let account = json!({ "username": name, "password": PASSWORD, "time_zone": "UTC" });
        let signing_up = request(service, Method::POST, "/auth/signup", None, Some(&account))?;
        answer(&mut connection, signing_up).await?.expect("POST /auth/signup")?;
        let form = format!("username={name}&password={}", PASSWORD.replace(' ', "+"));
        let signing_in = Request::post("/auth/login").header("host", &service.authority);
        let signing_in = signing_in.header("content-type", "application/x-www-form-urlencoded");
        let told = answer(&mut connection, signing_in.body(Full::new(Bytes::from(form)))?).await?;
        let told: Value = serde_json::from_slice(&told.expect("POST /auth/login")?)?;
        let token = told["access_token"].as_str().ok_or("no token")?.to_owned();
        for number in 0..TASKS {
            let task = json!({ "title": format!("Thread {number} of the support inbox") });
            let creating = request(service, Method::POST, "/tasks", Some(&token), Some(&task))?;
            answer(&mut connection, creating).await?.expect("POST /tasks")?;
        }
        let task = tasks(&service.authority, &token, 1).await?.pop().ok_or("no task")?;
        askers.push(Asker { token, task });
    }
    Ok(askers)
}

/// The newest tasks of whoever this token is for.
async fn tasks(authority: &str, token: &str, number: usize) -> Result<Vec<String>, Failure> {
    let mut connection = connect(authority).await?;
    let asking = Request::get(format!("/tasks?limit={number}")).header("host", authority);
    let asking = asking.header("authorization", format!("Bearer {token}")).body(Full::default())?;
    let told: Value = serde_json::from_slice(&answer(&mut connection, asking).await?.expect("GET /tasks")?)?;
    let list = told.as_array().or_else(|| told["items"].as_array()).ok_or("no list")?;
    Ok(list.iter().filter_map(|task| Some(task["id"].as_str()?.to_owned())).collect())
}

/// Asks on so many connections; what is measured goes into the figures.
async fn run(
    service: &Service,
    askers: &[Asker],
    route: Route,
    connections: usize,
    requests: usize,
    into: Option<(&mut Figures, &str)>,
) -> Result<(), Failure> {
    let left = Arc::new(AtomicUsize::new(requests));
    let mut asking = JoinSet::new();
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(connect(&service.authority).await?);
    }
    let (before, began) = (settled(service.process).await?, Instant::now());
    for (number, mut connection) in open.into_iter().enumerate() {
        let asker = askers.get(number % askers.len().max(1)).cloned().ok_or("nobody asks")?;
        let (service, left) = (service.clone(), Arc::clone(&left));
        asking.spawn(async move {
            let (mut times, mut errors, mut turn) = (Vec::new(), 0, number);
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                turn += 1;
                let request = route.request(&service, &asker, turn)?;
                let began = Instant::now();
                let told = answer(&mut connection, request).await?;
                times.push(began.elapsed().as_secs_f64() * 1e3);
                errors += usize::from(!(200..300).contains(&told.status));
            }
            Ok::<_, Failure>((times, errors))
        });
    }
    let (mut samples, mut errors) = (Samples::default(), 0);
    while let Some(done) = asking.join_next().await {
        let (times, wrong) = done??;
        times.into_iter().for_each(|time| samples.add(time));
        errors += wrong;
    }
    let span = began.elapsed().as_secs_f64();
    // What a request leaves to be done, such as statistics, is done before others are timed, and counts as its own.
    let after = settled(service.process).await?;
    let Some((figures, at)) = into else { return Ok(()) };
    figures.put(format!("{at}.p50_ms"), samples.median());
    figures.put(format!("{at}.p99_ms"), samples.percentile(0.99));
    figures.put(format!("{at}.cpu_ms"), (after - before) / requests as f64);
    figures.put(format!("{at}.per_second"), requests as f64 / span);
    figures.put(format!("{at}.errors"), errors as f64);
    Ok(())
}

/// The CPU time of a process, once it has had hardly any for a while.
async fn settled(process: u32) -> Result<f64, Failure> {
    const WHILE: Duration = Duration::from_millis(300);
    let began = Instant::now();
    let mut before = whole_cpu_ms(process)?;
    loop {
        tokio::time::sleep(WHILE).await;
        let now = whole_cpu_ms(process)?;
        if now - before <= WHILE.as_secs_f64() * 1e3 / 10.0 {
            return Ok(now);
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("process {process} does not come to rest").into());
        }
        before = now;
    }
}

impl Route {
    fn request(self, service: &Service, asker: &Asker, turn: usize) -> Result<Request<Full<Bytes>>, Failure> {
        let token = Some(asker.token.as_str());
        let of_task = format!("/tasks/{}", asker.task);
        match self {
            Self::List => request(service, Method::GET, "/tasks?limit=25", token, None),
            Self::Read => request(service, Method::GET, &of_task, token, None),
            Self::Create => {
                let task = json!({ "title": format!("Thread {turn} of the support inbox"), "estimate_minutes": 30 });
                request(service, Method::POST, "/tasks", token, Some(&task))
            }
            Self::Move => {
                let status = if turn.is_multiple_of(2) { "done" } else { "in_progress" };
                request(service, Method::POST, &format!("{of_task}/status"), token, Some(&json!({ "status": status })))
            }
        }
    }
}

fn token(key: &str, person: &str) -> Result<String, Failure> {
    // Long after the run.
    let claims = json!({ "sub": person, "exp": 4_102_444_800_i64 });
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(key.as_bytes()))?)
}

struct Told {
    status: u16,
    body: Bytes,
}

impl Told {
    fn expect(self, what: &str) -> Result<Bytes, Failure> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        Err(format!("{what}: {} {}", self.status, String::from_utf8_lossy(&self.body)).into())
    }
}

async fn connect(authority: &str) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let stream = TcpStream::connect(authority.replace("localhost", "127.0.0.1")).await?;
    stream.set_nodelay(true)?;
    let (sending, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sending)
}

fn request(
    service: &Service,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Result<Request<Full<Bytes>>, Failure> {
    let mut request = Request::builder().method(method).uri(path).header("host", &service.authority);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    Ok(request.body(Full::new(body.map(|body| Bytes::from(body.to_string())).unwrap_or_default()))?)
}

async fn answer(connection: &mut SendRequest<Full<Bytes>>, request: Request<Full<Bytes>>) -> Result<Told, Failure> {
    connection.ready().await?;
    let response = connection.send_request(request).await?;
    Ok(Told { status: response.status().as_u16(), body: response.into_body().collect().await?.to_bytes() })
}

fn print(figures: &Figures, targets: &[(Service, Vec<Asker>)]) {
    for connections in [1, MANY] {
        let title = format!("Requests over HTTP, {connections} at once");
        let mut table =
            Table::new(title, &["route", "service", "p50, ms", "p99, ms", "CPU a request, ms", "a second", "errors"]);
        for (route, _) in ROUTES {
            for (service, _) in targets {
                let of = |kind: &str| {
                    let name = format!("load.{}.{route}.{connections}.{kind}", service.name);
                    figures.of(&name).unwrap_or(f64::NAN)
                };
                table.row([
                    format!("`{route}`"),
                    service.name.clone(),
                    format!("{:.2}", of("p50_ms")),
                    format!("{:.2}", of("p99_ms")),
                    format!("{:.2}", of("cpu_ms")),
                    format!("{:.0}", of("per_second")),
                    format!("{:.0}", of("errors")),
                ]);
            }
        }
        table.print();
    }
}
