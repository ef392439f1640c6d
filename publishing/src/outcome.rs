//! The transitions of a target after the outcome of a request.
//!
//! A request has one of three outcomes: *not sent* is retried, *refused* is final or retried after a wait, and *unknown* is
//! read back before anything is sent again.

use chrono::{DateTime, Duration, Utc};
use platforms::{Effect, FaultCode, Published, Spec, spec::AbsenceProof};

use crate::target::{CANCELED_UNCONFIRMED, Fault, State, Target};

/// The waits before a request that was not sent is retried: about a day in all.
const BACKOFF: [Duration; 8] = [
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
/// The most characters of a platform's message that are kept.
const MAX_EXCERPT: usize = 500;

/// A platform's message without control characters, shortened; `None` if nothing is left.
pub fn excerpt(text: &str) -> Option<String> {
    let excerpt: String = text.chars().filter(|c| !c.is_control()).take(MAX_EXCERPT).collect();
    (!excerpt.is_empty()).then_some(excerpt)
}

pub fn published(target: &mut Target, published: Published) {
    target.end("published");
    target.state = State::Published;
    target.published = Some(published);
    target.fault = None;
    target.next_at = None;
}

/// The post is public; its id or address is still to be asked for.
pub fn visible(target: &mut Target, published: Published) {
    target.end(if target.published.is_some() { "waiting" } else { "published" });
    target.state = State::Sending;
    target.published = Some(published);
    target.fault = None;
}

/// A definite refusal. A post that is already public stays published, with an unknown address.
pub fn failed(target: &mut Target, fault: Fault) {
    if let Some(post) = target.published.take() {
        return published(target, post);
    }
    target.end(&format!("refused: {}", fault.code));
    target.state = State::Failed;
    target.fault = Some(Fault { retryable: false, ..fault });
    target.next_at = None;
}

/// The request was not sent: retry with backoff. `jitter` (0–99) spreads the retries of targets that failed together.
pub fn not_sent(target: &mut Target, reason: &str, jitter: i32, now: DateTime<Utc>) {
    let fault = if is_accepted(target) {
        let message = format!("The platform has the post and could not be asked what became of it: {reason}.");
        Fault::new(FaultCode::NotAsked, message)
    } else {
        let message = format!("The platform could not be reached; nothing was sent: {reason}.");
        Fault::new(FaultCode::PlatformUnreachable, message)
    };
    retry_later(target, "not sent", fault, jitter, now);
}

/// A media file could not be read, so nothing was sent: retry with backoff.
pub fn media_unreachable(target: &mut Target, message: String, jitter: i32, now: DateTime<Utc>) {
    retry_later(target, "put off", Fault::new(FaultCode::MediaUnreachable, message), jitter, now);
}

/// Whether the platform has accepted the post, so that only its status is left to ask for.
pub fn is_accepted(target: &Target) -> bool {
    target.state == State::Sending && target.attempts.last().is_some_and(|attempt| attempt.step == Effect::Confirm)
}

/// The last retry failed. An accepted post whose status is not known becomes unconfirmed.
fn retries_exhausted(target: &mut Target, fault: Fault) {
    if !is_accepted(target) || target.published.is_some() {
        return failed(target, fault);
    }
    target.end("given up");
    target.state = State::Unconfirmed;
    target.next_at = None;
    set_unknown(target, "", None, UNREADABLE);
}

/// The access token has expired and the refresh failed, so nothing was sent: retry with backoff.
pub fn refresh_failed(target: &mut Target, reason: &str, jitter: i32, spec: &Spec, now: DateTime<Utc>) {
    if target.state == State::Unconfirmed {
        return read_back_not_sent(target, reason, jitter, spec, now);
    }
    let so_far = if is_accepted(target) { "the platform has the post" } else { "nothing was sent" };
    let message = format!("The access to the account could not be renewed; {so_far}: {reason}.");
    retry_later(target, "put off", Fault::new(FaultCode::NotRefreshed, message), jitter, now);
}

fn retry_later(target: &mut Target, outcome: &str, fault: Fault, jitter: i32, now: DateTime<Utc>) {
    let Some(wait) = backoff(target, jitter) else { return retries_exhausted(target, fault) };
    reschedule(target, outcome);
    target.next_at = Some(now + wait);
    target.fault = Some(Fault { retryable: true, ..fault });
}

/// Ends the attempt; the target continues later. A post that the platform has accepted is not shown as scheduled.
fn reschedule(target: &mut Target, outcome: &str) {
    target.state = if is_accepted(target) { State::Sending } else { State::Scheduled };
    target.end(outcome);
}

/// The next wait, extended by up to a quarter; `None` after the last retry. In whole milliseconds, as times are stored.
fn backoff(target: &mut Target, jitter: i32) -> Option<Duration> {
    let wait = BACKOFF.get(target.tries as usize)?.num_milliseconds();
    target.tries += 1;
    Some(Duration::milliseconds(wait + wait * i64::from(jitter) / 400))
}

/// The platform asked to wait.
pub fn wait_requested(target: &mut Target, wait: Duration, fault: Fault, now: DateTime<Utc>) {
    if target.waits == MAX_WAITS {
        return retries_exhausted(target, fault);
    }
    target.waits += 1;
    reschedule(target, "told to wait");
    target.next_at = Some(now + wait);
    target.fault = Some(Fault { retryable: true, ..fault });
}

/// The outcome of a commit, or the status of an accepted post, is not known: read it back.
pub fn unknown(target: &mut Target, reason: &str, spec: &Spec, now: DateTime<Utc>) {
    if let Some(post) = target.published.take() {
        return published(target, post);
    }
    target.end("unknown");
    target.state = State::Unconfirmed;
    target.read_backs = 0;
    target.next_at = next_read_back(target, spec, now);
    set_unknown(target, reason, Some(spec), UNREADABLE);
}

const NOT_FOUND: &str = "The post was sent, no answer says what became of it, and it was not found on the account, which \
                         proves nothing. Look at the account and decide whether it is published.";
const UNREADABLE: &str = "The post was sent, no answer says what became of it, and the account could not be read. Look at \
                          the account and decide whether it is published.";
const READING_BACK: &str =
    "The post was sent, and no answer says what became of it. It is being looked for on the account.";
const READING_BACK_BEFORE_RETRY: &str = "The post was sent, and no answer says what became of it. It is being looked for; once it \
                                 surely is not there, it is sent again.";

/// Sets the fault of an unconfirmed target: whether it is read back and may be sent again, or `at_last` if no read-back is
/// left.
fn set_unknown(target: &mut Target, reason: &str, spec: Option<&Spec>, at_last: &str) {
    let before = target.fault.take().filter(|fault| fault.code == FaultCode::OutcomeUnknown);
    let is_proof = spec.is_some_and(|spec| spec.absence_proof != AbsenceProof::Never);
    let may_repeat = is_proof && !target.cancel_requested;
    let message = match target.next_at {
        None => at_last,
        Some(_) if may_repeat => READING_BACK_BEFORE_RETRY,
        Some(_) if is_proof => CANCELED_UNCONFIRMED,
        Some(_) => READING_BACK,
    };
    target.fault = Some(Fault {
        platform_response: excerpt(reason).or_else(|| before?.platform_response),
        // `false` allows the agency to post by other means, so it must not be set while we may send it again. `true` says
        // that another commit may follow, so it must not be set if only read-backs follow.
        retryable: target.next_at.is_some() && may_repeat,
        ..Fault::new(FaultCode::OutcomeUnknown, message)
    });
}

/// The read-back did not find the post. [`Spec::absence_proof`] decides whether that proves that it was not published.
pub fn not_found(target: &mut Target, spec: &Spec, now: DateTime<Utc>) {
    target.end("not found");
    let proven = match (spec.absence_proof, target.sent_at) {
        (AbsenceProof::After(settle), Some(sent_at)) => now - sent_at >= to_chrono(settle),
        _ => false,
    };
    if proven && target.tries as usize == BACKOFF.len() {
        let message = "It was sent many times and never arrived; it is not on the account.";
        return failed(target, Fault::new(FaultCode::PlatformUnreachable, message));
    }
    if proven {
        target.tries += 1;
        target.state = State::Scheduled;
        target.next_at = Some(now);
        target.fault = None;
        return;
    }
    target.read_backs += 1;
    target.next_at = next_read_back(target, spec, now);
    set_unknown(target, "", Some(spec), NOT_FOUND);
}

/// The read-back failed: the target stays unconfirmed until the next one.
pub fn read_back_failed(target: &mut Target, reason: &str, spec: &Spec, now: DateTime<Utc>) {
    target.end("look failed");
    target.read_backs += 1;
    target.next_at = next_read_back(target, spec, now);
    set_unknown(target, reason, Some(spec), UNREADABLE);
}

/// The read-back was not sent, so it does not count: the outage that lost the commit's response may outlast all
/// read-backs.
pub fn read_back_not_sent(target: &mut Target, reason: &str, jitter: i32, spec: &Spec, now: DateTime<Utc>) {
    let Some(wait) = backoff(target, jitter) else { return read_back_failed(target, reason, spec, now) };
    target.end("not sent");
    target.next_at = Some(now + wait);
    set_unknown(target, reason, Some(spec), UNREADABLE);
}

/// The platform has no read-back: a person has to check the account.
pub fn no_read_back(target: &mut Target) {
    target.next_at = None;
    set_unknown(target, "", None, UNREADABLE);
}

fn next_read_back(target: &Target, spec: &Spec, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    spec.read_back_after.get(target.read_backs as usize).map(|wait| now + to_chrono(*wait))
}

/// The account has to be connected again. An unconfirmed target stays unconfirmed, and an accepted one becomes
/// unconfirmed.
pub fn held(target: &mut Target, fault: Fault, now: DateTime<Utc>) {
    if let Some(post) = target.published.take() {
        return published(target, post);
    }
    if is_accepted(target) {
        target.state = State::Unconfirmed;
    }
    target.end("held");
    if target.state != State::Unconfirmed {
        target.state = State::Held;
    }
    target.next_at = Some(now + HELD_RETRY);
    target.fault = Some(Fault { retryable: true, ..fault });
}

/// Nothing was sent; continue at `at`.
pub fn postpone(target: &mut Target, at: DateTime<Utc>) {
    target.end("put off");
    target.next_at = Some(at);
}

pub fn to_chrono(duration: std::time::Duration) -> Duration {
    Duration::from_std(duration).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests;
