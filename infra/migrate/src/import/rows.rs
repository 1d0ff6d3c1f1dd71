//! The rows of the original's tables, as `COPY … TO STDOUT CSV HEADER` writes them (PostgreSQL, "COPY", CSV format).

use std::fs::File;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sprintsync_domain::Timestamp;
use sprintsync_store::Original;

use super::Error;

/// A row of `users`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UserRow {
    pub(super) original: Original,
    pub(super) username: String,
    pub(super) hashed_password: Option<String>,
    pub(super) is_admin: bool,
    pub(super) undated: bool,
}

/// A row of `tasks`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TaskRow {
    pub(super) original: Original,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) status: Option<String>,
    pub(super) total_minutes: Option<i64>,
    pub(super) user_id: Option<i64>,
    pub(super) updated_at: Option<Timestamp>,
    pub(super) undated: bool,
}

const USERS: [&str; 5] = ["id", "username", "hashed_password", "is_admin", "created_at"];
const TASKS: [&str; 8] =
    ["id", "title", "description", "status", "total_minutes", "user_id", "created_at", "updated_at"];

#[derive(Deserialize)]
struct RawUser {
    id: i64,
    username: String,
    hashed_password: Option<String>,
    is_admin: Option<String>,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct RawTask {
    id: i64,
    title: String,
    description: String,
    status: Option<String>,
    total_minutes: Option<i64>,
    user_id: Option<i64>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

/// All people.
pub(super) fn users(path: &Path) -> Result<Vec<UserRow>, Error> {
    rows::<RawUser>(path, &USERS)?
        .map(|row| row.and_then(|row| to_user(row).map_err(|what| wrong(path, &what))))
        .collect()
}

/// The tasks, one after the other.
pub(super) fn tasks(path: &Path) -> Result<impl Iterator<Item = Result<TaskRow, Error>>, Error> {
    Ok(rows::<RawTask>(path, &TASKS)?
        .map(move |row| row.and_then(|row| to_task(row).map_err(|what| wrong(path, &what)))))
}

fn rows<'a, T: DeserializeOwned + 'a>(
    path: &'a Path,
    columns: &[&str],
) -> Result<impl Iterator<Item = Result<T, Error>> + use<'a, T>, Error> {
    let file = File::open(path).map_err(|error| wrong(path, &error.to_string()))?;
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers().map_err(|error| wrong(path, &error.to_string()))?;
    // A column that is not there would be taken for one in which nothing stands.
    if let Some(missing) = columns.iter().find(|column| !header.iter().any(|name| name == **column)) {
        return Err(wrong(path, &format!("the first line has no column {missing}")));
    }
    let rows = reader.into_deserialize();
    Ok(rows.map(move |row| row.map_err(|error| wrong(path, &error.to_string()))))
}

fn wrong(path: &Path, what: &str) -> Error {
    Error::File { path: path.to_owned(), what: what.to_owned() }
}

fn to_user(row: RawUser) -> Result<UserRow, String> {
    let created_at = time(row.created_at.as_deref()).map_err(|what| format!("user {}: {what}", row.id))?;
    let is_admin = match row.is_admin.as_deref() {
        Some("t" | "true" | "1") => true,
        Some("f" | "false" | "0") | None => false,
        Some(other) => return Err(format!("user {}: is_admin is {other:?}", row.id)),
    };
    Ok(UserRow {
        original: Original { number: row.id, created_at: created_at.unwrap_or(Timestamp::from_ms(0)) },
        username: row.username,
        hashed_password: row.hashed_password,
        is_admin,
        undated: created_at.is_none(),
    })
}

fn to_task(row: RawTask) -> Result<TaskRow, String> {
    let time = |text: Option<String>| time(text.as_deref()).map_err(|what| format!("task {}: {what}", row.id));
    let created_at = time(row.created_at)?;
    Ok(TaskRow {
        original: Original { number: row.id, created_at: created_at.unwrap_or(Timestamp::from_ms(0)) },
        title: row.title,
        description: row.description,
        status: row.status,
        total_minutes: row.total_minutes,
        user_id: row.user_id,
        updated_at: time(row.updated_at)?,
        undated: created_at.is_none(),
    })
}

/// A `timestamptz`, in the ISO style in which PostgreSQL writes it unless told otherwise.
fn time(text: Option<&str>) -> Result<Option<Timestamp>, String> {
    text.map(|text| text.parse().map_err(|_| format!("{text:?} isn't a time with a zone"))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_postgresql_writes_them() {
        for (text, rfc3339) in [
            ("2026-11-23 01:04:03.464082+00", "2026-11-23T01:04:03.464Z"),
            ("2026-11-23 01:04:03+00", "2026-11-23T01:04:03.000Z"),
            ("2026-11-23 01:04:03.4+05:30", "2026-11-22T19:34:03.400Z"),
            ("2026-11-22 22:04:03-03", "2026-11-23T01:04:03.000Z"),
        ] {
            assert_eq!(time(Some(text)).expect(text).expect("a time").to_string(), rfc3339);
        }
        assert_eq!(time(None), Ok(None));
        for text in ["", "infinity", "2026-11-23", "2026-11-23 01:04:03", "yesterday"] {
            assert!(time(Some(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn rows_as_copy_writes_them() {
        let folder = tempfile();
        let path = folder.join("users.csv");
        let csv = "id,username,hashed_password,is_admin,created_at\n\
                   1,admin,$2b$12$x,t,2026-11-23 01:04:03.464082+00\n\
                   2,\"a \"\"b\"\",\nc\",,f,\n\
                   3,,,,2026-11-23 01:04:03+00\n";
        std::fs::write(&path, csv).expect("a file");
        let rows = users(&path).expect("rows");
        assert_eq!(rows[0].username, "admin");
        assert!(rows[0].is_admin && !rows[0].undated);
        assert_eq!(rows[1].username, "a \"b\",\nc");
        assert!(rows[1].undated && rows[1].hashed_password.is_none());
        assert_eq!(rows[2].username, "");

        for bad in ["id,username\n1,x\n", "id,username,hashed_password,is_admin,created_at\nx,,,,\n", "\u{0}", ""] {
            std::fs::write(&path, bad).expect("a file");
            assert!(users(&path).is_err(), "{bad:?}");
        }
        std::fs::write(&path, "id,username,hashed_password,is_admin,created_at\n1,x,,perhaps,\n").expect("a file");
        assert!(users(&path).expect_err("no flag").to_string().contains("perhaps"));
        std::fs::remove_dir_all(folder).expect("removed");
    }

    fn tempfile() -> std::path::PathBuf {
        let name = format!("migrate-rows-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }
}
