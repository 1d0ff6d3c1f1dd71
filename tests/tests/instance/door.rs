//! The table and the secrets are for programs of this machine that show the access key, and for no web page.

use local::Options;
use tests::{Api, Own, Person, Table, raw};

const TABLE: (&str, &str) = ("DynamoDB_20120810.ListTables", "{}");
const SECRETS: (&str, &str) = ("secretsmanager.GetSecretValue", r#"{"SecretId": "sprintsync/signing-key"}"#);

/// Asks a service as these headers make it, and gives the status and all that it said.
fn asked(api: &Api, method: &str, (target, body): (&str, &str), headers: &[&str]) -> (u16, String) {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let request = format!(
        "{method} / HTTP/1.1\r\nConnection: close\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Date: \
         20261130T120000Z\r\nX-Amz-Target: {target}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    raw(api, request.as_bytes())
}

#[test]
fn no_web_page_reaches_the_table_or_the_secrets() {
    let own = Own::start(Options::default());
    let key = own.stack.secrets().access_key().expect("a key");
    let signing_key = own.stack.secrets().signing_key().expect("a key").current.value;
    assert!(key.len() >= 32 && key != own.stack.secrets().origin_key().expect("a key"));
    let signed = |key: &str| {
        format!(
            "Authorization: AWS4-HMAC-SHA256 Credential={key}/20261130/us-east-1/x/aws4_request, SignedHeaders=host, \
             Signature=00"
        )
    };
    let good = signed(&key);
    for (endpoint, call) in [(own.stack.table_endpoint(), TABLE), (own.stack.secrets_endpoint(), SECRETS)] {
        let api = Api::new(&endpoint);
        let port = endpoint.rsplit(':').next().expect("a port");
        let host = |name: &str| format!("Host: {name}:{port}");
        for name in ["127.0.0.1", "localhost", "[::1]"] {
            let (status, text) = asked(&api, "POST", call, &[&host(name), &good]);
            assert_eq!(status, 200, "{name}: {text}");
        }
        let here = host("127.0.0.1");
        let refused = |what: &str, method: &str, headers: &[&str]| {
            let (status, text) = asked(&api, method, call, headers);
            assert_eq!(status, 403, "{what} at {endpoint}: {text}");
            assert!(!text.contains("sprintsync\"") && !text.contains(&signing_key), "{what}: {text}");
            assert!(!text.to_ascii_lowercase().contains("access-control"), "{what}: {text}");
        };
        refused("another page", "POST", &[&here, &good, "Origin: https://evil.example"]);
        refused("a page of this machine", "POST", &[&here, &good, "Origin: http://localhost:8080"]);
        refused("a page in a frame", "POST", &[&here, &good, "Origin: null"]);
        refused("a browser", "POST", &[&here, &good, "Sec-Fetch-Site: same-origin"]);
        refused(
            "a browser that asks first",
            "OPTIONS",
            &[
                &here,
                "Origin: https://evil.example",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization,x-amz-target",
            ],
        );
        refused("a name that leads here", "POST", &[&host("evil.example"), &good]);
        refused("no key", "POST", &[&here]);
        for wrong in ["local", "tests", "", &key[1..], &format!("{key}x"), &key.to_ascii_lowercase()] {
            refused("a wrong key", "POST", &[&here, &signed(wrong)]);
        }
        refused("another scheme", "POST", &[&here, &format!("Authorization: Bearer {key}")]);
        refused("a look", "GET", &[&here, &good]);
    }
    // The SDK, with the key, is what the whole product goes by.
    let person = Person::on(&own.api);
    assert!(Table::of(&own.stack).item(&format!("USER#{}", person.id), "PROFILE").is_some());
    own.stop();
}
