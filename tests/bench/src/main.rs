//! Measures the functions beside what others would have built, in one run on one machine. `tests/bench/run` starts it.

mod cold;
mod event;
mod figures;
mod instance;
mod load;
mod process;
mod proxy;
mod runtime_api;
mod unit_routes;
mod units;
mod warm;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Whatever keeps a measurement from being made: it ends the program, and says so.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(about = "Measures SprintSync's functions beside others. tests/bench/run builds what it needs.")]
struct Arguments {
    /// The file that the figures are written to, as one JSON object of numbers.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The folder of the functions as they are deployed, and of those that they are compared with.
    #[arg(long, value_name = "DIR")]
    functions: PathBuf,
    /// The program of the local stack.
    #[arg(long, value_name = "FILE")]
    stack: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Process start to first answer, of every function.
    Cold {
        /// How often each is started.
        #[arg(long, default_value_t = 30)]
        starts: usize,
        /// The Python that has FastAPI, Mangum and the Runtime Interface Client.
        #[arg(long, value_name = "FILE")]
        python: PathBuf,
        /// The folder of the functions in Python.
        #[arg(long, value_name = "DIR")]
        scripts: PathBuf,
    },
    /// Requests of a function that runs, route by route.
    Warm {
        /// How often each route is called.
        #[arg(long, default_value_t = 500)]
        calls: usize,
        /// The library that counts allocations, for `LD_PRELOAD`.
        #[arg(long, value_name = "FILE")]
        allocations: PathBuf,
    },
    /// Requests over HTTP: the local stack, and the services that are compared with it.
    Load {
        /// `NAME=PID@URL` of a service of the same routes, which runs; as often as there are services.
        #[arg(long = "service", value_name = "NAME=PID@URL")]
        services: Vec<load::Service>,
        /// The key that their tokens are signed with.
        #[arg(long, value_name = "KEY")]
        key: String,
        /// The person whose tasks are asked for there.
        #[arg(long, value_name = "ID")]
        person: String,
        /// Requests of each route, one after another and again on 64 connections.
        #[arg(long, default_value_t = 2_000)]
        requests: usize,
    },
    /// Calls and units of a person with very many tasks, which are written through the store.
    Units {
        /// How many tasks.
        #[arg(long, default_value_t = 300_000)]
        tasks: usize,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { out, functions, stack, what } = Arguments::parse();
    let figures = match what {
        What::Cold { starts, python, scripts } => cold::measure(&functions, &stack, &python, &scripts, starts).await,
        What::Warm { calls, allocations } => warm::measure(&functions, &stack, &allocations, calls).await,
        What::Load { services, key, person, requests } => {
            load::measure(&stack, &services, &key, &person, requests).await
        }
        What::Units { tasks } => units::measure(&functions, &stack, tasks).await,
    };
    match figures.and_then(|figures| figures.write(&out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("  {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}
