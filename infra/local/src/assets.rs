//! The static files under the names that pages use: each carries a hash of its content, so that a
//! browser keeps it for a year and never asks again.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write as _;
use std::path::Path;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::StartError;
use crate::serve::{Answer, answer};

/// Files shorter than this are sent as they are, in bytes.
const GZIP_FROM: usize = 1024;

/// What every static answer carries; the distribution in the cloud sends the same.
const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

#[derive(Debug)]
struct Asset {
    content_type: &'static str,
    etag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
}

/// The static files, held in memory by their hashed names.
#[derive(Debug)]
pub(crate) struct Assets {
    by_name: HashMap<String, Asset>,
}

impl Assets {
    /// Reads every file that `dir/manifest.json` names.
    ///
    /// # Errors
    /// The manifest or one of its files can not be read or understood.
    pub(crate) fn load(dir: &Path) -> Result<Self, StartError> {
        let read = |name: &str| {
            let path = dir.join(name);
            fs::read(&path).map_err(|error| StartError::Static(format!("{}: {error}", path.display())))
        };
        let manifest: BTreeMap<String, String> = serde_json::from_slice(&read("manifest.json")?)
            .map_err(|error| StartError::Static(format!("manifest.json: {error}")))?;
        let mut by_name = HashMap::new();
        for (logical, hashed) in manifest {
            let plain = read(&logical)?;
            let gzip = (plain.len() > GZIP_FROM).then(|| gzip(&plain)).transpose();
            let asset = Asset {
                content_type: content_type(&logical),
                etag: format!("\"{hashed}\""),
                gzip: gzip.map_err(|error| StartError::Static(format!("{logical}: {error}")))?,
                plain: plain.into(),
            };
            by_name.insert(hashed, asset);
        }
        Ok(Self { by_name })
    }

    /// Answers a request for `/static/NAME`.
    pub(crate) fn answer(&self, method: &Method, name: &str, asked: &HeaderMap) -> Answer {
        let mut answer = self.find(method, name, asked);
        for (name, value) in HEADERS {
            answer.headers_mut().insert(name, value);
        }
        answer
    }

    fn find(&self, method: &Method, name: &str, asked: &HeaderMap) -> Answer {
        if method != Method::GET && method != Method::HEAD {
            let mut refusal =
                answer(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "Method not allowed\n");
            refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refusal;
        }
        let Some(asset) = self.by_name.get(name) else {
            return answer(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "Not found\n");
        };
        let gzip = asset.gzip.as_ref().filter(|_| accepts_gzip(asked));
        let mut found = if has_seen(asked, &asset.etag) {
            answer(StatusCode::NOT_MODIFIED, asset.content_type, Bytes::new())
        } else {
            let body = gzip.unwrap_or(&asset.plain).clone();
            let mut found = answer(StatusCode::OK, asset.content_type, body);
            if gzip.is_some() {
                found.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            found
        };
        let headers = found.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        if asset.gzip.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        let weak = if gzip.is_some() { "W/" } else { "" };
        if let Ok(etag) = HeaderValue::from_str(&format!("{weak}{}", asset.etag)) {
            headers.insert(header::ETAG, etag);
        }
        found
    }
}

fn gzip(plain: &[u8]) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?.into())
}

fn has_seen(asked: &HeaderMap, etag: &str) -> bool {
    list(asked, &header::IF_NONE_MATCH).any(|seen| seen == "*" || seen.trim_start_matches("W/") == etag)
}

fn accepts_gzip(asked: &HeaderMap) -> bool {
    list(asked, &header::ACCEPT_ENCODING).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let refused =
            quality.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()).is_some_and(|q| q == 0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> Assets {
        let dir = std::env::temp_dir().join(crate::secrets::random_text(16).unwrap());
        fs::create_dir_all(dir.join("vendor")).unwrap();
        fs::write(dir.join("app.css"), "a{}".repeat(1000)).unwrap();
        fs::write(dir.join("vendor/x.min.js"), "1").unwrap();
        let manifest = r#"{"app.css":"app.1a2b.css","vendor/x.min.js":"vendor/x.min.9f.js"}"#;
        fs::write(dir.join("manifest.json"), manifest).unwrap();
        let assets = Assets::load(&dir).unwrap();
        fs::remove_dir_all(&dir).unwrap();
        assets
    }

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        [(HeaderName::from_static(name), HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn hashed_names_are_kept_for_ever() {
        let found = assets().answer(&Method::GET, "vendor/x.min.9f.js", &HeaderMap::new());
        assert_eq!(found.status(), 200);
        assert_eq!(found.headers()["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(found.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(found.headers()["etag"], "\"vendor/x.min.9f.js\"");
        assert_eq!(found.headers()["x-content-type-options"], "nosniff");
        assert_eq!(found.headers().get("content-encoding"), None);
    }

    #[test]
    fn other_names_are_not_found() {
        for name in ["app.css", "../Cargo.toml", "", "manifest.json", "app.0000.css"] {
            let missing = assets().answer(&Method::GET, name, &HeaderMap::new());
            assert_eq!(missing.status(), 404, "{name}");
            assert_eq!(missing.headers().get("cache-control"), None);
        }
        assert_eq!(assets().answer(&Method::POST, "app.1a2b.css", &HeaderMap::new()).status(), 405);
    }

    #[test]
    fn long_files_are_compressed_for_those_who_accept_it() {
        let get = |headers| assets().answer(&Method::GET, "app.1a2b.css", &headers);
        let zipped = get(headers("accept-encoding", "br;q=1, gzip;q=0.8"));
        assert_eq!(zipped.headers()["content-encoding"], "gzip");
        assert_eq!(zipped.headers()["etag"], "W/\"app.1a2b.css\"");
        assert_eq!(zipped.headers()["vary"], "accept-encoding");
        let plain = get(headers("accept-encoding", "gzip;q=0"));
        assert_eq!(plain.headers().get("content-encoding"), None);
        assert_eq!(get(headers("if-none-match", "W/\"app.1a2b.css\"")).status(), 304);
        assert_eq!(get(headers("if-none-match", "\"x\", \"app.1a2b.css\"")).status(), 304);
        assert_eq!(get(headers("if-none-match", "\"x\"")).status(), 200);
    }
}
