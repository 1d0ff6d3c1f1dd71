//! What an operator says of logs and metrics, in the variables that Powertools for AWS Lambda knows
//! (<https://docs.aws.amazon.com/powertools/python/latest/environment_variables/>).

use std::sync::LazyLock;

use tracing::Level;

/// Characters of a dimension's value at most (CloudWatch API Reference, Dimension).
const LONGEST_VALUE: usize = 1_024;

/// The settings in the environment.
pub(crate) static SETTINGS: LazyLock<Settings> =
    LazyLock::new(|| Settings::of(|name| std::env::var(name).ok().filter(|value| !value.is_empty())));

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// The least important lines that are written.
    pub(crate) level: Level,
    /// Of how many requests all lines are written: from 0, none, to 1, all.
    pub(crate) sample_rate: f64,
    /// What the numbers of this instance go under, one value a stage. Each value more is a metric more on the bill.
    pub(crate) service: String,
}

impl Settings {
    fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        // Lambda's own level counts where it is stricter: it would drop the lines anyway.
        let levels = [variable("AWS_LAMBDA_LOG_LEVEL"), variable("POWERTOOLS_LOG_LEVEL")];
        let level = levels.into_iter().flatten().filter_map(|name| level(&name)).min().unwrap_or(Level::INFO);
        let rate = variable("POWERTOOLS_LOGGER_SAMPLE_RATE").and_then(|rate| rate.parse::<f64>().ok());
        let service = variable("POWERTOOLS_SERVICE_NAME").filter(|name| is_value(name));
        Self {
            level,
            sample_rate: rate.filter(|rate| (0.0..=1.0).contains(rate)).unwrap_or_default(),
            service: service.unwrap_or_else(|| "sprintsync".to_owned()),
        }
    }

    /// Whether a request is one of those of which all lines are written. `chance` is any number, each as likely.
    pub(crate) fn samples(&self, chance: u32) -> bool {
        f64::from(chance) < self.sample_rate * (f64::from(u32::MAX) + 1.0)
    }

    /// The least important lines of our own that may be written at all.
    pub(crate) fn most(&self) -> Level {
        if self.sample_rate > 0.0 { self.level.max(Level::DEBUG) } else { self.level }
    }
}

/// The names that Lambda and Powertools have for levels.
fn level(name: &str) -> Option<Level> {
    match name.to_ascii_uppercase().as_str() {
        "TRACE" => Some(Level::TRACE),
        "DEBUG" => Some(Level::DEBUG),
        "INFO" => Some(Level::INFO),
        "WARN" | "WARNING" => Some(Level::WARN),
        "ERROR" | "FATAL" | "CRITICAL" => Some(Level::ERROR),
        _ => None,
    }
}

/// A value that CloudWatch takes for a dimension.
fn is_value(name: &str) -> bool {
    name.len() <= LONGEST_VALUE && !name.starts_with(':') && name.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Settings {
        Settings::of(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_stricter_level_counts() {
        assert_eq!(settings(&[]).level, Level::INFO);
        assert_eq!(settings(&[("POWERTOOLS_LOG_LEVEL", "debug")]).level, Level::DEBUG);
        let both = [("AWS_LAMBDA_LOG_LEVEL", "WARN"), ("POWERTOOLS_LOG_LEVEL", "DEBUG")];
        assert_eq!(settings(&both).level, Level::WARN);
        let both = [("AWS_LAMBDA_LOG_LEVEL", "INFO"), ("POWERTOOLS_LOG_LEVEL", "CRITICAL")];
        assert_eq!(settings(&both).level, Level::ERROR);
        assert_eq!(settings(&[("AWS_LAMBDA_LOG_LEVEL", "chatty")]).level, Level::INFO);
    }

    #[test]
    fn the_rate_is_a_share_of_all_requests() {
        let rate = |rate| settings(&[("POWERTOOLS_LOGGER_SAMPLE_RATE", rate)]);
        assert!(!rate("0").samples(0) && rate("1").samples(u32::MAX));
        assert!(rate("0.25").samples(u32::MAX / 4) && !rate("0.25").samples(u32::MAX / 4 + 2));
        for bad in ["2", "-1", "NaN", "some"] {
            assert_eq!(rate(bad).sample_rate, 0.0, "{bad}");
        }
        assert_eq!((rate("0.1").most(), rate("0").most()), (Level::DEBUG, Level::INFO));
    }

    #[test]
    fn the_service_is_a_value_that_cloudwatch_takes() {
        let service = |name: &str| settings(&[("POWERTOOLS_SERVICE_NAME", name)]).service;
        let (longest, longer) = ("x".repeat(1_024), "x".repeat(1_025));
        assert_eq!(service("sprintsync-dev"), "sprintsync-dev");
        assert_eq!(service(&longest), longest);
        for bad in [&longer, ":x", "two words", "\u{e9}", "\u{7}"] {
            assert_eq!(service(bad), "sprintsync");
        }
    }
}
