//! Partitions that throttle: each accepts its limit in each second and refuses the rest.

pub(super) struct Partitions {
    limit: u32,
    accepted: Vec<u32>,
    asked: Vec<u32>,
    /// The most units that one partition was asked for in one second.
    pub(super) peak: u32,
    pub(super) throttled: u64,
}

impl Partitions {
    pub(super) fn new(count: u32, limit: u32) -> Self {
        let zeros = vec![0; count as usize];
        Self { limit, accepted: zeros.clone(), asked: zeros, peak: 0, throttled: 0 }
    }

    pub(super) fn next_second(&mut self) {
        self.accepted.fill(0);
        self.asked.fill(0);
    }

    /// Whether the partition accepts these units.
    pub(super) fn accepts(&mut self, partition: u32, units: u32) -> bool {
        let (accepted, asked) = (&mut self.accepted[partition as usize], &mut self.asked[partition as usize]);
        *asked += units;
        self.peak = self.peak.max(*asked);
        let fits = *accepted + units <= self.limit;
        if fits {
            *accepted += units;
        } else {
            self.throttled += 1;
        }
        fits
    }
}
