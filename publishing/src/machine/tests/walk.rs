//! Random walks through all events, on every platform: no transition is illegal, and no walk breaks a law.

use super::*;

/// A small generator of pseudorandom numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    }
}

fn progress(random: &mut Random) -> Progress {
    let after = std::time::Duration::from_secs(random.below(3) as u64);
    let state = json!(random.below(10));
    match random.below(7) {
        0 => Progress::Proceed(state),
        1 => Progress::Wait { after, state },
        2 => Progress::Taken { after, state },
        3 => Progress::Visible { published: post(), after, state },
        4 => Progress::Done(post()),
        5 => Progress::StartOver { after, state, code: FaultCode::MediaUnreachable, message: String::new() },
        _ => Progress::Failed { code: FaultCode::Refused, message: String::new() },
    }
}

/// An event that a worker or the agency could cause in this state.
fn event(target: &Target, random: &mut Random, at: &At) -> Event {
    if random.below(8) == 0 {
        return match random.below(4) {
            0 => Event::Cancel,
            1 => Event::Retry,
            2 => Event::Resolve(Resolution::NotPublished),
            _ => Event::Resolve(Resolution::Published { url: None }),
        };
    }
    let reason = String::new();
    match (random.below(12), target.todo()) {
        (0, _) => return Event::Held(refusal()),
        (1, _) => return Event::NotRefreshed { reason, not_before: at.now },
        (2, _) => return Event::PutOff(at.now),
        _ => {}
    }
    match target.todo() {
        // Its worker learns of the cancel after the answer: one with a cancel on record has no worker.
        Todo::Recover if target.canceled_at.is_some() => Event::WorkerGone,
        Todo::Recover => match random.below(8) {
            0 => Event::WorkerGone,
            1 => Event::NotSent { reason },
            2 => Event::Refused(refusal()),
            3 => Event::AskedToWait { wait: Duration::seconds(1), fault: refusal() },
            4 => Event::TokenRefused,
            5 | 6 => Event::Lost { reason },
            _ => Event::Answered(progress(random)),
        },
        // The account was disconnected.
        Todo::Resume if random.below(4) == 0 => Event::Refused(refusal()),
        Todo::Resume => Event::Resumed,
        Todo::Plan if random.below(4) == 0 => Event::Refused(refusal()),
        Todo::Plan => Event::Planned(json!(0)),
        Todo::Step => match random.below(7) {
            6 => Event::Unreadable(refusal()),
            0..=2 => match target.obstacle(at) {
                Some(obstacle) if matches!(target.state, State::Preparing { .. }) => obstacle,
                _ => Event::Started { step: Effect::Commit, listening_until: at.now + Duration::seconds(60) },
            },
            3 => Event::Lost { reason },
            4 => Event::Refused(refusal()),
            _ => Event::Answered(progress(random)),
        },
        Todo::Look => match random.below(6) {
            0 => Event::LookFailed { reason },
            1 => Event::LookNotSent { reason },
            2 => Event::Looked(Found::Known(progress(random))),
            3 => Event::Looked(Found::Absent { again: json!(0) }),
            _ => missing(),
        },
        Todo::Nothing => Event::Retry,
    }
}

#[test]
fn no_walk_breaks_a_law() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 1..20_000_u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let platform = PlatformId::ALL[random.below(PlatformId::ALL.len())];
        let mut target = new(platform);
        let mut time = now();
        // When the last commit was sent whose outcome is not known, and until when it is awaited.
        let mut undecided: Option<DateTime<Utc>> = None;
        for _ in 0..30 {
            time = target.next_at.unwrap_or(time).max(time) + Duration::seconds(random.below(3) as i64);
            let publish_before = (random.below(20) == 0).then_some(time);
            let at = At { publish_before, ..on(platform, time) };
            let event = event(&target, &mut random, &at);
            let (before, told) = (target.clone(), matches!(event, Event::Resolve(_)));
            let proves = matches!(event, Event::Looked(Found::Absent { .. } | Found::Known(_)) | Event::Answered(_));
            let commits = matches!(event, Event::Started { step: Effect::Commit, .. });
            let text = format!("seed {seed}, {platform:?}: {event:?} in {:?}", before.state);
            target.apply(event, &at);
            seen.insert((before.state.name(), target.state.name()));

            if commits && target.state.name() == crate::state::Name::Committing {
                assert!(target.canceled_at.is_none(), "a commit after a cancel: {text}");
                undecided = target.sent.map(|sent| sent.listening_until);
            }
            let decided = match target.state {
                // What the agency is told must be true.
                State::Failed { absence } | State::Canceled { absence } => absence == Absence::Proven,
                _ => false,
            };
            let was_undecided = !before.is_unsent()
                && !matches!(before.state, State::Failed { .. } | State::Canceled { .. } | State::Published { .. })
                && !matches!(before.state, State::Committing { since: None } | State::Taken);
            if decided && was_undecided && !told {
                assert!(proves, "called absent without a proof: {text}");
            }
            if let State::Failed { absence: Absence::Inferred { looks: 0 } }
            | State::Canceled { absence: Absence::Inferred { looks: 0 } } = target.state
                && before.state.name() == crate::state::Name::Doubt
                && !proves
            {
                let settled = undecided.expect("a commit was sent") + Duration::minutes(10);
                assert!(time > settled, "called absent too early: {text}");
            }
            let ended = matches!(target.todo(), Todo::Nothing);
            let checked = matches!(target.state, State::Failed { .. } | State::Canceled { .. });
            assert!(checked || ended == target.next_at.is_none(), "work that nothing finds: {text}, {target:?}");
        }
    }
    // Every transition of the table is taken by some walk.
    let table: std::collections::BTreeSet<_> = crate::state::Name::ALL
        .into_iter()
        .flat_map(|from| from.next().iter().map(move |to| (from, *to)))
        .filter(|(from, _)| *from != crate::state::Name::Draft)
        .collect();
    let missed: Vec<_> = table.difference(&seen).collect();
    assert!(missed.is_empty(), "no walk takes {missed:?}");
}
