//! The deployment: which state of the source runs, and since when.

use serde::{Deserialize, Serialize};
use sprintsync_domain::{Commit, Timestamp};

use crate::item::{self, Head, Kind};
use crate::{Error, Store, key};

/// What was deployed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The state of the source.
    pub commit: Commit,
    /// When it was deployed.
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Body {
    commit: Commit,
}

impl Kind for Body {
    const TYPE: &'static str = "deployment";
}

impl Store {
    /// Writes down that this state of the source was deployed just now, in place of the deployment before.
    ///
    /// # Errors
    /// The table does not take it.
    pub async fn deployed(&self, commit: Commit) -> Result<Deployment, Error> {
        let at = self.world.now();
        let write_id = self.write_id();
        let item = item::encode(Head::once(key::deployment(), at, None, &write_id), &Body { commit: commit.clone() })?;
        self.transact(&write_id, vec![self.put_over(item)?], self.budget()).await?;
        Ok(Deployment { commit, at })
    }

    /// What was deployed last; nothing, where nobody wrote that down.
    pub async fn deployment(&self) -> Result<Option<Deployment>, Error> {
        let Some(item) = self.get(key::deployment()).await? else { return Ok(None) };
        let decoded = item::decode::<Body>(item)?;
        Ok(Some(Deployment { commit: decoded.body.commit, at: decoded.created_at }))
    }
}
