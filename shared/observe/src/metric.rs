//! Metrics in CloudWatch's embedded metric format: a log line that CloudWatch makes numbers of
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).

use serde_json::{Map, Value, json};

/// What the metrics are under in CloudWatch.
pub const NAMESPACE: &str = "SprintSync";
/// The one dimension. With each of its values, every metric is one more on the bill: a stage has one.
pub const DIMENSION: &str = "service";

/// The target of the tracing events that are metrics: their one field is the line itself.
pub(crate) const TARGET: &str = "metric";

/// A number that is counted and watched. Ten in all: what an account has free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Requests that were answered.
    Requests,
    /// Answers of the statuses 400 to 499.
    ClientErrors,
    /// Answers of the status 500 and above.
    ServerErrors,
    /// Milliseconds from an event's arrival at a function to its answer.
    Latency,
    /// Requests that were the first of their environment.
    ColdStarts,
    /// Sign-ins.
    SignIns,
    /// Sign-ins that were refused, because of the name, the password or how often it was tried.
    FailedSignIns,
    /// Calls of a model, each try by itself.
    ModelCalls,
    /// Requests for which a model gave nothing.
    ModelFailures,
    /// Tokens that a model read and wrote.
    ModelTokens,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Requests,
        Self::ClientErrors,
        Self::ServerErrors,
        Self::Latency,
        Self::ColdStarts,
        Self::SignIns,
        Self::FailedSignIns,
        Self::ModelCalls,
        Self::ModelFailures,
        Self::ModelTokens,
    ];

    /// Its name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Self::Requests => "Requests",
            Self::ClientErrors => "ClientErrors",
            Self::ServerErrors => "ServerErrors",
            Self::Latency => "Latency",
            Self::ColdStarts => "ColdStarts",
            Self::SignIns => "SignIns",
            Self::FailedSignIns => "FailedSignIns",
            Self::ModelCalls => "ModelCalls",
            Self::ModelFailures => "ModelFailures",
            Self::ModelTokens => "ModelTokens",
        }
    }

    /// Its unit in CloudWatch.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Latency => "Milliseconds",
            _ => "Count",
        }
    }
}

/// What a request came to.
#[derive(Debug, Clone, Copy)]
pub struct Measured<'a> {
    /// When it was answered, in milliseconds since 1970.
    pub at_ms: i64,
    /// Its method.
    pub method: &'a str,
    /// The pattern of its route.
    pub path: &'a str,
    /// The status of its answer.
    pub status: u16,
    /// Milliseconds from its arrival to its answer.
    pub latency_ms: i64,
}

impl Measured<'_> {
    /// The numbers that every request has.
    pub(crate) fn metrics(&self) -> [(Metric, u64); 4] {
        let is = |class: bool| u64::from(class);
        [
            (Metric::Requests, 1),
            (Metric::ClientErrors, is((400..500).contains(&self.status))),
            (Metric::ServerErrors, is(self.status >= 500)),
            (Metric::Latency, self.latency_ms.max(0).unsigned_abs()),
        ]
    }
}

/// The line of these numbers, with properties to search it by.
pub(crate) fn line(at_ms: i64, service: &str, metrics: &[(Metric, u64)], properties: Map<String, Value>) -> Value {
    let described: Vec<_> =
        metrics.iter().map(|(metric, _)| json!({"Name": metric.name(), "Unit": metric.unit()})).collect();
    let directive = json!({"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": described});
    let mut line = properties;
    line.insert("_aws".to_owned(), json!({"Timestamp": at_ms, "CloudWatchMetrics": [directive]}));
    line.extend(metrics.iter().map(|(metric, value)| (metric.name().to_owned(), (*value).into())));
    line.insert(DIMENSION.to_owned(), service.into());
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_which_of_its_members_are_metrics() {
        let properties = Map::from_iter([("outcome".to_owned(), "timed_out".into())]);
        let metrics = [(Metric::ModelCalls, 2), (Metric::Latency, 812)];
        let line = line(1_764_000_000_000, "sprintsync-dev", &metrics, properties);
        let expected = json!({
            "_aws": {
                "Timestamp": 1_764_000_000_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "SprintSync",
                    "Dimensions": [["service"]],
                    "Metrics": [
                        {"Name": "ModelCalls", "Unit": "Count"},
                        {"Name": "Latency", "Unit": "Milliseconds"},
                    ],
                }],
            },
            "service": "sprintsync-dev",
            "outcome": "timed_out",
            "ModelCalls": 2,
            "Latency": 812,
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_status_is_of_one_class() {
        let of = |status| {
            let measured = Measured { at_ms: 0, method: "GET", path: "/", status, latency_ms: -1 };
            measured.metrics().map(|(_, value)| value)
        };
        assert_eq!([of(200), of(304), of(399)], [[1, 0, 0, 0]; 3]);
        assert_eq!([of(400), of(499)], [[1, 1, 0, 0]; 2]);
        assert_eq!([of(500), of(503)], [[1, 0, 1, 0]; 2]);
    }
}
