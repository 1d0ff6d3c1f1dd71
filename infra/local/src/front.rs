//! What the content delivery network does in the cloud: static files, one slash less at the end of a
//! path, and the headers that tell the functions who the viewer is.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::Either;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::StartError;
use crate::assets::Assets;
use crate::cookies;
use crate::resolve::Resolver;
use crate::serve::{Answer, answer, loopback_host, remove_hop_by_hop};

const ORIGIN_KEY: HeaderName = HeaderName::from_static("x-origin-key");
const VIEWER_IP: HeaderName = HeaderName::from_static("x-viewer-ip");
const VIEWER_HOST: HeaderName = HeaderName::from_static("x-viewer-host");

/// How long an unused connection to the API is kept: less than the API itself keeps it, so that no request goes out on
/// one that is being closed.
const IDLE: Duration = Duration::from_secs(15);

/// The front of one API.
pub(crate) struct Front {
    assets: Assets,
    /// Scheme and authority of the API, and the path that all of its own are under, if there is one.
    api: Uri,
    origin_key: HeaderValue,
    client: Client<HttpConnector<Resolver>, Incoming>,
}

impl Front {
    /// A front of `api`, with the static files of `static_dir`.
    ///
    /// # Errors
    /// The static files can not be read, or the key is no header value.
    pub(crate) fn new(api: Uri, static_dir: &Path, origin_key: &str) -> Result<Self, StartError> {
        let mut origin_key = HeaderValue::from_str(origin_key)
            .map_err(|_| StartError::Secrets("the origin key is no header value".to_owned()))?;
        origin_key.set_sensitive(true);
        let mut connector = HttpConnector::new_with_resolver(Resolver);
        connector.set_keepalive(Some(IDLE));
        // A body that comes apart from its head goes on without waiting for the API to have confirmed the head.
        connector.set_nodelay(true);
        Ok(Self {
            assets: Assets::load(static_dir)?,
            api,
            origin_key,
            client: Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).build(connector),
        })
    }

    /// Answers one request of a viewer at `peer`.
    pub(crate) async fn serve(&self, mut request: Request<Incoming>, peer: SocketAddr) -> Answer {
        let Some(host) = loopback_host(request.headers()).and_then(|h| HeaderValue::from_str(h).ok()) else {
            return plain(StatusCode::MISDIRECTED_REQUEST, "This address serves localhost and 127.0.0.1 alone.\n");
        };
        if let Some(name) = request.uri().path().strip_prefix("/static/") {
            return self.assets.answer(request.method(), name, request.headers());
        }
        let Some(uri) = self.origin_uri(request.uri()) else {
            return plain(StatusCode::BAD_REQUEST, "Bad request\n");
        };
        let webkit = cookies::is_webkit(request.headers());
        let headers = request.headers_mut();
        remove_hop_by_hop(headers);
        headers.remove(header::HOST);
        if webkit {
            cookies::lock(headers);
        }
        headers.insert(ORIGIN_KEY, self.origin_key.clone());
        headers.insert(VIEWER_HOST, host);
        match HeaderValue::from_str(&peer.ip().to_string()) {
            Ok(ip) => headers.insert(VIEWER_IP, ip),
            Err(_) => headers.remove(VIEWER_IP),
        };
        *request.uri_mut() = uri;
        *request.version_mut() = http::Version::HTTP_11;
        match self.client.request(request).await {
            Ok(mut answer) => {
                let headers = answer.headers_mut();
                // The API says so where it has not read the request to its end: then the viewer's is not read either.
                let close = headers.get(header::CONNECTION).is_some_and(|value| value == "close");
                remove_hop_by_hop(headers);
                if webkit {
                    cookies::unlock(headers);
                }
                if close {
                    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                answer.map(Either::Right)
            }
            Err(error) => {
                tracing::warn!(%error, api = %self.api, "the API did not answer the front");
                plain(StatusCode::BAD_GATEWAY, "The application did not answer.\n")
            }
        }
    }

    fn origin_uri(&self, asked: &Uri) -> Option<Uri> {
        let mut parts = self.api.clone().into_parts();
        let target = origin_target(asked.path_and_query()?)?;
        parts.path_and_query = match self.api.path().trim_end_matches('/') {
            "" => Some(target),
            stage => Some(format!("{stage}{target}").parse().ok()?),
        };
        Uri::from_parts(parts).ok()
    }
}

/// The path without one slash at its end, and the query as it is.
fn origin_target(asked: &PathAndQuery) -> Option<PathAndQuery> {
    let path = asked.path();
    match path.strip_suffix('/') {
        None | Some("") => Some(asked.clone()),
        Some(path) => match asked.query() {
            None => path.parse().ok(),
            Some(query) => format!("{path}?{query}").parse().ok(),
        },
    }
}

fn plain(status: StatusCode, text: &'static str) -> Answer {
    let mut refusal: Response<_> = answer(status, "text/plain; charset=utf-8", Bytes::from_static(text.as_bytes()));
    refusal.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_at_the_end_goes() {
        for (asked, sent) in [
            ("/", "/"),
            ("/?a=1", "/?a=1"),
            ("/tasks", "/tasks"),
            ("/tasks/", "/tasks"),
            ("/tasks//", "/tasks/"),
            ("//", "/"),
            ("/tasks/?next=/a/", "/tasks?next=/a/"),
            ("/a%2F", "/a%2F"),
            ("/tasks/?", "/tasks?"),
        ] {
            let asked: PathAndQuery = asked.parse().unwrap();
            assert_eq!(origin_target(&asked).unwrap().as_str(), sent);
        }
    }
}
