//! `migrate`: runs the migrations over a table, or brings the original's data into it.

use std::path::PathBuf;
use std::process::ExitCode;

use aws_config::retry::RetryConfig;
use clap::{Args, Parser, Subcommand};
use local::operator::Access;
use migrate::{Progress, import, steps};
use sprintsync_http::world;
use sprintsync_store::Store;

/// Tries of one call.
const TRIES: u32 = 8;

/// Run the migrations on a table that is in use. Safe to stop and run again.
#[derive(Debug, Parser)]
#[command(name = "migrate", version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Cli {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    place: Place,
    /// Only count what would change.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Place {
    /// The table, in the account and region of the environment (or at AWS_ENDPOINT_URL_DYNAMODB).
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    /// The folder that holds the data of a local stack, whether it runs or not.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Import people and tasks of the original from CSV of its tables. Safe to stop and run again.
    Import {
        #[command(flatten)]
        place: Place,
        /// The output of `COPY users TO STDOUT CSV HEADER`.
        #[arg(long, value_name = "FILE")]
        users: PathBuf,
        /// The output of `COPY tasks TO STDOUT CSV HEADER`.
        #[arg(long, value_name = "FILE")]
        tasks: PathBuf,
        /// Only report what would be imported.
        #[arg(long)]
        dry_run: bool,
    },
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("migrate: {}", whole_story(error.as_ref()));
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

async fn run(cli: Cli) -> Result<(), Failure> {
    match cli.act {
        Some(Act::Import { place, users, tasks, dry_run }) => {
            let (store, access) = open(place).await?;
            let report = import::run(&store, (&users, &tasks), dry_run, &mut Progress::default()).await;
            close(access).await;
            print!("{}", report?);
        }
        None => {
            let (store, access) = open(cli.place).await?;
            let ran = steps::run(&store, cli.dry_run, &mut Progress::default()).await;
            close(access).await;
            for steps::Ran { step, items, to_change, changed } in ran? {
                println!("{step}: {items} items, {to_change} to change, {changed} changed");
            }
        }
    }
    Ok(())
}

async fn open(place: Place) -> Result<(Store, Option<Access>), Failure> {
    if let Some(dir) = place.data {
        let access = Access::open(&dir).await?;
        return Ok((access.store(), Some(access)));
    }
    // Nobody waits for an answer here: a table that throttles is left time.
    let retries = RetryConfig::standard().with_max_attempts(TRIES);
    let client = aws_sdk_dynamodb::Client::new(&aws_config::from_env().retry_config(retries).load().await);
    Ok((Store::new(client, place.table.unwrap_or_default(), world()), None))
}

async fn close(access: Option<Access>) {
    if let Some(access) = access {
        access.close().await;
    }
}
