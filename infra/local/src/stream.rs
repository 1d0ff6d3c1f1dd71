//! The stream of a table that lies in a file: on, and no longer than the cloud's.
//!
//! The embedded table removes no record of its stream, and looks at all of them with every write (1.7 ms a write without
//! a stream, 8.5 ms with 20,000 records, and rising). So the file gets an index over what is looked for, and records go
//! after a day, as in DynamoDB: also those of people who have left. A table in memory, which only tests have, has no
//! stream.

use std::path::Path;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{StreamSpecification, StreamViewType};
use dynoxide::Database;
use dynoxide::actions::list_streams::ListStreamsRequest;

use crate::StartError;
use crate::table::{TABLE, failed};

/// How long a record can be read ("Change data capture for DynamoDB Streams": 24 hours).
const KEPT: Duration = Duration::from_hours(24);
/// How long to wait for a write of the table's own.
const PATIENCE: Duration = Duration::from_secs(5);

const PREPARE: &str = "CREATE INDEX IF NOT EXISTS sprintsync_stream_sequence
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS sprintsync_stream_time ON _stream_records (created_at);";

/// Switches the stream on, as the template has it, if it is not.
///
/// # Errors
/// The table does not answer.
pub(crate) async fn switch_on(client: &Client, database: &Database) -> Result<(), StartError> {
    if !database.list_streams(ListStreamsRequest::default()).map_err(failed)?.streams.is_empty() {
        return Ok(());
    }
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewImage);
    let update = client.update_table().table_name(TABLE);
    update.stream_specification(stream.build().map_err(failed)?).send().await.map_err(failed)?;
    Ok(())
}

/// Removes the records of `file` that are older than a day at `now` (seconds since 1970). Gives their number.
///
/// # Errors
/// The file can not be written.
pub(crate) fn trim(file: &Path, now: i64) -> Result<usize, rusqlite::Error> {
    let connection = rusqlite::Connection::open(file)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch(PREPARE)?;
    let oldest = now.saturating_sub_unsigned(KEPT.as_secs());
    connection.execute("DELETE FROM _stream_records WHERE created_at < ?1", [oldest])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sprintsync_http::world;
    use sprintsync_store::Store;

    use super::*;
    use crate::serve::Server;
    use crate::table::{FILE, Table, client};

    #[tokio::test]
    async fn records_are_there_for_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let table = Table::start(Some(dir.path()), Server::bind(0).await.unwrap(), "key").await.unwrap();
        let store = Store::new(client(&table.endpoint(), "key", None), TABLE, world());
        let (file, now) = (dir.path().join(FILE), jiff::Timestamp::now().as_second());
        for commit in ["ae64834", "0000000"] {
            store.deployed(commit.parse().unwrap()).await.unwrap();
        }
        assert_eq!(trim(&file, now + 86_000).unwrap(), 0);
        assert_eq!(trim(&file, now + 87_000).unwrap(), 2, "each write is one record");
        assert_eq!(trim(&file, now + 87_000).unwrap(), 0);
        store.deployed("1111111".parse().unwrap()).await.unwrap();
        assert_eq!(trim(&file, now + 87_000).unwrap(), 1, "the stream goes on");
        table.stop(Duration::from_secs(5)).await;
    }
}
