//! The whole state, read over the API: what a walk leaves behind.

use crate::model::Model;
use crate::request::{Ask, Request, Session};

/// Items of a page when the state is read: few, so that lists have several.
const LIMIT: usize = 7;

/// The requests that read everything that these people may see, each by the session of theirs.
pub fn reads(model: &Model, sessions: &[usize]) -> Vec<Request> {
    let mut reads = Vec::new();
    for (person, session) in sessions.iter().enumerate() {
        let mut ask = |ask| reads.push(Request::new((person, *session), ask));
        ask(Ask::Me);
        ask(Ask::Sessions { limit: LIMIT });
        for status in [None, Some(0), Some(1), Some(2)] {
            ask(Ask::Tasks { status, limit: LIMIT });
        }
        ask(Ask::Timer);
        ask(Ask::Days { from: "1970-01-01".to_owned(), to: "9999-12-31".to_owned(), limit: LIMIT });
        let own = (0..model.tasks.len()).filter(|task| model.tasks[*task].owner == person);
        for task in own {
            of_task(task, &mut ask);
        }
        // Somebody else's is not there, or an admin's to see.
        if let Some(other) = (0..model.tasks.len()).find(|task| model.tasks[*task].owner != person) {
            of_task(other, &mut ask);
        }
    }
    reads
}

/// The requests that read what two writes at the same time did to their tasks.
pub fn reads_after(requests: &[Request; 2], session: Session) -> Vec<Request> {
    let mut reads = vec![Request::new(session, Ask::Timer)];
    for task in requests.iter().filter_map(Request::task) {
        of_task(task, &mut |ask| reads.push(Request::new(session, ask)));
    }
    reads
}

fn of_task(task: usize, ask: &mut impl FnMut(Ask)) {
    let task = Some(task);
    ask(Ask::Read(task));
    ask(Ask::Entries { task, limit: LIMIT });
    ask(Ask::History { task, limit: LIMIT });
}

/// The requests that take out of the trash whatever is there still.
pub fn restores(model: &Model, sessions: &[usize]) -> Vec<Request> {
    let away = model.tasks.iter().enumerate().filter(|(_, task)| task.deleted.is_some());
    away.map(|(at, task)| Request::new((task.owner, sessions[task.owner]), Ask::Restore(Some(at)))).collect()
}

/// The requests that end every session that was shown, but for those by which they are sent: some are dead already.
pub fn ends(model: &Model, sessions: &[usize]) -> Vec<Request> {
    let mut ends = Vec::new();
    for (person, own) in sessions.iter().enumerate() {
        let shown = |one: &usize| model.slots.known(&model.people[person].sessions[*one].id).is_some();
        let others = (0..model.people[person].sessions.len()).filter(|one| one != own).filter(shown);
        ends.extend(others.map(|one| Request::new((person, *own), Ask::EndSession(Some((person, one))))));
    }
    ends
}
