//! Steps that had no effect and are retried later.

use chrono::{DateTime, Duration, Utc};
use platforms::FaultCode;

use super::At;
use crate::{Fault, State, Target, state::Then};

/// The waits before a step is retried: about a day in all.
pub(super) const BACKOFF: [Duration; 8] = [
    Duration::seconds(5),
    Duration::seconds(30),
    Duration::minutes(2),
    Duration::minutes(10),
    Duration::hours(1),
    Duration::hours(3),
    Duration::hours(6),
    Duration::hours(12),
];
/// How often a platform may ask to wait before the target fails.
const MAX_WAITS: u32 = 50;
/// A held target is checked at least this often, in case a wake-up is lost.
const HELD_RETRY: Duration = Duration::minutes(15);

impl Target {
    /// The step was not sent.
    pub(super) fn not_sent(&mut self, reason: &str, at: &At) {
        let fault = if self.is_taken() {
            let message = format!("The platform has the post and could not be asked what became of it: {reason}.");
            Fault::new(FaultCode::NotAsked, message)
        } else {
            let message = format!("The platform could not be reached; nothing was sent: {reason}.");
            Fault::new(FaultCode::PlatformUnreachable, message)
        };
        self.retry_later("not sent", fault, at);
    }

    pub(super) fn media_unreachable(&mut self, message: String, at: &At) {
        self.retry_later("put off", Fault::new(FaultCode::MediaUnreachable, message), at);
    }

    pub(super) fn not_refreshed(&mut self, reason: &str, not_before: DateTime<Utc>, at: &At) {
        if matches!(self.state, State::Doubt { .. } | State::Failed { .. } | State::Canceled { .. }) {
            self.look_not_sent(reason, at);
        } else {
            let so_far = if self.is_taken() { "the platform has the post" } else { "nothing was sent" };
            let message = format!("The access to the account could not be renewed; {so_far}: {reason}.");
            self.retry_later("put off", Fault::new(FaultCode::NotRefreshed, message), at);
        }
        self.next_at = self.next_at.map(|next| next.max(not_before));
    }

    fn retry_later(&mut self, outcome: &str, fault: Fault, at: &At) {
        match self.backoff(at.jitter) {
            Some(wait) => self.wait(outcome, wait, fault, at),
            None => self.give_up(fault, at),
        }
    }

    /// The platform asked to wait.
    pub(super) fn asked_to_wait(&mut self, wait: Duration, fault: Fault, at: &At) {
        if self.waits == MAX_WAITS {
            return self.give_up(fault, at);
        }
        self.waits += 1;
        self.wait("told to wait", wait, fault, at);
    }

    /// The step had no effect; it is repeated after `wait`.
    fn wait(&mut self, outcome: &str, wait: Duration, fault: Fault, at: &At) {
        self.end_step(outcome);
        if let State::Committing { since } = self.state {
            self.without_effect(since);
        }
        self.next_at = Some(at.now + wait);
        self.fault = Some(Fault { retryable: true, ..fault });
    }

    /// The last retry failed.
    fn give_up(&mut self, fault: Fault, at: &At) {
        match self.state {
            State::Taken => {
                self.end_step("given up");
                self.unconfirmed("");
            }
            State::Preparing { since: Some(since) } | State::Committing { since: Some(since) } => {
                self.end_step("given up");
                self.enter_doubt(since, Then::Fail(fault), "", at);
            }
            _ => self.refused(fault, at),
        }
    }

    /// The next wait, extended by up to a quarter; `None` after the last one. In whole milliseconds, as times are stored.
    pub(super) fn backoff(&mut self, jitter: i32) -> Option<Duration> {
        let wait = BACKOFF.get(self.tries as usize)?.num_milliseconds();
        self.tries += 1;
        Some(Duration::milliseconds(wait + wait * i64::from(jitter) / 400))
    }

    /// The account has to be connected again. What may have been published is looked for then.
    pub(super) fn held(&mut self, fault: Fault, at: &At) {
        let next_at = Some(at.now + HELD_RETRY);
        match std::mem::replace(&mut self.state, State::Held) {
            State::Visible { post } | State::Published { post } => return self.publish(post, "published"),
            ended @ (State::Failed { .. } | State::Canceled { .. }) => {
                self.state = ended;
                return self.look_not_sent("the account has to be connected again", at);
            }
            state @ (State::Draft | State::Unconfirmed) => self.state = state,
            State::Waiting | State::Held | State::Preparing { since: None } => {}
            State::Preparing { since: Some(since) } | State::Committing { since: Some(since) } => {
                self.state = State::Doubt { since, looks: 0, then: Then::Repeat };
            }
            State::Committing { since: None } | State::Taken => {
                self.state = State::Doubt { since: self.sent_or(at.now), looks: 0, then: Then::Repeat };
            }
            doubt @ State::Doubt { .. } => self.state = doubt,
        }
        self.end_step("held");
        self.next_at = next_at;
        self.fault = Some(Fault { retryable: true, ..fault });
    }

    const fn is_taken(&self) -> bool {
        matches!(self.state, State::Taken | State::Visible { .. })
    }

    /// When the last commit was sent.
    pub(super) fn sent_or(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.sent_at().unwrap_or(now)
    }
}
