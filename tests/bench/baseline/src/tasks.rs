//! The four routes.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize, Serializer};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::App;
use crate::problem::Problem;

const PERSON: &str = "SELECT disabled FROM people WHERE id = $1";

/// A statement that gives tasks.
macro_rules! about_tasks {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, title, description, status, estimate_minutes, due_on, total_minutes, user_id, version, created_at, \
             updated_at, completed_at ",
            $after
        )
    };
}

const LIST: &str =
    about_tasks!("SELECT", "FROM tasks WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT $2");
const ONE: &str = about_tasks!("SELECT", "FROM tasks WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL");
const CREATE: &str = about_tasks!(
    "WITH made AS (
        INSERT INTO tasks (id, user_id, title, description, status, estimate_minutes, due_on, completed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $5 = 'done' THEN now() END)
        RETURNING *
    ), told AS (
        INSERT INTO task_events (task_id, version, at, by_id, what, was, became)
        SELECT id, version, created_at, user_id, 'created', '{}', jsonb_strip_nulls(jsonb_build_object(
            'title', title, 'description', description, 'status', status, 'estimate_minutes', estimate_minutes,
            'due_on', due_on, 'total_minutes', total_minutes))
        FROM made
    )
    SELECT",
    "FROM made"
);
/// Gives no row where there is nothing to change: no such task, another version, or the status that it has.
const MOVE: &str = about_tasks!(
    "WITH before AS (
        SELECT id AS task_id, status AS was FROM tasks
        WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
    ), moved AS (
        UPDATE tasks SET
            status = $3,
            version = version + 1,
            updated_at = greatest(now(), updated_at),
            completed_at = CASE WHEN $3 = 'done' THEN greatest(now(), updated_at) END
        FROM before
        WHERE id = task_id AND status <> $3 AND ($4::bigint IS NULL OR version = $4)
        RETURNING tasks.*, was
    ), told AS (
        INSERT INTO task_events (task_id, version, at, by_id, what, was, became)
        SELECT id, version, updated_at, user_id, 'edited',
            jsonb_build_object('status', was), jsonb_build_object('status', status)
        FROM moved
    )
    SELECT",
    "FROM moved"
);

/// A task as it is answered.
#[derive(Serialize)]
struct Task {
    id: Uuid,
    title: String,
    description: String,
    status: String,
    estimate_minutes: Option<i64>,
    #[serde(serialize_with = "day")]
    due_on: Option<Date>,
    total_minutes: i64,
    user_id: Uuid,
    version: i64,
    #[serde(serialize_with = "at")]
    created_at: Timestamp,
    #[serde(serialize_with = "at")]
    updated_at: Timestamp,
    #[serde(serialize_with = "at_last")]
    completed_at: Option<Timestamp>,
}

/// What a person states when adding a task.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTask {
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default = "todo")]
    status: String,
    estimate_minutes: Option<i64>,
    due_on: Option<String>,
}

/// Which status a task goes to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Move {
    status: String,
}

#[derive(Deserialize)]
pub(crate) struct Listing {
    limit: Option<i64>,
}

/// Who asks. Read anew in each request, as SprintSync does.
pub(crate) struct Person(Uuid);

#[derive(Deserialize)]
struct Claims {
    sub: Uuid,
}

impl FromRequestParts<App> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|header| header.to_str().ok());
        let token = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or(Problem::NotSignedIn)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &app.key, &Validation::new(Algorithm::HS256));
        let id = claims.map_err(|_| Problem::NotSignedIn)?.claims.sub;
        let person = app.first(PERSON, &[&id]).await?.ok_or(Problem::NotSignedIn)?;
        if person.try_get("disabled")? { Err(Problem::NotSignedIn) } else { Ok(Self(id)) }
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    Person(person): Person,
    Query(Listing { limit }): Query<Listing>,
) -> Result<Response, Problem> {
    let limit = limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Problem::Bad("limit must be from 1 to 200"));
    }
    let rows = app.rows(LIST, &[&person, &limit]).await?;
    let tasks: Vec<Task> = rows.iter().map(Task::of).collect::<Result<_, _>>()?;
    Ok(Json(tasks).into_response())
}

