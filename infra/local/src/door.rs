//! Who may come in to the table and to the secrets: programs of this machine that show the access key in the data
//! folder. A page that a browser has open here can reach every port of loopback, also under a name of its own ("DNS
//! rebinding"), and must get nothing.

use http::header::{AUTHORIZATION, ORIGIN};
use http::{HeaderMap, Method, Request};

use crate::serve::loopback_host;

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// The `Host` is not this machine's loopback.
    #[error("This address serves localhost and 127.0.0.1 alone.")]
    Host,
    /// A browser sent it.
    #[error("This address is for programs, not for web pages.")]
    Browser,
    /// It is no call of a service.
    #[error("Calls are made by POST.")]
    Method,
    /// The access key is missing or another's.
    #[error("The access key is not this instance's: take AWS_ACCESS_KEY_ID from `cargo run -- table`.")]
    Key,
}

/// The door of one service.
#[derive(Clone)]
pub(crate) struct Door {
    access_key: String,
}

impl Door {
    /// A door that opens for this access key.
    pub(crate) fn new(access_key: String) -> Self {
        Self { access_key }
    }

    /// Whether the sender of a request may come in.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn admit<B>(&self, request: &Request<B>) -> Result<(), Refused> {
        let headers = request.headers();
        loopback_host(headers).ok_or(Refused::Host)?;
        // Browsers put one of these on every request that a page can make, and no page can take them off.
        if headers.keys().any(|name| *name == ORIGIN || name.as_str().starts_with("sec-fetch-")) {
            return Err(Refused::Browser);
        }
        if request.method() != Method::POST {
            return Err(Refused::Method);
        }
        let shown = access_key(headers).unwrap_or_default();
        aws_lc_rs::constant_time::verify_slices_are_equal(self.access_key.as_bytes(), shown.as_bytes())
            .map_err(|_| Refused::Key)
    }
}

/// The access key that a call is signed with (Signature Version 4, "Authorization header").
fn access_key(headers: &HeaderMap) -> Option<&str> {
    let signed = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let credential = signed.split(',').find_map(|part| part.trim().strip_prefix("Credential="))?;
    credential.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str =
        "AWS4-HMAC-SHA256 Credential=key/20261130/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

    fn admitted(method: &str, headers: &[(&'static str, &str)]) -> Result<(), Refused> {
        let mut request = Request::builder().method(method).uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Door::new("key".to_owned()).admit(&request.body(()).unwrap())
    }

    #[test]
    fn a_program_with_the_key_comes_in_and_nobody_else() {
        let (host, key) = (("host", "127.0.0.1:8001"), ("authorization", SIGNED));
        assert_eq!(admitted("POST", &[host, key]), Ok(()));
        assert_eq!(admitted("POST", &[("host", "localhost:8001"), key]), Ok(()));
        assert_eq!(admitted("POST", &[("host", "evil.example:8001"), key]), Err(Refused::Host));
        assert_eq!(admitted("POST", &[key]), Err(Refused::Host));
        for origin in ["http://evil.example", "http://localhost:8001", "null", ""] {
            assert_eq!(admitted("POST", &[host, key, ("origin", origin)]), Err(Refused::Browser), "{origin}");
        }
        for name in ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"] {
            assert_eq!(admitted("POST", &[host, key, (name, "none")]), Err(Refused::Browser), "{name}");
        }
        assert_eq!(admitted("GET", &[host, key]), Err(Refused::Method));
        assert_eq!(admitted("POST", &[host]), Err(Refused::Key));
        for wrong in [SIGNED.replace("=key/", "=local/"), SIGNED.replace("=key/", "=/"), "Bearer key".to_owned()] {
            assert_eq!(admitted("POST", &[host, ("authorization", &wrong)]), Err(Refused::Key), "{wrong}");
        }
    }
}
