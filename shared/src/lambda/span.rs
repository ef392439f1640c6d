//! What each line of a request's log says: enough to find the request, its route and its caller, and no secret.

use lambda_http::{RequestExt, request::RequestContext};
use tracing::{Span, field::Empty};

use crate::api::Request;

/// The span of a request. Its path and its query are not logged: a connect link is a secret. `request_id` is also in the
/// gateway's access log. `agency`, `mode` and `key` are known when the caller is admitted.
pub(super) fn of(request: &Request, correlation_id: &str) -> Span {
    let (request_id, route) = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => (context.request_id.as_deref(), context.route_key.as_deref()),
        _ => (None, None),
    };
    let method = request.method();
    tracing::info_span!(
        "request",
        request_id,
        correlation_id,
        route,
        %method,
        agency = Empty,
        mode = Empty,
        key = Empty
    )
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::Value;

    use super::*;
    use crate::{
        api::{Error, Response},
        lambda::respond,
    };

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_line_names_the_request_its_route_and_its_caller() {
        let log = Log::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt().json().with_span_list(false).with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(lines);
        let request = lambda_http::request::from_str(include_str!("../../../events/get-client.json")).unwrap();
        let handle = async |(): &(), _: Request| -> Result<Response, Error> {
            Span::current().record("agency", "ag_1");
            Ok(Response::see_other("/"))
        };
        respond(&(), handle, request.map(|body| body.to_vec().into())).await;
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let line: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        let (span, fields) = (&line["span"], &line["fields"]);
        assert_eq!((&span["route"], &span["agency"]), (&"GET /v1/clients/{clientId}".into(), &"ag_1".into()), "{line}");
        assert!(span["request_id"].is_string() && span["correlation_id"].is_string(), "{line}");
        assert!(fields["status"].is_u64() && fields["duration_ms"].is_u64(), "{line}");
        assert_eq!(line.to_string().matches("/v1/clients/").count(), 1, "only the route: {line}");
    }
}
