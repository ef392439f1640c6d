//! Workers, as `functions/open-post` and `functions/publish-target` are: each takes up to ten messages of one queue at once, and
//! ends when the slowest has ended.

use std::collections::VecDeque;

use super::{
    agenda::{Event, Id, Worker},
    post::{Part, Post, Stage, shard},
    settings::Settings,
    world::World,
};

/// From a message in the queue to the first line of a worker that is warm.
const PICKUP: std::ops::Range<u32> = 20..50;

/// A queue and its workers.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) ready: VecDeque<Id>,
    in_flight: usize,
    pub(super) most_in_flight: usize,
    idle: Vec<Worker>,
    batches: Vec<Batch>,
}

/// The messages that a worker has.
#[derive(Debug, Clone, Copy, Default)]
struct Batch {
    left: usize,
    /// Those that are deleted when the worker ends.
    done: usize,
}

/// Whether a worker deletes its message.
enum Message {
    Deleted,
    /// It is delivered again after the visibility timeout.
    Kept,
}

impl Queue {
    pub(super) fn of(workers: u32) -> Self {
        Self {
            idle: (0..workers).rev().collect(),
            batches: vec![Batch::default(); workers as usize],
            ..Self::default()
        }
    }
}

impl World<'_> {
    /// The queue of posts, or that of a post's platform: posts spread evenly over these.
    pub(super) fn queue(&mut self, part: Part, id: Id) -> &mut Queue {
        let platforms = self.queues.len() - 1;
        &mut self.queues[match part {
            Part::Head => 0,
            Part::Target => 1 + id as usize % platforms,
        }]
    }

    /// Gives messages to idle workers.
    pub(super) fn hand_out(&mut self) {
        for number in 0..self.queues.len() {
            let part = if number == 0 { Part::Head } else { Part::Target };
            let queue = &mut self.queues[number];
            while !queue.ready.is_empty()
                && let Some(worker) = queue.idle.pop()
            {
                let count = queue.ready.len().min(self.settings.batch);
                queue.batches[worker as usize] = Batch { left: count, done: 0 };
                queue.in_flight += count;
                queue.most_in_flight = queue.most_in_flight.max(queue.in_flight);
                for id in queue.ready.drain(..count) {
                    let pickup = self.rng.u32(PICKUP);
                    self.agenda.put(self.now + pickup, Event::Start(part, id, worker));
                }
            }
        }
    }

    pub(super) fn start(&mut self, part: Part, id: Id, worker: Worker) {
        let now = self.now;
        let post = &mut self.posts[id as usize];
        let (is_left, due_at) = match part {
            Part::Head => (post.head_is_due(), post.due),
            // One whose opening was broken off is opened first.
            Part::Target => (post.target_is_due() && post.stage >= Stage::HeadDone, post.due_at()),
        };
        if post.worker.is_some() || !is_left || due_at > now {
            // The condition of the first write fails, and it costs as much.
            self.table += 1;
            return self.leave(part, worker, id, Message::Deleted);
        }
        post.worker = Some((part, worker));
        post.attempts = 0;
        post.claim_again = post.stage >= Stage::Claimed;
        self.write(id);
    }

    /// Writes the next step of a post.
    pub(super) fn write(&mut self, id: Id) {
        let Settings { claim_units, summary_units, attempts, .. } = *self.settings;
        let post = self.posts[id as usize];
        let shard = shard(id, self.plan.shards);
        let step = if post.claim_again { Stage::HeadDone } else { post.stage };
        // Units of the table: a head and a new target have up to 1 KB, a target with its plan up to 2 KB.
        let (table, index) = match step {
            Stage::Absent | Stage::Created => (1, 0),
            Stage::Opened | Stage::Targeted => (1, 1),
            Stage::HeadDone if post.claim_again => (2, 2),
            Stage::HeadDone => (1, claim_units),
            Stage::Claimed => (2, 0),
            Stage::Recorded | Stage::Done => (2 + 3 * u32::from(summary_units > 0), 1 + summary_units),
        };
        self.table += u64::from(table);
        if index == 0 || self.writes.accepts(shard, index) {
            return self.written(id);
        }
        let post = &mut self.posts[id as usize];
        post.attempts += 1;
        if post.attempts < attempts {
            let tried = post.attempts;
            let wait = self.backoff(tried);
            self.agenda.put(self.now + wait, Event::Write(id));
        } else {
            self.give_up(id, Message::Kept);
        }
    }

    /// Goes on after a write was accepted.
    fn written(&mut self, id: Id) {
        let Settings { lease_ms, call_ms, connect_ms, crashes, .. } = *self.settings;
        let (now, took) = (self.now, self.write_takes());
        let post = &mut self.posts[id as usize];
        post.attempts = 0;
        if std::mem::take(&mut post.claim_again) {
            post.lease_until = now + lease_ms;
        } else {
            post.stage = post.stage.next();
            if post.stage == Stage::Claimed {
                post.lease_until = now + lease_ms;
            }
        }
        let may_crash = matches!(post.stage, Stage::Opened | Stage::Claimed | Stage::Recorded);
        let crash = may_crash && self.rng.f64() < crashes / 3.0;
        match post.stage {
            _ if crash => self.give_up(id, Message::Kept),
            Stage::Opened => {
                let read = self.write_takes();
                self.agenda.put(now + took + read, Event::Write(id));
            }
            Stage::Targeted => {
                self.shards[shard(id, self.plan.shards) as usize].targets.push(id);
                self.agenda.put(now + took, Event::Write(id));
            }
            Stage::HeadDone => {
                self.message(Part::Target, id, now + took + call_ms);
                self.agenda.put(now + took + call_ms, Event::End(id));
            }
            Stage::Claimed => self.agenda.put(now + took + connect_ms, Event::Write(id)),
            Stage::Recorded => {
                // The first byte leaves; after a crash, the next worker looks instead.
                post.published_at.get_or_insert(now + took);
                let answer = self.platform_takes();
                self.agenda.put(now + took + answer, Event::Write(id));
            }
            Stage::Done => {
                self.unfinished -= 1;
                self.give_up(id, Message::Deleted);
            }
            Stage::Absent | Stage::Created => {}
        }
    }

    /// The opener has opened a post.
    pub(super) fn end(&mut self, id: Id) {
        self.give_up(id, Message::Deleted);
    }

    /// Ends a worker's work on a post.
    fn give_up(&mut self, id: Id, message: Message) {
        let Post { worker, .. } = &mut self.posts[id as usize];
        if let Some((part, worker)) = worker.take() {
            self.leave(part, worker, id, message);
        }
    }

    fn leave(&mut self, part: Part, worker: Worker, id: Id, message: Message) {
        let Settings { post_visibility_ms, target_visibility_ms, .. } = *self.settings;
        let hidden = if part == Part::Head { post_visibility_ms } else { target_visibility_ms };
        if matches!(message, Message::Kept) {
            self.agenda.put(self.now + hidden, Event::DeliverAgain(part, id));
        }
        let queue = self.queue(part, id);
        let batch = &mut queue.batches[worker as usize];
        batch.left -= 1;
        batch.done += usize::from(matches!(message, Message::Deleted));
        if batch.left == 0 {
            queue.in_flight -= batch.done;
            queue.idle.push(worker);
        }
    }

    pub(super) fn deliver_again(&mut self, part: Part, id: Id) {
        let queue = self.queue(part, id);
        queue.in_flight -= 1;
        queue.ready.push_back(id);
    }

    pub(super) fn write_takes(&mut self) -> u32 {
        (self.settings.write_ms - 3.0 * (1.0 - self.rng.f64()).ln()).round().max(1.0) as u32
    }

    /// A log-normal time, or a slow one.
    fn platform_takes(&mut self) -> u32 {
        if self.rng.f64() < self.settings.slow_share {
            return self.rng.u32(5_000..20_000);
        }
        let normal = (0..12).map(|_| self.rng.f64()).sum::<f64>() - 6.0;
        (self.settings.platform_ms * (0.5 * normal).exp()).round().max(1.0) as u32
    }
}
