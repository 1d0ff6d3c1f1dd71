//! The program itself, as an operator starts it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use local::{Data, Options};
use tests::Own;

use crate::import::{Files, HASH_OF_USER1};

fn program() -> Command {
    let test = std::env::current_exe().expect("this test");
    let folder = test.parent().and_then(Path::parent).expect("the target folder");
    let program = folder.join("migrate");
    assert!(program.is_file(), "{} is not there: run `cargo build --workspace` first", program.display());
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn it_works_on_the_folder_of_a_stack_that_runs_or_does_not_and_on_a_table_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = || Options { data: Data::Dir(folder.path().to_owned()), ..Options::default() };
    Own::start(options()).stop();
    let users = format!("1,zed1,{HASH_OF_USER1},f,2026-10-01 08:00:00+00\n");
    let files = Files::new(&users, "1,Write it down,,todo,5,1,2026-10-02 08:00:00+00,\n");
    let import = |dry_run: &[&str]| {
        let mut command = program();
        command.args(["import", "--users"]).arg(files.users()).arg("--tasks").arg(files.tasks()).args(dry_run);
        command.arg("--data").arg(folder.path()).output().expect("it runs")
    };
    let foretold = import(&["--dry-run"]);
    assert!(foretold.status.success() && said(&foretold).contains("Tasks: 1 would be imported"), "{}", said(&foretold));
    let brought = import(&[]);
    assert!(brought.status.success() && said(&brought).contains("People: 1 imported"), "{}", said(&brought));

    let own = Own::start(options());
    let again = import(&[]);
    assert!(again.status.success() && said(&again).contains("1 already here"), "{}", said(&again));
    for arguments in [&["--dry-run"][..], &[]] {
        let mut command = program();
        command.args(["--table", local::TABLE]).args(arguments);
        command.env("AWS_ENDPOINT_URL_DYNAMODB", own.stack.table_endpoint()).env("AWS_REGION", "us-east-1");
        command
            .env("AWS_ACCESS_KEY_ID", own.stack.secrets().access_key().expect("a key"))
            .env("AWS_SECRET_ACCESS_KEY", "local");
        let ran = command.output().expect("it runs");
        assert!(ran.status.success() && said(&ran).contains("step 1 (shared lists)"), "{}", said(&ran));
        assert!(said(&ran).contains("0 to change"), "{}", said(&ran));
    }
    own.stop();
}

#[test]
fn it_says_what_is_missing() {
    let empty = tempfile::tempdir().expect("a folder");
    let nothing = program().output().expect("it runs");
    assert!(!nothing.status.success() && said(&nothing).contains("--table"), "{}", said(&nothing));
    let both = program().args(["--table", "x", "--data", "y"]).output().expect("it runs");
    assert!(!both.status.success(), "{}", said(&both));
    let no_data = program().arg("--data").arg(empty.path()).output().expect("it runs");
    assert!(!no_data.status.success() && !said(&no_data).contains("panicked"), "{}", said(&no_data));
    let no_files = program().args(["import", "--table", "x"]).output().expect("it runs");
    assert!(!no_files.status.success() && said(&no_files).contains("--users"), "{}", said(&no_files));
}
