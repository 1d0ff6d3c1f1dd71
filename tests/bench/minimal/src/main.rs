//! The least function that reads an item of the table through the SDK, as AWS's own examples do it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = &Client::new(&aws_config::load_from_env().await);
    let [table, pk, sk] = ["TABLE_NAME", "BENCH_PK", "BENCH_SK"].map(std::env::var);
    let (table, pk, sk) = (&table?, &pk?, &sk?);
    lambda_runtime::run(service_fn(async |_: LambdaEvent<Value>| {
        let text = |text: &String| AttributeValue::S(text.clone());
        let get = client.get_item().table_name(table).key("pk", text(pk)).key("sk", text(sk)).consistent_read(true);
        let item = get.send().await?.item;
        Ok::<_, Error>(json!({ "statusCode": if item.is_some() { 200 } else { 404 } }))
    }))
    .await
}
