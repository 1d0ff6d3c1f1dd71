//! The template of the cloud beside the code: what is said in both places must be the same.

mod guarded;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use local::{DEFAULT_ROUTE, Data, Family, Options, ROUTES};
use serde_json::{Value, json};
use tests::{Own, Template, capital};

const FAMILIES: [Family; 6] = [Family::Auth, Family::Admin, Family::Tasks, Family::Ai, Family::Ops, Family::Web];

fn source(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).expect(path)
}

fn functions() -> impl Iterator<Item = &'static str> {
    FAMILIES.map(Family::name).into_iter().chain(["activity"])
}

#[test]
fn every_function_has_what_it_needs() {
    let template = Template::read();
    let there: BTreeSet<&str> = template.resources("AWS::Serverless::Function").into_keys().collect();
    let expected: BTreeSet<String> = functions().map(|name| format!("{}Function", capital(name))).collect();
    assert_eq!(there, expected.iter().map(String::as_str).collect());
    assert_eq!(template.0["Globals"]["Function"]["Runtime"], "provided.al2023");
    assert_eq!(template.0["Parameters"]["Architecture"]["Default"], "arm64");
    for name in functions() {
        let function = template.resource(&format!("{}Function", capital(name)));
        assert_eq!(function["CodeUri"], format!("../target/lambda/{name}/bootstrap.zip"));
        assert_eq!(function["Role"], json!({"Fn::GetAtt": format!("{}Role.Arn", capital(name))}));
        assert!(function.get("LoggingConfig").is_none(), "{name} logs into the group of all");
        let memory = function.get("MemorySize").unwrap_or(&template.0["Globals"]["Function"]["MemorySize"]);
        let hashes = ["auth", "web"].contains(&name);
        let memory = memory.as_u64().expect("a number");
        assert!(if hashes { memory >= 1_024 } else { memory == 512 }, "{name} has {memory} MB");
    }
    assert_eq!(template.0["Globals"]["Function"]["LoggingConfig"], json!({"LogGroup": {"Ref": "Log"}}));
    let groups = template.resources("AWS::Logs::LogGroup");
    assert_eq!(groups.keys().copied().collect::<Vec<_>>(), ["ApiLog", "Log"]);
    for (name, group) in groups {
        assert!(group["RetentionInDays"].is_object(), "{name} keeps lines for ever");
    }
}

