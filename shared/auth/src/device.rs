//! Device cookies (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): a browser in which somebody signed in
//! before shows so, and has a counter of wrong passwords of its own. Whoever locks a name from elsewhere does not lock out
//! the browser of its owner; whoever steals the cookie has as many tries as anybody.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sprintsync_domain::World;

use crate::keys::{Key, Keys};

/// A fresh mark of a browser in which the person of this name signed in. It does not tell the name.
pub(crate) fn mark(world: &World, name: &str, key: &Key) -> String {
    let nonce = URL_SAFE_NO_PAD.encode(world.random::<12>());
    let mac = hmac::sign(&key.device, &signed(name, &nonce));
    format!("{nonce}.{}", URL_SAFE_NO_PAD.encode(mac))
}

/// What names the browser that shows this mark, if it is one of ours for whoever has this name.
pub(crate) fn known<'a>(mark: &'a str, name: &str, keys: &Keys) -> Option<&'a str> {
    let (nonce, mac) = mark.split_once('.')?;
    let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
    let signed = signed(name, nonce);
    let good = keys.all().any(|key| hmac::verify(&key.device, &signed, &mac).is_ok());
    good.then_some(nonce)
}

/// Names are unique without regard to case; none of them holds a space.
fn signed(name: &str, nonce: &str) -> Vec<u8> {
    format!("{} {nonce}", name.to_ascii_lowercase()).into_bytes()
}

#[cfg(test)]
mod tests {
    use sprintsync_domain::Timestamp;

    use super::*;

    fn keys(current: char, previous: Option<char>) -> Keys {
        let key = |of: char| Key::derive(&of.to_string(), &of.to_string().repeat(32)).expect("a key");
        Keys { current: key(current), previous: previous.map(key) }
    }

    #[test]
    fn a_mark_is_good_for_one_name_and_for_the_keys_in_force() {
        let world = World::new(|| Timestamp::from_ms(0), |bytes| bytes.fill(7));
        let mark = mark(&world, "Ada", &keys('a', None).current);
        let nonce = mark.split('.').next();
        assert!(!mark.to_lowercase().contains("ada"));
        assert_eq!(known(&mark, "ada", &keys('a', None)), nonce);
        assert_eq!(known(&mark, "ADA", &keys('b', Some('a'))), nonce, "after a rotation");
        assert_eq!(known(&mark, "ada", &keys('b', Some('c'))), None, "after two");
        assert_eq!(known(&mark, "ada ", &keys('a', None)), None);
        for other in ["eva", "", "ada\0"] {
            assert_eq!(known(&mark, other, &keys('a', None)), None, "{other:?}");
        }
        let forged = format!("x{mark}");
        for bad in ["", ".", "a.b", &forged, mark.get(1..).unwrap_or_default(), &mark.replace('.', "")] {
            assert_eq!(known(bad, "ada", &keys('a', None)), None, "{bad}");
        }
    }
}
