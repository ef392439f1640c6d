//! The whole of it in virtual time: index, queues, ticks and workers.

use fastrand::Rng;

use super::{
    agenda::{Agenda, Event, Id},
    partitions::Partitions,
    post::{self, Part, Post, Stage, posts},
    report::Report,
    settings::{Plan, Settings},
    tick::{Function, Shard},
    worker::Queue,
};

/// Units of the table for a new post: a transaction of its head and its content.
const CREATION: u64 = 4;
/// Messages that a post needs: to be opened, and to be published.
const MESSAGES: u32 = 2;

pub(super) struct World<'a> {
    pub(super) settings: &'a Settings,
    pub(super) plan: Plan,
    pub(super) rng: Rng,
    pub(super) agenda: Agenda,
    pub(super) now: u32,
    pub(super) posts: Vec<Post>,
    pub(super) unfinished: usize,
    refused: usize,

    pub(super) shards: Vec<Shard>,
    pub(super) writes: Partitions,
    pub(super) reads: Partitions,
    /// Units of the table in this second.
    pub(super) table: u64,
    most_of_table: u64,

    pub(super) functions: Vec<Function>,
    pub(super) unfinished_ticks: usize,
    pub(super) longest_tick: u32,
    pub(super) entries_read: u64,

    messages: u64,
    /// That of posts, then those of targets.
    pub(super) queues: Vec<Queue>,
}

/// Simulates a plan.
pub(super) fn simulate(settings: &Settings, plan: Plan) -> Report {
    let mut world = World::new(settings, plan);
    world.run();
    let accepted = world.posts.iter().filter(|post| post.stage < Stage::Done || post.published_at.is_some());
    Report {
        plan,
        lateness: accepted.map(|post| post.published_at.map(|at| at.saturating_sub(post.due))).collect(),
        refused: world.refused,
        messages: world.messages,
        repeated: world.posts.iter().map(|post| u64::from(post.messages.saturating_sub(MESSAGES))).sum(),
        most_writes: world.writes.peak,
        most_reads: world.reads.peak,
        most_of_table: world.most_of_table,
        throttled: world.writes.throttled,
        most_in_flight: world.queues.iter().map(|queue| queue.most_in_flight).max().unwrap_or_default(),
        longest_tick: world.longest_tick,
        unfinished_ticks: world.unfinished_ticks,
        entries_read: world.entries_read,
    }
}

impl<'a> World<'a> {
    fn new(settings: &'a Settings, plan: Plan) -> Self {
        let mut rng = Rng::with_seed(settings.seed);
        let mut agenda = Agenda::until(settings.end() + settings.drain_ms);
        let posts = posts(settings, &mut rng);
        let mut shards: Vec<Shard> = (0..plan.shards).map(|_| Shard::default()).collect();
        for (id, post) in (0..).zip(&posts) {
            shards[post::shard(id, plan.shards) as usize].heads.push(id);
            if post.stage == Stage::Absent {
                agenda.put(post.due, Event::Create(id));
            }
        }
        agenda.put(rng.u32(0..60_000), Event::Tick);
        Self {
            settings,
            plan,
            rng,
            agenda,
            now: 0,
            unfinished: posts.len(),
            refused: 0,
            posts,
            shards,
            writes: Partitions::new(plan.shards, settings.partition_writes),
            reads: Partitions::new(plan.shards, settings.partition_reads),
            table: 0,
            most_of_table: 0,
            functions: (0..plan.ticks).map(|_| Function::default()).collect(),
            unfinished_ticks: 0,
            longest_tick: 0,
            entries_read: 0,
            messages: 0,
            queues: (0..=settings.platforms).map(|_| Queue::of(plan.workers)).collect(),
        }
    }

    fn run(&mut self) {
        let scheduled = f64::from(self.settings.posts) * (1.0 - self.settings.now_share);
        let mut creations = 0.0;
        while self.unfinished > 0 && self.now < self.settings.end() + self.settings.drain_ms {
            if self.now.is_multiple_of(1000) {
                self.writes.next_second();
                self.reads.next_second();
                self.table = 0;
            }
            if (Settings::BEGIN..self.settings.end()).contains(&self.now) {
                creations += scheduled / 60_000.0;
                while creations >= 1.0 {
                    creations -= 1.0;
                    self.schedule_for_later();
                }
            }
            for event in self.agenda.take(self.now) {
                self.happen(event);
            }
            self.hand_out();
            self.most_of_table = self.most_of_table.max(self.table);
            self.now += 1;
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Create(id) => self.create(id),
            Event::Deliver(part, id) => self.queue(part, id).ready.push_back(id),
            Event::DeliverAgain(part, id) => self.deliver_again(part, id),
            Event::Start(part, id, worker) => self.start(part, id, worker),
            Event::Write(id) => self.write(id),
            Event::End(id) => self.end(id),
            Event::Tick => self.tick(),
            Event::Announce { shard, began } => self.announce(shard, began),
        }
    }

    /// A post for a time after the model's end is created: it only takes capacity.
    fn schedule_for_later(&mut self) {
        self.table += CREATION;
        let shard = self.rng.u32(0..self.plan.shards);
        self.writes.accepts(shard, 1);
    }

    /// A post for now is created and announced. If the index refuses it, the request fails, and its sender knows.
    fn create(&mut self, id: Id) {
        self.table += CREATION;
        let accepted = self.writes.accepts(post::shard(id, self.plan.shards), 1);
        let attempts = self.posts[id as usize].attempts + 1;
        if accepted {
            self.posts[id as usize].stage = Stage::Created;
            let sent = self.now + self.write_takes() + self.settings.call_ms;
            self.message(Part::Head, id, sent);
        } else if attempts < self.settings.attempts {
            let wait = self.backoff(attempts);
            self.posts[id as usize].attempts = attempts;
            self.agenda.put(self.now + wait, Event::Create(id));
        } else {
            self.posts[id as usize].stage = Stage::Done;
            self.refused += 1;
            self.unfinished -= 1;
        }
    }

    /// How long the SDK waits after an attempt that was throttled: up to a second, then up to two.
    pub(super) fn backoff(&mut self, attempts: u8) -> u32 {
        self.rng.u32(1..=1000 << (attempts - 1))
    }

    /// Sends a message. Some are lost.
    pub(super) fn message(&mut self, part: Part, id: Id, delivered: u32) {
        self.messages += 1;
        self.posts[id as usize].messages += 1;
        if self.rng.f64() >= self.settings.lost_messages {
            self.agenda.put(delivered, Event::Deliver(part, id));
        }
    }
}
