//! The one function that changes a target: [`Target::apply`].

mod agency;
mod answer;
mod doubt;
mod retry;

use chrono::{DateTime, Utc};
use platforms::{Effect, Spec};

use crate::{Event, Fault, State, Target, state::Absence, target::Sent};

/// The circumstances of an event.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    pub now: DateTime<Utc>,
    pub spec: &'a Spec,
    /// Spreads the retries of targets that failed together: 0–99.
    pub jitter: i32,
    /// No commit begins after this time.
    pub publish_before: Option<DateTime<Utc>>,
}

impl At<'_> {
    fn is_too_late(&self) -> bool {
        self.publish_before.is_some_and(|before| before <= self.now)
    }
}

/// What a worker does next with a target that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Todo {
    /// Find out what became of a commit whose worker is gone: [`Event::WorkerGone`].
    Recover,
    /// See whether the account can be used again: [`Event::Resumed`].
    Resume,
    /// Make the plan: [`Event::Planned`].
    Plan,
    /// Send the adapter's next step.
    Step,
    /// Read back.
    Look,
    Nothing,
}

impl Target {
    #[must_use]
    pub const fn todo(&self) -> Todo {
        match self.state {
            State::Waiting => Todo::Plan,
            State::Preparing { .. } | State::Taken | State::Visible { .. } => Todo::Step,
            State::Committing { .. } => Todo::Recover,
            State::Held => Todo::Resume,
            State::Doubt { .. }
            | State::Failed { absence: Absence::Inferred { .. } }
            | State::Canceled { absence: Absence::Inferred { .. } } => Todo::Look,
            State::Draft
            | State::Unconfirmed
            | State::Published { .. }
            | State::Failed { .. }
            | State::Canceled { .. } => Todo::Nothing,
        }
    }

    /// Whether no commit is undecided, so that the target can end without another look at the account.
    #[must_use]
    pub const fn is_unsent(&self) -> bool {
        matches!(self.state, State::Draft | State::Waiting | State::Held | State::Preparing { since: None })
    }

    /// The reason why the next commit must not be sent, as an event. Asked before every commit.
    #[must_use]
    pub fn obstacle(&self, at: &At) -> Option<Event> {
        if self.canceled_at.is_some() {
            return Some(Event::Cancel);
        }
        at.is_too_late().then_some(Event::TooLate)
    }

    /// Applies an event. An event that does not fit the state changes nothing but the ledger.
    pub fn apply(&mut self, event: Event, at: &At) {
        let before = self.state.name();
        match event {
            // Only the agency changes what needs no work.
            Event::Cancel => self.cancel(at),
            Event::Retry => self.retry(at),
            Event::Resolve(resolution) => self.resolve(resolution),
            _ if self.todo() == Todo::Nothing => {}
            Event::Planned(plan) => self.planned(plan),
            Event::Resumed => self.resume(),
            Event::Started { step, listening_until } => self.start(step, listening_until, at),
            Event::Answered(progress) => self.answered(progress, at),
            Event::Refused(fault) => self.refused(fault, at),
            Event::AskedToWait { wait, fault } => self.asked_to_wait(wait, fault, at),
            Event::NotSent { reason } => self.not_sent(&reason, at),
            Event::Lost { reason } => self.lost(&reason, at),
            Event::TokenRefused => self.token_refused(),
            Event::NotRefreshed { reason, not_before } => self.not_refreshed(&reason, not_before, at),
            Event::MediaUnreachable { message } => self.media_unreachable(message, at),
            Event::Held(fault) => self.held(fault, at),
            Event::TooLate => self.too_late(at),
            Event::PutOff(until) => {
                self.end_step("put off");
                self.next_at = Some(until);
            }
            Event::WorkerGone => self.worker_gone(at),
            Event::Looked(found) => self.looked(found, at),
            Event::LookFailed { reason } => self.look_failed(&reason, at),
            Event::LookNotSent { reason } => self.look_not_sent(&reason, at),
            Event::LookAskedToWait { wait } => {
                self.end_step("told to wait");
                self.next_at = Some(at.now + wait);
            }
            Event::NoLook => self.no_look(),
            Event::Unreadable(fault) => self.unreadable_plan(fault, at),
        }
        let after = self.state.name();
        #[cfg(feature = "testing")]
        crate::testing::note(before, after);
        debug_assert!(before == after || before.next().contains(&after), "{before:?} becomes {after:?}");
    }

    fn planned(&mut self, plan: serde_json::Value) {
        if self.state == State::Waiting {
            self.plan = Some(plan);
            self.state = State::Preparing { since: None };
        }
    }

    fn resume(&mut self) {
        if self.state == State::Held {
            self.state = if self.plan.is_some() { State::Preparing { since: None } } else { State::Waiting };
        }
    }

    /// A request with a refused token has no effect.
    fn token_refused(&mut self) {
        self.end_step("token refused");
        if let State::Committing { since } = self.state {
            self.without_effect(since);
        }
    }

    fn start(&mut self, step: Effect, listening_until: DateTime<Utc>, at: &At) {
        if step == Effect::Commit {
            let State::Preparing { since } = self.state else { return };
            self.state = State::Committing { since };
            self.sent = Some(Sent { at: at.now, listening_until });
        }
        self.in_flight = Some(step);
        crate::ledger::begin(&mut self.attempts, step, at.now);
    }

    /// Ends with a fault: nothing of it is on the account.
    fn fail(&mut self, fault: Fault, absence: Absence, at: &At) {
        if self.canceled_at.is_some() {
            return self.end_canceled(absence, at);
        }
        self.end_step(&format!("refused: {}", fault.code));
        self.state = State::Failed { absence: self.presumed(absence) };
        self.fault = Some(Fault { retryable: false, ..fault });
        self.look_again(at);
    }

    fn end_canceled(&mut self, absence: Absence, at: &At) {
        self.end_step("canceled");
        self.state = State::Canceled { absence: self.presumed(absence) };
        self.fault = None;
        self.look_again(at);
    }

    /// Whatever the last commit proved, an earlier one was only presumed to be absent.
    const fn presumed(&self, absence: Absence) -> Absence {
        match absence {
            Absence::Proven if self.presumed_absent => Absence::Inferred { looks: 0 },
            absence => absence,
        }
    }

    fn too_late(&mut self, at: &At) {
        let message = if self.is_unsent() {
            "Its publishBefore has passed; nothing was sent."
        } else {
            "Its publishBefore has passed, and it is not on the account."
        };
        self.refused(Fault::new(platforms::FaultCode::TooLate, message), at);
    }

    fn worker_gone(&mut self, at: &At) {
        match self.state {
            State::Committing { since } => {
                self.doubt(since, "the worker stopped before the response", at);
                // The claim is over: no answer is awaited any more.
                self.next_at = self.next_at.and(Some(at.now));
            }
            _ => self.end_step("interrupted"),
        }
    }

    /// The adapter cannot read the plan, so nothing more can be sent or asked.
    fn unreadable_plan(&mut self, fault: Fault, at: &At) {
        self.end_step("unreadable");
        self.next_at = None;
        match std::mem::replace(&mut self.state, State::Unconfirmed) {
            State::Visible { post } | State::Published { post } => self.state = State::Published { post },
            State::Waiting | State::Held | State::Preparing { since: None } => self.fail(fault, Absence::Proven, at),
            ended @ (State::Failed { .. } | State::Canceled { .. }) => self.state = ended,
            _ => self.fault = Some(fault),
        }
    }
}

#[cfg(test)]
mod tests;
