//! Where a request comes from, as far as limits and the list of sessions care.

use std::net::IpAddr;

/// Characters of a `User-Agent` that are kept.
const CLIENT_CHARACTERS: usize = 120;

/// The source of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its address, as counters see it: an IPv4 address, or the /64 of an IPv6 one, since a single subscriber has
    /// that many (RFC 6177).
    pub network: String,
    /// What it says it is, shortened.
    pub client: String,
}

impl Source {
    /// The source at this address which calls itself `user_agent`.
    pub fn new(address: &str, user_agent: &str) -> Self {
        let network = match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(address)) => address.to_string(),
            Ok(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Err(_) => "unknown".to_owned(),
        };
        let client = user_agent.chars().filter(|c| !c.is_control()).take(CLIENT_CHARACTERS).collect();
        Self { network, client }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_subscriber_is_one_network() {
        let network = |address| Source::new(address, "").network;
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("nonsense"), "unknown");
    }

    #[test]
    fn a_long_user_agent_is_cut() {
        assert_eq!(Source::new("::1", &"ü".repeat(300)).client.chars().count(), CLIENT_CHARACTERS);
    }
}
