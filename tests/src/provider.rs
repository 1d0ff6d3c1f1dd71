//! A server that speaks the protocols of models, and Secrets Manager's for their key. It does what it is told to do
//! next, and keeps what reached it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
use serde_json::{Value, json};
use sprintsync_ai::{Provider, Settings};

use crate::log;

/// The key that the server's secret holds at first. It must show nowhere but in one header.
pub const MODEL_KEY: &str = "key-of-the-model-0123456789abcdef";
/// The name of the secret.
const KEY_SECRET: &str = "sprintsync/model-key";

type Words = dyn Fn(&Asking) -> String + Send + Sync;

/// What the model does with a request.
#[derive(Clone)]
pub enum Behaviour {
    /// Answers with this text.
    Says(String),
    /// Answers with what it makes of the request.
    Makes(Arc<Words>),
    /// Answers with this status, and says after how many seconds to come again.
    Status(u16, Option<u32>),
    /// Does not take the key, in the provider's own way.
    BadKey,
    /// Sends a byte every half second, and never ends.
    Drip,
    /// Closes the connection in the middle of the answer.
    Disconnect,
    /// Never answers.
    Hang,
    /// The provider's filter stops it.
    Blocked,
    /// The model itself will not.
    Refused,
    /// Answers with half of a JSON document.
    Malformed,
    /// Answers with a good description, and 5 MB of spaces after it.
    Huge,
    /// Stops at the limit of tokens.
    CutOff,
}

impl Behaviour {
    /// Answers with this document.
    pub fn says(answer: &Value) -> Self {
        Self::Says(answer.to_string())
    }

    /// Answers with what `make` makes of the request.
    pub fn makes(make: impl Fn(&Asking) -> Value + Send + Sync + 'static) -> Self {
        Self::Makes(Arc::new(move |asking| make(asking).to_string()))
    }
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Says(_) => f.write_str("Says"),
            Self::Makes(_) => f.write_str("Makes"),
            Self::Status(status, _) => write!(f, "Status({status})"),
            Self::BadKey => f.write_str("BadKey"),
            Self::Drip => f.write_str("Drip"),
            Self::Disconnect => f.write_str("Disconnect"),
            Self::Hang => f.write_str("Hang"),
            Self::Blocked => f.write_str("Blocked"),
            Self::Refused => f.write_str("Refused"),
            Self::Malformed => f.write_str("Malformed"),
            Self::Huge => f.write_str("Huge"),
            Self::CutOff => f.write_str("CutOff"),
        }
    }
}

/// What Secrets Manager says of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySecret {
    /// It is this.
    Is(String),
    /// There is no such secret.
    Missing,
    /// It may not be read.
    Denied,
}

/// A request, as it reached the model.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The method.
    pub method: String,
    /// The path, with the query if there is one.
    pub path: String,
    /// The headers, their names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body as it came.
    pub text: String,
    /// The body.
    pub body: Value,
}

impl Asking {
    fn is_gemini(&self) -> bool {
        self.path.contains(":generateContent")
    }

    /// What the model is told to do.
    pub fn instruction(&self) -> &str {
        let place = if self.is_gemini() { "/systemInstruction/parts/0/text" } else { "/messages/0/content" };
        self.body.pointer(place).and_then(Value::as_str).expect("an instruction")
    }

    /// What the model is told about, which is a JSON document in the user's message.
    pub fn data(&self) -> Value {
        let place = if self.is_gemini() { "/contents/0/parts/0/text" } else { "/messages/1/content" };
        let text = self.body.pointer(place).and_then(Value::as_str).expect("the user's message");
        serde_json::from_str(text).expect("the user's message is JSON")
    }
}

struct State {
    queue: VecDeque<Behaviour>,
    otherwise: Behaviour,
    secret: KeySecret,
    asked: Vec<Asking>,
    key_reads: usize,
    connections: usize,
}

