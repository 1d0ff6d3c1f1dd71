//! The team's pages: numbers, people, everybody's tasks, the audit trail. For administrators.

use super::{
    Chart, EntryLine, EventLine, Field, Layout, Moment, PageTab, Problem, Status, Tab, TaskRow, Tile, TimeSummary,
    Toast, problems,
};

/// `/team`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team.html", block = "page")]
pub(crate) struct TeamPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The ways to the other pages.
    pub(crate) tabs: Vec<PageTab>,
    /// Everybody together.
    pub(crate) tiles: Vec<Tile>,
    /// Tasks by status.
    pub(crate) statuses: Vec<BarLine>,
    /// Tasks that were finished on each day.
    pub(crate) finished: Chart,
    /// The same as a table.
    pub(crate) finished_days: Vec<DaySum>,
    /// Who worked most, with their time.
    pub(crate) worked: Vec<BarLine>,
    /// How long tasks have each status.
    pub(crate) durations: Vec<DurationLine>,
}

/// A number beside others, with a bar.
#[derive(Clone, Debug)]
pub(crate) struct BarLine {
    /// What it is of.
    pub(crate) name: String,
    /// Where that leads.
    pub(crate) href: Option<String>,
    /// The status that it is of.
    pub(crate) status: Option<Status>,
    /// The number.
    pub(crate) value: String,
    /// The length of the bar, at most 100.
    pub(crate) percent: u8,
}

/// What a day comes to.
#[derive(Clone, Debug)]
pub(crate) struct DaySum {
    /// The day.
    pub(crate) day: Moment,
    /// The number.
    pub(crate) value: String,
}

/// How long tasks have a status.
#[derive(Clone, Debug)]
pub(crate) struct DurationLine {
    /// The status.
    pub(crate) status: Status,
    /// `2d 3h`.
    pub(crate) median: String,
    /// In the same form.
    pub(crate) mean: String,
    /// How often a task went on from it.
    pub(crate) count: i64,
}

/// `/team/people`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-people.html", block = "page")]
pub(crate) struct PeoplePage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The ways to the other pages.
    pub(crate) tabs: Vec<PageTab>,
    /// A page of people, newest first.
    pub(crate) people: Vec<PersonRow>,
    /// Cursor of earlier ones.
    pub(crate) more: Option<String>,
    /// Whether this is the first page.
    pub(crate) newest: bool,
    /// The page's address, to come back to.
    pub(crate) back: String,
    /// Who may sign up.
    pub(crate) sign_up: SignUpChoice,
    /// A page of invites that are good.
    pub(crate) invites: Vec<InviteLine>,
    /// Cursor of earlier invites.
    pub(crate) more_invites: Option<String>,
}

/// A person in the list.
#[derive(Clone, Debug)]
pub(crate) struct PersonRow {
    /// Id.
    pub(crate) id: String,
    /// Name.
    pub(crate) username: String,
    /// Whether it is who reads this.
    pub(crate) me: bool,
    /// Whether they administer the instance.
    pub(crate) is_admin: bool,
    /// Whether they are shut out.
    pub(crate) disabled: bool,
    /// `12 tasks`.
    pub(crate) tasks: String,
    /// `58.3 %`.
    pub(crate) done: String,
    /// `3h 20m`.
    pub(crate) minutes: String,
    /// The key of their forms.
    pub(crate) key: String,
    /// Why nothing was done.
    pub(crate) message: Option<String>,
}

/// `POST /web/team/people/{id}/account` from the list: the row again.
///
/// Without script a success is a 303, a failure the whole [`PersonPage`].
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-people.html", block = "person_changed")]
pub(crate) struct PersonChanged {
    /// As it is now.
    pub(crate) person: PersonRow,
    /// The page's address, to come back to.
    pub(crate) back: String,
    /// Says what was done.
    pub(crate) toast: Option<Toast>,
}

/// Who may sign up.
#[derive(Clone, Debug)]
pub(crate) struct SignUpChoice {
    /// Its key.
    pub(crate) key: String,
    /// The choices: word, label, whether it is the one that counts.
    pub(crate) modes: Vec<(&'static str, &'static str, bool)>,
    /// What the chosen one means.
    pub(crate) hint: &'static str,
}

