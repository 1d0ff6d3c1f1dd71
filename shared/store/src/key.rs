//! Keys: the only place where one is built or read.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use sprintsync_domain::{Day, EntryId, EventId, SessionId, Status, TaskId, Timestamp, UserId, Username, Version};
use sprintsync_observe::Route;

use crate::Error;

/// The partition key's attribute.
pub const PK: &str = "pk";
/// The sort key's attribute.
pub const SK: &str = "sk";
/// The local secondary index, whose partition key is [`PK`] too.
pub const LSI1: &str = "lsi1";
/// The sort key's attribute of [`LSI1`].
pub const LSI1SK: &str = "lsi1sk";
/// The global secondary index of the lists that everybody's items are in together.
pub const GSI1: &str = "gsi1";
/// The partition key's attribute of [`GSI1`].
pub const GSI1PK: &str = "gsi1pk";
/// The sort key's attribute of [`GSI1`].
pub const GSI1SK: &str = "gsi1sk";
/// The attribute that says when an item expires, in epoch seconds.
pub const TTL: &str = "ttl";

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn attributes(&self) -> Item {
        HashMap::from([(PK.to_owned(), text(&self.pk)), (SK.to_owned(), text(&self.sk))])
    }

    /// The key that an item has.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let part = |name| item.get(name).and_then(|value: &AttributeValue| value.as_s().ok()).cloned();
        Some(Self { pk: part(PK)?, sk: part(SK)? })
    }
}

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn key(pk: String, sk: impl Into<String>) -> Key {
    Key { pk, sk: sk.into() }
}

/// A list that everybody's items are in together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shared {
    /// People with an account, by their ids.
    Users,
    /// Tasks that are not in the trash, by their ids.
    Tasks,
    /// What belongs into the audit trail, by the ids of the events.
    Audit,
    /// Invites that are good, by their ids.
    Invites,
}

impl Shared {
    /// Partitions of each list, so that no one takes all of its writes.
    pub(crate) const SHARDS: u128 = 4;

    /// The partitions of the list.
    pub(crate) fn partitions(self) -> [String; 4] {
        [0, 1, 2, 3].map(|shard| self.partition(shard))
    }

    fn partition(self, shard: u128) -> String {
        let list = match self {
            Self::Users => "USERS",
            Self::Tasks => "TASKS",
            Self::Audit => "AUDIT",
            Self::Invites => "INVITES",
        };
        format!("{list}#{shard}")
    }
}

/// An item's place in a shared list: its partition and its sort key there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InShared {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// The place of what has this id, whose last bits, which are random, say the partition.
pub(crate) fn shared(list: Shared, id: impl Into<uuid::Uuid>) -> InShared {
    let id: uuid::Uuid = id.into();
    InShared { pk: list.partition(id.as_u128() % Shared::SHARDS), sk: id.to_string() }
}

/// What sorts before every id of this time, and behind every earlier one.
pub(crate) fn ids_from(at: Timestamp) -> String {
    let ms = format!("{:012x}", at.ms().max(0));
    let (high, low) = ms.split_at_checked(8).unwrap_or((&ms, ""));
    format!("{high}-{low}")
}

pub(crate) const USER: &str = "USER#";

/// The partition of a person.
pub(crate) fn user_partition(id: UserId) -> String {
    format!("{USER}{id}")
}

/// The partition of a task's marker, entries and events.
pub(crate) fn task_partition(id: TaskId) -> String {
    format!("TASK#{id}")
}

pub(crate) fn profile(id: UserId) -> Key {
    key(user_partition(id), "PROFILE")
}

pub(crate) const SESSION: &str = "SESSION#";

pub(crate) fn session(user: UserId, id: SessionId) -> Key {
    key(user_partition(user), format!("{SESSION}{id}"))
}

pub(crate) fn account_event(user: UserId, id: EventId) -> Key {
    key(user_partition(user), format!("{EVENT}{id}"))
}

pub(crate) const TASK: &str = "TASK#";

pub(crate) fn task(owner: UserId, id: TaskId) -> Key {
    key(user_partition(owner), format!("{TASK}{id}"))
}

/// The sort key of a task in the index by status.
pub(crate) fn by_status(status: Status, id: TaskId) -> String {
    format!("{status}#{id}")
}

pub(crate) const TRASH: &str = "TRASH#";

pub(crate) fn trash(owner: UserId, id: TaskId) -> Key {
    key(user_partition(owner), format!("{TRASH}{id}"))
}

pub(crate) const GONE: &str = "GONE#";

/// The mark that a task of this person's was deleted: it leads to the history that outlives the task.
pub(crate) fn gone(owner: UserId, id: TaskId) -> Key {
    key(user_partition(owner), format!("{GONE}{id}"))
}

pub(crate) fn owner(id: TaskId) -> Key {
    key(task_partition(id), "OWNER")
}

pub(crate) const ENTRY: &str = "ENTRY#";

pub(crate) fn entry(task: TaskId, id: EntryId) -> Key {
    key(task_partition(task), format!("{ENTRY}{id}"))
}

