//! What a model wrote, as far as it is plain text.

/// One line of plain text, trimmed, with at most this many characters. `None` is anything else.
pub(crate) fn line(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    let plain = text.chars().count() <= most && !text.chars().any(is_refused) && !holds_markup(text);
    plain.then(|| text.to_owned())
}

/// Line breaks and other control characters, what turns the direction of text (Unicode Technical Report 36, 2.7), and
/// what hides text from a reader. The joiners of emoji and of some scripts stay.
fn is_refused(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// A planner's words need no link, and one that comes all the same may be somebody else's idea. A fence is what models
/// put around code, and shows as it is where text is shown as it is.
fn holds_markup(text: &str) -> bool {
    let text = text.to_lowercase();
    ["://", "www.", "```"].iter().any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_short() {
        assert_eq!(line("  Start with the login. ", 30).as_deref(), Some("Start with the login."));
        assert_eq!(line("", 30).as_deref(), Some(""));
        assert!(line(&"ü".repeat(30), 30).is_some() && line(&"ü".repeat(31), 30).is_none());
    }

    #[test]
    fn what_breaks_turns_or_hides_text_is_refused() {
        for bad in
            ["a\nb", "a\rb", "a\u{0}b", "a\tb", "a\u{202e}b", "a\u{2066}b", "a\u{200b}b", "a\u{e0041}b", "a\u{2028}b"]
        {
            assert_eq!(line(bad, 30), None, "{bad:?}");
        }
        assert!(line("👩\u{200d}💻 at work", 30).is_some());
    }

    #[test]
    fn links_and_fences_are_refused() {
        for bad in ["see http://a.example", "HTTPS://A.EXAMPLE", "at www.a.example", "WWW.a", "ftp://a", "```json"] {
            assert_eq!(line(bad, 30), None, "{bad}");
        }
        assert!(line("the www server: `cargo test`", 30).is_some());
    }
}
