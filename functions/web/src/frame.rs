//! What every page of a person's has around it: who they are, their running timer, how they want it to look.

use axum::extract::{FromRequestParts, State};
use axum::response::Response;
use http::header;
use http::request::Parts;
use sprintsync_domain::{Invalid, Timer};
use sprintsync_http::{App, Appearance, Caller, Form, Me, Problem};
use sprintsync_observe::branch;

use crate::answer::{Htmx, own_path, refresh, see_other};
use crate::show::Now;
use crate::views::{Layout, Toast, User};

/// A request for something that may be a whole page: by whom, from where, and how it shall look.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// Who shows which token.
    pub(crate) caller: Caller,
    appearance: Option<Appearance>,
    /// The page's address, to come back to. A form's own is none.
    address: String,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = <Caller as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let address = parts.uri.path_and_query().map(http::uri::PathAndQuery::as_str).unwrap_or_default();
        Ok(Self { caller, appearance: Appearance::of(&parts.headers), address: own_path(address) })
    }
}

/// What is known of somebody who is signed in when their page is made.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Who, and by which session.
    pub(crate) me: Me,
    /// The person's timer.
    pub(crate) timer: Option<Timer>,
    appearance: Option<Appearance>,
    address: String,
}

impl Visit {
    /// As [`Caller::alongside`], with all that the frame of a page needs.
    pub(crate) async fn alongside<T>(
        self,
        app: &App,
        reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
    ) -> Result<(Frame, T), Problem> {
        let timer = app.store.timer(self.caller.0.user_id);
        let both = async { tokio::try_join!(branch(reading), branch(timer)) };
        let (me, (read, timer)) = self.caller.alongside(app, both).await?;
        Ok((self.around(me, timer), read))
    }

    /// The frame for somebody who is known already, with what else the page needs.
    pub(crate) async fn afterwards<T>(
        self,
        app: &App,
        me: Me,
        reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
    ) -> Result<(Frame, T), Problem> {
        let timer = app.store.timer(self.caller.0.user_id);
        let (read, timer) = tokio::try_join!(branch(reading), branch(timer))?;
        Ok((self.around(me, timer), read))
    }

    /// As [`Visit::alongside`], for administrators: nobody else is shown anything.
    pub(crate) async fn of_admin<T>(
        self,
        app: &App,
        reading: impl Future<Output = Result<T, sprintsync_store::Error>>,
    ) -> Result<(Frame, T), Problem> {
        let (frame, read) = self.alongside(app, reading).await?;
        frame.me.admin()?;
        Ok((frame, read))
    }

    /// The frame for somebody who is known already, with their timer.
    pub(crate) fn around(self, me: Me, timer: Option<Timer>) -> Frame {
        Frame { me, timer, appearance: self.appearance, address: self.address }
    }
}

impl Frame {
    /// The frame, where the navigation has `path`.
    pub(crate) fn layout(&self, now: &Now<'_>, path: &str, flash: Option<Toast>) -> Layout {
        let user = &self.me.user;
        Layout {
            path: path.to_owned(),
            user: Some(User {
                id: user.id.to_string(),
                zone: user.time_zone.name().to_owned(),
                now: now.at.to_string(),
                username: user.username.to_string(),
                is_admin: user.is_admin,
            }),
            timer: self.timer.as_ref().map(|timer| now.timer_bar(timer, &self.address)),
            flash: flash.or_else(|| self.said()),
            ..Layout::plain(path, self.appearance)
        }
    }
}

impl Frame {
    /// The page's address, to come back to.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What any page says once, after a form that led back to it.
    fn said(&self) -> Option<Toast> {
        let (_, query) = self.address.split_once('?')?;
        let done = query.split('&').find_map(|pair| pair.strip_prefix("done="))?;
        match done {
            "logged" => Some(Toast::done("Time logged.")),
            "started" => Some(Toast::done("The timer is running.")),
            "finished" => Some(Toast::done("Done. Timer stopped, time logged.")),
            "undone" => Some(Toast::done("Undone.")),
            "reversed" => Some(Toast::done("Entry removed.")),
            _ => None,
        }
    }
}

/// `POST /web/scheme`: how the pages look in this browser, from now on
pub(crate) async fn choose_scheme(
    State(app): State<App>,
    Htmx(htmx): Htmx,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let word = fields.raw("scheme");
    let choice = Appearance::named(word);
    if choice.is_none() && word != "system" {
        return Err(Problem::field("scheme", &Invalid("Use system, light or dark.".to_owned())));
    }
    let back = own_path(fields.raw("back"));
    let mut response = if htmx { refresh() } else { see_other(if back.is_empty() { "/dashboard" } else { &back }) };
    for cookie in Appearance::cookies(choice, &app.config) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
