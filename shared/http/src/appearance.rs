//! How the pages look to a browser: light or dark, where the person chose, else as the system says.

use std::convert::Infallible;

use axum::extract::OptionalFromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use crate::Config;
use crate::caller::cookies;

const COOKIE: &str = "__Host-scheme";
/// Its name where cookies do without `__Host-`, and everywhere before they had it.
const PLAIN_COOKIE: &str = "scheme";
const ONE_YEAR: i64 = 365 * 24 * 60 * 60;

/// What a person chose for a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appearance {
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl Appearance {
    /// The word in the cookie, in forms and in pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What a word says; nothing for any other word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|one| one.as_str() == word)
    }

    /// What the cookie says, if there is one.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let said = cookies(headers, COOKIE).next().or_else(|| cookies(headers, PLAIN_COOKIE).next());
        said.and_then(Self::named)
    }

    /// The cookies that keep a choice in a browser, or take it away, and with it the one of before cookies had
    /// `__Host-`. They say nothing about who somebody is, and are there before anybody signs in.
    pub fn cookies(choice: Option<Self>, config: &Config) -> Vec<HeaderValue> {
        let (word, seconds) = choice.map_or(("", 0), |choice| (choice.as_str(), ONE_YEAR));
        let cookies = match config.plain_cookie {
            true => vec![(PLAIN_COOKIE, word, seconds, "")],
            false => vec![(COOKIE, word, seconds, "; Secure"), (PLAIN_COOKIE, "", 0, "; Secure")],
        };
        let text = |(name, word, seconds, secure)| {
            format!("{name}={word}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
        };
        cookies.into_iter().filter_map(|cookie| HeaderValue::try_from(text(cookie)).ok()).collect()
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Appearance {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    #[test]
    fn only_a_known_word_is_a_choice() {
        let said = |text: &'static str| {
            Appearance::of(&[(header::COOKIE, HeaderValue::from_static(text))].into_iter().collect())
        };
        assert_eq!(said("a=b; scheme=dark"), Some(Appearance::Dark));
        assert_eq!(said("scheme=light"), Some(Appearance::Light));
        assert_eq!(said("scheme=light; __Host-scheme=dark"), Some(Appearance::Dark), "the one that is bound to us");
        for other in ["scheme=", "scheme=\"><script>", "xscheme=dark", "__Host-scheme=", "a=b"] {
            assert_eq!(said(other), None, "{other}");
        }
    }
}
