//! Which passwords are guessed early (NIST SP 800-63B-4, 3.1.1.2): common ones, what anybody knows of the person and the
//! place, and rows of keys. `docs/decisions/0026-passwords.md` says why it is so and what was measured.

use aws_lc_rs::digest::{SHA256, digest};
use sprintsync_domain::unicode::compatible;

/// Some 100,000 common passwords as fingerprints of their keys: how many each bucket has, one byte each, and then the
/// fingerprints, bucket by bucket. `blocklist/make` makes it.
static COMMON: &[u8] = include_bytes!("../blocklist/common.bin");

/// Bits of a key's digest that say in which bucket it is.
const BUCKET_BITS: u32 = 14;
const BUCKETS: usize = 1 << BUCKET_BITS;
/// Bytes of a key's digest that are kept.
const FINGERPRINT: usize = 3;
/// Characters of the shortest key: of less, too much would be one.
const SHORTEST_KEY: usize = 4;
/// Characters that must be left of a password when all that a guesser thinks of first is taken away.
const LEAST_LEFT: usize = 5;
/// Different characters that a password has at least.
const LEAST_DIFFERENT: usize = 4;
/// Characters of the shortest row of keys.
const SHORTEST_ROW: usize = 3;
/// Characters of the shortest part of a name or host that counts by itself.
const SHORTEST_PART: usize = 4;

/// Words that everybody thinks of here.
const WORDS: [&str; 39] = [
    "sprintsync",
    "sprint",
    "sync",
    "password",
    "passwort",
    "passwd",
    "passphrase",
    "welcome",
    "login",
    "signin",
    "admin",
    "administrator",
    "changeme",
    "secret",
    "default",
    "spring",
    "summer",
    "autumn",
    "fall",
    "winter",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Keys side by side, in the order of the alphabet, and in the ways in which fingers go over a keyboard.
const ROWS: [&str; 17] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiopü",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "!@#$%^&*()_+",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
];

/// What a guesser knows of a person.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The name to sign in with.
    pub username: &'a str,
    /// The address at which the person sees the instance.
    pub origin: &'a str,
}

impl Known<'_> {
    fn words(&self) -> impl Iterator<Item = &str> {
        let parts = |text| str::split(text, |c: char| !c.is_alphanumeric()).filter(|part| part.len() >= SHORTEST_PART);
        let host = self.origin.split_once("://").map_or(self.origin, |(_, host)| host);
        WORDS.into_iter().chain([self.username]).chain(parts(self.username)).chain(parts(host))
    }
}

/// Whether a password is among those that are guessed first.
pub(crate) fn is_guessed_early(password: &str, known: Known<'_>) -> bool {
    let words: Vec<Vec<char>> = known.words().map(|word| compatible(word).chars().map(plain).collect()).collect();
    guessed_early(&compatible(password), &words, is_common)
}

fn guessed_early(password: &str, words: &[Vec<char>], is_common: impl Fn(&str) -> bool) -> bool {
    let typed: Vec<char> = password.chars().collect();
    let unit = typed.get(..period(&typed)).unwrap_or_default();
    let mut different = unit.to_vec();
    different.sort_unstable();
    different.dedup();
    different.len() < LEAST_DIFFERENT || left(unit, words, is_common) < LEAST_LEFT
}

/// The letter that a character stands for, in the usual ways to write one as a digit or sign. Those that one may be
/// taken for are one.
fn plain(c: char) -> char {
    match c {
        '4' | '@' => 'a',
        '8' => 'b',
        '3' => 'e',
        '6' | '9' => 'g',
        '1' | 'l' | '!' | '|' => 'i',
        '0' => 'o',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '2' => 'z',
        c => c,
    }
}

/// The key under which a common password is kept and looked for.
fn key(typed: &[char]) -> Option<String> {
    let key: String = typed.iter().copied().map(plain).filter(|c| c.is_alphanumeric()).collect();
    (key.chars().count() >= SHORTEST_KEY).then_some(key)
}

/// The parts of a text that may be a common password: all of it, what is left without the digits and signs at its end,
/// without those at both its ends, and without the signs alone.
fn cores(typed: &[char]) -> [std::ops::Range<usize>; 4] {
    let end = typed.iter().rposition(|c| c.is_alphabetic()).map_or(0, |at| at + 1);
    let start = typed.iter().position(|c| c.is_alphabetic()).unwrap_or(end);
    let last = typed.iter().rposition(|c| c.is_alphanumeric()).map_or(0, |at| at + 1);
    let first = typed.iter().position(|c| c.is_alphanumeric()).unwrap_or(last);
    [0..typed.len(), 0..end, start..end, first..last]
}

