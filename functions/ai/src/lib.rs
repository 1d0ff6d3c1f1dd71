//! Suggestions: the plan of a day and drafts of descriptions, over the REST API (`/ai`) and in the pages (`/web/ai`).

mod api;
mod pages;
mod suggest;
mod views;

use axum::Extension;
use sprintsync_ai::{Ai, Provider, Settings};
use sprintsync_domain::World;
use sprintsync_http::{App, Function, StartError, needed, variable};
use sprintsync_pages::answer::tell;

#[cfg(feature = "openapi")]
pub use api::openapi;
pub use api::{QUERIES, ROUTES};
pub use pages::ROUTES as PAGE_ROUTES;

/// The function, with the model that it asks.
pub fn function(app: &App, model: &Ai) -> Function {
    let state = |router: axum::Router<App>| router.layer(Extension(model.clone())).with_state(app.clone());
    let api = Function::json("ai", state(api::router()), app.base());
    api.with_pages(Function::pages("ai", state(pages::router()), app.base(), tell))
}

/// The model that the environment names: `MODEL_SECRET`, the name of the secret that holds its key; `AI_PROVIDER`,
/// `AI_URL` and `AI_MODEL`, where it is not the provider that is asked without them, at its own address.
///
/// # Errors
/// A variable is missing or makes no sense.
pub fn model_from_env(sdk: &aws_config::SdkConfig, world: World) -> Result<Ai, StartError> {
    let bad = |name, error: &dyn std::fmt::Display| StartError::Bad(name, error.to_string());
    let provider = variable("AI_PROVIDER").map_or(Ok(Provider::Gemini), |name| name.parse());
    let provider = provider.map_err(|error| bad("AI_PROVIDER", &error))?;
    let usual = Settings::of(provider, needed("MODEL_SECRET")?);
    let settings = Settings {
        url: variable("AI_URL").unwrap_or_else(|| usual.url.clone()),
        model: variable("AI_MODEL").unwrap_or_else(|| usual.model.clone()),
        ..usual
    };
    let secrets = aws_sdk_secretsmanager::Client::new(sdk);
    Ai::new(settings, secrets, world).map_err(|error| bad("AI_URL", &error))
}
