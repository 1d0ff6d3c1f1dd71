//! The front on its own, before an API that runs elsewhere on this machine: `cargo lambda watch`, or an emulator of
//! the cloud.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;

use crate::StartError;
use crate::front::Front;
use crate::resolve::is_localhost;
use crate::secrets::Secrets;
use crate::serve::Server;
use crate::services::{bind, serve};

/// How a front is started.
#[derive(Debug, Clone)]
pub struct FrontOptions {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The address of the API: `http`, a host of this machine, and a path where all of its own are under one (the
    /// name of a stage). It need not answer yet.
    pub api: String,
    /// What the front shows to the functions to be believed.
    pub origin_key: String,
    /// The folder of the static files and their manifest.
    pub static_dir: PathBuf,
}

/// A running front.
#[derive(Debug)]
pub struct FrontAlone {
    server: Server,
}

impl FrontAlone {
    /// Starts it.
    ///
    /// # Errors
    /// [`StartError`] says what stands in the way.
    pub async fn start(options: FrontOptions) -> Result<Self, StartError> {
        let api = api(&options.api)?;
        let listener = bind(options.port).await?;
        let front = Arc::new(Front::new(api, &options.static_dir, &options.origin_key)?);
        let server = serve(listener, move |request, peer| {
            let front = Arc::clone(&front);
            async move { front.serve(request, peer).await }
        })?;
        Ok(Self { server })
    }

    /// The address for people and programs.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.server.address().port())
    }

    /// Takes no new request, and lets those that run finish within `patience`.
    pub async fn stop(self, patience: Duration) {
        self.server.stop(patience).await;
    }
}

/// The front's key: the one given, else the one in the secrets of `dir`.
///
/// # Errors
/// There is none, or the secrets can not be read.
pub fn origin_key(given: Option<String>, dir: &Path) -> Result<String, StartError> {
    match given.filter(|key| !key.is_empty()) {
        Some(key) => Ok(key),
        None => Secrets::made_in(dir).ok_or_else(|| StartError::NoOriginKey(dir.to_owned()))?.origin_key(),
    }
}

/// The address of an API. The front shows it a key, and HTTP hides nothing: it must be on this machine.
fn api(text: &str) -> Result<Uri, StartError> {
    let wrong = || StartError::Api(text.to_owned());
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let host = uri.host().unwrap_or_default();
    let is_here = match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => is_localhost(host),
    };
    let bare = uri.query().is_none();
    let named_alone = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if uri.scheme_str() == Some("http") && is_here && bare && named_alone { Ok(uri) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_on_this_machine() {
        for text in [
            "http://127.0.0.1:9000",
            "http://localhost:9000/",
            "http://[::1]:9000",
            "http://a1b2.execute-api.localhost:4566",
            "http://localhost",
            "http://localhost:9000/prod",
        ] {
            assert!(api(text).is_ok(), "{text}");
        }
        for text in [
            "https://localhost:9000",
            "http://api.example",
            "http://127.0.0.1.example",
            "http://10.0.0.1:9000",
            "http://localhost:9000/?a=1",
            "http://me@localhost:9000",
            "localhost:9000",
            "/tasks",
            "",
        ] {
            assert!(matches!(api(text), Err(StartError::Api(_))), "{text}");
        }
    }

    #[test]
    fn without_a_key_it_says_what_to_do() {
        let nowhere = Path::new("/nowhere/at/all");
        assert_eq!(origin_key(Some("given".to_owned()), nowhere).unwrap(), "given");
        let refused = origin_key(Some(String::new()), nowhere).unwrap_err().to_string();
        assert!(refused.contains("sprintsync table") && refused.contains("ORIGIN_KEY"), "{refused}");
    }
}
