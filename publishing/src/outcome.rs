//! What becomes of a target after each outcome: pure, on its record and the time.
//!
//! Three outcomes, not two: *not sent* is tried again, *refused* is final or told to wait, *unknown* is never sent again
//! blindly.

use chrono::{DateTime, Duration, Utc};
use platforms::{Effect, FaultCode, Published, Spec, spec::AbsenceProof};

use crate::target::{Fault, State, Target, UNWANTED};

/// The waits before a request that surely did not arrive is sent again: about a day in all.
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
/// How often a platform may ask to wait before it counts as a no.
const MAX_WAITS: u32 = 50;
/// A held target looks again at least this often, so that no wake-up can be lost.
const HELD_LOOKS_AGAIN: Duration = Duration::minutes(15);
/// The most characters of a platform's words that are kept.
const MAX_WORDS: usize = 500;

/// A platform's refusal, or ours, as the agency reads it.
pub fn fault(code: FaultCode, message: impl Into<String>) -> Fault {
    Fault { code, category: code.category(), message: message.into(), platform_response: None, retryable: false }
}

/// The platform's own words, masked and cut.
pub fn words(text: &str) -> Option<String> {
    let words: String = text.chars().filter(|c| !c.is_control()).take(MAX_WORDS).collect();
    (!words.is_empty()).then_some(words)
}

pub fn published(target: &mut Target, published: Published) {
    target.end("published");
    target.state = State::Published;
    target.published = Some(published);
    target.fault = None;
    target.next_at = None;
}

/// It is public; more can be asked about where.
pub fn visible(target: &mut Target, published: Published) {
    target.end(if target.published.is_some() { "waiting" } else { "published" });
    target.state = State::Sending;
    target.published = Some(published);
    target.fault = None;
}

/// A definite no. What stands already cannot fail any more: then only its address stays unknown.
pub fn failed(target: &mut Target, fault: Fault) {
    if let Some(stands) = target.published.take() {
        return published(target, stands);
    }
    target.end(&format!("refused: {}", fault.code));
    target.state = State::Failed;
    target.fault = Some(Fault { retryable: false, ..fault });
    target.next_at = None;
}

/// Surely not sent: again later, with waits that grow, eight times. `spread` (0–99) keeps those who failed together from
/// coming back together.
pub fn not_sent(target: &mut Target, reason: &str, spread: i32, now: DateTime<Utc>) {
    let fault = if taken(target) {
        let message = format!("The platform has the post and could not be asked what became of it: {reason}.");
        fault(FaultCode::NotAsked, message)
    } else {
        let message = format!("The platform could not be reached; nothing was sent: {reason}.");
        fault(FaultCode::PlatformUnreachable, message)
    };
    again(target, "not sent", fault, spread, now);
}

/// A file could not be looked at: nothing was sent, and it is tried as often.
pub fn not_looked_at(target: &mut Target, message: String, spread: i32, now: DateTime<Utc>) {
    again(target, "put off", fault(FaultCode::MediaUnreachable, message), spread, now);
}

/// Whether the platform has taken the post, and what is left is to ask what became of it.
pub fn taken(target: &Target) -> bool {
    target.state == State::Sending && target.attempts.last().is_some_and(|attempt| attempt.step == Effect::Confirm)
}

/// Tried for the last time. What was taken and cannot be asked about is doubt.
fn given_up(target: &mut Target, fault: Fault) {
    if !taken(target) || target.published.is_some() {
        return failed(target, fault);
    }
    target.end("given up");
    target.state = State::Unconfirmed;
    target.next_at = None;
    unknown(target, "", None, UNREADABLE);
}

/// The token has ended and the authorization server gave no other: nothing was sent, and it is tried as often.
pub fn not_refreshed(target: &mut Target, reason: &str, spread: i32, spec: &Spec, now: DateTime<Utc>) {
    if target.state == State::Unconfirmed {
        return look_not_sent(target, reason, spread, spec, now);
    }
    let so_far = if taken(target) { "the platform has the post" } else { "nothing was sent" };
    let message = format!("The access to the account could not be renewed; {so_far}: {reason}.");
    again(target, "put off", fault(FaultCode::NotRefreshed, message), spread, now);
}

fn again(target: &mut Target, outcome: &str, fault: Fault, spread: i32, now: DateTime<Utc>) {
    let Some(wait) = backoff(target, spread) else { return given_up(target, fault) };
    put_back(target, outcome);
    target.next_at = Some(now + wait);
    target.fault = Some(Fault { retryable: true, ..fault });
}

/// To be gone on with later. What the platform has taken is not waiting for its time any more.
fn put_back(target: &mut Target, outcome: &str) {
    target.state = if taken(target) { State::Sending } else { State::Scheduled };
    target.end(outcome);
}

/// The next wait, and up to a quarter more; none: they are used up. In whole milliseconds, as times are stored.
fn backoff(target: &mut Target, spread: i32) -> Option<Duration> {
    let wait = BACKOFF.get(target.tries as usize)?.num_milliseconds();
    target.tries += 1;
    Some(Duration::milliseconds(wait + wait * i64::from(spread) / 400))
}

