//! The operator's custom domain, and when the gateway's default address is disabled.

use super::{of_type, properties, template, yaml};

#[test]
fn a_domain_leads_to_the_api() {
    for kind in ["AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping"] {
        let all = of_type(kind);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].1["Condition"], "HasDomain", "{kind}");
    }
    assert_eq!(template()["Conditions"]["HasDomain"], yaml("!Not [!Equals [!Ref DomainName, '']]"));
    let domain = properties("Domain");
    assert_eq!(domain["DomainName"], yaml("!Ref DomainName"));
    let serves = yaml("[{ CertificateArn: !Ref CertificateArn, EndpointType: REGIONAL, SecurityPolicy: TLS_1_2 }]");
    assert_eq!(domain["DomainNameConfigurations"], serves);
    let mapping = yaml("{ ApiId: !Ref Api, DomainName: !Ref Domain, Stage: !Ref Api.Stage }");
    assert_eq!(properties("DomainMapping"), mapping);
    for output in ["DomainTarget", "DomainTargetZone"] {
        assert_eq!(template()["Outputs"][output]["Condition"], "HasDomain", "{output}");
    }
}

/// Links and callback URLs begin with this URL.
#[test]
fn the_outputs_have_the_address_that_serves() {
    let gateway = "!Sub 'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}'";
    let base =
        format!("!If [HasPublicUrl, !Ref PublicUrl, !If [HasDomain, !Sub 'https://${{DomainName}}', {gateway}]]");
    let base = yaml(&base);
    for output in ["Url", "OpenApiUrl", "InstagramCallbackUrl", "TikTokCallbackUrl", "XCallbackUrl"] {
        let serde_yaml_ng::Value::Tagged(value) = template()["Outputs"][output]["Value"].clone() else {
            panic!("{output} is a !Sub")
        };
        assert_eq!(value.value[1]["Base"], base, "{output}");
    }
    assert_eq!(properties("ServeSandbox")["Environment"]["Variables"]["PUBLIC_URL"], base);
}

/// The domain's DNS record can be created only after the domain is deployed. Until then only the gateway's address works.
#[test]
fn a_domain_disables_the_gateways_address_unless_it_is_kept() {
    let template = template();
    assert_eq!(properties("Api")["DisableExecuteApiEndpoint"], yaml("!If [ClosesGatewayAddress, true, false]"));
    let closes = yaml("!And [!Condition HasDomain, !Equals [!Ref KeepGatewayAddress, 'no']]");
    assert_eq!(template["Conditions"]["ClosesGatewayAddress"], closes);
    let keep = &template["Parameters"]["KeepGatewayAddress"];
    assert_eq!((&keep["Default"], &keep["AllowedValues"]), (&"no".into(), &yaml("['yes', 'no']")));
}
