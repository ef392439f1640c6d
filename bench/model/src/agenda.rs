//! What happens at which millisecond. Events of one millisecond happen in the order in which they were put.

use super::post::Part;

/// A post's number.
pub(super) type Id = u32;
/// A worker's number in its queue.
pub(super) type Worker = u32;

#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// A post that is due now is created.
    Create(Id),
    /// A queue has a message.
    Deliver(Part, Id),
    /// A queue has a message again that was not deleted.
    DeliverAgain(Part, Id),
    /// A worker begins with a post or its target.
    Start(Part, Id, Worker),
    /// A worker writes the next step of a post or its target.
    Write(Id),
    /// An opener is done with a post.
    End(Id),
    Tick,
    /// The tick that began then goes on with a shard.
    Announce {
        shard: u32,
        began: u32,
    },
}

pub(super) struct Agenda(Vec<Vec<Event>>);

impl Agenda {
    pub(super) fn until(horizon: u32) -> Self {
        Self(vec![Vec::new(); horizon as usize])
    }

    /// What lies beyond the horizon is forgotten.
    pub(super) fn put(&mut self, at: u32, event: Event) {
        if let Some(events) = self.0.get_mut(at as usize) {
            events.push(event);
        }
    }

    pub(super) fn take(&mut self, at: u32) -> Vec<Event> {
        self.0.get_mut(at as usize).map(std::mem::take).unwrap_or_default()
    }
}
