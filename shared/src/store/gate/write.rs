//! A conditional write of a gate, which returns the gate.

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};

use super::{
    super::{Error, Store, from_item, key, keys},
    GateItem,
};
use crate::tenant::Tenant;

impl Store {
    /// `Ok` with the updated gate; `Err` with the stored gate (`None`: there is none) if the condition failed.
    pub(super) async fn write_gate(
        &self,
        tenant: Tenant,
        say: impl FnOnce(UpdateItemFluentBuilder) -> UpdateItemFluentBuilder,
    ) -> Result<Result<GateItem, Option<GateItem>>, Error> {
        let update =
            self.client.update_item().table_name(&self.table).set_key(Some(key(keys::gate(tenant), keys::GATE)));
        let sent = say(update)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(done) => Ok(Ok(from_item(done.attributes.unwrap_or_default())?)),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Err(failed.item().cloned().map(from_item).transpose()?))
                }
                _ => Err(Error::sdk(error)),
            },
        }
    }
}
