//! The account of an import.

use std::fmt;

/// Something about a row that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The row, such as `task 7`.
    pub row: String,
    /// What became of it.
    pub what: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.row, self.what)
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// People who were brought.
    pub new_users: u64,
    /// How many of them administer.
    pub new_admins: u64,
    /// People who had been brought before.
    pub users_before: u64,
    /// Tasks that were brought.
    pub new_tasks: u64,
    /// Tasks that had been brought before.
    pub tasks_before: u64,
    /// People who have another name here than there.
    pub renamed: Vec<Note>,
    /// Rows that could not stay as they were.
    pub mended: Vec<Note>,
    /// Rows that were not brought.
    pub left_out: Vec<Note>,
}

impl Report {
    pub(crate) fn of(dry_run: bool) -> Self {
        Self { dry_run, ..Self::default() }
    }

    pub(crate) fn renamed(&mut self, row: &str, from: &str, to: &str) {
        let what = format!("{from:?} signs in as {to}");
        self.renamed.push(Note { row: row.to_owned(), what });
    }

    pub(crate) fn mended(&mut self, row: &str, what: String) {
        self.mended.push(Note { row: row.to_owned(), what });
    }

    pub(crate) fn left_out(&mut self, row: &str, what: String) {
        self.left_out.push(Note { row: row.to_owned(), what });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, notes) in [("Renamed", &self.renamed), ("Fixed", &self.mended), ("Skipped", &self.left_out)] {
            if !notes.is_empty() {
                writeln!(f, "{title}:")?;
            }
            for note in notes {
                writeln!(f, "  {note}")?;
            }
        }
        let verb = if self.dry_run { "would be imported" } else { "imported" };
        writeln!(
            f,
            "People: {} {verb} ({} admins), {} already here.",
            self.new_users, self.new_admins, self.users_before
        )?;
        writeln!(f, "Tasks: {} {verb}, {} already here.", self.new_tasks, self.tasks_before)?;
        writeln!(f, "Renamed: {}. Fixed: {}. Skipped: {}.", self.renamed.len(), self.mended.len(), self.left_out.len())
    }
}
