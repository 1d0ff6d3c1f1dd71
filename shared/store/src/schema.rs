//! The table itself, as the template declares it; made by hand where there is no CloudFormation.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndex,
    GlobalSecondaryIndexUpdate, KeySchemaElement, KeyType, LocalSecondaryIndex, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification,
};

use crate::Error;
use crate::key::{GSI1, GSI1PK, GSI1SK, LSI1, LSI1SK, PK, SK, TTL};

/// Makes the table, empty.
///
/// # Errors
/// [`Error::Broken`] where it cannot be made, also because it is there already.
pub async fn create_table(client: &Client, name: &str) -> Result<(), Error> {
    let by_status = LocalSecondaryIndex::builder()
        .index_name(LSI1)
        .set_key_schema(Some(key_schema(PK, LSI1SK)?))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .map_err(Error::broken)?;
    let shared_lists = GlobalSecondaryIndex::builder()
        .index_name(GSI1)
        .set_key_schema(Some(key_schema(GSI1PK, GSI1SK)?))
        .projection(of_shared_lists())
        .build()
        .map_err(Error::broken)?;
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(texts([PK, SK, LSI1SK, GSI1PK, GSI1SK])?))
        .set_key_schema(Some(key_schema(PK, SK)?))
        .local_secondary_indexes(by_status)
        .global_secondary_indexes(shared_lists)
        .send()
        .await
        .map_err(Error::broken)?;
    let ttl = TimeToLiveSpecification::builder().attribute_name(TTL).enabled(true).build().map_err(Error::broken)?;
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(ttl)
        .send()
        .await
        .map_err(Error::broken)?;
    Ok(())
}

/// Gives a table that was made before the index of shared lists that index. What was stored before is put into it by a
/// migration.
///
/// # Errors
/// [`Error::Broken`] where it cannot be made.
pub async fn ensure_index(client: &Client, name: &str) -> Result<(), Error> {
    let described = client.describe_table().table_name(name).send().await.map_err(Error::broken)?;
    let indexes = described.table().map(|table| table.global_secondary_indexes()).unwrap_or_default();
    if indexes.iter().any(|index| index.index_name() == Some(GSI1)) {
        return Ok(());
    }
    let create = CreateGlobalSecondaryIndexAction::builder()
        .index_name(GSI1)
        .set_key_schema(Some(key_schema(GSI1PK, GSI1SK)?))
        .projection(of_shared_lists())
        .build()
        .map_err(Error::broken)?;
    client
        .update_table()
        .table_name(name)
        .set_attribute_definitions(Some(texts([GSI1PK, GSI1SK])?))
        .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().create(create).build())
        .send()
        .await
        .map_err(Error::broken)?;
    Ok(())
}

/// What the index of shared lists holds beside keys: who is in an event of the audit trail, and its kind.
fn of_shared_lists() -> Projection {
    let projection = Projection::builder().projection_type(ProjectionType::Include);
    let projection = projection.non_key_attributes("by").non_key_attributes("what");
    projection.non_key_attributes("around").non_key_attributes("from").build()
}

fn texts<const N: usize>(names: [&str; N]) -> Result<Vec<AttributeDefinition>, Error> {
    let text = |name| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
    names.into_iter().map(|name| text(name).build().map_err(Error::broken)).collect()
}

fn key_schema(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, Error> {
    let part = |name, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind);
    [part(partition, KeyType::Hash), part(sort, KeyType::Range)]
        .into_iter()
        .map(|part| part.build().map_err(Error::broken))
        .collect()
}
