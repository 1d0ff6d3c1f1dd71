//! Every component in every state, by the macros that the pages are made of. The local stack alone has it.

use axum::response::Response;
use sprintsync_http::{Appearance, Problem};

use crate::answer::html;
use crate::chart::{self, Column};
use crate::show;
use crate::views::{
    AddForm, BarLine, Chart, Due, EditForm, Field, Layout, Moment, OwnedTask, PageTab, PersonRow, PlanCard, PlanLine,
    PlanOut, PlanShown, Problem as Mistake, Status, TaskRow, Theirs, Tile, TimerBar, Toast, ToastAction, Who,
};

#[derive(askama::Template)]
#[template(path = "styleguide.html", block = "page")]
struct Styleguide {
    layout: Layout,
    bar: Option<TimerBar>,
    tabs: Vec<PageTab>,
    fields: [(&'static str, &'static str, Field); 3],
    mistakes: Vec<Mistake>,
    add: AddForm,
    rows: Vec<TaskRow>,
    tickets: Vec<(Status, Vec<TaskRow>)>,
    edit: EditForm,
    plan: PlanCard,
    toasts: Vec<Toast>,
    chart: Chart,
    empty: Chart,
    tiles: Vec<Tile>,
    lines: Vec<BarLine>,
    people: Vec<PersonRow>,
    owned: Vec<OwnedTask>,
}

/// `/styleguide`
pub(crate) async fn page(appearance: Option<Appearance>) -> Result<Response, Problem> {
    html(&Styleguide {
        layout: Layout::plain("/styleguide", appearance),
        bar: Some(bar()),
        tabs: vec![tab("Day", true), tab("Week", false)],
        fields: [
            ("Empty", "sample-empty", refused("", "This field is required.")),
            ("Filled", "sample-filled", Field::of("Book the train")),
            ("Refused", "sample-refused", refused("soon", "Enter a time like 90, 1h30 or 1:30.")),
        ],
        mistakes: vec![
            mistake("sample-empty", "This field is required."),
            mistake("sample-refused", "Enter a time like 90, 1h30 or 1:30."),
        ],
        add: AddForm { title: refused(" ", "Enter a title."), ..AddForm::default() },
        rows: rows(),
        tickets: vec![
            (Status::Todo, vec![row(11, "Reply to Anna", Status::Todo), row(12, "Book the train", Status::Todo)]),
            (Status::InProgress, vec![row(13, "Write the release notes", Status::InProgress)]),
            (Status::Done, Vec::new()),
        ],
        edit: edit(),
        plan: plan(),
        toasts: toasts(),
        chart: chart_of(&[510, 300, 480, 90, 0, 0, 0]),
        empty: chart_of(&[0; 7]),
        tiles: vec![Tile::of("People", "12"), Tile::of("Tasks", "1204"), Tile::of("Done", "58.3 %")],
        lines: vec![bar_line(Status::Todo, 12), bar_line(Status::InProgress, 100), bar_line(Status::Done, 0)],
        people: people(),
        owned: owned(),
    })
}

fn plan() -> PlanCard {
    let line = |n: u8, title: &str, minutes: &str, why: &str| PlanLine {
        id: id(n),
        title: title.to_owned(),
        minutes: minutes.to_owned(),
        of: None,
        why: why.to_owned(),
        basis: None,
        note: String::new(),
        gone: None,
    };
    let blocks = vec![
        PlanLine { note: "Keep it short.".to_owned(), ..line(21, "Reply to Anna", "15m", "due today") },
        PlanLine { gone: Some("done"), ..line(22, "Book the train", "1h", "in progress") },
        PlanLine {
            of: Some("15h".to_owned()),
            basis: Some("no estimate; your average is 15h".to_owned()),
            ..line(23, "Write the release notes", "4h 45m", "oldest open task")
        },
    ];
    let out = PlanOut {
        id: id(23),
        title: "Write the release notes".to_owned(),
        minutes: "10h 15m".to_owned(),
        why: "4h 45m planned, 10h 15m left over".to_owned(),
    };
    let plan = PlanShown {
        tomorrow: None,
        when: "today",
        made: moment("09:12"),
        said: Some("From Gemini".to_owned()),
        changed: Some("1 change since".to_owned()),
        hours: "8h day · 2h logged".to_owned(),
        sums: "6h planned · 0m free".to_owned(),
        summary: "Answer Anna first, then give the rest of the day to the release notes.".to_owned(),
        blocks,
        out: vec![out],
        out_sum: "10h 15m".to_owned(),
        put_off: Vec::new(),
        used_up: Vec::new(),
        more: None,
    };
    PlanCard { key: String::new(), plan: Some(plan) }
}

fn bar() -> TimerBar {
    TimerBar {
        task: id(1),
        title: "Write the release notes".to_owned(),
        since: "2026-11-25T08:00:00Z".to_owned(),
        ran: "1h 12m".to_owned(),
        key: String::new(),
        back: "/styleguide".to_owned(),
    }
}

