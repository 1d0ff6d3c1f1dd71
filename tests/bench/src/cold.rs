//! Cold starts: process start to the first question for an event, and to the first answer.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::json;

use crate::Failure;
use crate::event::Call;
use crate::figures::{Figures, Samples, Table};
use crate::instance::{Function, Instance, Person, inherited};
use crate::process::{Group, Share, cpu_ms, forget, memory_mb, read_mb};
use crate::proxy::{Authority, Proxy};

/// The functions of the product.
const OURS: [&str; 7] = ["auth", "tasks", "ai", "admin", "ops", "web", "activity"];

/// The least function, where it believes as few authorities as ours do.
const FEW: &str = "minimal, few authorities";

/// Something that starts as a function.
struct Candidate {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<&'static str>,
    environment: Vec<(String, String)>,
    /// What its environment says where the way is TLS.
    secure: Vec<(String, String)>,
    first: Bytes,
    /// Whether its first answer takes one look at the table, as that of the least function does.
    one_look: bool,
}

/// How the table and the secrets are reached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Plain,
    Tls,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Tls => "tls",
        }
    }
}

/// What was measured of one candidate in one setting.
#[derive(Default)]
struct Measured {
    ready_ms: Samples,
    ready_cpu_ms: Samples,
    answer_ms: Samples,
    answer_cpu_ms: Samples,
    memory_mb: Samples,
}

/// Measures so many starts of each, one of each in turn.
pub(crate) async fn measure(
    functions: &Path,
    stack: &Path,
    python: &Path,
    scripts: &Path,
    starts: usize,
) -> Result<Figures, Failure> {
    let instance = Instance::start(functions, stack).await?;
    let person = instance.person("bench", 5).await?;
    instance.promote("bench").await?;
    let authority = Authority::new()?;
    let mut proxies = Vec::new();
    let mut secure = Vec::new();
    for name in ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SECRETS_MANAGER"] {
        let target: SocketAddr = instance.says(name)?.trim_start_matches("http://").parse()?;
        let proxy = Proxy::before(target, &authority).await?;
        secure.push((name.to_owned(), proxy.url()));
        proxies.push(proxy);
    }
    let mut candidates = candidates(&instance, &person, python, scripts);
    for candidate in &mut candidates {
        let bundle = instance.folder().join(candidate.name);
        if OURS.contains(&candidate.name) || candidate.name == FEW {
            authority.beside_amazon(&bundle)?;
        } else {
            authority.beside_the_system(&bundle)?;
        }
        let bundle = bundle.display().to_string();
        // What the SDK for Rust believes by itself, what our own client does, and that for Python.
        let names: &[_] =
            if OURS.contains(&candidate.name) { &["AWS_CA_BUNDLE"] } else { &["SSL_CERT_FILE", "AWS_CA_BUNDLE"] };
        candidate.secure = secure.clone();
        candidate.secure.extend(names.iter().map(|&name| (name.to_owned(), bundle.clone())));
    }
    let mut settings = Vec::new();
    for share in [Share::Whole, Share::Of512] {
        settings.push((share, Group::of(share)?));
    }
    let mut measured: BTreeMap<(&str, &str, Way), Measured> = BTreeMap::new();
    for round in 0..starts {
        for (share, group) in &settings {
            for way in [Way::Plain, Way::Tls] {
                for candidate in &candidates {
                    let into = measured.entry((candidate.name, share.name(), way)).or_default();
                    start(candidate, way, group.as_ref(), into)
                        .await
                        .map_err(|error| format!("{}, start {round}: {error}", candidate.name))?;
                }
            }
        }
    }
    let mut figures = Figures::default();
    for ((name, share, way), measured) in &measured {
        put(&mut figures, name, share, *way, measured);
    }
    for candidate in &candidates {
        figures.put(format!("cold.{}.disk_mb", candidate.name), from_disk(candidate).await?);
        if candidate.arguments.is_empty() {
            figures.put(format!("cold.{}.zip_mb", candidate.name), zipped_mb(&candidate.program)?);
        }
    }
    compare(&mut figures, &candidates);
    print(&figures, &candidates, &settings);
    drop(proxies);
    instance.end().await?;
    Ok(figures)
}

