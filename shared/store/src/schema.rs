//! The table itself, as the template declares it; made by hand where there is no CloudFormation.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, LocalSecondaryIndex, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification,
};

use crate::Error;
use crate::key::{LSI1, LSI1SK, PK, SK, TTL};

/// Makes the table, empty.
///
/// # Errors
/// [`Error::Broken`] where it cannot be made, also because it is there already.
pub async fn create_table(client: &Client, name: &str) -> Result<(), Error> {
    let attribute =
        |name: &str| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build();
    let part = |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    let by_status = LocalSecondaryIndex::builder()
        .index_name(LSI1)
        .key_schema(part(PK, KeyType::Hash).map_err(Error::broken)?)
        .key_schema(part(LSI1SK, KeyType::Range).map_err(Error::broken)?)
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .map_err(Error::broken)?;
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute(PK).map_err(Error::broken)?)
        .attribute_definitions(attribute(SK).map_err(Error::broken)?)
        .attribute_definitions(attribute(LSI1SK).map_err(Error::broken)?)
        .key_schema(part(PK, KeyType::Hash).map_err(Error::broken)?)
        .key_schema(part(SK, KeyType::Range).map_err(Error::broken)?)
        .local_secondary_indexes(by_status)
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
