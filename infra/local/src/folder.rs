//! The data folder: one stack at a time, and a note in it that says where that stack's table answers.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::StartError;
use crate::secrets::write_private;

/// The file that the process which has the folder holds locked.
const LOCK: &str = "lock";

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
        let lock = open_private(&dir.join(LOCK), OpenOptions::new().write(true)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StartError::DataLocked(dir.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        close_to_others(dir).map_err(failed)?;
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

/// Opens a file, made if it is missing, that only its owner may read, whoever could read it before.
pub(crate) fn open_private(path: &Path, options: &mut OpenOptions) -> std::io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.create(true).open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// Takes from others what an earlier start, or somebody's copy, left open to them: our files, and the folder where
/// nothing else is in it.
#[cfg(unix)]
fn close_to_others(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut ours_alone = true;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if !entry.file_type()?.is_file() || !entry.file_name().to_str().is_some_and(is_ours) {
            ours_alone = false;
        } else if entry.metadata()?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o600))?;
        }
    }
    match ours_alone && fs::metadata(dir)?.permissions().mode() & 0o077 != 0 {
        true => fs::set_permissions(dir, fs::Permissions::from_mode(0o700)),
        false => Ok(()),
    }
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Whether a file of this name in a data folder is one of ours.
#[cfg(unix)]
fn is_ours(name: &str) -> bool {
    [LOCK, "secrets.", "stack.", "stream.", "log.", crate::table::FILE].iter().any(|ours| name.starts_with(ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_was_open_to_others_is_closed() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let ours = ["lock", "secrets.json", "secrets.json.new", "stream.position", "log.jsonl", "sprintsync.db-wal"];
        for name in ours {
            fs::write(dir.path().join(name), "x").unwrap();
            open(&dir.path().join(name), 0o644);
        }
        open(dir.path(), 0o755);
        drop(Folder::take(dir.path()).unwrap());
        for name in ours {
            assert_eq!(mode(&dir.path().join(name)), 0o600, "{name}");
        }
        assert_eq!(mode(dir.path()), 0o700);

        // A folder that is somebody's for more stays as they have it.
        let theirs = dir.path().join("notes.txt");
        fs::write(&theirs, "x").unwrap();
        open(&theirs, 0o644);
        open(&dir.path().join("secrets.json"), 0o644);
        open(dir.path(), 0o755);
        drop(Folder::take(dir.path()).unwrap());
        assert_eq!([mode(dir.path()), mode(&theirs), mode(&dir.path().join("secrets.json"))], [0o755, 0o644, 0o600]);
    }

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
