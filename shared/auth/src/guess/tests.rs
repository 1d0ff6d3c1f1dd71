//! What is refused and what is taken; and how the common passwords get into the crate.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

/// Common passwords that are kept.
const KEPT: usize = 100_000;

const KNOWN: Known<'_> = Known { username: "Ada.Lovelace", origin: "https://plan.analytical.example" };

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("blocklist")
}

/// The passwords of a file, one a line.
fn lines(name: &str) -> Vec<String> {
    let text = fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.lines().map(str::to_owned).collect()
}

#[test]
fn two_hundred_weak_ones_are_refused_and_two_hundred_good_ones_are_taken() {
    let (weak, good) = (lines("weak.txt"), lines("good.txt"));
    assert_eq!((weak.len(), good.len()), (200, 200));
    let all: BTreeSet<&String> = weak.iter().chain(&good).collect();
    assert_eq!(all.len(), 400);
    for password in all {
        assert!((8..=128).contains(&password.chars().count()), "{password:?} is refused for its length");
    }
    let taken: Vec<_> = weak.iter().filter(|password| !is_guessed_early(password, KNOWN)).collect();
    let refused: Vec<_> = good.iter().filter(|password| is_guessed_early(password, KNOWN)).collect();
    assert!(taken.is_empty() && refused.is_empty(), "weak and taken: {taken:#?}, good and refused: {refused:#?}");
}

#[test]
fn what_is_known_of_the_person_and_the_place_is_no_secret() {
    let others = Known { username: "grace", origin: "http://localhost:3000" };
    for password in ["AdaLovelace1", "l0velace!99", "ada.lovelace.ada", "Analytic4l2026", "plan-Analytical-7"] {
        assert!(is_guessed_early(password, KNOWN), "{password}");
    }
    assert!(!is_guessed_early("AdaLovelace1", others));
    assert!(is_guessed_early("Localhost:3000", others) && is_guessed_early("gracegrace26", others));
}

#[test]
fn any_of_the_most_common_is_refused_however_it_is_dressed() {
    for word in ["password", "dragon", "football", "trustno1", "iloveyou", "Sonnenschein", "liverpool"] {
        let capital: String =
            word.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }).collect();
        let leet = capital.replace('a', "@").replace('o', "0").replace('e', "3").replace('i', "1");
        let wide: String = word.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c)).collect();
        for dressed in [
            format!("{word}123"),
            format!("{capital}2026!"),
            format!("{leet}123!"),
            format!("!!{word}!!"),
            format!("1987{word}"),
            format!("{word}{word}"),
            format!("{wide}12"),
            word.chars().flat_map(|c| [c, ' ']).collect(),
            word.chars().flat_map(|c| [c, '-']).collect(),
        ] {
            assert!(is_guessed_early(&dressed, KNOWN), "{dressed}");
        }
    }
}

#[test]
fn a_row_a_year_and_a_period_are_seen_where_they_are() {
    let of = |text: &str| text.chars().collect::<Vec<_>>();
    for (text, length) in [
        ("qwertz1", 6),
        ("fdsa", 4),
        ("4321", 4),
        ("aaaa1", 4),
        ("ab", 0),
        ("qw3", 0),
        ("1qaz2wsx", 8),
        ("%^&*x", 4),
        ("", 0),
    ] {
        assert_eq!(row(&of(text)), length, "{text}");
    }
    for (text, length) in [("2026", 4), ("1987x", 4), ("1887", 0), ("202", 0), ("2051", 0)] {
        assert_eq!(year(&of(text)), length, "{text}");
    }
    for (text, length) in [("abab", 2), ("ababa", 2), ("aaaa", 1), ("abca", 4), ("abcab", 5), ("", 0), ("abcabcabc", 3)]
    {
        assert_eq!(period(&of(text)), length, "{text}");
    }
}

proptest! {
    #[test]
    fn capitals_save_no_weak_one(at in 0usize..200, upper in any::<u32>()) {
        let weak = lines("weak.txt");
        let word = &weak[at];
        let other: String = word.chars().enumerate().map(|(n, c)| if upper >> (n % 32) & 1 == 1 { c.to_ascii_uppercase() } else { c }).collect();
        prop_assert!(is_guessed_early(&other, KNOWN));
    }

    #[test]
    fn any_text_is_judged(text in any::<String>(), username in any::<String>(), origin in any::<String>()) {
        is_guessed_early(&text, Known { username: &username, origin: &origin });
    }

    /// As a password manager makes them.
    #[test]
    fn a_random_one_is_taken(text in "[a-km-z2-9]{16,64}") {
        prop_assert!(!is_guessed_early(&text, KNOWN));
    }
}

#[test]
fn the_file_is_whole() {
    let (counts, fingerprints) = COMMON.split_at(BUCKETS);
    let kept: usize = counts.iter().map(|count| usize::from(*count)).sum();
    assert_eq!((kept, fingerprints.len()), (KEPT, KEPT * FINGERPRINT));
}

/// The keys of a list of common passwords, most common first, without those that are refused without a list.
fn keys(passwords: impl Iterator<Item = String>) -> Vec<String> {
    let words: Vec<Vec<char>> = WORDS.iter().map(|word| word.chars().map(plain).collect()).collect();
    let (mut seen, mut kept) = (BTreeSet::new(), Vec::new());
    for password in passwords {
        let typed: Vec<char> = compatible(&password).chars().collect();
        if left(&typed, &words, |_| false) == 0 {
            continue;
        }
        let [whole, _, core, _] = cores(&typed).map(|core| typed.get(core).and_then(key));
        kept.extend([whole, core].into_iter().flatten().filter(|key| seen.insert(key.clone())));
    }
    kept.truncate(KEPT);
    kept
}

/// The file of these keys.
fn file(keys: &[String]) -> Vec<u8> {
    let sorted: BTreeSet<(usize, [u8; FINGERPRINT])> = keys.iter().map(|key| fingerprint(key)).collect();
    let mut bytes = vec![0; BUCKETS];
    for (bucket, _) in &sorted {
        bytes[*bucket] = u8::checked_add(bytes[*bucket], 1).expect("a bucket holds at most 255");
    }
    bytes.extend(sorted.iter().flat_map(|(_, fingerprint)| *fingerprint));
    bytes
}

/// Compares the file with its sources, which `blocklist/make` fetches into the folder that `PASSWORD_LISTS` names; with
/// `UPDATE=1` it is written.
#[test]
#[ignore = "its sources are not in the tree: `blocklist/make` fetches them and runs this"]
fn the_file_is_made_of_its_sources() {
    let sources = PathBuf::from(std::env::var_os("PASSWORD_LISTS").expect("PASSWORD_LISTS names a folder"));
    let read = |name: &str| fs::read_to_string(sources.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let first: Vec<String> = serde_json::from_str(&read("passwords.json")).expect("a list");
    let then = read("passwords.txt");
    let keys = keys(first.into_iter().chain(then.lines().map(str::to_owned)));
    let (path, made) = (folder().join("common.bin"), file(&keys));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &made).expect("the file is written");
    }
    assert!(fs::read(path).expect("the file") == made, "blocklist/common.bin is not what its sources make");
}
