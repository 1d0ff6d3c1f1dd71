//! Every fault at every table call of every write: the answer is right, or it is 503; sent again under its key it is
//! one effect.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write as _;
use std::iter::Sum;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use tests::{Answer, Dice, Fault, Lab, seed};

use crate::account_rows::of_accounts;
use crate::admin_rows::of_admins;
use crate::rows::{Desk, Row, Write, of_forms, of_suggestions, of_tasks};
use crate::team_rows::of_the_team;

/// Routes that write nothing that a fault could lose, and so have no row.
const WITHOUT_A_ROW: [&str; 1] = ["POST /web/scheme"];

/// Stacks that are tried at the same time.
const BENCHES: usize = 6;
/// Of what goes wrong with a route of the API, one in so many is tried, by a seed that is printed. With
/// `SPRINTSYNC_WHOLE`, everything is.
const OF_THE_API: usize = 2;
/// The same of a form, which writes through the same calls as a route of the API.
const OF_FORMS: usize = 4;

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lasting {
    /// It is met by one call.
    Once,
    /// The answer to one call that had landed is lost, and the next try meets another transaction.
    LostThenConflict,
    /// It is met by one call and every later one, until the request is answered.
    Held,
}

/// What goes wrong where: at which call of an operation, the first being 0. (Calls of two operations that are made side by
/// side come in either order.)
#[derive(Debug, Clone, Copy)]
struct Trouble<'a> {
    fault: Fault,
    operation: &'a str,
    at_call: usize,
    lasting: Lasting,
}

/// What was done and met.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    scenarios: usize,
    faults: usize,
    unavailable: usize,
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            scenarios: sum.scenarios + one.scenarios,
            faults: sum.faults + one.faults,
            unavailable: sum.unavailable + one.unavailable,
        })
    }
}

/// Says, where a check panics, in the middle of what.
struct Amid<T: fmt::Display>(T);

impl<T: fmt::Display> Drop for Amid<T> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("amid {}", self.0);
        }
    }
}

/// A stack, and whoever writes there.
struct Bench {
    lab: Lab,
    desk: Desk,
    keys: usize,
    dice: Dice,
}

impl Bench {
    fn new() -> Self {
        let lab = Lab::start();
        let desk = Desk::of(&lab);
        Self { lab, desk, keys: 0, dice: Dice::new(seed("the matrix of faults")) }
    }

    /// A write of something fresh, and whether it has a key.
    fn make(&mut self, row: &Row, with_key: bool) -> Write {
        self.keys += 1;
        let key = format!("key-{}", self.keys);
        (row.make)(&self.desk, with_key.then_some(&*key))
    }

    fn plan(&self, Trouble { fault, operation, at_call, lasting }: Trouble<'_>) {
        let (clock, mut met) = (self.lab.clock.clone(), 0);
        let (operation, mut calls) = (operation.to_owned(), 0);
        self.lab.faults.plan(move |call| {
            calls += usize::from(call.operation == operation);
            let fault = if lasting == Lasting::LostThenConflict && met == 1 { Fault::Conflict } else { fault };
            let over = match lasting {
                // The SDK tries four times, and then it is for us to go on.
                Lasting::Once if fault == Fault::InProgress => met == 4,
                Lasting::Once => met == 1,
                Lasting::LostThenConflict => met == 2,
                Lasting::Held => false,
            };
            if over || calls <= at_call || !fault.can_meet(call.operation) {
                return None;
            }
            met += 1;
            if lasting == Lasting::Held && matches!(fault, Fault::Conflict | Fault::InProgress) {
                // What is tried again for some seconds ends sooner.
                clock.advance(1);
            }
            Some(fault)
        });
    }

    /// Every fault at every call, lasting like this.
    fn all(&mut self, row: &Row, lasting: Lasting, with_key: bool) -> Tally {
        let _amid = Amid(format!("{} without any fault", row.route));
        let write = self.make(row, with_key);
        self.lab.faults.calm();
        let answer = (write.send)();
        let calls = self.lab.faults.seen();
        succeeded(row, &answer);
        (write.check)(&answer, false);
        let troubles = calls.iter().enumerate().flat_map(|(at_call, operation)| {
            let met = Fault::ALL.into_iter().filter(|fault| fault.can_meet(operation));
            let met = met.filter(|fault| lasting != Lasting::LostThenConflict || *fault == Fault::AnswerLost);
            let before = calls.iter().take(at_call).filter(|call| *call == operation).count();
            met.map(move |fault| Trouble { fault, operation, at_call: before, lasting })
        });
        let whole = std::env::var_os("SPRINTSYNC_WHOLE").is_some();
        let one_in = if is_page(row) { OF_FORMS } else { OF_THE_API };
        let chosen: Vec<_> = troubles.filter(|_| whole || self.dice.below(one_in) == 0).collect();
        chosen.into_iter().map(|trouble| self.one(row, trouble, with_key)).sum()
    }

