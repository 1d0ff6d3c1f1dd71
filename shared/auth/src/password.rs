//! Passwords: what may be one (`docs/decisions/0026-passwords.md`), how it is kept, and how it was kept by the original
//! (`docs/decisions/0021-imported-passwords.md`).

use std::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use bcrypt::HashParts;
use sprintsync_domain::unicode::{composed, is_ignorable};
use sprintsync_domain::{Invalid, PasswordHash};

use crate::guess::{Known, is_guessed_early};

/// A hash of nothing that anybody knows, with the parameters of the live ones: a name that does not exist costs what
/// one that exists costs.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3ByaW50c3luYy1ub2JvZHk$KBTVWK03G4JPzN4ITKR8E6nwKjN6yRgKqS6vAvkDLBQ";

/// The same as the original kept them. Its cost is the one that the original had.
const NOBODYS_LEGACY: &str = "$2b$12$.PBLR/FoI/NLIXaVxqW46uAgC5GCPHdpB34OVuDHojZje7isO7YOa";
/// Costs of the original's hashes that are tried: a try at a higher one would last seconds.
const LEGACY_COSTS: std::ops::RangeInclusive<u32> = 4..=14;

/// A password as it is compared and kept, whatever device it was typed on: RFC 8265, 4.2 (`OpaqueString`). Every space is
/// U+0020, and what can be composed is; case and width count. Nothing, where it holds a control character.
///
/// Two leniences: code points that our Unicode does not know are taken, since a phone may know them, and so is what joins
/// and selects pictures (see [`Candidate::parse`]); both count as they are.
fn prepared(typed: &str) -> Option<String> {
    let space = |c| matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}');
    let spaced: String = typed.chars().map(|c| if space(c) { ' ' } else { c }).collect();
    (!typed.chars().any(char::is_control)).then(|| composed(&spaced))
}

/// A password that somebody wants, of 8 to 128 characters and at most 512 bytes. Whether it is guessed early, nobody has
/// looked yet.
pub struct Candidate(String);

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Candidate(..)")
    }
}

impl Candidate {
    /// Takes what was typed for a new password.
    ///
    /// # Errors
    /// It is too short or too long, or holds what nobody could type again.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let Some(text) = prepared(typed) else {
            return Err(Invalid("Remove the control characters.".to_owned()));
        };
        // What joins characters and selects pictures is part of what keyboards type: emoji, Persian, Hindi.
        let joins = |c| matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}');
        if text.chars().any(|c| is_ignorable(c) && !joins(c)) {
            return Err(Invalid("Remove the characters that can't be seen.".to_owned()));
        }
        let characters = text.chars().count();
        if !(8..=128).contains(&characters) {
            return Err(Invalid(format!("Use 8 to 128 characters (now {characters}).")));
        }
        if text.len() > 512 {
            return Err(Invalid("Use at most 512 bytes in UTF-8.".to_owned()));
        }
        Ok(Self(text))
    }

    /// The password, if it is not guessed early by whoever knows this.
    ///
    /// # Errors
    /// It is (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2.4, 6.2.11, 6.2.12).
    pub fn judged(self, known: Known<'_>) -> Result<Password, Invalid> {
        match is_guessed_early(&self.0, known) {
            true => Err(Invalid("Too easy to guess. Try a few random words.".to_owned())),
            false => Ok(Password(self.0)),
        }
    }
}

/// A password that may be chosen, or that was the right one already.
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl Password {
    /// Takes a new password for somebody of whom this is known.
    ///
    /// # Errors
    /// As [`Candidate::parse`] and [`Candidate::judged`].
    pub fn parse(typed: &str, known: Known<'_>) -> Result<Self, Invalid> {
        Candidate::parse(typed)?.judged(known)
    }

    /// A password that was the right one already, whatever would be asked of a new one.
    pub(crate) fn known(typed: &str) -> Self {
        Self(prepared(typed).unwrap_or_else(|| typed.to_owned()))
    }

    /// Its hash: argon2id, 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet), with a salt of its own.
    ///
    /// # Errors
    /// The machine gives no memory or no randomness.
    pub fn hash(&self) -> Result<PasswordHash, argon2::password_hash::Error> {
        Ok(PasswordHash(Argon2::default().hash_password(self.0.as_bytes())?.to_string()))
    }
}