fn candidates(instance: &Instance, person: &Person, python: &Path, scripts: &Path) -> Vec<Candidate> {
    let token = Some(person.token.as_str());
    let task = person.tasks.first().map(String::as_str).unwrap_or_default();
    let rust = |name: &'static str, call: Call| Candidate {
        name,
        program: instance.program(name),
        arguments: Vec::new(),
        environment: instance.environment.clone(),
        secure: Vec::new(),
        first: call.event(name == "web"),
        one_look: ["minimal", "auth", "tasks", "ops", "web"].contains(&name),
    };
    let mut all = vec![
        rust("nothing", Call::get("/", None)),
        rust("minimal", Call::get("/", None)),
        Candidate { name: FEW, ..rust("minimal", Call::get("/", None)) },
        rust("auth", Call::get("/auth/me", token)),
        rust("tasks", Call::get(format!("/tasks/{task}"), token)),
        rust("ai", Call::post("/ai/suggest", token, json!({ "mode": "plan" }))),
        rust("admin", Call::get("/auth/users", token)),
        rust("ops", Call::get("/health", None)),
        rust("web", Call::get("/login", None)),
        rust("activity", Call::get("/", None)),
    ];
    for candidate in &mut all {
        match candidate.name {
            "minimal" | FEW => candidate.environment.extend(read(person)),
            // No gateway calls it, and nothing of the instance is to be erased.
            "activity" => candidate.first = Bytes::from_static(br#"{"erase":true}"#),
            _ => {}
        }
    }
    for (name, handler) in [("python", "lambda_app.handler"), ("python-nothing", "nothing.handler")] {
        let mut environment = instance.environment.clone();
        environment.extend(read(person));
        environment.extend(inherited(&["PATH"]));
        environment.push(("PYTHONPATH".to_owned(), scripts.display().to_string()));
        environment.push(("LAMBDA_TASK_ROOT".to_owned(), scripts.display().to_string()));
        all.push(Candidate {
            name,
            program: python.to_owned(),
            arguments: vec!["-m", "awslambdaric", handler],
            environment,
            secure: Vec::new(),
            first: Call::get(format!("/tasks/{task}"), token).event(false),
            one_look: name == "python",
        });
    }
    all
}

/// What the comparisons read: the same item that our functions look up first.
fn read(person: &Person) -> [(String, String); 2] {
    [("BENCH_PK".to_owned(), format!("USER#{}", person.id)), ("BENCH_SK".to_owned(), "PROFILE".to_owned())]
}

async fn start(candidate: &Candidate, way: Way, group: Option<&Group>, into: &mut Measured) -> Result<(), Failure> {
    let mut environment = candidate.environment.clone();
    if way == Way::Tls {
        environment.retain(|(name, _)| candidate.secure.iter().all(|(other, _)| name != other));
        environment.extend_from_slice(&candidate.secure);
    }
    let mut function = Function::start(&candidate.program, &candidate.arguments, &environment, group, false).await?;
    let (id, began) = (function.process.id(), function.process.began);
    let ms = |span: Duration| span.as_secs_f64() * 1e3;
    into.ready_ms.add(ms(function.ready - began));
    into.ready_cpu_ms.add(cpu_ms(id)?);
    let told = function.send(candidate.first.clone()).await?;
    into.answer_ms.add(ms(told.at - began));
    function.idle().await?;
    into.answer_cpu_ms.add(cpu_ms(id)?);
    into.memory_mb.add(memory_mb(id)?);
    // The worker and the one that does nothing say nothing of this kind.
    if !["activity", "nothing", "python-nothing"].contains(&candidate.name) {
        told.expect(200)?;
    }
    function.end().await
}

/// What a start reads from the disk of what the program itself is.
async fn from_disk(candidate: &Candidate) -> Result<f64, Failure> {
    forget(&candidate.program)?;
    let program = &candidate.program;
    let mut function = Function::start(program, &candidate.arguments, &candidate.environment, None, false).await?;
    function.send(candidate.first.clone()).await?;
    let read = read_mb(function.process.id())?;
    function.end().await?;
    Ok(read)
}

/// What a program weighs in the zip that is deployed.
fn zipped_mb(program: &Path) -> Result<f64, Failure> {
    let mut zip = DeflateEncoder::new(Vec::new(), Compression::best());
    zip.write_all(&std::fs::read(program)?)?;
    Ok(zip.finish()?.len() as f64 / 1e6)
}