/// The server, on a free port of this machine. It lives as long as the process.
#[derive(Clone)]
pub struct ModelServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl fmt::Debug for ModelServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModelServer({})", self.address)
    }
}

impl ModelServer {
    /// Starts one, which answers with `otherwise` unless it is told what to do next.
    pub fn start(otherwise: Behaviour) -> Self {
        log::keep();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let state = State {
            queue: VecDeque::new(),
            otherwise,
            secret: KeySecret::Is(MODEL_KEY.to_owned()),
            asked: Vec::new(),
            key_reads: 0,
            connections: 0,
        };
        let server = Self { address: listener.local_addr().expect("an address"), state: Arc::new(Mutex::new(state)) };
        let serving = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = serving.clone();
                thread::spawn(move || server.serve(stream));
            }
        });
        server
    }

    /// The base address for a provider's protocol.
    pub fn url(&self, provider: Provider) -> String {
        match provider {
            Provider::Gemini => format!("http://{}", self.address),
            Provider::OpenAi => format!("http://{}/v1", self.address),
        }
    }

    /// The settings that lead here.
    pub fn settings(&self, provider: Provider) -> Settings {
        Settings { url: self.url(provider), ..Settings::of(provider, KEY_SECRET) }
    }

    /// A client of the secrets that hold the key.
    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::from_conf(
            aws_sdk_secretsmanager::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::from_static("us-east-1"))
                .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
                .endpoint_url(format!("http://{}", self.address))
                .build(),
        )
    }

    /// Says what is done with the next request, after those that were said before.
    pub fn next(&self, behaviour: Behaviour) {
        self.state().queue.push_back(behaviour);
    }

    /// Says what the key is from now on.
    pub fn set_key(&self, secret: KeySecret) {
        self.state().secret = secret;
    }

    /// The requests that reached the model.
    pub fn asked(&self) -> Vec<Asking> {
        self.state().asked.clone()
    }

    /// How often the key was read.
    pub fn key_reads(&self) -> usize {
        self.state().key_reads
    }

    /// How many connections brought requests to the model.
    pub fn connections(&self) -> usize {
        self.state().connections
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers what comes over a connection, until either side closes it.
    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
        let mut fresh = true;
        while let Some(asking) = read(&mut reader) {
            if asking.headers.contains_key("x-amz-target") {
                let (status, body) = self.secret(&asking);
                if answer(&mut stream, status, "", &body.to_string()).is_err() {
                    return;
                }
                continue;
            }
            let behaviour = {
                let mut state = self.state();
                state.connections += usize::from(std::mem::take(&mut fresh));
                state.asked.push(asking.clone());
                state.queue.pop_front().unwrap_or_else(|| state.otherwise.clone())
            };
            if act(&behaviour, &asking, &mut stream, &mut reader).is_err() {
                return;
            }
        }
    }

    fn secret(&self, asking: &Asking) -> (u16, Value) {
        let mut state = self.state();
        state.key_reads += 1;
        let known = asking.body["SecretId"] == KEY_SECRET && asking.body["VersionStage"] == "AWSCURRENT";
        match &state.secret {
            KeySecret::Is(key) if known => (200, json!({ "Name": KEY_SECRET, "VersionId": "1", "SecretString": key })),
            KeySecret::Is(_) | KeySecret::Missing => (400, json!({ "__type": "ResourceNotFoundException" })),
            KeySecret::Denied => (400, json!({ "__type": "AccessDeniedException" })),
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Asking> {
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0).map(|_| line.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).expect("UTF-8");
    let body = serde_json::from_str(&text).unwrap_or_default();
    Some(Asking { method, path, headers, text, body })
}

fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n");
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())
}

