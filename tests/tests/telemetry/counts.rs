//! Counts of requests, true across environments.

use std::collections::BTreeMap;
use std::fs;

use local::{Data, Options};
use serde_json::{Value, json};
use tests::{Answer, Clock, Fault, Lab, Own, Person, Table, request_line, run};

/// The samples of an exposition, by their names and labels.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a sample");
            (name.to_owned(), value.parse().expect("a number"))
        })
        .collect()
}

fn scraped(own: &tests::Api, token: &str) -> BTreeMap<String, f64> {
    let answer: Answer = own.call("GET", "/metrics").bearer(token).send().expect(200);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    samples(&String::from_utf8(answer.body).expect("UTF-8"))
}

const OF_LIST: &str = r#"service="tasks",method="GET",route="/tasks""#;

#[test]
fn what_environments_counted_adds_up() {
    let dir = tempfile::tempdir().expect("a folder");
    let clock = Clock::default();
    let start = || {
        let data = Data::Dir(dir.path().to_owned());
        Own::start(Options { data, limit_factor: 1_000, world: clock.world(), schedule: false, ..Options::default() })
    };
    let environment = |requests: u32| {
        let own = start();
        let person = Person::on(&own.api);
        (0..requests).for_each(|_| drop(person.get("/tasks").expect(200)));
        person.get("/tasks?status=none").expect(422);
        clock.advance(60);
        // Written beside the answer to this one, which is counted with what comes next.
        person.get("/tasks").expect(200);
        person.get("/auth/me").expect(200);
        let token = own.stack.secrets().scrape_token().expect("a token");
        let samples = scraped(&own.api, &token);
        own.stop();
        samples
    };
    let first = environment(3);
    assert_eq!(first[&format!("requests_total{{{OF_LIST}}}")], 4.0, "{first:?}");
    let second = environment(5);
    let of = |name: &str, more: &str| second[&format!("{name}{{{OF_LIST}{more}}}")];
    // The one that the first wrote as it ended is among them.
    assert_eq!(of("requests_total", ""), 11.0);
    assert_eq!((of("errors_total", ",class=\"4xx\""), of("errors_total", ",class=\"5xx\"")), (2.0, 0.0));
    assert_eq!(of("request_duration_seconds_count", ""), 11.0);
    assert_eq!(of("request_duration_seconds_bucket", ",le=\"+Inf\""), 11.0);
    assert!(second.keys().any(|name| name.contains(r#"service="auth",method="POST",route="/auth/signup""#)));
    assert!(!second.contains_key("app_uptime_seconds"), "nobody noted a deployment");
}

#[test]
fn a_burst_is_counted_though_nobody_comes_after_it() {
    const OF_LOGIN: &str = r#"service="web",method="GET",route="/login""#;
    let dir = tempfile::tempdir().expect("a folder");
    let clock = Clock::default();
    let start = || {
        let data = Data::Dir(dir.path().to_owned());
        Own::start(Options { data, world: clock.world(), schedule: false, ..Options::default() })
    };
    let counted = |own: &Own| {
        let samples = scraped(&own.api, &own.stack.secrets().scrape_token().expect("a token"));
        samples.get(&format!("requests_total{{{OF_LOGIN}}}")).copied().unwrap_or_default()
    };
    let burst = |own: &Own| (0..60).for_each(|_| drop(own.api.get("/login").expect(200)));
    let own = start();
    burst(&own);
    // By the clock, as every half a minute.
    run(own.stack.write_counts());
    assert_eq!(counted(&own), 60.0);
    run(own.stack.write_counts());
    assert_eq!(counted(&own), 60.0, "nothing is counted twice");
    // At the end, whenever that is.
    burst(&own);
    own.stop();
    let own = start();
    assert_eq!(counted(&own), 120.0);
    own.stop();
}

#[test]
fn counts_that_cannot_be_written_stay_and_no_try_lasts() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    (0..3).for_each(|_| drop(person.get("/tasks").expect(200)));
    lab.faults.counts(Fault::Throttled);
    run(lab.stack.write_counts());
    assert!(lab.faults.happened() > 0);
    lab.faults.calm();
    run(lab.stack.write_counts());
    let samples = scraped(&lab.api, &lab.stack.secrets().scrape_token().expect("a token"));
    assert_eq!(samples[&format!("requests_total{{{OF_LIST}}}")], 3.0);
}

#[test]
fn counts_whose_answer_was_lost_are_not_counted_twice() {
    for fault in [Fault::AnswerLost, Fault::AnswerBroken, Fault::Throttled, Fault::Conflict, Fault::Cut] {
        let lab = Lab::start();
        let person = Person::on(&lab.api);
        (0..3).for_each(|_| drop(person.get("/tasks").expect(200)));
        lab.clock.advance(60);
        lab.faults.counts(fault);
        let id = person.get("/tasks").expect(200).request_id().to_owned();
        assert_eq!(request_line(&id)["table_calls"], 2, "the counts are no call of the request's");
        assert!(lab.faults.happened() > 0, "{fault:?}");
        lab.faults.calm();
        lab.clock.advance(60);
        person.get("/tasks").expect(200);
        lab.clock.advance(60);
        person.get("/tasks").expect(200);
        let samples = scraped(&lab.api, &lab.stack.secrets().scrape_token().expect("a token"));
        assert_eq!(samples[&format!("requests_total{{{OF_LIST}}}")], 5.0, "{fault:?}: {samples:?}");
    }
}

#[test]
fn time_since_the_deployment_is_the_instance_s_and_not_a_process_s() {
    let lab = Lab::start();
    run(Table::of(&lab.stack).store().deployed("ae64834".parse().expect("a commit"))).expect("noted");
    lab.clock.advance(3_600);
    let samples = scraped(&lab.api, &lab.stack.secrets().scrape_token().expect("a token"));
    assert!((3_600.0..3_660.0).contains(&samples["app_uptime_seconds"]), "{samples:?}");
    assert_eq!(samples[&format!("build_info{{version=\"{}\",commit=\"ae64834\"}}", env!("CARGO_PKG_VERSION"))], 1.0);
}

#[test]
fn metrics_are_for_the_collector_and_for_administrators() {
    let lab = Lab::start();
    let (person, admin) = (Person::on(&lab.api), lab.admin());
    let token = lab.stack.secrets().scrape_token().expect("a token");
    let asked = |token: &str| lab.api.call("GET", "/metrics").bearer(token).send();
    admin.get("/metrics").expect(200);
    asked(&token).expect(200);
    person.get("/metrics").expect(403);
    lab.api.get("/metrics").expect(401);
    for bad in ["x", &token[1..], &format!("{token}x"), &token.to_ascii_uppercase(), "e30.e30.e30"] {
        let answer = asked(bad).expect(401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(request_line(answer.request_id())["table_calls"], 0, "{bad}");
    }
    let origin = lab.stack.secrets().origin_key().expect("a key");
    asked(&origin).expect(401);
    lab.api.call("GET", "/metrics").cookie(&token).send().expect(401);
    Table::of(&lab.stack).disable(&admin.id, true);
    admin.get("/metrics").expect(401);
}

#[test]
fn a_collector_s_token_may_have_any_visible_character() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = Data::Dir(dir.path().to_owned());
    let own = Own::start(Options { data, schedule: false, ..Options::default() });
    let path = dir.path().join("secrets.json");
    let token: String = ('!'..='~').collect();
    let mut secrets: Value = serde_json::from_slice(&fs::read(&path).expect("secrets")).expect("JSON");
    secrets["sprintsync/scrape-token"]["current"]["value"] = json!(token);
    fs::write(&path, secrets.to_string()).expect("written");
    scraped(&own.api, &token);
    own.api.call("GET", "/metrics").bearer(&token[1..]).send().expect(401);
    own.stop();
}
