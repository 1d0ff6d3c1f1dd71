//! Where records go that can never be counted.

use aws_sdk_sqs::error::SdkError;
use aws_sdk_sqs::operation::send_message::SendMessageError;
use serde_json::json;

use crate::stream::Record;

/// Where records go that can never be counted.
#[derive(Debug, Clone)]
pub enum GivenUp {
    /// Into a queue that an alarm watches until the statistics are rebuilt.
    Queue {
        /// What reaches it.
        sqs: aws_sdk_sqs::Client,
        /// Its address.
        url: String,
    },
    /// Nowhere but into the log, which names each: on one's own machine.
    Log,
    /// Nowhere: the mapping of the stream tries them again, and gives them up.
    Mapping,
}

/// Why a record was not sent away.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSent {
    /// The queue did not take it.
    #[error("the queue does not take it")]
    Queue(#[source] Box<SdkError<SendMessageError>>),
    /// There is no queue.
    #[error("there is no queue")]
    NoQueue,
}

impl GivenUp {
    /// The queue at this address.
    pub fn queue(sdk: &aws_config::SdkConfig, url: String) -> Self {
        Self::Queue { sqs: aws_sdk_sqs::Client::new(sdk), url }
    }

    /// Sends a record away: its number and its key, from which its event is found. What somebody wrote stays in the table.
    pub(crate) async fn put(&self, record: &Record) -> Result<(), NotSent> {
        match self {
            Self::Queue { sqs, url } => {
                let image = &record.dynamodb.new_image;
                let key = |name: &str| image.pointer(&format!("/{name}/S")).cloned();
                let body = json!({
                    "sequence_number": record.sequence_number(),
                    "pk": key("pk"),
                    "sk": key("sk"),
                });
                let sent = sqs.send_message().queue_url(url).message_body(body.to_string()).send().await;
                sent.map(|_| ()).map_err(|error| NotSent::Queue(Box::new(error)))
            }
            Self::Log => Ok(()),
            Self::Mapping => Err(NotSent::NoQueue),
        }
    }
}