    fn one(&mut self, row: &Row, trouble: Trouble<'_>, with_key: bool) -> Tally {
        let _amid = Amid(format!("{}, {trouble:?}, with a key: {with_key}", row.route));
        let write = self.make(row, with_key);
        self.plan(trouble);
        let mut answer = (write.send)();
        let faults = self.lab.faults.happened();
        assert!(faults >= 1, "nothing went wrong: {:?}", self.lab.faults.seen());
        self.lab.faults.calm();
        let unavailable = answer.status == 503;
        if unavailable {
            assert!(trouble.lasting == Lasting::Held || !row.keyed, "what goes wrong once is none of the caller's");
            try_again_later(row, &answer);
            if ["POST /ai/suggest", "POST /web/ai/plan"].contains(&row.route) {
                // Its key may have been taken, and could not be let go.
                self.lab.clock.advance(30);
            }
            answer = (write.send)();
        }
        if !unavailable || row.landed != Some(answer.status) {
            succeeded(row, &answer);
        }
        (write.check)(&answer, unavailable);
        if with_key {
            let again = (write.send)();
            let shown = |answer: &Answer| {
                let header = |name| answer.header(name).map(str::to_owned);
                (answer.status, header("etag"), header("location"), answer.text().to_owned())
            };
            match row.landed {
                Some(landed) => assert_eq!(again.status, landed, "{}", again.text()),
                None => assert_eq!(shown(&again), shown(&answer), "the same answer under the same key"),
            }
        }
        Tally { scenarios: 1, faults, unavailable: usize::from(unavailable) }
    }
}

fn is_page(row: &Row) -> bool {
    row.route.contains("/web/")
}

fn succeeded(row: &Row, answer: &Answer) {
    assert_eq!(answer.status, row.success, "{}", answer.text());
    let to_sign_in = answer.header("location") == Some("/login");
    assert_eq!(to_sign_in, row.route == "POST /web/logout", "where it leads");
}

fn try_again_later(row: &Row, answer: &Answer) {
    if is_page(row) {
        let seconds = answer.header("retry-after").and_then(|text| text.parse::<u32>().ok());
        assert!(seconds.is_some_and(|seconds| seconds >= 1), "{:?}", answer.headers);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    } else {
        answer.clone().problem(503);
    }
}

fn rows() -> Vec<Row> {
    let by_people = of_tasks().into_iter().chain(of_forms()).chain(of_suggestions()).chain(of_accounts());
    by_people.chain(of_admins()).chain(of_the_team()).collect()
}

/// Does this on every row, on several stacks at a time.
fn on_every_row(act: impl Fn(&mut Bench, &Row) -> Tally + Sync) -> Tally {
    let waiting = Mutex::new(rows());
    let next = || waiting.lock().ok().and_then(|mut rows| rows.pop());
    thread::scope(|scope| {
        let work = || {
            let mut bench = Bench::new();
            let tally = std::iter::from_fn(next).map(|row| act(&mut bench, &row)).sum::<Tally>();
            // What is done where a call fails needs no right that the template does not grant.
            bench.lab.faults.used().are_granted();
            tally
        };
        let working: Vec<_> = (0..BENCHES).map(|_| scope.spawn(work)).collect();
        let done = working.into_iter().map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        done.sum()
    })
}

#[test]
fn whatever_goes_wrong_a_write_is_answered_rightly_and_has_one_effect() {
    let started = Instant::now();
    // The SDK tries again as long as it has tokens, which all its clients share, and which calls that fail for good use
    // up: what it must mend itself comes first.
    let mended = on_every_row(|bench, row| {
        let with_key = if row.keyed { [false, true].as_slice() } else { &[false] };
        let each = with_key
            .iter()
            .flat_map(|with_key| [Lasting::Once, Lasting::LostThenConflict].map(|lasting| (lasting, *with_key)));
        each.map(|(lasting, with_key)| bench.all(row, lasting, with_key)).sum()
    });
    let held = on_every_row(|bench, row| bench.all(row, Lasting::Held, row.keyed));
    let Tally { scenarios, faults, unavailable } = [mended, held].into_iter().sum();
    let _ = writeln!(
        std::io::stderr(),
        "faults: {} writes, {scenarios} scenarios ({} of them held), {faults} faults, {unavailable} answered 503 \
         ({} of what went wrong once), {:?}",
        rows().len(),
        held.scenarios,
        mended.unavailable,
        started.elapsed()
    );
}

#[test]
fn every_route_that_writes_has_a_row() {
    let routes = [auth::ROUTES, admin::ROUTES, tasks::ROUTES, ai::ROUTES, ai::PAGE_ROUTES, web::ROUTES].concat();
    let writes = routes.iter().filter(|(_, method)| *method != "get");
    let routed: BTreeSet<String> = writes.map(|(path, method)| format!("{} {path}", method.to_uppercase())).collect();
    let rows: BTreeSet<String> = rows().iter().map(|row| row.route).chain(WITHOUT_A_ROW).map(str::to_owned).collect();
    assert_eq!(rows, routed, "rows and routers differ");
}
