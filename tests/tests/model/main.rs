//! The model's client against a server that speaks each provider's protocol, and does to it what providers do.

mod answers;
mod breaker;
mod failures;
mod keys;
mod sent;

use serde_json::{Value, json};
use sprintsync_ai::{Ai, Asked, Declined, Provider, Wording};
use sprintsync_domain::{Basis, Because, Block, Description, LeftOut, Plan, Title, Why, WorkdayEnd};
use tests::{Asking, Behaviour, Clock, ModelServer, run};
use uuid::Uuid;

const PROVIDERS: [Provider; 2] = [Provider::Gemini, Provider::OpenAi];

/// A model, the server behind it, and its clock.
struct Bench {
    server: ModelServer,
    clock: Clock,
    ai: Ai,
}

impl Bench {
    /// A model that answers properly unless it is told otherwise.
    fn new(provider: Provider) -> Self {
        let server = ModelServer::start(Behaviour::makes(proper));
        let clock = Clock::default();
        let ai = Ai::new(server.settings(provider), server.secrets(), clock.world()).expect("good settings");
        Self { server, clock, ai }
    }

    /// One for each provider.
    fn each() -> [(Provider, Self); 2] {
        PROVIDERS.map(|provider| (provider, Self::new(provider)))
    }

    /// Says what the model does with the next requests.
    fn next<const N: usize>(&self, behaviours: [Behaviour; N]) {
        behaviours.into_iter().for_each(|behaviour| self.server.next(behaviour));
    }

    fn draft(&self) -> Asked<Description> {
        run(self.ai.draft(&title()))
    }

    fn word(&self) -> Asked<Wording> {
        run(self.ai.word(&plan()))
    }
}

/// Why there is no answer.
fn why<T>(asked: &Asked<T>) -> Option<Declined> {
    asked.outcome.as_ref().err().copied()
}

fn title() -> Title {
    "Create feature flags".parse().expect("a title")
}

/// Two blocks, of which the second is a part of its task: 210 + 135 of 435 minutes.
fn plan() -> Plan {
    let day = |text: &str| text.parse().expect("a day");
    let basis = Basis::Estimate { minutes: 240, logged: 30 };
    let why = Why::Overdue { due_on: day("2026-11-22") };
    let title = |text: &str| text.parse().expect("a title");
    let (first, second) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
    let (login, flags) = (title("Fix the login"), title("Create feature flags"));
    Plan {
        day: day("2026-11-25"),
        workday: 480,
        clock: 1_440,
        ends: WorkdayEnd::default(),
        is_tomorrows: false,
        logged: 45,
        blocks: vec![
            Block { task: first, title: login, minutes: 210, remaining: 210, basis, why },
            Block { task: second, title: flags.clone(), minutes: 135, remaining: 200, basis, why: Why::InProgress },
        ],
        left_out: vec![LeftOut {
            task: second,
            title: flags,
            remaining: 65,
            basis,
            why: Why::InProgress,
            because: Because::Rest { planned: 135 },
        }],
    }
}

/// What a model that does its work says.
fn proper(asking: &Asking) -> Value {
    let data = asking.data();
    let Some(blocks) = data["blocks"].as_array() else {
        return json!({ "goal": "Let flags switch features.", "steps": ["Add a table.", "Read it."], "done_when": "It works." });
    };
    let note = |block: &Value| format!("Begin with {}.", block["title"].as_str().unwrap_or_default());
    let blocks: Vec<Value> = blocks
        .iter()
        .map(|block| json!({ "block": block["block"], "minutes": block["minutes"], "note": note(block) }))
        .collect();
    json!({ "summary": format!("{} minutes are planned.", data["planned_minutes"]), "blocks": blocks })
}