fn tab(label: &'static str, current: bool) -> PageTab {
    PageTab { label, href: "/styleguide".to_owned(), current }
}

fn refused(value: &str, error: &str) -> Field {
    Field { error: Some(error.to_owned()), ..Field::of(value) }
}

fn mistake(control: &str, message: &str) -> Mistake {
    Mistake { control: control.to_owned(), message: message.to_owned() }
}

fn id(number: u8) -> String {
    format!("00000000-0000-7000-8000-0000000000{number:02}")
}

fn moment(text: &str) -> Moment {
    Moment { datetime: "2026-11-25".to_owned(), text: text.to_owned(), full: "Wed 25 Nov 2026".to_owned(), shape: None }
}

fn row(number: u8, title: &str, status: Status) -> TaskRow {
    TaskRow {
        id: id(number),
        title: title.to_owned(),
        status,
        logged: String::new(),
        estimate: None,
        over: false,
        due: None,
        age: moment("3d"),
        log: None,
        key: String::new(),
    }
}

fn due(text: &str, overdue: bool, soon: bool) -> Option<Due> {
    Some(Due { on: moment(text), overdue, soon })
}

fn rows() -> Vec<TaskRow> {
    let long = "A title that is far longer than any row is wide, so that it is cut off in a wide window and wraps in a \
                narrow one, as titles of this length do wherever they stand";
    vec![
        TaskRow {
            due: due("22 Nov", true, false),
            estimate: Some("30m".to_owned()),
            ..row(2, "Overdue", Status::Todo)
        },
        TaskRow { due: due("today", false, true), ..row(3, "Due today", Status::Todo) },
        TaskRow {
            due: due("15 Dec", false, false),
            logged: "50m".to_owned(),
            estimate: Some("1h".to_owned()),
            ..row(4, "Under way", Status::InProgress)
        },
        TaskRow {
            logged: "1h 50m".to_owned(),
            estimate: Some("45m".to_owned()),
            over: true,
            ..row(5, "Over its estimate", Status::InProgress)
        },
        TaskRow { logged: "2h".to_owned(), ..row(6, "Done", Status::Done) },
        row(7, long, Status::Todo),
    ]
}

fn edit() -> EditForm {
    EditForm {
        title: refused("", "Enter a title."),
        estimate_minutes: Field::of("45"),
        conflict: Some(Theirs { estimate_minutes: Some("60".to_owned()), ..Theirs::default() }),
        ..EditForm::default()
    }
}

fn toasts() -> Vec<Toast> {
    let undo = ToastAction::Undo { task: id(8), key: String::new(), view: "all".to_owned() };
    vec![
        Toast::done("Profile saved."),
        Toast { action: Some(undo), ..Toast::done("Task deleted.") },
        Toast { action: Some(ToastAction::Open { task: id(9) }), ..Toast::done("Task added to To do.") },
        Toast::failed("Too many requests. Try again in a minute."),
    ]
}

fn bar_line(status: Status, percent: u8) -> BarLine {
    let (name, value) = (status.label().to_owned(), percent.to_string());
    BarLine { name, href: None, status: Some(status), value, percent }
}

fn people() -> Vec<PersonRow> {
    let person = |n: u8, username: &str| PersonRow {
        id: id(n),
        username: username.to_owned(),
        me: false,
        is_admin: false,
        disabled: false,
        tasks: "12 tasks".to_owned(),
        done: "58.3 %".to_owned(),
        minutes: "3h 20m".to_owned(),
        key: String::new(),
        message: None,
    };
    let last = "You're the only admin. Make someone else admin first.";
    vec![
        person(31, "anna"),
        PersonRow { disabled: true, ..person(32, "a-name-as-long-as-names-can.be_1") },
        PersonRow { is_admin: true, message: Some(last.to_owned()), ..person(33, "bert") },
    ]
}

fn owned() -> Vec<OwnedTask> {
    let of = |name: Option<&str>| Some(Who { id: id(31), name: name.map(str::to_owned) });
    let owners =
        [of(Some("anna")), of(Some("a-name-as-long-as-names-can.be_1")), of(None), None, None, of(Some("bert"))];
    let tasks = rows().into_iter().zip(41..).map(|(task, n)| TaskRow { id: id(n), ..task });
    tasks.zip(owners).map(|(task, owner)| OwnedTask { task, mine: owner.is_none(), owner }).collect()
}

fn chart_of(sums: &[i64]) -> Chart {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let columns = names.iter().zip(sums);
    let columns: Vec<Column> = columns
        .map(|(name, minutes)| Column {
            name: (*name).to_owned(),
            sum: *minutes,
            amount: show::minutes(*minutes),
            today: *name == "Thu",
        })
        .collect();
    chart::of(&columns, Some(480), "Sample time logged in a week.".to_owned())
}
