//! Times that have to fit each other, and how much may run at once.

use serde_yaml_ng::Value;
use shared::{oauth, tokens};

use super::{of_type, properties, resources, target, template, yaml};

/// The gateway gives up after 30 s.
const GATEWAY: u64 = 29;
/// A worker waits so long for a message that came early, before its lease begins.
const EARLY: u64 = 5;
/// For DynamoDB and the queue, whose round trips are short and few.
const STORE: u64 = 5;

fn timeout(function: &Value) -> u64 {
    let own = function["Timeout"].as_u64();
    own.unwrap_or_else(|| template()["Globals"]["Function"]["Timeout"].as_u64().unwrap())
}

fn lease(function: &Value) -> Option<u64> {
    function["Environment"]["Variables"]["LEASE_SECONDS"].as_str()?.parse().ok()
}

/// How long a function may wait for others, all its deadlines added up.
fn waits(name: &str, function: &Value) -> u64 {
    let (issuer, platform) = (tokens::TIMEOUT.as_secs(), oauth::PATIENCE.as_secs());
    // One call; media are asked for side by side.
    let call = lease(function).map(|lease| lease / 3);
    match name {
        // A link is no token.
        "RedeemInvite" => platform,
        "DisconnectAccount" => issuer + platform,
        "CreatePost" | "EditPost" | "ValidatePost" => issuer + call.unwrap(),
        "ServeSandbox" => call.unwrap(),
        // All of a worker's calls end with its claim.
        "PublishPost" => EARLY + lease(function).unwrap(),
        _ => {
            assert_eq!(call, None, "{name} calls others: say here for how long in all");
            issuer
        }
    }
}

#[test]
fn all_that_a_function_waits_for_ends_before_the_function_does() {
    for (name, resource) in of_type("AWS::Serverless::Function") {
        let function = &resource["Properties"];
        if !["DispatchDue", "PublishPost"].contains(&name.as_str()) {
            assert!(timeout(function) <= GATEWAY, "{name} outlives the gateway's patience");
        }
        let (waits, timeout) = (waits(&name, function), timeout(function));
        assert!(waits + STORE <= timeout, "{name} may wait for {waits} s, and has {timeout} s");
    }
}

#[test]
fn a_message_comes_again_only_once_its_worker_is_surely_gone() {
    let queue = properties("PublishQueue");
    assert_eq!(queue["VisibilityTimeout"].as_u64().unwrap(), 6 * timeout(&properties("PublishPost")));
    assert_eq!(target(&queue["RedrivePolicy"]["deadLetterTargetArn"]), "DeadLetters.Arn");
    assert_eq!(queue["RedrivePolicy"]["maxReceiveCount"], 5, "as the alarm and the outputs say");
    let mapping = properties("PublishMessages");
    assert_eq!(mapping["FunctionResponseTypes"][0], "ReportBatchItemFailures");
    assert_eq!(target(&mapping["FunctionName"]), "PublishPost");
    assert_eq!(target(&mapping["ScalingConfig"]["MaximumConcurrency"]), "PublishConcurrency");
}

#[test]
fn the_gateway_throttles() {
    for api in ["Api", "SandboxStage"] {
        let settings = properties(api)["DefaultRouteSettings"].clone();
        assert_eq!(target(&settings["ThrottlingRateLimit"]), "RateLimit");
        assert_eq!(target(&settings["ThrottlingBurstLimit"]), "BurstLimit");
    }
}

/// A new account has none to reserve, and a deployment that asked for some would fail.
#[test]
fn functions_reserve_nothing_unasked() {
    let reserved: Vec<_> = resources()
        .into_iter()
        .map(|(name, it)| (name, it["Properties"]["ReservedConcurrentExecutions"].clone()))
        .filter(|(_, reserved)| !reserved.is_null())
        .collect();
    let asked = |what: &str| yaml(&format!("!If [Reserves, {what}, !Ref AWS::NoValue]"));
    let wanted = [("DispatchDue", asked("1")), ("PublishPost", asked("!Ref PublishConcurrency"))];
    assert_eq!(reserved, wanted.map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(template()["Conditions"]["Reserves"], yaml("!Equals [!Ref ReserveConcurrency, 'yes']"));
    assert_eq!(template()["Parameters"]["ReserveConcurrency"]["Default"], "no");
}

/// The next one is a minute away, and finds the same work.
#[test]
fn a_tick_is_neither_kept_nor_tried_again() {
    let once = yaml("{ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 }");
    let dispatch = properties("DispatchDue");
    assert_eq!(dispatch["Events"]["Tick"]["Properties"]["RetryPolicy"], once, "by the scheduler");
    assert_eq!(dispatch["EventInvokeConfig"], once, "by Lambda");
    assert_eq!(dispatch["Events"]["Tick"]["Properties"]["ScheduleExpression"], "rate(1 minute)");
}

/// Somebody has to be able to look at them after a holiday. It is the most that SQS keeps.
#[test]
fn dead_letters_are_kept_for_two_weeks() {
    assert_eq!(properties("DeadLetters")["MessageRetentionPeriod"], 14 * 24 * 60 * 60);
}

#[test]
fn every_function_runs_alike() {
    let globals = template()["Globals"]["Function"].clone();
    assert_eq!(globals["Runtime"], "provided.al2023");
    assert_eq!(target(&globals["Architectures"][0]), "Architecture");
    for (name, resource) in of_type("AWS::Serverless::Function") {
        for own in ["Runtime", "Architectures", "LoggingConfig", "Role"] {
            assert!(resource["Properties"][own].is_null(), "{name} has its own {own}");
        }
    }
}