/// The mark that an entry was taken back.
pub(crate) fn reversal(task: TaskId, id: EntryId) -> Key {
    key(task_partition(task), format!("REVERSAL#{id}"))
}

pub(crate) const DAY: &str = "DAY#";

/// An entry among those of the person who worked, by the day that was worked.
pub(crate) fn day(user: UserId, day: Day, id: EntryId) -> Key {
    key(user_partition(user), format!("{DAY}{day}#{id}"))
}

pub(crate) const PLAN: &str = "PLAN";

/// The plan that was made last for a person.
pub(crate) fn plan(user: UserId) -> Key {
    key(user_partition(user), PLAN)
}

pub(crate) const TIMER: &str = "TIMER";

pub(crate) fn timer(user: UserId) -> Key {
    key(user_partition(user), TIMER)
}

pub(crate) fn once(user: UserId, idempotency_key: &str) -> Key {
    key(format!("IDEM#{user}#{idempotency_key}"), "IDEM")
}

pub(crate) const EVENT: &str = "EV#";

/// An event of a task: by the version that it made, or, of minutes that were added beside others, behind the version
/// before, by their entry.
pub(crate) fn event(task: TaskId, version: Version, beside: Option<EntryId>) -> Key {
    key(task_partition(task), format!("{EVENT}{}", event_position(version, beside)))
}

/// The place of an event in its task's history. It ends in a version, whichever it is: the release before reads it there.
pub(crate) fn event_position(version: Version, beside: Option<EntryId>) -> String {
    match beside {
        None => format!("{version:010}"),
        Some(entry) => format!("{:010}#{entry}#{version:010}", version.saturating_sub(1)),
    }
}

/// The version that a task's event made, and its entry where minutes were added beside others.
pub(crate) fn event_place(sk: &str) -> Result<(Version, Option<EntryId>), Error> {
    let mut parts = sk.split('#').skip(2);
    let beside = match (parts.next(), parts.next()) {
        (Some(entry), Some(_)) => {
            Some(entry.parse().map_err(|_| Error::Corrupt("an event's place that does not parse"))?)
        }
        _ => None,
    };
    Ok((last_part(sk)?, beside))
}

pub(crate) fn name(name: &Username) -> Key {
    key(format!("NAME#{}", name.folded()), "NAME")
}

pub(crate) fn invite(digest: &str) -> Key {
    key(format!("INVITE#{digest}"), "INVITE")
}

pub(crate) fn rate(kind: &str, subject: &str) -> Key {
    key(format!("RATE#{kind}#{subject}"), "RATE")
}

pub(crate) fn admins() -> Key {
    key("ADMINS".to_owned(), "ADMINS")
}

/// A one-time link for a new password, by the digest of its code.
pub(crate) fn password_reset(digest: &str) -> Key {
    key(format!("RESET#{digest}"), "RESET")
}

/// What an administrator set for the whole instance.
pub(crate) fn settings() -> Key {
    key("SETTINGS".to_owned(), "SETTINGS")
}

/// Which generation of the statistics counts, and how far the next has come.
pub(crate) fn statistics() -> Key {
    key("STATISTICS".to_owned(), "STATISTICS")
}

/// The partition of a generation of the statistics: every other one has the same, emptied between.
pub(crate) fn statistics_partition(generation: u32) -> String {
    format!("STATISTICS#{}", generation % 2)
}

pub(crate) fn totals(generation: u32) -> Key {
    key(statistics_partition(generation), "TOTALS")
}

pub(crate) fn person_totals(generation: u32, person: UserId) -> Key {
    key(statistics_partition(generation), format!("PERSON#{person}"))
}

/// What one person did on one day.
pub(crate) fn person_day(generation: u32, day: Day, person: UserId) -> Key {
    key(statistics_partition(generation), format!("{DAY}{day}#{person}"))
}

/// How long tasks had a status.
pub(crate) fn durations(generation: u32, status: Status) -> Key {
    key(statistics_partition(generation), format!("LEFT#{status}"))
}

/// The mark that an event was counted.
pub(crate) fn counted(generation: u32, event: &Key) -> Key {
    key(format!("COUNTED#{generation}#{}#{}", event.pk, event.sk), "COUNTED")
}

/// How many hashes of the original's are left.
pub(crate) fn legacy_hashes() -> Key {
    key("LEGACY_HASHES".to_owned(), "LEGACY_HASHES")
}

/// How far the migrations have come.
pub(crate) fn migrations() -> Key {
    key("MIGRATIONS".to_owned(), "MIGRATIONS")
}

/// The partition of one shard of the counts of requests.
pub(crate) fn requests_partition(shard: u8) -> String {
    format!("REQUESTS#{shard}")
}

/// The counts of a route in one shard.
pub(crate) fn requests(shard: u8, Route { service, method, path }: &Route) -> Key {
    key(requests_partition(shard), format!("{service}#{method}#{path}"))
}

