//! How things are answered to a person: pages, fragments, redirects, and problems as either.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sprintsync_http::{Asked, Problem, is_htmx, tell_program};

use crate::views::{ErrorPage, Failure, Field, Layout, Toast};

/// Whether htmx asks, so that a fragment is wanted and not a page.
#[derive(Debug, Clone, Copy)]
pub struct Htmx(pub bool);

impl<S: Send + Sync> FromRequestParts<S> for Htmx {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(is_htmx(&parts.headers)))
    }
}

/// Whether our script asks ahead, since somebody is about to open the page.
#[derive(Debug, Clone, Copy)]
pub struct Ahead(bool);

impl<S: Send + Sync> FromRequestParts<S> for Ahead {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.headers.get("purpose").is_some_and(|purpose| purpose == "prefetch")))
    }
}

impl Ahead {
    /// Lets the person's own browser keep what was asked for ahead, for the moment until it is opened.
    pub fn kept(self, mut response: Response) -> Response {
        if self.0 {
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=5"));
            headers.append(header::VARY, HeaderValue::from_static("Cookie"));
        }
        response
    }
}

/// A template, rendered.
pub fn html(template: &impl Template) -> Result<Response, Problem> {
    html_with(StatusCode::OK, template)
}

/// Two fragments in one answer.
pub fn html_both(one: &impl Template, other: &impl Template) -> Result<Response, Problem> {
    let render = |fragment: Result<String, askama::Error>| {
        fragment.map_err(|error| Problem::fault(&error, "a template was not rendered"))
    };
    let body = render(one.render())? + &render(other.render())?;
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response())
}

/// Has the page ask again for every part of it that a change may show in.
pub fn refreshing(mut response: Response) -> Response {
    response.headers_mut().insert(HeaderName::from_static("hx-trigger"), HeaderValue::from_static("refresh"));
    response
}

/// Has htmx go on to another page.
pub fn onward(path: &str) -> Response {
    let path = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/dashboard"));
    [(HeaderName::from_static("hx-redirect"), path)].into_response()
}

/// A template, rendered, with this status.
pub fn html_with(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let body = template.render().map_err(|error| Problem::fault(&error, "a template was not rendered"))?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response())
}

/// A page whose address holds a code: its files are asked for without saying so, since what serves them keeps a log. A
/// form on it then says `Origin: null`, and shows by `Sec-Fetch-Site` that it is ours.
#[must_use]
pub fn unreferred(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A form that shows its problem, rendered, with the problem's status and the headers that go with it.
pub fn refused(problem: &Problem, template: &impl Template) -> Result<Response, Problem> {
    let mut response = html_with(problem.status, template)?;
    let headers = response.headers_mut();
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Ok(response)
}

/// On to another page, after a form.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/dashboard"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// On to another page, for htmx.
pub fn redirect(path: &str) -> Response {
    let location = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/dashboard"));
    [(HeaderName::from_static("hx-redirect"), location)].into_response()
}

/// The page again, for htmx, where its parts cannot be told apart from what is there already.
pub fn refresh() -> Response {
    [(HeaderName::from_static("hx-refresh"), HeaderValue::from_static("true"))].into_response()
}

/// Where to go after a form: a path of ours, or nothing. What a browser reads as another host is not one.
pub fn own_path(path: &str) -> String {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|b| b.is_ascii_graphic())
        && !path.starts_with("/web/")
        && !path.starts_with("/login")
        && !path.starts_with("/signup");
    if ours { path.to_owned() } else { String::new() }
}

/// Tells a problem to a program as JSON, and to a person: as a page, or to htmx as a toast that leaves the page as it is.
pub fn tell(problem: &Problem, request_id: &str, asked: &Asked) -> Response {
    if asked.program {
        return tell_program(problem, request_id, asked);
    }
    if problem.status == StatusCode::UNAUTHORIZED && asked.safe {
        return to_sign_in(asked);
    }
    if let Some(address) = nearest_page(problem, asked) {
        return see_other(&address);
    }
    let told = if asked.htmx {
        html_with(problem.status, &Failure { toast: Toast::failed(for_person(problem)) })
    } else {
        let sign_in = problem.status == StatusCode::UNAUTHORIZED;
        let retry = asked.safe.then(|| address(asked)).filter(|_| matches!(problem.status.as_u16(), 429 | 500 | 503));
        html_with(
            problem.status,
            &ErrorPage {
                layout: Layout::plain(&asked.path, asked.appearance),
                status: problem.status.as_u16(),
                title: heading(problem).to_owned(),
                detail: match sign_in {
                    true => SENT_WITHOUT_SESSION.to_owned(),
                    false => for_person(problem),
                },
                sign_in,
                retry,
                request_id: request_id.to_owned(),
            },
        )
    };
    told.unwrap_or_else(|problem| problem.status.into_response())
}

/// What somebody reads whose form was sent after their session had ended, by a browser without script.
const SENT_WITHOUT_SESSION: &str = "Your text is safe. Sign in in a new tab, then come back to this one and reload it: \
     the browser offers to send the form again.";

