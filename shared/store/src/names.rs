//! The names of the people behind ids: looked up when they are shown, so that nothing else in the table holds one.

use std::collections::HashMap;

use sprintsync_domain::{User, UserId, Username};

use crate::item;
use crate::key;
use crate::{Error, Store};

/// The names of some people. Who has left has none.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<UserId, Username>);

impl Names {
    /// The name of one who is known already.
    pub fn just(user: &User) -> Self {
        Self(HashMap::from([(user.id, user.username.clone())]))
    }

    /// A person's name.
    pub fn of(&self, id: UserId) -> Option<&str> {
        self.0.get(&id).map(Username::as_str)
    }
}

impl Store {
    /// The names of these people, of whom `known` is one. Costs no call where there is nobody else.
    pub async fn names(&self, known: &User, ids: impl IntoIterator<Item = UserId>) -> Result<Names, Error> {
        let mut others: Vec<UserId> = ids.into_iter().filter(|id| *id != known.id).collect();
        others.sort_unstable();
        others.dedup();
        let keys: Vec<_> = others.into_iter().map(key::profile).collect();
        let mut names = Names::just(known);
        for item in self.get_many(&keys).await?.into_iter().flatten() {
            let user = item::to_user(item)?;
            names.0.insert(user.id, user.username);
        }
        Ok(names)
    }
}
