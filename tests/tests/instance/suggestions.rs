//! Suggestions by a model, through the whole stack: what the person gets, and what the model was told.

use std::thread;

use local::{Model, Options};
use serde_json::{Value, json};
use sprintsync_ai::Provider;
use tests::{Answer, Asking, Behaviour, MODEL_KEY, ModelServer, Own, PASSWORD, Person, lines_with, request_line};

/// A stack whose model is a server of ours, and somebody with a task there.
struct Planned {
    own: Own,
    server: ModelServer,
    person: Person,
}

impl Planned {
    fn by(provider: Provider, otherwise: Behaviour, limit_factor: u32) -> Self {
        let server = ModelServer::start(otherwise);
        let model = Model { provider, url: Some(server.url(provider)), name: None, key: MODEL_KEY.to_owned() };
        let own = Own::start(Options { model: Some(model), limit_factor, ..Options::default() });
        let person = Person::on(&own.api).in_the_morning();
        person.post("/tasks", &json!({"title": "Fix the login", "estimate_minutes": 90})).ok(201);
        Self { own, server, person }
    }

    fn plan(&self) -> Value {
        self.person.post("/ai/suggest", &json!({"mode": "plan"})).ok(200)
    }

    fn keyed(&self) -> Answer {
        let call = self.person.call("POST", "/ai/suggest").header("idempotency-key", "one");
        call.json(&json!({"mode": "plan"})).send()
    }
}

/// What a model that does its work says of a plan.
fn proper(asking: &Asking) -> Value {
    let data = asking.data();
    let blocks = data["blocks"].as_array().expect("blocks").iter();
    let blocks: Vec<_> = blocks
        .map(|block| json!({"block": block["block"], "minutes": block["minutes"], "note": "Begin <b>here</b>."}))
        .collect();
    json!({"summary": "One thing & no more.", "blocks": blocks})
}

#[test]
fn a_plan_is_worded_and_still_the_planners() {
    for (provider, name) in [(Provider::Gemini, "gemini"), (Provider::OpenAi, "openai")] {
        let planned = Planned::by(provider, Behaviour::makes(proper), 1_000);
        let said = planned.plan();
        assert_eq!((&said["source"], &said["reason"]), (&json!(name), &Value::Null), "{said}");
        assert!(said["model"].as_str().is_some_and(|model| !model.is_empty()), "{said}");
        let text = said["suggestion"].as_str().expect("a text");
        assert!(text.starts_with("One thing & no more.\n\n8h day") || text.contains("8h day"), "{text}");
        assert!(text.contains("1. Fix the login · 1h 30m") && text.ends_with("On 1: Begin <b>here</b>."), "{text}");
        // On the page it is text like any other, and it is said who wrote it.
        let page = planned.own.api.call("GET", "/dashboard").cookie(&planned.person.token).send();
        let html = page.expect(200).text().to_owned();
        assert!(
            html.contains("One thing &#38; no more.") && html.contains("Begin &#60;b&#62;here&#60;/b&#62;."),
            "{html}"
        );
        let by = if name == "gemini" { "From Gemini (" } else { "From " };
        assert!(html.contains(by) && !html.contains("The AI "), "{html}");
        planned.own.stop();
    }
}

#[test]
fn what_the_model_makes_up_is_not_shown() {
    let invented = |asking: &Asking| {
        let mut answer = proper(asking);
        answer["blocks"]
            .as_array_mut()
            .expect("blocks")
            .push(json!({"block": 9, "minutes": 60, "note": "Buy a yacht."}));
        answer
    };
    let planned = Planned::by(Provider::Gemini, Behaviour::makes(invented), 1_000);
    let said = planned.plan();
    assert_eq!((&said["source"], &said["model"]), (&json!("fallback"), &Value::Null), "{said}");
    assert!(said["reason"].as_str().is_some_and(|reason| reason.contains("plan")), "{said}");
    let text = said["suggestion"].as_str().expect("a text");
    assert!(text.contains("Fix the login") && !text.contains("yacht"), "{text}");
    planned.own.stop();
}

