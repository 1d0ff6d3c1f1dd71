//! Passwords: what may be one, how it is kept, and how it was kept by the original
//! (`docs/decisions/0021-imported-passwords.md`).

use std::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use bcrypt::HashParts;
use sprintsync_domain::{Invalid, PasswordHash};
use zxcvbn::Score;

/// A hash of nothing that anybody knows, with the parameters of the live ones: a name that does not exist costs what
/// one that exists costs.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3ByaW50c3luYy1ub2JvZHk$KBTVWK03G4JPzN4ITKR8E6nwKjN6yRgKqS6vAvkDLBQ";

/// The same as the original kept them. Its cost is the one that the original had.
const NOBODYS_LEGACY: &str = "$2b$12$.PBLR/FoI/NLIXaVxqW46uAgC5GCPHdpB34OVuDHojZje7isO7YOa";
/// Costs of the original's hashes that are tried: a try at a higher one would last seconds.
const LEGACY_COSTS: std::ops::RangeInclusive<u32> = 4..=14;

/// A password that may be chosen: 8 to 128 characters, at most 512 bytes, and not one that is guessed early.
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl Password {
    /// Takes a new password for the person of this name.
    ///
    /// # Errors
    /// It is too short, too long, or known to guessers (NIST SP 800-63B, 5.1.1.2; OWASP ASVS 5.0, 6.2).
    pub fn parse(text: &str, username: &str) -> Result<Self, Invalid> {
        let characters = text.chars().count();
        if !(8..=128).contains(&characters) {
            return Err(Invalid(format!("Use 8 to 128 characters (now {characters}).")));
        }
        if text.len() > 512 {
            return Err(Invalid("Use at most 512 bytes in UTF-8.".to_owned()));
        }
        let guessed = zxcvbn::zxcvbn(text, &[username, "sprintsync"]);
        if guessed.score() < Score::Two {
            return Err(Invalid("Too easy to guess. Try a few random words.".to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// A password that was the right one already, whatever would be asked of a new one.
    pub(crate) fn known(text: &str) -> Self {
        Self(text.to_owned())
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
    /// Right, but kept with weaker parameters than today's.
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

/// Tries a password against a hash; against nobody's where there is none. While hashes of the original are left, every
/// failure takes the time of one hash of each kind, whose ever the name is and however the person's password is kept.
pub(crate) fn verify(password: &str, hash: Option<&PasswordHash>, legacy_left: bool) -> Verdict {
    verify_by(hash, legacy_left, |kept| std::hint::black_box(kept.has(password)))
}

fn verify_by(hash: Option<&PasswordHash>, legacy_left: bool, mut compare: impl FnMut(&Kept<'_>) -> bool) -> Verdict {
    let own = hash.and_then(Kept::of);
    let nobodys = Kept::Argon2(NOBODYS);
    let first = own.as_ref().unwrap_or(&nobodys);
    match (compare(first) && own.is_some(), first) {
        (true, right) if right.is_weak() => Verdict::RightButWeak,
        (true, _) => Verdict::Right,
        (false, tried) => {
            match tried {
                Kept::Legacy(_) => _ = compare(&nobodys),
                Kept::Argon2(_) if legacy_left => _ = compare(&Kept::Legacy(NOBODYS_LEGACY)),
                Kept::Argon2(_) => {}
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

    #[test]
    fn nobodys_hash_has_todays_parameters() {
        let nobodys = Phc::new(NOBODYS).expect("a hash");
        let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(cost(&Params::try_from(&nobodys).expect("parameters")), cost(&Params::DEFAULT));
        let live = Password::parse("a quiet red lantern", "x").expect("good").hash().expect("a hash");
        let live = Phc::new(&live.0).expect("a hash");
        assert_eq!(
            (live.algorithm, live.version, live.params.clone()),
            (nobodys.algorithm, nobodys.version, nobodys.params)
        );
    }

    #[test]
    fn a_hash_is_salted_and_verifies_only_its_password() {
        let password = Password::parse("a quiet red lantern", "x").expect("good");
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
    fn paid(hash: Option<&PasswordHash>, legacy_left: bool) -> Vec<String> {
        let mut paid = Vec::new();
        let verdict = verify_by(hash, legacy_left, |kept| {
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
        let both = ["$2b$12", "$argon2id$v=19$m=19456,t=2,p=1"];
        for hash in [None, Some(&todays), Some(&legacy), Some(&unusable)] {
            assert_eq!(paid(hash, true), both, "{:?}", hash.map(|hash| &hash.0));
        }
        for hash in [None, Some(&todays), Some(&unusable)] {
            assert_eq!(paid(hash, false), both[1..], "{:?}", hash.map(|hash| &hash.0));
        }
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
            assert!(Password::parse(bad, "maintainer").is_err(), "{bad}");
        }
        for good in ["a quiet red lantern", "correct-horse-battery", "pässwörter sind länger", &"😀 🚀 ✓ ".repeat(12)]
        {
            assert!(Password::parse(good, "maintainer").is_ok(), "{good}");
        }
    }
}
