//! The data folder: one stack at a time, and a note in it that says where that stack's table answers.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::StartError;
use crate::secrets::write_private;

/// A data folder that this process alone uses, until it is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    dir: PathBuf,
    _lock: File,
}

/// What a running stack says of itself in the folder.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    /// The address of the table's protocol.
    table: String,
}

impl Folder {
    /// Takes `dir` for this process; it is made if it is missing.
    ///
    /// # Errors
    /// [`StartError::DataLocked`] while another process holds it, [`StartError::Data`] if it can not be used.
    pub(crate) fn take(dir: &Path) -> Result<Self, StartError> {
        let failed = |source| StartError::Data { path: dir.to_owned(), source };
        make_private(dir).map_err(failed)?;
        let lock = File::options().write(true).create(true).truncate(false).open(dir.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StartError::DataLocked(dir.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let folder = Self { dir: dir.to_owned(), _lock: lock };
        // Left by a stack that was killed.
        folder.withdraw();
        Ok(folder)
    }

    /// Says where the table answers.
    ///
    /// # Errors
    /// [`StartError::Data`] if the note can not be written.
    pub(crate) fn announce(&self, table: &str) -> Result<(), StartError> {
        let note = Note { table: table.to_owned() };
        serde_json::to_vec(&note)
            .map_err(std::io::Error::other)
            .and_then(|json| write_private(&note_in(&self.dir), &json))
            .map_err(|source| StartError::Data { path: self.dir.clone(), source })
    }

    fn withdraw(&self) {
        let path = note_in(&self.dir);
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %path.display(), "the note of a stack could not be removed");
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.withdraw();
    }
}

/// Where the table of the stack that holds `dir` answers; `None` while that stack starts or ends.
pub(crate) fn announced_table(dir: &Path) -> Option<String> {
    let note: Note = serde_json::from_slice(&fs::read(note_in(dir)).ok()?).ok()?;
    Some(note.table)
}

fn note_in(dir: &Path) -> PathBuf {
    dir.join("stack.json")
}

fn make_private(dir: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let dir = std::env::temp_dir().join(crate::secrets::random_text(16).unwrap());
        let first = Folder::take(&dir).unwrap();
        assert!(matches!(Folder::take(&dir), Err(StartError::DataLocked(_))));
        first.announce("http://127.0.0.1:1").unwrap();
        assert_eq!(announced_table(&dir).unwrap(), "http://127.0.0.1:1");
        drop(first);
        assert_eq!(announced_table(&dir), None);
        drop(Folder::take(&dir).unwrap());
        fs::remove_dir_all(&dir).unwrap();
    }
}