/// The route that an item's counts are of.
pub(crate) fn route(item: &Item) -> Option<Route> {
    let mut parts = item.get(SK)?.as_s().ok()?.splitn(3, '#').map(str::to_owned);
    Some(Route { service: parts.next()?, method: parts.next()?, path: parts.next()? })
}

/// What the schedule puts over, so that it comes back through the stream.
pub(crate) fn beat() -> Key {
    key("STREAM".to_owned(), "BEAT")
}

/// Which of these was the newest that came back.
pub(crate) fn beat_came_back() -> Key {
    key("STREAM".to_owned(), "CAME_BACK")
}

pub(crate) fn deployment() -> Key {
    key("DEPLOYMENT".to_owned(), "DEPLOYMENT")
}

/// The partition of those who have left and of whom something is still to be erased.
pub(crate) const ERASURES: &str = "ERASURES";

pub(crate) fn erasure(user: UserId) -> Key {
    key(ERASURES.to_owned(), user.to_string())
}

/// What stands behind the last `#` of a sort key.
pub(crate) fn last_part<T: FromStr>(sk: &str) -> Result<T, Error> {
    let part = sk.rsplit('#').next().unwrap_or_default();
    part.parse().map_err(|_| Error::Corrupt("a sort key that does not parse"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id<I: From<uuid::Uuid>>(ms: u64, tail: [u8; 10]) -> I {
        uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid().into()
    }

    proptest! {
        #[test]
        fn no_two_kinds_of_item_share_a_key(
            ms in 0u64..(1 << 48), tail in any::<[u8; 10]>(), version in 1u64..9_999_999_999, username in "[A-Za-z0-9_.-]{3,32}", hash in "[a-f0-9]{8,64}",
        ) {
            let (user, task_id): (UserId, TaskId) = (id(ms, tail), id(ms, tail));
            let keys = [
                profile(user), session(user, id(ms, tail)), account_event(user, id(ms, tail)), task(user, task_id),
                trash(user, task_id), gone(user, task_id), erasure(user), reversal(task_id, id(ms, tail)), timer(user), plan(user), once(user, &hash),
                day(user, "2026-11-23".parse().unwrap(), id(ms, tail)), owner(task_id), entry(task_id, id(ms, tail)), event(task_id, version, None),
                event(task_id, version, Some(id(ms, tail))),
                name(&username.parse().unwrap()), invite(&hash), rate("x", &hash), admins(),
                password_reset(&hash), settings(), statistics(), totals(1), person_totals(1, user), durations(1, Status::Todo),
                person_day(1, "2026-11-23".parse().unwrap(), user), counted(1, &event(task_id, version, None)),
                legacy_hashes(), migrations(), beat(), beat_came_back(),
            ];
            for (at, one) in keys.iter().enumerate() {
                prop_assert_eq!(Key::of(&one.attributes()), Some(one.clone()));
                for other in &keys[at + 1..] {
                    prop_assert_ne!(one, other);
                }
            }
        }

        #[test]
        fn the_end_of_a_sort_key_reads_back(ms in 0u64..(1 << 48), tail in any::<[u8; 10]>(), version in 1u64..9_999_999_999) {
            let task_id: TaskId = id(ms, tail);
            prop_assert_eq!(last_part::<TaskId>(&task(id(1, tail), task_id).sk).ok(), Some(task_id));
            prop_assert_eq!(last_part::<TaskId>(&by_status(Status::InProgress, task_id)).ok(), Some(task_id));
            for beside in [None, Some(id(ms, tail))] {
                let event = event(task_id, version, beside).sk;
                prop_assert_eq!(last_part::<Version>(&event).ok(), Some(version), "as the release before reads it");
                prop_assert_eq!(event_place(&event).ok(), Some((version, beside)));
            }
        }

        #[test]
        fn ids_of_a_time_sort_behind_it(ms in 0u64..(1 << 47), other in 0u64..(1 << 47), tail in any::<[u8; 10]>()) {
            let from = ids_from(Timestamp::from_ms(i64::try_from(ms).unwrap()));
            prop_assert_eq!(id::<TaskId>(other, tail).to_string() >= from, other >= ms);
        }

        #[test]
        fn events_sort_by_version(a in 1u64..9_999_999_999, b in 1u64..9_999_999_999) {
            let sk = |version| event(id(0, [0; 10]), version, None).sk;
            prop_assert_eq!(sk(a).cmp(&sk(b)), a.cmp(&b));
        }

        #[test]
        fn minutes_beside_others_stand_between_two_versions_in_the_order_of_their_entries(
            version in 2u64..9_999_999_999, one in 0u64..(1 << 48), other in 0u64..(1 << 48), tail in any::<[u8; 10]>(),
        ) {
            let sk = |version, beside: Option<u64>| event(id(0, [0; 10]), version, beside.map(|ms| id(ms, tail))).sk;
            prop_assert!(sk(version - 1, None) < sk(version, Some(one)) && sk(version, Some(one)) < sk(version, None));
            prop_assert_eq!(sk(version, Some(one)).cmp(&sk(version, Some(other))), one.cmp(&other));
        }
    }
}
