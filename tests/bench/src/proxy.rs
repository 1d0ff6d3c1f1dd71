//! TLS before a plain service on this machine, by an authority of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::Failure;

/// Where authorities of Linux systems lie, by distribution.
const SYSTEM: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// Those that our functions believe in the cloud.
const AMAZON: &str = include_str!("../../../shared/http/src/authorities.pem");

/// An authority, and what it issued for `localhost`.
pub(crate) struct Authority {
    server: Arc<ServerConfig>,
    own: String,
}

impl Authority {
    pub(crate) fn new() -> Result<Self, Failure> {
        let mut parameters = CertificateParams::new(Vec::<String>::new())?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // A certificate with the name of its issuer would look as if it had issued itself.
        parameters.distinguished_name.push(DnType::CommonName, "The authority of one bench");
        let key = KeyPair::generate()?;
        let authority = parameters.self_signed(&key)?;
        let issuer = Issuer::new(parameters, key);
        let own_key = KeyPair::generate()?;
        let own = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&own_key, &issuer)?;
        let key = PrivateKeyDer::Pkcs8(own_key.serialize_der().into());
        let server = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![own.der().clone()], key)?;
        Ok(Self { server: Arc::new(server), own: authority.pem() })
    }

    /// Writes a file of those that a program believes which believes what the system does, and this one.
    pub(crate) fn beside_the_system(&self, bundle: &Path) -> Result<(), Failure> {
        let system = SYSTEM.iter().find_map(|path| std::fs::read_to_string(path).ok());
        let system = system.ok_or("the system has no authorities: install ca-certificates")?;
        Ok(std::fs::write(bundle, system + &self.own)?)
    }

    /// Writes a file of those that our functions believe, and this one: one more to read than in the cloud.
    pub(crate) fn beside_amazon(&self, bundle: &Path) -> Result<(), Failure> {
        Ok(std::fs::write(bundle, AMAZON.to_owned() + &self.own)?)
    }
}

/// A proxy that runs until it is dropped.
pub(crate) struct Proxy {
    port: u16,
    serving: AbortHandle,
}

impl Proxy {
    /// A proxy before `target`.
    pub(crate) async fn before(target: SocketAddr, authority: &Authority) -> Result<Self, Failure> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let acceptor = TlsAcceptor::from(Arc::clone(&authority.server));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, acceptor.clone(), target));
            }
        });
        Ok(Self { port, serving: serving.abort_handle() })
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Carries a connection until either side ends it, which a client that is ended does without a word.
async fn carry(stream: TcpStream, acceptor: TlsAcceptor, target: SocketAddr) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut inner = TcpStream::connect(target).await?;
    inner.set_nodelay(true)?;
    let mut outer = acceptor.accept(stream).await?;
    tokio::io::copy_bidirectional(&mut outer, &mut inner).await.map(|_| ())
}
