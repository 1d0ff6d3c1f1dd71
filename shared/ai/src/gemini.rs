//! `generateContent` of Google's Generative Language API: <https://ai.google.dev/api/generate-content>.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Declined;
use crate::call::Reply;
use crate::question::Question;

/// The header that carries the key; in the address it would stand in logs along the way.
pub(crate) const KEY_HEADER: &str = "x-goog-api-key";

/// The request's body. A temperature is not set: [Gemini 3](https://ai.google.dev/gemini-api/docs/gemini-3) is made for
/// its own.
pub(crate) fn body(question: &Question, model: &str) -> Value {
    let mut config = json!({
        "candidateCount": 1,
        "maxOutputTokens": question.most_tokens,
        "responseMimeType": "application/json",
        "responseSchema": question.shape.open_api(),
    });
    if let (Some(thinking), Some(config)) = (thinking(model), config.as_object_mut()) {
        config.insert("thinkingConfig".to_owned(), thinking);
    }
    json!({
        "systemInstruction": { "parts": [{ "text": question.instruction }] },
        "contents": [{ "role": "user", "parts": [{ "text": question.data.to_string() }] }],
        "generationConfig": config,
    })
}

/// As little thought as the model can do with: thought takes seconds that the person waits, and counts as output. What
/// each model takes: <https://ai.google.dev/gemini-api/docs/generate-content/thinking>.
fn thinking(model: &str) -> Option<Value> {
    if model.starts_with("gemini-2.5-flash") {
        Some(json!({ "thinkingBudget": 0 }))
    } else if model.starts_with("gemini-3") {
        // The Flash-Lite models think least; the others do not all take less than this.
        Some(json!({ "thinkingLevel": if model.contains("flash-lite") { "MINIMAL" } else { "LOW" } }))
    } else {
        None
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    #[serde(default)]
    usage_metadata: Usage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    #[serde(default)]
    content: Content,
    finish_reason: Option<String>,
}

#[derive(Deserialize, Default)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
    #[serde(default)]
    thought: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Usage {
    prompt_token_count: u64,
    candidates_token_count: u64,
    thoughts_token_count: u64,
}

/// Reads a response with status 200.
pub(crate) fn read(bytes: &[u8]) -> Reply {
    let Ok(response) = serde_json::from_slice::<Response>(bytes) else { return Reply::unusable() };
    let usage = &response.usage_metadata;
    Reply {
        input_tokens: usage.prompt_token_count,
        output_tokens: usage.candidates_token_count.saturating_add(usage.thoughts_token_count),
        text: text(response),
    }
}

fn text(response: Response) -> Result<String, Declined> {
    if response.prompt_feedback.and_then(|feedback| feedback.block_reason).is_some() {
        return Err(Declined::Blocked);
    }
    let candidate = response.candidates.into_iter().next().ok_or(Declined::Unusable)?;
    match candidate.finish_reason.as_deref() {
        Some("STOP") => {
            let parts = candidate.content.parts.into_iter().filter(|part| !part.thought);
            Ok(parts.map(|part| part.text).collect())
        }
        Some("SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII") => Err(Declined::Blocked),
        // MAX_TOKENS, LANGUAGE, OTHER, what comes later, and none: it has not come to its end.
        _ => Err(Declined::Unusable),
    }
}

/// What a response with status 400 says. A key that is none is told by it, not by 401:
/// <https://ai.google.dev/gemini-api/docs/troubleshooting>.
pub(crate) fn bad_request(bytes: &[u8]) -> Declined {
    let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let details = body.pointer("/error/details").and_then(Value::as_array);
    let reasons = details.into_iter().flatten().filter_map(|detail| detail.get("reason"));
    let of_the_key = |reason: &Value| matches!(reason.as_str(), Some("API_KEY_INVALID" | "API_KEY_EXPIRED"));
    if reasons.into_iter().any(of_the_key) { Declined::KeyRefused } else { Declined::Misconfigured }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Shape;

    fn said(candidate: Value) -> Result<String, Declined> {
        read(json!({ "candidates": [candidate] }).to_string().as_bytes()).text
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
        assert_eq!(
            body(&question, "gemini-3.5-flash-lite"),
            json!({
                "systemInstruction": { "parts": [{ "text": "Do it." }] },
                "contents": [{ "role": "user", "parts": [{ "text": r#"{"title":"\"}]}"}"# }] }],
                "generationConfig": {
                    "candidateCount": 1,
                    "maxOutputTokens": 7,
                    "responseMimeType": "application/json",
                    "responseSchema": {
                        "type": "OBJECT",
                        "properties": { "goal": { "type": "STRING" } },
                        "required": ["goal"],
                        "propertyOrdering": ["goal"],
                    },
                    "thinkingConfig": { "thinkingLevel": "MINIMAL" },
                },
            })
        );
    }

    #[test]
    fn a_model_thinks_as_little_as_it_can() {
        assert_eq!(thinking("gemini-2.5-flash"), Some(json!({ "thinkingBudget": 0 })));
        assert_eq!(thinking("gemini-2.5-flash-lite"), Some(json!({ "thinkingBudget": 0 })));
        assert_eq!(thinking("gemini-3.8-flash"), Some(json!({ "thinkingLevel": "LOW" })));
        assert_eq!(thinking("gemini-2.5-pro"), None);
        assert_eq!(thinking("gemma-3"), None);
    }

    #[test]
    fn the_parts_make_the_text_without_the_thoughts() {
        let parts =
            json!([{ "text": "{\"a\"" }, { "text": "hm", "thought": true }, { "inlineData": {} }, { "text": ":1}" }]);
        let reply = json!({
            "candidates": [{ "content": { "parts": parts, "role": "model" }, "finishReason": "STOP", "index": 0 }],
            "usageMetadata": { "promptTokenCount": 5, "candidatesTokenCount": 6, "thoughtsTokenCount": 7 },
            "modelVersion": "gemini",
        });
        let reply = read(reply.to_string().as_bytes());
        assert_eq!((reply.text, reply.input_tokens, reply.output_tokens), (Ok("{\"a\":1}".to_owned()), 5, 13));
    }

    #[test]
    fn what_is_blocked_and_what_is_cut_off_is_told_apart() {
        for reason in ["SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"] {
            assert_eq!(said(json!({ "finishReason": reason })), Err(Declined::Blocked), "{reason}");
        }
        for reason in ["MAX_TOKENS", "LANGUAGE", "OTHER", "SOMETHING_NEW", "FINISH_REASON_UNSPECIFIED"] {
            let candidate = json!({ "content": { "parts": [{ "text": "{}" }] }, "finishReason": reason });
            assert_eq!(said(candidate), Err(Declined::Unusable), "{reason}");
        }
        assert_eq!(said(json!({ "content": { "parts": [{ "text": "{}" }] } })), Err(Declined::Unusable));
        let blocked = br#"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":3}}"#;
        let blocked = read(blocked);
        assert_eq!((blocked.text, blocked.input_tokens), (Err(Declined::Blocked), 3));
        for bytes in ["", "{}", "[]", "<html>", r#"{"candidates":[]}"#, r#"{"candidates":7}"#] {
            assert_eq!(read(bytes.as_bytes()).text, Err(Declined::Unusable), "{bytes}");
        }
    }

    #[test]
    fn a_bad_key_is_told_from_a_bad_request() {
        let bad = |reason: &str| {
            let error = json!({ "error": { "code": 400, "details": [{ "@type": "x" }, { "reason": reason }] } });
            bad_request(error.to_string().as_bytes())
        };
        assert_eq!(bad("API_KEY_INVALID"), Declined::KeyRefused);
        assert_eq!(bad("API_KEY_EXPIRED"), Declined::KeyRefused);
        assert_eq!(bad("FIELD"), Declined::Misconfigured);
        assert_eq!(bad_request(b"API_KEY_INVALID"), Declined::Misconfigured);
    }
}
