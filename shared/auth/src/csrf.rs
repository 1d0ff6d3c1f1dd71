//! Cross-site requests: what an unsafe one must show (OWASP Cross-Site Request Forgery Prevention Cheat Sheet, "Fetch
//! Metadata headers" with the origin as fallback).

/// Whether a request with these headers was sent by a page of ours at `own_origin`: what must be so before anything is
/// done by cookie, or by a form.
pub fn is_same_origin(sec_fetch_site: Option<&str>, origin: Option<&str>, own_origin: &str) -> bool {
    match (sec_fetch_site, origin) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == own_origin,
        (None, None) => false,
    }
}

/// Whether a page elsewhere sent a request with these headers: such a request does nothing here, whatever it shows of
/// its caller, and also where it shows nothing. Programs send neither header, and a browser whose user acts by
/// themselves says `none`.
pub fn is_from_elsewhere(sec_fetch_site: Option<&str>, origin: Option<&str>, own_origin: &str) -> bool {
    match (sec_fetch_site, origin) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin != own_origin,
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://sprintsync.example";
    const OTHER_SITES: [&str; 5] = ["cross-site", "same-site", "", "SAME-ORIGIN", "same-origin, same-origin"];
    const OTHER_ORIGINS: [&str; 5] =
        ["null", "", "https://sprintsync.example.evil", "http://sprintsync.example", "https://sprintsync.example:8443"];

    #[test]
    fn only_our_own_pages_pass() {
        let passes = |site, origin| is_same_origin(site, origin, OWN);
        assert!(passes(Some("same-origin"), None));
        assert!(passes(None, Some(OWN)));
        for site in OTHER_SITES.into_iter().chain(["none"]) {
            assert!(!passes(Some(site), Some(OWN)), "{site}");
        }
        for origin in OTHER_ORIGINS {
            assert!(!passes(None, Some(origin)), "{origin}");
        }
        assert!(!passes(None, None));
    }

    #[test]
    fn what_a_page_elsewhere_sends_is_known_by_either_header() {
        let from_elsewhere = |site, origin| is_from_elsewhere(site, origin, OWN);
        for (site, origin) in [(None, None), (Some("none"), None), (Some("same-origin"), None), (None, Some(OWN))] {
            assert!(!from_elsewhere(site, origin), "{site:?} {origin:?}");
        }
        for site in OTHER_SITES {
            assert!(from_elsewhere(Some(site), None) && from_elsewhere(Some(site), Some(OWN)), "{site}");
        }
        for origin in OTHER_ORIGINS {
            assert!(from_elsewhere(None, Some(origin)), "{origin}");
        }
    }
}
