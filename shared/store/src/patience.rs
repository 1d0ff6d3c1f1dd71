//! How long calls may take, and how often the SDK itself tries again.

use std::time::Duration;

use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;

/// Times of one call and of all its tries together: they stay well under the gateway's 30 seconds.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(6))
        .build()
}

/// A client of the table that waits as long as a person would. The SDK's usual first wait of up to a second is made
/// for services that answer in seconds; the table answers in milliseconds, so a throttled call goes out again after
/// tens of them.
pub fn patient(config: Builder) -> Builder {
    let retries = RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(50));
    config.timeout_config(timeouts()).retry_config(retries)
}
