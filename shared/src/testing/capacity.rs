//! The capacity units that calls would be billed for, as the database reports them.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut},
    },
    error::BoxError,
    operation::{
        batch_get_item::{BatchGetItemInput, BatchGetItemOutput},
        delete_item::{DeleteItemInput, DeleteItemOutput},
        get_item::{GetItemInput, GetItemOutput},
        put_item::{PutItemInput, PutItemOutput},
        query::{QueryInput, QueryOutput},
        transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput},
        update_item::{UpdateItemInput, UpdateItemOutput},
    },
    types::{ConsumedCapacity, ReturnConsumedCapacity},
};

/// Units of strongly consistent 4 KB reads and of 1 KB writes, including indexes and transactions.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    pub reads: f64,
    pub writes: f64,
}

/// Sums the capacity that calls consume on these tables. Failed conditions are billed, too, but not reported.
#[derive(Debug, Clone)]
pub(super) struct Capacity {
    tables: [&'static str; 2],
    consumed: Arc<Mutex<Units>>,
}

impl Capacity {
    pub(super) fn of(tables: [&'static str; 2]) -> Self {
        Self { tables, consumed: Arc::default() }
    }

    pub(super) fn take(&self) -> Units {
        std::mem::take(&mut self.consumed.lock().expect("nothing panics while it holds this lock"))
    }

    fn units(&self, consumed: &[ConsumedCapacity]) -> f64 {
        let ours = consumed.iter().filter(|it| it.table_name().is_some_and(|name| self.tables.contains(&name)));
        ours.filter_map(ConsumedCapacity::capacity_units).sum()
    }
}

impl Intercept for Capacity {
    fn name(&self) -> &'static str {
        "capacity"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input_mut();
        macro_rules! ask {
            ($($type:ty),*) => { $(if let Some(input) = input.downcast_mut::<$type>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
            })* };
        }
        ask!(GetItemInput, BatchGetItemInput, QueryInput);
        ask!(PutItemInput, UpdateItemInput, DeleteItemInput, TransactWriteItemsInput);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else { return Ok(()) };
        let mut seen = Units::default();
        macro_rules! add {
            ($to:ident: $($type:ty),*) => { $(if let Some(output) = output.downcast_ref::<$type>() {
                seen.$to += self.units(output.consumed_capacity.as_slice());
            })* };
        }
        add!(reads: GetItemOutput, QueryOutput);
        add!(writes: PutItemOutput, UpdateItemOutput, DeleteItemOutput);
        if let Some(output) = output.downcast_ref::<BatchGetItemOutput>() {
            seen.reads += self.units(output.consumed_capacity());
        }
        if let Some(output) = output.downcast_ref::<TransactWriteItemsOutput>() {
            seen.writes += self.units(output.consumed_capacity());
        }
        let mut consumed = self.consumed.lock().expect("nothing panics while it holds this lock");
        consumed.reads += seen.reads;
        consumed.writes += seen.writes;
        Ok(())
    }
}
