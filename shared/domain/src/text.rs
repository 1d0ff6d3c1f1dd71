//! Texts that people type: bounded in length, and free of what cannot be shown.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                let parse: fn(&str) -> Result<String, Invalid> = $parse;
                parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

text!(
    /// A task's title: 1 to 200 characters on one line, trimmed.
    Title,
    |text| {
        let text = text.trim();
        if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            return Err(Invalid::because("Enter a title."));
        }
        at_most("title", text, 200)?;
        one_line(text)?;
        Ok(text.to_owned())
    }
);

text!(
    /// A task's description: up to 10,000 characters; line breaks are kept, as LF.
    #[derive(Default)]
    Description,
    |text| {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        at_most("description", &text, 10_000)?;
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(Invalid::because("Remove control characters; line breaks and tabs are fine."));
        }
        Ok(text)
    }
);

text!(
    /// What an entry's minutes went into: up to 500 characters on one line, trimmed, or nothing.
    #[derive(Default)]
    Note,
    |text| {
        let text = text.trim();
        at_most("note", text, 500)?;
        one_line(text)?;
        Ok(text.to_owned())
    }
);

text!(
    /// A name to sign in with: 3 to 32 of ASCII letters, digits, `_`, `.` and `-`. Unique without regard to case.
    Username,
    |text| {
        if !(3..=32).contains(&text.chars().count()) {
            return Err(Invalid::because("Use 3 to 32 characters."));
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)) {
            return Err(Invalid::because("Use only letters (a to z), digits, dots, dashes and underscores."));
        }
        Ok(text.to_owned())
    }
);

text!(
    /// What names a state of the source, as git writes it (`git describe --always`): 7 to 64 of ASCII letters, digits,
    /// `.` and `-`.
    Commit,
    |text| {
        if !(7..=64).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b)) {
            return Err(Invalid::because("Use 7 to 64 ASCII letters, digits, dots and dashes."));
        }
        Ok(text.to_owned())
    }
);

impl Username {
    /// The name in the one case in which it is compared.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

fn at_most(what: &str, text: &str, most: usize) -> Result<(), Invalid> {
    match text.chars().count() {
        count if count > most => {
            Err(Invalid::because(format!("Keep the {what} under {most} characters (now {count}).")))
        }
        _ => Ok(()),
    }
}

fn one_line(text: &str) -> Result<(), Invalid> {
    // U+2028 and U+2029 break lines too, though Unicode does not count them as control characters.
    if text.chars().any(|c| c.is_control() || c == '\u{2028}' || c == '\u{2029}') {
        return Err(Invalid::because("Use one line, without control characters."));
    }
    // What turns the direction of text can make a line read as another (Unicode Technical Report 36, 2.7).
    if text.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
        return Err(Invalid::because("Remove characters that change the text direction."));
    }
    Ok(())
}

/// Characters that show nothing by themselves.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
            #[test]
            fn a_title_is_trimmed_short_and_on_one_line(text in any::<String>()) {
                match text.parse::<Title>() {
                    Ok(title) => {
                        prop_assert_eq!(title.as_str(), text.trim());
                        prop_assert!((1..=200).contains(&title.as_str().chars().count()));
                        prop_assert!(!title.as_str().chars().any(char::is_control));
                        prop_assert_eq!(title.as_str().parse::<Title>(), Ok(title.clone()));
                    }
                    Err(_) => {
                        let trimmed = text.trim();
    let refused = trimmed.is_empty() || trimmed.chars().count() > 200 || one_line(trimmed).is_err();
                        prop_assert!(refused);
                    }
                }
            }

            #[test]
            fn a_description_keeps_its_lines(lines in proptest::collection::vec("[^\\p{C}]{0,20}", 0..20)) {
                let unix = lines.join("\n").parse::<Description>();
                prop_assert_eq!(lines.join("\r\n").parse::<Description>(), unix.clone());
                let kept = unix.map(String::from);
                prop_assert_eq!(kept, Ok(lines.join("\n")));
            }

            #[test]
            fn a_username_is_what_was_typed(text in "\\PC{0,40}|[A-Za-z0-9_.-]{0,40}") {
                let good = (3..=32).contains(&text.len())
                    && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
                match text.parse::<Username>() {
                    Ok(name) => prop_assert!(good && name.as_str() == text),
                    Err(_) => prop_assert!(!good),
                }
            }

            #[test]
            fn a_note_parses_to_itself(text in "\\PC{0,600}") {
                if let Ok(note) = text.parse::<Note>() {
                    prop_assert_eq!(note.as_str().parse::<Note>(), Ok(note.clone()));
                }
            }
        }

    #[test]
    fn a_commit_is_one_word() {
        for good in ["ae64834", "0123456789012345678901234567890123456789-dirty", "v1.2.3-4-gae64834"] {
            assert_eq!(good.parse::<Commit>().map(String::from), Ok(good.to_owned()));
        }
        for bad in ["", "ae6483", "ae64834 dirty", "ae64834\n", "äe64834", &"a".repeat(65)] {
            assert!(bad.parse::<Commit>().is_err(), "{bad}");
        }
    }

    #[test]
    fn limits_count_characters_not_bytes() {
        assert!("ü".repeat(200).parse::<Title>().is_ok());
        assert!("ü".repeat(201).parse::<Title>().is_err());
        assert!("😀".repeat(10_000).parse::<Description>().is_ok());
        assert!("x".repeat(10_001).parse::<Description>().is_err());
        assert!("x".repeat(501).parse::<Note>().is_err());
    }

    #[test]
    fn what_shows_nothing_or_turns_text_is_refused() {
        for bad in ["\u{200b}", " \u{feff}\u{2060} ", "a\u{202e}b", "\u{2066}a", "a\u{2028}b"] {
            assert!(bad.parse::<Title>().is_err(), "{bad:?}");
        }
        assert!("👩\u{200d}💻 at work".parse::<Title>().is_ok());
    }

    #[test]
    fn names_fold_to_one_case() {
        assert_eq!("Zed.1".parse::<Username>().map(|name| name.folded()), Ok("zed.1".to_owned()));
    }
}
