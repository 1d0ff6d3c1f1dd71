//! Who is in front of the instance: the address and the host that a request came by.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use http::HeaderMap;
use sprintsync_auth::{Known, Source};
use sprintsync_domain::Username;

use crate::{Config, Scheme};

/// The viewer of a request, as far as it can be believed.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Where it comes from.
    pub source: Source,
    /// Our origin, as the viewer's browser knows it.
    pub origin: String,
    /// Whether the front sent the request, which its key shows.
    pub through_front: bool,
}

impl Viewer {
    /// The viewer of an event. The front's headers count only with its key; `X-Forwarded-For` never does.
    pub fn of(event: &ApiGatewayV2httpRequest, config: &Config) -> Self {
        let header = |name: &str| text(&event.headers, name);
        let believed = match (&config.origin_key, header("x-origin-key")) {
            (Some(key), Some(shown)) => {
                aws_lc_rs::constant_time::verify_slices_are_equal(key.as_bytes(), shown.as_bytes()).is_ok()
            }
            _ => false,
        };
        let context = &event.request_context;
        let fronted = |name| believed.then(|| header(name)).flatten();
        let address = fronted("x-viewer-ip").or(context.http.source_ip.as_deref()).unwrap_or_default();
        let host = fronted("x-viewer-host").or(context.domain_name.as_deref()).unwrap_or_default();
        let scheme = match config.scheme {
            Scheme::Https => "https",
            Scheme::Http => "http",
        };
        Self {
            source: Source::new(address, header("user-agent").unwrap_or_default()),
            origin: format!("{scheme}://{host}"),
            through_front: believed,
        }
    }

    /// What a guesser knows of whoever has this name here.
    pub fn knows<'a>(&'a self, username: &'a Username) -> Known<'a> {
        Known { username: username.as_str(), origin: &self.origin }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sprintsync_domain::SignUpMode;

    fn viewer(key: Option<&str>, headers: &[(&'static str, &'static str)]) -> Viewer {
        let config = Config {
            table: String::new(),
            signing_secret: String::new(),
            origin_key: key.map(str::to_owned),
            sign_up_mode: SignUpMode::Open,
            limit_factor: 1,
            scheme: Scheme::Https,
            plain_cookie: false,
            only_through_front: false,
        };
        let mut event = ApiGatewayV2httpRequest::default();
        event.request_context.http.source_ip = Some("203.0.113.7".to_owned());
        event.request_context.domain_name = Some("api.example".to_owned());
        for (name, value) in headers {
            event.headers.insert(*name, http::HeaderValue::from_static(value));
        }
        Viewer::of(&event, &config)
    }

    #[test]
    fn the_front_is_believed_only_with_its_key() {
        let claims =
            |key| [("x-origin-key", key), ("x-viewer-ip", "198.51.100.1"), ("x-viewer-host", "sprintsync.example")];
        let seen = |viewer: Viewer| (viewer.source.network, viewer.origin, viewer.through_front);
        let believed = ("198.51.100.1".to_owned(), "https://sprintsync.example".to_owned(), true);
        let direct = ("203.0.113.7".to_owned(), "https://api.example".to_owned(), false);
        assert_eq!(seen(viewer(Some("right"), &claims("right"))), believed);
        assert_eq!(seen(viewer(Some("right"), &claims("wrong"))), direct);
        assert_eq!(seen(viewer(None, &claims(""))), direct);
        assert_eq!(seen(viewer(Some("right"), &[("x-forwarded-for", "198.51.100.1")])), direct);
    }
}
