//! Where a form or a fragment stands: which list the person sees, and its address.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sprintsync_domain::{Status, Task, UserId, Words};
use sprintsync_http::{Fields, Problem, Query, scope};
use sprintsync_store::{Order, TaskList};

/// What stays as it is in a value: RFC 3986's unreserved characters.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the person sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum View {
    /// The dashboard's list.
    List(Listed),
    /// The dashboard's board, of the tasks with these words in them.
    Board(Option<Words>),
    /// The task's own page.
    Task,
    /// The trash.
    Trash,
    /// A page that shows no tasks to change.
    Elsewhere,
}

/// Which tasks a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Of which status, and from which end.
    pub(crate) tasks: TaskList,
    /// With these words in them.
    pub(crate) words: Option<Words>,
}

impl View {
    /// What the hidden `view` of a form says.
    pub(crate) fn of(fields: &Fields) -> Self {
        Self::read(fields.raw("view"))
    }

    /// What the `view` of a fragment's address says.
    pub(crate) fn asked(query: &Query) -> Result<Self, Problem> {
        Ok(Self::read(query.get("view")?.unwrap_or_default()))
    }

    fn read(text: &str) -> Self {
        match text {
            "task" => Self::Task,
            "trash" => Self::Trash,
            "elsewhere" => Self::Elsewhere,
            query => Query::of(query).map_or_else(|| Self::List(Listed::default()), |query| Self::of_dashboard(&query)),
        }
    }

    /// What an address of the dashboard shows.
    pub(crate) fn of_dashboard(query: &Query) -> Self {
        let listed = Listed::of(query).unwrap_or_default();
        match query.get("view") {
            Ok(Some("board")) => Self::Board(listed.words),
            _ => Self::List(listed),
        }
    }

    /// What a form says, to be read by [`View::of`].
    pub(crate) fn key(&self) -> String {
        match self {
            Self::List(list) => Some(list.query()).filter(|query| !query.is_empty()).unwrap_or("all".to_owned()),
            Self::Board(words) => board_query(words.as_ref()),
            Self::Task => "task".to_owned(),
            Self::Trash => "trash".to_owned(),
            Self::Elsewhere => "elsewhere".to_owned(),
        }
    }

    /// The list, if it is one.
    pub(crate) fn list(&self) -> Listed {
        match self {
            Self::List(list) => list.clone(),
            _ => Listed::default(),
        }
    }

    /// Whether a task as it is now is among what is seen.
    pub(crate) fn shows(&self, task: &Task) -> bool {
        match self {
            Self::List(list) => list.shows(task),
            Self::Board(words) => words.as_ref().is_none_or(|words| words.are_in(task)),
            Self::Task | Self::Trash | Self::Elsewhere => false,
        }
    }

    /// The address of the dashboard as it is seen, saying `flash` there.
    pub(crate) fn address(&self, flash: &str) -> String {
        let query = match self {
            Self::List(list) => list.query(),
            Self::Board(words) => board_query(words.as_ref()),
            Self::Task | Self::Trash | Self::Elsewhere => String::new(),
        };
        dashboard(&[&query, flash])
    }
}

impl Listed {
    /// The list that an address asks for. What is found by words is always shown newest first.
    pub(crate) fn of(query: &Query) -> Result<Self, Problem> {
        let status = query.parse::<Status>("status")?;
        let typed = query.get("q")?.filter(|words| !words.trim().is_empty());
        let words = typed.map(str::parse::<Words>).transpose().map_err(|reason| Problem::field("q", &reason))?;
        let order = match (query.get("order")?, &words) {
            (Some("oldest"), None) => Order::Oldest,
            _ => Order::Newest,
        };
        Ok(Self { tasks: TaskList { status, order }, words })
    }

    /// The newest first of one status, or of all.
    pub(crate) fn newest(status: Option<Status>) -> Self {
        Self { tasks: TaskList { status, order: Order::Newest }, words: None }
    }

    fn shows(&self, task: &Task) -> bool {
        self.tasks.status.is_none_or(|status| status == task.status)
            && self.words.as_ref().is_none_or(|words| words.are_in(task))
    }

    /// Its query: `status=todo&order=oldest`.
    pub(crate) fn query(&self) -> String {
        let status = self.tasks.status.map(|status| format!("status={status}"));
        let order = (self.tasks.order == Order::Oldest).then(|| "order=oldest".to_owned());
        let parts: Vec<String> = [status, order, words_query(self.words.as_ref())].into_iter().flatten().collect();
        parts.join("&")
    }

    /// Whose cursors are those of this list.
    pub(crate) fn scope(&self, owner: UserId) -> String {
        match &self.words {
            None => scope::tasks(owner, self.tasks),
            Some(words) => scope::found(owner, self.tasks, words),
        }
    }
}

fn words_query(words: Option<&Words>) -> Option<String> {
    words.map(|words| format!("q={}", escaped(&words.to_string())))
}

/// The query of the board.
pub(crate) fn board_query(words: Option<&Words>) -> String {
    ["view=board".to_owned()].into_iter().chain(words_query(words)).collect::<Vec<_>>().join("&")
}

/// The dashboard with these parts of a query.
pub(crate) fn dashboard(parts: &[&str]) -> String {
    with_query("/dashboard", parts)
}

/// An address with these parts of a query.
pub(crate) fn with_query(path: &str, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// An address, with `word` for the page to say there and nothing that it said before.
pub(crate) fn saying(address: &str, word: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("done="));
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("done={word}")]).collect();
    format!("{path}?{}", query.join("&"))
}

/// A text as a value in an address.
pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(query: &str) -> Listed {
        Query::of(query).and_then(|query| Listed::of(&query).ok()).expect("a list")
    }

    #[test]
    fn a_view_keeps_its_address_and_is_read_again_from_a_form() {
        let lists = ["", "status=done", "order=oldest", "status=todo&order=oldest", "status=todo&q=two%20words%26"];
        for query in lists {
            let view = View::List(listed(query));
            assert_eq!(view.list().query(), query);
            assert_eq!(View::read(&view.key()), view);
        }
        let words = "two words&".parse::<Words>().ok();
        for view in [View::Board(None), View::Board(words), View::Task, View::Trash, View::Elsewhere] {
            assert_eq!(View::read(&view.key()), view);
        }
        assert_eq!(View::List(listed("")).address(""), "/dashboard");
        assert_eq!(View::List(listed("status=done")).address("done=restored"), "/dashboard?status=done&done=restored");
        assert_eq!(View::Board(None).address("done=added"), "/dashboard?view=board&done=added");
        assert_eq!(View::Task.address(""), "/dashboard");
    }

    #[test]
    fn what_is_found_is_newest_first_and_blank_words_are_none() {
        assert_eq!(listed("order=oldest&q=x").tasks.order, Order::Newest);
        assert_eq!(listed("q=+"), Listed::default());
    }
}
