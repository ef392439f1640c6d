//! The guard against server-side request forgery. It checks every address that a third party named: a handle's server,
//! a document's endpoint, a media URL.
//!
//! It is applied twice: to the URL before the name is resolved ([`syntax`]), and to each address that the name resolves
//! to ([`address`]). The connection is made to the checked address. This module does no I/O.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{Uri, uri::Scheme};

/// Why an address is not called. The texts never contain the address, because queries can carry secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForbiddenAddress {
    #[error("the address is not https")]
    Scheme,
    #[error("the address carries a user name or password")]
    UserInfo,
    #[error("the address names a port")]
    Port,
    #[error("the address has no host")]
    NoHost,
    #[error("the address's host is not a public name or a plainly written IP address")]
    Host,
    #[error("the address is not on the public internet")]
    NotPublic,
}

/// IPv4 ranges without public servers, as network and prefix length.
const REFUSED_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // carrier-grade NAT
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local, and clouds' metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // IETF protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarking
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, and broadcast
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's host service, on a public address
];

/// The only IPv6 range with public servers.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Ranges within [`GLOBAL_V6`] that are not public.
const REFUSED_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // IETF protocol assignments: Teredo, benchmarking, ORCHID
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4: an embedded IPv4 address
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// The prefix under which NAT64 represents the public IPv4 internet (RFC 6052).
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Checks the text of `uri`: https to a host on its default port. With `allow_loopback` also http and any port, if the
/// host is `localhost` or a loopback address.
///
/// # Errors
/// The first broken rule.
pub fn syntax(uri: &Uri, allow_loopback: bool) -> Result<(), ForbiddenAddress> {
    let authority = uri.authority().ok_or(ForbiddenAddress::NoHost)?;
    if authority.as_str().contains('@') {
        return Err(ForbiddenAddress::UserInfo);
    }
    let host = authority.host();
    if host.is_empty() {
        return Err(ForbiddenAddress::NoHost);
    }
    if allow_loopback && is_loopback(host) && uri.scheme().is_some_and(|s| *s == Scheme::HTTP || *s == Scheme::HTTPS) {
        return Ok(());
    }
    if uri.scheme() != Some(&Scheme::HTTPS) {
        return Err(ForbiddenAddress::Scheme);
    }
    // Compared as text, because an empty, zero-padded or unparsable port is refused, too.
    if !matches!(authority.as_str().strip_prefix(host), Some("" | ":443")) {
        return Err(ForbiddenAddress::Port);
    }
    match literal(host)? {
        Some(ip) => address(ip, allow_loopback),
        None => name(host),
    }
}

/// Checks that `ip` is public, or with `allow_loopback` that it is this machine. An IPv4 address embedded in an IPv6
/// one is checked as that IPv4 address if the traffic really reaches it (v4-mapped, NAT64); other embeddings are
/// refused.
///
/// # Errors
/// [`ForbiddenAddress::NotPublic`].
pub fn address(ip: IpAddr, allow_loopback: bool) -> Result<(), ForbiddenAddress> {
    let public = match ip {
        IpAddr::V4(v4) => {
            if allow_loopback && v4.is_loopback() {
                return Ok(());
            }
            !REFUSED_V4.iter().any(|&(net, length)| v4.to_bits() ^ net.to_bits() < 1 << (32 - length))
        }
        IpAddr::V6(v6) => {
            if allow_loopback && v6.is_loopback() {
                return Ok(());
            }
            if let Some(v4) = v6.to_ipv4_mapped() {
                return address(v4.into(), allow_loopback);
            }
            if within(v6, NAT64) {
                let [.., a, b, c, d] = v6.octets();
                // Loopback is never allowed here: it would be the translator's.
                return address(Ipv4Addr::new(a, b, c, d).into(), false);
            }
            within(v6, GLOBAL_V6) && !REFUSED_V6.iter().any(|&range| within(v6, range))
        }
    };
    if public { Ok(()) } else { Err(ForbiddenAddress::NotPublic) }
}

fn within(ip: Ipv6Addr, (net, length): (Ipv6Addr, u32)) -> bool {
    (ip.to_bits() ^ net.to_bits()) >> (128 - length) == 0
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || matches!(literal(host), Ok(Some(ip)) if ip.is_loopback())
}

/// The IP address that `host` is, if it is one.
fn literal(host: &str) -> Result<Option<IpAddr>, ForbiddenAddress> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().map(|ip| Some(ip.into())).map_err(|_| ForbiddenAddress::Host);
    }
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    // Resolvers take a host that ends in a number for an IPv4 address, in any base and shortened
    // (<https://url.spec.whatwg.org/#ends-in-a-number-checker>). Only the canonical form is accepted.
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit())
        || hex.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if !numeric {
        return Ok(None);
    }
    host.parse::<Ipv4Addr>().map(|ip| Some(ip.into())).map_err(|_| ForbiddenAddress::Host)
}

/// Top-level names that are never public: of the machine, the local network or a cloud (RFC 6761, RFC 6762, and ICANN's
/// reservation of `internal`).
const REFUSED_NAMES: [&str; 4] = ["localhost", "localdomain", "local", "internal"];

/// A name of at least two labels of letters, digits, hyphens and underscores. A single label would be resolved in the
/// machine's search domains.
fn name(host: &str) -> Result<(), ForbiddenAddress> {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let is_public = |top: &str| !REFUSED_NAMES.iter().any(|refused| top.eq_ignore_ascii_case(refused));
    let well_formed = host.len() <= 253 && host.split('.').all(label);
    match host.rsplit_once('.') {
        Some((_, top)) if well_formed && is_public(top) => Ok(()),
        _ => Err(ForbiddenAddress::Host),
    }
}

#[cfg(test)]
mod tests;
