//! `sprintsync`: the whole of SprintSync on this machine, and its operator's acts.

mod say;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use local::console::{Console, LogFormat};
use local::demo::{self, Demo};
use local::{
    Data, Environment, FrontAlone, FrontOptions, Model, Options, STATIC_DIR, ServiceOptions, Services, Stack,
    StartError, operator,
};
use sprintsync_ai::Provider;
use sprintsync_domain::SignUpMode;
use sprintsync_store::Rebuilt;

/// How long what runs may still take once a part of the stack stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// Run SprintSync on this machine: no cloud account, no network beyond loopback.
#[derive(Debug, Parser)]
#[command(
    name = "sprintsync",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Works in Chrome and Edge 111, Firefox 128, Safari 16.4, and newer."
)]
struct Cli {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    run: Run,
}

#[derive(Debug, Args)]
struct Run {
    /// The port on 127.0.0.1 (0: any free one).
    #[arg(long, default_value_t = 8080)]
    port: u16,
    #[command(flatten)]
    folder: DataFolder,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    model: ModelArgs,
    /// Weaken the session cookie (no `Secure`, no `__Host-`) for browsers that refuse it on plain HTTP.
    #[arg(long)]
    plain_cookie: bool,
    /// Fill in a sprint of demo data and print its sign-ins.
    #[arg(long)]
    demo: bool,
    /// Open SprintSync in the browser.
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Debug, Clone, Copy, Args)]
struct LogArgs {
    /// Log format. text: one short line per request, full log in DIR/log.jsonl (default on a terminal). json: log to
    /// standard output.
    #[arg(long = "log", value_name = "FORMAT", hide_possible_values = true)]
    format: Option<LogFormat>,
}

impl LogArgs {
    /// Begins to log, and gives the console where somebody reads along.
    fn begin(self) -> Option<Console> {
        match LogFormat::or_by_output(self.format) {
            LogFormat::Text => Some(Console::begin()),
            LogFormat::Json => {
                sprintsync_observe::init();
                None
            }
        }
    }
}

#[derive(Debug, Args)]
struct Rules {
    /// Multiply every rate limit, for load and test runs.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    limit_factor: u32,
    /// Who can sign up: open (anyone), invite (with a code) or closed.
    #[arg(long, value_name = "WHO", default_value = "open")]
    signup: SignUpMode,
}

/// The model that words suggestions. Without a key none is asked, and no network beyond loopback is used.
#[derive(Debug, Clone, Args)]
struct ModelArgs {
    /// The file that holds the model's key, on its first line.
    #[arg(long, value_name = "FILE")]
    ai_key_file: Option<PathBuf>,
    /// The model's protocol: gemini, or openai, which many others speak.
    #[arg(long, value_name = "NAME", default_value = "gemini", requires = "ai_key_file")]
    ai_provider: Provider,
    /// The model's address, if it is not the provider's own.
    #[arg(long, value_name = "URL", requires = "ai_key_file")]
    ai_url: Option<String>,
    /// The model's name, if it is not the provider's usual one.
    #[arg(long, value_name = "NAME", requires = "ai_key_file")]
    ai_model: Option<String>,
}

impl ModelArgs {
    fn model(self) -> Result<Option<Model>, StartError> {
        let Some(path) = self.ai_key_file else { return Ok(None) };
        let text = std::fs::read_to_string(&path).map_err(|source| StartError::ModelKey { path, source })?;
        let key = text.lines().next().unwrap_or_default().trim().to_owned();
        Ok(Some(Model { provider: self.ai_provider, url: self.ai_url, name: self.ai_model, key }))
    }
}

#[derive(Debug, Args)]
struct DataFolder {
    /// The folder that holds the data.
    #[arg(long, value_name = "DIR", default_value = ".local")]
    data: PathBuf,
}

#[derive(Debug, Args)]
struct TableOnly {
    /// The table's port on 127.0.0.1, and the next one is the secrets' (0: any free ones).
    #[arg(long, default_value_t = 8001)]
    port: u16,
    #[command(flatten)]
    folder: DataFolder,
    /// The file that the functions' environment is written to.
    #[arg(long, value_name = "FILE", default_value = ".env.local")]
    env_file: PathBuf,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Debug, Args)]
