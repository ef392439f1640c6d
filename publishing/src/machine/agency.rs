//! What the agency asks for: cancel, retry, resolve.

use chrono::{DateTime, Utc};
use platforms::{FaultCode, Published};

use super::At;
use crate::{
    Fault, Resolution, State, Target,
    state::{Absence, Then},
};

impl Target {
    /// Whether a cancel would change anything.
    #[must_use]
    pub const fn can_cancel(&self) -> bool {
        match self.state {
            State::Draft | State::Waiting | State::Held | State::Preparing { since: None } => true,
            State::Preparing { .. } | State::Committing { .. } | State::Taken | State::Doubt { .. } => {
                self.canceled_at.is_none()
            }
            State::Visible { .. }
            | State::Unconfirmed
            | State::Published { .. }
            | State::Failed { .. }
            | State::Canceled { .. } => false,
        }
    }

    /// Ends a target to which nothing was sent. Otherwise no commit follows, and it ends when its outcome is known.
    pub(super) fn cancel(&mut self, at: &At) {
        if self.is_unsent() {
            return self.end_canceled(Absence::Proven, at);
        }
        // A worker learns only after the answer that the agency canceled before it.
        if let State::Failed { absence } = self.state {
            return self.end_canceled(absence, at);
        }
        if !self.can_cancel() {
            return;
        }
        self.canceled_at = Some(at.now);
        match self.state {
            State::Preparing { since: Some(since) } => self.enter_doubt(since, Then::Repeat, "", at),
            State::Doubt { .. } => self.set_unknown("", "", at),
            _ => {}
        }
    }

    /// Starts over at once. What may have been sent is looked for first.
    pub(super) fn retry(&mut self, at: &At) {
        let State::Failed { absence } = self.state else { return };
        self.end_step("retried");
        (self.tries, self.waits, self.fault) = (0, 0, None);
        self.next_at = Some(at.now);
        self.state = match absence {
            Absence::Proven => {
                self.plan = None;
                State::Waiting
            }
            Absence::Inferred { .. } => State::Doubt { since: self.sent_or(at.now), looks: 0, then: Then::Repeat },
            Absence::Told => State::Doubt { since: self.sent_or(at.now), looks: 0, then: Then::RepeatAsTold },
        };
        if matches!(self.state, State::Doubt { .. }) {
            self.set_unknown("", "", at);
        }
    }

    /// Sets the outcome that a person found on the account.
    pub(super) fn resolve(&mut self, resolution: Resolution) {
        if !self.can_resolve() {
            return;
        }
        self.end_step("resolved");
        self.next_at = None;
        match resolution {
            Resolution::Published { url } => {
                self.state = State::Published { post: Published { platform_post_id: None, url } };
                self.fault = None;
            }
            Resolution::NotPublished => {
                self.state = State::Failed { absence: Absence::Told };
                let message = "You said that it is not published. Retry it if it is to be.";
                self.fault = Some(Fault::new(FaultCode::NotPublished, message));
            }
        }
    }

    /// Whether a person may say what became of it.
    #[must_use]
    pub const fn can_resolve(&self) -> bool {
        matches!(self.state, State::Doubt { .. } | State::Unconfirmed | State::Preparing { since: Some(_) })
    }

    /// When the agency canceled, while the outcome is not known.
    #[must_use]
    pub const fn cancel_requested_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            State::Failed { .. } | State::Canceled { .. } => None,
            _ => self.canceled_at,
        }
    }
}
