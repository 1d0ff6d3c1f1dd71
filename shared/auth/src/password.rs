//! Passwords: what may be one, and how it is kept.

use std::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use sprintsync_domain::{Invalid, PasswordHash};
use zxcvbn::Score;

/// A hash of nothing that anybody knows, with the parameters of the live ones: a name that does not exist costs what
/// one that exists costs.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3ByaW50c3luYy1ub2JvZHk$KBTVWK03G4JPzN4ITKR8E6nwKjN6yRgKqS6vAvkDLBQ";

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
            return Err(Invalid(format!("must have 8 to 128 characters, not {characters}")));
        }
        if text.len() > 512 {
            return Err(Invalid("must have at most 512 bytes in UTF-8".to_owned()));
        }
        let guessed = zxcvbn::zxcvbn(text, &[username, "sprintsync"]);
        if guessed.score() < Score::Two {
            return Err(Invalid("is too common or too easy to guess".to_owned()));
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

/// What a try at a password showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, but kept with weaker parameters than today's.
    RightButWeak,
}

/// Tries a password against a hash; against nobody's where there is none. Takes the same time either way.
pub(crate) fn verify(password: &str, hash: Option<&PasswordHash>) -> Verdict {
    let text = hash.map_or(NOBODYS, |hash| hash.0.as_str());
    let Ok(phc) = Phc::new(text) else { return Verdict::Wrong };
    let right = Argon2::default().verify_password(password.as_bytes(), &phc).is_ok();
    match (right && hash.is_some(), Params::try_from(&phc)) {
        (false, _) => Verdict::Wrong,
        (true, Ok(kept)) if !is_weaker(&kept) => Verdict::Right,
        (true, _) => Verdict::RightButWeak,
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
        assert_eq!(verify("a quiet red lantern", Some(&one)), Verdict::Right);
        assert_eq!(verify("a quiet red lanterN", Some(&one)), Verdict::Wrong);
        assert_eq!(verify("a quiet red lantern", None), Verdict::Wrong);
    }

    #[test]
    fn weaker_parameters_are_noticed() {
        let weak = Argon2::new(
            argon2::Algorithm::Argon2id,
            argon2::Version::V0x13,
            Params::new(8_192, 1, 1, None).expect("parameters"),
        );
        let hash = PasswordHash(weak.hash_password(b"old password").expect("a hash").to_string());
        assert_eq!(verify("old password", Some(&hash)), Verdict::RightButWeak);
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
