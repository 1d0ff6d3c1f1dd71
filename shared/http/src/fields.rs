//! Fields of a request's body, JSON or form: taken one by one, all mistakes told at once.

use std::str::FromStr;

use axum::body::Body;
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use bytes::{Bytes, BytesMut};
use http::{StatusCode, header};
use http_body_util::BodyExt;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use sprintsync_domain::{Invalid, LENGTHS, minutes_in, workday_in};

use crate::query::pairs;
use crate::{FieldError, Problem, Repeat};

/// Bytes that a body has at most.
const MOST_BYTES: usize = 256 * 1024;
/// Fields that a body has at most: far more than any route takes.
const MOST_FIELDS: usize = 100;
/// Mistakes that are told at once.
const MOST_ERRORS: usize = 20;

/// The fields of a body, as they came.
#[derive(Debug, Default)]
pub struct Fields {
    values: Map<String, Value>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
    /// Those of a form in which people type lengths of time.
    lengths: Vec<&'static str>,
    repeat: Repeat,
}

/// A body of JSON.
#[derive(Debug)]
pub struct Json(pub Fields);

/// A body of a form: every field is a text, and an empty text is no value.
#[derive(Debug)]
pub struct Form(pub Fields);

/// Takes a text of this type.
pub fn text<T: FromStr<Err = Invalid>>(value: &Value) -> Result<T, Invalid> {
    value.as_str().ok_or_else(|| Invalid("Use a string.".to_owned()))?.parse()
}

/// Takes a whole number of this type.
pub fn number<T: TryFrom<i64, Error = Invalid>>(value: &Value) -> Result<T, Invalid> {
    let not_whole = || Invalid("Use a whole number.".to_owned());
    T::try_from(whole(value).ok_or_else(not_whole)?)
}

/// The whole number that a value is. JSON has one kind of number: `1.0` and `1e0` are 1 (JSON Schema, 6.1.1).
pub(crate) fn whole(value: &Value) -> Option<i64> {
    let exactly = |number: f64| {
        let text = format!("{number:.0}");
        text.parse().ok().filter(|_| number.fract() == 0.0)
    };
    value.as_i64().or_else(|| value.as_f64().and_then(exactly))
}

impl Fields {
    /// The field, which must be there. Nothing, where it is not good; the mistake is noted.
    pub fn required<T>(&mut self, name: &'static str, parse: impl FnOnce(&Value) -> Result<T, Invalid>) -> Option<T> {
        self.known.push(name);
        let parsed = match self.values.get(name) {
            None => Err(Invalid("This field is required.".to_owned())),
            Some(Value::Null) => Err(Invalid("This field can't be null.".to_owned())),
            Some(Value::String(_)) if self.lengths.contains(&name) => Err(Invalid(LENGTHS.to_owned())),
            Some(value) => parse(value),
        };
        parsed.map_err(|reason| self.note(name, &reason)).ok()
    }

