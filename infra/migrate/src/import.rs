//! Bringing the original's people and tasks over, from CSV of its two tables.

mod mend;
mod report;
mod rows;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use futures_util::future::try_join_all;
use sprintsync_auth::legacy_hash;
use sprintsync_domain::{PasswordHash, Username};
use sprintsync_store::{Brought, Imported, ImportedTask, ImportedUser, Original, Store};

use crate::Progress;
pub use report::{Note, Report};
use rows::{TaskRow, UserRow, tasks, users};

/// Tasks that are looked up at once.
const LOOKED_UP: usize = 50;
/// Tasks that are written at once.
const AT_ONCE: usize = 8;
/// A hash that no password has.
const NO_PASSWORD: &str = "*";

/// Why nothing, or not all, was brought over.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is not what COPY gives.
    #[error("{path}: {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
    /// The table.
    #[error("the table")]
    Store(#[from] sprintsync_store::Error),
}

/// Brings over what these files hold, or only says what would be, and gives an account of it. What was brought before
/// is left as it is by now.
///
/// # Errors
/// What stands in the way. Whatever was brought stays, and the next run goes on behind it. A file that cannot be read to
/// its end is one before anything is written.
pub async fn run(
    store: &Store,
    (users_file, tasks_file): (&Path, &Path),
    dry_run: bool,
    progress: &mut Progress,
) -> Result<Report, Error> {
    let people = users(users_file)?;
    once_each(users_file, people.iter().map(|user| Ok(user.original.number)))?;
    let count = once_each(tasks_file, tasks(tasks_file)?.map(|task| Ok(task?.original.number)))?;
    let mut import = Import { store, dry_run, progress, report: Report::of(dry_run), people: BTreeMap::new() };
    import.users(people).await?;
    import.tasks(tasks_file, count).await?;
    Ok(import.report)
}

/// Counts rows, none of which may come twice.
fn once_each(path: &Path, numbers: impl Iterator<Item = Result<i64, Error>>) -> Result<u64, Error> {
    let (mut seen, mut count) = (HashSet::new(), 0);
    for number in numbers {
        let number = number?;
        if !seen.insert(number) {
            return Err(Error::File { path: path.to_owned(), what: format!("row {number} appears twice") });
        }
        count += 1;
    }
    Ok(count)
}

struct Import<'a> {
    store: &'a Store,
    dry_run: bool,
    progress: &'a mut Progress,
    report: Report,
    /// Who has an account here, or would have one, by the original's number.
    people: BTreeMap<i64, Original>,
}

