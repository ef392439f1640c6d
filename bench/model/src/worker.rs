//! A worker, as `functions/publish-post` does it: it takes up to ten posts at once, and ends when the slowest has ended.

use super::{
    agenda::{Event, Id, Worker},
    post::{Stage, shard},
    settings::Settings,
    world::World,
};

/// From a message in the queue to the first line of a worker that is warm.
const PICKUP: std::ops::Range<u32> = 20..50;

/// The messages that a worker has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Batch {
    left: usize,
    /// Those that are deleted when the worker ends.
    done: usize,
}

/// Whether a worker deletes a post's message.
enum Message {
    Deleted,
    /// It is delivered again after the visibility timeout.
    Kept,
}

impl World<'_> {
    /// Gives messages to idle workers.
    pub(super) fn hand_out(&mut self) {
        while !self.ready.is_empty()
            && let Some(worker) = self.idle.pop()
        {
            let count = self.ready.len().min(self.settings.batch);
            self.batches[worker as usize] = Batch { left: count, done: 0 };
            self.in_flight += count;
            self.most_in_flight = self.most_in_flight.max(self.in_flight);
            for id in self.ready.drain(..count) {
                let pickup = self.rng.u32(PICKUP);
                self.agenda.put(self.now + pickup, Event::Start(id, worker));
            }
        }
    }

    pub(super) fn start(&mut self, id: Id, worker: Worker) {
        let now = self.now;
        let post = &mut self.posts[id as usize];
        if post.worker.is_some() || post.stage == Stage::Done || post.due_at() > now {
            // The condition of the first write fails, and it costs as much.
            self.table += 1;
            return self.leave(worker, id, Message::Deleted);
        }
        post.worker = Some(worker);
        post.attempts = 0;
        post.claim_again = post.stage >= Stage::Claimed;
        self.write(id);
    }

    /// Writes the next step of a post.
    pub(super) fn write(&mut self, id: Id) {
        let Settings { claim_units, summary_units, attempts, .. } = *self.settings;
        let post = self.posts[id as usize];
        let (head, target) = (shard(id, 0, self.plan.shards), shard(id, 1, self.plan.shards));
        let step = if post.claim_again { Stage::HeadDone } else { post.stage };
        // Units of the table: a head has up to 1 KB, a target up to 2 KB.
        let (table, indexed) = match step {
            Stage::Absent | Stage::Created => (1, None),
            Stage::Opened => (2, Some((target, 1))),
            Stage::Targeted => (1, Some((head, 1))),
            Stage::HeadDone => (2, Some((target, if post.claim_again { 2 } else { claim_units }))),
            Stage::Claimed | Stage::Recorded => (2, None),
            Stage::Saved | Stage::Done => (2 + 3 * u32::from(summary_units > 0), Some((target, 1))),
        };
        self.table += u64::from(table);
        if indexed.is_none_or(|(shard, units)| self.writes.accepts(shard, units)) {
            if step == Stage::Saved && summary_units > 0 {
                self.writes.accepts(head, summary_units);
            }
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
        let Settings { lease_ms, connect_ms, crashes, .. } = *self.settings;
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
        let crash = matches!(post.stage, Stage::Claimed | Stage::Recorded) && self.rng.f64() < crashes / 2.0;
        match post.stage {
            _ if crash => self.give_up(id, Message::Kept),
            Stage::Targeted => {
                self.shards[shard(id, 1, self.plan.shards) as usize].targets.push(id);
                self.agenda.put(now + took, Event::Write(id));
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
            _ => self.agenda.put(now + took, Event::Write(id)),
        }
    }

    /// Ends a worker's work on a post.
    fn give_up(&mut self, id: Id, message: Message) {
        if let Some(worker) = self.posts[id as usize].worker.take() {
            self.leave(worker, id, message);
        }
    }

    fn leave(&mut self, worker: Worker, id: Id, message: Message) {
        let batch = &mut self.batches[worker as usize];
        batch.left -= 1;
        match message {
            Message::Deleted => batch.done += 1,
            Message::Kept => self.agenda.put(self.now + self.settings.visibility_ms, Event::DeliverAgain(id)),
        }
        if batch.left == 0 {
            self.in_flight -= batch.done;
            self.idle.push(worker);
        }
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