/// How many characters are left when all that is thought of first is taken away: rows of keys, years, these words, and
/// then what is common, of the whole or of a stretch that is left.
fn left(typed: &[char], words: &[Vec<char>], is_common: impl Fn(&str) -> bool) -> usize {
    let letters: Vec<char> = typed.iter().copied().map(plain).collect();
    let mut taken = vec![false; typed.len()];
    let mut take = |range: std::ops::Range<usize>| {
        taken.iter_mut().take(range.end).skip(range.start).for_each(|taken| *taken = true);
    };
    for at in 0..typed.len() {
        let rest = typed.get(at..).unwrap_or_default();
        take(at..at + row(rest).max(year(rest)));
        let spelt = letters.get(at..).unwrap_or_default();
        for word in words.iter().filter(|word| word.len() >= SHORTEST_ROW && spelt.starts_with(word)) {
            take(at..at + word.len());
        }
    }
    let stretches = stretches(&taken);
    for whole in std::iter::once(0..typed.len()).chain(stretches) {
        let part = typed.get(whole.clone()).unwrap_or_default();
        for core in cores(part) {
            if part.get(core.clone()).and_then(key).is_some_and(|key| is_common(&key)) {
                taken
                    .iter_mut()
                    .take(whole.start + core.end)
                    .skip(whole.start + core.start)
                    .for_each(|one| *one = true);
            }
        }
    }
    // What only parts words is no secret.
    let parts = |c: &char| c.is_whitespace() || matches!(c, '-' | '_' | '.');
    typed.iter().zip(&taken).filter(|(c, taken)| !**taken && !parts(c)).count()
}

/// The stretches that nothing was taken of.
fn stretches(taken: &[bool]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for stretch in taken.split(|taken| *taken) {
        found.push(start..start + stretch.len());
        start += stretch.len() + 1;
    }
    found
}

/// How many characters at the start are one, or follow one another on a keyboard or in the alphabet, in either direction;
/// 0 where it is too few.
fn row(typed: &[char]) -> usize {
    let Some(first) = typed.first() else { return 0 };
    let same = typed.iter().take_while(|c| *c == first).count();
    let along = |row: &mut dyn Iterator<Item = char>| typed.iter().zip(row).take_while(|(c, key)| **c == *key).count();
    let longest = ROWS.iter().flat_map(|row| {
        let starts = row.char_indices().filter(|(_, key)| key == first);
        starts.map(|(at, key)| {
            let (before, after) = row.split_at_checked(at).unwrap_or_default();
            along(&mut after.chars()).max(along(&mut std::iter::once(key).chain(before.chars().rev())))
        })
    });
    let longest = longest.max().unwrap_or(0).max(same);
    if longest >= SHORTEST_ROW { longest } else { 0 }
}

/// 4, where a year of a life begins the text.
fn year(typed: &[char]) -> usize {
    match typed {
        ['1', '9', '4'..='9', '0'..='9', ..] | ['2', '0', '0'..='4', '0'..='9', ..] => 4,
        _ => 0,
    }
}

/// The length of what a text repeats, at least twice, to its end; of all of it, where it repeats nothing.
fn period(typed: &[char]) -> usize {
    let repeats = |length: &usize| typed.iter().zip(typed.iter().skip(*length)).all(|(one, again)| one == again);
    (1..=typed.len() / 2).find(repeats).unwrap_or(typed.len())
}

/// Whether a key is of a common password; once in some 2,700,000 times it is said of one that is not.
fn is_common(key: &str) -> bool {
    let (bucket, fingerprint) = fingerprint(key);
    let (counts, fingerprints) = COMMON.split_at_checked(BUCKETS).unwrap_or_default();
    let before: usize = counts.iter().take(bucket).map(|count| usize::from(*count)).sum();
    let here = counts.get(bucket).map_or(0, |count| usize::from(*count));
    fingerprints.chunks_exact(FINGERPRINT).skip(before).take(here).any(|kept| kept == fingerprint)
}

fn fingerprint(key: &str) -> (usize, [u8; FINGERPRINT]) {
    let digest = digest(&SHA256, key.as_bytes());
    match digest.as_ref() {
        [a, b, c, d, e, ..] => {
            let bucket = (u16::from_be_bytes([*a, *b]) >> (u16::BITS - BUCKET_BITS)).into();
            (bucket, [*c, *d, *e])
        }
        _ => (0, [0; FINGERPRINT]),
    }
}

#[cfg(test)]
mod tests;
