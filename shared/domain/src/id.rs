//! Typed ids. Each is a UUIDv7 (RFC 9562, 5.7), so ids sort by creation; a task's id is never taken for a person's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Invalid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            /// Takes the hyphenated form of a version 7 UUID, in either case.
            fn from_str(text: &str) -> Result<Self, Invalid> {
                parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

id!(
    /// A person's account.
    UserId
);
id!(
    /// A task.
    TaskId
);
id!(
    /// A time entry.
    EntryId
);
id!(
    /// A signed-in session. Not a secret: it means nothing without the signature of the token around it.
    SessionId
);
id!(
    /// An event of an account.
    EventId
);
id!(
    /// An invite. Not the code with which one signs up.
    InviteId
);

fn parse(text: &str) -> Result<Uuid, Invalid> {
    Uuid::try_parse(text)
        .ok()
        .filter(|id| text.len() == 36 && id.get_version_num() == 7)
        .ok_or_else(|| Invalid::because("This isn't a valid id."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_shown_parses_back(ms in 0u64..(1 << 48), tail in any::<[u8; 10]>()) {
            let id = TaskId(uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid());
            prop_assert_eq!(id.to_string().parse::<TaskId>(), Ok(id));
            prop_assert_eq!(id.to_string().to_uppercase().parse::<TaskId>(), Ok(id));
        }

        #[test]
        fn any_text_either_parses_or_is_refused(text in ".*") {
            if let Ok(id) = text.parse::<UserId>() {
                prop_assert_eq!(id.to_string(), text.to_lowercase());
            }
        }
    }

    #[test]
    fn other_uuids_are_no_ids() {
        for text in [
            "",
            "7",
            "018f2c5e77007abc8def0123456789ab",
            "{018f2c5e-7700-7abc-8def-0123456789ab}",
            "urn:uuid:018f2c5e-7700-7abc-8def-0123456789ab",
            "018f2c5e-7700-4abc-8def-0123456789ab",
        ] {
            assert!(text.parse::<TaskId>().is_err(), "{text}");
        }
        assert!("018f2c5e-7700-7abc-8def-0123456789ab".parse::<TaskId>().is_ok());
    }
}
