//! The stream of a table in memory, which has none: each event that was put, as Lambda hands it over.

use std::collections::HashSet;

use activity::{Answer, Call};
use local::Stack;
use serde_json::{Value, json};

use crate::{Table, run};

/// What of a table's events was told already.
#[derive(Debug, Default)]
pub struct Stream {
    told: HashSet<(String, String)>,
}

impl Stream {
    /// The records of the events that were put since the last time.
    pub fn news(&mut self, stack: &Stack) -> Vec<Value> {
        let mut news = Vec::new();
        for item in Table::of(stack).events() {
            let key = |name: &str| item[name].as_s().expect("a key").clone();
            let (pk, sk) = (key("pk"), key("sk"));
            if !self.told.insert((pk.clone(), sk.clone())) {
                continue;
            }
            let number = format!("{:021}", self.told.len());
            news.push(json!({
                "eventName": "INSERT",
                "dynamodb": {
                    "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
                    "NewImage": serde_dynamo::Item::from(item),
                    "SequenceNumber": number,
                },
            }));
        }
        news
    }

    /// Hands everything over that is new, at once and without a fault.
    pub fn feed(&mut self, stack: &Stack) {
        for records in self.news(stack).chunks(100) {
            assert_eq!(hand_over(stack, records), None, "all of it is counted");
        }
    }
}

/// Hands records over. Gives the place of the first that is to come again.
pub(crate) fn hand_over(stack: &Stack, records: &[Value]) -> Option<usize> {
    let call: Call = serde_json::from_value(json!({"Records": records})).expect("a batch");
    match run(stack.activity().call(call)) {
        Ok(Answer::Handled(handled)) => handled.batch_item_failures.first().map(|failed| {
            let is = |record: &Value| record["dynamodb"]["SequenceNumber"] == failed.item_identifier.as_str();
            records.iter().position(is).expect("a record of the batch")
        }),
        other => panic!("no answer to a batch: {other:?}"),
    }
}
