//! Metrics in CloudWatch's embedded metric format: a log line that CloudWatch makes numbers of
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::scope::labels;

/// The target of the tracing events that are metrics: their one field is the line itself.
pub(crate) const TARGET: &str = "metric";

/// A number that is to be counted, averaged and watched.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    name: &'static str,
    unit: &'static str,
    value: u64,
}

impl Metric {
    /// How many.
    pub fn count(name: &'static str, value: u64) -> Self {
        Self { name, unit: "Count", value }
    }

    /// How long, in milliseconds.
    pub fn milliseconds(name: &'static str, value: u64) -> Self {
        Self { name, unit: "Milliseconds", value }
    }
}

/// What the numbers of this instance go under: `POWERTOOLS_SERVICE_NAME`, one value a stage. Each value more is a metric
/// more on the bill.
static SERVICE: LazyLock<String> =
    LazyLock::new(|| std::env::var("POWERTOOLS_SERVICE_NAME").unwrap_or_else(|_| "sprintsync".to_owned()));

/// Writes down these metrics of the request at hand, with properties to search their lines by.
pub fn emit(metrics: &[Metric], properties: &[(&str, Value)]) {
    let line = line(jiff::Timestamp::now().as_millisecond(), &SERVICE, metrics, properties);
    tracing::info!(target: TARGET, line = line.to_string());
}

fn line(at_ms: i64, service: &str, metrics: &[Metric], properties: &[(&str, Value)]) -> Value {
    let mut line = Map::new();
    let described: Vec<_> = metrics.iter().map(|metric| json!({"Name": metric.name, "Unit": metric.unit})).collect();
    let directive = json!({"Namespace": "SprintSync", "Dimensions": [["service"]], "Metrics": described});
    line.insert("_aws".to_owned(), json!({"Timestamp": at_ms, "CloudWatchMetrics": [directive]}));
    let mut known = labels();
    // The dimension says which instance; which function of it, a property does.
    if let Some(function) = known.remove("service") {
        line.insert("function".to_owned(), function);
    }
    line.append(&mut known);
    line.extend(properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    line.extend(metrics.iter().map(|metric| (metric.name.to_owned(), metric.value.into())));
    line.insert("service".to_owned(), service.into());
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_which_of_its_members_are_metrics() {
        let metrics = [Metric::count("ModelCalls", 2), Metric::milliseconds("ModelLatency", 812)];
        let line = line(1_764_000_000_000, "sprintsync-dev", &metrics, &[("outcome", "timed_out".into())]);
        let expected = json!({
            "_aws": {
                "Timestamp": 1_764_000_000_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "SprintSync",
                    "Dimensions": [["service"]],
                    "Metrics": [
                        {"Name": "ModelCalls", "Unit": "Count"},
                        {"Name": "ModelLatency", "Unit": "Milliseconds"},
                    ],
                }],
            },
            "service": "sprintsync-dev",
            "outcome": "timed_out",
            "ModelCalls": 2,
            "ModelLatency": 812,
        });
        assert_eq!(line, expected);
    }
}
