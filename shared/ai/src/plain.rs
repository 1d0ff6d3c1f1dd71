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

/// A planner's words need no address, and one that comes all the same may be somebody else's idea: links with and
/// without their scheme, hosts, and places that mail goes to. A fence is what models put around code, and shows as it is
/// where text is shown as it is.
fn holds_markup(text: &str) -> bool {
    let text: String = text.to_lowercase().chars().map(|c| if is_dot(c) { '.' } else { c }).collect();
    let marked = ["://", "www.", "```", "mailto:", "javascript:", "hxxp", " dot com", "[dot]", "(dot)"];
    marked.iter().any(|mark| text.contains(mark)) || text.split_whitespace().any(is_address)
}

/// What a browser takes for the dot of a host (Unicode Technical Standard 46, 2.3).
fn is_dot(c: char) -> bool {
    matches!(c, '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// Whether a word holds a host: `evil.example`, `a@b`, `localhost:80`, `10.0.0.1`. `Node.js`, `README.md` and `1.2.3` name
/// files and versions, as long as no path follows.
fn is_address(word: &str) -> bool {
    let mut parts = word.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')));
    let mailed = word
        .split_once('@')
        .is_some_and(|(name, host)| name.ends_with(char::is_alphanumeric) && host.starts_with(char::is_alphanumeric));
    let leads_on = |part: &str| {
        word.split_once(part).is_some_and(|(_, after)| after.starts_with(['/', ':', '?', '#']) && after.len() > 1)
    };
    mailed
        || parts.any(|part| {
            let host = part.trim_matches(['.', '-', '_']);
            let labels: Vec<&str> = host.split('.').collect();
            match labels.as_slice() {
                ["localhost"] => leads_on(part),
                [_] | [] => false,
                [.., last] => {
                    let numbers = labels.iter().all(|label| label.parse::<u8>().is_ok());
                    let named =
                        last.chars().count() > 1 && last.chars().all(char::is_alphabetic) && !labels.contains(&"");
                    (numbers && labels.len() == 4)
                        || (named && (!is_file(last) || leads_on(part)))
                        || last.starts_with("xn--")
                }
            }
        })
}

/// What files of a project end in.
fn is_file(end: &str) -> bool {
    matches!(
        end,
        "c" | "cpp"
            | "cs"
            | "css"
            | "csv"
            | "go"
            | "gz"
            | "h"
            | "html"
            | "ini"
            | "java"
            | "jpg"
            | "js"
            | "json"
            | "jsx"
            | "kt"
            | "lock"
            | "log"
            | "lua"
            | "md"
            | "mjs"
            | "pdf"
            | "php"
            | "png"
            | "py"
            | "rb"
            | "rs"
            | "scss"
            | "sh"
            | "sql"
            | "svg"
            | "swift"
            | "tar"
            | "tex"
            | "toml"
            | "ts"
            | "tsx"
            | "txt"
            | "vue"
            | "xlsx"
            | "xml"
            | "yaml"
            | "yml"
            | "zip"
    )
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
    fn addresses_are_refused_with_and_without_their_scheme() {
        for bad in [
            "See evil.example/login",
            "evil.example",
            "(evil.example)",
            "at evil.example, then",
            "EVIL.EXAMPLE.",
            "sub.evil.co.uk",
            "evil.example:8080/x",
            "evil\u{3002}example",
            "evil\u{ff0e}example",
            "mail me@evil.example",
            "write to me@evil",
            "mailto:me",
            "localhost:3000",
            "localhost/x",
            "10.0.0.1",
            "http:10.0.0.1/x",
            "münchen.example",
            "a.xn--p1ai",
            "evil.sh/install",
            "hxxp:evil",
            "evil[dot]example",
        ] {
            assert_eq!(line(bad, 60), None, "{bad}");
        }
        for good in [
            "Start with README.md and main.rs.",
            "Update Node.js, e.g. to 20.1.2 (v1.2.3).",
            "Ask @anna; then go on... and rest.",
            "Use 1.5 hours, i.e. all of it.",
            "3.14 is enough, etc. and so on.",
            "The path /login: try it.",
            "localhost, in a container",
        ] {
            assert!(line(good, 60).is_some(), "{good}");
        }
    }

    #[test]
    fn links_and_fences_are_refused() {
        for bad in ["see http://a.example", "HTTPS://A.EXAMPLE", "at www.a.example", "WWW.a", "ftp://a", "```json"] {
            assert_eq!(line(bad, 30), None, "{bad}");
        }
        assert!(line("the www server: `cargo test`", 30).is_some());
    }
}
