//! Cross-site request forgery: what an unsafe request must show before it may act by cookie (OWASP Cross-Site Request
//! Forgery Prevention Cheat Sheet, "Fetch Metadata headers" with the origin as fallback).

/// Whether a request with these headers was sent by a page of ours at `own_origin`.
pub fn is_same_origin(sec_fetch_site: Option<&str>, origin: Option<&str>, own_origin: &str) -> bool {
    match (sec_fetch_site, origin) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == own_origin,
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_pass() {
        let own = "https://sprintsync.example";
        let passes = |site, origin| is_same_origin(site, origin, own);
        assert!(passes(Some("same-origin"), None));
        assert!(passes(None, Some(own)));
        for site in ["cross-site", "same-site", "none", "", "SAME-ORIGIN", "same-origin, same-origin"] {
            assert!(!passes(Some(site), Some(own)), "{site}");
        }
        for origin in [
            "null",
            "",
            "https://sprintsync.example.evil",
            "http://sprintsync.example",
            "https://sprintsync.example:8443",
        ] {
            assert!(!passes(None, Some(origin)), "{origin}");
        }
        assert!(!passes(None, None));
    }
}
