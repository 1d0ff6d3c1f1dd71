//! Cookies for browsers that take no `Secure` cookie over plain HTTP, not even from loopback: those that are built on
//! WebKit, Safari among them. For these alone the front lets cookies go out under another name and without `Secure`,
//! and gives them back to the functions as they know them. In the cloud, where all is HTTPS, nothing of this exists.

use http::header::{COOKIE, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderValue};

/// What the functions' cookies begin with (RFC 6265bis, 4.1.3.2), and what stands in its place.
const LOCKED: &str = "__Host-";
const PLAIN: &str = "loopback-";

/// Whether a request comes from a browser built on WebKit. Chromium goes on saying 537.36, the version that it left
/// WebKit at; WebKit itself has moved on.
pub(crate) fn is_webkit(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    agent.split_once("AppleWebKit/").is_some_and(|(_, version)| !version.starts_with("537."))
}

/// Names the cookies of a request as the functions know them.
pub(crate) fn lock(headers: &mut HeaderMap) {
    let changed = headers.get_all(COOKIE).iter().filter_map(|value| {
        let pairs = value.to_str().ok()?.split(';').map(|pair| match pair.trim().strip_prefix(PLAIN) {
            Some(rest) => format!("{LOCKED}{rest}"),
            None => pair.trim().to_owned(),
        });
        HeaderValue::try_from(pairs.collect::<Vec<_>>().join("; ")).ok()
    });
    replace(headers, COOKIE, changed.collect());
}

/// Lets the cookies of an answer go out in a form that is taken.
pub(crate) fn unlock(headers: &mut HeaderMap) {
    let changed = headers.get_all(SET_COOKIE).iter().filter_map(|value| {
        let text = value.to_str().ok()?;
        let named = text.strip_prefix(LOCKED).map_or_else(|| text.to_owned(), |rest| format!("{PLAIN}{rest}"));
        let kept = named.split(';').filter(|part| !part.trim().eq_ignore_ascii_case("secure"));
        HeaderValue::try_from(kept.collect::<Vec<_>>().join(";")).ok()
    });
    replace(headers, SET_COOKIE, changed.collect());
}

fn replace(headers: &mut HeaderMap, name: http::HeaderName, values: Vec<HeaderValue>) {
    headers.remove(&name);
    for value in values {
        headers.append(&name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: http::HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn webkit_is_told_from_what_only_says_so() {
        let of = |agent| is_webkit(&headers(USER_AGENT, &[agent]));
        for webkit in [
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/143.0.0.0 Mobile/15E148 Safari/604.1",
        ] {
            assert!(of(webkit), "{webkit}");
        }
        for other in [
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "curl/8.14.1",
            "",
        ] {
            assert!(!of(other), "{other}");
        }
    }

    #[test]
    fn what_goes_out_comes_back_as_it_was() {
        let mut out = headers(
            SET_COOKIE,
            &["__Host-sprintsync=t; Path=/; Max-Age=9; HttpOnly; SameSite=Lax; Secure", "scheme=dark; Path=/; Secure"],
        );
        unlock(&mut out);
        let out: Vec<_> = out.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(out, ["loopback-sprintsync=t; Path=/; Max-Age=9; HttpOnly; SameSite=Lax", "scheme=dark; Path=/"]);
        let mut back = headers(COOKIE, &["scheme=dark; loopback-sprintsync=t"]);
        lock(&mut back);
        assert_eq!(back.get(COOKIE).unwrap(), "scheme=dark; __Host-sprintsync=t");
    }
}
