//! What routes ask of the table when somebody has very many tasks, which are written through the store.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use serde_json::Value;
use sprintsync_domain::{NewTask, Status, TimeZone, UserId};
use sprintsync_store::Store;
use tokio::task::JoinSet;

use crate::Failure;
use crate::figures::{Figures, Table};
use crate::instance::{Instance, Person};
use crate::unit_routes::calls;

/// Tasks of somebody who has enough to fill every page, and all that a filter looks through at once. The suites compare
/// so many with 30.
const FEW: usize = 3_000;
/// Sign-ins before anything is measured: more than a page of sessions or of the trail, so that what is measured itself
/// does not make those longer.
const SIGN_INS: usize = 60;
/// Tasks that are written before the table is started anew.
const ROUND: usize = 10_000;
/// Writes at once: the embedded table takes one after the other, and those of one person meet each other.
const WRITERS: usize = 2;

/// What a request took.
#[derive(Clone, Copy, PartialEq)]
struct Cost {
    calls: f64,
    sequence: f64,
    read_units: f64,
    write_units: f64,
    bytes: f64,
}

/// Measures routes of somebody with few tasks, and of the same person once there are so many.
pub(crate) async fn measure(functions: &Path, stack: &Path, tasks: usize) -> Result<Figures, Failure> {
    let mut instance = Instance::start(functions, stack).await?;
    if tasks <= FEW {
        return Err(format!("more than {FEW} tasks are needed").into());
    }
    let mut person = instance.person("bench", 2).await?;
    instance.promote("bench").await?;
    for _ in 0..SIGN_INS {
        person.token = instance.signed_in("bench").await?;
    }
    write(&instance, &person, FEW - person.tasks.len()).await?;
    let few = costs(&instance, &person).await?;
    let began = Instant::now();
    let mut left = tasks - FEW;
    while left > 0 {
        instance = instance.refreshed().await?;
        write(&instance, &person, left.min(ROUND)).await?;
        left = left.saturating_sub(ROUND);
    }
    eprintln!("{tasks} tasks written in {:.0} s", began.elapsed().as_secs_f64());
    // The session of before may have ended meanwhile.
    person.token = instance.signed_in("bench").await?;
    let many = costs(&instance, &person).await?;

    let mut figures = Figures::default();
    let title = format!("Calls and units, with {FEW} tasks and with {tasks}");
    let head = ["function", "route", "calls", "in sequence", "read units", "write units", "bytes out"];
    let mut table = Table::new(title, &head);
    let (mut growth, mut sequence) = (1.0_f64, 0.0_f64);
    for ((function, route, few), (.., many)) in few.iter().zip(&many) {
        let spans = [
            (few.calls, many.calls),
            (few.sequence, many.sequence),
            (few.read_units, many.read_units),
            (few.write_units, many.write_units),
            (few.bytes, many.bytes),
        ];
        let kinds = ["calls", "sequence", "read_units", "write_units", "bytes"];
        for (kind, (few, many)) in kinds.into_iter().zip(spans) {
            figures.put(format!("units.{function}.{route}.{FEW}.{kind}"), few);
            figures.put(format!("units.{function}.{route}.{tasks}.{kind}"), many);
            if kind != "bytes" && many > few {
                growth = growth.max(many / few);
            }
        }
        sequence = sequence.max(many.sequence);
        let cells = spans.map(|(few, many)| if few == many { format!("{many}") } else { format!("{few} → {many}") });
        table.row([(*function).to_owned(), format!("`{route}`")].into_iter().chain(cells));
    }
    table.print();
    figures.put("units.tasks", tasks as f64);
    figures.put("units.most_growth", growth);
    figures.put("units.most_in_sequence", sequence);
    instance.end().await?;
    Ok(figures)
}

async fn costs(instance: &Instance, person: &Person) -> Result<Vec<(&'static str, &'static str, Cost)>, Failure> {
    let mut costs = Vec::new();
    for (name, route, call) in calls(person) {
        let log = instance.folder().join("log");
        let mut function = instance.function_telling(name, &log).await?;
        let told = function.call(&call).await?;
        let told = told.expect_success().map_err(|error| format!("{route}: {error}"))?;
        function.idle().await?;
        function.end().await?;
        costs.push((name, route, of_log(&std::fs::read_to_string(&log)?, told.bytes)?));
    }
    Ok(costs)
}

/// What the request's own line says.
fn of_log(log: &str, bytes: usize) -> Result<Cost, Failure> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let line = lines.into_iter().find(|line| line["table_sequence"].is_number()).ok_or("no line of the request")?;
    let number = |name: &str| line[name].as_f64().ok_or_else(|| format!("no {name} in {line}"));
    Ok(Cost {
        calls: number("table_calls")?,
        sequence: number("table_sequence")?,
        read_units: number("read_units")?,
        write_units: number("write_units")?,
        bytes: bytes as f64,
    })
}

async fn write(instance: &Instance, person: &Person, tasks: usize) -> Result<(), Failure> {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(instance.says("AWS_ACCESS_KEY_ID")?, "local", None, None, "bench"))
        .endpoint_url(instance.says("AWS_ENDPOINT_URL_DYNAMODB")?);
    let world = sprintsync_http::world();
    let store = Store::new(Client::from_conf(config.build()), instance.says("TABLE_NAME")?, world.clone());
    let owner: UserId = person.id.parse()?;
    let next = Arc::new(AtomicUsize::new(0));
    let mut writing = JoinSet::new();
    for _ in 0..WRITERS {
        let (store, next, world) = (store.clone(), Arc::clone(&next), world.clone());
        writing.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= tasks {
                    return Ok::<_, Failure>(());
                }
                let (now, zone) = (world.now(), TimeZone::utc());
                store.create_task(task(number)?, owner, (now, now.day_in(&zone)), None).await?;
            }
        });
    }
    while let Some(done) = writing.join_next().await {
        done??;
    }
    Ok(())
}

fn task(number: usize) -> Result<NewTask, Failure> {
    Ok(NewTask {
        title: format!("Thread {number} of the support inbox").parse()?,
        description: "".parse()?,
        status: match number % 3 {
            0 => Status::Todo,
            1 => Status::InProgress,
            _ => Status::Done,
        },
        estimate: None,
        due_on: None,
        logged: None,
    })
}