    /// The field, if it is there. The outer nothing is a mistake that was noted.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&Value) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        if self.values.contains_key(name) {
            return self.required(name, parse).map(Some);
        }
        self.known.push(name);
        Some(None)
    }

    /// The field, if it is there; null says that there shall be none. The outer nothing is a mistake that was noted.
    pub fn nullable<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&Value) -> Result<T, Invalid>,
    ) -> Option<Option<Option<T>>> {
        if self.values.get(name) == Some(&Value::Null) {
            self.known.push(name);
            return Some(Some(None));
        }
        self.optional(name, parse).map(|value| value.map(Some))
    }

    /// The key that a form was sent with, for what must happen once.
    pub fn repeat(&self) -> Repeat {
        self.repeat.clone()
    }

    /// Notes a mistake.
    pub fn note(&mut self, name: &str, reason: &Invalid) {
        if self.errors.len() < MOST_ERRORS {
            let field = name.chars().filter(|c| !c.is_control()).take(64).collect();
            self.errors.push(FieldError { field, message: reason.to_string() });
        }
    }

    /// Takes what was sent, each name once.
    fn take(pairs: Vec<(String, Value)>) -> Result<Self, Problem> {
        if pairs.len() > MOST_FIELDS {
            return Err(Problem::unreadable(format!("Send at most {MOST_FIELDS} fields.")));
        }
        let mut fields = Self::default();
        for (name, value) in pairs {
            if fields.values.contains_key(&name) {
                fields.note(&name, &Invalid("Send this field once.".to_owned()));
            }
            fields.values.insert(name, value);
        }
        Ok(fields)
    }

    /// Whether something came for a field.
    pub fn holds(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// What came for a field, to show it again.
    pub fn raw(&self, name: &str) -> &str {
        self.values.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// What was made of the fields, if no mistake was noted and no field is left that nobody asked for.
    ///
    /// # Errors
    /// 422 that names each field.
    pub fn check<T>(&mut self, made: Option<T>) -> Result<T, Problem> {
        let known = std::mem::take(&mut self.known);
        let unknown: Vec<String> = self.values.keys().filter(|name| !known.contains(&name.as_str())).cloned().collect();
        for name in unknown {
            self.note(&name, &Invalid("This field can't be set here.".to_owned()));
        }
        match made {
            Some(made) if self.errors.is_empty() => Ok(made),
            _ => Err(Problem::fields(self.errors.clone())),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (essence, method) = (content_type(&request), request.method().clone());
        let merge = method == http::Method::PATCH && essence == "application/merge-patch+json";
        if essence != "application/json" && !merge {
            return Err(unsupported("application/json"));
        }
        let body = read(request).await?;
        let body = std::str::from_utf8(&body).map_err(|_| Problem::unreadable("The body isn't UTF-8."))?;
        // Some write a mark of the byte order first, which JSON does not have (RFC 8259, 8.1): it may be skipped.
        let body = body.strip_prefix('\u{feff}').unwrap_or(body);
        match serde_json::from_str::<Pairs>(body) {
            Ok(Pairs(pairs)) => Fields::take(pairs).map(Self),
            Err(error) if error.is_data() => Err(Problem::field("body", &Invalid("Must be a JSON object.".to_owned()))
                .saying("The body must be a JSON object.")),
            Err(error) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                Err(Problem::unreadable(format!("The body isn't valid JSON ({place}).")))
            }
        }
    }
}

impl<S: Send + Sync> OptionalFromRequest<S> for Json {
    type Rejection = Problem;

    /// No body is no fields; a body must be JSON.
    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let (parts, body) = request.into_parts();
        let body = collect(body).await?;
        if body.is_empty() {
            return Ok(None);
        }
        let request = Request::from_parts(parts, Body::from(body));
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        const FORM: &str = "application/x-www-form-urlencoded";
        let essence = content_type(&request);
        if essence != FORM {
            return Err(unsupported(FORM));
        }
        let address = request.uri().path().to_owned();
        let body = read(request).await?;
        let text = std::str::from_utf8(&body).map_err(|_| Problem::unreadable("The body isn't UTF-8."))?;
        let pairs = pairs(text).ok_or_else(|| Problem::unreadable("The body isn't a UTF-8 form."))?;
        let mut fields = Fields::take(pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect())?;
        let key = fields.values.remove("key");
        let key = key.as_ref().and_then(Value::as_str).unwrap_or_default();
        fields.repeat = Repeat::of_form(key, &address, fields.said());
        Ok(Self(fields))
    }
}

impl Form {
    /// Whether the body of this request is a form.
    pub fn is_in(request: &Request) -> bool {
        content_type(request) == "application/x-www-form-urlencoded"
    }
}

/// Fields of a form that say where it stands, what was seen and who sends it, not what is wanted. No digest is made of
/// a password.
const ASIDE: [&str; 5] = ["view", "back", "version", "was", "password"];

