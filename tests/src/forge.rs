//! Tokens that look like the instance's own, right but for one thing.
//!
//! The keys are drawn here a second time from what the documentation says (HKDF-SHA-256 over the secret, salt
//! `sprintsync`, label `token`), so that a change of either shows.

use aws_lc_rs::hkdf;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use local::{Stack, Version};
use serde_json::{Map, Value, json};

/// A token in the making: begins as a copy of a good one.
#[derive(Debug, Clone)]
pub struct Forge {
    header: Header,
    claims: Map<String, Value>,
    key: Vec<u8>,
}

impl Forge {
    /// Begins with the claims of a good token and the key that the stack signs with.
    pub fn of(stack: &Stack, token: &str) -> Self {
        Self::with(&stack.secrets().signing_key().expect("a signing key").current, token)
    }

    /// Begins with the claims of a good token and this version of the secret.
    pub fn with(secret: &Version, token: &str) -> Self {
        let claims = token.split('.').nth(1).expect("claims");
        let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(secret.version_id.clone()),
            ..Header::new(Algorithm::HS256)
        };
        Self { header, claims: serde_json::from_slice(&claims).expect("claims"), key: token_key(&secret.value) }
    }

    /// With another claim.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Without a claim.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// With another type.
    #[must_use]
    pub fn typ(mut self, typ: Option<&str>) -> Self {
        self.header.typ = typ.map(str::to_owned);
        self
    }

    /// With another key id.
    #[must_use]
    pub fn kid(mut self, kid: Option<&str>) -> Self {
        self.header.kid = kid.map(str::to_owned);
        self
    }

    /// With another algorithm of the same family.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.header.alg = algorithm;
        self
    }

    /// With another secret under the same key id.
    #[must_use]
    pub fn secret(mut self, secret: &str) -> Self {
        self.key = token_key(secret);
        self
    }

    /// With the secret itself as the key.
    #[must_use]
    pub fn raw_key(mut self, key: &[u8]) -> Self {
        self.key = key.to_vec();
        self
    }

    /// Signs it.
    pub fn sign(&self) -> String {
        jsonwebtoken::encode(&self.header, &self.claims, &EncodingKey::from_secret(&self.key)).expect("a token")
    }

    /// The same claims with a header that says `none`, and no signature (RFC 7519, 6).
    pub fn unsigned(&self) -> String {
        let header = json!({"alg": "none", "typ": "at+jwt", "kid": self.header.kid});
        let part = |value: String| URL_SAFE_NO_PAD.encode(value);
        format!("{}.{}.", part(header.to_string()), part(Value::Object(self.claims.clone()).to_string()))
    }
}

fn token_key(secret: &str) -> Vec<u8> {
    let master = hkdf::Salt::new(hkdf::HKDF_SHA256, b"sprintsync").extract(secret.as_bytes());
    let mut key = vec![0; 32];
    let label: [&[u8]; 1] = [b"token"];
    master.expand(&label, hkdf::HKDF_SHA256).and_then(|drawn| drawn.fill(&mut key)).expect("a key");
    key
}
