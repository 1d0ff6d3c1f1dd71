//! An instance on this machine, whose functions run as they do in Lambda: each in a process of its own, over the Runtime
//! API; and somebody with tasks in it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Failure;
use crate::event::Call;
use crate::process::{Group, Process};
use crate::runtime_api::RuntimeApi;

/// The password of the person, which nobody has who is not asked for it here.
const PASSWORD: &str = "walnut harbour ninety lanterns";
/// What tasks are at.
const STATUSES: [&str; 3] = ["todo", "in_progress", "done"];
/// How long the services may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// The services, and where functions find them.
pub(crate) struct Instance {
    /// What functions of the instance have in their environment.
    pub(crate) environment: Vec<(String, String)>,
    folder: TempDir,
    functions: PathBuf,
    stack: PathBuf,
    services: Process,
}

/// Somebody who has tasks.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) tasks: Vec<String>,
}

/// A function that runs.
pub(crate) struct Function {
    pub(crate) process: Process,
    /// When it asked for its first event.
    pub(crate) ready: Instant,
    pub(crate) api: RuntimeApi,
    for_people: bool,
}

/// What a function said.
pub(crate) struct Told {
    pub(crate) at: Instant,
    pub(crate) status: u64,
    pub(crate) body: String,
    /// Bytes of the whole answer, as it goes to the gateway.
    pub(crate) bytes: usize,
}

impl Instance {
    /// Starts the table and the secrets, empty.
    pub(crate) async fn start(functions: &Path, stack: &Path) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let (services, environment) = serve(stack, folder.path()).await?;
        let (functions, stack) = (functions.to_owned(), stack.to_owned());
        Ok(Self { environment, folder, functions, stack, services })
    }

    /// Starts table and secrets anew on what they hold: the table remembers each transaction of the last ten minutes, and
    /// goes through all of them with the next one.
    pub(crate) async fn refreshed(self) -> Result<Self, Failure> {
        self.services.end().await?;
        let (services, environment) = serve(&self.stack, self.folder.path()).await?;
        Ok(Self { services, environment, ..self })
    }

    /// A folder that is gone with the instance.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the environment says of this.
    pub(crate) fn says(&self, name: &str) -> Result<&str, Failure> {
        let found = self.environment.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).ok_or_else(|| format!("{name} is not in the environment").into())
    }

    /// The program of a function.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.functions.join(name)
    }

    /// Starts a function of the instance.
    pub(crate) async fn function(&self, name: &str) -> Result<Function, Failure> {
        Function::start(&self.program(name), &[], &self.environment, None, name == "web").await
    }

    /// The same, which writes its log to this file.
    pub(crate) async fn function_telling(&self, name: &str, log: &Path) -> Result<Function, Failure> {
        Function::over(&self.program(name), &[], &self.environment, None, Some(log), name == "web").await
    }

    /// Makes a person with this name and so many tasks.
    pub(crate) async fn person(&self, name: &str, tasks: usize) -> Result<Person, Failure> {
        let mut auth = self.function("auth").await?;
        let account = json!({ "username": name, "password": PASSWORD, "time_zone": "UTC" });
        let id = auth.call(&Call::post("/auth/signup", None, account)).await?.json(201)?;
        let id = text(&id, "id")?;
        auth.end().await?;
        let token = self.signed_in(name).await?;
        let mut writing = self.function("tasks").await?;
        let mut made = Vec::new();
        for number in 0..tasks {
            let task = json!({
                "title": format!("Thread {number} of the support inbox"),
                "status": STATUSES.get(number % STATUSES.len()),
                "estimate_minutes": 30,
            });
            let task = writing.call(&Call::post("/tasks", Some(&token), task)).await?.json(201)?;
            made.push(text(&task, "id")?);
        }
        writing.end().await?;
        Ok(Person { id, token, tasks: made })
    }

    /// A token of a new session of this person.
    pub(crate) async fn signed_in(&self, name: &str) -> Result<String, Failure> {
        let mut auth = self.function("auth").await?;
        let token = auth.call(&Call::form("/auth/login", None, &Person::sign_in(name))).await?.json(200)?;
        auth.end().await?;
        text(&token, "access_token")
    }

    /// Makes the person of this name an administrator.
    pub(crate) async fn promote(&self, name: &str) -> Result<(), Failure> {
        let data = self.folder.path().join("data").display().to_string();
        let mut granting = tokio::process::Command::new(&self.stack);
        let done = granting.args(["grant-admin", name, "--data", &data]).output().await?;
        if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into()) }
    }

    pub(crate) async fn end(self) -> Result<(), Failure> {
        self.services.end().await
    }
}

