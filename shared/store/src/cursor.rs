//! Cursors: where a page of a list ended, signed, so that it leads nowhere but on in the same list.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const FORMAT: u8 = 1;
const MAC_BYTES: usize = 16;
/// Positions are at most those of an export inside the history of a task, some 120 bytes; what is longer was not made
/// here.
const MOST_CHARACTERS: usize = 256;

/// Makes the text of a cursor: `position` within the list that `scope` names (its kind, its caller and its filter).
pub fn seal(key: &hmac::Key, scope: &str, position: &str) -> String {
    let mut bytes = vec![FORMAT];
    bytes.extend_from_slice(position.as_bytes());
    let mac = hmac::sign(key, &message(scope, position));
    bytes.extend(mac.as_ref().iter().take(MAC_BYTES));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position in a cursor, if one of `keys` signed it for this `scope`.
pub fn open(keys: &[&hmac::Key], scope: &str, cursor: &str) -> Option<String> {
    if cursor.len() > MOST_CHARACTERS {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (format, rest) = bytes.split_first()?;
    let (position, mac) = rest.split_at_checked(rest.len().checked_sub(MAC_BYTES)?)?;
    let position = std::str::from_utf8(position).ok()?;
    let signed = |key: &&hmac::Key| {
        let whole = hmac::sign(key, &message(scope, position));
        let expected = whole.as_ref().get(..MAC_BYTES).unwrap_or_default();
        aws_lc_rs::constant_time::verify_slices_are_equal(expected, mac).is_ok()
    };
    (*format == FORMAT && keys.iter().any(signed)).then(|| position.to_owned())
}

fn message(scope: &str, position: &str) -> Vec<u8> {
    [&[FORMAT], scope.as_bytes(), &[0], position.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(seed: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[seed; 32])
    }

    proptest! {
        #[test]
        fn a_cursor_opens_only_with_its_key_and_scope(scope in "[^\\x00]{0,40}", other in "[^\\x00]{0,40}", position in "[a-z0-9-]{0,36}") {
            let cursor = seal(&key(1), &scope, &position);
            prop_assert_eq!(open(&[&key(2), &key(1)], &scope, &cursor), Some(position));
            prop_assert_eq!(open(&[&key(2)], &scope, &cursor), None);
            if scope != other {
                prop_assert_eq!(open(&[&key(1)], &other, &cursor), None);
            }
        }

        #[test]
        fn a_changed_cursor_does_not_open(position in "[a-z0-9-]{1,36}", at in any::<prop::sample::Index>(), with in "[A-Za-z0-9_-]") {
            let cursor = seal(&key(1), "tasks", &position);
            let at = at.index(cursor.len());
            let (before, after) = cursor.split_at(at);
            let changed = format!("{before}{with}{}", after.chars().skip(1).collect::<String>());
            if changed != cursor {
                prop_assert_eq!(open(&[&key(1)], "tasks", &changed), None);
            }
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,200}") {
            prop_assert_eq!(open(&[&key(1)], "tasks", &text), None);
        }
    }
}
