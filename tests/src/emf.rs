//! Lines in CloudWatch's embedded metric format, held against its specification
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

/// The longest line, in bytes.
const LONGEST: usize = 256 * 1_024;

/// The schema of the specification.
static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let units = "^(Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits\
                 |Gigabits|Terabits|Percent|Count|Bytes\\/Second|Kilobytes\\/Second|Megabytes\\/Second|Gigabytes\\/Second\
                 |Terabytes\\/Second|Bits\\/Second|Kilobits\\/Second|Megabits\\/Second|Gigabits\\/Second|Terabits\\/Second\
                 |Count\\/Second|None)$";
    let schema = json!({
        "type": "object",
        "required": ["_aws"],
        "properties": {"_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {"type": "array", "items": {
                    "type": "object",
                    "required": ["Namespace", "Dimensions", "Metrics"],
                    "properties": {
                        "Namespace": {"type": "string", "minLength": 1, "maxLength": 1_024},
                        "Dimensions": {"type": "array", "minItems": 1, "items": {
                            "type": "array",
                            "maxItems": 30,
                            "items": {"type": "string", "minLength": 1, "maxLength": 250},
                        }},
                        "Metrics": {"type": "array", "maxItems": 100, "items": {
                            "type": "object",
                            "required": ["Name"],
                            "properties": {
                                "Name": {"type": "string", "minLength": 1, "maxLength": 1_024},
                                "Unit": {"type": "string", "pattern": units},
                                "StorageResolution": {"type": "integer", "enum": [1, 60]},
                            },
                        }},
                    },
                }},
            },
        }},
    });
    jsonschema::validator_for(&schema).expect("a schema")
});

/// Whether a line is one of metrics.
pub fn is_emf(line: &Value) -> bool {
    line.get("_aws").is_some()
}

/// What CloudWatch would not take of a line; nothing, where it takes all of it.
pub fn refused(line: &Value) -> Vec<String> {
    let mut refused: Vec<String> = SCHEMA.iter_errors(line).map(|error| format!("{error}")).collect();
    if line.to_string().len() > LONGEST {
        refused.push("it is too long".to_owned());
    }
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for directive in list(&line["_aws"]["CloudWatchMetrics"]) {
        for name in list(&directive["Dimensions"]).iter().flat_map(list) {
            let value = name.as_str().and_then(|name| line[name].as_str());
            if !value.is_some_and(|value| (1..=1_024).contains(&value.chars().count()) && value.is_ascii()) {
                refused.push(format!("the dimension {name} has no value that can be taken"));
            }
        }
        for metric in list(&directive["Metrics"]) {
            let value = metric["Name"].as_str().map(|name| &line[name]);
            let is_number = value.is_some_and(|value| match value {
                Value::Array(values) => values.len() <= 100 && values.iter().all(Value::is_number),
                value => value.is_number(),
            });
            if !is_number {
                refused.push(format!("the metric {metric} is no number"));
            }
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(metrics: usize, dimensions: usize) -> Value {
        let name = |kind: &str, number: usize| format!("{kind}{number}");
        let described: Vec<_> = (0..metrics).map(|n| json!({"Name": name("m", n), "Unit": "Count"})).collect();
        let set: Vec<_> = (0..dimensions).map(|n| name("d", n)).collect();
        let directive = json!({"Namespace": "n", "Dimensions": [set], "Metrics": described});
        let mut line = json!({"_aws": {"Timestamp": 1, "CloudWatchMetrics": [directive]}});
        (0..metrics).for_each(|n| line[name("m", n)] = json!(1));
        (0..dimensions).for_each(|n| line[name("d", n)] = json!("v"));
        line
    }

    #[test]
    fn a_line_is_held_against_every_limit() {
        assert_eq!(refused(&line(100, 30)), Vec::<String>::new());
        assert_eq!(refused(&line(101, 1)).len(), 1);
        assert_eq!(refused(&line(1, 31)).len(), 1);
        let with = |name: &str, value: Value| {
            let mut line = line(1, 1);
            line[name] = value;
            refused(&line).len()
        };
        assert_eq!(with("m0", json!(vec![1; 100])), 0);
        for (name, value) in [
            ("m0", json!(vec![1; 101])),
            ("m0", json!("1")),
            ("m0", Value::Null),
            ("d0", json!("")),
            ("d0", json!("x".repeat(1_025))),
            ("d0", json!(1)),
            ("more", json!("x".repeat(LONGEST))),
        ] {
            assert_eq!(with(name, value.clone()), 1, "{name}");
        }
    }
}
