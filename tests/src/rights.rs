//! The rights at the table that a function needs (Service Authorization Reference, "Amazon DynamoDB": a transaction needs
//! the right of each of its actions), as seen on the wire and as the template grants them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Template;

/// The service that calls outside of every request are put down to: functions that start, and `activity`.
pub const BEHIND: &str = "behind requests";

/// By service: the rights, such as `dynamodb:Query` or `dynamodb:Query index/lsi1`; and the beginnings of the partitions
/// that it writes to, such as `USER#`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights(pub BTreeMap<String, BTreeSet<String>>, BTreeMap<String, BTreeSet<String>>);

impl Rights {
    /// Notes what this call of the service at hand needs.
    pub(crate) fn note(&mut self, operation: &str, body: &Value) {
        let service = sprintsync_observe::service().unwrap_or_else(|| BEHIND.to_owned());
        self.1.entry(service.clone()).or_default().extend(written(operation, body));
        let rights = self.0.entry(service).or_default();
        match operation {
            "TransactWriteItems" => {
                for action in body["TransactItems"].as_array().expect("actions") {
                    rights.insert(
                        match action.as_object().and_then(|action| action.keys().next()).map(String::as_str) {
                            Some("Put") => "dynamodb:PutItem".to_owned(),
                            Some("Update") => "dynamodb:UpdateItem".to_owned(),
                            Some("Delete") => "dynamodb:DeleteItem".to_owned(),
                            Some("ConditionCheck") => "dynamodb:ConditionCheckItem".to_owned(),
                            other => panic!("an action of a transaction that nobody knows: {other:?}"),
                        },
                    );
                }
            }
            "TransactGetItems" => {
                rights.insert("dynamodb:GetItem".to_owned());
            }
            _ => {
                let index = body["IndexName"].as_str().map(|name| format!(" index/{name}")).unwrap_or_default();
                rights.insert(format!("dynamodb:{operation}{index}"));
            }
        }
    }

    /// The rights of one service.
    pub fn of(&self, service: &str) -> BTreeSet<String> {
        self.0.get(service).cloned().unwrap_or_default()
    }

    /// The beginnings of the partitions that one service wrote to.
    pub fn partitions_of(&self, service: &str) -> BTreeSet<String> {
        self.1.get(service).cloned().unwrap_or_default()
    }

    /// Fails where a request needed what the template does not grant to its function.
    #[track_caller]
    pub fn are_granted(&self) {
        let template = Template::read();
        for (service, used) in self.0.iter().filter(|(service, _)| *service != BEHIND) {
            let granted = template.table_rights(service);
            assert!(used.is_subset(&granted), "{service} uses {used:?}, and the template grants {granted:?}");
            if let Some(granted) = template.partitions(service) {
                let used = self.partitions_of(service);
                assert!(used.is_subset(&granted), "{service} writes to {used:?}, and the template grants {granted:?}");
            }
        }
    }
}

/// The beginnings of the partitions that a call writes to: up to the first `#`.
fn written(operation: &str, body: &Value) -> Vec<String> {
    let single = match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => Some(body),
        _ => None,
    };
    let actions = body["TransactItems"].as_array().into_iter().flatten();
    let actions = actions.filter_map(Value::as_object).flatten().filter(|(kind, _)| *kind != "ConditionCheck");
    let keys = single.into_iter().chain(actions.map(|(_, action)| action));
    let partition = |call: &Value| {
        let pk = call["Item"]["pk"]["S"].as_str().or_else(|| call["Key"]["pk"]["S"].as_str()).expect("a partition");
        pk.split_inclusive('#').next().unwrap_or_default().to_owned()
    };
    match operation {
        "TransactGetItems" => Vec::new(),
        _ => keys.map(partition).collect(),
    }
}