impl Fields {
    /// What a form asks for, name by name: the same, wherever the person sends it from.
    fn said(&self) -> impl Iterator<Item = (&str, &str)> {
        let said = self.values.iter().filter(|(name, _)| !ASIDE.contains(&name.as_str()));
        said.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()))
    }

    /// The texts of a form, name by name, as they came.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()))
    }

    /// Takes a text of a form out of it, if it came.
    pub fn take_text(&mut self, name: &str) -> Option<String> {
        self.values.remove(name).and_then(|value| value.as_str().map(str::to_owned))
    }

    /// Puts another value in the place of what came.
    pub fn replace(&mut self, name: &str, value: impl Into<Value>) {
        self.values.insert(name.to_owned(), value.into());
    }

    /// Takes the fields whose names begin with this, as boxes that were ticked are sent: what follows in each name.
    pub fn ticked(&mut self, prefix: &str) -> Vec<String> {
        let ticked = self.values.keys().filter_map(|name| name.strip_prefix(prefix).map(str::to_owned)).collect();
        self.values.retain(|name, _| !name.starts_with(prefix));
        ticked
    }

    /// Makes blank texts of a form no value.
    pub fn blank_is_null(&mut self, names: &[&str]) {
        self.each(names, |text| text.trim().is_empty().then_some(Value::Null));
    }

    /// Makes blank texts of a form as good as not sent.
    pub fn blank_is_missing(&mut self, names: &[&str]) {
        self.values.retain(|name, value| {
            !(names.contains(&name.as_str()) && value.as_str().is_some_and(|text| text.trim().is_empty()))
        });
    }

    /// Takes the space around texts of a form away.
    pub fn trim(&mut self, names: &[&str]) {
        self.each(names, |text| Some(text.trim().into()));
    }

    /// Makes lengths of time that a form holds, as people type them, numbers of minutes.
    pub fn durations_are_minutes(&mut self, names: &[&'static str]) {
        self.lengths.extend_from_slice(names);
        self.each(names, |text| minutes_in(text).map(Value::from));
    }

    /// Makes the length of a working day that a form holds, as people type it, a number of minutes.
    pub fn workday_is_minutes(&mut self, name: &'static str) {
        self.lengths.push(name);
        self.each(&[name], |text| workday_in(text).map(Value::from));
    }

    fn each(&mut self, names: &[&str], make: impl Fn(&str) -> Option<Value>) {
        for name in names {
            if let Some(value) = self.values.get_mut(*name)
                && let Some(made) = value.as_str().and_then(&make)
            {
                *value = made;
            }
        }
    }

    /// Fields that say more than is asked here.
    pub fn ignore(&mut self, names: &[&'static str]) {
        self.known.extend_from_slice(names);
    }
}

/// The members of a JSON object in the order in which they were sent, each as often as it was.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

fn content_type(request: &Request) -> String {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
}

fn unsupported(wanted: &str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("Send the body as {wanted}."))
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    let coded = request.headers().get_all(header::CONTENT_ENCODING).iter();
    let coded = coded.map(|value| value.to_str().unwrap_or("?").trim());
    if let Some(coding) =
        coded.flat_map(|value| value.split(',')).find(|one| !one.trim().eq_ignore_ascii_case("identity"))
    {
        let coding: String = coding.trim().chars().take(32).collect();
        let detail = format!("The body has the Content-Encoding \"{coding}\". Send it as it is, without one.");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    collect(request.into_body()).await
}

/// The whole body, if it is not too large.
pub(crate) async fn collect(mut body: Body) -> Result<Bytes, Problem> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::unreadable("The body couldn't be read."))?;
        if let Some(data) = frame.data_ref() {
            if whole.len() + data.len() > MOST_BYTES {
                let detail = format!("Send at most {} KiB.", MOST_BYTES / 1024);
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
            }
            whole.extend_from_slice(data);
        }
    }
    Ok(whole.freeze())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_without_a_fraction_is_whole() {
        for (value, number) in [(json!(7), 7), (json!(7.0), 7), (json!(7e2), 700), (json!(-0.0), 0)] {
            assert_eq!(whole(&value), Some(number), "{value}");
        }
        for value in [json!(7.5), json!(1e300), json!("7"), json!(true), json!(null)] {
            assert_eq!(whole(&value), None, "{value}");
        }
    }
}