/// `POST /web/team/sign-up`: the choices again. Without script a 303 to `/team/people`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-people.html", block = "sign_up_set")]
pub(crate) struct SignUpSet {
    /// As they are now.
    pub(crate) sign_up: SignUpChoice,
    /// Says so.
    pub(crate) toast: Toast,
}

/// An invite that is good.
#[derive(Clone, Debug)]
pub(crate) struct InviteLine {
    /// Id.
    pub(crate) id: String,
    /// Who made it: a name, or who is not known by one.
    pub(crate) by: String,
    /// When.
    pub(crate) created: Moment,
    /// Until when it is good.
    pub(crate) expires: Moment,
    /// The key of its form.
    pub(crate) key: String,
}

/// `POST /web/team/invites/{id}/revoke`: the line goes. Without script a 303 to `/team/people`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-people.html", block = "invite_revoked")]
pub(crate) struct InviteRevoked {
    /// Id of the invite.
    pub(crate) id: String,
    /// Says so.
    pub(crate) toast: Toast,
}

/// An address that is shown once: an invite's, or that of a one-time link for a new password.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-once.html", block = "page")]
pub(crate) struct OncePage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The ways to the other pages.
    pub(crate) tabs: Vec<PageTab>,
    /// What it is.
    pub(crate) heading: String,
    /// For whom, and what it does.
    pub(crate) text: String,
    /// The address and its end; `None` where it was shown before.
    pub(crate) shown: Option<(String, Moment)>,
    /// Where one came from.
    pub(crate) back: String,
}

/// `/team/people/{id}`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-person.html", block = "page")]
pub(crate) struct PersonPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The ways to the other pages.
    pub(crate) tabs: Vec<PageTab>,
    /// The account.
    pub(crate) account: AccountCard,
    /// What their tasks come to.
    pub(crate) tiles: Vec<Tile>,
    /// Minutes of each day.
    pub(crate) minutes: Chart,
    /// The same as a table, without days on which nothing was logged.
    pub(crate) minute_days: Vec<DaySum>,
    /// Whether every entry of these days is in them.
    pub(crate) complete: bool,
    /// The filters by status.
    pub(crate) statuses: Vec<Tab>,
    /// A page of their tasks, newest first.
    pub(crate) tasks: Vec<OwnedTask>,
    /// The address of earlier ones.
    pub(crate) more: Option<String>,
    /// The address of this page of the list, to come back to.
    pub(crate) back: String,
}

/// An account as an administrator sees it.
#[derive(Clone, Debug)]
pub(crate) struct AccountCard {
    /// The person.
    pub(crate) person: PersonRow,
    /// Since when.
    pub(crate) since: Moment,
    /// IANA name.
    pub(crate) zone: String,
    /// The length of a working day.
    pub(crate) workday: String,
    /// The page's address, to come back to.
    pub(crate) back: String,
}

/// `POST /web/team/people/{id}/account` from the person's page: the card again.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-person.html", block = "account_changed")]
pub(crate) struct AccountChanged {
    /// As it is now.
    pub(crate) account: AccountCard,
    /// Says what was done.
    pub(crate) toast: Option<Toast>,
}

/// A person by name, who may have left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// Id.
    pub(crate) id: String,
    /// Name, unless they have left.
    pub(crate) name: Option<String>,
}

/// A task, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct OwnedTask {
    /// The task.
    pub(crate) task: TaskRow,
    /// Whose it is, where that is not known from the page.
    pub(crate) owner: Option<Who>,
    /// Whether it is of who reads this, who then opens it as their own.
    pub(crate) mine: bool,
}

/// `/team/tasks`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-tasks.html", block = "page")]
pub(crate) struct TeamTasksPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The ways to the other pages.
    pub(crate) tabs: Vec<PageTab>,
    /// Whose tasks are wanted: a name as it was typed, and what is wrong with it.
    pub(crate) person: Field,
    /// Names to choose from.
    pub(crate) names: Vec<String>,
    /// The filters by status, where the tasks are of one person.
    pub(crate) statuses: Vec<Tab>,
    /// A page of tasks, newest first.
    pub(crate) tasks: Vec<OwnedTask>,
    /// The address of earlier ones.
    pub(crate) more: Option<String>,
    /// The address of the first page, where this is a later one.
    pub(crate) first: Option<String>,
    /// The page's address, to come back to.
    pub(crate) back: String,
}

