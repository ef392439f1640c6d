//! What the agency decides about a target: that it is not to be sent, is to be tried anew, or what became of it.

use chrono::{DateTime, Utc};

use platforms::{FaultCode, Published};

use super::{State, Target};
use crate::outcome::fault;

/// What a person says of doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    Published { url: Option<String> },
    NotPublished,
}

/// What doubt says of a post that was canceled.
pub const UNWANTED: &str = "The post was sent before it was canceled, and no answer says what became of it. It is being looked \
                            for, and not sent again: once it surely is not there, it is canceled.";

impl Target {
    /// Whether nothing of it was sent, nor will be before its time.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Draft | State::Scheduled | State::Held)
    }

    /// Nothing of it will be sent.
    pub fn cancel(&mut self) {
        self.end("canceled");
        self.state = State::Canceled;
        self.next_at = None;
        self.fault = None;
    }

    /// Cancels it if nothing visible of it was sent; otherwise no further commit of it follows. Whether it could have.
    pub fn withdraw(&mut self) -> bool {
        if self.is_open() || self.state == State::Sending && self.sent_at.is_none() {
            self.cancel();
            return true;
        }
        if !matches!(self.state, State::Sending | State::Unconfirmed) || self.unwanted {
            return false;
        }
        self.unwanted = true;
        // Of doubt, this says that it is sent again once it is surely not there.
        match &mut self.fault {
            Some(fault) if self.state == State::Unconfirmed && fault.retryable => {
                fault.retryable = false;
                UNWANTED.clone_into(&mut fault.message);
                true
            }
            _ => false,
        }
    }

    /// To be tried anew, at once. Of what was tried only the ledger is left.
    pub fn retry(&mut self, now: DateTime<Utc>) {
        let attempts = std::mem::take(&mut self.attempts);
        let first_state = self.first_state;
        *self = Self { first_state, attempts, ..Self::new(self.account, self.platform, now, false) };
    }

    /// Somebody has looked at the account and says what became of the commit that was not answered.
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
                self.fault =
                    Some(fault(FaultCode::NotPublished, "You said that it is not published. Retry it if it is to be."));
            }
        }
    }
}
