//! A commit without an answer: it is looked for, repeated where that is harmless, and called absent only where that is
//! certain.

use chrono::{DateTime, Duration, Utc};
use platforms::{FaultCode, Found, Progress, spec};
use serde_json::Value;

use super::{At, retry::BACKOFF};
use crate::{
    Fault, State, Target,
    fault::excerpt,
    state::{Absence, Then},
    to_chrono,
};

/// How far two machines' clocks may differ.
const SKEW: Duration = Duration::seconds(10);
/// When a target that ended by inferred absence is looked for again, after its end and after the first time.
const AGAIN: [Duration; 2] = [Duration::hours(1), Duration::hours(23)];

const NOT_FOUND: &str = "The post was sent, no answer says what became of it, and it was not found on the account, which \
                         proves nothing. Look at the account and decide whether it is published.";
const UNREADABLE: &str = "The post was sent, no answer says what became of it, and the account could not be read. Look at \
                          the account and decide whether it is published.";
const LOOKING: &str = "The post was sent, and no answer says what became of it. It is being looked for on the account.";
const LOOKING_BEFORE_RETRY: &str = "The post was sent, and no answer says what became of it. It is being looked for. If it is not \
                                    found, it is sent again once that cannot make a second post.";
const LOOKING_CANCELED: &str = "The post was sent before it was canceled, and no answer says what became of it. It is being \
                                looked for and not sent again. It is canceled once it is certain that it is not there.";
const LOOKING_BEFORE_FAILURE: &str = "The post was sent, and no answer says what became of it. It is being looked for and not sent \
                                      again. It has failed once it is certain that it is not there.";

impl Target {
    /// No answer says what became of the step in flight.
    pub(super) fn lost(&mut self, reason: &str, at: &At) {
        match self.state {
            State::Committing { since } => self.doubt(since, reason, at),
            // Nothing became visible by it.
            _ => self.not_sent(reason, at),
        }
    }

    /// Enters doubt. `since`: when the first undecided commit was sent, if it was not the last one.
    pub(super) fn doubt(&mut self, since: Option<DateTime<Utc>>, reason: &str, at: &At) {
        self.end_step("unknown");
        self.enter_doubt(since.unwrap_or_else(|| self.sent_or(at.now)), Then::Repeat, reason, at);
    }

    pub(super) fn enter_doubt(&mut self, since: DateTime<Utc>, then: Then, reason: &str, at: &At) {
        self.state = State::Doubt { since, looks: 0, then };
        self.schedule_look(reason, UNREADABLE, at);
    }

    /// The time from which a repeated commit is harmless; `None` if it is not, or must not follow.
    fn repeat_from(&self, at: &At) -> Option<DateTime<Utc>> {
        let State::Doubt { since, then: Then::Repeat | Then::RepeatAsTold, .. } = &self.state else { return None };
        let spec::Repeat::ByKey { after, within } = at.spec.repeat else { return None };
        let from = self.sent?.listening_until + to_chrono(after);
        let allowed = self.canceled_at.is_none() && !at.is_too_late() && (self.tries as usize) < BACKOFF.len();
        (allowed && from.max(at.now) <= *since + to_chrono(within)).then_some(from)
    }

    /// The time from which a commit that is not found took no effect; `None` if it never proves that.
    #[must_use]
    pub fn settles_by(&self, spec: &spec::Spec) -> Option<DateTime<Utc>> {
        let spec::Absence::After(settle) = spec.absence else { return None };
        matches!(self.state, State::Doubt { .. } | State::Committing { .. } | State::Preparing { since: Some(_) })
            .then_some(self.sent?.listening_until + SKEW + to_chrono(settle))
    }

    /// What follows once no commit took effect, as far as it is decided: it may be sent again, or it fails.
    const fn then(&self) -> &Then {
        match &self.state {
            State::Doubt { then, .. } => then,
            _ => &Then::Repeat,
        }
    }

    /// Sets the time of the next read-back and the fault that says so. Without one, a person decides.
    fn schedule_look(&mut self, reason: &str, at_last: &str, at: &At) {
        let State::Doubt { looks, .. } = self.state else { return };
        let regular = at.spec.read_back_after.get(looks as usize).map(|wait| at.now + to_chrono(*wait));
        let decisive = [self.repeat_from(at), self.settles_by(at.spec)];
        let decisive = decisive.into_iter().flatten().filter(|time| *time > at.now);
        self.next_at = decisive.chain(regular).min();
        if self.next_at.is_none() {
            self.state = State::Unconfirmed;
        }
        self.set_unknown(reason, at_last, at);
    }

    pub(super) fn set_unknown(&mut self, reason: &str, at_last: &str, at: &At) {
        let before = self.fault.take().filter(|fault| fault.code == FaultCode::OutcomeUnknown);
        let ends = at.spec.absence != spec::Absence::Never;
        let may_repeat = ends && self.canceled_at.is_none() && !matches!(self.then(), Then::Fail(_));
        let message = match self.next_at {
            None => at_last,
            Some(_) if !ends => LOOKING,
            Some(_) if self.canceled_at.is_some() => LOOKING_CANCELED,
            Some(_) if may_repeat => LOOKING_BEFORE_RETRY,
            Some(_) => LOOKING_BEFORE_FAILURE,
        };
        self.fault = Some(Fault {
            platform_response: excerpt(reason).or_else(|| before?.platform_response),
            // `false` allows the agency to post by other means, so it must not be set while we may send it again. `true`
            // says that another commit may follow, so it must not be set if only read-backs follow.
            retryable: self.next_at.is_some() && may_repeat,
            ..Fault::new(FaultCode::OutcomeUnknown, message)
        });
    }

