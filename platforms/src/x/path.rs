//! What follows the host of a link: port, path and query.

use super::{
    tables::{PATH, PATH_END, QUERY, QUERY_END},
    units::Units,
};

/// The ends of a link's parts. Without a path, `path` is the end of the port or of the host.
pub(super) struct Tail {
    pub(super) has_path: bool,
    pub(super) end: usize,
}

pub(super) fn tail(units: &Units, host_end: usize) -> Tail {
    let port = if units.is(host_end, b':') { units.run(host_end + 1, &[(0x30, 0x39)]) } else { host_end };
    let port = if port > host_end + 1 { port } else { host_end };
    let has_path = units.is(port, b'/');
    let path = if has_path { path_end(units, port + 1) } else { port };
    Tail { has_path, end: query_end(units, path) }
}

/// The end of the path behind its first `/`: behind the last unit of [`PATH_END`] or the last balanced brackets.
fn path_end(units: &Units, start: usize) -> usize {
    let (mut at, mut end) = (start, start);
    loop {
        if units.in_class(at, PATH) {
            at += 1;
            if units.in_class(at - 1, PATH_END) {
                end = at;
            }
        } else if let Some(behind) = brackets_end(units, at) {
            at = behind;
            end = behind;
        } else {
            return end;
        }
    }
}

/// The end of balanced brackets that are not empty and contain at most one further pair.
fn brackets_end(units: &Units, at: usize) -> Option<usize> {
    if !units.is(at, b'(') {
        return None;
    }
    let outer = units.run(at + 1, PATH);
    if units.is(outer, b')') {
        return (outer > at + 1).then_some(outer + 1);
    }
    let inner = units.run(outer + 1, PATH);
    if !units.is(outer, b'(') || !units.is(inner, b')') || inner == outer + 1 {
        return None;
    }
    let end = units.run(inner + 1, PATH);
    units.is(end, b')').then_some(end + 1)
}

/// The end of the query, if one begins at `at`.
pub(super) fn query_end(units: &Units, at: usize) -> usize {
    if !units.is(at, b'?') {
        return at;
    }
    let run = units.run(at + 1, QUERY);
    (at + 1..run).rev().find(|last| units.in_class(*last, QUERY_END)).map_or(at, |last| last + 1)
}
