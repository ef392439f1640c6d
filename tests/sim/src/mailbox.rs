//! The queues, which can lose, repeat and reorder messages.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use shared::queue::{InProcess, MAX_DELAY, Message};
use tokio::sync::Notify;

use crate::{
    actor,
    call::{Call, Medium},
    fault::{BLOCKED, Fault},
    injector::Injector,
    time::VirtualTime,
    trace::Trace,
};

/// How often a message is delivered at most.
const RECEIVES: usize = 5;
/// How long a message whose function failed is invisible.
const VISIBILITY: TimeDelta = TimeDelta::seconds(660);

/// A message that waits for its delivery.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    at: DateTime<Utc>,
    pub(crate) message: Message,
    receives: usize,
}

#[derive(Clone)]
pub(crate) struct Mailbox(Arc<Inner>);

struct Inner {
    waiting: Mutex<Vec<Letter>>,
    /// Until when a queue delivers nothing that is sent from now on.
    blocked: Mutex<BTreeMap<&'static str, DateTime<Utc>>>,
    changed: Notify,
    injector: Arc<Injector>,
    trace: Arc<Trace>,
    time: VirtualTime,
}

impl Mailbox {
    pub(crate) fn new(injector: Arc<Injector>, trace: Arc<Trace>, time: VirtualTime) -> Self {
        Self(Arc::new(Inner {
            waiting: Mutex::default(),
            blocked: Mutex::default(),
            changed: Notify::new(),
            injector,
            trace,
            time,
        }))
    }

    /// How functions send.
    pub(crate) fn sender(&self) -> InProcess {
        let this = self.clone();
        Arc::new(move |message, delay| this.send(message, delay))
    }

    fn send(&self, message: Message, delay: Duration) {
        let queue = message.target.map_or("posts", |target| target.platform.as_str());
        let role = actor::current().map_or_else(|| "world".to_owned(), |actor| actor.role.clone());
        let call = Call { medium: Medium::Queue, role, what: format!("Send {queue}"), writes: true, index: false };
        let fate = self.0.injector.decide(&call);
        let fault = fate.fault.map(|fault| format!(" [{fault}]")).unwrap_or_default();
        // SQS knows whole seconds.
        let delay = TimeDelta::seconds(delay.min(MAX_DELAY).as_millis().div_ceil(1000).try_into().unwrap_or(i64::MAX));
        self.0.trace.line(&format!(
            "{:>4}{fault} {}, delivered in {} s",
            fate.position,
            call.what,
            delay.num_seconds()
        ));
        let now = self.0.time.now();
        let mut blocked = self.0.blocked.lock().expect("nothing panics while it holds this lock");
        if fate.fault == Some(Fault::Blocked) {
            blocked.insert(queue, now + BLOCKED);
        }
        let at = blocked.get(queue).map_or(now + delay, |until| (now + delay).max(*until));
        let put = |at| self.put(Letter { at, message, receives: 0 });
        match fate.fault {
            Some(Fault::Dropped) => {}
            Some(Fault::Duplicated) => {
                put(at);
                put(at + TimeDelta::seconds(1));
            }
            Some(Fault::Reordered) => put(at + TimeDelta::seconds(30)),
            _ => put(at),
        }
    }

    fn put(&self, letter: Letter) {
        self.waiting().push(letter);
        self.0.changed.notify_one();
    }

    /// A message whose function failed is delivered again.
    pub(crate) fn failed(&self, letter: Letter) {
        if letter.receives < RECEIVES {
            self.put(Letter { at: self.0.time.now() + VISIBILITY, ..letter });
        }
    }

    /// When the next message is delivered.
    pub(crate) fn next_at(&self) -> Option<DateTime<Utc>> {
        self.waiting().iter().map(|letter| letter.at).min()
    }

    /// The messages that are delivered by now.
    pub(crate) fn receive(&self) -> Vec<Letter> {
        let now = self.0.time.now();
        let mut due: Vec<Letter> = self.waiting().extract_if(.., |letter| letter.at <= now).collect();
        due.sort_by_key(|letter| letter.at);
        due.iter_mut().for_each(|letter| letter.receives += 1);
        due
    }

    /// Waits until a message is sent.
    pub(crate) async fn changed(&self) {
        self.0.changed.notified().await;
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Letter>> {
        self.0.waiting.lock().expect("nothing panics while it holds this lock")
    }
}
