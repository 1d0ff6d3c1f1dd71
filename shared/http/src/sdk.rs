//! What the environment says to the clients of AWS.
//!
//! Lambda gives a function its region and its credentials as variables, and nothing else. The SDK's own loader would look
//! for files, roles and other services too, and all of that would be a part of each function (docs/decisions/0025).

use aws_config::environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider};
use aws_config::meta::region::ProvideRegion as _;
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::config::SharedCredentialsProvider;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use sprintsync_store::timeouts;

use crate::StartError;
use crate::app::variable;

/// The configuration of all clients of AWS. Where a service is, if not where the region says, `AWS_ENDPOINT_URL_…` or
/// `AWS_ENDPOINT_URL` says (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
///
/// # Errors
/// As [`crate::authorities::client`].
pub(crate) async fn config() -> Result<SdkConfig, StartError> {
    let credentials = SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new());
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(EnvironmentVariableRegionProvider::new().region().await)
        .credentials_provider(credentials)
        .http_client(crate::authorities::client()?)
        .timeout_config(timeouts())
        .retry_config(retries())
        .service_config(OfServices);
    config.set_endpoint_url(variable("AWS_ENDPOINT_URL"));
    Ok(config.build())
}

/// How often a call is tried: a first time and twice more, as the SDK does unless told otherwise. (The table's client waits
/// less in between, and tries once more: [`sprintsync_store::patient`].)
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3)
}

/// Variables that mean one service alone.
#[derive(Debug)]
struct OfServices;

impl LoadServiceConfig for OfServices {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        variable(&format!("{}_{service}", key.env()))
    }
}
