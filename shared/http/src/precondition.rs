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

/// The versions that may be written over: what `If-Match` names. A weak tag counts like a strong one: a
/// front that compresses weakens them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(Tags);

/// The versions that the caller has: what `If-None-Match` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfNoneMatch(Tags);

/// What a list of tags names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    /// Nothing: there is no such header.
    Unsaid,
    /// Whatever is there: `*`.
    Any,
    /// These versions.
    These(Vec<Version>),
}

impl IfMatch {
    /// The version that may be written over, given the one that is `current`; `None` if any.
    ///
    /// # Errors
    /// 412, where the caller means another.
    pub fn expected(&self, current: Version) -> Result<Option<Version>, Problem> {
        match &self.0 {
            Tags::Unsaid | Tags::Any => Ok(None),
            Tags::These(versions) if versions.contains(&current) => Ok(Some(current)),
            Tags::These(_) => Err(Problem::stale()),
        }
    }
}

impl IfNoneMatch {
    /// Whether the caller has this version already.
    pub fn has(&self, current: Version) -> bool {
        match &self.0 {
            Tags::Unsaid => false,
            Tags::Any => true,
            Tags::These(versions) => versions.contains(&current),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        tags(&parts.headers, &header::IF_MATCH).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        tags(&parts.headers, &header::IF_NONE_MATCH).map(Self)
    }
}

fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Tags, Problem> {
    let Some(value) = headers.get(name) else { return Ok(Tags::Unsaid) };
    let unreadable = || Problem::unreadable(format!("The {name} header needs entity tags like \"7\"."));
    let text = value.to_str().map_err(|_| unreadable())?.trim();
    if text == "*" {
        return Ok(Tags::Any);
    }
    list(text).map(Tags::These).ok_or_else(unreadable)
}

/// The versions in a list of tags. A tag may hold a comma.
fn list(text: &str) -> Option<Vec<Version>> {
    let mut versions = Vec::new();
    let mut rest = text;
    loop {
        let (inner, behind) = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        // A tag that we never gave (`"07"` is another than `"7"`) names no version, and so matches none: they begin at 1.
        let version = inner.parse::<Version>().ok().filter(|version| version.to_string() == inner);
        versions.push(version.unwrap_or(0));
        let behind = behind.trim_start();
        if behind.is_empty() {
            return Some(versions);
        }
        rest = behind.strip_prefix(',')?.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Result<Tags, ()> {
        let headers = HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(text))]);
        tags(&headers, &header::IF_MATCH).map_err(|_| ())
    }

    #[test]
    fn tags_strong_weak_and_listed() {
        assert_eq!(read("\"7\""), Ok(Tags::These(vec![7])));
        assert_eq!(read("W/\"7\""), Ok(Tags::These(vec![7])));
        assert_eq!(read("\"7\", W/\"8\""), Ok(Tags::These(vec![7, 8])));
        assert_eq!(read("*"), Ok(Tags::Any));
        assert_eq!(read("\"abc\""), Ok(Tags::These(vec![0])));
        assert_eq!(read("\"a,b\" ,\"7\""), Ok(Tags::These(vec![0, 7])));
        for bad in ["7", "\"7", "", "w/\"7\"", "\"7\" \"8\"", "\"7\",", "\"\"7\"\""] {
            assert_eq!(read(bad), Err(()), "{bad}");
        }
    }
}
