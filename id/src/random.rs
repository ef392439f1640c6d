//! Random bytes, for ids, keys, nonces and secrets. Everything random in the product comes from here, so that a simulation
//! can repeat a run.

use ring::rand::{SecureRandom, SystemRandom};

/// Fills `bytes` from the system's generator.
///
/// # Panics
/// If the system has no randomness: no secret can be made then.
#[expect(clippy::disallowed_methods, reason = "the only place that asks the system")]
pub fn fill(bytes: &mut [u8]) {
    #[cfg(feature = "testing")]
    if seeded::fill(bytes) {
        return;
    }
    #[expect(clippy::expect_used, reason = "without randomness no secret can be made")]
    SystemRandom::new().fill(bytes).expect("the system has randomness");
}

#[must_use]
pub fn bytes<const COUNT: usize>() -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    fill(&mut bytes);
    bytes
}

/// A UUID of version 4, as text.
#[must_use]
pub fn uuid() -> String {
    uuid::Builder::from_random_bytes(bytes()).into_uuid().to_string()
}

#[cfg(feature = "testing")]
pub use seeded::seed_this_thread;

/// A generator for simulations. It is not secure, and only a build with the feature `testing` contains it.
#[cfg(feature = "testing")]
mod seeded {
    use std::cell::Cell;

    thread_local! {
        static STATE: Cell<Option<u64>> = const { Cell::new(None) };
    }

    /// From now on, this thread's random bytes follow from `seed`; with `None`, they come from the system again.
    pub fn seed_this_thread(seed: Option<u64>) {
        STATE.set(seed);
    }

    /// Returns `false` if the thread has no seed.
    pub(super) fn fill(bytes: &mut [u8]) -> bool {
        let Some(mut state) = STATE.get() else { return false };
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64: <https://prng.di.unimi.it/splitmix64.c>
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            for (byte, made) in chunk.iter_mut().zip(mixed.to_le_bytes()) {
                *byte = made;
            }
        }
        STATE.set(Some(state));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_seed_nothing_repeats() {
        assert_ne!(bytes::<32>(), bytes::<32>());
        assert_ne!(uuid(), uuid());
    }

    #[test]
    fn a_uuid_has_version_4() {
        let text = uuid();
        assert_eq!((text.len(), text.as_bytes()[14]), (36, b'4'), "{text}");
    }
}
