//! Checks that the API answers at the stack's URL, and that this machine's clock agrees with its clock.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use http::header;
use shared::net::{HttpClient, Reach, Request, Wire};

use super::Finding;
use crate::deployed::Deployed;

/// How far this machine's clock may be off. AWS refuses signatures that are five minutes off; a minute off already makes
/// scheduled times wrong.
const TOLERANCE: TimeDelta = TimeDelta::minutes(1);
const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn check(deployed: &Deployed) -> Vec<Finding> {
    const SUBJECT: &str = "API";
    let Some(url) = deployed.api() else {
        return vec![Finding::fault(SUBJECT, "the stack's output Url is not a URL; see the parameter PublicUrl")];
    };
    // Every deployment has this page, and it needs no credential.
    let page = format!("{}/errors/not_found", url.as_str().trim_end_matches('/'));
    let request = http::Request::get(&page).body(bytes::Bytes::new());
    let Ok(request) = request else {
        return vec![Finding::fault(SUBJECT, format!("{url} cannot be requested; see the parameter PublicUrl"))];
    };
    let request: Request = request;
    let http = HttpClient::new(Wire::new(true), TIMEOUT);
    match http.send(request, Reach::Listed).await {
        Err(failure) => vec![Finding::fault(
            SUBJECT,
            format!("{url} does not answer ({failure}); check its domain name, its certificate and the access log"),
        )],
        Ok(answer) if !answer.status().is_success() => vec![Finding::fault(
            SUBJECT,
            format!("{page} answers {}; see the log of error-page", answer.status().as_u16()),
        )],
        Ok(answer) => {
            let date = answer.headers().get(header::DATE).and_then(|date| date.to_str().ok());
            let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
            let off = date.map(|date| (deployed.clock.now() - date.to_utc()).abs());
            vec![
                Finding::ok(SUBJECT, format!("answers at {url}")),
                match off {
                    Some(off) if off > TOLERANCE => Finding::fault(
                        "clock",
                        format!("this machine is {} s off the API's clock; synchronize it", off.num_seconds()),
                    ),
                    Some(_) => Finding::ok("clock", "this machine and the API agree"),
                    None => Finding::ok("clock", "not checked: the API's answer has no date"),
                },
            ]
        }
    }
}
