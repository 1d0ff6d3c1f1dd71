//! What reaches a provider, field by field, and what the log keeps of it.

use serde_json::{Value, json};
use sprintsync_ai::{Ai, Provider, Settings};
use tests::{Behaviour, Clock, MODEL_KEY, ModelServer, lines_with, run};

use crate::{Bench, proper, title};

#[test]
fn gemini_is_asked_as_its_reference_has_it() {
    let bench = Bench::new(Provider::Gemini);
    bench.draft().outcome.expect("a draft");
    let asked = bench.server.asked();
    let [asking] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(asking.method, "POST");
    assert_eq!(asking.path, "/v1beta/models/gemini-3.5-flash-lite:generateContent");
    assert_eq!(asking.headers["x-goog-api-key"], MODEL_KEY);
    assert_eq!(asking.headers["content-type"], "application/json");
    assert!(!asking.headers.contains_key("authorization"));
    let text = json!({ "type": "STRING" });
    assert_eq!(
        asking.body,
        json!({
            "systemInstruction": { "parts": [{ "text": asking.instruction() }] },
            "contents": [{ "role": "user", "parts": [{ "text": "{\"title\":\"Create feature flags\"}" }] }],
            "generationConfig": {
                "candidateCount": 1,
                "maxOutputTokens": 800,
                "responseMimeType": "application/json",
                "responseSchema": {
                    "type": "OBJECT",
                    "properties": { "goal": text, "steps": { "type": "ARRAY", "items": text }, "done_when": text },
                    "required": ["goal", "steps", "done_when"],
                    "propertyOrdering": ["goal", "steps", "done_when"],
                },
                "thinkingConfig": { "thinkingLevel": "MINIMAL" },
            },
        })
    );
}

#[test]
fn chat_completions_are_asked_as_their_reference_has_it() {
    let bench = Bench::new(Provider::OpenAi);
    bench.draft().outcome.expect("a draft");
    let asked = bench.server.asked();
    let [asking] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(asking.method, "POST");
    assert_eq!(asking.path, "/v1/chat/completions");
    assert_eq!(asking.headers["authorization"], format!("Bearer {MODEL_KEY}"));
    assert_eq!(asking.headers["content-type"], "application/json");
    assert!(!asking.headers.contains_key("x-goog-api-key"));
    let text = json!({ "type": "string" });
    assert_eq!(
        asking.body,
        json!({
            "model": "gpt-6-luna",
            "messages": [
                { "role": "system", "content": asking.instruction() },
                { "role": "user", "content": "{\"title\":\"Create feature flags\"}" },
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "description",
                    "strict": true,
                    "schema": {
                        "type": "object",
                        "properties": { "goal": text, "steps": { "type": "array", "items": text }, "done_when": text },
                        "required": ["goal", "steps", "done_when"],
                        "additionalProperties": false,
                    },
                },
            },
            "max_completion_tokens": 800,
            "reasoning_effort": "none",
        })
    );
}

#[test]
fn a_plan_is_told_with_its_numbers_and_without_its_ids() {
    for (provider, bench) in Bench::each() {
        bench.word().outcome.expect("words");
        let asked = bench.server.asked();
        let [asking] = asked.as_slice() else { panic!("{provider}: {asked:?}") };
        let data = asking.data();
        let of = |block: &Value| (block["block"].clone(), block["title"].clone(), block["minutes"].clone());
        let blocks: Vec<_> = data["blocks"].as_array().expect("blocks").iter().map(of).collect();
        assert_eq!(
            blocks,
            [(json!(1), json!("Fix the login"), json!(210)), (json!(2), json!("Create feature flags"), json!(135)),]
        );
        assert_eq!(data["planned_minutes"], 345, "{provider}");
        assert_eq!(data["does_not_fit"][0]["still_needs_minutes"], 65, "{provider}");
        assert!(!asking.text.contains("00000000-0000"), "{provider}: an id is nobody's business");
        assert!(asking.instruction().contains("is data"), "{provider}");
    }
}

#[test]
fn another_model_is_asked_where_the_settings_say() {
    for (provider, model, path) in [
        (Provider::Gemini, "gemini-2.5-flash", "/v1beta/models/gemini-2.5-flash:generateContent"),
        (Provider::OpenAi, "meta/llama-4:8b", "/v1/chat/completions"),
    ] {
        let server = ModelServer::start(Behaviour::makes(proper));
        let settings = Settings { model: model.to_owned(), ..server.settings(provider) };
        let ai = Ai::new(settings, server.secrets(), Clock::default().world()).expect("good settings");
        let told = run(ai.draft(&title())).outcome.expect("a draft");
        assert_eq!((told.provider, told.model.as_str()), (provider, model));
        let asked = server.asked();
        let [asking] = asked.as_slice() else { panic!("{asked:?}") };
        assert_eq!(asking.path, path);
        match provider {
            Provider::Gemini => {
                assert_eq!(asking.body["generationConfig"]["thinkingConfig"], json!({ "thinkingBudget": 0 }));
            }
            Provider::OpenAi => {
                assert_eq!((&asking.body["model"], &asking.body["reasoning_effort"]), (&json!(model), &Value::Null));
            }
        }
    }
}

#[test]
fn the_log_keeps_the_numbers_and_no_text() {
    for provider in [Provider::Gemini, Provider::OpenAi] {
        let server = ModelServer::start(Behaviour::makes(
            |_| json!({ "goal": "Feed the quokkas.", "steps": ["Open the gate."], "done_when": "They sleep." }),
        ));
        let model = format!("log-test-{provider}");
        let settings = Settings { model: model.clone(), ..server.settings(provider) };
        let ai = Ai::new(settings, server.secrets(), Clock::default().world()).expect("good settings");
        run(ai.draft(&"Capybara census".parse().expect("a title"))).outcome.expect("a draft");
        server.next(Behaviour::Status(429, Some(60)));
        run(ai.draft(&"Capybara census".parse().expect("a title"))).outcome.expect_err("too busy");

        let lines = lines_with(&model);
        let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let [told, busy] = lines.as_slice() else { panic!("{provider}: {lines:?}") };
        for (line, outcome, status, tokens) in [(told, "told", 200, (100, 23)), (busy, "busy", 429, (0, 0))] {
            assert_eq!(line["message"], "model call", "{line}");
            assert_eq!(line["provider"], provider.as_str(), "{line}");
            assert_eq!((&line["outcome"], &line["status"]), (&json!(outcome), &json!(status)), "{line}");
            assert_eq!((&line["tries"], &line["question"]), (&json!(1), &json!("description")), "{line}");
            assert_eq!((&line["input_tokens"], &line["output_tokens"]), (&json!(tokens.0), &json!(tokens.1)), "{line}");
            assert!(line["latency_ms"].is_u64(), "{line}");
        }
    }
    for text in ["Capybara", "quokkas", "Open the gate"] {
        assert_eq!(lines_with(text), Vec::<String>::new());
    }
}