/// A hash of the original's that its person may sign in with once: bcrypt's, of a cost that is tried.
pub fn legacy_hash(text: &str) -> Option<PasswordHash> {
    let known = ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix));
    let parts = text.parse::<HashParts>().ok().filter(|_| known)?;
    LEGACY_COSTS.contains(&parts.get_cost()).then(|| PasswordHash(text.to_owned()))
}

/// What a try at a password showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, but kept with weaker parameters than today's, or in another form.
    RightButWeak,
}

/// A hash that a password is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept<'a> {
    Argon2(&'a str),
    Legacy(&'a str),
}

impl<'a> Kept<'a> {
    /// Nothing, where it is a hash that no password has.
    fn of(hash: &'a PasswordHash) -> Option<Self> {
        match hash.is_legacy() {
            true => legacy_hash(&hash.0).map(|_| Self::Legacy(&hash.0)),
            false => Phc::new(&hash.0).ok().map(|_| Self::Argon2(&hash.0)),
        }
    }

    fn has(&self, password: &str) -> bool {
        match self {
            Self::Argon2(text) => {
                Phc::new(text).is_ok_and(|phc| Argon2::default().verify_password(password.as_bytes(), &phc).is_ok())
            }
            // It looks at 72 bytes, as the original did. With a NUL, which the original did not take, two passwords
            // could be one.
            Self::Legacy(text) => bcrypt::verify(password, text).unwrap_or(false) && !password.contains('\0'),
        }
    }

    fn is_weak(&self) -> bool {
        match self {
            Self::Argon2(text) => {
                let kept = Phc::new(text).ok().and_then(|phc| Params::try_from(&phc).ok());
                kept.is_none_or(|kept| is_weaker(&kept))
            }
            Self::Legacy(_) => true,
        }
    }
}

/// The forms in which a password is tried: as it is kept now, and as it was typed, where that is another. As it was typed
/// it was kept before, also by the original.
fn forms(typed: &str) -> impl Iterator<Item = (String, bool)> {
    let now = prepared(typed).map(|text| (text, true));
    let differs = now.as_ref().is_none_or(|(text, _)| text != typed);
    now.into_iter().chain(differs.then(|| (typed.to_owned(), false)))
}

/// Tries a password against a hash; against nobody's where there is none. While hashes of the original are left, every
/// failure takes the time of one hash of each kind, whose ever the name is and however the person's password is kept;
/// and of two of each, where the password has another form than it was typed in, which only its text says.
pub(crate) fn verify(typed: &str, hash: Option<&PasswordHash>, legacy_left: bool) -> Verdict {
    verify_by(typed, hash, legacy_left, |kept, form| std::hint::black_box(kept.has(form)))
}

fn verify_by(
    typed: &str,
    hash: Option<&PasswordHash>,
    legacy_left: bool,
    mut compare: impl FnMut(&Kept<'_>, &str) -> bool,
) -> Verdict {
    let own = hash.and_then(Kept::of);
    let nobodys = Kept::Argon2(NOBODYS);
    let first = own.as_ref().unwrap_or(&nobodys);
    let right = forms(typed).find(|(form, _)| compare(first, form) && own.is_some());
    match right {
        Some((_, true)) if !first.is_weak() => Verdict::Right,
        Some(_) => Verdict::RightButWeak,
        None => {
            for (form, _) in forms(typed) {
                match first {
                    Kept::Legacy(_) => _ = compare(&nobodys, &form),
                    Kept::Argon2(_) if legacy_left => _ = compare(&Kept::Legacy(NOBODYS_LEGACY), &form),
                    Kept::Argon2(_) => {}
                }
            }
            Verdict::Wrong
        }
    }
}

fn is_weaker(kept: &Params) -> bool {
    let today = Params::DEFAULT;
    kept.m_cost() < today.m_cost() || kept.t_cost() < today.t_cost()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Known<'_> = Known { username: "maintainer", origin: "https://sprintsync.example" };

    fn good(text: &str) -> Password {
        Password::parse(text, KNOWN).expect("good")
    }

    #[test]
    fn nobodys_hash_has_todays_parameters() {
        let nobodys = Phc::new(NOBODYS).expect("a hash");
        let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(cost(&Params::try_from(&nobodys).expect("parameters")), cost(&Params::DEFAULT));
        let live = good("a quiet red lantern").hash().expect("a hash");
        let live = Phc::new(&live.0).expect("a hash");
        assert_eq!(
            (live.algorithm, live.version, live.params.clone()),
            (nobodys.algorithm, nobodys.version, nobodys.params)
        );
    }

    #[test]
    fn a_hash_is_salted_and_verifies_only_its_password() {
        let password = good("a quiet red lantern");
        let (one, two) = (password.hash().expect("a hash"), password.hash().expect("a hash"));
        assert_ne!(one, two);
        for legacy_left in [false, true] {
            assert_eq!(verify("a quiet red lantern", Some(&one), legacy_left), Verdict::Right);
            assert_eq!(verify("a quiet red lanterN", Some(&one), legacy_left), Verdict::Wrong);
            assert_eq!(verify("a quiet red lantern", None, legacy_left), Verdict::Wrong);
        }
    }

    #[test]
    fn weaker_parameters_are_noticed() {
        let weak = Argon2::new(
            argon2::Algorithm::Argon2id,
            argon2::Version::V0x13,
            Params::new(8_192, 1, 1, None).expect("parameters"),
        );
        let hash = PasswordHash(weak.hash_password(b"old password").expect("a hash").to_string());
        assert_eq!(verify("old password", Some(&hash), false), Verdict::RightButWeak);
    }

    /// Made by Python's bcrypt 5.0, as the original does.
    const OF_USER1: &str = "$2b$04$.3ocr/gSt6AeSylcFuNlZODK3cD4nm7cDQiNJeEMD36LmWMnmDd6u";
    const OF_PASSWORD123: &str = "$2a$04$Ohhns79cwiIcAw93vExQY.PJaP4nYTJ29HVRJ1bepKtd3zx3eHd.y";
    const OF_72_TIMES_X: &str = "$2b$12$Bil56eNOsuxWlS2oVPUnp..NjKVIz3N9nEZKCpJA3ZV/rLnCZyyXa";

    #[test]
    fn hashes_of_the_original_are_right_and_weak() {
        for (password, hash) in [("user1", OF_USER1), ("password123", OF_PASSWORD123)] {
            let hash = legacy_hash(hash).expect("a hash");
            assert_eq!(verify(password, Some(&hash), true), Verdict::RightButWeak);
            for wrong in ["", "user2", &format!("{password}\0"), &format!("{password}\0{password}")] {
                assert_eq!(verify(wrong, Some(&hash), true), Verdict::Wrong, "{wrong:?}");
            }
        }
        let long = legacy_hash(OF_72_TIMES_X).expect("a hash");
        assert_eq!(verify(&"x".repeat(72), Some(&long), true), Verdict::RightButWeak);
        assert_eq!(
            verify(&"x".repeat(80), Some(&long), true),
            Verdict::RightButWeak,
            "the original looked at 72 bytes"
        );
        assert_eq!(verify(&"x".repeat(71), Some(&long), true), Verdict::Wrong);
    }

    #[test]
    fn hashes_that_cost_too_much_or_are_none_are_not_tried() {
        for text in [
            "",
            "*",
            "password123",
            &OF_USER1.replace("$04$", "$15$"),
            &OF_USER1.replace("$04$", "$31$"),
            &OF_USER1.replace("$04$", "$03$"),
            &OF_USER1.replace("$2b$", "$2x$"),
            &format!("{OF_USER1}x"),
            OF_USER1.trim_end_matches('u'),
            NOBODYS,
        ] {
            assert_eq!(legacy_hash(text), None, "{text}");
        }
        assert_eq!(verify("", Some(&PasswordHash("*".to_owned())), false), Verdict::Wrong);
    }

    /// The kinds of hash that a failing try is compared with, with what they cost.
    fn paid(typed: &str, hash: Option<&PasswordHash>, legacy_left: bool) -> Vec<String> {
        let mut paid = Vec::new();
        let verdict = verify_by(typed, hash, legacy_left, |kept, _| {
            paid.push(match kept {
                Kept::Argon2(text) => text.split('$').take(4).collect::<Vec<_>>().join("$"),
                Kept::Legacy(text) => text.split('$').take(3).collect::<Vec<_>>().join("$"),
            });
            false
        });
        assert_eq!(verdict, Verdict::Wrong);
        paid.sort();
        paid
    }

    #[test]
    fn while_a_hash_of_the_original_is_left_every_failure_costs_one_of_each_kind() {
        let todays = Password::known("a quiet red lantern").hash().expect("a hash");
        let legacy = PasswordHash(OF_72_TIMES_X.to_owned());
        let unusable = PasswordHash("*".to_owned());
        let (bcrypt, argon2) = ("$2b$12", "$argon2id$v=19$m=19456,t=2,p=1");
        for hash in [None, Some(&todays), Some(&legacy), Some(&unusable)] {
            assert_eq!(paid("typed", hash, true), [bcrypt, argon2], "{:?}", hash.map(|hash| &hash.0));
            // What is typed in another form costs twice as much, whose ever the name is.
            let twice = [bcrypt, bcrypt, argon2, argon2];
            assert_eq!(paid("u\u{308}", hash, true), twice, "{:?}", hash.map(|hash| &hash.0));
            assert_eq!(paid("a\u{a0}b", hash, true), twice, "{:?}", hash.map(|hash| &hash.0));
            // A control character leaves one form.
            assert_eq!(paid("u\u{308}\0", hash, true), [bcrypt, argon2], "{:?}", hash.map(|hash| &hash.0));
        }
        for hash in [None, Some(&todays), Some(&unusable)] {
            assert_eq!(paid("ü", hash, false), [argon2], "{:?}", hash.map(|hash| &hash.0));
            assert_eq!(paid("u\u{308}", hash, false), [argon2, argon2], "{:?}", hash.map(|hash| &hash.0));
        }
    }

    #[test]
    fn a_password_is_the_same_however_it_was_typed() {
        let (composed, decomposed) = ("vier gr\u{fc}ne Enten", "vier\u{a0}gru\u{308}ne\u{3000}Enten");
        for (chosen, tried) in [(composed, decomposed), (decomposed, composed)] {
            let hash = good(chosen).hash().expect("a hash");
            for typed in [chosen, tried] {
                assert_eq!(verify(typed, Some(&hash), false), Verdict::Right, "{typed:?}");
            }
            for wrong in
                ["vier grune Enten", "vier GR\u{dc}NE Enten", "vier gr\u{fc}ne  Enten", "ｖｉｅｒ gr\u{fc}ne Enten"]
            {
                assert_eq!(verify(wrong, Some(&hash), false), Verdict::Wrong, "{wrong:?}");
            }
        }
    }

    #[test]
    fn a_password_that_was_kept_as_typed_is_right_and_is_kept_anew() {
        let (composed, decomposed) = ("vier gr\u{fc}ne Enten", "vier gru\u{308}ne Enten");
        let kept =
            |text: &str| PasswordHash(Argon2::default().hash_password(text.as_bytes()).expect("a hash").to_string());
        assert_eq!(verify(decomposed, Some(&kept(decomposed)), false), Verdict::RightButWeak);
        assert_eq!(verify(composed, Some(&kept(composed)), false), Verdict::Right);
        let with_control = "a quiet\u{7}red lantern";
        assert_eq!(verify(with_control, Some(&kept(with_control)), false), Verdict::RightButWeak);
        let anew = Password::known(decomposed).hash().expect("a hash");
        assert_eq!(verify(composed, Some(&anew), false), Verdict::Right);
        // As the original kept them.
        for text in [composed, decomposed] {
            let hash = legacy_hash(&bcrypt::hash(text, 4).expect("a hash")).expect("of the original");
            assert_eq!(verify(text, Some(&hash), true), Verdict::RightButWeak, "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_typed_again_is_no_password() {
        for bad in
            ["a quiet red\u{7}lantern", "a quiet red\tlantern", "a quiet red\u{200b}lantern", "\u{feff}a quiet lantern"]
        {
            assert!(Candidate::parse(bad).is_err(), "{bad:?}");
        }
        for good in ["👩\u{200d}💻 at work again", "❤\u{fe0f} otters paddle", "می\u{200c}خواهم بروم خانه"]
        {
            assert!(Candidate::parse(good).is_ok(), "{good:?}");
        }
        // Length counts what is kept.
        assert!(Candidate::parse("u\u{308}b\u{323}x4k").is_err() && Candidate::parse(&"u\u{308}".repeat(128)).is_ok());
    }

    #[test]
    fn common_short_and_long_ones_are_refused() {
        for bad in [
            "password",
            "12345678",
            "qwertyuiop",
            "sprintsync",
            "maintainer",
            "aaaaaaaaaaaa",
            "short",
            &"x".repeat(129),
            &"😀".repeat(129),
        ] {
            assert!(Password::parse(bad, KNOWN).is_err(), "{bad}");
        }
        for good in ["a quiet red lantern", "correct-horse-battery", "pässwörter sind länger", "😀🚀✓🎈🌵🍋🐙🎻"]
        {
            assert!(Password::parse(good, KNOWN).is_ok(), "{good}");
        }
    }
}
