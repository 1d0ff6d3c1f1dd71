//! The timer and what takes minutes back: from the head of any page, a row, or the task's own page.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use sprintsync_domain::{
    Entry, EntryId, Event, Invalid, Minutes, NewEntry, NotStopped, Note, Task, TaskId, Timer, Timestamp, User,
};
use sprintsync_http::{App, Caller, Fields, Form, Id, Me, Problem, Writing, number, text};
use sprintsync_store::{Error, Names};

use crate::answer::{Htmx, html, html_with, mark, onward, own_path, refreshing, refused, see_other};
use crate::dashboard::once_at_least;
use crate::frame::Visit;
use crate::show::{self, Now};
use crate::task::{Lists, whole_page};
use crate::undo;
use crate::view::{View, saying};
use crate::views::{Field, Logged, NotStopped as StopRefused, OnTask, TimerBox, TimerChanged, TimerStopped, Toast};

/// Where a form of the timer stands: on which page, and whether that is the task's own.
pub(crate) struct Place {
    pub(crate) back: String,
    /// What the form said of the list that the person sees.
    pub(crate) view: String,
    pub(crate) on_task: bool,
}

impl Place {
    pub(crate) fn of(fields: &mut Fields, id: TaskId) -> Self {
        let (said, view) = (own_path(fields.raw("back")), fields.raw("view").to_owned());
        let own = format!("/task/{id}");
        let on_task = said.split('?').next() == Some(&own) || (said.is_empty() && matches!(&*view, "" | "task"));
        let back = match said.is_empty() {
            true if on_task => own,
            true => View::of(fields).address(""),
            false => said,
        };
        fields.ignore(&["back", "view"]);
        Self { back, view, on_task }
    }

    /// The page again, saying `word` there and nothing that it said before.
    pub(crate) fn saying(&self, word: &str) -> String {
        saying(&self.back, word)
    }

    /// What shows the timer, as it is now, with what is said of it and the entry that was taken back, if one was. Whatever
    /// else of the page it changes, the page asks for.
    pub(crate) fn changed(
        &self,
        app: &App,
        me: &Me,
        id: TaskId,
        timer: Option<&Timer>,
        (toast, undone): (Toast, Option<String>),
    ) -> Result<Response, Problem> {
        let now = Now::of(app, &me.user);
        let changed = TimerChanged {
            bar: timer.map(|timer| now.timer_bar(timer, &self.back)),
            on_task: self.on_task.then(|| OnTask {
                id: id.to_string(),
                key: now.key.clone(),
                timer: now.timer(timer, id),
            }),
            undone,
            toast: Some(toast),
        };
        Ok(refreshing(html(&changed)?))
    }

    fn seen(&self) -> (&str, &str) {
        (&self.back, &self.view)
    }
}

/// What came of the wish to start a timer.
enum Begun {
    /// It was started, and one that ran elsewhere was stopped before.
    Started(Timer, Option<Toast>),
    /// It runs on this task already.
    Runs(Timer),
    /// The same form had started it before.
    Before,
    /// The one that runs on this other task ran for so long that the person must say how much of it was work.
    Asks(TaskId),
}

/// How often a timer is looked at again that others start and stop meanwhile.
const LOOKS: usize = 3;

