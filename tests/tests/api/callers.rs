//! Callers who are not let in, each for one reason.

use std::sync::LazyLock;

use aws_sdk_dynamodb::types::AttributeValue;
use jsonwebtoken::Algorithm;
use serde_json::json;
use tests::{Call, Forge, PASSWORD, Person, Table, stack};

/// An administrator who is none of those that the matrix asks.
pub(crate) static ADMIN: LazyLock<Person> = LazyLock::new(|| {
    let admin = Person::new();
    Table::of(stack()).grant_admin(&admin.name);
    admin
});

/// How a caller is shown who is not let in: a name, and what is put on the call.
pub(crate) type Kind = (&'static str, Box<dyn Fn(Call) -> Call>);

fn bearer(token: String) -> Box<dyn Fn(Call) -> Call> {
    Box::new(move |call| call.bearer(&token))
}

fn header(value: String) -> Box<dyn Fn(Call) -> Call> {
    Box::new(move |call| call.header("authorization", &value))
}

/// Callers whose token is of `owner` and good but for one thing.
pub(crate) fn forged(owner: &Person) -> Vec<Kind> {
    let good = || Forge::of(stack(), &owner.token);
    let secret = stack().secrets().signing_key().expect("a key").current.value;
    let (head, rest) = owner.token.split_once('.').expect("a token");
    let (claims, signature) = rest.split_once('.').expect("a token");
    let other = Person::new();
    let others_claims = other.token.split('.').nth(1).expect("claims");
    vec![
        ("expired", bearer(good().claim("exp", 1_700_000_000).sign())),
        ("expired this second", bearer(good().claim("exp", now()).sign())),
        ("without an end", bearer(good().without("exp").sign())),
        ("forged with another key", bearer(good().secret(&"x".repeat(64)).sign())),
        ("forged with the secret itself", bearer(good().raw_key(secret.as_bytes()).sign())),
        ("forged with an empty key", bearer(good().raw_key(b"").sign())),
        ("another's claims", bearer(format!("{head}.{others_claims}.{signature}"))),
        ("no signature", bearer(format!("{head}.{claims}."))),
        ("cut off", bearer(owner.token[..owner.token.len() - 2].to_owned())),
        ("alg none", bearer(good().unsigned())),
        ("another algorithm", bearer(good().algorithm(Algorithm::HS512).sign())),
        ("wrong audience", bearer(good().claim("aud", "another-api").sign())),
        ("no audience", bearer(good().without("aud").sign())),
        ("wrong issuer", bearer(good().claim("iss", "https://example.com").sign())),
        ("no issuer", bearer(good().without("iss").sign())),
        ("wrong typ", bearer(good().typ(Some("JWT")).sign())),
        ("no typ", bearer(good().typ(None).sign())),
        ("no kid", bearer(good().kid(None).sign())),
        ("unknown kid", bearer(good().kid(Some("nobody-knows")).sign())),
        ("another subject", bearer(good().claim("sub", other.id.as_str()).sign())),
        ("no subject", bearer(good().without("sub").sign())),
        ("a subject that is none", bearer(good().claim("sub", "../../etc").sign())),
        ("no session", bearer(good().without("sid").sign())),
        ("an unknown session", bearer(good().claim("sid", "018f2c5e-7700-7abc-8def-0123456789ab").sign())),
        ("endless token", bearer(good().claim("pad", "x".repeat(4_000)).sign())),
    ]
}

pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
    i64::try_from(since.as_secs()).expect("seconds")
}

/// Callers whose session died.
pub(crate) fn dead() -> Vec<Kind> {
    let table = Table::of(stack());
    let revoked = Person::new();
    revoked.call("POST", "/auth/logout").send().expect(204);
    let old = Person::new();
    let elsewhere = old.with(&old.sign_in(PASSWORD));
    let renewed = elsewhere.change_password(PASSWORD, "seven loud herons dance");
    renewed.get("/auth/me").ok(200);
    let disabled = Person::new();
    table.disable(&disabled.id, true);
    disabled.try_sign_in(PASSWORD).problem(401);
    let over = Person::new();
    let session = over.get("/auth/sessions").ok(200)[0]["id"].as_str().expect("an id").to_owned();
    let past = AttributeValue::S("2020-01-01T00:00:00.000Z".to_owned());
    table.set(&format!("USER#{}", over.id), &format!("SESSION#{session}"), "expires_at", past);
    let shut_out = Person::new();
    ADMIN.patch(&format!("/auth/users/{}", shut_out.id), &json!({"disabled": true})).ok(200);
    let disabled_token = disabled.token.clone();
    vec![
        ("revoked", bearer(revoked.token)),
        ("old epoch", bearer(old.token)),
        ("renewed with the password", bearer(elsewhere.token)),
        ("disabled", bearer(disabled.token)),
        ("disabled by an administrator", bearer(shut_out.token)),
        ("disabled, by cookie", Box::new(move |call| call.cookie(&disabled_token).same_origin())),
        ("session over", bearer(over.token)),
    ]
}

/// Callers who show a good token where none is read, or something else where one is.
pub(crate) fn misplaced(owner: &Person) -> Vec<Kind> {
    let token = owner.token.clone();
    let fallback = |value: &'static str| -> Box<dyn Fn(Call) -> Call> {
        let token = token.clone();
        Box::new(move |call| call.cookie(&token).same_origin().header("authorization", value))
    };
    let dead = Forge::of(stack(), &owner.token).claim("exp", 1_700_000_000).sign();
    let (both, cookie, plain) = (token.clone(), dead.clone(), token.clone());
    vec![
        ("anonymous", Box::new(|call| call)),
        ("empty header", header(String::new())),
        ("bearer without a token", header("Bearer ".to_owned())),
        ("nonsense", header("Bearer nonsense".to_owned())),
        ("token without a scheme", header(token.clone())),
        ("another scheme", header(format!("Token {token}"))),
        ("basic", header("Basic b3duZXI6dGhyZWUgcXVpZXQgb3R0ZXJz".to_owned())),
        ("two tokens", header(format!("Bearer {token}, Bearer {token}"))),
        ("bad header, good cookie", fallback("Bearer nonsense")),
        ("empty header, good cookie", fallback("")),
        ("basic, good cookie", fallback("Basic eDp5")),
        ("expired header, good cookie", Box::new(move |call| call.cookie(&both).same_origin().bearer(&dead))),
        ("expired cookie", Box::new(move |call| call.cookie(&cookie).same_origin())),
        (
            "cookie of another name",
            Box::new(move |call| call.header("cookie", &format!("sprintsync={plain}; token={plain}")).same_origin()),
        ),
    ]
}
