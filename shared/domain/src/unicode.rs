//! Text as Unicode sees it: what is the same text, and what shows nothing.

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

/// The text with what can be composed composed (NFC): `ü` is one code point, however it was typed.
pub fn composed(text: &str) -> String {
    ComposingNormalizer::new_nfc().normalize(text).into_owned()
}

/// The text in the one form in which texts are compared where case does not count: two have the same form if they are
/// canonical caseless matches (Unicode 3.13, D145). `Straße` and `STRASSE` have, `Größe` and `Grosse` have not.
pub fn caseless(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Without the first step, case would be folded past a mark that stands in another order (U+0345).
    let decomposed = DecomposingNormalizer::new_nfd().normalize(text);
    composed(&folded(&decomposed))
}

/// As [`caseless`], and what only looks different is the same too: wide, raised and circled characters are what they
/// stand for (compatibility caseless matching, D146).
pub fn compatible(text: &str) -> String {
    let decompose = DecomposingNormalizer::new_nfkd();
    let once = caseless(text);
    ComposingNormalizer::new_nfkc().normalize(&folded(&decompose.normalize(&once))).into_owned()
}

/// The text in one case. By way of the capitals, of which `ß` has two and `σ` and `ς` have one, this is Unicode's full case
/// folding, but that the Turkish `ı` is `i`.
fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Whether a character shows nothing by itself: space, what Unicode says is not shown where it is not understood
/// (`Default_Ignorable_Code_Point`: what has no width, Hangul fillers, selectors, turns of direction), and some that it
/// counts as visible and fonts leave empty.
pub fn shows_nothing(c: char) -> bool {
    c.is_whitespace() || is_ignorable(c) || matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}' | '\u{1d159}')
}

/// Whether Unicode says that a character is not shown where it is not understood.
pub fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether a character turns the direction of the text around it (Unicode Technical Report 36, 2.7).
pub(crate) fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_differs_in_case_or_composition_alone_is_the_same() {
        for (one, other) in [
            ("STRASSE", "Straße"),
            ("STRASSE", "STRAẞE"),
            ("Überprüfung", "U\u{308}BERPRU\u{308}FUNG"),
            ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
            ("ﬁnal", "FINAL"),
            ("Å", "\u{212b}"),
            ("\u{1e9b}\u{323}", "\u{1e69}"),
        ] {
            assert_eq!(caseless(one), caseless(other), "{one} {other}");
        }
        for (one, other) in [("Größe", "Grosse"), ("résumé", "resume"), ("İ", "I"), ("Ａ", "A")] {
            assert_ne!(caseless(one), caseless(other), "{one} {other}");
        }
        assert_eq!(compatible("ＰＡＳＳｗｏｒｄ①"), "password1");
    }

    proptest! {
        #[test]
        fn a_form_is_its_own_form(text in any::<String>()) {
            for form in [composed, caseless, compatible] {
                let once = form(&text);
                prop_assert_eq!(form(&once), once);
            }
        }

        #[test]
        fn no_case_and_no_composition_changes_the_form(text in any::<String>()) {
            let form = caseless(&text);
            prop_assert_eq!(caseless(&DecomposingNormalizer::new_nfd().normalize(&text)), form.clone());
            prop_assert_eq!(caseless(&composed(&text)), form.clone());
            prop_assert_eq!(caseless(&text.to_uppercase()), form.clone());
            prop_assert_eq!(caseless(&folded(&text)), form);
        }
    }
}
