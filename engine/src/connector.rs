//! The SDK's HTTP client, whose every request is answered in this process.

use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};

use crate::DynamoDb;

impl DynamoDb {
    /// For the settings of any number of SDK clients.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }
}

impl HttpConnector for DynamoDb {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let database = self.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
            let streamed = || ConnectorError::user("the engine takes no streamed bodies".into());
            let body = request.body().bytes().ok_or_else(streamed)?.to_vec();
            let answer = database.answer(target, body).await;
            let status = answer.status.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
            Ok(HttpResponse::new(status, answer.body.into()))
        })
    }
}