#[test]
fn while_the_model_hangs_everything_else_goes_on_and_the_same_request_waits() {
    let planned = Planned::by(Provider::Gemini, Behaviour::makes(proper), 1_000);
    planned.server.next(Behaviour::Hang);
    thread::scope(|scope| {
        let hanging = scope.spawn(|| planned.keyed());
        while planned.server.asked().is_empty() {
            thread::yield_now();
        }
        for _ in 0..20 {
            planned.person.get("/tasks").ok(200);
        }
        planned.own.api.get("/health").ok(200);
        assert_eq!(planned.keyed().problem(409)["detail"], "This request is still running.");
        assert!(!hanging.is_finished(), "all that was answered while the model was silent");
        let said = hanging.join().expect("an answer").ok(200);
        assert_eq!(said["source"], "fallback", "{said}");
        assert!(said["reason"].as_str().is_some_and(|reason| reason.contains("too long")), "{said}");
        assert_eq!(planned.keyed().ok(200), said, "what came of it is what is answered again");
    });
    assert_eq!(planned.server.asked().len(), 1);
    planned.own.stop();
}

#[test]
fn a_model_words_twenty_in_an_hour_and_ten_times_as_many_are_made() {
    let planned = Planned::by(Provider::Gemini, Behaviour::makes(proper), 1);
    for count in 1..=200 {
        let said = planned.plan();
        let source = if count <= 20 { "gemini" } else { "fallback" };
        assert_eq!(said["source"], source, "{count}: {said}");
        assert_eq!(said["reason"].is_null(), count <= 20, "{count}: {said}");
    }
    assert_eq!(planned.server.asked().len(), 20);
    let refused = planned.person.post("/ai/suggest", &json!({"mode": "plan"})).expect(429);
    assert!(refused.header("retry-after").and_then(|text| text.parse::<u32>().ok()).is_some_and(|wait| wait > 3_000));
    // Somebody else has an hour of their own.
    let other = Person::on(&planned.own.api);
    other.post("/tasks", &json!({"title": "x"})).ok(201);
    assert_eq!(other.post("/ai/suggest", &json!({"mode": "plan"})).ok(200)["source"], "gemini");
    planned.own.stop();
}

#[test]
fn whose_session_is_over_asks_no_model_and_counts_for_nobody() {
    let planned = Planned::by(Provider::Gemini, Behaviour::makes(proper), 1);
    let over = planned.person.with(&planned.person.sign_in(PASSWORD));
    over.call("POST", "/auth/logout").send().expect(204);
    for _ in 0..30 {
        let call = over.call("POST", "/ai/suggest").header("idempotency-key", "k");
        call.json(&json!({"mode": "plan"})).send().problem(401);
    }
    assert_eq!(planned.server.asked().len(), 0);
    assert_eq!(planned.plan()["source"], "gemini");
    let call = planned.person.call("POST", "/ai/suggest").header("idempotency-key", "k");
    call.json(&json!({"mode": "plan"})).send().ok(200);
    planned.own.stop();
}

#[test]
fn what_a_model_costs_is_a_metric_and_its_key_and_texts_are_nowhere() {
    let planned = Planned::by(Provider::OpenAi, Behaviour::makes(proper), 1_000);
    let title = "A title that no log line may hold";
    planned.person.task(title);
    let answer = planned.person.post("/ai/suggest", &json!({"mode": "plan"})).expect(200);
    let id = answer.request_id().to_owned();
    let lines = lines_with(&id);
    let metrics: Vec<Value> = lines
        .iter()
        .filter(|line| line.contains("CloudWatchMetrics"))
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let [metric] = &metrics[..] else { panic!("one line of metrics: {lines:?}") };
    assert_eq!((&metric["ModelCalls"], &metric["ModelFailures"]), (&json!(1), &json!(0)), "{metric}");
    assert!(
        metric["ModelTokens"].as_u64().is_some_and(|tokens| tokens > 0) && metric["model_latency_ms"].is_u64(),
        "{metric}"
    );
    assert_eq!(metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["service"]]));
    assert_eq!(request_line(&id)["service"], "ai");
    for secret in [MODEL_KEY, title, "One thing & no more", "Begin <b>"] {
        assert!(lines_with(secret).is_empty(), "{secret}: {:?}", lines_with(secret));
    }
    assert!(!answer.text().contains(MODEL_KEY));
    planned.own.stop();
}
