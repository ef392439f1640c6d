//! The agency's request limits per clock hour.

use chrono::Duration;
use http::Method;
use shared::testing::Ask;

use super::{Expected, Fixture, Limits, Mode, Row, Tenant, row};

const LIMITED: Expected = Expected::Refused(429, "rate_limited");
const MISSING: Expected = Expected::Refused(404, "not_found");

/// Sets the limits of both modes to two reads and two writes, and advances to the next hour.
pub(super) async fn few(fixture: &Fixture) {
    for mode in [Mode::Live, Mode::Test] {
        let tenant = Tenant { agency: fixture.world.agency, mode };
        fixture.world.gate.set_limits(tenant, Limits { reads: 2, writes: 2 }).await.unwrap();
    }
    fixture.world.clock.advance(Duration::hours(1));
}

fn limited(source: &'static str, description: &'static str) -> Row {
    row(source, description).then(|s| Box::pin(few(s)))
}

fn write(fixture: &Fixture) -> Ask {
    fixture.new_client("A")
}

fn bad(fixture: &Fixture) -> Ask {
    fixture.new_client("")
}

pub(super) fn rows() -> Vec<Row> {
    let faulty = || Expected::Refused(422, "validation_failed");
    vec![
        limited("limits draft, RateLimit-Limit", "an answer has the limit of the hour")
            .ask(Fixture::read, Expected::Success)
            .header("ratelimit-limit", "2"),
        limited("limits draft, RateLimit-Remaining", "an answer has the number of remaining requests")
            .ask(Fixture::read, Expected::Success)
            .header("ratelimit-remaining", "1")
            .ask(Fixture::read, Expected::Success)
            .header("ratelimit-remaining", "0"),
        limited("limits draft, RateLimit-Reset", "an answer has the seconds until the hour ends")
            .pass(Duration::seconds(3570))
            .ask(Fixture::read, Expected::Success)
            .header("ratelimit-reset", "30"),
        limited("RFC 9110 §10.2.3", "over the limit: Retry-After is the time to the next hour")
            .pass(Duration::minutes(59))
            .ask(Fixture::read, Expected::Success)
            .ask(Fixture::read, Expected::Success)
            .ask(Fixture::read, LIMITED)
            .header("retry-after", "60")
            .header("ratelimit-reset", "60")
            .header("ratelimit-remaining", "0"),
        limited("ours", "a new hour has the full limit")
            .ask(Fixture::read, Expected::Success)
            .ask(Fixture::read, Expected::Success)
            .ask(Fixture::read, LIMITED)
            .pass(Duration::hours(1))
            .ask(Fixture::read, Expected::Success)
            .header("ratelimit-remaining", "1"),
        limited("ours", "reads do not count as writes")
            .ask(Fixture::read, Expected::Success)
            .ask(Fixture::read, Expected::Success)
            .ask(write, Expected::New)
            .header("ratelimit-remaining", "1"),
        limited("ours", "writes do not count as reads")
            .ask(write, Expected::New)
            .ask(write, Expected::Replay(0))
            .ask(write, LIMITED)
            .ask(Fixture::read, Expected::Success)
            .header("ratelimit-remaining", "1"),
        limited("ours", "DELETE and PATCH are writes")
            .ask(|s| Ask::new(Method::DELETE, "/v1/posts/none").key(&s.world.key), MISSING)
            .header("ratelimit-remaining", "1")
            .ask(|s| Ask::new(Method::PATCH, "/v1/posts/none").key(&s.world.key), MISSING)
            .header("ratelimit-remaining", "0"),
        limited("ours", "an admitted request is counted, also if it then fails")
            .ask(bad, faulty())
            .header("ratelimit-remaining", "1")
            .ask(|s| s.new_client("A").body("{"), Expected::Refused(400, "malformed_json"))
            .header("ratelimit-remaining", "0"),
        limited("ours", "a 401 is not counted")
            .ask(|s| write(s).key("obh_live_x"), Expected::Refused(401, "unauthenticated"))
            .header("ratelimit-limit", None)
            .ask(write, Expected::New)
            .header("ratelimit-remaining", "1"),
        limited("ours", "a 403 is not counted, and has the limit's headers")
            .ask(|s| write(s).key(&s.narrow), Expected::Refused(403, "insufficient_scope"))
            .header("ratelimit-limit", "2")
            .header("ratelimit-remaining", "2")
            .header("ratelimit-reset", "3600")
            .ask(write, Expected::New)
            .header("ratelimit-remaining", "1"),
        limited("ours", "a 403 of a function with a slow clock has the headers of the hour that is counted in")
            .ask(write, Expected::New)
            .pass(Duration::seconds(-1))
            .ask(|s| write(s).key(&s.narrow), Expected::Refused(403, "insufficient_scope"))
            .header("ratelimit-remaining", "1")
            .header("ratelimit-reset", "3601"),
        limited("ours", "a missing scope is 403 also when the limit is used up")
            .ask(write, Expected::New)
            .ask(write, Expected::Replay(0))
            .ask(|s| write(s).key(&s.narrow), Expected::Refused(403, "insufficient_scope"))
            .header("ratelimit-remaining", "0")
            .header("retry-after", None),
        limited("ours", "a 429 is not counted: after raising the limit only admitted requests count")
            .ask(bad, faulty())
            .ask(bad, faulty())
            .ask(bad, LIMITED)
            .ask(bad, LIMITED)
            .then(|s| {
                Box::pin(async {
                    let tenant = Tenant { agency: s.world.agency, mode: Mode::Live };
                    s.world.gate.set_limits(tenant, Limits { reads: 2, writes: 3 }).await.unwrap();
                })
            })
            .ask(write, Expected::New)
            .header("ratelimit-remaining", "0"),
        limited("ours", "a replay counts as a request: it is refused over the limit and answered an hour later")
            .ask(write, Expected::New)
            .ask(write, Expected::Replay(0))
            .header("ratelimit-remaining", "0")
            .ask(write, LIMITED)
            .pass(Duration::hours(1))
            .ask(write, Expected::Replay(0)),
        limited("ours", "all keys of an agency share its limits")
            .ask(write, Expected::New)
            .ask(|s| write(s).key(&s.second), Expected::Replay(0))
            .ask(|s| s.invite(&s.client).key(&s.bound), LIMITED),
        limited("ours", "the modes have separate limits")
            .ask(bad, faulty())
            .ask(bad, faulty())
            .ask(bad, LIMITED)
            .ask(|s| write(s).key(&s.test), Expected::New)
            .header("ratelimit-remaining", "1"),
        limited("ours", "agencies have separate limits")
            .ask(bad, faulty())
            .ask(bad, faulty())
            .ask(|s| write(s).key(&s.stranger), Expected::New)
            .header("ratelimit-limit", "100000"),
        limited(
            "RFC 9110 §15.5.6",
            "an unsupported method is 405 with Allow, without authentication, and is not counted",
        )
        .ask(|_| Ask::new(Method::HEAD, "/v1/clients"), Expected::Refused(405, "method_not_allowed"))
        .header("allow", "GET, POST")
        .header("ratelimit-limit", None)
        .ask(Fixture::read, Expected::Success)
        .header("ratelimit-remaining", "1"),
        limited("ours", "an unknown path is not counted")
            .ask(|s| Ask::get("/v1/nothing").key(&s.world.key), MISSING)
            .header("ratelimit-limit", None)
            .ask(Fixture::read, Expected::Success)
            .header("ratelimit-remaining", "1"),
    ]
}
