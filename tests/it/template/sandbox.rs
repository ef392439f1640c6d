//! Test mode's own origin, which is written out where SAM makes the API's.

use super::{of_type, resources, target};

/// Off, the sandbox leaves nothing behind.
#[test]
fn what_the_sandbox_is_made_of_comes_and_goes_with_it() {
    for (name, resource) in resources() {
        assert_eq!(name.contains("Sandbox"), resource["Condition"] == "HasSandbox", "{name}");
    }
}

/// Without its permission the gateway answers 500 to everything.
#[test]
fn the_gateway_may_call_what_is_behind_a_route_and_nobody_else_may() {
    let (integrations, permissions) = (of_type("AWS::ApiGatewayV2::Integration"), of_type("AWS::Lambda::Permission"));
    assert_eq!((integrations.len(), permissions.len()), (1, 1), "one for each");
    let (name, integration) = &integrations[0];
    let (of, permission) = (&integration["Properties"], &permissions[0].1["Properties"]);
    assert_eq!(target(&of["IntegrationUri"]), format!("{}.Arn", target(&permission["FunctionName"])));
    assert_eq!(
        (&permission["Action"], &permission["Principal"]),
        (&"lambda:InvokeFunction".into(), &"apigateway.amazonaws.com".into())
    );
    let source = format!(
        "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}}}/*",
        target(&of["ApiId"])
    );
    assert_eq!(target(&permission["SourceArn"]), source);
    let (_, route) = &of_type("AWS::ApiGatewayV2::Route")[0];
    assert_eq!(target(&route["Properties"]["Target"]), format!("integrations/${{{name}}}"));
    assert_eq!(target(&of["ApiId"]), "SandboxApi");
}
