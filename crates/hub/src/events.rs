//! What is noted of what was done, in the transaction that does it.

use limpide_db::events::Event;
use serde_json::Value;

use crate::access::SignedIn;
use crate::{Hub, chance};

impl Hub {
    /// The note that a user did something to their own account, now.
    pub(crate) fn account_event<'a>(
        &self,
        user: &'a SignedIn,
        action: &'static str,
        detail: Value,
    ) -> Event<'a> {
        let (id, at, actor) = (chance::id(), self.clock().now(), Some(user.id.as_str()));
        Event { id, at, actor, repository_id: None, action, detail }
    }

    /// The note that the hub itself did or found something, now.
    pub(crate) fn own_event(&self, action: &'static str, detail: Value) -> Event<'static> {
        let (id, at) = (chance::id(), self.clock().now());
        Event { id, at, actor: None, repository_id: None, action, detail }
    }

    /// The note that a user did something to a repository, now.
    pub(crate) fn event<'a>(
        &self,
        user: &'a SignedIn,
        repository_id: &'a str,
        action: &'static str,
        detail: Value,
    ) -> Event<'a> {
        Event {
            id: chance::id(),
            at: self.clock().now(),
            actor: Some(&user.id),
            repository_id: Some(repository_id),
            action,
            detail,
        }
    }
}
