//! What happens at which millisecond. Events of one millisecond happen in the order in which they were put.

/// A post's number.
pub(super) type Id = u32;
/// A worker's number.
pub(super) type Worker = u32;

#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// A post that is due now is created.
    Create(Id),
    /// The queue has a message.
    Deliver(Id),
    /// The queue has a message again that was not deleted.
    DeliverAgain(Id),
    /// A worker begins with a post.
    Start(Id, Worker),
    /// A worker writes a post's next step.
    Write(Id),
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
