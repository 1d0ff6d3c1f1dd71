//! The end of an environment in Lambda. A process is told of it (SIGTERM, and half a second) only where an extension is
//! registered, so the function registers itself as one that wants no events
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>).

use std::future::Future;

use http::{Method, Request};
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{BoxError, Client};

use crate::{Function, variable};

/// Where Lambda alone says how it starts: emulators and `cargo lambda watch` do not, and end processes otherwise.
const IN_LAMBDA: &str = "AWS_LAMBDA_INITIALIZATION_TYPE";
/// The extension's name, which is no other's in the function.
const NAME: &str = "sprintsync-counts";

/// Has the counts of a function written when its environment ends. Without that the function works as well: what
/// keeps it from being told is logged, no more.
pub(crate) async fn at_shutdown(function: &Function) {
    if variable(IN_LAMBDA).is_none() {
        return;
    }
    let registered = async {
        let ended = terminated()?;
        let extension = Extension::register(Client::builder().build()?).await?;
        Ok::<_, BoxError>((ended, extension))
    };
    match registered.await {
        Ok((ended, extension)) => {
            let writing = function.write_counts();
            tokio::spawn(async move {
                told(ended, writing, extension).await;
                std::process::exit(0);
            });
        }
        Err(error) => tracing::warn!(%error, "the end of this environment will come untold, with counts lost"),
    }
}

/// Waits for the end beside the extension, and does what is left to do.
async fn told(ended: impl Future<Output = ()>, left_to_do: impl Future<Output = ()>, extension: Extension) {
    tokio::select! {
        () = ended => {}
        never = extension.wait() => match never {},
    }
    left_to_do.await;
}

/// Ends with SIGTERM.
fn terminated() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        let mut signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        Ok(async move {
            signal.recv().await;
        })
    }
    #[cfg(not(unix))]
    Ok(std::future::pending())
}

/// A registered extension.
struct Extension {
    client: Client,
    id: String,
}

impl Extension {
    async fn register(client: Client) -> Result<Self, BoxError> {
        let request = Request::builder().method(Method::POST).uri("/2020-01-01/extension/register");
        let request = request.header("lambda-extension-name", NAME).header("content-type", "application/json");
        let answer = client.call(request.body(Body::from("{\"events\":[]}"))?).await?;
        let id = answer.headers().get("lambda-extension-identifier").and_then(|id| id.to_str().ok());
        match id.filter(|_| answer.status().is_success()) {
            Some(id) => Ok(Self { id: id.to_owned(), client }),
            None => Err(format!("the extension was answered with {}", answer.status()).into()),
        }
    }

    /// Asks for the next event, by which Lambda knows that the extension is ready. None ever comes.
    async fn wait(self) -> std::convert::Infallible {
        let request = Request::builder().uri("/2020-01-01/extension/event/next");
        if let Ok(request) = request.header("lambda-extension-identifier", self.id).body(Body::empty())
            && let Err(error) = self.client.call(request).await
        {
            tracing::warn!(%error, "the extension is not waited for");
        }
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// The head of the next request on a connection, with the body that `register` has.
    async fn asked(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        while !text.contains("\r\n\r\n") || (text.starts_with("POST") && !text.ends_with('}')) {
            let mut bytes = [0; 1_024];
            let read = stream.read(&mut bytes).await.expect("a request");
            assert!(read > 0, "it ends early: {text}");
            text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
        text
    }

    #[tokio::test]
    async fn an_environment_that_is_told_of_its_end_does_what_is_left() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let api = format!("http://{}", listener.local_addr().expect("an address"));
        let (told_of_it, done) = (tokio::sync::oneshot::channel::<()>(), Arc::new(AtomicBool::new(false)));
        let (end, ended) = told_of_it;
        let lambda = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let registering = asked(&mut stream).await;
            assert!(registering.starts_with("POST /2020-01-01/extension/register "), "{registering}");
            assert!(registering.contains(NAME) && registering.ends_with("{\"events\":[]}"), "{registering}");
            let answer = "HTTP/1.1 200 OK\r\nlambda-extension-identifier: x1\r\ncontent-length: 2\r\n\r\n{}";
            stream.write_all(answer.as_bytes()).await.expect("answered");
            let (mut stream, next) = match tokio::select! {
                next = asked(&mut stream) => Ok(next),
                other = listener.accept() => Err(other),
            } {
                Ok(next) => (stream, next),
                Err(other) => {
                    let mut stream = other.expect("a connection").0;
                    let next = asked(&mut stream).await;
                    (stream, next)
                }
            };
            assert!(next.starts_with("GET /2020-01-01/extension/event/next ") && next.contains("x1"), "{next}");
            // Ready, and no event comes: the environment ends.
            end.send(()).expect("somebody waits");
            let _ = stream.flush().await;
            std::future::pending::<()>().await;
        });
        let client = Client::builder().with_endpoint(api.parse().expect("an address")).build().expect("a client");
        let extension = Extension::register(client).await.expect("registered");
        let left = Arc::clone(&done);
        told(async { drop(ended.await) }, async move { left.store(true, Ordering::SeqCst) }, extension).await;
        assert!(done.load(Ordering::SeqCst));
        lambda.abort();
    }
}
