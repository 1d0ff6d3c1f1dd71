//! Tokens: JWTs in the form of RFC 9068, signed with HS256, good for a day.

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use sprintsync_domain::{Session, SessionId, Timestamp, UserId};

use crate::keys::{Key, KeyRing};

const TYPE: &str = "at+jwt";
const ISSUER: &str = "sprintsync";
const AUDIENCE: &str = "sprintsync-api";
/// How a header of JSON begins in base64url: `{"`.
const HEADER_BEGINS: &str = "eyJ";
/// A token of ours has about 350 characters.
const MOST_CHARACTERS: usize = 2_048;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// What a good token says: which session of whom. Whether that session is alive, only the table knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Whose.
    pub user_id: UserId,
    /// Which session.
    pub session_id: SessionId,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Token {
    /// Whether a text has the form of a token (RFC 7515, 7.1), good or not. A secret of random characters has it once in
    /// a million times at most, and never one of letters and digits.
    pub fn has_form(text: &str) -> bool {
        text.starts_with(HEADER_BEGINS) && text.split('.').count() == 3
    }
}

/// Signs a token for a session.
pub(crate) fn sign(session: &Session, now: Timestamp, key: &Key) -> Result<String, jsonwebtoken::errors::Error> {
    let header = Header { typ: Some(TYPE.to_owned()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::HS256) };
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: session.user_id,
        sid: session.id,
        iat: now.seconds(),
        exp: session.expires_at.seconds(),
    };
    jsonwebtoken::encode(&header, &claims, &key.signing)
}

/// Reads a token, if it is one of ours and its day is not over. Costs no call of the table.
pub(crate) async fn verify(text: &str, ring: &KeyRing, now: Timestamp) -> Option<Token> {
    if text.len() > MOST_CHARACTERS {
        return None;
    }
    let header = jsonwebtoken::decode_header(text).ok()?;
    let kid = header.kid.as_deref()?;
    if header.typ.as_deref() != Some(TYPE) || header.alg != Algorithm::HS256 {
        return None;
    }
    let keys = ring.keys_with(kid).await;
    read(text, keys.with_id(kid)?, now)
}

fn read(text: &str, key: &Key, now: Timestamp) -> Option<Token> {
    // One algorithm, whatever the header says (RFC 8725, 3.1). The clock is ours, so the date is checked below.
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    let claims = jsonwebtoken::decode::<Claims>(text, &key.verifying, &validation).ok()?.claims;
    let expires_at = Timestamp::from_ms(claims.exp.saturating_mul(1_000));
    (now.seconds() < claims.exp).then_some(Token { user_id: claims.sub, session_id: claims.sid, expires_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            id: "018f2c5e-7700-7abc-8def-0123456789ab".parse().expect("an id"),
            user_id: "018f2c5e-7700-7abc-8def-0123456789ac".parse().expect("an id"),
            epoch: 0,
            created_at: Timestamp::from_ms(1_000_000),
            authenticated_at: Timestamp::from_ms(1_000_000),
            expires_at: Timestamp::from_ms(2_000_000),
            in_browser: false,
            client: String::new(),
        }
    }

    #[test]
    fn a_token_reads_back_until_it_expires_and_only_with_its_key() {
        let (one, two) =
            (Key::derive("v", &"1".repeat(32)).expect("a key"), Key::derive("v", &"2".repeat(32)).expect("a key"));
        let text = sign(&session(), Timestamp::from_ms(1_000_000), &one).expect("a token");
        let token =
            Token { user_id: session().user_id, session_id: session().id, expires_at: Timestamp::from_ms(2_000_000) };
        assert_eq!(read(&text, &one, Timestamp::from_ms(1_999_999)), Some(token));
        assert_eq!(read(&text, &one, Timestamp::from_ms(2_000_000)), None);
        assert_eq!(read(&text, &two, Timestamp::from_ms(1_500_000)), None);
        assert!(Token::has_form(&text));
    }
}
