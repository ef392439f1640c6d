//! Telling what was noted about a target: to the post's summary, then to the log. Each step may be repeated.

use serde_json::{Map, Value, json};

use super::{
    Claim, CurrentPost,
    outbox::{Note, Outbox},
    summary::TargetPlace,
};
use crate::{
    event::{Actor, By, EventType, Fact},
    id::EventId,
    post::{Post, TargetName},
    store::{Error, Item, Store, event::Listed, keys, to_item},
    tenant::Tenant,
};

impl Store {
    /// Tells what was noted about a claimed target. `post` is without its targets. The next [`Store::finish_target`] forgets the
    /// notes.
    pub async fn tell(&self, claim: &mut Claim, post: &Post) -> Result<(), Error> {
        self.tell_notes(claim.tenant, claim.target, &claim.place, &claim.outbox, post).await?;
        claim.outbox.forget();
        Ok(())
    }

    pub(super) async fn tell_notes(
        &self,
        tenant: Tenant,
        name: TargetName,
        place: &TargetPlace,
        outbox: &Outbox,
        post: &Post,
    ) -> Result<(), Error> {
        for note in &outbox.notes {
            let change = self.summarize(place, note).await?;
            let facts = facts(post, note, change);
            if facts.is_empty() {
                continue;
            }
            let id = EventId::derive(&[
                tenant.to_string().as_bytes(),
                post.id.as_bytes(),
                name.account.as_bytes(),
                &place.version.to_be_bytes(),
                &note.number.to_be_bytes(),
            ]);
            let (by, now) = (By { actor: note.actor, at: note.at }, self.clock.now());
            let listed = Listed::new((tenant, Some(post.client)), id, by, facts, now);
            self.append(&self.event_item(tenant, listed, now)).await?;
        }
        Ok(())
    }

    /// Tells what was noted about the targets of a post, before a change replaces them.
    pub(super) async fn tell_all(&self, tenant: Tenant, current: &CurrentPost) -> Result<(), Error> {
        for stored in current.stored.values().filter(|stored| !stored.outbox.is_empty()) {
            let name = keys::parse_target(&stored.sk);
            if let Some((name, place)) = name.and_then(|name| Some((name, TargetPlace::of(&current.head, name)?))) {
                self.tell_notes(tenant, name, &place, &stored.outbox, &current.post).await?;
            }
        }
        Ok(())
    }

    /// The entry of a post's creation.
    pub(super) fn created_event(&self, tenant: Tenant, post: &Post, actor: Actor) -> Listed {
        let id = EventId::derive(&[tenant.to_string().as_bytes(), post.id.as_bytes(), b"created"]);
        let (by, fact) = (By { actor, at: post.created_at }, post_fact(EventType::PostCreated, post));
        Listed::new((tenant, Some(post.client)), id, by, vec![fact], self.clock.now())
    }

    /// The entry of an edit, as an item. It names what the edit changed.
    pub(super) fn edited_event(&self, tenant: Tenant, (before, revision): (&Post, u64), after: &Post, by: By) -> Item {
        let mut fact = post_fact(EventType::PostUpdated, after);
        fact.data.insert("changed".into(), changed(before, after).into());
        self.new_event(tenant, after, fact, by, revision)
    }

    /// The entry of a cancel before the opening, as an item.
    pub(super) fn canceled_event(&self, tenant: Tenant, (post, revision): (&Post, u64), by: By) -> Item {
        self.new_event(tenant, post, post_fact(EventType::PostCanceled, post), by, revision)
    }

    /// An event that is stored in one transaction with what it tells: a change of the head as it is at `revision`.
    fn new_event(&self, tenant: Tenant, post: &Post, fact: Fact, by: By, revision: u64) -> Item {
        let now = self.clock.now();
        let id = EventId::derive(&[tenant.to_string().as_bytes(), post.id.as_bytes(), &revision.to_be_bytes()]);
        let listed = Listed::new((tenant, Some(post.client)), id, by, vec![fact], now);
        to_item(&self.event_item(tenant, listed, now))
    }
}

/// The fields of a request that an edit changed.
fn changed(before: &Post, after: &Post) -> Vec<&'static str> {
    let accounts = |post: &Post| post.targets.iter().map(|target| target.account).collect::<Vec<_>>();
    let changes = [
        ("content", before.content != after.content),
        ("media", before.media != after.media),
        ("platformOptions", before.options != after.options),
        ("overrides", before.overrides != after.overrides),
        ("targets", accounts(before) != accounts(after)),
        ("schedule", before.schedule != after.schedule),
        ("publishBefore", before.publish_before != after.publish_before),
    ];
    changes.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field).collect()
}

/// The events of a note: the target's, and that of its post if the note changed it.
fn facts(post: &Post, note: &Note, change: Option<EventType>) -> Vec<Fact> {
    let of_target = note.fact.clone().map(|mut fact| {
        fact.data = post_data(post).chain(fact.data).collect();
        fact
    });
    of_target.into_iter().chain(change.map(|kind| post_fact(kind, post))).collect()
}

/// An event of a post. Its type names the status, if it is one of a status.
pub(super) fn post_fact(kind: EventType, post: &Post) -> Fact {
    let mut data: Map<_, _> = post_data(post).collect();
    let status = match kind {
        EventType::PostCreated | EventType::PostUpdated => json!(post.status()),
        _ => kind.as_str().trim_start_matches("post.").into(),
    };
    data.insert("status".into(), status);
    Fact { kind, data }
}

fn post_data(post: &Post) -> impl Iterator<Item = (String, Value)> {
    let at = post.schedule.scheduled_at().map(|at| ("scheduledAt".to_owned(), json!(at)));
    std::iter::once(("postId".to_owned(), json!(post.id))).chain(at)
}
