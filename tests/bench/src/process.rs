//! Programs that are measured: started, asked what they used, and ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use tokio::process::{Child, Command};

use crate::Failure;

/// A process that runs until it is dropped.
pub(crate) struct Process {
    child: Child,
    /// When it was started.
    pub(crate) began: Instant,
}

/// How much of a CPU a process may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// As much as there is.
    Whole,
    /// What Lambda gives with 512 MB: a whole one comes with 1,769 ("Configure Lambda function memory").
    Of512,
}

impl Share {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Of512 => "512",
        }
    }
}

impl Process {
    /// Starts a program with these arguments and this environment alone; what it prints goes to `log`, if it is kept.
    pub(crate) fn start(
        program: &Path,
        arguments: &[&str],
        environment: &[(String, String)],
        group: Option<&Group>,
        log: Option<&Path>,
    ) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().envs(environment.iter().cloned()).stderr(Stdio::inherit());
        command.stdout(log.map(fs::File::create).transpose()?.map_or_else(Stdio::null, Stdio::from));
        let process = Self::spawn(command)?;
        if let Some(group) = group {
            group.take(process.id())?;
        }
        Ok(process)
    }

    /// Starts a program of ours with these arguments, which tells what it does in a file.
    pub(crate) fn start_telling(program: &Path, arguments: &[&str], to: fs::File) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command.args(arguments).stdout(Stdio::null()).stderr(to);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Result<Self, Failure> {
        command.stdin(Stdio::null()).kill_on_drop(true);
        let began = Instant::now();
        let child = command.spawn();
        let child = child.map_err(|error| format!("{}: {error}", command.as_std().get_program().display()))?;
        Ok(Self { child, began })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Ends it, and waits until it is gone.
    pub(crate) async fn end(mut self) -> Result<(), Failure> {
        Ok(self.child.kill().await?)
    }
}

/// The CPU time that the living threads of a process had so far, in milliseconds, exact (proc(5), `schedstat`): for
/// spans in which no thread ends.
pub(crate) fn cpu_ms(id: u32) -> Result<f64, Failure> {
    let mut sum = 0.0;
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        // A thread may end meanwhile.
        let text = fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        sum += text.split_whitespace().next().and_then(|first| first.parse::<f64>().ok()).unwrap_or_default();
    }
    Ok(sum / 1e6)
}

/// The CPU time that a process had so far, with that of its threads that have ended, in milliseconds: exact to a tick of
/// 10 (proc(5), `stat`), so for spans of a second and more.
pub(crate) fn whole_cpu_ms(id: u32) -> Result<f64, Failure> {
    const TICK_MS: f64 = 10.0;
    let text = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name of the program stands in brackets, and may hold anything.
    let fields: Vec<&str> =
        text.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
    let mut ticks = 0.0;
    for (at, what) in [(11, "user"), (12, "system")] {
        let field = fields.get(at).ok_or_else(|| format!("/proc/{id}/stat has no {what} time"))?;
        ticks += field.parse::<f64>()?;
    }
    Ok(ticks * TICK_MS)
}

/// The most memory that a process had, in megabytes.
pub(crate) fn memory_mb(id: u32) -> Result<f64, Failure> {
    Ok(number(&format!("/proc/{id}/status"), "VmHWM:")? * 1_024.0 / 1e6)
}

/// What a process had read from the disk so far, in megabytes.
pub(crate) fn read_mb(id: u32) -> Result<f64, Failure> {
    Ok(number(&format!("/proc/{id}/io"), "read_bytes:")? / 1e6)
}

fn number(path: &str, name: &str) -> Result<f64, Failure> {
    let text = fs::read_to_string(path)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let value = line.and_then(|rest| rest.split_whitespace().next()).ok_or_else(|| format!("{path} has no {name}"))?;
    Ok(value.parse()?)
}

/// Forgets what is kept of a file in memory, so that the next reader reads the disk.
pub(crate) fn forget(path: &Path) -> Result<(), Failure> {
    let file = fs::File::open(path)?;
    file.sync_all()?;
    Ok(rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?)
}

/// A group of processes that have a share of a CPU together (cgroups(7), version 1 or 2).
pub(crate) struct Group(PathBuf);

impl Group {
    /// The group of a share, which needs an administrator of this machine; none for a whole CPU.
    pub(crate) fn of(share: Share) -> Result<Option<Self>, Failure> {
        const PERIOD_US: u32 = 20_000;
        let quota_us = match share {
            Share::Whole => return Ok(None),
            Share::Of512 => PERIOD_US * 512 / 1_769,
        };
        let name = format!("sprintsync-bench-{}", std::process::id());
        let old = Path::new("/sys/fs/cgroup/cpu");
        let group = if old.is_dir() {
            let group = Self::make(old.join(name))?;
            fs::write(group.0.join("cpu.cfs_period_us"), PERIOD_US.to_string())?;
            fs::write(group.0.join("cpu.cfs_quota_us"), quota_us.to_string())?;
            group
        } else {
            let all = Path::new("/sys/fs/cgroup");
            fs::write(all.join("cgroup.subtree_control"), "+cpu")?;
            let group = Self::make(all.join(name))?;
            fs::write(group.0.join("cpu.max"), format!("{quota_us} {PERIOD_US}"))?;
            group
        };
        Ok(Some(group))
    }

    fn make(path: PathBuf) -> Result<Self, Failure> {
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    fn take(&self, id: u32) -> Result<(), Failure> {
        Ok(fs::write(self.0.join("cgroup.procs"), id.to_string())?)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}