    pub(super) fn unconfirmed(&mut self, reason: &str) {
        self.state = State::Unconfirmed;
        self.next_at = None;
        let fault = Fault::new(FaultCode::OutcomeUnknown, UNREADABLE);
        self.fault = Some(Fault { platform_response: excerpt(reason), ..fault });
    }

    pub(super) fn looked(&mut self, found: Found, at: &At) {
        let State::Doubt { since, looks, then } = self.state.clone() else { return self.looked_again(found, at) };
        match found {
            Found::Known(progress) => self.answered(progress, at),
            Found::Absent { again } => self.absent(again, Absence::Proven, at),
            Found::Missing { again } if then == Then::RepeatAsTold => self.absent(again, Absence::Told, at),
            Found::Missing { .. } if self.repeat_from(at).is_some_and(|from| from <= at.now) => {
                self.end_step("not found");
                self.tries += 1;
                self.state = State::Preparing { since: Some(since) };
                self.next_at = Some(at.now);
            }
            Found::Missing { again } if self.settles_by(at.spec).is_some_and(|settled| settled <= at.now) => {
                self.absent(again, Absence::Inferred { looks: 0 }, at);
            }
            Found::Missing { .. } => {
                self.end_step("not found");
                self.state = State::Doubt { since, looks: looks + 1, then };
                self.schedule_look("", NOT_FOUND, at);
            }
        }
    }

    /// No commit took effect. `again`: the state from which the next one would follow.
    fn absent(&mut self, again: Value, absence: Absence, at: &At) {
        self.end_step("not found");
        self.plan = Some(again);
        self.presumed_absent |= matches!(absence, Absence::Inferred { .. });
        let failure = match self.then() {
            Then::Fail(fault) => Some(fault.clone()),
            _ if at.is_too_late() => {
                Some(Fault::new(FaultCode::TooLate, "Its publishBefore has passed, and it is not on the account."))
            }
            _ if self.tries as usize == BACKOFF.len() => {
                let message = "It was sent many times and never arrived; it is not on the account.";
                Some(Fault::new(FaultCode::PlatformUnreachable, message))
            }
            _ => None,
        };
        if self.canceled_at.is_some() {
            self.end_canceled(absence, at);
        } else if let Some(fault) = failure {
            self.fail(fault, absence, at);
        } else {
            self.tries += 1;
            self.state = State::Preparing { since: None };
            self.fault = None;
            self.next_at = Some(at.now);
        }
    }

    /// The read-back was answered, and the answer says nothing.
    pub(super) fn look_failed(&mut self, reason: &str, at: &At) {
        self.end_step("look failed");
        match &self.state {
            State::Doubt { since, looks, then } => {
                self.state = State::Doubt { since: *since, looks: looks + 1, then: then.clone() };
                self.schedule_look(reason, UNREADABLE, at);
            }
            _ => self.count_look(at),
        }
    }

    /// The read-back was not sent, so it does not count: an outage that loses an answer may outlast all read-backs.
    pub(super) fn look_not_sent(&mut self, reason: &str, at: &At) {
        let wait = self.backoff(at.jitter);
        match (&self.state, wait) {
            (State::Doubt { .. }, Some(wait)) => {
                self.end_step("not sent");
                self.next_at = Some(at.now + wait);
                self.set_unknown(reason, UNREADABLE, at);
            }
            _ => self.look_failed(reason, at),
        }
    }

    pub(super) fn no_look(&mut self) {
        match self.state {
            State::Doubt { .. } => self.unconfirmed(""),
            _ => self.next_at = None,
        }
    }

    /// A target that ended by inferred absence was looked for again.
    fn looked_again(&mut self, found: Found, at: &At) {
        match found {
            Found::Known(progress @ (Progress::Taken { .. } | Progress::Visible { .. } | Progress::Done(_))) => {
                self.answered(progress, at);
            }
            Found::Known(_) | Found::Absent { .. } => {
                self.end_step("not found");
                self.next_at = None;
            }
            Found::Missing { .. } => {
                self.end_step("not found");
                self.count_look(at);
            }
        }
    }

    fn count_look(&mut self, at: &At) {
        if let State::Failed { absence: Absence::Inferred { looks } }
        | State::Canceled { absence: Absence::Inferred { looks } } = &mut self.state
        {
            *looks += 1;
        }
        self.look_again(at);
    }

    /// Sets the time of the next look, if the target ended by inferred absence.
    pub(super) fn look_again(&mut self, at: &At) {
        self.next_at = match self.state {
            State::Failed { absence: Absence::Inferred { looks } }
            | State::Canceled { absence: Absence::Inferred { looks } } => {
                AGAIN.get(looks as usize).map(|wait| at.now + *wait)
            }
            _ => None,
        };
    }
}