#[test]
fn the_levels_that_can_be_set_are_the_ones_that_there_are() {
    let template = Template::read();
    let level = &template.0["Parameters"]["LogLevel"];
    assert_eq!(
        (&level["Default"], &level["AllowedValues"]),
        (&json!("info"), &json!(["error", "warn", "info", "debug"]))
    );
    let variables = &template.0["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(variables["POWERTOOLS_LOG_LEVEL"], json!({"Ref": "LogLevel"}));
    assert_eq!(variables["POWERTOOLS_LOGGER_SAMPLE_RATE"], json!({"Ref": "LogSampleRate"}));
    assert_eq!(variables["POWERTOOLS_SERVICE_NAME"], json!({"Ref": "AWS::StackName"}));
}

#[test]
fn a_function_reads_the_signing_key_and_writes_the_log_and_nothing_else() {
    let template = Template::read();
    for name in functions() {
        for statement in template.statements(name) {
            assert_eq!(statement["Effect"], "Allow");
            let (actions, on) = (&statement["Action"], &statement["Resource"]);
            let wide = actions.to_string().contains('*') || *on == json!("*");
            assert!(!wide, "{name} may too much: {statement}");
            match statement["Sid"].as_str().expect("a name") {
                "Log" => {
                    assert_eq!(*actions, json!(["logs:CreateLogStream", "logs:PutLogEvents"]));
                    assert_eq!(*on, json!({"Fn::GetAtt": "Log.Arn"}));
                }
                "Key" => {
                    assert_ne!(name, "activity", "it needs no key");
                    assert_eq!(*actions, json!("secretsmanager:GetSecretValue"));
                    assert_eq!(*on, json!({"Fn::GetAtt": "SigningKey.Id"}));
                }
                "ModelKey" => {
                    assert_eq!(name, "ai", "nobody else may read the model's key");
                    assert_eq!(*actions, json!("secretsmanager:GetSecretValue"));
                    assert_eq!(*on, json!({"Fn::GetAtt": "ModelKey.Id"}));
                }
                "ScrapeToken" => {
                    assert_eq!(name, "ops", "nobody else need know the collector's token");
                    assert_eq!(*actions, json!("secretsmanager:GetSecretValue"));
                    assert_eq!(*on, json!({"Fn::GetAtt": "ScrapeToken.Id"}));
                }
                "Stream" | "Streams" => {
                    assert_eq!(name, "activity", "nobody else may read the stream");
                    let (one, all) =
                        (json!({"Fn::GetAtt": "Table.StreamArn"}), json!({"Fn::Sub": "${Table.Arn}/stream/*"}));
                    assert!(*on == one || (*on == all && *actions == json!("dynamodb:ListStreams")), "{statement}");
                }
                "GivenUp" => {
                    assert_eq!(name, "activity", "it alone gives up what cannot be counted, and its mapping");
                    assert_eq!((actions, on), (&json!("sqs:SendMessage"), &json!({"Fn::GetAtt": "GivenUp.Arn"})));
                }
                "Writes" => {
                    assert!(
                        ["ai", "ops"].contains(&name),
                        "{name}: what else it needs to write is for the test to say"
                    );
                    let to = template.partitions(name).expect("partitions");
                    assert!(to.iter().all(|to| to.ends_with('#')), "{name} may write to {to:?}");
                }
                "Table" | "Index" | "SharedIndex" => assert!(!template.table_rights(name).is_empty(), "{name}"),
                other => panic!("{name}: nobody knows why it needs {other}"),
            }
        }
    }
}

#[test]
fn the_api_has_the_routes_of_the_gateway() {
    let template = Template::read();
    let text = |value: &Value, name: &str| value[name].as_str().expect(name).to_owned();
    let of_integration: BTreeMap<String, String> = template
        .resources("AWS::ApiGatewayV2::Integration")
        .into_iter()
        .map(|(name, integration)| {
            assert_eq!(integration["PayloadFormatVersion"], "2.0");
            (name.to_owned(), text(&integration["IntegrationUri"], "Fn::GetAtt"))
        })
        .collect();
    let deployed: BTreeMap<String, String> = template
        .resources("AWS::ApiGatewayV2::Route")
        .into_values()
        .map(|route| {
            let target = text(&route["Target"], "Fn::Sub");
            let integration = target.trim_start_matches("integrations/${").trim_end_matches('}');
            (text(route, "RouteKey"), of_integration[integration].clone())
        })
        .collect();
    let function = |family: Family| format!("{}Function.Arn", capital(family.name()));
    let mut local: BTreeMap<String, String> =
        ROUTES.iter().map(|route| (format!("ANY {}", route.path), function(route.family))).collect();
    local.insert(DEFAULT_ROUTE.path.to_owned(), function(DEFAULT_ROUTE.family));
    assert_eq!(deployed, local, "the template's routes and those of the local gateway");
    for family in FAMILIES {
        let permission = template.resource(&format!("{}Permission", capital(family.name())));
        assert_eq!(permission["FunctionName"], json!({"Ref": format!("{}Function", capital(family.name()))}));
        assert_eq!(permission["Principal"], "apigateway.amazonaws.com");
    }
}

#[test]
fn the_table_is_the_local_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let own = Own::start(Options { data: Data::Dir(dir.path().to_owned()), ..Options::default() });
    let local = tests::run(tests::Table::of(&own.stack).describe());
    own.stop();
    let template = Template::read();
    let deployed = template.resource("Table");
    let parts = |keys: &Value| -> Vec<(String, String)> {
        let keys = keys.as_array().expect("keys");
        let text = |key: &Value, name: &str| key[name].as_str().expect(name).to_owned();
        keys.iter().map(|key| (text(key, "AttributeName"), text(key, "KeyType"))).collect()
    };
    let keys = |keys: &[aws_sdk_dynamodb::types::KeySchemaElement]| -> Vec<(String, String)> {
        keys.iter().map(|key| (key.attribute_name().to_owned(), key.key_type().as_str().to_owned())).collect()
    };
    assert_eq!(parts(&deployed["KeySchema"]), keys(local.key_schema()));
    let (index, known) = (&deployed["LocalSecondaryIndexes"][0], &local.local_secondary_indexes()[0]);
    assert_eq!(index["IndexName"].as_str(), known.index_name());
    assert_eq!(parts(&index["KeySchema"]), keys(known.key_schema()));
    assert_eq!(index["Projection"]["ProjectionType"], "ALL");
    let (index, known) = (&deployed["GlobalSecondaryIndexes"][0], &local.global_secondary_indexes()[0]);
    assert_eq!(index["IndexName"].as_str(), known.index_name());
    assert_eq!(parts(&index["KeySchema"]), keys(known.key_schema()));
    let projected = known.projection().expect("a projection");
    assert_eq!(index["Projection"]["ProjectionType"].as_str(), projected.projection_type().map(|kind| kind.as_str()));
    assert_eq!(index["Projection"]["NonKeyAttributes"], json!(projected.non_key_attributes()));
    let types: BTreeSet<(String, String)> = deployed["AttributeDefinitions"]
        .as_array()
        .expect("attributes")
        .iter()
        .map(|one| {
            (
                one["AttributeName"].as_str().expect("a name").into(),
                one["AttributeType"].as_str().expect("a type").into(),
            )
        })
        .collect();
    let known = local.attribute_definitions().iter();
    assert_eq!(types, known.map(|one| (one.attribute_name().into(), one.attribute_type().as_str().into())).collect());
    assert_eq!(deployed["TimeToLiveSpecification"], json!({"AttributeName": sprintsync_store::TTL, "Enabled": true}));
    let stream = local.stream_specification().and_then(|stream| stream.stream_view_type()).expect("a stream");
    assert_eq!(deployed["StreamSpecification"]["StreamViewType"], stream.as_str());
}

