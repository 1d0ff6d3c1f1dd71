//! The environment of functions that run elsewhere on this machine: what the template gives them in the cloud, and
//! where the SDK finds the services here.

use std::path::Path;

use sprintsync_domain::SignUpMode;

use crate::StartError;
use crate::model::{self, Model};
use crate::secrets::{SCRAPE_TOKEN, SIGNING_KEY, write_private};
use crate::services::Services;
use crate::table::{TABLE, UNCHECKED};

/// The environment of the functions over some services.
#[derive(Debug, Clone)]
pub struct Environment {
    lines: String,
}

impl Environment {
    /// The environment of functions over `services`.
    ///
    /// # Errors
    /// The secrets can not be read.
    pub fn of(
        services: &Services,
        sign_up_mode: SignUpMode,
        limit_factor: u32,
        model: Option<&Model>,
    ) -> Result<Self, StartError> {
        let settings = model::settings(model);
        let variables = [
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", services.secrets().access_key()?),
            ("AWS_SECRET_ACCESS_KEY", UNCHECKED.to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", services.table_endpoint()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", services.secrets_endpoint()),
            ("TABLE_NAME", TABLE.to_owned()),
            ("SIGNING_SECRET", SIGNING_KEY.to_owned()),
            ("SCRAPE_SECRET", SCRAPE_TOKEN.to_owned()),
            ("ORIGIN_KEY", services.secrets().origin_key()?),
            ("SIGN_UP_MODE", sign_up_mode.to_string()),
            ("LIMIT_FACTOR", limit_factor.to_string()),
            ("MODEL_SECRET", settings.key_secret),
            ("AI_PROVIDER", settings.provider.as_str().to_owned()),
            ("AI_URL", settings.url),
            ("AI_MODEL", settings.model),
        ];
        Ok(Self { lines: variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect() })
    }

    /// Writes it to a file that only its owner may read: the keys of the front and of the table are in it.
    ///
    /// # Errors
    /// The file can not be written.
    pub fn write(&self, path: &Path) -> Result<(), StartError> {
        write_private(path, self.lines.as_bytes())
            .map_err(|source| StartError::Environment { path: path.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::ServiceOptions;

    #[tokio::test(flavor = "multi_thread")]
    async fn it_says_where_everything_is_and_to_nobody_else() {
        let services = Services::start(ServiceOptions::default()).await.unwrap();
        let environment = Environment::of(&services, SignUpMode::Invite, 7, None).unwrap();
        let path = std::env::temp_dir().join(crate::secrets::random_text(16).unwrap());
        environment.write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        for line in [
            format!("AWS_ENDPOINT_URL_DYNAMODB={}", services.table_endpoint()),
            format!("AWS_ENDPOINT_URL_SECRETS_MANAGER={}", services.secrets_endpoint()),
            format!("AWS_ACCESS_KEY_ID={}", services.secrets().access_key().unwrap()),
            format!("ORIGIN_KEY={}", services.secrets().origin_key().unwrap()),
            "SIGN_UP_MODE=invite".to_owned(),
            "LIMIT_FACTOR=7".to_owned(),
        ] {
            assert!(text.lines().any(|one| one == line), "{line} is not in {text}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::remove_file(&path).unwrap();
        services.stop(std::time::Duration::from_secs(1)).await;
    }
}