struct FrontOnly {
    /// The address of the API on this machine, such as `http://127.0.0.1:9000`. It need not answer yet.
    #[arg(long, value_name = "URL")]
    api: String,
    /// The folder of the static files.
    #[arg(long = "static", value_name = "DIR", default_value = STATIC_DIR, hide_default_value = true)]
    static_dir: PathBuf,
    /// The port on 127.0.0.1 (0: any free one).
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Whose secrets hold the front's key, if ORIGIN_KEY does not.
    #[command(flatten)]
    folder: DataFolder,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Run only the table, the secrets and the schedule, for functions under `cargo lambda watch`.
    Table(TableOnly),
    /// Run only the front, for an API that runs elsewhere on this machine.
    Front(FrontOnly),
    /// Make a person an admin.
    GrantAdmin {
        /// The person's username.
        name: String,
        #[command(flatten)]
        folder: DataFolder,
    },
    /// Create an invite code for one account, valid for 7 days.
    Invite {
        #[command(flatten)]
        folder: DataFolder,
    },
    /// Rebuild the statistics from all events.
    Rebuild {
        /// Continue a rebuild that was stopped.
        #[arg(long)]
        go_on: bool,
        #[command(flatten)]
        folder: DataFolder,
    },
    /// Ask a model for a draft and a plan, and print the outcome.
    TryModel(ModelArgs),
    /// Create a new signing key. Tokens signed with the previous key stay valid until they expire.
    RotateKey {
        #[command(flatten)]
        folder: DataFolder,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sprintsync: {}", whole_story(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes, each said once.
fn whole_story(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source()).map(ToString::to_string);
    causes.fold(error.to_string(), |story, cause| match story.contains(&cause) {
        true => story,
        false => format!("{story}: {cause}"),
    })
}

type Failure = Box<dyn std::error::Error>;

fn run(cli: Cli) -> Result<(), Failure> {
    // Passwords are hashed and the table's file is written on these threads: two more than cores keep
    // the rest moving meanwhile.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(cores + 2).enable_all().build()?;
    runtime.block_on(async {
        match cli.act {
            None => serve(cli.run).await,
            Some(Act::Table(table)) => serve_table(table).await,
            Some(Act::Front(front)) => serve_front(front).await,
            Some(Act::GrantAdmin { name, folder }) => {
                let name = operator::grant_admin(&folder.data, &name).await?;
                eprintln!("{name} is now an admin.");
                Ok(())
            }
            Some(Act::Invite { folder }) => {
                let code = operator::invite(&folder.data).await?;
                println!("{code}");
                eprintln!("Creates one account. Valid for 7 days.");
                Ok(())
            }
            Some(Act::Rebuild { go_on, folder }) => {
                let tell = |so_far: &Rebuilt| eprintln!("{} items, {} events …", so_far.looked_at, so_far.events);
                let rebuilt = operator::rebuild(&folder.data, go_on, tell).await?;
                let Rebuilt { looked_at, events, .. } = rebuilt;
                eprintln!("Statistics rebuilt from {events} events in {looked_at} items.");
                if rebuilt.unreadable > 0 {
                    return Err(format!("{} events couldn't be read and aren't counted", rebuilt.unreadable).into());
                }
                Ok(())
            }
            Some(Act::TryModel(model)) => {
                let model = model.model()?.ok_or("name the model's key file with --ai-key-file FILE")?;
                for line in local::try_model(&model).await? {
                    println!("{line}");
                }
                Ok(())
            }
            Some(Act::RotateKey { folder }) => {
                let version = operator::rotate_key(&folder.data)?;
                eprintln!("New signing key: {version}. Tokens signed with the previous key stay valid.");
                Ok(())
            }
        }
    })
}

async fn serve(run: Run) -> Result<(), Failure> {
    if run.demo && run.rules.signup != SignUpMode::Open {
        return Err("--demo signs people up, so it needs --signup open".into());
    }
    let console = run.log.begin();
    // Before the start, so that a signal during it is not lost.
    let stop = stop_signal()?;
    let options = Options {
        port: run.port,
        data: Data::Dir(run.folder.data.clone()),
        limit_factor: run.rules.limit_factor,
        plain_cookie: run.plain_cookie,
        sign_up_mode: run.rules.signup,
        model: run.model.model()?,
        ..Options::default()
    };
    let stack = Stack::start(options).await?;
    if let Some(console) = &console {
        console.keep_in(&run.folder.data)?;
    }
    if let Some(commit) = operator::source() {
        stack.activity().act(activity::Act::Deployed(commit)).await?;
    }
    if run.plain_cookie {
        say::plain_cookies();
    }
    let told = say::SignIns::new(console.is_none());
    let mut demo = None;
    if run.demo {
        if console.is_some() {
            eprintln!("Adding the demo…");
        }
        match fill(&stack, &run.folder.data, &told).await {
            Ok(filled) => demo = Some(filled),
            Err(error) => {
                stack.stop().await;
                return Err(error);
            }
        }
    }
    let _showing = match console {
        Some(console) => {
            say::banner(&stack.url(), &run.folder.data, demo.as_ref(), &told);
            let names = stack.names();
            Some(console.show_requests(move |id| names.of(&id)))
        }
        None => {
            say::started(&stack.url(), &run.folder.data, demo.as_ref());
            None
        }
    };
    if run.open {
        say::open_browser(&stack.url());
    }
    stop.await;
    eprintln!("Stopping.");
    stack.stop().await;
    Ok(())
}

/// Fills the demo, and makes one of its people an administrator.
async fn fill(stack: &Stack, data: &Path, told: &say::SignIns) -> Result<Demo, Failure> {
    let demo = match demo::fill(&stack.url(), |sign_in| told.hear(sign_in)).await {
        Ok(demo) => demo,
        Err(error) => {
            told.say_what_was_kept();
            return Err(error.into());
        }
    };
    if let (Demo::Filled { .. }, Some(admin)) = (&demo, demo::admin()) {
        operator::grant_admin(data, admin).await?;
        told.administrator(admin);
    }
    Ok(demo)
}

async fn serve_table(table: TableOnly) -> Result<(), Failure> {
    let console = table.log.begin();
    let stop = stop_signal()?;
    let data = Data::Dir(table.folder.data.clone());
    let model = table.model.clone().model()?;
    let model_key = model.as_ref().map(|model| model.key.clone());
    let options = ServiceOptions { data, port: table.port, model_key, ..ServiceOptions::default() };
    let services = Services::start(options).await?;
    if let Some(console) = &console {
        console.keep_in(&table.folder.data)?;
    }
    // Only now: who sees the file finds both answering.
    let environment = Environment::of(&services, table.rules.signup, table.rules.limit_factor, model.as_ref());
    if let Err(error) = environment.and_then(|environment| environment.write(&table.env_file)) {
        services.stop(PATIENCE).await;
        return Err(error.into());
    }
    say::services(&services, &table.env_file, &table.folder.data);
    stop.await;
    eprintln!("Stopping.");
    services.stop(PATIENCE).await;
    Ok(())
}

async fn serve_front(front: FrontOnly) -> Result<(), Failure> {
    if let Some(console) = front.log.begin() {
        // The data are another process's.
        console.keep_nowhere();
    }
    let stop = stop_signal()?;
    let origin_key = local::origin_key(std::env::var("ORIGIN_KEY").ok(), &front.folder.data)?;
    let options = FrontOptions { port: front.port, api: front.api, origin_key, static_dir: front.static_dir };
    let api = options.api.clone();
    let running = FrontAlone::start(options).await?;
    eprintln!("SprintSync is running at {}", running.url());
    eprintln!("API: {api}. Press Ctrl-C to stop.");
    stop.await;
    eprintln!("Stopping.");
    running.stop(PATIENCE).await;
    Ok(())
}

/// Ends at SIGINT or SIGTERM.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Without a handler the system's own ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
