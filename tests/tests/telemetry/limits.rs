//! Lines of metrics at their limits. (Whatever line a suite writes is held against the format's specification.)

use std::collections::BTreeSet;

use serde_json::Value;
use sprintsync_observe::{Invocation, Measured, Metric, count, in_request, measure, note};
use tests::{Lab, is_emf, metric_line, refused, run};

#[test]
fn a_line_with_every_metric_at_its_most_is_one_that_can_be_taken() {
    // Lines are kept from the first stack on.
    let _lab = Lab::start();
    let (id, long) = ("l".repeat(64), "x".repeat(2_000));
    let invocation = Invocation {
        function_name: "f".repeat(64),
        function_request_id: "r".repeat(64),
        xray_trace_id: Some(long.clone()),
        cold_start: true,
        chance: 0,
    };
    let always = [Metric::Requests, Metric::ClientErrors, Metric::ServerErrors, Metric::Latency, Metric::ColdStarts];
    run(in_request("tasks", &id, &invocation, async {
        for metric in Metric::ALL.into_iter().filter(|metric| !always.contains(metric)) {
            count(metric, u64::MAX);
            count(metric, 1);
        }
        note("model", long.as_str());
        measure(&Measured { at_ms: i64::MAX, method: "OPTIONS", path: &long, status: 599, latency_ms: i64::MAX });
    }));
    let line = metric_line(&id);
    assert!(is_emf(&line));
    assert_eq!(refused(&line), Vec::<String>::new());
    let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().expect("metrics");
    let named: BTreeSet<&str> = metrics.iter().filter_map(|metric| metric["Name"].as_str()).collect();
    assert_eq!((metrics.len(), named), (Metric::ALL.len(), Metric::ALL.map(Metric::name).into()));
    assert_eq!((&line["ModelTokens"], &line["Latency"]), (&Value::from(u64::MAX), &Value::from(i64::MAX)));
}
