//! Requests on their way: sent, and where the table does not answer in time sent again.

use serde_json::Value;
use tests::{Answer, Dice, Fault, Lab, TableCall};

use crate::model::Model;
use crate::request::{Ask, Request};
use crate::slots::Window;

/// How often a request is sent that is answered 503 again and again.
const MOST_TRIES: usize = 50;
/// After so many tries the table is itself again.
const CALM_AFTER: usize = 20;
/// Pages that no list of a walk reaches.
const MOST_PAGES: usize = 1_000;

/// An answer, and how it came.
#[derive(Debug)]
pub struct Seen {
    pub answer: Answer,
    /// The items of all pages of a list.
    pub items: Option<Value>,
    pub window: Window,
    /// How often it was answered 503 before.
    pub refused: usize,
}

/// What was done.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    pub walks: usize,
    pub operations: usize,
    /// Answers that were compared beside those, at the end of walks.
    pub compared: usize,
    pub faults: usize,
    pub unavailable: usize,
}

/// The way to the API of a lab.
#[derive(Debug)]
pub struct Wire {
    pub lab: Lab,
    pub faulty: bool,
    pub tally: Tally,
}

impl Wire {
    /// A way to a lab of its own.
    pub fn new(faulty: bool) -> Self {
        Self { lab: Lab::start(), faulty, tally: Tally::default() }
    }

    /// Sends a request until it is answered otherwise than with 503, if it may be sent again. A list is read to its
    /// end.
    pub fn send(&mut self, request: &Request, model: &Model, dice: &mut Dice) -> Result<Seen, String> {
        let lo = self.now();
        let http = request.http(model);
        let (mut path, mut items, mut refused) = (http.path.clone(), Vec::new(), 0);
        for _ in 0..MOST_PAGES {
            let answer = self.page(request, model, &path, &mut refused, dice)?;
            let window = Window { lo, hi: self.now() };
            let Some(limit) = request.limit().filter(|_| answer.status == 200) else {
                return Ok(Seen { answer, items: None, window, refused });
            };
            let page: Vec<Value> = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
            if page.len() > limit {
                return Err(format!("a page of {} items", page.len()));
            }
            items.extend(page);
            match answer.next() {
                Some(next) => path = next,
                None => return Ok(Seen { answer, items: Some(items.into()), window, refused }),
            }
        }
        Err("a list without an end".to_owned())
    }

    /// Sends two requests at the same time, each until it is answered otherwise than with 503.
    pub fn send_together(
        &mut self,
        requests: &[Request; 2],
        model: &Model,
        dice: &mut Dice,
    ) -> Result<[Seen; 2], String> {
        let lo = self.now();
        let (mut answers, mut refused): ([Option<Answer>; 2], _) = ([None, None], [0, 0]);
        for tries in 0..=MOST_TRIES {
            let faulty = self.faulty && tries < CALM_AFTER;
            if faulty {
                self.lab.faults.plan(plan(Dice::new(dice.below(usize::MAX) as u64), Sent::Together));
            }
            let wire = &*self;
            std::thread::scope(|scope| {
                let open = answers.iter_mut().zip(requests).filter(|(answer, _)| answer.is_none());
                for (answer, request) in open {
                    scope.spawn(move || *answer = Some(wire.once(request, model, &request.http(model).path)));
                }
            });
            if faulty {
                self.tally.faults += self.lab.faults.happened();
                self.lab.faults.calm();
            }
            for (answer, refused) in answers.iter_mut().zip(&mut refused) {
                if answer.take_if(|answer| answer.status == 503 && self.faulty).is_some() {
                    *refused += 1;
                    self.tally.unavailable += 1;
                }
            }
            if let [Some(one), Some(other)] = &answers {
                let window = Window { lo, hi: self.now() };
                let seen = |answer: &Answer, refused| Seen { answer: answer.clone(), items: None, window, refused };
                return Ok([seen(one, refused[0]), seen(other, refused[1])]);
            }
        }
        Err("503 again and again".to_owned())
    }

    fn page(
        &mut self,
        request: &Request,
        model: &Model,
        path: &str,
        refused: &mut usize,
        dice: &mut Dice,
    ) -> Result<Answer, String> {
        let mut tries = 0;
        loop {
            let faulty = self.faulty && !request.is_for_a_calm_wire() && tries < CALM_AFTER;
            if faulty {
                let how = if request.may_be_sent_again() { Sent::Again } else { Sent::Once };
                self.lab.faults.plan(plan(Dice::new(dice.below(usize::MAX) as u64), how));
            }
            let answer = self.once(request, model, path);
            if faulty {
                self.tally.faults += self.lab.faults.happened();
                self.lab.faults.calm();
            }
            if answer.status != 503 {
                return Ok(answer);
            }
            tries += 1;
            *refused += 1;
            self.tally.unavailable += 1;
            if !self.faulty || tries > MOST_TRIES {
                return Err(format!("503 after {tries} tries"));
            }
            if !request.may_be_sent_again() {
                return Ok(answer);
            }
        }
    }

    fn once(&self, request: &Request, model: &Model, path: &str) -> Answer {
        let http = request.http(model);
        let mut call = self.lab.api.call(http.method, path);
        if let Some((person, session)) = request.session {
            call = call.bearer(model.slots.known(&model.people[person].sessions[session].token).expect("a token"));
        }
        if let Some(tags) = &request.tags {
            call = call.header(if http.method == "GET" { "if-none-match" } else { "if-match" }, &tags.text);
        }
        if let Some(key) = &request.key {
            call = call.header("idempotency-key", key);
        }
        if let Some(body) = http.body {
            let merge = matches!(request.ask, Ask::Patch(_)) && body.len() % 2 == 0;
            call = call.body(if merge { "application/merge-patch+json" } else { "application/json" }, body);
        }
        call.send()
    }

    /// The time on the lab's clock.
    pub fn now(&self) -> i64 {
        self.lab.clock.now().ms()
    }
}

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// Until it is answered.
    Again,
    /// Once: it has no key to find its effect by, only the store's own care for a write whose end it does not know.
    Once,
    /// At the same time as another.
    Together,
}

/// What goes wrong with the calls of one request, or of two at the same time.
fn plan(mut dice: Dice, how: Sent) -> impl FnMut(&TableCall<'_>) -> Option<Fault> + Send + 'static {
    let any = |dice: &mut Dice| Fault::ALL[dice.below(Fault::ALL.len())];
    let course = match how {
        Sent::Again => dice.below(16),
        Sent::Once => dice.below(3),
        Sent::Together => 16 + dice.below(3),
    };
    let (mut writes, mut reads, mut failed) = (0, 0, false);
    move |call| {
        let is_write = call.operation == "TransactWriteItems";
        writes += usize::from(is_write);
        reads += usize::from(call.operation == "BatchGetItem");
        match course {
            // The write is done, nobody hears of it, and the next try meets another.
            0 if is_write && writes == 1 => {
                Some([Fault::AnswerLost, Fault::AnswerLate, Fault::AnswerBroken][dice.below(3)])
            }
            0 if is_write && writes == 2 => Some([Fault::Conflict, Fault::InProgress][dice.below(2)]),
            0 => None,
            // No write is answered as it should be.
            1 => is_write.then(|| any(&mut dice)),
            // One of two reads its task late, when the other is done.
            16 => (call.operation == "BatchGetItem" && (3..=5).contains(&reads)).then_some(Fault::Throttled),
            // By chance, and what failed once is likely to fail again.
            _ => {
                failed = dice.below(100) < if failed { 50 } else { 15 };
                failed.then(|| any(&mut dice))
            }
        }
    }
}