impl Import<'_> {
    async fn users(&mut self, rows: Vec<UserRow>) -> Result<(), Error> {
        let originals: Vec<Original> = rows.iter().map(|row| row.original).collect();
        let brought = self.store.brought_users(&originals).await?;
        let mut names = Names { store: self.store, given: HashSet::new() };
        let mut rows: Vec<(UserRow, Brought)> = rows.into_iter().zip(brought).collect();
        // Whose name can stay as it is keeps it, before others get one like it.
        rows.sort_by_key(|(row, _)| (row.username.parse::<Username>().is_err(), row.original.number));
        let of = rows.len() as u64;
        for (at, (row, brought)) in (0..).zip(rows) {
            self.progress.at("people", at, Some(of));
            self.user(row, brought, &mut names).await?;
        }
        let (new, before) = (self.report.new_users, self.report.users_before);
        self.progress.end(&format!("people: {new} new, {before} already here"));
        Ok(())
    }

    async fn user(&mut self, row: UserRow, brought: Brought, names: &mut Names<'_>) -> Result<(), Error> {
        let what = format!("user {}", row.original.number);
        let password = row.hashed_password.as_deref().and_then(legacy_hash);
        let name = match brought {
            Brought::Left => {
                self.report.left_out(&what, "has left since they were brought over".to_owned());
                return Ok(());
            }
            Brought::Here(name) => {
                self.report.users_before += 1;
                name
            }
            Brought::Not => {
                self.report.new_users += 1;
                self.report.new_admins += u64::from(row.is_admin);
                self.bring_user(&row, password.clone(), names).await?
            }
        };
        self.people.insert(row.original.number, row.original);
        if name.as_str() != row.username {
            self.report.renamed(&what, &row.username, name.as_str());
        }
        if password.is_none() {
            let what_of_it = "has no password that is known here: they need a link for a new one".to_owned();
            self.report.mended(&what, what_of_it);
        }
        if row.undated {
            self.report.mended(&what, "has no creation time: 1970-01-01".to_owned());
        }
        Ok(())
    }

    async fn bring_user(
        &self,
        row: &UserRow,
        password: Option<PasswordHash>,
        names: &mut Names<'_>,
    ) -> Result<Username, Error> {
        let password = password.unwrap_or_else(|| PasswordHash(NO_PASSWORD.to_owned()));
        for username in mend::names(&row.username, row.original.number) {
            if !names.take(&username).await? {
                continue;
            }
            if self.dry_run {
                return Ok(username);
            }
            let new = ImportedUser {
                original: row.original,
                username: username.clone(),
                is_admin: row.is_admin,
                password: password.clone(),
            };
            match self.store.import_user(&new).await? {
                Imported::Done | Imported::Before => return Ok(username),
                // Somebody signed up with it just now.
                Imported::NameTaken => {}
            }
        }
        Err(Error::Store(sprintsync_store::Error::NameTaken))
    }

    async fn tasks(&mut self, file: &Path, of: u64) -> Result<(), Error> {
        let mut done = 0;
        let mut page = Vec::with_capacity(LOOKED_UP);
        let mut rows = tasks(file)?;
        loop {
            let row = rows.next().transpose()?;
            let over = row.is_none();
            page.extend(row);
            if over || page.len() == LOOKED_UP {
                done += page.len() as u64;
                self.page(std::mem::take(&mut page)).await?;
                self.progress.at("tasks", done, Some(of));
            }
            if over {
                break;
            }
        }
        let (new, before) = (self.report.new_tasks, self.report.tasks_before);
        self.progress.end(&format!("tasks: {new} new, {before} already here"));
        Ok(())
    }

    async fn page(&mut self, rows: Vec<TaskRow>) -> Result<(), Error> {
        let originals: Vec<Original> = rows.iter().map(|row| row.original).collect();
        let brought = self.store.brought_tasks(&originals).await?;
        let left = self.left(&rows).await?;
        let mut new = Vec::new();
        for (row, before) in rows.into_iter().zip(brought) {
            let what = format!("task {}", row.original.number);
            let Some(number) = row.user_id else {
                self.report.left_out(&what, format!("has no owner: {:?}", mend::shortened(&row.title)));
                continue;
            };
            let Some(owner) = self.people.get(&number).filter(|_| !left.contains(&number)).copied() else {
                self.report.left_out(&what, format!("belongs to user {number}, who wasn't imported"));
                continue;
            };
            if before {
                self.report.tasks_before += 1;
            } else {
                self.report.new_tasks += 1;
            }
            let task = self.mended(&what, row, owner);
            new.extend((!before).then_some(task));
        }
        if self.dry_run {
            return Ok(());
        }
        for tasks in new.chunks(AT_ONCE) {
            try_join_all(tasks.iter().map(|task| self.store.import_task(task))).await?;
        }
        Ok(())
    }

    /// Which owners of these tasks have left since the people were brought over.
    async fn left(&self, rows: &[TaskRow]) -> Result<BTreeSet<i64>, Error> {
        if self.dry_run {
            return Ok(BTreeSet::new());
        }
        let numbers: BTreeSet<i64> = rows.iter().filter_map(|row| row.user_id).collect();
        let owners: Vec<Original> = numbers.iter().filter_map(|number| self.people.get(number)).copied().collect();
        let brought = self.store.brought_users(&owners).await?;
        let left = owners.iter().zip(brought).filter(|(_, brought)| !matches!(brought, Brought::Here(_)));
        Ok(left.map(|(owner, _)| owner.number).collect())
    }

    fn mended(&mut self, what: &str, row: TaskRow, owner: Original) -> ImportedTask {
        let mut notes = Vec::new();
        let (title, whole) = mend::title(&row.title, &mut notes);
        let description = mend::description(whole, &row.description, &mut notes);
        let status = mend::status(row.status.as_deref(), &mut notes);
        let minutes = mend::minutes(row.total_minutes, &mut notes);
        if row.undated {
            notes.push("has no creation time: 1970-01-01".to_owned());
        }
        for note in notes {
            self.report.mended(what, note);
        }
        ImportedTask {
            original: row.original,
            owner: owner.user_id(),
            title,
            description,
            status,
            minutes,
            updated_at: row.updated_at,
        }
    }
}

/// The names that are free, without regard to case.
struct Names<'a> {
    store: &'a Store,
    given: HashSet<String>,
}

impl Names<'_> {
    /// Takes a name, if nobody has it.
    async fn take(&mut self, name: &Username) -> Result<bool, Error> {
        Ok(self.given.insert(name.folded()) && self.store.user_id(name).await?.is_none())
    }
}
