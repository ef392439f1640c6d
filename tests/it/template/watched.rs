//! Logs, alarms and the dashboard.

use std::{collections::BTreeSet, fs, path::Path};

use chrono::{DateTime, Duration};
use serde_yaml_ng::Value;

use super::{of_type, properties, resources, root, target, template};

/// Whether an alarm exists for this metric of this resource.
fn alarms(namespace: &str, metric: &str, dimension: &str, on: &str) -> bool {
    of_type("AWS::CloudWatch::Alarm").iter().any(|(name, alarm)| {
        let alarm = &alarm["Properties"];
        for actions in ["AlarmActions", "OKActions"] {
            let told = serde_yaml_ng::to_string(&alarm[actions]).unwrap();
            assert!(told.contains("AlarmTopicArn") && told.contains("HasAlarmEmail"), "{name}: {actions}");
        }
        alarm["Namespace"] == namespace
            && alarm["MetricName"] == metric
            && alarm["Dimensions"][0]["Name"] == dimension
            && target(&alarm["Dimensions"][0]["Value"]) == on
    })
}

#[test]
fn every_function_is_watched_and_has_a_log() {
    for (name, resource) in of_type("AWS::Serverless::Function") {
        let events = resource["Properties"]["Events"].as_mapping().into_iter().flat_map(|events| events.values());
        let routed = events.filter(|event| event["Type"] == "HttpApi").count() > 0;
        // Every failure of a function behind a gateway is a 5xx of the gateway.
        let watched = match name.as_str() {
            "ServeSandbox" => alarms("AWS/ApiGateway", "5xx", "ApiId", "SandboxApi"),
            _ if routed => alarms("AWS/ApiGateway", "5xx", "ApiId", "Api"),
            worker => ["Errors", "Throttles"].iter().all(|it| alarms("AWS/Lambda", it, "FunctionName", worker)),
        };
        assert!(watched, "{name} has no alarm for its failures");
    }
    assert_eq!(target(&template()["Globals"]["Function"]["LoggingConfig"]["LogGroup"]), "FunctionLog");
    for (name, group) in of_type("AWS::Logs::LogGroup") {
        assert_eq!(target(&group["Properties"]["RetentionInDays"]), "LogRetentionDays", "{name}");
    }
}

