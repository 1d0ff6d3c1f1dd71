//! Counts in the text that Prometheus reads
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>, "Text-based format", version 0.0.4).

use std::fmt::Write as _;

use crate::counts::{BUCKETS_MS, Counts, Route, Tally};

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build<'a> {
    /// The version of the source.
    pub version: &'a str,
    /// Its state.
    pub commit: &'a str,
    /// Seconds since it was deployed.
    pub uptime_seconds: i64,
}

/// The counts, and what runs if that is known.
pub fn exposition(counts: &Counts, build: Option<&Build<'_>>) -> String {
    let mut text = String::new();
    family(&mut text, "requests_total", "counter", "Requests that were answered.");
    for (route, tally) in counts {
        sample(&mut text, "requests_total", &labels(route, None), tally.requests());
    }
    family(&mut text, "errors_total", "counter", "Answers that were refusals (4xx) or failures (5xx).");
    for (route, Tally { client_errors, server_errors, .. }) in counts {
        for (class, count) in [("4xx", client_errors), ("5xx", server_errors)] {
            sample(&mut text, "errors_total", &labels(route, Some(("class", class))), *count);
        }
    }
    let duration = "request_duration_seconds";
    family(&mut text, duration, "histogram", "How long requests took from their arrival to their answer.");
    for (route, tally) in counts {
        let bounds = BUCKETS_MS.iter().map(|bound| seconds(*bound)).chain(["+Inf".to_owned()]);
        let mut sum: u64 = 0;
        for (bound, count) in bounds.zip(tally.buckets) {
            sum = sum.saturating_add(count);
            sample(&mut text, "request_duration_seconds_bucket", &labels(route, Some(("le", &bound))), sum);
        }
        sample(&mut text, "request_duration_seconds_sum", &labels(route, None), seconds(tally.duration_ms));
        sample(&mut text, "request_duration_seconds_count", &labels(route, None), tally.requests());
    }
    if let Some(Build { version, commit, uptime_seconds }) = build {
        family(&mut text, "app_uptime_seconds", "gauge", "Seconds since the deployment.");
        sample(&mut text, "app_uptime_seconds", "", uptime_seconds);
        family(&mut text, "build_info", "gauge", "What was deployed.");
        let labels = format!("{{version=\"{}\",commit=\"{}\"}}", escaped(version), escaped(commit));
        sample(&mut text, "build_info", &labels, 1);
    }
    text
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn sample(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{name}{labels} {value}");
}

fn labels(Route { service, method, path }: &Route, more: Option<(&str, &str)>) -> String {
    let mut labels =
        format!("{{service=\"{}\",method=\"{}\",route=\"{}\"", escaped(service), escaped(method), escaped(path));
    if let Some((name, value)) = more {
        let _ = write!(labels, ",{name}=\"{}\"", escaped(value));
    }
    labels.push('}');
    labels
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Milliseconds as seconds, exactly.
fn seconds(ms: u64) -> String {
    let (whole, part) = (ms / 1_000, ms % 1_000);
    let text = format!("{whole}.{part:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_exact() {
        let all = [0, 5, 250, 1_000, 2_500, 10_000, 1_234_567].map(seconds);
        assert_eq!(all, ["0", "0.005", "0.25", "1", "2.5", "10", "1234.567"]);
    }

    #[test]
    fn a_histogram_adds_up_and_labels_are_escaped() {
        let route = Route { service: "tasks".into(), method: "GET".into(), path: "/\"\\\n".into() };
        let tally = Tally { client_errors: 1, server_errors: 0, duration_ms: 7, buckets: [1; 12] };
        let text = exposition(&Counts::from([(route, tally)]), None);
        let of = r#"service="tasks",method="GET",route="/\"\\\n""#;
        for line in [
            format!("requests_total{{{of}}} 12"),
            format!("errors_total{{{of},class=\"4xx\"}} 1"),
            format!("request_duration_seconds_bucket{{{of},le=\"0.005\"}} 1"),
            format!("request_duration_seconds_bucket{{{of},le=\"10\"}} 11"),
            format!("request_duration_seconds_bucket{{{of},le=\"+Inf\"}} 12"),
            format!("request_duration_seconds_sum{{{of}}} 0.007"),
        ] {
            assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("build_info"));
    }
}