#[test]
fn the_stream_tells_activity_of_every_event_and_gives_up_loudly() {
    let template = Template::read();
    let mapping = &template.resource("ActivityFunction")["Events"]["Stream"]["Properties"];
    let filters = mapping["FilterCriteria"]["Filters"].as_array().expect("filters").iter();
    let patterns: Vec<Value> = filters
        .map(|filter| serde_json::from_str(filter["Pattern"].as_str().expect("a pattern")).expect("JSON"))
        .collect();
    let events = json!({"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "EV#"}]}}}});
    let beats = json!({"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": {"sk": {"S": ["BEAT"]}}}});
    assert_eq!(patterns, [events, beats]);
    assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    assert_eq!(
        (&mapping["MaximumRetryAttempts"], &mapping["MaximumRecordAgeInSeconds"]),
        (&json!(-1), &json!(-1)),
        "until it expires"
    );
    assert_eq!(mapping["BisectBatchOnFunctionError"], true);
    assert_eq!(mapping["DestinationConfig"]["OnFailure"]["Destination"], json!({"Fn::GetAtt": "GivenUp.Arn"}));
    let variables = &template.resource("ActivityFunction")["Environment"]["Variables"];
    assert_eq!(variables["GIVEN_UP_QUEUE"], json!({"Ref": "GivenUp"}));
    let alarm = template.resource("GivenUpAlarm");
    assert_eq!(alarm["Dimensions"][0]["Value"], json!({"Fn::GetAtt": "GivenUp.QueueName"}));
}

#[test]
fn what_holds_data_stays_outside_dev() {
    let template = Template::read();
    let kept = json!({"Fn::If": ["Keeps", "Retain", "Delete"]});
    for name in ["Table", "SigningKey"] {
        let resource = &template.0["Resources"][name];
        assert_eq!((&resource["DeletionPolicy"], &resource["UpdateReplacePolicy"]), (&kept, &kept), "{name}");
    }
    // A first deployment that fails takes its log with it: the next could not make one of the same name.
    let logs = json!({"Fn::If": ["Keeps", "RetainExceptOnCreate", "Delete"]});
    for name in template.resources("AWS::Logs::LogGroup").keys() {
        let resource = &template.0["Resources"][name];
        assert_eq!((&resource["DeletionPolicy"], &resource["UpdateReplacePolicy"]), (&logs, &kept), "{name}");
    }
    let table = template.resource("Table");
    assert_eq!(table["DeletionProtectionEnabled"], json!({"Fn::If": ["Keeps", true, false]}));
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    for (name, secret) in template.resources("AWS::SecretsManager::Secret") {
        assert!(secret.get("SecretString").is_none(), "{name} stands in the template");
        assert_eq!(secret.get("GenerateSecretString").is_none(), name == "ModelKey", "{name}");
    }
}

#[test]
fn nothing_has_a_name_that_somebody_else_may_have() {
    let template = Template::read();
    for bucket in template.resources("AWS::S3::Bucket").into_values() {
        assert!(bucket.get("BucketName").is_none());
    }
    for (name, function) in template.resources("AWS::Serverless::Function") {
        let events = function["Events"].as_object().into_iter().flat_map(|events| events.values());
        for event in events.filter(|event| event["Type"] == "ScheduleV2") {
            assert_eq!(event["Properties"]["OmitName"], true, "{name}: a schedule has a fixed name");
        }
    }
    let own =
        |value: &Value| value.to_string().contains("${AWS::StackName}") || *value == json!({"Ref": "AWS::StackName"});
    for (name, resource) in template.0["Resources"].as_object().expect("resources") {
        let refers = resource["Type"] == "AWS::Lambda::Permission";
        for (key, given) in names(&resource["Properties"]) {
            assert!(refers || own(given), "{name}: {key} is {given}");
        }
    }
}

/// Every name that something is given, however deep. (Dimensions, parameters and origins have names of another kind.)
fn names(value: &Value) -> Vec<(&str, &Value)> {
    const NAMES: [&str; 9] = [
        "Name",
        "FunctionName",
        "TableName",
        "RoleName",
        "LogGroupName",
        "DashboardName",
        "TopicName",
        "BudgetName",
        "BucketName",
    ];
    let Value::Object(fields) = value else { return Vec::new() };
    let deeper = fields.iter().filter(|(key, _)| *key != "Dimensions").flat_map(|(_, value)| names(value));
    let here = fields.iter().filter(|(key, _)| NAMES.contains(&key.as_str()));
    here.map(|(key, value)| (key.as_str(), value)).chain(deeper).collect()
}

#[test]
fn static_files_carry_the_headers_of_the_local_front() {
    let template = Template::read();
    let headers = &template.resource("StaticHeaders")["ResponseHeadersPolicyConfig"];
    let manifest: BTreeMap<String, String> = serde_json::from_str(&source("static/manifest.json")).expect("JSON");
    let local = tests::api().get(&format!("/static/{}", manifest["app.css"]));
    let security = headers["SecurityHeadersConfig"].as_object().expect("headers");
    let custom = headers["CustomHeadersConfig"]["Items"].as_array().expect("headers");
    for header in security.values().chain(custom) {
        assert_eq!(header["Override"], true, "{header}");
    }
    let mut deployed: BTreeMap<&str, &str> = custom
        .iter()
        .map(|item| (item["Header"].as_str().expect("a name"), item["Value"].as_str().expect("a value")))
        .collect();
    for (name, header) in security {
        match name.as_str() {
            "ContentTypeOptions" => deployed.insert("x-content-type-options", "nosniff"),
            "ContentSecurityPolicy" => {
                let policy = header["ContentSecurityPolicy"].as_str().expect("a policy");
                deployed.insert("content-security-policy", policy)
            }
            // There is no HTTPS on the local front.
            "StrictTransportSecurity" => None,
            other => panic!("the local front knows nothing of {other}"),
        };
    }
    let of_the_answer = ["content-type", "content-length", "cache-control", "etag", "vary", "date", "connection"];
    let local: BTreeMap<&str, &str> = local
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().expect("a text")))
        .filter(|(name, _)| !of_the_answer.contains(name))
        .collect();
    assert_eq!(deployed, local, "headers of static files in the cloud, and here");
}

#[test]
fn no_error_is_kept_by_the_front() {
    let template = Template::read();
    let distribution = &template.resource("Distribution")["DistributionConfig"];
    let kept = distribution["CustomErrorResponses"].as_array().expect("responses");
    let codes: Vec<u64> = kept.iter().filter_map(|one| one["ErrorCode"].as_u64()).collect();
    assert_eq!(codes, [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504], "every code that CloudFront can keep");
    assert!(kept.iter().all(|one| one["ErrorCachingMinTTL"] == 0));
    assert_eq!(distribution["HttpVersion"], "http2and3");
}
