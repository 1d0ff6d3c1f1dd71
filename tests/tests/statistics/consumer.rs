//! The stream's consumer, as badly treated as it may be: records come twice, in any order of their partitions, batches
//! fail in part, calls of the table fail, and the consumer dies half-way.

use std::collections::VecDeque;
use std::time::Duration;

use activity::{Answer, Call};
use serde_json::{Value, json};
use tests::{Dice, Fault, Lab, Stream, run};

/// What is to be handed over, and what was.
pub(crate) struct Consumer {
    stream: Stream,
    waiting: VecDeque<Value>,
    before: Vec<Value>,
    pub(crate) faults: usize,
    pub(crate) crashes: usize,
    pub(crate) again: usize,
}

impl Consumer {
    pub(crate) fn new() -> Self {
        let (stream, waiting, before) = (Stream::default(), VecDeque::new(), Vec::new());
        Self { stream, waiting, before, faults: 0, crashes: 0, again: 0 }
    }

    /// Takes what is new, in any order of the partitions.
    pub(crate) fn take(&mut self, lab: &Lab, dice: &mut Dice) {
        let mut news = self.stream.news(&lab.stack);
        let partition = |record: &Value| record["dynamodb"]["Keys"]["pk"]["S"].as_str().expect("a key").to_owned();
        // An order of the partitions by chance, and within each of them the order of the events.
        let salt = dice.below(usize::MAX);
        news.sort_by_key(|record| {
            let text = partition(record);
            let mixed = text.bytes().fold(salt, |mixed, byte| mixed.wrapping_mul(31).wrapping_add(usize::from(byte)));
            (mixed, record["dynamodb"]["Keys"]["sk"]["S"].as_str().expect("a key").to_owned())
        });
        self.waiting.extend(news);
    }

    /// Hands over some of it. Without `calm`, much goes wrong.
    pub(crate) fn step(&mut self, lab: &Lab, dice: &mut Dice, calm: bool) {
        let size = (1 + dice.below(60)).min(self.waiting.len());
        let mut batch: Vec<Value> = self.waiting.drain(..size).collect();
        if !self.before.is_empty() && dice.below(3) == 0 {
            for _ in 0..1 + dice.below(10) {
                batch.insert(dice.below(batch.len() + 1), self.before[dice.below(self.before.len())].clone());
                self.again += 1;
            }
        }
        if batch.is_empty() {
            return;
        }
        let call: Call = serde_json::from_value(json!({"Records": batch})).expect("a batch");
        if !calm {
            let mut chance = Dice::new(u64::try_from(dice.below(usize::MAX)).expect("a seed"));
            lab.faults.plan(move |_| (chance.below(6) == 0).then(|| Fault::ALL[chance.below(Fault::ALL.len())]));
        }
        let patience = match dice.below(4) {
            0 if !calm => Duration::from_millis(u64::try_from(dice.below(12)).expect("a time")),
            _ => Duration::from_secs(60),
        };
        let handled = run(async { tokio::time::timeout(patience, lab.stack.activity().call(call)).await });
        self.faults += lab.faults.happened();
        lab.faults.calm();
        let first = match handled {
            // It died: all of it comes again.
            Err(_) => {
                self.crashes += 1;
                Some(0)
            }
            Ok(Ok(Answer::Handled(handled))) => handled.batch_item_failures.first().map(|failed| {
                let is = |record: &Value| record["dynamodb"]["SequenceNumber"] == failed.item_identifier.as_str();
                batch.iter().position(is).expect("a record of the batch")
            }),
            Ok(other) => panic!("no answer to a batch: {other:?}"),
        };
        let left = batch.split_off(first.unwrap_or(batch.len()));
        self.before.extend(batch);
        for record in left.into_iter().rev() {
            self.waiting.push_front(record);
        }
    }

    /// Hands over all that is left.
    pub(crate) fn finish(&mut self, lab: &Lab, dice: &mut Dice) {
        self.take(lab, dice);
        while !self.waiting.is_empty() {
            self.step(lab, dice, true);
        }
    }
}
