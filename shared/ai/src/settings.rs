//! Which model is asked, and where it is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;
use sprintsync_domain::Invalid;

/// Characters of a model's name, at most.
const LONGEST_MODEL: usize = 100;

/// Which protocol a model speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// `generateContent` of Google's Generative Language API.
    Gemini,
    /// Chat completions, as OpenAI's API has them and many other servers too.
    OpenAi,
}

impl Provider {
    /// Its name in configuration, log and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gemini => "gemini",
            Self::OpenAi => "openai",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Provider {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "gemini" => Ok(Self::Gemini),
            "openai" => Ok(Self::OpenAi),
            _ => Err(Invalid("Use gemini or openai.".to_owned())),
        }
    }
}

/// Where the model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The protocol.
    pub provider: Provider,
    /// The base address, such as `https://api.openai.com/v1`. HTTPS, unless it is this machine.
    pub url: String,
    /// The model's name at the provider.
    pub model: String,
    /// The name of the secret that holds the provider's key.
    pub key_secret: String,
}

impl Settings {
    /// The provider's own address, and a model of its that is quick and cheap: what is asked of it is a few sentences
    /// within seconds. Models go: [Google's dates](https://ai.google.dev/gemini-api/docs/deprecations),
    /// [OpenAI's](https://developers.openai.com/api/docs/deprecations).
    pub fn of(provider: Provider, key_secret: impl Into<String>) -> Self {
        let (url, model) = match provider {
            Provider::Gemini => ("https://generativelanguage.googleapis.com", "gemini-3.5-flash-lite"),
            Provider::OpenAi => ("https://api.openai.com/v1", "gpt-6-luna"),
        };
        Self { provider, url: url.to_owned(), model: model.to_owned(), key_secret: key_secret.into() }
    }

    /// The address that is called, if these settings are good.
    pub(crate) fn endpoint(&self) -> Result<Url, BadSettings> {
        if self.key_secret.trim().is_empty() {
            return Err(BadSettings::Secret);
        }
        // A model of Gemini's is a part of the address, so it may hold nothing that has a meaning there.
        let also = match self.provider {
            Provider::Gemini => "._-",
            Provider::OpenAi => "._-:/@",
        };
        let named = self.model.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c));
        if !named || !(1..=LONGEST_MODEL).contains(&self.model.len()) || self.model.starts_with('.') {
            return Err(BadSettings::Model);
        }
        let base = Url::parse(&self.url).map_err(|_| BadSettings::Address)?;
        let plain = base.username().is_empty() && base.password().is_none() && base.query().is_none();
        if !plain || base.fragment().is_some() || !base.has_host() {
            return Err(BadSettings::Address);
        }
        if base.scheme() != "https" && !(base.scheme() == "http" && is_this_machine(&base)) {
            return Err(BadSettings::NotSecret);
        }
        let base = base.as_str().trim_end_matches('/');
        let whole = match self.provider {
            Provider::Gemini => format!("{base}/v1beta/models/{}:generateContent", self.model),
            Provider::OpenAi => format!("{base}/chat/completions"),
        };
        Url::parse(&whole).map_err(|_| BadSettings::Address)
    }
}

/// Whether what is sent there stays on this machine.
fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

/// Why no model can be asked with some settings.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    /// The address is none, or holds a name, a password, a query or a fragment.
    #[error("the model's address must be a plain base address")]
    Address,
    /// The key and people's texts would go over the network for all to read.
    #[error("the model's address must begin with https://, unless it is this machine")]
    NotSecret,
    /// The name is no model's.
    #[error("the model's name must have 1 to {LONGEST_MODEL} letters, digits and marks that names of models have")]
    Model,
    /// The secret has no name.
    #[error("the secret that holds the model's key must have a name")]
    Secret,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(provider: Provider, url: &str, model: &str) -> Settings {
        Settings { url: url.to_owned(), model: model.to_owned(), ..Settings::of(provider, "key") }
    }

    #[test]
    fn a_provider_is_named() {
        for provider in [Provider::Gemini, Provider::OpenAi] {
            assert_eq!(provider.as_str().parse(), Ok(provider));
            assert_eq!(provider.to_string(), provider.as_str());
        }
        assert!("Gemini".parse::<Provider>().is_err() && "".parse::<Provider>().is_err());
    }

    #[test]
    fn the_address_is_as_each_protocol_has_it() {
        let of = |settings: Settings| settings.endpoint().map(String::from).expect("an address");
        assert_eq!(
            of(Settings::of(Provider::Gemini, "key")),
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.5-flash-lite:generateContent"
        );
        assert_eq!(of(Settings::of(Provider::OpenAi, "key")), "https://api.openai.com/v1/chat/completions");
        let own = settings(Provider::OpenAi, "https://models.example.com/v1/", "meta/llama:8b");
        assert_eq!(of(own), "https://models.example.com/v1/chat/completions");
    }

    #[test]
    fn plain_http_goes_to_this_machine_alone() {
        for good in ["http://127.0.0.1:9", "http://localhost:9/v1", "http://[::1]:9", "https://example.com"] {
            assert!(settings(Provider::OpenAi, good, "m").endpoint().is_ok(), "{good}");
        }
        for bad in ["http://example.com", "http://10.0.0.1", "http://localhost.example.com", "ftp://localhost"] {
            let refused = settings(Provider::OpenAi, bad, "m").endpoint();
            assert!(matches!(refused, Err(BadSettings::NotSecret)), "{bad}");
        }
    }

    #[test]
    fn what_is_no_base_address_is_refused() {
        for bad in ["", "models", "https://", "https://a:b@example.com", "https://example.com?key=1", "https://e.com#a"]
        {
            assert!(matches!(settings(Provider::Gemini, bad, "m").endpoint(), Err(BadSettings::Address)), "{bad}");
        }
    }

    #[test]
    fn a_model_cannot_lead_elsewhere() {
        for bad in ["", "a b", "../x", "a/b", "a?b", "a#b", "a:b", "ä", ".", &"a".repeat(101)] {
            let refused = settings(Provider::Gemini, "https://example.com", bad).endpoint();
            assert!(matches!(refused, Err(BadSettings::Model)), "{bad}");
        }
        assert!(settings(Provider::OpenAi, "https://example.com", "a?b").endpoint().is_err());
        let nameless = Settings { key_secret: " ".to_owned(), ..Settings::of(Provider::Gemini, "") };
        assert!(matches!(nameless.endpoint(), Err(BadSettings::Secret)));
    }
}
