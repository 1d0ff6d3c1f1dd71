//! Chat completions: <https://platform.openai.com/docs/api-reference/chat/create>. Spoken by OpenAI's API and by many
//! servers that a team may run itself.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Declined;
use crate::call::Reply;
use crate::question::Question;

/// The request's body. A temperature is not set: models that reason take none.
pub(crate) fn body(question: &Question, model: &str) -> Value {
    let mut body = json!({
        "model": model,
        "messages": [
            { "role": "system", "content": question.instruction },
            { "role": "user", "content": question.data.to_string() },
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": { "name": question.name, "strict": true, "schema": question.shape.json_schema() },
        },
        "max_completion_tokens": question.most_tokens,
    });
    // These reason unless told not to, which takes seconds that the person waits, and counts as output. Others, and
    // other servers' models, may not know the field.
    let reasons = model.starts_with("gpt-5.") || model.starts_with("gpt-6");
    if let (true, Some(body)) = (reasons, body.as_object_mut()) {
        body.insert("reasoning_effort".to_owned(), "none".into());
    }
    body
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

/// Reads a response with status 200.
pub(crate) fn read(bytes: &[u8]) -> Reply {
    let Ok(response) = serde_json::from_slice::<Response>(bytes) else { return Reply::unusable() };
    let usage = response.usage.unwrap_or_default();
    Reply {
        input_tokens: usage.prompt_tokens,
        output_tokens: usage.completion_tokens,
        text: response.choices.into_iter().next().ok_or(Declined::Unusable).and_then(text),
    }
}

fn text(choice: Choice) -> Result<String, Declined> {
    let refused = choice.message.refusal.is_some_and(|refusal| !refusal.is_empty());
    match choice.finish_reason.as_deref() {
        _ if refused => Err(Declined::Blocked),
        Some("content_filter") => Err(Declined::Blocked),
        Some("stop") => choice.message.content.ok_or(Declined::Unusable),
        // `length`, calls of tools that were not offered, what comes later, and none: it has not come to its end.
        _ => Err(Declined::Unusable),
    }
}

/// What a response with status 400 says. Some servers filter what is asked, and tell so by it.
pub(crate) fn bad_request(bytes: &[u8]) -> Declined {
    let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
    match body.pointer("/error/code").and_then(Value::as_str) {
        Some("content_filter") => Declined::Blocked,
        _ => Declined::Misconfigured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Shape;

    fn said(message: Value, finish_reason: Value) -> Result<String, Declined> {
        let response = json!({ "choices": [{ "index": 0, "message": message, "finish_reason": finish_reason }] });
        read(response.to_string().as_bytes()).text
    }

    #[test]
    fn the_request_is_as_the_reference_has_it() {
        let question = Question {
            instruction: "Do it.".to_owned(),
            data: json!({ "title": "\"}]}" }),
            name: "description",
            shape: Shape::Object(vec![("goal", Shape::Text)]),
            most_tokens: 7,
        };
        let expected = json!({
            "model": "llama",
            "messages": [
                { "role": "system", "content": "Do it." },
                { "role": "user", "content": r#"{"title":"\"}]}"}"# },
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "description",
                    "strict": true,
                    "schema": {
                        "type": "object",
                        "properties": { "goal": { "type": "string" } },
                        "required": ["goal"],
                        "additionalProperties": false,
                    },
                },
            },
            "max_completion_tokens": 7,
        });
        assert_eq!(body(&question, "llama"), expected);
        for (model, effort) in
            [("gpt-6-luna", "none".into()), ("gpt-5.6-terra", "none".into()), ("gpt-4.1", Value::Null)]
        {
            assert_eq!(body(&question, model)["reasoning_effort"], effort, "{model}");
        }
    }

    #[test]
    fn the_first_choice_counts() {
        let response = json!({
            "id": "x",
            "model": "gpt",
            "choices": [{ "message": { "content": "{}", "refusal": null }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11 },
        });
        let reply = read(response.to_string().as_bytes());
        assert_eq!((reply.text, reply.input_tokens, reply.output_tokens), (Ok("{}".to_owned()), 5, 6));
        assert_eq!(said(json!({ "content": "{}" }), json!("stop")), Ok("{}".to_owned()));
    }

    #[test]
    fn what_is_refused_and_what_is_cut_off_is_told_apart() {
        assert_eq!(said(json!({ "content": null, "refusal": "No." }), json!("stop")), Err(Declined::Blocked));
        assert_eq!(said(json!({ "content": "{}" }), json!("content_filter")), Err(Declined::Blocked));
        for reason in [json!("length"), json!("tool_calls"), json!("new"), Value::Null] {
            assert_eq!(said(json!({ "content": "{}" }), reason.clone()), Err(Declined::Unusable), "{reason}");
        }
        assert_eq!(said(json!({ "content": null }), json!("stop")), Err(Declined::Unusable));
        for bytes in ["", "{}", "[]", "<html>", r#"{"choices":[]}"#, r#"{"choices":[{}]}"#] {
            assert_eq!(read(bytes.as_bytes()).text, Err(Declined::Unusable), "{bytes}");
        }
    }

    #[test]
    fn a_filter_is_told_from_a_bad_request() {
        assert_eq!(bad_request(br#"{"error":{"code":"content_filter"}}"#), Declined::Blocked);
        assert_eq!(bad_request(br#"{"error":{"code":"model_not_found"}}"#), Declined::Misconfigured);
        assert_eq!(bad_request(b"no"), Declined::Misconfigured);
    }
}
