//! Idempotency keys: a write that is sent again under its key has one effect and one answer
//! (draft-ietf-httpapi-idempotency-key-header-07, with the record kept in the effect's own transaction).

use std::convert::Infallible;
use std::future::Future;

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use sprintsync_domain::{Invalid, KeptPlan, UserId};
use sprintsync_observe::branch;
use sprintsync_store::{Claim, Effect, Once, Recorded};

use crate::{App, Caller, Me, Problem, fields};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// The key that a write was sent with, if any, and a digest of what was sent.
#[derive(Debug, Clone, Default)]
pub struct Repeat(Option<Key>);

#[derive(Debug, Clone)]
struct Key {
    key: String,
    request: String,
}

/// An answer that can be kept and given again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    body: String,
}

impl Answer {
    /// This status without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status: status.as_u16(), etag: None, location: None, body: String::new() }
    }

    /// This status with a value as JSON.
    pub fn json(status: StatusCode, value: &impl Serialize) -> Self {
        Self { body: serde_json::to_string(value).unwrap_or_default(), ..Self::empty(status) }
    }

    /// Kept in the place of an answer that holds a code: what was shown once is kept nowhere, and not shown again.
    pub fn shown_once() -> Self {
        Self::empty(StatusCode::CONFLICT)
    }

    /// With the tag of a version.
    #[must_use]
    pub fn tagged(mut self, version: sprintsync_domain::Version) -> Self {
        self.etag = Some(format!("\"{version}\""));
        self
    }

    /// With the path of what was made.
    #[must_use]
    pub fn at(mut self, path: String) -> Self {
        self.location = Some(path);
        self
    }

    fn keep(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if !self.body.is_empty() {
            *response.body_mut() = Body::from(self.body);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        // What has a tag may be kept by the caller alone, and is asked for again each time: the first time as later.
        if self.etag.is_some() {
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        }
        let headers = [(header::ETAG, self.etag), (header::LOCATION, self.location)];
        for (name, value) in headers.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Repeat {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Reads the key of an unsafe request, and digests what it asks: method, path, `If-Match` and body.
pub(crate) async fn note(request: Request) -> Result<Request, Problem> {
    let Some(value) = request.headers().get(HEADER) else { return Ok(request) };
    let key =
        value.to_str().ok().filter(|key| (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()));
    let key =
        key.ok_or_else(|| Problem::unreadable("The Idempotency-Key header needs 1 to 64 visible ASCII characters."))?;
    let key = key.to_owned();
    let (mut parts, body) = request.into_parts();
    let body = fields::collect(body).await?;
    let matching = parts.headers.get(header::IF_MATCH).map(HeaderValue::as_bytes).unwrap_or_default();
    let address = parts.uri.path_and_query().map(http::uri::PathAndQuery::as_str).unwrap_or_default();
    let request = digest(&[parts.method.as_str().as_bytes(), address.as_bytes(), matching, &body]);
    parts.extensions.insert(Repeat(Some(Key { key, request })));
    Ok(Request::from_parts(parts, Body::from(body)))
}

pub(crate) fn digest(parts: &[&[u8]]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        // Lengths keep the parts apart.
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    URL_SAFE_NO_PAD.encode(context.finish())
}

impl Repeat {
    /// The key of a form: the one hidden in it, with a digest of what it asks for, so that a form that was corrected
    /// and sent again is another write, and one that is sent again from another page is not.
    pub(crate) fn of_form<'a>(hidden: &str, address: &str, said: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let good = (1..=40).contains(&hidden.len()) && hidden.bytes().all(|b| b.is_ascii_graphic());
        Self(good.then(|| {
            let mut parts: Vec<&[u8]> = vec![b"form", address.as_bytes()];
            parts.extend(said.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
            let request = digest(&parts);
            Key { key: format!("{hidden}.{}", request.get(..22).unwrap_or_default()), request }
        }))
    }

    /// Begins a write of this caller's. `reading` is read beside the check of the session and of the key.
    ///
    /// # Errors
    /// 401, or what the reading ends in.
    pub async fn begin<T>(
        &self,
        app: &App,
        caller: Caller,
        reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
    ) -> Result<(Me, T, Writing), Problem> {
        let user = caller.0.user_id;
        let both = async { tokio::try_join!(branch(reading), branch(self.recorded(app, user))) };
        let (me, (read, recorded)) = caller.alongside(app, both).await?;
        Ok((me, read, Writing { user, key: self.0.clone(), recorded }))
    }

    /// Does a write of this caller's, once under its key: `act` writes with what was read, and keeps its answer with
    /// [`Writing::once`]. What was done before under the key is answered again as it was.
    ///
    /// # Errors
    /// 401; 422 where the key was used for another request; or what `act` ends in.
    pub async fn run<T>(
        self,
        app: &App,
        caller: Caller,
        reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
        act: impl AsyncFnOnce(&Me, T, Writing) -> Result<Response, Problem>,
    ) -> Result<Response, Problem> {
        self.run_if(|_| Ok(()), app, caller, reading, act).await
    }

    /// As [`Repeat::run`], for administrators: who is one no longer does not even learn what was done before.
    ///
    /// # Errors
    /// 403; or as [`Repeat::run`].
    pub async fn run_for_admin<T>(
        self,
        app: &App,
        caller: Caller,
        reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
        act: impl AsyncFnOnce(&Me, T, Writing) -> Result<Response, Problem>,
    ) -> Result<Response, Problem> {
        self.run_if(Me::admin, app, caller, reading, act).await
    }

    async fn run_if<T>(
        self,
        may: impl FnOnce(&Me) -> Result<(), Problem>,
        app: &App,
        caller: Caller,
        reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
        act: impl AsyncFnOnce(&Me, T, Writing) -> Result<Response, Problem>,
    ) -> Result<Response, Problem> {
        let (me, read, writing) = self.begin(app, caller, reading).await?;
        may(&me)?;
        if let Some(recorded) = &writing.recorded {
            if recorded.as_admin {
                me.admin()?;
            }
            return self.again(recorded);
        }
        match act(&me, read, writing).await {
            // What stands in the way may be this very write, sent twice at the same time.
            Err(problem) if self.0.is_some() && matches!(problem.status.as_u16(), 404 | 409 | 412) => {
                match self.recorded(app, me.user.id).await? {
                    Some(recorded) => self.again(&recorded),
                    None => Err(problem),
                }
            }
            outcome => outcome,
        }
    }

    /// Takes the key for work that takes its time and whose effect is no transaction of its own. Without a key there is
    /// nothing to take.
    ///
    /// # Errors
    /// The table.
    pub async fn claim(&self, app: &App, user: UserId) -> Result<Claim, sprintsync_store::Error> {
        match &self.0 {
            Some(key) => app.store.claim(user, &key.key, &key.request).await,
            None => Ok(Claim::Taken),
        }
    }

    /// What was answered, to a request whose key was taken before.
    ///
    /// # Errors
    /// 422 where that was another request; 409 while it is being worked on.
    pub fn before(&self, recorded: &Recorded) -> Result<Response, Problem> {
        match recorded.answer.is_empty() && self.0.as_ref().is_some_and(|key| key.request == recorded.request) {
            true => Err(Problem::new(StatusCode::CONFLICT, "This request is still running.")),
            false => self.again(recorded),
        }
    }

    /// Lets go of a key that was taken: nothing came of it. Where that fails, it is let go in half a minute.
    pub async fn let_go(&self, app: &App, user: UserId) {
        let Some(key) = &self.0 else { return };
        if let Err(error) = app.store.let_go(user, &key.key).await {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "a key was not let go");
        }
    }

    /// Keeps the answer with the key that was taken, and a plan where one was made, at once.
    ///
    /// # Errors
    /// The table.
    pub async fn finish(
        &self,
        app: &App,
        user: UserId,
        plan: Option<&KeptPlan>,
        answer: &Answer,
    ) -> Result<(), Problem> {
        let recorded = self
            .0
            .as_ref()
            .map(|key| (&*key.key, Recorded { request: key.request.clone(), answer: answer.keep(), as_admin: false }));
        let once = recorded.as_ref().map(|(key, recorded)| (*key, recorded));
        match (plan, once) {
            (Some(plan), once) => app.store.keep_plan(user, plan, once).await?,
            (None, Some((key, recorded))) => app.store.finish(user, key, recorded).await?,
            (None, None) => {}
        }
        Ok(())
    }

    async fn recorded(&self, app: &App, user: UserId) -> Result<Option<Recorded>, sprintsync_store::Error> {
        match &self.0 {
            Some(key) => app.store.recorded(user, &key.key).await,
            None => Ok(None),
        }
    }

    fn again(&self, recorded: &Recorded) -> Result<Response, Problem> {
        if self.0.as_ref().is_none_or(|key| key.request != recorded.request) {
            let reason = Invalid("Already used for another request.".to_owned());
            let detail = "This idempotency key was already used for another request.";
            return Err(Problem::field(HEADER.as_str(), &reason).saying(detail));
        }
        let answer: Answer = serde_json::from_str(&recorded.answer)
            .map_err(|error| Problem::fault(&error, "a kept answer was not read"))?;
        match answer.status == StatusCode::CONFLICT {
            true => Err(Problem::new(StatusCode::CONFLICT, "Already shown. Create a new one if you lost it.")),
            false => Ok(answer.into_response()),
        }
    }
}

/// A write under way.
#[derive(Debug)]
pub struct Writing {
    user: UserId,
    key: Option<Key>,
    recorded: Option<Recorded>,
}

impl Writing {
    /// Whether it was done before under its key. The key of a form holds a digest of the form, so it was this very one.
    pub fn is_done(&self) -> bool {
        self.recorded.is_some()
    }

    /// Whether it was done under its key by now: asked where what it is about is no longer there. The same form, sent
    /// twice at once, may have been the reason.
    ///
    /// # Errors
    /// 503.
    pub async fn has_been_done(&self, app: &App) -> Result<bool, Problem> {
        match &self.key {
            Some(key) if !self.is_done() => Ok(app.store.recorded(self.user, &key.key).await?.is_some()),
            _ => Ok(self.is_done()),
        }
    }

    /// What the store keeps with the key of a form: that it was done. What is shown then is what is there then.
    pub fn once_shown<'a>(&self) -> Option<Once<'a>> {
        self.once(|_| Answer::empty(StatusCode::OK))
    }

    /// What the store keeps with the key of a form that does several things, for this one of them.
    pub fn once_shown_of<'a>(&self, part: &str) -> Option<Once<'a>> {
        let once = self.once_shown()?;
        Some(Once { key: format!("{}.{part}", once.key), ..once })
    }

    /// What the store keeps with the key, if there is one: the answer to this effect.
    pub fn once<'a>(&self, answer: impl Fn(&Effect<'_>) -> Answer + Send + Sync + 'a) -> Option<Once<'a>> {
        let key = self.key.clone()?;
        let answer = Box::new(move |effect: &Effect<'_>| answer(effect).keep());
        Some(Once { user: self.user, key: key.key, request: key.request, answer })
    }
}
