//! Names of people: how they are compared, and which are nobody's to take.

use crate::Username;

impl Username {
    /// The name in the one case in which it is compared.
    pub fn folded(&self) -> String {
        self.as_str().to_ascii_lowercase()
    }

    /// Whether others would take its bearer for who runs the instance, or for the instance itself, also with marks in
    /// between: nobody signs up with such a name.
    pub fn is_reserved(&self) -> bool {
        let plain = self.folded().replace(['_', '.', '-'], "");
        RESERVED.contains(&plain.as_str())
    }
}

/// Names of roles, of the product, and of mailboxes that every domain has (RFC 2142).
const RESERVED: [&str; 47] = [
    "abuse",
    "account",
    "accounts",
    "admin",
    "administration",
    "administrator",
    "administrators",
    "admins",
    "all",
    "anonymous",
    "billing",
    "contact",
    "everybody",
    "everyone",
    "formermember",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "me",
    "moderator",
    "nobody",
    "noreply",
    "official",
    "operator",
    "owner",
    "password",
    "postmaster",
    "privacy",
    "root",
    "security",
    "service",
    "signin",
    "signup",
    "somebody",
    "someone",
    "sprintsync",
    "staff",
    "superadmin",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "team",
    "unknown",
    "webmaster",
    "www",
];

#[cfg(test)]
mod tests {
    use crate::Username;

    #[test]
    fn some_names_are_nobody_s_to_take() {
        for name in
            ["admin", "Admin", "ADMINISTRATOR", "root", "sprint_sync", "-support-", "no.reply", "help", "a_d_m_i_n"]
        {
            assert!(name.parse::<Username>().is_ok_and(|name| name.is_reserved()), "{name}");
        }
        for name in ["ada", "admiral", "rooty", "helper", "supportive-sam", "_.-", "administrator2"] {
            assert!(name.parse::<Username>().is_ok_and(|name| !name.is_reserved()), "{name}");
        }
    }

    #[test]
    fn names_fold_to_one_case() {
        assert_eq!("Zed.1".parse::<Username>().map(|name| name.folded()), Ok("zed.1".to_owned()));
    }
}
