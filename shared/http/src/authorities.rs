//! Whom the clients of AWS believe. Reading all of a system's authorities took half of a function's start (docs/decisions/0025).

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::StartError;
use crate::app::variable;

/// The setting that names a file of other authorities (AWS SDKs and Tools Reference Guide, "General configuration").
const BUNDLE: &str = "AWS_CA_BUNDLE";
const AMAZON: &[u8] = include_bytes!("authorities.pem");

/// The client that carries all calls of AWS: one, so that there is one set of connections. It believes Amazon's own
/// authorities alone, or those in the file that `AWS_CA_BUNDLE` names, in PEM.
///
/// # Errors
/// The file cannot be read, or holds no authority or what is none.
pub(crate) fn client() -> Result<SharedHttpClient, StartError> {
    let authorities = match variable(BUNDLE) {
        None => AMAZON.to_vec(),
        Some(path) => checked(std::fs::read(path).map_err(|error| bad("cannot be read", error))?)?,
    };
    let believed = TrustStore::empty().with_pem_certificate(authorities);
    let tls = TlsContext::builder().with_trust_store(believed).build();
    let tls = tls.map_err(|error| bad("holds what is no authority", error))?;
    Ok(Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls).build_https())
}

/// A file of authorities that the client can be made of: it would panic at any other.
fn checked(pem: Vec<u8>) -> Result<Vec<u8>, StartError> {
    let mut believed = RootCertStore::empty();
    for authority in CertificateDer::pem_slice_iter(&pem) {
        let authority = authority.map_err(|error| bad("is no PEM", error))?;
        believed.add(authority).map_err(|error| bad("holds what is no authority", error))?;
    }
    if believed.is_empty() {
        return Err(StartError::Bad(BUNDLE, "holds no authority".to_owned()));
    }
    Ok(pem)
}

fn bad(what: &str, error: impl std::fmt::Display) -> StartError {
    StartError::Bad(BUNDLE, format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// The digests (SHA-256) that Amazon Trust Services publishes of its roots.
    const PUBLISHED: [&str; 5] = [
        "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
    ];

    #[test]
    fn amazons_authorities_are_those_that_it_publishes() {
        let text = std::str::from_utf8(AMAZON).expect("text");
        let found = text.split("-----BEGIN CERTIFICATE-----").skip(1).map(|rest| {
            let body: String = rest.split("-----END").next().expect("an end").split_whitespace().collect();
            let der = STANDARD.decode(body).expect("base64");
            digest::digest(&digest::SHA256, &der).as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        });
        assert_eq!(found.collect::<Vec<_>>(), PUBLISHED);
    }

    #[test]
    fn a_file_of_authorities_is_one_that_a_client_can_be_made_of() {
        assert!(checked(AMAZON.to_vec()).is_ok());
        let torn = &AMAZON[..AMAZON.len() - 100];
        let none = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for bad in [b"", b"no PEM".as_slice(), torn, none] {
            assert!(matches!(checked(bad.to_vec()), Err(StartError::Bad(BUNDLE, _))));
        }
    }
}
