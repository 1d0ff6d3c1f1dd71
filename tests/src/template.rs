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
}

/// `auth` as the template's names begin: `Auth`.
pub fn capital(function: &str) -> String {
    let (first, rest) = function.split_at(1);
    format!("{}{rest}", first.to_uppercase())
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