impl Person {
    /// The password, as a form says it.
    pub(crate) fn sign_in(name: &str) -> String {
        format!("username={name}&password={}", PASSWORD.replace(' ', "+"))
    }
}

impl Function {
    /// Starts a program as a function, and waits until it asks for an event.
    pub(crate) async fn start(
        program: &Path,
        arguments: &[&str],
        environment: &[(String, String)],
        group: Option<&Group>,
        for_people: bool,
    ) -> Result<Self, Failure> {
        Self::over(program, arguments, environment, group, None, for_people).await
    }

    async fn over(
        program: &Path,
        arguments: &[&str],
        environment: &[(String, String)],
        group: Option<&Group>,
        log: Option<&Path>,
        for_people: bool,
    ) -> Result<Self, Failure> {
        let mut api = RuntimeApi::start().await?;
        let mut environment = environment.to_vec();
        environment.push(("AWS_LAMBDA_RUNTIME_API".to_owned(), api.address()));
        let process = Process::start(program, arguments, &environment, group, log)?;
        let ready = api.asked().await.map_err(|error| format!("{}: {error}", program.display()))?;
        Ok(Self { process, ready, api, for_people })
    }

    /// Asks it.
    pub(crate) async fn call(&mut self, call: &Call) -> Result<Told, Failure> {
        self.send(call.event(self.for_people)).await
    }

    /// Hands it an event.
    pub(crate) async fn send(&mut self, event: Bytes) -> Result<Told, Failure> {
        let answer = self.api.call(event).await?;
        let body = answer.body.ok_or("the function failed")?;
        let said: Value = serde_json::from_slice(&body)?;
        Ok(Told {
            at: answer.at,
            status: said["statusCode"].as_u64().unwrap_or_default(),
            body: said["body"].as_str().unwrap_or_default().to_owned(),
            bytes: body.len(),
        })
    }

    /// Waits until it asks for the next event: it has done all that belongs to the last one.
    pub(crate) async fn idle(&mut self) -> Result<Instant, Failure> {
        self.api.asked().await
    }

    pub(crate) async fn end(self) -> Result<(), Failure> {
        self.process.end().await
    }
}

impl Told {
    /// It, if it has this status.
    pub(crate) fn expect(self, status: u64) -> Result<Self, Failure> {
        if self.status == status {
            return Ok(self);
        }
        Err(format!("{} in place of {status}: {}", self.status, self.body).into())
    }

    /// It, if it is of the statuses that say that something was done.
    pub(crate) fn expect_success(self) -> Result<Self, Failure> {
        let status = if (200..400).contains(&self.status) { self.status } else { 200 };
        self.expect(status)
    }

    fn json(self, status: u64) -> Result<Value, Failure> {
        Ok(serde_json::from_str(&self.expect(status)?.body)?)
    }
}

/// Table and secrets of an instance whose data lie in this folder, and what the functions are told of them.
async fn serve(stack: &Path, folder: &Path) -> Result<(Process, Vec<(String, String)>), Failure> {
    let (file, data) = (folder.join("environment"), folder.join("data").display().to_string());
    if file.exists() {
        std::fs::remove_file(&file)?;
    }
    let named = file.display().to_string();
    let arguments = ["table", "--port", "0", "--data", &data, "--env-file", &named];
    let arguments = [&arguments[..], &["--limit-factor", "1000000", "--signup", "open"]].concat();
    let services = Process::start(stack, &arguments, &inherited(&["PATH"]), None, None)?;
    let mut environment = written(&file).await?;
    environment.extend(lambda());
    Ok((services, environment))
}

/// What Lambda has in the environment of every function.
fn lambda() -> Vec<(String, String)> {
    let variables = [
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// What this process has in its environment under these names.
pub(crate) fn inherited(names: &[&str]) -> Vec<(String, String)> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?))).collect()
}

async fn written(file: &Path) -> Result<Vec<(String, String)>, Failure> {
    let began = Instant::now();
    loop {
        // The last line: the file is whole.
        if let Ok(text) = std::fs::read_to_string(file)
            && text.contains("\nAI_MODEL=")
        {
            let pairs = text.lines().filter_map(|line| line.split_once('='));
            return Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        }
        if began.elapsed() > PATIENCE {
            return Err("the services did not start".into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn text(value: &Value, name: &str) -> Result<String, Failure> {
    value[name].as_str().map(str::to_owned).ok_or_else(|| format!("no {name} in {value}").into())
}
