//! CloudWatch's embedded metric format: CloudWatch turns a line of the log into a metric, without a call to AWS.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Report;

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    metadata: Metadata,
    #[serde(rename = "FunctionName")]
    function: &'a str,
    #[serde(rename = "OldestOverdue")]
    oldest_overdue: f64,
    #[serde(rename = "NotAnnounced", skip_serializing_if = "Option::is_none")]
    not_announced: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    /// Epoch milliseconds.
    timestamp: i64,
    cloud_watch_metrics: [Directive; 1],
}

/// Which members of the line are metrics, and which are their dimensions.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [[&'static str; 1]; 1],
    metrics: Vec<Metric>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

/// The line with the time since the oldest post became due and the number of posts that could not be announced, which is
/// left out if it is zero, because AWS charges for a metric only while it has values. `function` is this function's name in
/// Lambda, because an AWS account may have several deployments.
#[must_use]
pub fn line(function: &str, report: &Report, now: DateTime<Utc>) -> String {
    let not_announced = Some(report.not_announced).filter(|count| *count > 0);
    let mut metrics = vec![Metric { name: "OldestOverdue", unit: "Seconds" }];
    metrics.extend(not_announced.map(|_| Metric { name: "NotAnnounced", unit: "Count" }));
    let directive = Directive { namespace: "Onbehalf", dimensions: [["FunctionName"]], metrics };
    let line = Line {
        metadata: Metadata { timestamp: now.timestamp_millis(), cloud_watch_metrics: [directive] },
        function,
        oldest_overdue: report.oldest_overdue.as_seconds_f64(),
        not_announced,
    };
    #[expect(clippy::expect_used, reason = "names and numbers serialize")]
    serde_json::to_string(&line).expect("names and numbers are JSON")
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_line_has_the_embedded_metric_format() {
        let now = DateTime::from_timestamp_millis(1_800_000_000_123).unwrap();
        let report = Report { announced: 7, oldest_overdue: Duration::milliseconds(61_500), not_announced: 0 };
        let line = line("stack-DispatchDue-1", &report, now);
        let expected = json!({
            "_aws": {
                "Timestamp": 1_800_000_000_123_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "Onbehalf",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [{ "Name": "OldestOverdue", "Unit": "Seconds" }],
                }],
            },
            "FunctionName": "stack-DispatchDue-1",
            "OldestOverdue": 61.5,
        });
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected);
        assert!(!line.contains('\n'), "CloudWatch reads lines");
    }

    #[test]
    fn posts_that_could_not_be_announced_are_counted() {
        let report = Report { not_announced: 3, ..Report::NOTHING };
        let line: Value = serde_json::from_str(&line("f", &report, DateTime::UNIX_EPOCH)).unwrap();
        let names = &line["_aws"]["CloudWatchMetrics"][0]["Metrics"];
        assert_eq!(
            (&line["NotAnnounced"], &names[1]),
            (&json!(3), &json!({ "Name": "NotAnnounced", "Unit": "Count" }))
        );
    }
}
