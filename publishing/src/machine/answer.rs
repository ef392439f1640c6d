//! Answers to a step.

use chrono::{DateTime, Utc};
use platforms::{Progress, Published};
use serde_json::Value;

use super::At;
use crate::{
    Fault, State, Target,
    state::{Absence, Then},
    to_chrono,
};

impl Target {
    pub(super) fn answered(&mut self, progress: Progress, at: &At) {
        match progress {
            Progress::Proceed(plan) => {
                // Each step has its own retries: an upload may have more than a hundred. Adapters bound how often they start over.
                if matches!(self.state, State::Preparing { since: None }) {
                    self.tries = 0;
                }
                self.go_on(plan, at.now, "done");
            }
            Progress::Wait { after, state } => self.go_on(state, at.now + to_chrono(after), "waiting"),
            Progress::StartOver { after, state, code, message } => {
                self.go_on(state, at.now, "started over");
                let fault = Fault::by_platform(code, at.spec, &message);
                self.asked_to_wait(to_chrono(after), fault, at);
            }
            Progress::Taken { after, state } => {
                let visible = matches!(self.state, State::Visible { .. });
                self.end_step(if matches!(self.state, State::Taken) || visible { "waiting" } else { "taken" });
                if !visible {
                    self.state = State::Taken;
                    self.fault = None;
                }
                self.plan = Some(state);
                self.next_at = Some(at.now + to_chrono(after));
            }
            Progress::Visible { published, after, state } => {
                self.end_step(if matches!(self.state, State::Visible { .. }) { "waiting" } else { "published" });
                self.state = State::Visible { post: published };
                self.fault = None;
                self.plan = Some(state);
                self.next_at = Some(at.now + to_chrono(after));
            }
            Progress::Done(post) => self.publish(post, "published"),
            Progress::Failed { code, message } => {
                let fault = Fault::by_platform(code, at.spec, &message);
                match self.state.clone() {
                    State::Visible { post } | State::Published { post } => self.publish(post, "published"),
                    _ => self.fail(fault, Absence::Proven, at),
                }
            }
        }
    }

    /// The post is public.
    pub(super) fn publish(&mut self, post: Published, outcome: &str) {
        self.end_step(outcome);
        self.state = State::Published { post };
        self.fault = None;
        self.next_at = None;
    }

    /// The platform has not taken the post; the next step follows from `plan`.
    fn go_on(&mut self, plan: Value, next_at: DateTime<Utc>, outcome: &str) {
        self.end_step(outcome);
        self.plan = Some(plan);
        self.next_at = Some(next_at);
        match self.state {
            // Only its id or address is missing.
            State::Visible { .. } => {}
            // The answer is about this commit. An earlier one is still undecided.
            State::Preparing { since } => self.state = State::Preparing { since },
            State::Committing { since } => self.without_effect(since),
            _ => self.state = State::Preparing { since: None },
        }
        if !matches!(self.state, State::Visible { .. }) {
            self.fault = None;
        }
    }

    /// The commit in flight had no effect. `since`: when an earlier one was sent that is undecided.
    pub(super) fn without_effect(&mut self, since: Option<DateTime<Utc>>) {
        self.state = State::Preparing { since };
        self.forget_commit(since);
    }

    /// The last commit had no effect. If no earlier one may have had any, none is on record any more.
    const fn forget_commit(&mut self, since: Option<DateTime<Utc>>) {
        if since.is_none() && !self.presumed_absent {
            self.sent = None;
        }
    }

    /// A definite refusal. A post that is public stays published, with an unknown address. If an earlier commit is
    /// undecided, the refusal of this one says nothing about it.
    pub(super) fn refused(&mut self, fault: Fault, at: &At) {
        match self.state.clone() {
            State::Visible { post } | State::Published { post } => self.publish(post, "published"),
            State::Preparing { since: Some(since) } | State::Committing { since: Some(since) } => {
                self.end_step(&format!("refused: {}", fault.code));
                self.enter_doubt(since, Then::Fail(fault), "", at);
            }
            // The request for its status was refused, not the post.
            State::Taken => self.doubt(None, &fault.platform_response.unwrap_or_default(), at),
            State::Doubt { .. } | State::Unconfirmed | State::Canceled { .. } => {}
            _ => {
                self.forget_commit(None);
                self.fail(fault, Absence::Proven, at);
            }
        }
    }
}
