//! Requests that no proper client would send, byte by byte.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::Api;

/// Sends these bytes to where `api` answers, and gives the status and all that came back. The request must ask for the
/// connection to be closed.
pub fn raw(api: &Api, request: &[u8]) -> (u16, String) {
    let address = api.base().strip_prefix("http://").expect("an address without TLS").replace("localhost", "127.0.0.1");
    let mut stream = TcpStream::connect(&address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time-out");
    stream.write_all(request).expect("the request goes out");
    let mut bytes = Vec::new();
    // A server may close before it has read everything: what it said counts.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("no answer: {text}")), text)
}
