//! A tick, as `functions/dispatch-due` does it: each function reads some of its shards at once, page by page, and sends the
//! messages of a page in a few calls at once. One processor does the work of all shards of a function.

use super::{
    agenda::{Event, Id},
    announced::announced,
    post::{Part, Stage},
    settings::{DelayFrom, Plan, Settings},
    world::World,
};

const PAGE_BYTES: u32 = 1 << 20;
/// DynamoDB reads 8 KB for a unit if an old value is enough.
const BYTES_PER_READ_UNIT: u32 = 8192;

/// A shard of the index.
#[derive(Default)]
pub(super) struct Shard {
    /// The posts whose heads are or were here, in the order in which they are due.
    pub(super) heads: Vec<Id>,
    /// How many of them have left for good.
    gone: usize,
    /// The posts whose targets are here, or were since the last tick.
    pub(super) targets: Vec<Id>,
    announced_up_to: Option<u32>,
    /// What the present tick found and has not read, the first last.
    unread: Vec<(u32, Part, Id)>,
    unsent: Vec<(u32, Part, Id)>,
    sent: bool,
}

/// A function of the present tick.
#[derive(Default)]
pub(super) struct Function {
    began: u32,
    next_shard: u32,
    processor_free: f64,
    shards_left: u32,
}

impl World<'_> {
    pub(super) fn tick(&mut self) {
        let Settings { shards_at_once, tick_timeout_ms, .. } = *self.settings;
        let (now, Plan { shards, ticks, .. }) = (self.now, self.plan);
        self.unfinished_ticks += self.functions.iter().filter(|function| function.shards_left > 0).count();
        for number in 0..ticks {
            let shards_left = (shards + ticks - 1 - number) / ticks;
            let function = Function { began: now, next_shard: number, processor_free: f64::from(now), shards_left };
            self.functions[number as usize] = function;
            for _ in 0..shards_at_once {
                self.next_shard(number);
            }
        }
        self.agenda.put(now + tick_timeout_ms.max(60_000), Event::Tick);
    }

    fn next_shard(&mut self, function: u32) {
        let Plan { shards, ticks, .. } = self.plan;
        let Function { began, next_shard: shard, .. } = self.functions[function as usize];
        if shard < shards {
            self.functions[function as usize].next_shard += ticks;
            self.find_due(shard, began);
            self.agenda.put(self.now + self.settings.call_ms, Event::Announce { shard, began });
        }
    }

    /// What the index shows of a shard, the first last.
    fn find_due(&mut self, number: u32, now: u32) {
        let (by, posts) = (now + self.settings.ahead_ms, &self.posts);
        let shard = &mut self.shards[number as usize];
        let has_left = |id: &Id| posts[*id as usize].stage > Stage::Targeted;
        shard.gone += shard.heads[shard.gone..].iter().take_while(|id| has_left(id)).count();
        shard.targets.retain(|id| posts[*id as usize].target_is_due());
        let heads = shard.heads[shard.gone..].iter().map(|id| (posts[*id as usize].due, Part::Head, *id));
        let heads = heads.take_while(|(at, ..)| *at <= by).filter(|(.., id)| posts[*id as usize].head_is_due());
        let targets = shard.targets.iter().map(|id| (posts[*id as usize].due_at(), Part::Target, *id));
        let targets = targets.filter(|(at, ..)| *at <= by);
        shard.unread = heads.chain(targets).collect();
        shard.unread.sort_unstable_by(|one, other| other.cmp(one));
        (shard.sent, shard.unsent) = (false, Vec::new());
    }

    /// Sends some messages of a shard, reads its next page, or ends it.
    pub(super) fn announce(&mut self, number: u32, began: u32) {
        let number_of_function = number % self.plan.ticks;
        let is_over = self.functions[number_of_function as usize].began != began;
        if is_over || self.now >= began + self.settings.tick_timeout_ms {
            return;
        }
        if !self.shards[number as usize].unsent.is_empty() {
            return self.send(number);
        }
        if !self.shards[number as usize].unread.is_empty() {
            return self.read_page(number);
        }
        let shard = &mut self.shards[number as usize];
        if shard.sent {
            shard.announced_up_to = Some(began + self.settings.ahead_ms);
        }
        let function = &mut self.functions[number_of_function as usize];
        function.shards_left -= 1;
        self.longest_tick = self.longest_tick.max(self.now - began);
        self.next_shard(number_of_function);
    }

    fn read_page(&mut self, number: u32) {
        let Settings { ahead_ms, entry_bytes, read_us, call_ms, .. } = *self.settings;
        let function = number % self.plan.ticks;
        let began = self.functions[function as usize].began;
        let shard = &mut self.shards[number as usize];
        let left = shard.unread.len().saturating_sub((PAGE_BYTES / entry_bytes) as usize);
        let page = shard.unread.split_off(left);
        let count = u32::try_from(page.len()).unwrap_or(u32::MAX);
        let up_to = shard.announced_up_to;
        shard.unsent = page.into_iter().filter(|(at, ..)| announced(*at, up_to, began, ahead_ms)).collect();
        self.reads.accepts(number, (count * entry_bytes).div_ceil(BYTES_PER_READ_UNIT));
        self.entries_read += u64::from(count);
        let done = self.compute(function, f64::from(count) * read_us);
        self.agenda.put(done + call_ms, Event::Announce { shard: number, began });
    }

    fn send(&mut self, number: u32) {
        let Settings { calls_at_once, announce_us, call_ms, delay_from, .. } = *self.settings;
        let function = number % self.plan.ticks;
        let began = self.functions[function as usize].began;
        let shard = &mut self.shards[number as usize];
        let left = shard.unsent.len().saturating_sub(calls_at_once * 10);
        let messages = shard.unsent.split_off(left);
        shard.sent = true;
        let sends = self.compute(function, messages.len() as f64 * announce_us);
        let counts_from = match delay_from {
            DelayFrom::Start => began,
            DelayFrom::Sending => sends,
        };
        for (at, part, id) in messages {
            // SQS takes whole seconds; the product rounds up.
            let delay = at.saturating_sub(counts_from).min(900_000).div_ceil(1000) * 1000;
            self.message(part, id, sends + call_ms + delay);
        }
        self.agenda.put(sends + call_ms, Event::Announce { shard: number, began });
    }

    /// When the function's processor has done some microseconds of work.
    fn compute(&mut self, function: u32, work_us: f64) -> u32 {
        let free = &mut self.functions[function as usize].processor_free;
        *free = free.max(f64::from(self.now)) + work_us / 1000.0 / self.settings.tick_processor;
        free.ceil() as u32
    }
}