/// The platform asks to wait.
pub fn told_to_wait(target: &mut Target, wait: Duration, fault: Fault, now: DateTime<Utc>) {
    if target.waits == MAX_WAITS {
        return given_up(target, fault);
    }
    target.waits += 1;
    put_back(target, "told to wait");
    target.next_at = Some(now + wait);
    target.fault = Some(Fault { retryable: true, ..fault });
}

/// A commit left and no answer came, or none that says what happened; or the platform does not say what became of what it
/// took: doubt, and it is called doubt. It is looked for.
pub fn doubt(target: &mut Target, reason: &str, spec: &Spec, now: DateTime<Utc>) {
    if let Some(stands) = target.published.take() {
        return published(target, stands);
    }
    target.end("unknown");
    target.state = State::Unconfirmed;
    target.looks = 0;
    target.next_at = next_look(target, spec, now);
    unknown(target, reason, Some(spec), UNREADABLE);
}

const NOT_FOUND: &str = "The post was sent, no answer says what became of it, and it was not found on the account, which \
                         proves nothing. Look at the account and decide whether it is published.";
const UNREADABLE: &str = "The post was sent, no answer says what became of it, and the account could not be read. Look at \
                          the account and decide whether it is published.";
const LOOKING: &str = "The post was sent, and no answer says what became of it. It is being looked for on the account.";
const LOOKING_TO_REPEAT: &str = "The post was sent, and no answer says what became of it. It is being looked for; once it \
                                 surely is not there, it is sent again.";

/// What doubt says: that it is looked for, and whether it may be sent again; or, when nothing more is done by itself,
/// `at_last`.
fn unknown(target: &mut Target, reason: &str, spec: Option<&Spec>, at_last: &str) {
    let before = target.fault.take().filter(|fault| fault.code == FaultCode::OutcomeUnknown);
    let is_proof = spec.is_some_and(|spec| spec.absence_proof != AbsenceProof::Never);
    let may_repeat = is_proof && !target.unwanted;
    let message = match target.next_at {
        None => at_last,
        Some(_) if may_repeat => LOOKING_TO_REPEAT,
        Some(_) if is_proof => UNWANTED,
        Some(_) => LOOKING,
    };
    target.fault = Some(Fault {
        platform_response: words(reason).or_else(|| before?.platform_response),
        // Whoever reads `false` may send it by another way: never where we may send it again ourselves. Whoever reads
        // `true` may think that a second post does no harm: never where only a look follows.
        retryable: target.next_at.is_some() && may_repeat,
        ..fault(FaultCode::OutcomeUnknown, message)
    });
}

/// It was looked for and is not there. Whether that proves anything, the platform's `Spec` says.
pub fn absent(target: &mut Target, spec: &Spec, now: DateTime<Utc>) {
    target.end("not found");
    let proven = match (spec.absence_proof, target.sent_at) {
        (AbsenceProof::After(settle), Some(sent_at)) => now - sent_at >= chrono(settle),
        _ => false,
    };
    if proven && target.tries as usize == BACKOFF.len() {
        let message = "It was sent many times and never arrived; it is not on the account.";
        return failed(target, fault(FaultCode::PlatformUnreachable, message));
    }
    if proven {
        target.tries += 1;
        target.state = State::Scheduled;
        target.next_at = Some(now);
        target.fault = None;
        return;
    }
    target.looks += 1;
    target.next_at = next_look(target, spec, now);
    unknown(target, "", Some(spec), NOT_FOUND);
}

/// The look itself did not succeed: again later, and the doubt stands.
pub fn look_failed(target: &mut Target, reason: &str, spec: &Spec, now: DateTime<Utc>) {
    target.end("look failed");
    target.looks += 1;
    target.next_at = next_look(target, spec, now);
    unknown(target, reason, Some(spec), UNREADABLE);
}

/// The look surely did not arrive: it is none yet. The outage that swallowed an answer may last longer than the looks
/// are apart.
pub fn look_not_sent(target: &mut Target, reason: &str, spread: i32, spec: &Spec, now: DateTime<Utc>) {
    let Some(wait) = backoff(target, spread) else { return look_failed(target, reason, spec, now) };
    target.end("not sent");
    target.next_at = Some(now + wait);
    unknown(target, reason, Some(spec), UNREADABLE);
}

/// The platform gives nothing to look at: a person has to.
pub fn not_to_be_found(target: &mut Target) {
    target.next_at = None;
    unknown(target, "", None, UNREADABLE);
}

fn next_look(target: &Target, spec: &Spec, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    spec.read_back_after.get(target.looks as usize).map(|wait| now + chrono(*wait))
}

/// The account has to be connected again first. Doubt stays doubt, and what the platform has taken becomes it.
pub fn held(target: &mut Target, fault: Fault, now: DateTime<Utc>) {
    if let Some(stands) = target.published.take() {
        return published(target, stands);
    }
    if taken(target) {
        target.state = State::Unconfirmed;
    }
    target.end("held");
    if target.state != State::Unconfirmed {
        target.state = State::Held;
    }
    target.next_at = Some(now + HELD_LOOKS_AGAIN);
    target.fault = Some(Fault { retryable: true, ..fault });
}

/// Nothing happened; the same again at `at`.
pub fn later(target: &mut Target, at: DateTime<Utc>) {
    target.end("put off");
    target.next_at = Some(at);
}

pub fn chrono(duration: std::time::Duration) -> Duration {
    Duration::from_std(duration).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests;
