//! Preconditions: which version of a task a caller means (RFC 9110, 13.1).

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use sprintsync_domain::Version;

use crate::Problem;

/// The tag of a version.
pub fn etag(version: Version) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The versions that `If-Match` names; `None` where the caller does not mind. A weak tag counts like a strong one: a
/// front that compresses weakens them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(Option<Vec<Version>>);

/// The versions that `If-None-Match` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfNoneMatch(Option<Vec<Version>>);

impl IfMatch {
    /// The version that may be written over, given the one that is `current`; `None` if any.
    ///
    /// # Errors
    /// 412, where the caller means another.
    pub fn expected(&self, current: Version) -> Result<Option<Version>, Problem> {
        match &self.0 {
            None => Ok(None),
            Some(versions) if versions.contains(&current) => Ok(Some(current)),
            Some(_) => Err(Problem::stale()),
        }
    }
}

impl IfNoneMatch {
    /// Whether the caller has this version already.
    pub fn has(&self, current: Version) -> bool {
        self.0.as_ref().is_some_and(|versions| versions.contains(&current))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        versions(&parts.headers, &header::IF_MATCH).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        versions(&parts.headers, &header::IF_NONE_MATCH).map(Self)
    }
}

fn versions(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Vec<Version>>, Problem> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let unreadable = || Problem::unreadable(format!("The header {name} is not a list of entity tags like \"7\"."));
    let text = value.to_str().map_err(|_| unreadable())?.trim();
    if text == "*" {
        return Ok(None);
    }
    let tag = |tag: &str| {
        let tag = tag.trim();
        let inner = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
        // A tag that we never gave names no version, and so matches none: they begin at 1.
        (!inner.contains('"')).then(|| inner.parse().unwrap_or(0))
    };
    text.split(',').map(|part| tag(part).ok_or_else(unreadable)).collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Result<Option<Vec<Version>>, ()> {
        let headers = HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(text))]);
        versions(&headers, &header::IF_MATCH).map_err(|_| ())
    }

    #[test]
    fn tags_strong_weak_and_listed() {
        assert_eq!(read("\"7\""), Ok(Some(vec![7])));
        assert_eq!(read("W/\"7\""), Ok(Some(vec![7])));
        assert_eq!(read("\"7\", W/\"8\""), Ok(Some(vec![7, 8])));
        assert_eq!(read("*"), Ok(None));
        assert_eq!(read("\"abc\""), Ok(Some(vec![0])));
        for bad in ["7", "\"7", "", "w/\"7\"", "\"7\" \"8\"", "\"7\",", "\"\"7\"\""] {
            assert_eq!(read(bad), Err(()), "{bad}");
        }
    }
}
