//! What watches an instance, beside the code: numbers, the dashboard, alarms, the check of every five minutes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sprintsync_observe::{DIMENSION, Metric, NAMESPACE};
use tests::{Shown, Template};

#[test]
fn every_number_of_ours_is_watched_and_nothing_else_is_taken_for_one() {
    let template = Template::read();
    let (shown, alarmed) = (template.on_the_dashboard(), template.alarmed());
    let watched = shown.iter().chain(alarmed.values());
    let (aws, ours): (BTreeSet<&Shown>, BTreeSet<&Shown>) = watched.partition(|metric| metric[0].starts_with("AWS/"));
    let emitted: BTreeSet<Shown> = Metric::ALL
        .iter()
        .map(|metric| [NAMESPACE, metric.name(), DIMENSION, "${AWS::StackName}"].map(str::to_owned).to_vec())
        .collect();
    assert_eq!(ours, emitted.iter().collect(), "on the dashboard or in an alarm, and emitted");
    assert!(aws.len() > 20, "{aws:?}");
    // Up to fifty cost nothing on a dashboard, and ten of our own; of alarms, ten.
    assert!(shown.len() <= 50 && emitted.len() <= 10 && alarmed.len() <= 11, "{} {}", shown.len(), alarmed.len());
}

#[test]
fn the_dashboard_shows_every_function_and_every_alarm() {
    let template = Template::read();
    let there = template.resources("AWS::Serverless::Function");
    let functions: BTreeSet<String> = there.keys().map(|name| format!("${{{name}}}")).collect();
    for name in ["Duration", "Errors"] {
        let of = |metric: &Shown| (metric[1] == name && metric[0] == "AWS/Lambda").then(|| metric[3].clone());
        let shown: BTreeSet<String> = template.on_the_dashboard().iter().filter_map(of).collect();
        assert_eq!(shown, functions, "{name}");
    }
    let alarms = template.resources("AWS::CloudWatch::Alarm");
    let [listed] = &template.widgets("alarm")[..] else { panic!("one list of alarms") };
    let listed: BTreeSet<&str> =
        listed["alarms"].as_array().expect("alarms").iter().filter_map(Value::as_str).collect();
    let expected: BTreeSet<String> = alarms.keys().map(|name| format!("${{{name}.Arn}}")).collect();
    assert_eq!(listed, expected.iter().map(String::as_str).collect());
    let page = include_str!("../../docs/on-call.md");
    for (name, alarm) in alarms {
        let explained = format!("`{}`", name.trim_end_matches("Alarm"));
        assert!(page.lines().any(|line| line.starts_with("| `") && line.contains(&explained)), "{name} in the page");
        assert!(alarm["AlarmDescription"].as_str().is_some_and(|text| text.len() > 80), "{name} says what to do");
        assert!(alarm["AlarmActions"].is_object() && alarm["OKActions"].is_object(), "{name} tells nobody");
    }
    for widget in template.widgets("log") {
        let query = widget["query"].as_str().expect("a query");
        assert!(query.starts_with("SOURCE '${Log}' | "), "{query}");
    }
}

#[test]
fn money_is_reckoned_with_the_memory_that_functions_have() {
    let template = Template::read();
    let all = template.widgets("metric").iter().map(Value::to_string).collect::<String>();
    for (name, function) in template.resources("AWS::Serverless::Function") {
        let name = name.trim_end_matches("Function").to_lowercase();
        let memory = function.get("MemorySize").unwrap_or(&template.0["Globals"]["Function"]["MemorySize"]);
        let gigabytes = memory.as_f64().expect("a number") / 1_024.0;
        let (term, calls) = (format!("FILL(d_{name}, 0) * {gigabytes}"), format!("FILL(n_{name}, 0)"));
        assert!(all.contains(&term) && all.contains(&calls), "{term}");
    }
}

#[test]
fn the_instance_is_checked_every_five_minutes_and_silence_is_an_alarm() {
    let template = Template::read();
    let function = template.resource("OpsFunction");
    let schedule = &function["Events"]["Check"]["Properties"];
    assert_eq!(
        (&schedule["ScheduleExpression"], &schedule["Input"]),
        (&json!("rate(5 minutes)"), &json!(r#"{"check": true}"#))
    );
    assert_eq!(schedule["RetryPolicy"]["MaximumRetryAttempts"], 0);
    assert_eq!(function["EventInvokeConfig"]["MaximumRetryAttempts"], 0);
    let alarm = template.resource("HealthAlarm");
    assert_eq!(template.alarmed()["HealthAlarm"], ["AWS/Lambda", "Errors", "FunctionName", "${OpsFunction}"]);
    assert_eq!(
        (&alarm["Period"], &alarm["EvaluationPeriods"], &alarm["Threshold"]),
        (&json!(300), &json!(2), &json!(1))
    );
    for name in ["HealthAlarm", "ActivityAlarm"] {
        assert_eq!(template.resource(name)["TreatMissingData"], "breaching", "{name}");
    }
}
