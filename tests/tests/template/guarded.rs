//! What the template guards: that requests come through the front, over TLS, that one function leaves room for the others.

use local::ROUTES;
use serde_json::{Value, json};
use tests::{Template, capital};

use crate::FAMILIES;

fn distribution(template: &Template) -> &Value {
    &template.resource("Distribution")["DistributionConfig"]
}

/// Whether a path of API Gateway's notation, with all that it stands for, is met by a pattern that ends with `*`.
fn meets(pattern: &str, path: &str) -> bool {
    let fixed = path.split("{proxy+}").next().unwrap_or_default();
    pattern.strip_suffix('*').is_some_and(|start| fixed.starts_with(start))
}

#[test]
fn what_programs_ask_is_never_redirected_from_http() {
    let template = Template::read();
    let distribution = distribution(&template);
    let behaviours = distribution["CacheBehaviors"].as_array().expect("behaviours");
    let policy = |path: &str| {
        let pattern = |one: &&Value| meets(one["PathPattern"].as_str().expect("a pattern"), path);
        behaviours.iter().find(pattern).unwrap_or(&distribution["DefaultCacheBehavior"])
    };
    for route in ROUTES {
        let page = route.path.starts_with("/web/") || route.path == "/docs";
        let expected = if page { "redirect-to-https" } else { "https-only" };
        assert_eq!(policy(route.path)["ViewerProtocolPolicy"], expected, "{}", route.path);
    }
    for page in ["/", "/login", "/dashboard", "/task/{id}", "/team/tasks", "/week", "/account", "/web/tasks"] {
        assert_eq!(policy(page)["ViewerProtocolPolicy"], "redirect-to-https", "{page}");
    }
    // But for that, they are answered as every page is.
    let default = distribution["DefaultCacheBehavior"].as_object().expect("a behaviour");
    for one in behaviours.iter().filter(|one| one["TargetOriginId"] == "api") {
        for (name, value) in default.iter().filter(|(name, _)| *name != "ViewerProtocolPolicy") {
            assert_eq!(one[name], *value, "{}: {name}", one["PathPattern"]);
        }
    }
    assert!(behaviours.len() <= 24, "CloudFront allows 25, the default one among them");
}

#[test]
fn the_front_speaks_the_newest_tls_and_prod_has_a_domain_for_it() {
    let template = Template::read();
    let of_the_domain = &distribution(&template)["ViewerCertificate"]["Fn::If"][1];
    assert_eq!(of_the_domain["MinimumProtocolVersion"], "TLSv1.2_2025");
    let rule = &template.0["Rules"]["ProdHasDomain"];
    assert_eq!(rule["RuleCondition"], json!({"Fn::Equals": [{"Ref": "Stage"}, "prod"]}));
    let assert = &rule["Assertions"][0]["Assert"];
    assert_eq!(*assert, json!({"Fn::Not": [{"Fn::Equals": [{"Ref": "DomainName"}, ""]}]}));
}

#[test]
fn a_firewall_and_a_log_of_the_front_are_there_where_they_are_set() {
    let template = Template::read();
    let distribution = distribution(&template);
    let none = json!({"Ref": "AWS::NoValue"});
    assert_eq!(distribution["WebACLId"], json!({"Fn::If": ["HasWebAcl", {"Ref": "WebAclArn"}, none]}));
    let log = &distribution["Logging"]["Fn::If"];
    assert_eq!((&log[0], &log[2]), (&json!("HasFrontLog"), &none));
    assert_eq!(log[1]["IncludeCookies"], false);
}

#[test]
fn the_front_and_every_function_have_the_same_version_of_the_key() {
    let template = Template::read();
    let key = json!({"Fn::Sub": "{{resolve:secretsmanager:${OriginKey.Id}:SecretString:::${OriginKeyVersion}}}"});
    let origins = distribution(&template)["Origins"].as_array().expect("origins");
    let api = origins.iter().find(|origin| origin["Id"] == "api").expect("the API");
    assert_eq!(api["OriginCustomHeaders"], json!([{"HeaderName": "x-origin-key", "HeaderValue": key}]));
    for family in FAMILIES {
        let function = template.resource(&format!("{}Function", capital(family.name())));
        let variables = &function["Environment"]["Variables"];
        assert_eq!(variables["ORIGIN_KEY"], key, "{}", family.name());
        assert_eq!(variables["ONLY_THROUGH_FRONT"], json!({"Ref": "OnlyThroughFront"}), "{}", family.name());
    }
    assert_eq!(template.0["Parameters"]["OnlyThroughFront"]["Default"], "true");
}

#[test]
fn environments_are_kept_apart_for_what_hashes_and_not_for_what_is_behind_requests() {
    let template = Template::read();
    for (name, function) in template.resources("AWS::Serverless::Function") {
        let reserved = match name {
            "ActivityFunction" => Value::Null,
            "AuthFunction" => {
                json!({"Fn::If": ["HasAuthConcurrency", {"Ref": "AuthConcurrency"}, {"Ref": "AWS::NoValue"}]})
            }
            _ => json!({"Fn::If": ["HasReservedConcurrency", {"Ref": "ReservedConcurrency"}, {"Ref": "AWS::NoValue"}]}),
        };
        assert_eq!(function["ReservedConcurrentExecutions"], reserved, "{name}");
    }
    assert!(template.0["Globals"]["Function"].get("ReservedConcurrentExecutions").is_none());
}

#[test]
fn a_line_of_the_api_log_is_json_whatever_happened() {
    let template = Template::read();
    let format = template.resource("ApiStage")["AccessLogSettings"]["Format"].as_str().expect("a format");
    let line: Value = serde_json::from_str(format).expect("JSON");
    // Those that hold a text of somebody's: a message may have quotes in it, and nothing is escaped.
    let free = ["Message", "error.message", "integration.error", "authorizer", "userAgent", "domainName"];
    for (name, value) in line.as_object().expect("fields") {
        let value = value.as_str().expect("a variable");
        assert!(value.starts_with("$context.") && !free.iter().any(|free| value.contains(free)), "{name}: {value}");
    }
}
