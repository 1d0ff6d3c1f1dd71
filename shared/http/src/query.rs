//! Query strings, and the pages of lists that they ask for.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sprintsync_domain::Invalid;
use sprintsync_store::{Page, Place, cursor};

use crate::{App, FieldError, Problem};

/// Items of a page unless the caller says otherwise.
const USUAL: usize = 50;
/// Items of a page at most.
const MOST: usize = 200;
/// What stays as it is in a value: RFC 3986's unreserved characters.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Names and values in `application/x-www-form-urlencoded` (WHATWG URL, 5.1), but refused where they are not UTF-8.
pub(crate) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8().map(String::from).ok();
    let parts = text.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

/// The values of a query.
#[derive(Debug, Clone)]
pub struct Query {
    path: String,
    pairs: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = pairs(parts.uri.query().unwrap_or_default())
            .ok_or_else(|| Problem::unreadable("The query isn't UTF-8."))?;
        Ok(Self { path: parts.uri.path().to_owned(), pairs })
    }
}

impl Query {
    /// A query that stands somewhere else than in an address; none, where it is not UTF-8.
    pub fn of(text: &str) -> Option<Self> {
        Some(Self { path: String::new(), pairs: pairs(text)? })
    }

    /// The value of this name.
    ///
    /// # Errors
    /// 422, where it Send this parameter once..
    pub fn get(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Problem::field(name, &Invalid("Send this parameter once.".to_owned()))),
            (value, None) => Ok(value),
        }
    }

    /// The value of this name, read.
    ///
    /// # Errors
    /// 422, where it Send this parameter once. or does not parse.
    pub fn parse<T>(&self, name: &str) -> Result<Option<T>, Problem>
    where
        T: std::str::FromStr<Err = Invalid>,
    {
        self.get(name)?.map(|value| value.parse().map_err(|reason| Problem::field(name, &reason))).transpose()
    }
}

/// Where a page of a list begins and ends, and what makes its cursors its own.
#[derive(Debug)]
pub struct Paging {
    /// The place in the list.
    pub place: Place,
    scope: String,
    query: Query,
    filters: &'static [&'static str],
}

impl Paging {
    /// The page that a query asks for, of the list that `scope` names. The link to the next page keeps the limit and
    /// these `filters`.
    ///
    /// # Errors
    /// 422 for a limit out of range; 400 for a cursor that is not of this list.
    pub async fn read(
        app: &App,
        query: Query,
        scope: String,
        filters: &'static [&'static str],
    ) -> Result<Self, Problem> {
        let limit = match query.get("limit")? {
            None => USUAL,
            Some(text) => text.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
                let message = format!("Use a whole number from 1 to {MOST}.");
                Problem::fields(vec![FieldError { field: "limit".to_owned(), message }])
            })?,
        };
        Ok(Self { filters, ..Self::of(app, query, scope, limit).await? })
    }

    /// The page of this many items whose place a query names.
    ///
    /// # Errors
    /// 400 for a cursor that is not of this list.
    pub async fn of(app: &App, query: Query, scope: String, limit: usize) -> Result<Self, Problem> {
        let after = match query.get("cursor")? {
            None => None,
            Some(text) => Some(open_cursor(app, &scope, text).await?),
        };
        Ok(Self { place: Place { limit, after }, scope, query, filters: &[] })
    }

    /// The cursor of the page behind this one, if there is one.
    pub async fn next<T>(&self, app: &App, page: &Page<T>) -> Option<String> {
        match &page.next {
            Some(position) => Some(seal_cursor(app, &self.scope, position).await),
            None => None,
        }
    }

    /// The page as an answer: `shape` of each item in a bare array, and the `Link` to the next page if there is one.
    pub async fn answer<T, J: serde::Serialize>(
        &self,
        app: &App,
        page: Page<T>,
        shape: impl FnMut(T) -> J,
    ) -> Result<Response, Problem> {
        self.answer_with(app, page, |items| items.into_iter().map(shape).collect::<Vec<J>>()).await
    }

    /// As [`Paging::answer`], with `shape` of all items together.
    ///
    /// # Errors
    /// They cannot be written as JSON.
    pub async fn answer_with<T, J: serde::Serialize>(
        &self,
        app: &App,
        page: Page<T>,
        shape: impl FnOnce(Vec<T>) -> J,
    ) -> Result<Response, Problem> {
        let next = self.next(app, &page).await;
        let mut response = json(&shape(page.items))?;
        if let Some(cursor) = next {
            let kept = |name: &str| name == "limit" || self.filters.contains(&name);
            let kept = self.query.pairs.iter().filter(|(name, _)| kept(name));
            let mut query: Vec<String> =
                kept.map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
            query.push(format!("cursor={cursor}"));
            let link = format!("<{}?{}>; rel=\"next\"", self.query.path, query.join("&"));
            let link = HeaderValue::try_from(link).map_err(|error| Problem::fault(&error, "a link was not made"))?;
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }
}

/// The text of a cursor.
pub async fn seal_cursor(app: &App, scope: &str, position: &str) -> String {
    cursor::seal(&app.ring.keys().await.current.cursor, scope, position)
}

/// The position in a cursor.
///
/// # Errors
/// 400, where it is not of this list.
pub async fn open_cursor(app: &App, scope: &str, text: &str) -> Result<String, Problem> {
    let keys = app.ring.keys().await;
    if let Some(position) = cursor::open(&keys.cursors(), scope, text) {
        return Ok(position);
    }
    // It may be signed with a key that this environment does not know yet.
    let keys = app.ring.fresh_keys().await;
    cursor::open(&keys.cursors(), scope, text)
        .ok_or_else(|| Problem::unreadable("This cursor belongs to another list. Start again without it."))
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A value as JSON.
///
/// # Errors
/// It cannot be written as JSON.
pub fn json<T: serde::Serialize>(value: &T) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| Problem::fault(&error, "an answer was not written"))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_as_forms_are() {
        let read = |text| {
            pairs(text)
                .map(|pairs| pairs.into_iter().map(|(name, value)| format!("{name}|{value}")).collect::<Vec<_>>())
        };
        assert_eq!(
            read("a=1&b=x+y%20z&&c&=d"),
            Some(vec!["a|1".to_owned(), "b|x y z".to_owned(), "c|".to_owned(), "|d".to_owned()])
        );
        assert_eq!(read("a=%C3%BC"), Some(vec!["a|ü".to_owned()]));
        assert_eq!(read("a=%ff"), None);
        assert_eq!(read(""), Some(Vec::new()));
    }
}
