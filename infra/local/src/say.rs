//! What the program says to the one who started it.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use local::Services;
use local::demo::{Demo, SignIn};

/// The sign-ins that the demo made up. Nothing can show them again.
pub(crate) struct SignIns {
    /// Whether each is said as it is made; otherwise the banner has all.
    at_once: bool,
    kept: RefCell<Vec<(&'static str, String)>>,
}

impl SignIns {
    pub(crate) fn new(at_once: bool) -> Self {
        Self { at_once, kept: RefCell::default() }
    }

    pub(crate) fn hear(&self, sign_in: &SignIn) {
        if self.at_once {
            eprintln!("  {:<10} {}", sign_in.username, sign_in.password);
        } else {
            self.kept.borrow_mut().push((sign_in.username, sign_in.password.clone()));
        }
    }

    pub(crate) fn administrator(&self, name: &str) {
        if self.at_once {
            eprintln!("  {name} is an admin.");
        }
    }

    /// Where no banner comes: the people are there all the same.
    pub(crate) fn say_what_was_kept(&self) {
        for (name, password) in &*self.kept.borrow() {
            eprintln!("  {name:<10} {password}");
        }
    }
}

/// What a terminal shows before the requests.
pub(crate) fn banner(url: &str, data: &Path, demo: Option<&Demo>, sign_ins: &SignIns) {
    let mut text = format!("\nSprintSync is running at {url}\n\n");
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<11} {value}");
    };
    match demo {
        Some(Demo::Filled { tasks }) => {
            row("Demo", &format!("{tasks} tasks. These sign-ins won't be shown again:"));
            for (name, password) in &*sign_ins.kept.borrow() {
                let admin = if local::demo::admin() == Some(name) { "  (admin)" } else { "" };
                row("", &format!("{name:<10} {password}{admin}"));
            }
        }
        Some(Demo::AlreadyThere) => row("Demo", "Accounts already exist. Nothing was added."),
        None => row("Sign up", &format!("{url}/signup")),
    }
    let elsewhere = if data == Path::new(".local") { String::new() } else { format!(" --data {}", data.display()) };
    row("Make admin", &format!("cargo run -- grant-admin NAME{elsewhere}"));
    row("Data", &data.display().to_string());
    row("Log", &data.join("log.jsonl").display().to_string());
    row("Stop", "Ctrl-C");
    eprintln!("{text}");
}

/// The same where nobody reads along: the last line but one is what scripts wait for.
pub(crate) fn started(url: &str, data: &Path, demo: Option<&Demo>) {
    match demo {
        Some(Demo::AlreadyThere) => eprintln!("Demo accounts already exist. Nothing was added."),
        Some(Demo::Filled { tasks }) => {
            eprintln!("Demo ready with {tasks} tasks. The sign-ins above won't be shown again.");
        }
        None => {}
    }
    eprintln!("SprintSync is running at {url}");
    eprintln!("Data: {}. Press Ctrl-C to stop.", data.display());
}

pub(crate) fn services(services: &Services, env_file: &Path, data: &Path) {
    let (file, data) = (env_file.display(), data.display());
    eprintln!("Table: {}. Secrets: {}.", services.table_endpoint(), services.secrets_endpoint());
    eprintln!("Function environment: {file}. Next, each in its own terminal:");
    eprintln!("  cargo lambda watch --offline -A 127.0.0.1 -P 9000 --env-file {file} --timeout 60");
    eprintln!("  cargo run -- front --api http://127.0.0.1:9000 --data {data}");
    eprintln!("Press Ctrl-C to stop.");
}

pub(crate) fn plain_cookies() {
    eprintln!("WARNING: --plain-cookie is on. The session cookie goes out without `Secure` and `__Host-`:");
    eprintln!("         any program or page on this host name can set it, and plain HTTP carries it.");
    eprintln!("         Use it on this machine only, never for real data.");
}

/// Opens an address in the browser, as the system does it.
pub(crate) fn open_browser(url: &str) {
    let (program, before): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start"]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(before).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        // Waited for elsewhere: it may last as long as the browser.
        Ok(mut child) => drop(std::thread::spawn(move || child.wait())),
        Err(error) => eprintln!("No browser was opened ({program}: {error}). Open {url} yourself."),
    }
}