/// Starts the person's timer on a task, and stops the one that runs elsewhere into an entry, in one step.
async fn begin(
    app: &App,
    me: &Me,
    (task, mut running): (&Task, Option<Timer>),
    place: &Place,
    writing: &Writing,
) -> Result<Begun, Problem> {
    let user = me.user.id;
    for _ in 0..LOOKS {
        let (once, now) = (writing.once_shown(), app.world.now());
        let begun = match running {
            Some(timer) if timer.task_id == task.id => return Ok(Begun::Runs(timer)),
            Some(timer) if timer.is_overlong(now) => return Ok(Begun::Asks(timer.task_id)),
            Some(timer) => {
                let former = app.store.task(user, timer.task_id).await?.ok_or_else(Problem::not_found)?;
                let title = former.title.to_string();
                let minutes = Minutes::nearest(timer.ran(now));
                let worked_on = timer.worked_on(&me.user.time_zone);
                let new = NewEntry { minutes, note: Note::default(), worked_on };
                let done = app.store.switch_timer(former, &timer, &new, task, once.as_ref()).await;
                done.map(|(next, entry)| {
                    let said = undo::switched(app, (&timer, &next), &entry, (&title, &place.back, &place.view));
                    Begun::Started(next, Some(said))
                })
            }
            None => app.store.start_timer(task, once.as_ref()).await.map(|timer| Begun::Started(timer, None)),
        };
        match begun {
            Ok(begun) => return Ok(begun),
            Err(Error::AlreadyDone) => return Ok(Begun::Before),
            // It was started, or stopped, meanwhile: in another tab.
            Err(Error::TimerRuns | Error::NoTimer) => running = app.store.timer(user).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy(None).into())
}

/// `POST /web/tasks/{id}/timer/start`: starts it here, whatever it ran on before
pub(crate) async fn start(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let reading = app.store.task_and_timer_if(true, caller.0.user_id, id);
    let (me, (task, running), writing) = fields.repeat().begin(&app, caller, reading).await?;
    let place = Place::of(&mut fields, id);
    let begun = match writing.is_done() {
        true => Begun::Before,
        false => {
            let task = task.ok_or_else(Problem::not_found)?;
            begin(&app, &me, (&task, running), &place, &writing).await?
        }
    };
    if let Begun::Asks(other) = begun {
        let path = format!("/task/{other}");
        return Ok(if htmx { onward(&path) } else { see_other(&path) });
    }
    if !htmx {
        // The same form, sent again, says the same.
        return Ok(see_other(&place.saying("started")));
    }
    let (timer, said) = match begun {
        Begun::Started(timer, said) => (Some(timer), said),
        Begun::Runs(timer) => (Some(timer), Some(Toast::done("Timer already running."))),
        Begun::Before | Begun::Asks(_) => (app.store.timer(me.user.id).await?, None),
    };
    let said = said.unwrap_or_else(|| match timer.as_ref().is_some_and(|timer| timer.task_id == id) {
        true => Toast::done("Timer started."),
        false => Toast::done("Timer already stopped."),
    });
    place.changed(&app, &me, id, timer.as_ref(), (said, None))
}

/// `POST /web/tasks/{id}/timer/stop`
pub(crate) async fn stop(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id<TaskId>,
    Htmx(htmx): Htmx,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let user = visit.caller.0.user_id;
    let reading = async { tokio::try_join!(app.store.task(user, id), app.store.timer(user)) };
    let (me, (task, running), writing) = fields.repeat().begin(&app, visit.caller, reading).await?;
    let place = Place::of(&mut fields, id);
    let timer = running.clone().filter(|timer| timer.task_id == id);
    let Some(timer) = timer.filter(|_| !writing.is_done()) else {
        // The same form had stopped it, or another tab: either way it does not run here, and the page shows what does.
        let said = match writing.has_been_done(&app).await? {
            true => "Time logged.",
            false => "Timer already stopped.",
        };
        return match htmx {
            true => place.changed(&app, &me, id, running.as_ref(), (Toast::done(said), None)),
            false => Ok(see_other(&place.saying("logged"))),
        };
    };
    let task = task.ok_or_else(Problem::not_found)?;
    let typed = (Field::of(fields.raw("until")), Field::of(fields.raw("minutes")));
    let stopped = stated(&mut fields, &timer, &me.user, app.world.now()).and_then(|stated| {
        timer.stop(app.world.now(), stated).map_err(|reason| match reason {
            NotStopped::Overlong { .. } => Problem::new(StatusCode::CONFLICT, "Enter an end time or a duration."),
            NotStopped::Bad(reason) => Problem::field("minutes", &reason),
        })
    });
    match stopped {
        Ok(minutes) => {
            let new = NewEntry { minutes, note: Note::default(), worked_on: timer.worked_on(&me.user.time_zone) };
            let (by, once) = (me.user.id, writing.once_shown());
            let said = format!("Logged {} on {}.", show::minutes(minutes.get()), show::isolated(&task.title));
            let short = app.world.now().ms() - timer.started_at.ms() < 60_000;
            let stopped = match app.store.stop_timer(task, &timer, &new, by, once.as_ref()).await {
                // Another tab was first.
                Err(Error::NoTimer) => None,
                stopped => once_at_least(stopped)?,
            };
            let toast = |entry: &Entry| undo::stopped(&app, entry, said.clone(), short, place.seen());
            match stopped {
                _ if !htmx => Ok(see_other(&place.saying("logged"))),
                Some(stopped) if place.on_task => {
                    let toast = toast(&stopped.1);
                    stopped_here(&app, &me, stopped, toast)
                }
                Some((_, entry, _)) => place.changed(&app, &me, id, None, (toast(&entry), None)),
                None => {
                    let timer = app.store.timer(me.user.id).await?;
                    place.changed(&app, &me, id, timer.as_ref(), (Toast::done("Timer already stopped."), None))
                }
            }
        }
        // The task's own page has the fields that ask.
        Err(_) if htmx && !place.on_task => Ok(onward(&format!("/task/{id}"))),
        Err(problem) => not_stopped(&app, (visit, me), (&task, &timer), typed, htmx, &problem).await,
    }
}

/// Every part of the task's own page that the minutes change.
fn stopped_here(
    app: &App,
    me: &Me,
    (task, entry, event): (Task, Entry, Event),
    toast: Toast,
) -> Result<Response, Problem> {
    let now = Now::of(app, &me.user);
    let event = now
        .event(&event, &Names::just(&me.user))
        .into_iter()
        .next()
        .ok_or_else(|| Problem::impossible("an event is not told"))?;
    let logged = Logged {
        version: task.version.to_string(),
        summary: show::summary(&task),
        entry: now.entry(&entry, me.user.id, &[]),
        event,
    };
    html(&TimerStopped { id: task.id.to_string(), key: now.key, logged, toast })
}

/// The form again, with what was typed and what is wrong with it.
async fn not_stopped(
    app: &App,
    (visit, me): (Visit, Me),
    (task, timer): (&Task, &Timer),
    (mut end, mut length): (Field, Field),
    htmx: bool,
    problem: &Problem,
) -> Result<Response, Problem> {
    mark(&mut end, "until", problem);
    mark(&mut length, "minutes", problem);
    if length.error.is_none() && end.error.is_none() {
        end.error = Some(problem.detail.clone());
    }
    let typed = |mut shown: TimerBox| {
        if let TimerBox::Here { overlong, until, minutes, .. } = &mut shown {
            *overlong = true;
            (*until, *minutes) = (end, length);
        }
        shown
    };
    if htmx {
        let now = Now::of(app, &me.user);
        let timer = typed(now.timer(Some(timer), task.id));
        let on_task = OnTask { id: task.id.to_string(), key: now.key, timer };
        return refused(problem, &StopRefused { on_task });
    }
    let (frame, lists) = visit.afterwards(app, me, Lists::newest(app, task.id)).await?;
    let mut page = whole_page(app, &frame, task, lists, None).await?;
    page.timer = typed(page.timer);
    html_with(problem.status, &page)
}

/// The minutes that the form states: by the time at which the work ended, or by their number.
fn stated(fields: &mut Fields, timer: &Timer, me: &User, now: Timestamp) -> Result<Option<Minutes>, Problem> {
    fields.blank_is_missing(&["until", "minutes"]);
    fields.durations_are_minutes(&["minutes"]);
    let until = fields.optional("until", |value| timer.until(text(value)?, &me.time_zone, now));
    let minutes = fields.optional("minutes", number::<Minutes>);
    match fields.check(until.zip(minutes))? {
        (Some(_), Some(_)) => {
            Err(Problem::field("minutes", &Invalid("Enter an end time or a duration, not both.".to_owned())))
        }
        (until, minutes) => Ok(until.or(minutes)),
    }
}

/// `POST /web/tasks/{id}/time/{entry}/reversal`
pub(crate) async fn reverse(
    State(app): State<App>,
    caller: Caller,
    Path((id, entry)): Path<(String, String)>,
    Form(mut fields): Form,
) -> Result<Response, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let entry: EntryId = entry.parse().map_err(|_| Problem::not_found())?;
    let reading = app.store.access_and_entry(caller.0.user_id, id, entry);
    let (me, (access, entry), writing) = fields.repeat().begin(&app, caller, reading).await?;
    if !writing.is_done() {
        let task = access.own.ok_or_else(Problem::not_found)?;
        let entry = entry.filter(|entry| entry.user_id == me.user.id).ok_or_else(Problem::not_found)?;
        if entry.reverses.is_some() {
            return Err(Problem::new(StatusCode::CONFLICT, "Reversals can't be undone. Log the time again."));
        }
        let (by, once) = (me.user.id, writing.once_shown());
        once_at_least(app.store.reverse_entry(task, &entry, by, once.as_ref()).await)?;
    }
    Ok(see_other(&Place::of(&mut fields, id).saying("reversed")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_one_thing_at_a_time() {
        let at = |back: &str| {
            let place = Place { back: back.to_owned(), view: String::new(), on_task: false };
            place.saying("logged")
        };
        assert_eq!(at("/week"), "/week?done=logged");
        assert_eq!(at("/dashboard?status=todo&done=started"), "/dashboard?status=todo&done=logged");
    }
}