fn put(figures: &mut Figures, name: &str, share: &str, way: Way, measured: &Measured) {
    let at = format!("cold.{name}.{share}.{}", way.name());
    let kinds = [
        ("ready_ms", &measured.ready_ms),
        ("ready_cpu_ms", &measured.ready_cpu_ms),
        ("answer_ms", &measured.answer_ms),
        ("answer_cpu_ms", &measured.answer_cpu_ms),
        ("memory_mb", &measured.memory_mb),
    ];
    for (kind, samples) in kinds {
        figures.put(format!("{at}.{kind}.p50"), samples.median());
        figures.put(format!("{at}.{kind}.p99"), samples.percentile(0.99));
    }
}

/// The ratios and differences that are promised, and the worst of each among our own functions.
fn compare(figures: &mut Figures, candidates: &[Candidate]) {
    for Candidate { name, one_look, .. } in candidates {
        for share in ["whole", "512"] {
            let ready = |name: &str| format!("cold.{name}.{share}.tls.ready_cpu_ms.p50");
            if let (Some(its), Some(nothing)) = (figures.of(&ready(name)), figures.of(&ready("nothing"))) {
                figures.put(format!("cold.{name}.{share}.init_cpu_ms_over_nothing"), its - nothing);
            }
            for way in ["plain", "tls"].into_iter().filter(|_| *one_look) {
                let answer = |name: &str| format!("cold.{name}.{share}.{way}.answer_ms.p50");
                let ratio = format!("cold.{name}.{share}.{way}.answer_over_minimal");
                figures.ratio(&ratio, &answer(name), &answer("minimal"));
                figures.ratio(format!("{ratio}_of_few"), &answer(name), &answer(FEW));
            }
        }
    }
    let kinds = [
        "whole.init_cpu_ms_over_nothing",
        "512.init_cpu_ms_over_nothing",
        "whole.tls.answer_over_minimal",
        "512.tls.answer_over_minimal",
        "whole.tls.answer_over_minimal_of_few",
        "whole.tls.memory_mb.p99",
        "zip_mb",
    ];
    // The interpreter against the whole function that we ask the same of.
    figures.ratio(
        "cold.tasks_over_python",
        "cold.tasks.whole.tls.answer_ms.p50",
        "cold.python.whole.tls.answer_ms.p50",
    );
    for kind in kinds {
        let ours = OURS.iter().filter_map(|name| figures.of(&format!("cold.{name}.{kind}")));
        if let Some(worst) = ours.reduce(f64::max) {
            figures.put(format!("cold.worst.{kind}"), worst);
        }
    }
}

fn print(figures: &Figures, candidates: &[Candidate], settings: &[(Share, Option<Group>)]) {
    for (share, _) in settings {
        let share = share.name();
        for way in ["plain", "tls"] {
            let title = format!("Cold start, CPU: {share}, table and secrets: {way} (p50 / p99)");
            let head = ["", "to first next, ms", "own CPU, ms", "to first answer, ms", "own CPU, ms", "memory, MB"];
            let mut table = Table::new(title, &head);
            for candidate in candidates {
                let cell = |kind: &str| {
                    let of = |share_of_all: &str| {
                        let name = format!("cold.{}.{share}.{way}.{kind}.{share_of_all}", candidate.name);
                        figures.of(&name).unwrap_or(f64::NAN)
                    };
                    format!("{:.1} / {:.1}", of("p50"), of("p99"))
                };
                let kinds = ["ready_ms", "ready_cpu_ms", "answer_ms", "answer_cpu_ms", "memory_mb"];
                table.row(std::iter::once(candidate.name.to_owned()).chain(kinds.map(cell)));
            }
            table.print();
        }
    }
    let head = ["", "zip, MB", "read from the disk at a start whose program is not in memory, MB"];
    let mut table = Table::new("Size", &head);
    for candidate in candidates {
        let of = |kind: &str| figures.of(&format!("cold.{}.{kind}", candidate.name));
        let zip = of("zip_mb").map(|size| format!("{size:.2}")).unwrap_or_default();
        table.row([candidate.name.to_owned(), zip, format!("{:.1}", of("disk_mb").unwrap_or(f64::NAN))]);
    }
    table.print();
}
