//! Who asks: this function answers many who are nobody, and starts without a key, so callers are looked up where it
//! matters.

use axum::extract::FromRequestParts;
use http::request::Parts;
use sprintsync_http::{App, Caller, Credential, Problem};

use crate::Ops;

/// What a request shows, if anything.
#[derive(Debug)]
pub(crate) struct Shown {
    parts: Parts,
}

impl FromRequestParts<Ops> for Shown {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Ops) -> Result<Self, Self::Rejection> {
        Ok(Self { parts: parts.clone() })
    }
}

impl Shown {
    /// The token in the header, if there is one.
    pub(crate) fn bearer(&self) -> Option<&str> {
        match self.parts.extensions.get::<Credential>() {
            Some(Credential::Bearer(token)) => Some(token),
            _ => None,
        }
    }

    /// Whether it shows nothing.
    pub(crate) fn nothing(&self) -> bool {
        matches!(self.parts.extensions.get::<Credential>(), None | Some(Credential::None))
    }

    /// Whose token it is, if it is a good one. Whether the session is alive is another question.
    ///
    /// # Errors
    /// 401; 503 where there is no key to tell.
    pub(crate) async fn caller(&mut self, ops: &Ops) -> Result<(Caller, App), Problem> {
        let app = ops.app().await?;
        let caller = <Caller as FromRequestParts<App>>::from_request_parts(&mut self.parts, app).await?;
        Ok((caller, app.clone()))
    }
}

impl Ops {
    /// What knows callers.
    ///
    /// # Errors
    /// 503 where there is no key; the next request tries again.
    async fn app(&self) -> Result<&App, Problem> {
        let parts = &*self.0;
        let connect = || async {
            let (dynamodb, secrets) = (parts.dynamodb.clone(), parts.secrets.clone());
            App::connect(parts.settings.config.clone(), dynamodb, secrets, parts.world.clone()).await
        };
        let connected = parts.app.get_or_try_init(connect).await;
        connected.map_err(|error| Problem::busy(&error, "callers cannot be told apart"))
    }
}
