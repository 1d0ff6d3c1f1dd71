//! Sessions that live on while a browser uses them.

use std::cell::RefCell;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header;
use sprintsync_auth::Token;
use sprintsync_domain::Session;

use crate::{App, Credential, session_cookie};

tokio::task_local! {
    static SEEN: RefCell<Option<(Token, Session)>>;
}

/// Notes by which token and which live session the request at hand was let in.
pub(crate) fn note(token: Token, session: &Session) {
    let _ = SEEN.try_with(|seen| *seen.borrow_mut() = Some((token, session.clone())));
}

/// A page that is opened by cookie renews it, when its day is half over: as a second step, so never where something is
/// written, nor after a page that took two steps itself. A token in the header is as long as it is, and so is one that a
/// program got, wherever it is shown.
pub async fn keep_signed_in(State(app): State<App>, request: Request, next: Next) -> Response {
    let by_cookie = matches!(request.extensions().get::<Credential>(), Some(Credential::Cookie(_)));
    if !by_cookie || !request.method().is_safe() {
        return next.run(request).await;
    }
    let answering = async {
        let response = next.run(request).await;
        (response, SEEN.with(RefCell::take))
    };
    let (mut response, seen) = SEEN.scope(RefCell::default(), answering).await;
    let Some((token, session)) = seen.filter(|_| sprintsync_observe::usage().sequence < 2) else { return response };
    match app.accounts.renew(&token, &session).await {
        Ok(None) => {}
        Ok(Some(renewed)) => {
            let cookie = session_cookie(&app.config, &renewed, app.world.now());
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        // The session that is there still lives; the next page tries again.
        Err(error) => {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "a session was not renewed");
        }
    }
    response
}
