//! The template of the cloud, read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// `infra/template.yaml`, as JSON: `!Ref X` is `{"Ref": "X"}`, any other tag `!Name` is `{"Fn::Name": ...}`.
#[derive(Debug)]
pub struct Template(pub Value);

impl Template {
    /// Reads it.
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
        let text = std::fs::read_to_string(path).expect("the template");
        Self(to_json(serde_yaml_ng::from_str(&text).expect("YAML")))
    }

    /// The resources of a type, by their names.
    pub fn resources(&self, kind: &str) -> BTreeMap<&str, &Value> {
        let all = self.0["Resources"].as_object().expect("resources");
        let of_kind = all.iter().filter(|(_, resource)| resource["Type"] == kind);
        of_kind.map(|(name, resource)| (name.as_str(), &resource["Properties"])).collect()
    }

    /// The properties of a resource.
    pub fn resource(&self, name: &str) -> &Value {
        let resource = &self.0["Resources"][name]["Properties"];
        assert!(resource.is_object(), "there is no {name}");
        resource
    }

    /// The statements of a function's role.
    pub fn statements(&self, function: &str) -> Vec<&Value> {
        let role = self.resource(&format!("{}Role", capital(function)));
        let policies = role["Policies"].as_array().expect("policies");
        policies.iter().flat_map(|one| one["PolicyDocument"]["Statement"].as_array().expect("statements")).collect()
    }

    /// What a function may do at the table and its indexes.
    pub fn table_rights(&self, function: &str) -> BTreeSet<String> {
        let mut rights = BTreeSet::new();
        for statement in self.statements(function) {
            let index = match &statement["Resource"] {
                table if *table == json!({"Fn::GetAtt": "Table.Arn"}) => "",
                index if *index == json!({"Fn::Sub": "${Table.Arn}/index/lsi1"}) => " index/lsi1",
                index if *index == json!({"Fn::Sub": "${Table.Arn}/index/gsi1"}) => " index/gsi1",
                _ => continue,
            };
            let actions = match &statement["Action"] {
                Value::String(one) => vec![one.clone()],
                many => {
                    many.as_array().expect("actions").iter().map(|one| one.as_str().expect("a text").into()).collect()
                }
            };
            rights.extend(actions.into_iter().map(|action| format!("{action}{index}")));
        }
        rights
    }

    /// The beginnings of the partitions that a function may write to; nothing, where it may write to all.
    pub fn partitions(&self, function: &str) -> Option<BTreeSet<String>> {
        let statements = self.statements(function);
        let writes = statements.iter().find(|statement| statement["Sid"] == "Writes")?;
        let keys = writes["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"].as_array().expect("keys");
        Some(keys.iter().map(|key| key.as_str().expect("a text").trim_end_matches('*').to_owned()).collect())
    }

    /// The dashboard's widgets of a kind: their properties.
    pub fn widgets(&self, kind: &str) -> Vec<Value> {
        let body = self.resource("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().expect("a body");
        let body: Value = serde_json::from_str(body).expect("the dashboard is JSON");
        let widgets = body["widgets"].as_array().expect("widgets").iter();
        widgets.filter(|widget| widget["type"] == kind).map(|widget| widget["properties"].clone()).collect()
    }

    /// The metrics on the dashboard: shown, or reckoned with.
    pub fn on_the_dashboard(&self) -> BTreeSet<Shown> {
        self.widgets("metric").iter().flat_map(|widget| spelled_out(&widget["metrics"])).collect()
    }

    /// The metrics that alarms look at, by the alarms' names. Each alarm looks at one.
    pub fn alarmed(&self) -> BTreeMap<&str, Shown> {
        let alarms = self.resources("AWS::CloudWatch::Alarm").into_iter();
        alarms.map(|(name, alarm)| (name, metric_of(alarm))).collect()
    }
}

/// A metric of CloudWatch: its namespace, its name, then name and value of each dimension.
pub type Shown = Vec<String>;

/// `auth` as the template's names begin: `Auth`.
pub fn capital(function: &str) -> String {
    let (first, rest) = function.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

/// The metric of an alarm, with its values as the dashboard writes them: `{"Ref": "Api"}` is `${Api}`.
fn metric_of(alarm: &Value) -> Shown {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => {
            let named = other.get("Ref").or_else(|| other.get("Fn::GetAtt")).and_then(Value::as_str);
            format!("${{{}}}", named.expect("a text, or a reference"))
        }
    };
    let dimensions = alarm["Dimensions"].as_array().expect("dimensions").iter();
    let dimensions = dimensions.flat_map(|one| [text(&one["Name"]), text(&one["Value"])]);
    [text(&alarm["Namespace"]), text(&alarm["MetricName"])].into_iter().chain(dimensions).collect()
}

/// The metrics of a widget without its abbreviations: `.` is what stands there in the metric before, `...` all of that
/// up to what follows.
fn spelled_out(metrics: &Value) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for metric in metrics.as_array().expect("metrics") {
        let said: Vec<&str> = metric.as_array().expect("a metric").iter().filter_map(Value::as_str).collect();
        let before = all.last().cloned().unwrap_or_default();
        match said.split_first() {
            // What is reckoned from others has no name of its own.
            None => {}
            Some((&"...", rest)) => {
                let kept = before.iter().take(before.len() - rest.len()).cloned();
                all.push(kept.chain(rest.iter().map(ToString::to_string)).collect());
            }
            Some(_) => {
                let meant = |(place, part): (usize, &&str)| match *part {
                    "." => before[place].clone(),
                    part => part.to_owned(),
                };
                all.push(said.iter().enumerate().map(meant).collect());
            }
        }
    }
    all
}

fn to_json(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => value.into(),
        Yaml::Number(number) => serde_json::to_value(number).expect("a number"),
        Yaml::String(text) => text.into(),
        Yaml::Sequence(items) => items.into_iter().map(to_json).collect(),
        Yaml::Mapping(pairs) => {
            let key = |key: Yaml| match key {
                Yaml::String(text) => text,
                other => panic!("a key that is no text: {other:?}"),
            };
            pairs.into_iter().map(|(name, value)| (key(name), to_json(value))).collect::<Map<_, _>>().into()
        }
        Yaml::Tagged(tagged) => {
            let name = tagged.tag.to_string();
            let name = name.trim_start_matches('!');
            let name = if name == "Ref" { name.to_owned() } else { format!("Fn::{name}") };
            json!({name: to_json(tagged.value)})
        }
    }
}
