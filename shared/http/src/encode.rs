//! Compression: pages and JSON over a kilobyte go out gzipped, since nothing between a function and its viewer does it.

use std::io::Write;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::BodyExt;

/// Bytes below which compression gains nothing.
const LEAST_BYTES: usize = 1_024;

/// Whether a request takes gzip.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|list| list.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        gzip && !parts.any(|part| part.replace(' ', "").trim_end_matches(['0', '.']) == "q=")
    })
}

/// The answer, gzipped if that is worth it.
pub(crate) async fn gzip(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let compressible = kind.starts_with("text/html") || kind.contains("json");
    let plain = |parts, bytes: Bytes| Response::from_parts(parts, Body::from(bytes));
    let Ok(whole) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return plain(parts, Bytes::new());
    };
    if !compressible || parts.headers.contains_key(header::CONTENT_ENCODING) || whole.len() < LEAST_BYTES {
        return plain(parts, whole);
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(whole.len() / 3), Compression::new(6));
    let Ok(packed) = encoder.write_all(&whole).and_then(|()| encoder.finish()) else { return plain(parts, whole) };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    // The bytes are others than those of the plain answer, so the tag is only weakly the same (RFC 9110, 8.8.1).
    if let Some(tag) = parts.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok())
        && let Ok(weak) = HeaderValue::try_from(format!("W/{}", tag.trim_start_matches("W/")))
    {
        parts.headers.insert(header::ETAG, weak);
    }
    plain(parts, packed.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_when_named_and_not_refused() {
        let takes =
            |text| takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(text))]));
        assert!(takes("gzip") && takes("br, GZIP;q=0.5") && takes("*"));
        assert!(!takes("br") && !takes("gzip;q=0") && !takes("gzip; q=0.000") && !takes(""));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