pub(crate) async fn read(
    State(app): State<App>,
    Person(person): Person,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let row = app.first(ONE, &[&id, &person]).await?.ok_or(Problem::NotFound)?;
    Ok(Task::of(&row)?.answer(StatusCode::OK))
}

pub(crate) async fn create(
    State(app): State<App>,
    Person(person): Person,
    new: Result<Json<NewTask>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(NewTask { title, description, status, estimate_minutes, due_on }) = new?;
    let title = title.trim();
    if title.is_empty() || title.chars().count() > 200 || title.contains(char::is_control) {
        return Err(Problem::Bad("title must be a line of 1 to 200 characters"));
    }
    if description.chars().count() > 10_000 {
        return Err(Problem::Bad("description must have 10,000 characters at most"));
    }
    if !known(&status) || estimate_minutes.is_some_and(|minutes| !(1..=100_000).contains(&minutes)) {
        return Err(Problem::Bad("status or estimate_minutes is not one that there is"));
    }
    let due_on: Option<Date> =
        due_on.map(|day| day.parse()).transpose().map_err(|_| Problem::Bad("due_on is not a day"))?;
    let id = Uuid::now_v7();
    let values: [&(dyn ToSql + Sync); 7] = [&id, &person, &title, &description, &status, &estimate_minutes, &due_on];
    let row = app.first(CREATE, &values).await?.ok_or(Problem::NotFound)?;
    Ok(([(header::LOCATION, format!("/tasks/{id}"))], Task::of(&row)?.answer(StatusCode::CREATED)).into_response())
}

pub(crate) async fn set_status(
    State(app): State<App>,
    Person(person): Person,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    to: Result<Json<Move>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(Move { status }) = to?;
    if !known(&status) {
        return Err(Problem::Bad("status is not one that there is"));
    }
    let tag = headers.get(header::IF_MATCH).and_then(|tag| tag.to_str().ok());
    let expected: Option<i64> = tag.map(|tag| tag.trim_matches('"').parse()).transpose().map_err(|_| Problem::Stale)?;
    let row = match app.first(MOVE, &[&id, &person, &status, &expected]).await? {
        Some(row) => row,
        None => app.first(ONE, &[&id, &person]).await?.ok_or(Problem::NotFound)?,
    };
    let task = Task::of(&row)?;
    if task.status != status {
        return Err(Problem::Stale);
    }
    Ok(task.answer(StatusCode::OK))
}

impl App {
    async fn rows(&self, statement: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Problem> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(statement).await?;
        Ok(client.query(&statement, values).await?)
    }

    async fn first(&self, statement: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>, Problem> {
        Ok(self.rows(statement, values).await?.into_iter().next())
    }
}

impl Task {
    fn of(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            title: row.try_get("title")?,
            description: row.try_get("description")?,
            status: row.try_get("status")?,
            estimate_minutes: row.try_get("estimate_minutes")?,
            due_on: row.try_get("due_on")?,
            total_minutes: row.try_get("total_minutes")?,
            user_id: row.try_get("user_id")?,
            version: row.try_get("version")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            completed_at: row.try_get("completed_at")?,
        })
    }

    fn answer(self, status: StatusCode) -> Response {
        (status, [(header::ETAG, format!("\"{}\"", self.version))], Json(self)).into_response()
    }
}

fn todo() -> String {
    "todo".to_owned()
}

fn known(status: &str) -> bool {
    ["todo", "in_progress", "done"].contains(&status)
}

fn at<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.3}"))
}

fn at_last<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(&format_args!("{at:.3}")),
        None => serializer.serialize_none(),
    }
}

fn day<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.collect_str(day),
        None => serializer.serialize_none(),
    }
}
