//! Limits how many refused credentials one address may send, before the gate. An address over its limit is answered without
//! a look at its credential.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use http::request::Parts;

/// Refused credentials that a quiet address may send at one time.
const BURST: i64 = 1000;
/// How many of them are available again each second.
const PER_SECOND: i64 = 10;
/// How many addresses are remembered. Those beyond share one limit.
const MEMORY: usize = 10_000;
/// The milliseconds after which a refused credential is forgotten.
const COST: i64 = 1000 / PER_SECOND;

/// The address that a connection comes from.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    Address(IpAddr),
    /// All addresses that find no place in memory.
    Rest,
}

pub(crate) struct Sources {
    /// Whether our own proxy forwards the requests, and appends the address that it was called from.
    behind_proxy: bool,
    counts: Mutex<Counts>,
}

/// Times in milliseconds since the epoch.
#[derive(Default)]
struct Counts {
    /// When all of an address's [`BURST`] are available again.
    full_at: HashMap<Source, i64>,
    /// When those were last removed that have no count.
    cleaned_at: i64,
}

impl Sources {
    pub(crate) fn new(behind_proxy: bool) -> Self {
        Self { behind_proxy, counts: Mutex::default() }
    }

    /// Where a request comes from.
    pub(crate) fn of(&self, request: &Parts) -> Source {
        let peer = request.extensions.get::<Peer>().map(|peer| peer.0);
        let forwarded = || {
            let last = request.headers.get_all("x-forwarded-for").into_iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        let address = if self.behind_proxy { forwarded().or(peer) } else { peer };
        address.map_or(Source::Rest, |address| Source::Address(network(address)))
    }

    /// The seconds after which a source that is over its limit may try again; `None` if it is not.
    pub(crate) fn wait(&self, source: Source, now: DateTime<Utc>) -> Option<i64> {
        let full_at = &self.counts.lock().unwrap_or_else(PoisonError::into_inner).full_at;
        let (now, known) = (now.timestamp_millis(), full_at.get(&source).or_else(|| full_at.get(&Source::Rest)));
        // A clock that was set back does not lock anybody out.
        let over = known.map_or(0, |at| (*at).min(now + BURST * COST) - now - (BURST - 1) * COST);
        (over > 0).then(|| over.div_euclid(1000) + 1)
    }

    /// Counts a refused credential.
    pub(crate) fn count_refused(&self, source: Source, now: DateTime<Utc>) {
        let Counts { full_at, cleaned_at } = &mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.timestamp_millis();
        // Once a second at most, because it looks at all of them.
        if full_at.len() >= MEMORY && (now - *cleaned_at).abs() >= 1000 {
            *cleaned_at = now;
            full_at.retain(|_, at| *at > now);
        }
        let has_place = full_at.len() < MEMORY || full_at.contains_key(&source);
        let at = full_at.entry(if has_place { source } else { Source::Rest }).or_insert(now);
        *at = (*at).clamp(now, now + (BURST - 1) * COST) + COST;
    }
}

/// A caller with one IPv6 address usually has all addresses of its /64 network, so they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-07-01T12:00:00Z".parse().unwrap()
    }

    fn address(text: &str) -> Source {
        Source::Address(network(text.parse().unwrap()))
    }

    fn from(peer: &str, forwarded: &[&str]) -> Parts {
        let mut request = http::Request::new(());
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        for value in forwarded {
            request.headers_mut().append("x-forwarded-for", value.parse().unwrap());
        }
        request.into_parts().0
    }

    #[test]
    fn a_source_may_send_a_thousand_refused_credentials_and_ten_more_each_second() {
        let sources = Sources::new(false);
        let (one, other) = (address("127.0.0.1"), address("127.0.0.2"));
        for _ in 0..BURST {
            assert_eq!(sources.wait(one, now()), None);
            sources.count_refused(one, now());
        }
        assert_eq!((sources.wait(one, now()), sources.wait(other, now())), (Some(1), None));
        for _ in 0..BURST {
            // Answers that were under way when the limit was reached.
            sources.count_refused(one, now());
        }
        assert_eq!(sources.wait(one, now()), Some(1), "no longer wait for more of them");
        let later = now() + Duration::seconds(1);
        for _ in 0..PER_SECOND {
            assert_eq!(sources.wait(one, later), None);
            sources.count_refused(one, later);
        }
        assert_eq!(sources.wait(one, later), Some(1));
        assert_eq!(sources.wait(one, now() - Duration::days(1)), Some(1), "nor after the clock was set back");
    }

    #[test]
    fn memory_is_bounded_and_those_without_a_place_share_a_limit() {
        let sources = Sources::new(false);
        let all: Vec<Source> = (0..u32::try_from(MEMORY).unwrap() + 2000)
            .map(|n| Source::Address(IpAddr::V4(n.to_be_bytes().into())))
            .collect();
        for source in &all {
            sources.count_refused(*source, now());
        }
        assert_eq!(sources.counts.lock().unwrap().full_at.len(), MEMORY + 1);
        assert_eq!((sources.wait(all[0], now()), sources.wait(all[MEMORY], now())), (None, Some(1)));
        let later = now() + Duration::seconds(200);
        sources.count_refused(all[MEMORY], later);
        assert_eq!(sources.counts.lock().unwrap().full_at.len(), 1);
    }

    #[test]
    fn the_proxys_last_word_is_believed_if_there_is_a_proxy() {
        let of = |behind_proxy, peer, forwarded: &[&str]| Sources::new(behind_proxy).of(&from(peer, forwarded));
        assert_eq!(of(false, "127.0.0.1", &["192.0.2.1"]), address("127.0.0.1"));
        assert_eq!(of(true, "127.0.0.1", &[]), address("127.0.0.1"));
        assert_eq!(of(true, "127.0.0.1", &["forged"]), address("127.0.0.1"));
        assert_eq!(of(true, "127.0.0.1", &["192.0.2.66, 192.0.2.1"]), address("192.0.2.1"));
        assert_eq!(of(true, "127.0.0.1", &["192.0.2.66", "192.0.2.1"]), address("192.0.2.1"));
        assert_eq!(of(true, "127.0.0.1", &["2001:db8::1:2:3:4"]), address("2001:db8::"));
    }
}
