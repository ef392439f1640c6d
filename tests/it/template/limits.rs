//! Timeouts that have to fit each other, and concurrency limits.

use std::collections::{BTreeMap, BTreeSet};

use platforms::PlatformId;
use serde_yaml_ng::Value;
use shared::{deployment, oauth, queue, tokens};

use super::{of_type, properties, queue_of, resources, target, template, yaml};

/// The gateway's timeout is 30 s.
const GATEWAY: u64 = 29;
/// How long a worker waits for the time of a message that arrived early.
const EARLY: u64 = queue::EARLY.num_seconds().unsigned_abs();
/// Time for DynamoDB and the queue: one of their calls may take until its deadline.
const STORE: u64 = deployment::OPERATION.as_secs();

fn timeout(function: &Value) -> u64 {
    let own = function["Timeout"].as_u64();
    own.unwrap_or_else(|| template()["Globals"]["Function"]["Timeout"].as_u64().unwrap())
}

fn lease(function: &Value) -> Option<u64> {
    function["Environment"]["Variables"]["LEASE_SECONDS"].as_str()?.parse().ok()
}

/// How long a function can wait for other servers: the sum of its timeouts.
fn waits(name: &str, function: &Value) -> u64 {
    let (issuer, platform) = (tokens::TIMEOUT.as_secs(), oauth::PATIENCE.as_secs());
    // One call, because the media are requested in parallel.
    let call = lease(function).map(|lease| lease / 3);
    match name {
        // A link is not a token, so no issuer is called.
        "RedeemInvite" => platform + oauth::REVOCATION.as_secs(),
        "DisconnectAccount" => issuer + platform,
        "CreatePost" | "EditPost" | "ValidatePost" => issuer + call.unwrap(),
        "ServeSandbox" => call.unwrap(),
        "OpenPost" => EARLY,
        // A worker's claim limits all its calls.
        "PublishTarget" => EARLY + lease(function).unwrap(),
        _ => {
            assert_eq!(call, None, "{name} calls other servers: add its total time here");
            issuer
        }
    }
}

#[test]
fn calls_time_out_before_their_function() {
    for (name, resource) in of_type("AWS::Serverless::Function") {
        let function = &resource["Properties"];
        if !["DispatchDue", "PublishTarget"].contains(&name.as_str()) {
            assert!(timeout(function) <= GATEWAY, "{name} may run longer than the gateway waits");
        }
        let (waits, timeout) = (waits(&name, function), timeout(function));
        assert!(waits + STORE <= timeout, "{name} may wait for {waits} s, and has {timeout} s");
    }
}

/// The function that each queue calls.
fn consumers() -> BTreeMap<String, String> {
    let mappings = of_type("AWS::Lambda::EventSourceMapping").into_iter();
    let ends = mappings.map(|(_, mapping)| {
        let end = |property: &str| target(&mapping["Properties"][property]).trim_end_matches(".Arn").to_owned();
        (end("EventSourceArn"), end("FunctionName"))
    });
    ends.collect()
}

#[test]
fn posts_and_each_platforms_targets_have_a_queue_with_a_function() {
    let mut wanted: BTreeMap<_, _> =
        PlatformId::ALL.map(|platform| (queue_of(platform), "PublishTarget".to_owned())).into();
    wanted.insert("PostQueue".into(), "OpenPost".into());
    assert_eq!(consumers(), wanted);
    let queues: BTreeSet<_> = of_type("AWS::SQS::Queue").into_iter().map(|(name, _)| name).collect();
    assert_eq!(queues, wanted.into_keys().chain(["DeadLetters".to_owned()]).collect());
}

#[test]
fn a_message_is_redelivered_only_after_its_worker_has_ended() {
    for (queue, function) in consumers() {
        let queue = properties(&queue);
        assert_eq!(queue["VisibilityTimeout"].as_u64().unwrap(), 6 * timeout(&properties(&function)), "{function}");
        assert_eq!(target(&queue["RedrivePolicy"]["deadLetterTargetArn"]), "DeadLetters.Arn");
        assert_eq!(queue["RedrivePolicy"]["maxReceiveCount"], 5, "as in the alarm and the outputs");
    }
    for (name, mapping) in of_type("AWS::Lambda::EventSourceMapping") {
        let mapping = &mapping["Properties"];
        assert_eq!(mapping["FunctionResponseTypes"][0], "ReportBatchItemFailures", "{name}");
        assert_eq!(target(&mapping["ScalingConfig"]["MaximumConcurrency"]), "PublishConcurrency", "{name}");
    }
}

/// Lambda would end the chain of a target's messages after 16. No other function sends messages to its own queue.
#[test]
fn only_publishing_may_follow_itself() {
    for (name, function) in of_type("AWS::Serverless::Function") {
        let allowed = &function["Properties"]["RecursiveLoop"];
        assert_eq!(allowed == "Allow", name == "PublishTarget", "{name}");
    }
}

#[test]
fn the_gateway_throttles() {
    for api in ["Api", "SandboxStage"] {
        let settings = properties(api)["DefaultRouteSettings"].clone();
        assert_eq!(target(&settings["ThrottlingRateLimit"]), "RateLimit");
        assert_eq!(target(&settings["ThrottlingBurstLimit"]), "BurstLimit");
    }
}

/// A new account has no concurrency to reserve, so a deployment that reserves some would fail.
#[test]
fn functions_reserve_no_concurrency_by_default() {
    let reserved: Vec<_> = resources()
        .into_iter()
        .map(|(name, it)| (name, it["Properties"]["ReservedConcurrentExecutions"].clone()))
        .filter(|(_, reserved)| !reserved.is_null())
        .collect();
    // The event source mappings of the others have a maximum.
    assert_eq!(reserved, [("DispatchDue".to_owned(), yaml("!If [Reserves, 1, !Ref AWS::NoValue]"))]);
    assert_eq!(template()["Conditions"]["Reserves"], yaml("!Equals [!Ref ReserveConcurrency, 'yes']"));
    assert_eq!(template()["Parameters"]["ReserveConcurrency"]["Default"], "no");
}

/// The next tick comes within a minute and finds the same work.
#[test]
fn a_tick_is_neither_kept_nor_retried() {
    let once = yaml("{ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 }");
    let dispatch = properties("DispatchDue");
    assert_eq!(dispatch["Events"]["Tick"]["Properties"]["RetryPolicy"], once, "by the scheduler");
    assert_eq!(dispatch["EventInvokeConfig"], once, "by Lambda");
    assert_eq!(dispatch["Events"]["Tick"]["Properties"]["ScheduleExpression"], "rate(1 minute)");
}

/// An operator can still read them after a holiday. It is the maximum retention of SQS.
#[test]
fn dead_letters_are_kept_for_two_weeks() {
    assert_eq!(properties("DeadLetters")["MessageRetentionPeriod"], 14 * 24 * 60 * 60);
}

#[test]
fn every_function_has_the_same_runtime_settings() {
    let globals = template()["Globals"]["Function"].clone();
    assert_eq!(globals["Runtime"], "provided.al2023");
    assert_eq!(target(&globals["Architectures"][0]), "Architecture");
    for (name, resource) in of_type("AWS::Serverless::Function") {
        for own in ["Runtime", "Architectures", "LoggingConfig", "Role"] {
            assert!(resource["Properties"][own].is_null(), "{name} has its own {own}");
        }
    }
}