fn heading(problem: &Problem) -> &'static str {
    match problem.status {
        StatusCode::UNAUTHORIZED => "You're signed out",
        StatusCode::FORBIDDEN => "No access",
        StatusCode::NOT_FOUND => "Page not found",
        StatusCode::TOO_MANY_REQUESTS => "Too many requests",
        StatusCode::INTERNAL_SERVER_ERROR => "Something went wrong",
        StatusCode::SERVICE_UNAVAILABLE => "Temporarily unavailable",
        _ => problem.title(),
    }
}

fn for_person(problem: &Problem) -> String {
    match problem.status {
        StatusCode::UNAUTHORIZED => {
            "You're signed out. Sign in in another tab, then try again; your text is kept.".to_owned()
        }
        StatusCode::NOT_FOUND => "This page doesn't exist or you don't have access.".to_owned(),
        _ => problem.detail.clone(),
    }
}

/// The page that an address means which says something in its query that nobody can read: the same without that. An old
/// bookmark or a mistyped day opens a page so, and no error.
fn nearest_page(problem: &Problem, asked: &Asked) -> Option<String> {
    let unread = matches!(problem.status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
    if !unread || !asked.safe || asked.htmx || asked.path.starts_with("/web/") {
        return None;
    }
    let pairs: Vec<&str> = asked.query.as_deref()?.split('&').collect();
    let named = |pair: &&&str| {
        let name = pair.split('=').next().unwrap_or_default();
        problem.errors.iter().any(|error| error.field == name)
    };
    let kept: Vec<&str> = pairs.iter().filter(|pair| !named(pair)).copied().collect();
    // Where the problem names no part of the query, all of it goes: the next address is always shorter.
    let query = if kept.len() < pairs.len() { kept.join("&") } else { String::new() };
    Some(if query.is_empty() { asked.path.clone() } else { format!("{}?{query}", asked.path) })
}

/// A text as a value in a query.
pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn to_sign_in(asked: &Asked) -> Response {
    // A fragment's address is no page to come back to.
    let back = if asked.path.starts_with("/web/") { "/dashboard".to_owned() } else { address(asked) };
    let path = format!("/login?next={}", escaped(&back));
    if asked.htmx {
        let path = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/login"));
        return [(HeaderName::from_static("hx-redirect"), path)].into_response();
    }
    see_other(&path)
}

fn address(asked: &Asked) -> String {
    asked.query.as_ref().map_or_else(|| asked.path.clone(), |query| format!("{}?{query}", asked.path))
}

/// Puts what is wrong with a field beside it.
pub fn mark(field: &mut Field, name: &str, problem: &Problem) {
    field.error = told(name, problem);
}

/// What is wrong with a field, as a sentence.
pub fn told(name: &str, problem: &Problem) -> Option<String> {
    problem.errors.iter().find(|error| error.field == name).map(|error| error.message.clone())
}

/// What is wrong with the whole: everything that does not stand beside one of the fields `placed`.
pub fn whole(problem: &Problem, placed: &[&str]) -> Option<String> {
    let other = problem.errors.iter().filter(|error| !placed.contains(&error.field.as_str()));
    let other: Vec<_> = other.map(|error| format!("{}: {}", error.field, error.message)).collect();
    match problem.errors.is_empty() {
        true => Some(for_person(problem)),
        false => Some(other.join(" ")).filter(|text| !text.is_empty()),
    }
}

/// Whether a problem is told beside the form that it is about: one that the person can do something about there.
pub fn belongs_to_form(problem: &Problem) -> bool {
    matches!(problem.status.as_u16(), 403 | 409 | 412 | 422 | 429 | 503)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_read_in_an_address_is_left_out() {
        let nearest = |problem: &Problem, path: &str, query: Option<&str>| {
            let (path, query) = (path.to_owned(), query.map(str::to_owned));
            nearest_page(problem, &Asked { path, query, safe: true, htmx: false, program: false, appearance: None })
        };
        let (field, message) = ("on".to_owned(), "No such day.".to_owned());
        let day = Problem::fields(vec![sprintsync_http::FieldError { field, message }]);
        assert_eq!(nearest(&day, "/day", Some("on=2026-13-45")).as_deref(), Some("/day"));
        assert_eq!(nearest(&day, "/day", Some("a=1&on=x&on=y&b")).as_deref(), Some("/day?a=1&b"));
        assert_eq!(nearest(&day, "/day", Some("a=1&%6fn=x")).as_deref(), Some("/day"));
        let cursor = Problem::unreadable("The cursor is not of this list.");
        assert_eq!(nearest(&cursor, "/dashboard", Some("status=done&cursor=zzz")).as_deref(), Some("/dashboard"));
        assert_eq!(nearest(&cursor, "/dashboard", None), None);
        assert_eq!(nearest(&cursor, "/web/tasks", Some("cursor=zzz")), None);
        assert_eq!(nearest(&Problem::not_found(), "/task/x", Some("a=1")), None);
    }

    #[test]
    fn a_way_back_stays_at_home() {
        assert_eq!(own_path("/dashboard?status=todo"), "/dashboard?status=todo");
        for away in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "dashboard",
            "/a\r\nb",
            "/\tb",
            "/login?next=/",
        ] {
            assert_eq!(own_path(away), "", "{away:?}");
        }
    }
}
