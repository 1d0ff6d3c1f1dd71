//! The table behind a stack, for what no request can bring about.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{AttributeValue, TableDescription};
use local::{Stack, TABLE};
use sprintsync_store::Store;

use crate::{Faults, run};

/// An item as it lies in the table.
pub type Item = std::collections::HashMap<String, AttributeValue>;

/// The table of a stack.
#[derive(Debug)]
pub struct Table {
    client: Client,
}

impl Table {
    /// The table of this stack.
    pub fn of(stack: &Stack) -> Self {
        Self { client: Client::from_conf(config(stack).build()) }
    }

    /// The same, over a wire of a test's own.
    pub fn over(stack: &Stack, wire: &Faults) -> Self {
        Self { client: Client::from_conf(config(stack).http_client(wire.client()).build()) }
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The store over it.
    pub fn store(&self) -> Store {
        Store::new(self.client.clone(), TABLE, sprintsync_http::world())
    }

    /// The item under this key.
    pub fn item(&self, pk: &str, sk: &str) -> Option<Item> {
        let get = self.client.get_item().table_name(TABLE).key("pk", text(pk)).key("sk", text(sk));
        run(get.consistent_read(true).send()).expect("an answer").item
    }

    /// Takes attributes from the item under this key.
    pub fn remove(&self, pk: &str, sk: &str, names: &[&str]) {
        let mut update = self.client.update_item().table_name(TABLE).key("pk", text(pk)).key("sk", text(sk));
        for (at, name) in names.iter().enumerate() {
            update = update.expression_attribute_names(format!("#a{at}"), *name);
        }
        let all: Vec<String> = (0..names.len()).map(|at| format!("#a{at}")).collect();
        run(update.update_expression(format!("REMOVE {}", all.join(", "))).send()).expect("the item is changed");
    }

    /// Deletes the item under this key.
    pub fn delete(&self, pk: &str, sk: &str) {
        let delete = self.client.delete_item().table_name(TABLE).key("pk", text(pk)).key("sk", text(sk));
        run(delete.send()).expect("the item is gone");
    }

    /// What it says of its own shape.
    pub async fn describe(&self) -> TableDescription {
        let described = self.client.describe_table().table_name(TABLE).send().await.expect("the table");
        described.table.expect("a description")
    }

    /// Makes the person of this name an administrator.
    pub fn grant_admin(&self, name: &str) {
        let name = name.parse().expect("a name");
        run(self.store().grant_admin(&name)).expect("an administrator");
    }

    /// Sets one attribute of the item under this key, which must be there.
    pub fn set(&self, pk: &str, sk: &str, name: &str, value: AttributeValue) {
        let update = self.client.update_item().table_name(TABLE).key("pk", text(pk)).key("sk", text(sk));
        let update = update.update_expression("SET #name = :value").condition_expression("attribute_exists(pk)");
        let update = update.expression_attribute_names("#name", name).expression_attribute_values(":value", value);
        run(update.send()).expect("the item is changed");
    }

    /// Shuts this person's account, or opens it again.
    pub fn disable(&self, user_id: &str, disabled: bool) {
        self.set(&format!("USER#{user_id}"), "PROFILE", "disabled", AttributeValue::Bool(disabled));
    }

    /// Every item that there is.
    pub fn everything(&self) -> Vec<Item> {
        let pages = self.client.scan().table_name(TABLE).into_paginator().items().send();
        run(pages.collect::<Result<Vec<_>, _>>()).expect("all items")
    }

    /// Every event that there is.
    pub fn events(&self) -> Vec<Item> {
        let scan = self.client.scan().table_name(TABLE).filter_expression("begins_with(sk, :event)");
        let pages = scan.expression_attribute_values(":event", text("EV#")).into_paginator().items().send();
        run(pages.collect::<Result<Vec<_>, _>>()).expect("all events")
    }

    /// The sort keys under this partition.
    pub fn sort_keys(&self, pk: &str) -> Vec<String> {
        let query = self.client.query().table_name(TABLE).key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", text(pk)).projection_expression("sk");
        let items = run(query.send()).expect("a query").items.unwrap_or_default();
        items.iter().map(|item| item["sk"].as_s().expect("a text").clone()).collect()
    }
}

fn config(stack: &Stack) -> aws_sdk_dynamodb::config::Builder {
    let access_key = stack.secrets().access_key().expect("a key");
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(access_key, "tests", None, None, "tests"))
        .endpoint_url(stack.table_endpoint())
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}
