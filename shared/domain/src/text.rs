//! Texts that people type: bounded in length, and free of what cannot be shown.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::pasted::{on_one_line, with_line_feeds, without_controls, without_turns};
use crate::unicode::shows_nothing;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        text!($(#[$doc])* $name, $parse, kept: $parse);
    };
    // What was kept before a rule came is read as it was kept.
    ($(#[$doc:meta])* $name:ident, $parse:expr, kept: $kept:expr) => {
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
                let kept: fn(&str) -> Result<String, Invalid> = $kept;
                kept(&text).map(Self)
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
    /// A task's title: 1 to 200 characters on one line, trimmed, of which at least one shows something.
    Title,
    |text| {
        let text = on_one_line(text);
        let text = text.trim();
        if text.chars().all(shows_nothing) {
            return Err(Invalid::because("Enter a title."));
        }
        at_most("title", text, 200)?;
        without_controls(text)?;
        without_turns(text)?;
        Ok(text.to_owned())
    },
    kept: |text| Ok(text.to_owned())
);

text!(
    /// A task's description: up to 10,000 characters; line breaks are kept, as LF.
    #[derive(Default)]
    Description,
    |text| {
        let text = with_line_feeds(text);
        at_most("description", &text, 10_000)?;
        without_controls(&text)?;
        Ok(text)
    }
);

text!(
    /// What an entry's minutes went into: up to 500 characters on one line, trimmed, or nothing.
    #[derive(Default)]
    Note,
    |text| {
        let text = on_one_line(text);
        let text = text.trim();
        at_most("note", text, 500)?;
        without_controls(text)?;
        without_turns(text)?;
        Ok(if text.chars().all(shows_nothing) { String::new() } else { text.to_owned() })
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

fn at_most(what: &str, text: &str, most: usize) -> Result<(), Invalid> {
    match text.chars().count() {
        count if count > most => {
            Err(Invalid::because(format!("Keep the {what} under {most} characters (now {count}).")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::unicode::turns_text;

    /// Text as it comes from elsewhere: with breaks, tabs, and what cannot be seen.
    fn pasted(longest: usize) -> impl Strategy<Value = String> {
        let odd = proptest::sample::select(
            "\t\n\r\u{b}\u{85}\u{2028}\u{0}\u{7}\u{9b}\u{202e}\u{200b}\u{3164}\u{2800} ".chars().collect::<Vec<_>>(),
        );
        let one = prop_oneof![8 => any::<char>(), 1 => odd];
        proptest::collection::vec(one, 0..=longest + 5).prop_map(|all| all.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_title_is_trimmed_short_and_on_one_line(text in pasted(200)) {
            let line = on_one_line(&text);
            let line = line.trim();
            match text.parse::<Title>() {
                Ok(title) => {
                    prop_assert_eq!(title.as_str(), line);
                    prop_assert!((1..=200).contains(&line.chars().count()));
                    let broken = line.chars().any(|c| c.is_control() || turns_text(c) || "\u{2028}\u{2029}".contains(c));
                        prop_assert!(!broken);
                    prop_assert!(line.chars().any(|c| !shows_nothing(c)));
                    prop_assert_eq!(title.as_str().parse::<Title>(), Ok(title.clone()));
                }
                Err(_) => {
                    let refused = line.chars().all(shows_nothing)
                        || line.chars().count() > 200
                        || line.chars().any(|c| c.is_control() || turns_text(c));
                    prop_assert!(refused);
                }
            }
        }

        #[test]
        fn what_shows_nothing_is_no_title_and_an_empty_note(text in "[\\s\\u{ad}\\u{34f}\\u{61c}\\u{115f}\\u{1160}\\u{180e}\\u{200b}-\\u{200f}\\u{202a}-\\u{202e}\\u{2060}-\\u{206f}\\u{2800}\\u{3164}\\u{fe00}-\\u{fe0f}\\u{feff}\\u{ffa0}\\u{fff9}-\\u{fffb}\\u{1d159}\\u{e0001}\\u{e0020}-\\u{e007f}]{0,300}") {
            prop_assert_eq!(text.parse::<Title>(), Err(Invalid::because("Enter a title.")));
            if !text.chars().any(turns_text) {
                prop_assert_eq!(text.parse::<Note>(), Ok(Note::default()));
            }
        }

        #[test]
        fn breaks_and_tabs_become_what_they_mean(words in proptest::collection::vec("[^\\p{C}\\p{Z}]{1,9}", 2..9), breaking in "\r\n|[\n\r\t\u{b}\u{c}\u{85}\u{2028}\u{2029}]") {
            let text = words.join(&breaking);
            prop_assume!(!words.iter().all(|word| word.chars().all(shows_nothing)));
            prop_assert_eq!(text.parse::<Title>().map(String::from), Ok(words.join(" ")));
            let kept = if breaking == "\t" { "\t" } else { "\n" };
            prop_assert_eq!(text.parse::<Description>().map(String::from), Ok(words.join(kept)));
        }

        #[test]
        fn a_description_is_itself_again(text in pasted(300)) {
            if let Ok(description) = text.parse::<Description>() {
                prop_assert_eq!(description.as_str().parse::<Description>(), Ok(description.clone()));
                prop_assert!(!description.as_str().chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            }
        }

        #[test]
        fn a_description_keeps_its_lines(lines in proptest::collection::vec("[^\\p{C}\\p{Zl}\\p{Zp}]{0,20}", 0..20)) {
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
        for bad in ["\u{200b}", " \u{feff}\u{2060} ", "a\u{202e}b", "\u{2066}a", "\u{3164}", "\u{2800}\u{2800}"] {
            assert!(bad.parse::<Title>().is_err(), "{bad:?}");
        }
        for good in ["👩\u{200d}💻 at work", "❤\u{fe0f}", "ㅤx", "می\u{200c}خواهم"] {
            assert_eq!(good.parse::<Title>().map(String::from), Ok(good.to_owned()));
        }
    }

    #[test]
    fn what_is_pasted_is_taken_for_what_it_means_or_named_with_its_place() {
        for pasted in ["Call\tBob", "Call\nBob", "Call\r\nBob\r\n", "Call\u{2028}Bob", "\tCall\u{b}Bob"] {
            assert_eq!(pasted.parse::<Title>().map(String::from), Ok("Call Bob".to_owned()), "{pasted:?}");
            assert_eq!(pasted.parse::<Note>().map(String::from), Ok("Call Bob".to_owned()), "{pasted:?}");
        }
        let description = "Call\u{2029}Bob\tnow\u{c}then\u{85}".parse::<Description>();
        assert_eq!(description.map(String::from), Ok("Call\nBob\tnow\nthen\n".to_owned()));
        let told = |text: &str| text.parse::<Title>().map_err(|Invalid(reason)| reason);
        assert!(
            told("Call\u{7}Bob")
                .is_err_and(|reason| reason.contains("control character") && reason.contains("after “Call”"))
        );
        assert!(
            told("to \u{202e}evil").is_err_and(|reason| reason.contains("direction") && reason.contains("after “to”"))
        );
    }

    #[test]
    fn a_title_that_was_kept_before_is_read_and_not_taken_again() {
        let kept: Result<Title, _> = serde_json::from_str("\"\u{3164}\"");
        assert_eq!(kept.map(String::from).ok().as_deref(), Some("\u{3164}"));
        assert!("\u{3164}".parse::<Title>().is_err());
    }
}
