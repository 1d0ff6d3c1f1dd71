//! The token of a session that has just begun.

use serde::Serialize;
use sprintsync_auth::SignedIn;
use sprintsync_domain::SESSION_SECONDS;

/// A token for the `Authorization` header (RFC 6749, 5.1).
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    access_token: String,
    #[cfg_attr(feature = "openapi", schema(pattern = "^bearer$"))]
    token_type: &'static str,
    #[cfg_attr(feature = "openapi", schema(example = 86_400))]
    expires_in: i64,
}

impl Token {
    /// Of this session.
    pub fn of(signed_in: SignedIn) -> Self {
        Self { access_token: signed_in.token, token_type: "bearer", expires_in: SESSION_SECONDS }
    }
}
