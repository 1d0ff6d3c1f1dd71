//! The log file beside the data: JSON, a line an event, for its owner alone. It starts over when it is long, and the
//! one before is kept.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::folder::open_private;

/// How long a file becomes, in bytes: some days of one person's work.
const LONGEST: u64 = 16 * 1024 * 1024;

/// A log file that is open.
#[derive(Debug)]
pub(crate) struct LogFile {
    dir: PathBuf,
    file: File,
    length: u64,
    longest: u64,
}

impl LogFile {
    /// The file in this folder.
    pub(crate) fn path_in(dir: &Path) -> PathBuf {
        dir.join("log.jsonl")
    }

    /// Opens the file in this folder; what is in it stays.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let file = open_private(&Self::path_in(dir), OpenOptions::new().append(true))?;
        let length = file.metadata()?.len();
        Ok(Self { dir: dir.to_owned(), file, length, longest: LONGEST })
    }

    /// Adds whole lines.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let more = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        if self.length > 0 && self.length.saturating_add(more) > self.longest {
            fs::rename(Self::path_in(&self.dir), self.dir.join("log.1.jsonl"))?;
            *self = Self { longest: self.longest, ..Self::open(&self.dir)? };
        }
        self.file.write_all(lines)?;
        self.length = self.length.saturating_add(more);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_are_kept_and_no_line_is_cut() {
        let dir = tempfile::tempdir().unwrap();
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap_or_default();
        let mut log = LogFile { longest: 10, ..LogFile::open(dir.path()).unwrap() };
        for line in ["one\n", "two\n", "three\n", "a line that is longer than a file\n", "last\n"] {
            log.append(line.as_bytes()).unwrap();
        }
        assert_eq!(
            (read("log.jsonl"), read("log.1.jsonl")),
            ("last\n".into(), "a line that is longer than a file\n".into())
        );
        // Opened again it goes on.
        let mut log = LogFile { longest: 10, ..LogFile::open(dir.path()).unwrap() };
        log.append(b"more\n").unwrap();
        assert_eq!(read("log.jsonl"), "last\nmore\n");
        #[cfg(unix)]
        for name in ["log.jsonl", "log.1.jsonl"] {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
}
