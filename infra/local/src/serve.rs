//! One HTTP/1 server on loopback, with a stop that lets running requests finish.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long a client may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait after the system refused to accept a connection (too many open files, for one).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A body that is either held in memory or streamed through from elsewhere.
pub(crate) type Answer = Response<Either<Full<Bytes>, Incoming>>;

/// A running server. Dropping it without [`Server::stop`] ends it at once.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Opens `port` of 127.0.0.1 (0 takes any free one).
    ///
    /// # Errors
    /// Whatever the system says, `AddrInUse` for a port that is taken.
    pub(crate) async fn bind(port: u16) -> std::io::Result<TcpListener> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
    }

    /// Serves `handler` on `listener`.
    ///
    /// # Errors
    /// The listener has no local address (it was closed).
    pub(crate) fn start<H, F, B>(listener: TcpListener, handler: H) -> std::io::Result<Self>
    where
        H: Fn(Request<Incoming>, SocketAddr) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Response<B>> + Send + 'static,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(listener, handler, stopped));
        Ok(Self { address, stop: Some(stop), task })
    }

    /// The address that the server answers on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new request, waits up to `patience` for those that run, then closes.
    pub(crate) async fn stop(mut self, patience: Duration) {
        if let Some(stop) = self.stop.take() {
            // A receiver that is gone has stopped already.
            let _ = stop.send(());
        }
        if tokio::time::timeout(patience, &mut self.task).await.is_err() {
            tracing::warn!(address = %self.address, "requests still running at the deadline were dropped");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept<H, F, B>(listener: TcpListener, handler: H, mut stopped: oneshot::Receiver<()>)
where
    H: Fn(Request<Incoming>, SocketAddr) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            _ = &mut stopped => break,
        };
        // Latency only: without it small answers may wait for the peer's acknowledgement.
        let _ = stream.set_nodelay(true);
        let handler = handler.clone();
        let service = service_fn(move |request| {
            let answer = handler(request, peer);
            async move { Ok::<_, std::convert::Infallible>(answer.await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// An answer whose whole body is at hand.
pub(crate) fn answer(status: http::StatusCode, content_type: &str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Either::Left(Full::new(body.into())));
    *answer.status_mut() = status;
    if let Ok(content_type) = http::HeaderValue::from_str(content_type) {
        answer.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    answer
}

/// The request's one `Host`, if it names this machine's loopback.
///
/// Any page on the web can point a name of its own at 127.0.0.1 and have a browser call here ("DNS
/// rebinding"); it can not choose the `Host` that the browser then sends.
pub(crate) fn loopback_host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (host, None) = (hosts.next()?.to_str().ok()?, hosts.next()) else {
        return None;
    };
    let authority: http::uri::Authority = host.parse().ok()?;
    let rest_is_a_port = match host.strip_prefix(authority.host()) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok()),
        None => false,
    };
    let name = authority.host().to_ascii_lowercase();
    (rest_is_a_port && matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]")).then_some(host)
}

/// Removes the headers that belong to one connection (RFC 9110, 7.6.1), those that `Connection`
/// names included.
pub(crate) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<header::HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in [
        header::CONNECTION,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        header::HeaderName::from_static("keep-alive"),
        header::HeaderName::from_static("proxy-connection"),
    ] {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, value.parse().unwrap());
        headers
    }

    #[test]
    fn only_loopback_names_are_hosts_of_ours() {
        for name in ["localhost", "LocalHost:8080", "127.0.0.1:1", "[::1]:65535", "[::1]"] {
            assert_eq!(loopback_host(&host(name)), Some(name));
        }
        for name in [
            "evil.example",
            "localhost.evil.example",
            "localhost:",
            "localhost:99999",
            "user@localhost",
            "127.0.0.1.evil.example",
            "127.0.0.2",
            "0.0.0.0",
            "",
            "localhost:80:80",
        ] {
            assert_eq!(loopback_host(&host(name)), None, "{name}");
        }
    }

    #[test]
    fn two_hosts_are_none() {
        let mut headers = host("localhost");
        headers.append(header::HOST, "evil.example".parse().unwrap());
        assert_eq!(loopback_host(&headers), None);
        assert_eq!(loopback_host(&HeaderMap::new()), None);
    }

    #[test]
    fn headers_of_one_connection_are_not_passed_on() {
        let mut headers = HeaderMap::new();
        headers.insert("connection", "close, x-mine".parse().unwrap());
        headers.insert("x-mine", "1".parse().unwrap());
        headers.insert("te", "trailers".parse().unwrap());
        headers.insert("accept", "*/*".parse().unwrap());
        remove_hop_by_hop(&mut headers);
        assert_eq!(headers.keys().map(|k| k.as_str()).collect::<Vec<_>>(), ["accept"]);
    }
}
