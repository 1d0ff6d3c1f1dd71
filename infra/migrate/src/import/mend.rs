//! What becomes of values that the original took and that are none here.

use sprintsync_domain::{Description, Status, Title, Username};

/// Characters of a title.
const TITLE: usize = 200;
/// Characters of a description.
const DESCRIPTION: usize = 10_000;
/// Characters of a name.
const NAME: usize = 32;
/// What a title is called that says nothing.
const UNTITLED: &str = "Untitled";
/// Characters of a text that is quoted.
const QUOTED: usize = 60;

/// The names that a person may get, best first: their own, one as close to it as can be, that with a number.
pub(super) fn names(original: &str, number: i64) -> impl Iterator<Item = Username> {
    let mut close = String::new();
    for c in original.chars() {
        let good = c.is_ascii_alphanumeric() || "_.-".contains(c);
        if good || !close.ends_with('-') {
            close.push(if good { c } else { '-' });
        }
    }
    let close = close.trim_matches('-');
    let base = match close.len() {
        0 => format!("user-{number}"),
        1 | 2 => format!("{close}-{number}"),
        _ => close.to_owned(),
    };
    let close = cut(&base, NAME);
    let numbered = (2..).map(move |n| {
        let tail = format!("-{n}");
        format!("{}{tail}", cut(&base, NAME.saturating_sub(tail.len())))
    });
    [original.to_owned(), close].into_iter().chain(numbered).filter_map(|name| name.parse().ok())
}

/// A title; and the whole text, where it holds more than a title can.
pub(super) fn title<'a>(original: &'a str, notes: &mut Vec<String>) -> (Title, Option<&'a str>) {
    if let Ok(title) = original.parse() {
        return (title, None);
    }
    let line: String = original.chars().map(|c| if breaks(c) { ' ' } else { c }).filter(|c| !turns(*c)).collect();
    let line = line.trim();
    let (text, whole) = match line.chars().count() {
        count if count > TITLE => (format!("{}…", cut(line, TITLE - 1).trim_end()), Some(original)),
        _ => (line.to_owned(), None),
    };
    if let Ok(title) = text.parse() {
        notes.push(match whole {
            Some(_) => format!("had a long title, now in full in its description: {:?}", shortened(original)),
            None => format!("had a title with characters that can't be shown: {:?}", shortened(original)),
        });
        return (title, whole);
    }
    notes.push(format!("had no readable title: {:?} became {UNTITLED}", shortened(original)));
    (untitled(), None)
}

#[expect(clippy::expect_used, reason = "a constant, which a test parses")]
fn untitled() -> Title {
    UNTITLED.parse().expect("a title")
}

/// A description, with the whole title before it where that was too long for one.
pub(super) fn description(whole_title: Option<&str>, original: &str, notes: &mut Vec<String>) -> Description {
    let text = match whole_title {
        Some(title) => format!("{}\n\n{original}", title.trim()).trim_end().to_owned(),
        None => original.to_owned(),
    };
    if let Ok(description) = text.parse() {
        return description;
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let shown: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    if shown.len() < text.len() {
        notes.push("had characters in its description that can't be shown".to_owned());
    }
    let kept = cut(&shown, DESCRIPTION);
    if kept.len() < shown.len() {
        notes.push(format!("had a description of {} characters, cut to {DESCRIPTION}", shown.chars().count()));
    }
    kept.parse().unwrap_or_default()
}

/// A status.
pub(super) fn status(original: Option<&str>, notes: &mut Vec<String>) -> Status {
    let original = original.unwrap_or_default();
    original.parse().unwrap_or_else(|_| {
        notes.push(format!("had the status {:?}, now to do", shortened(original)));
        Status::Todo
    })
}

/// Minutes.
pub(super) fn minutes(original: Option<i64>, notes: &mut Vec<String>) -> i64 {
    let minutes = original.unwrap_or_default();
    if minutes < 0 {
        notes.push(format!("had {minutes} minutes, now 0"));
    }
    minutes.max(0)
}

/// The beginning of a text, for a person to know it by.
pub(super) fn shortened(text: &str) -> String {
    match text.chars().nth(QUOTED) {
        Some(_) => format!("{}…", cut(text, QUOTED)),
        None => text.to_owned(),
    }
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(original: &str) -> Vec<String> {
        names(original, 7).take(3).map(|name| name.to_string()).collect()
    }

    #[test]
    fn names_stay_as_close_as_can_be() {
        assert_eq!(first("zed"), ["zed", "zed", "zed-2"]);
        assert_eq!(first("Jürgen Müller"), ["J-rgen-M-ller", "J-rgen-M-ller-2", "J-rgen-M-ller-3"]);
        assert_eq!(first("ab"), ["ab-7", "ab-7-2", "ab-7-3"]);
        assert_eq!(first(""), ["user-7", "user-7-2", "user-7-3"]);
        assert_eq!(first("  "), ["user-7", "user-7-2", "user-7-3"]);
        assert_eq!(first("<img src=x onerror=alert(1)>")[0], "img-src-x-onerror-alert-1");
        let long = "x".repeat(3_000);
        assert_eq!(first(&long), ["x".repeat(32), format!("{}-2", "x".repeat(30)), format!("{}-3", "x".repeat(30))]);
    }

    #[test]
    fn titles_are_one_line_of_something() {
        let mended = |original: &str| {
            let mut notes = Vec::new();
            let (title, whole) = title(original, &mut notes);
            (title.to_string(), whole.is_some(), notes.len())
        };
        assert_eq!(mended("Fix it"), ("Fix it".to_owned(), false, 0));
        assert_eq!(mended("  "), (UNTITLED.to_owned(), false, 1));
        assert_eq!(mended("\u{200b}"), (UNTITLED.to_owned(), false, 1));
        assert_eq!(mended("a\nb\u{202e}c"), ("a bc".to_owned(), false, 1));
        let (long, whole, notes) = mended(&"word ".repeat(100));
        assert!(whole && notes == 1 && long.ends_with("word…") && long.chars().count() <= TITLE);
        let (long, whole, _) = mended(&"\n".repeat(300));
        assert!(!whole && long == UNTITLED);
    }

    #[test]
    fn descriptions_keep_what_they_can() {
        let mut notes = Vec::new();
        assert_eq!(description(Some("long title"), "a\r\nb", &mut notes).as_str(), "long title\n\na\nb");
        assert_eq!(description(Some("long title"), "", &mut notes).as_str(), "long title");
        assert!(notes.is_empty());
        assert_eq!(description(None, "a\u{7}b\tc", &mut notes).as_str(), "ab\tc");
        assert_eq!(description(None, &"ü".repeat(10_001), &mut notes).as_str(), "ü".repeat(10_000));
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn statuses_and_minutes_of_ours() {
        let mut notes = Vec::new();
        assert_eq!(status(Some("in_progress"), &mut notes), Status::InProgress);
        assert_eq!((minutes(Some(5_000), &mut notes), minutes(None, &mut notes)), (5_000, 0));
        assert!(notes.is_empty());
        assert_eq!(status(Some("banana"), &mut notes), Status::Todo);
        assert_eq!(status(None, &mut notes), Status::Todo);
        assert_eq!(minutes(Some(-5), &mut notes), 0);
        assert_eq!(notes.len(), 3);
    }
}