/// Does what it is told. An error ends the connection.
fn act(
    behaviour: &Behaviour,
    asking: &Asking,
    stream: &mut TcpStream,
    reader: &mut BufReader<TcpStream>,
) -> std::io::Result<()> {
    let closed = || std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
    let gemini = asking.is_gemini();
    match behaviour {
        Behaviour::Says(text) => answer(stream, 200, "", &reply(gemini, text, End::Whole)),
        Behaviour::Makes(make) => answer(stream, 200, "", &reply(gemini, &make(asking), End::Whole)),
        Behaviour::CutOff => answer(stream, 200, "", &reply(gemini, "{\"goal\":\"Let peo", End::CutOff)),
        Behaviour::Refused => answer(stream, 200, "", &reply(gemini, "", End::Refused)),
        Behaviour::Huge => {
            let draft = json!({ "goal": "a", "steps": ["b"], "done_when": "c" });
            answer(stream, 200, "", &reply(gemini, &format!("{draft}{}", " ".repeat(5_000_000)), End::Whole))
        }
        Behaviour::Blocked if gemini => {
            let body = json!({ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" }, "usageMetadata": {} });
            answer(stream, 200, "", &body.to_string())
        }
        Behaviour::Blocked => answer(stream, 200, "", &reply(gemini, "", End::Filtered)),
        Behaviour::Status(status, again_in) => {
            let again_in = again_in.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
            let headers = format!("location: /elsewhere\r\n{again_in}");
            answer(stream, *status, &headers, &json!({ "error": { "code": status } }).to_string())
        }
        Behaviour::BadKey if gemini => {
            let details = json!([{ "reason": "API_KEY_INVALID", "domain": "googleapis.com" }]);
            answer(stream, 400, "", &json!({ "error": { "code": 400, "details": details } }).to_string())
        }
        Behaviour::BadKey => answer(stream, 401, "", &json!({ "error": { "code": "invalid_api_key" } }).to_string()),
        Behaviour::Malformed => {
            let whole = reply(gemini, "{}", End::Whole);
            answer(stream, 200, "", whole.get(..whole.len() / 2).expect("ASCII"))
        }
        Behaviour::Disconnect => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"candidates\": [{")?;
            Err(closed())
        }
        Behaviour::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n")?;
            loop {
                stream.write_all(b" ")?;
                thread::sleep(Duration::from_millis(500));
            }
        }
        // The client has nothing more to send: this ends when it goes.
        Behaviour::Hang => reader.read_exact(&mut [0]).and(Err(closed())),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Whole,
    CutOff,
    Filtered,
    Refused,
}

/// A response as the provider's reference has it, with fields in it that nobody asked for.
fn reply(gemini: bool, text: &str, end: End) -> String {
    if gemini {
        let reason = match end {
            End::Whole => "STOP",
            End::CutOff => "MAX_TOKENS",
            End::Filtered | End::Refused => "SAFETY",
        };
        let parts = json!([{ "text": "Let me think.", "thought": true }, { "text": text }]);
        json!({
            "candidates": [{
                "content": { "parts": parts, "role": "model" },
                "finishReason": reason,
                "index": 0,
                "avgLogprobs": -0.1,
            }],
            "usageMetadata": {
                "promptTokenCount": 100,
                "candidatesTokenCount": 20,
                "thoughtsTokenCount": 3,
                "totalTokenCount": 123,
            },
            "modelVersion": "gemini-of-the-tests",
            "responseId": "abc",
        })
        .to_string()
    } else {
        let reason = match end {
            End::Whole | End::Refused => "stop",
            End::CutOff => "length",
            End::Filtered => "content_filter",
        };
        let refusal = (end == End::Refused).then_some("I can't help with that.");
        let content = (end != End::Refused).then_some(text);
        json!({
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "gpt-of-the-tests",
            "choices": [{
                "index": 0,
                "message": { "role": "assistant", "content": content, "refusal": refusal, "annotations": [] },
                "logprobs": null,
                "finish_reason": reason,
            }],
            "usage": { "prompt_tokens": 100, "completion_tokens": 23, "total_tokens": 123 },
        })
        .to_string()
    }
}
