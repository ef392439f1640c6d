//! Decisions of the agency about a target: cancel it, retry it, or resolve an unknown outcome.

use chrono::{DateTime, Utc};

use platforms::{FaultCode, Published};

use super::{Fault, State, Target};

/// The outcome of an unconfirmed target, as checked by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    Published { url: Option<String> },
    NotPublished,
}

/// The message of an unconfirmed target of a canceled post.
pub const CANCELED_UNCONFIRMED: &str = "The post was sent before it was canceled, and no answer says what became of it. It is being looked \
                            for, and not sent again: once it surely is not there, it is canceled.";

impl Target {
    /// Whether nothing was sent and nothing is in flight.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Draft | State::Scheduled | State::Held)
    }

    /// Cancels the target: nothing is sent.
    pub fn cancel(&mut self) {
        self.end("canceled");
        self.state = State::Canceled;
        self.next_at = None;
        self.fault = None;
    }

    /// Cancels the target if no commit was sent. Otherwise requests that no further commit follows. Returns whether that
    /// prevented a commit.
    pub fn withdraw(&mut self) -> bool {
        if self.is_open() || self.state == State::Sending && self.sent_at.is_none() {
            self.cancel();
            return true;
        }
        if !matches!(self.state, State::Sending | State::Unconfirmed) || self.cancel_requested {
            return false;
        }
        self.cancel_requested = true;
        // A retryable unconfirmed target would be sent again after a read-back that proves absence.
        match &mut self.fault {
            Some(fault) if self.state == State::Unconfirmed && fault.retryable => {
                fault.retryable = false;
                CANCELED_UNCONFIRMED.clone_into(&mut fault.message);
                true
            }
            _ => false,
        }
    }

    /// Starts over at once. Only the ledger is kept.
    pub fn retry(&mut self, now: DateTime<Utc>) {
        let attempts = std::mem::take(&mut self.attempts);
        let first_state = self.first_state;
        *self = Self { first_state, attempts, ..Self::new(self.account, self.platform, now, false) };
    }

    /// Sets the outcome that a person found on the account.
    pub fn resolve(&mut self, resolution: &Resolution) {
        self.end("resolved");
        self.next_at = None;
        match resolution {
            Resolution::Published { url } => {
                self.state = State::Published;
                self.published = Some(Published { platform_post_id: None, url: url.clone() });
                self.fault = None;
            }
            Resolution::NotPublished => {
                self.state = State::Failed;
                self.fault = Some(Fault::new(
                    FaultCode::NotPublished,
                    "You said that it is not published. Retry it if it is to be.",
                ));
            }
        }
    }
}
