//! The model that words suggestions, as the one who starts the stack names it. Without a key none is asked.

use std::collections::BTreeSet;
use std::time::Duration;

use sprintsync_ai::{Ai, Asked, BadSettings, Provider, Settings, Use};
use sprintsync_domain::{Description, Hours, NewTask, Plan, Status, Task, Title, Workday, WorkdayEnd, World};
use sprintsync_http::world;

use crate::StartError;
use crate::secrets::MODEL_KEY;
use crate::services::{ServiceOptions, Services};

/// A model and its key.
#[derive(Clone)]
pub struct Model {
    /// Its protocol.
    pub provider: Provider,
    /// Its address, if it is not the provider's own.
    pub url: Option<String>,
    /// Its name, if it is not the provider's usual one.
    pub name: Option<String>,
    /// Its key.
    pub key: String,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({})", self.provider.as_str())
    }
}

/// How the functions find a model; without one, how they find that there is none.
pub(crate) fn settings(model: Option<&Model>) -> Settings {
    let usual = Settings::of(model.map_or(Provider::Gemini, |model| model.provider), MODEL_KEY);
    let url = model.and_then(|model| model.url.clone());
    let name = model.and_then(|model| model.name.clone());
    Settings {
        url: url.unwrap_or_else(|| usual.url.clone()),
        model: name.unwrap_or_else(|| usual.model.clone()),
        ..usual
    }
}

pub(crate) fn client(
    model: Option<&Model>,
    secrets: aws_sdk_secretsmanager::Client,
    world: World,
) -> Result<Ai, BadSettings> {
    Ai::new(settings(model), secrets, world)
}

/// Asks a model once for each thing that it is asked for, and says what came of it, line by line: for an operator who
/// has a key and wants to know whether it does.
///
/// # Errors
/// [`StartError`]: it could not even be asked. What the model answers is no error.
pub async fn try_model(model: &Model) -> Result<Vec<String>, StartError> {
    let world = world();
    let options = ServiceOptions { model_key: Some(model.key.clone()), schedule: false, ..ServiceOptions::default() };
    let services = Services::start(options).await?;
    let asking = client(Some(model), services.secrets_manager()?, world.clone())?;
    let title = |text: &str| text.parse::<Title>().map_err(|error| StartError::Table(error.to_string()));
    let (draft, plan) = (title("Create feature flags")?, sample(&world, title("Fix the login")?));
    let drafted = said("draft", &asking.draft(&draft).await);
    let planned = said("plan", &asking.word(&plan).await);
    services.stop(Duration::from_secs(1)).await;
    Ok(vec![drafted, planned])
}

/// A day with one task.
fn sample(world: &World, title: Title) -> Plan {
    let (now, by) = (world.now(), world.id());
    let today = now.day_in(&sprintsync_domain::TimeZone::utc());
    let new = NewTask {
        title,
        description: Description::default(),
        status: Status::InProgress,
        estimate: 90.try_into().ok(),
        due_on: None,
        logged: None,
    };
    let task = Task::create(new, world.id(), world.id(), by, now, today).task;
    let (workday, ends) = (Workday::default().get(), WorkdayEnd::default());
    // The whole day, whatever the clock says.
    let hours = Hours { day: today, workday, logged: 0, clock: workday, ends, is_tomorrows: false };
    Plan::make(&[task], &[], hours, &BTreeSet::new())
}

fn said<T>(mode: &str, asked: &Asked<T>) -> String {
    let Use { tries, status, latency_ms, input_tokens, output_tokens, .. } = asked.used;
    let outcome = match &asked.outcome {
        Ok(told) => format!("{} answered", told.model),
        Err(declined) => format!("no answer ({}): {}", declined.as_str(), declined.reason()),
    };
    let status = status.map_or_else(|| "no status".to_owned(), |status| format!("status {status}"));
    format!(
        "{mode}: {outcome} [{status}, {tries} tries, {latency_ms} ms, {input_tokens} tokens in, {output_tokens} out]"
    )
}