#[test]
fn dead_letters_and_overdue_posts_have_alarms() {
    assert!(alarms("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "DeadLetters.QueueName"));
    let report = dispatch_due::Report { announced: 0, oldest_overdue: Duration::zero(), not_announced: 1 };
    let line = dispatch_due::metric::line("f", &report, DateTime::UNIX_EPOCH);
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let (namespace, dimension) = (text(&directive["Namespace"]), text(&directive["Dimensions"][0][0]));
    let metrics = directive["Metrics"].as_array().unwrap();
    assert_eq!(metrics.len(), 2);
    for metric in metrics {
        assert!(alarms(&namespace, &text(&metric["Name"]), &dimension, "DispatchDue"), "{line}");
    }
}

/// The names of alarms in the logs of functions: `alarm = "…"`.
fn logged_alarms(folder: &Path, found: &mut BTreeSet<String>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            logged_alarms(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = fs::read_to_string(path).unwrap();
            let named = code.split("alarm = \"").skip(1).filter_map(|after| after.split('"').next());
            found.extend(named.map(ToOwned::to_owned));
        }
    }
}

#[test]
fn a_log_entry_that_names_an_alarm_raises_it() {
    let mut logged = BTreeSet::new();
    for folder in ["shared/src", "functions"] {
        logged_alarms(&root().join(folder), &mut logged);
    }
    let pattern = properties("Faults")["FilterPattern"].as_str().unwrap().to_owned();
    let filtered: BTreeSet<_> = pattern.split('"').skip(1).step_by(2).map(ToOwned::to_owned).collect();
    assert!(!logged.is_empty() && logged == filtered, "{logged:?} {pattern}");
    assert_eq!(pattern.matches("$.fields.alarm = ").count(), filtered.len());
    assert_eq!(target(&properties("Faults")["LogGroupName"]), "FunctionLog");
    let metric = properties("Faults")["MetricTransformations"][0].clone();
    let alarm = properties("FaultAlarm");
    assert_eq!(
        (&metric["MetricNamespace"], &metric["MetricName"]),
        (&alarm["Namespace"], &alarm["MetricName"]),
        "the alarm is of the filter's metric"
    );
}

/// See ADR 21 for the reasons.
#[test]
fn each_alarm_has_the_intended_threshold() {
    let mut said = Vec::new();
    for (name, alarm) in of_type("AWS::CloudWatch::Alarm") {
        let of = |property: &str| match &alarm["Properties"][property] {
            Value::Null => String::new(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            reference => target(reference).to_owned(),
        };
        let all = of("EvaluationPeriods");
        let some = if of("DatapointsToAlarm").is_empty() { all.clone() } else { of("DatapointsToAlarm") };
        let (statistic, threshold, period, nothing) =
            (of("Statistic"), of("Threshold"), of("Period"), of("TreatMissingData"));
        assert_eq!(of("ComparisonOperator"), "GreaterThanThreshold", "{name}");
        said.push(format!("{name}: {statistic} > {threshold} in {some} of {all} x {period} s, none is {nothing}"));
    }
    assert_eq!(
        said,
        [
            "ApiErrors: Sum > 0 in 1 of 12 x 300 s, none is notBreaching",
            "SandboxErrors: Sum > 100 in 1 of 1 x 300 s, none is notBreaching",
            "DispatchErrors: Sum > 0 in 3 of 3 x 60 s, none is notBreaching",
            "OpenErrors: Sum > 0 in 1 of 1 x 300 s, none is notBreaching",
            "PublishErrors: Sum > 0 in 1 of 1 x 300 s, none is notBreaching",
            "DispatchThrottles: Sum > 0 in 3 of 3 x 60 s, none is notBreaching",
            "OpenThrottles: Sum > 0 in 1 of 1 x 300 s, none is notBreaching",
            "PublishThrottles: Sum > 0 in 1 of 1 x 300 s, none is notBreaching",
            "DeadLetterAlarm: Maximum > 0 in 1 of 1 x 300 s, none is notBreaching",
            // Without ticks there is no metric.
            "Overdue: Maximum > OverdueAlarmSeconds in 3 of 3 x 60 s, none is breaching",
            "NotAnnounced: Sum > 0 in 1 of 1 x 300 s, none is notBreaching",
            "FaultAlarm: Sum > 0 in 1 of 1 x 300 s, none is notBreaching",
        ]
    );
}

/// A path can contain a connect link, and a query an authorization code.
#[test]
fn an_access_log_has_no_path_query_or_referrer() {
    for api in ["Api", "SandboxStage"] {
        let format = properties(api)["AccessLogSettings"]["Format"].as_str().unwrap().to_owned();
        let logged: serde_json::Value = serde_json::from_str(&format).unwrap();
        for value in logged.as_object().unwrap().values() {
            let harmless =
                ["requestId", "routeKey", "status", "responseLatency", "error.message", "integrationErrorMessage"];
            let value = value.as_str().unwrap();
            let known = value.strip_prefix("$context.").is_none_or(|name| harmless.contains(&name));
            assert!(known && value.matches('$').count() <= 1, "{api} logs {value}");
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html>
#[test]
fn the_access_log_needs_no_resource_policy() {
    let Value::Tagged(name) = properties("ApiLog")["LogGroupName"].clone() else { panic!("it must be a !Sub") };
    let name = name.value.as_str().unwrap();
    assert!(name.starts_with("/aws/vendedlogs/") && name.contains("${AWS::StackName}"), "{name}");
}

/// The dashboard's body, a `!Sub` that nothing else checks before the dashboard is opened.
fn dashboard() -> String {
    let Value::Tagged(body) = properties("Dashboard")["DashboardBody"].clone() else { panic!("it must be a !Sub") };
    body.value.as_str().unwrap().to_owned()
}

/// Except for the sandbox, which is optional and only has an alarm.
#[test]
fn the_dashboard_shows_errors_and_throttles_of_every_function() {
    let dashboard: serde_json::Value = serde_json::from_str(&dashboard()).unwrap();
    let functions = of_type("AWS::Serverless::Function").into_iter().map(|(name, _)| name);
    let mut functions: Vec<_> = functions.filter(|name| name != "ServeSandbox").collect();
    functions.sort();
    for metric in ["Errors", "Throttles"] {
        let title = format!("{metric} by function");
        let mut widgets = dashboard["widgets"].as_array().unwrap().iter().map(|widget| &widget["properties"]);
        let widget = widgets.find(|it| it["title"] == title.as_str()).unwrap();
        let shown = functions.iter().enumerate().map(|(n, name)| match n {
            0 => serde_json::json!(["AWS/Lambda", metric, "FunctionName", format!("${{{name}}}")]),
            _ => serde_json::json!(["...", format!("${{{name}}}")]),
        });
        assert_eq!(widget["metrics"], shown.collect::<serde_json::Value>(), "{title}: in alphabetical order");
        assert_eq!(widget["stat"], "Sum");
    }
}

#[test]
fn the_dashboard_is_json_about_existing_resources() {
    let body = dashboard();
    let parsed: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(parsed["widgets"].as_array().unwrap().len(), 8);
    let known: Vec<_> = resources().into_iter().map(|(name, _)| name).collect();
    for name in body.split("${").skip(1).map(|after| after.split(['}', '.']).next().unwrap()) {
        assert!(name.starts_with("AWS::") || known.iter().any(|it| it == name), "{name}");
    }
}
