//! CloudWatch's embedded metric format: CloudWatch turns a line of the log into a metric, without a call to AWS.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    metadata: Metadata,
    #[serde(rename = "FunctionName")]
    function: &'a str,
    #[serde(rename = "OldestOverdue")]
    oldest_overdue: f64,
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
    metrics: [Metric; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

/// The line with the time since the oldest post became due. `function` is this function's name in Lambda, because an AWS
/// account may have several deployments.
#[must_use]
pub fn oldest_overdue(function: &str, overdue: Duration, now: DateTime<Utc>) -> String {
    let directive = Directive {
        namespace: "Onbehalf",
        dimensions: [["FunctionName"]],
        metrics: [Metric { name: "OldestOverdue", unit: "Seconds" }],
    };
    let line = Line {
        metadata: Metadata { timestamp: now.timestamp_millis(), cloud_watch_metrics: [directive] },
        function,
        oldest_overdue: overdue.as_seconds_f64(),
    };
    serde_json::to_string(&line).expect("names and numbers are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_the_embedded_metric_format() {
        let now = DateTime::from_timestamp_millis(1_800_000_000_123).unwrap();
        let line = oldest_overdue("stack-DispatchDue-1", Duration::milliseconds(61_500), now);
        let expected = serde_json::json!({
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
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), expected);
        assert!(!line.contains('\n'), "CloudWatch reads lines");
    }
}
