//! Random scenarios with random faults, after the fixed cases. Together they make every legal transition of a target.

use publishing::state::Name::{self, Canceled, Failed, Preparing, Taken, Visible};
use sim::{Case, fixed};

/// In the dev profile a seed takes 80 ms of processor time. `cargo run -p sim -- --seeds 100000` runs more.
const SEEDS: u64 = 2000;

/// The legal transitions that the simulated platforms never cause, because they do what their documents say.
const UNREACHED: [(Name, Name); 6] = [
    // TikTok reports that it has all pieces of a file before the last one was sent. The files of the sandbox are one piece.
    (Preparing, Taken),
    // Instagram says that a container is published after it refused to publish it.
    (Preparing, Visible),
    // TikTok accepts the last piece after the address of its upload has expired.
    (Failed, Taken),
    (Failed, Visible),
    (Canceled, Taken),
    (Canceled, Visible),
];

#[test]
fn the_laws_hold_for_each_seed_and_every_transition_occurs() {
    let cases: Vec<Case> = fixed().into_iter().chain((0..SEEDS).map(Case::Seed)).collect();
    let coverage = super::hold("seeds", &cases);
    assert_eq!(coverage.missing(), UNREACHED, "a transition no longer occurs, or one does that was not expected");
}
