//! What comes along when text is pasted: breaks and tabs become what they mean, and what cannot be shown is refused with
//! the place where it stands.

use crate::Invalid;
use crate::unicode::turns_text;

/// Characters that are quoted before a place.
const QUOTED: usize = 20;

/// The text with every break of a line as LF, whatever it was typed with (Unicode 5.8): CR LF, CR, VT, FF, NEL, LS, PS.
pub(crate) fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n")
}

/// The text on one line: what breaks a line, and what goes to the next stop, is a space.
pub(crate) fn on_one_line(text: &str) -> String {
    with_line_feeds(text).replace(['\n', '\t'], " ")
}

/// Refuses control characters other than breaks of lines and tabs.
pub(crate) fn without_controls(text: &str) -> Result<(), Invalid> {
    refuse(text, |c| c.is_control() && c != '\n' && c != '\t', "control character")
}

/// Refuses what turns the direction of text: a line could be read as another.
pub(crate) fn without_turns(text: &str) -> Result<(), Invalid> {
    refuse(text, turns_text, "character that changes the text direction")
}

fn refuse(text: &str, is_refused: impl Fn(char) -> bool, what: &str) -> Result<(), Invalid> {
    let Some((at, found)) = text.char_indices().find(|(_, c)| is_refused(*c)) else { return Ok(()) };
    let number = u32::from(found);
    let place = place(text.get(..at).unwrap_or_default());
    Err(Invalid::because(format!("Remove the {what} {place} (U+{number:04X}).")))
}

/// Where something stands, by what a person reads before it on its line.
fn place(before: &str) -> String {
    let (earlier, line) = before.rsplit_once('\n').unwrap_or(("", before));
    let line = line.trim();
    let number = earlier.split('\n').filter(|_| before.contains('\n')).count() + 1;
    match (line.char_indices().rev().nth(QUOTED - 1), number) {
        (_, 1) if line.is_empty() => "at the start".to_owned(),
        (_, number) if line.is_empty() => format!("at the start of line {number}"),
        (Some((from, _)), _) if from > 0 => format!("after “…{}”", line.get(from..).unwrap_or_default().trim_start()),
        _ => format!("after “{line}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_by_what_stands_before_it() {
        let told = |text: &str| without_controls(text).map_err(|Invalid(reason)| reason);
        for (text, place) in [
            ("Call\u{7}Bob", "after “Call” (U+0007)."),
            ("\u{0}Bob", "at the start (U+0000)."),
            ("one\n\n\u{1b}[31mtwo", "at the start of line 3 (U+001B)."),
            ("one\ntwo \u{7f}", "after “two” (U+007F)."),
            ("a line that is much longer than what is quoted\u{9f}", "after “…than what is quoted” (U+009F)."),
        ] {
            let reason = told(text).expect_err("it is refused");
            assert!(reason.ends_with(place), "{text:?}: {reason}");
        }
        assert_eq!(told("one\ttwo\nthree"), Ok(()));
    }
}
