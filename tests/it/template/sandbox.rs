//! The sandbox's gateway, whose resources are written out in the template, unlike the API's, which SAM generates.

use super::{of_type, resources, target};

/// Without test mode, the stack has no sandbox resources.
#[test]
fn sandbox_resources_depend_on_the_sandbox_condition() {
    for (name, resource) in resources() {
        assert_eq!(name.contains("Sandbox"), resource["Condition"] == "HasSandbox", "{name}");
    }
}

/// Without this permission the gateway answers every request with 500.
#[test]
fn only_the_gateway_may_call_the_functions_of_its_routes() {
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