/// `/team/tasks/{id}/assign`. The answer to a form that was refused is the same page.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-assign.html", block = "page")]
pub(crate) struct AssignPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The ways to the other pages.
    pub(crate) tabs: Vec<PageTab>,
    /// Id of the task.
    pub(crate) id: String,
    /// Its title.
    pub(crate) task: String,
    /// Whose it is.
    pub(crate) owner: Who,
    /// Who is to have it, as it was typed.
    pub(crate) username: Field,
    /// What is wrong with the whole.
    pub(crate) message: Option<String>,
    /// Names to choose from.
    pub(crate) names: Vec<String>,
    /// The key of the form.
    pub(crate) key: String,
    /// Where one came from.
    pub(crate) back: String,
}

impl AssignPage {
    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        problems([("assign-username", &self.username.error)])
    }
}

/// `/team/audit`.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-audit.html", block = "page")]
pub(crate) struct AuditPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The ways to the other pages.
    pub(crate) tabs: Vec<PageTab>,
    /// Whose events are wanted: a name as it was typed, and what is wrong with it.
    pub(crate) person: Field,
    /// Names to choose from.
    pub(crate) names: Vec<String>,
    /// The kinds of events: word, label, whether it is the one that is wanted.
    pub(crate) kinds: Vec<(&'static str, &'static str, bool)>,
    /// Whether not everything is wanted.
    pub(crate) filtered: bool,
    /// A page of events, newest first.
    pub(crate) events: Vec<AuditLine>,
    /// The address of earlier ones.
    pub(crate) more: Option<String>,
    /// The address of the first page, where this is a later one.
    pub(crate) first: Option<String>,
}

/// An event as a sentence.
#[derive(Clone, Debug)]
pub(crate) struct AuditLine {
    /// When.
    pub(crate) at: Moment,
    /// The sentence, in parts.
    pub(crate) parts: Vec<Said>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Words.
    Text(String),
    /// A person.
    Person(Who),
    /// A task.
    Task(NamedTask),
}

/// A task by its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedTask {
    /// Id.
    pub(crate) id: String,
    /// Title; `None` where it is gone, or with somebody else by now.
    pub(crate) title: Option<String>,
}

/// `/team/tasks/{id}`: somebody's task, as an administrator sees it.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "team-task.html", block = "page")]
pub(crate) struct TeamTaskPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The ways to the other pages.
    pub(crate) tabs: Vec<PageTab>,
    /// The task.
    pub(crate) task: TaskRow,
    /// Its description.
    pub(crate) text: String,
    /// Whose it is.
    pub(crate) owner: Who,
    /// Whether it is in the trash.
    pub(crate) trashed: bool,
    /// What is logged against the estimate.
    pub(crate) summary: TimeSummary,
    /// Entries, newest first.
    pub(crate) entries: Vec<EntryLine>,
    /// The address of more entries.
    pub(crate) more_entries: Option<String>,
    /// Events, newest first.
    pub(crate) events: Vec<EventLine>,
    /// The address of more events.
    pub(crate) more_events: Option<String>,
    /// Its own address, to come back to.
    pub(crate) address: String,
}

/// `/reset?code=…`. The answer to a password that was refused is the same page.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "reset.html", block = "page")]
pub(crate) struct ResetPage {
    /// The frame.
    pub(crate) layout: Layout,
    /// The form; `None` where the link is no longer valid.
    pub(crate) form: Option<ResetForm>,
}

/// The form that sets a new password by a one-time link. What was typed is never sent back.
#[derive(Clone, Debug)]
pub(crate) struct ResetForm {
    /// The code of the link.
    pub(crate) code: String,
    /// Whose it is, for the password manager.
    pub(crate) username: String,
    /// What is wrong with the password.
    pub(crate) password_error: Option<String>,
    /// What is wrong with the whole.
    pub(crate) message: Option<String>,
}

impl ResetForm {
    /// The errors beside the fields.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        problems([("reset-password", &self.password_error)])
    }
}
