//! The instance's secrets, and Secrets Manager's `GetSecretValue` over them.
//!
//! They are made of the system's randomness at the first start, kept in one file that only its owner
//! may read, and read again at every call: a rotation made by another process takes effect as soon as
//! the functions ask.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::StartError;
use crate::door::Door;
use crate::folder::open_private;
use crate::serve::{Answer, answer};

/// The id of the secret that signs tokens.
pub const SIGNING_KEY: &str = "sprintsync/signing-key";
/// The id of the secret by which the front proves itself to the functions.
pub const ORIGIN_KEY: &str = "sprintsync/origin-key";
/// The id of the secret that a metrics collector shows.
pub(crate) const SCRAPE_TOKEN: &str = "sprintsync/scrape-token";

/// The id of the secret that a program shows to the table and to the secrets: its access key.
const ACCESS_KEY: &str = "sprintsync/access-key";
/// The id of the secret that holds the model's key, where there is one.
pub(crate) const MODEL_KEY: &str = "sprintsync/model-key";

const FILE: &str = "secrets.json";
/// The characters of a secret: 64 of them hold 384 bits.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const SECRET_LENGTH: usize = 64;
/// The longest request that the service reads, in bytes.
const REQUEST_LIMIT: usize = 64 * 1024;

/// One value of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Names this value among the secret's values; the `kid` of tokens.
    pub version_id: String,
    /// The secret itself.
    pub value: String,
    /// When it was made, in seconds since 1970.
    pub created: i64,
}

/// A secret: the value in use (`AWSCURRENT`) and the one before it (`AWSPREVIOUS`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// The value in use.
    pub current: Version,
    /// The value before the last rotation; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Version>,
}

type Contents = BTreeMap<String, Secret>;

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Memory(Mutex<Contents>),
}

/// Where the secrets are.
#[derive(Debug)]
pub struct Secrets {
    place: Place,
    /// Somebody else's key: it stays in the process.
    model_key: Option<Secret>,
}

impl Secrets {
    /// The secrets in `dir`; those that are missing are made.
    ///
    /// # Errors
    /// The file can not be read, understood or written, or the system has no randomness.
    pub fn open(dir: &Path) -> Result<Self, StartError> {
        let secrets = Self { place: Place::File(dir.join(FILE)), model_key: None };
        secrets.complete()?;
        Ok(secrets)
    }

    /// The secrets in `dir` as another process made them, for one that only reads. `None` where there are none.
    pub(crate) fn made_in(dir: &Path) -> Option<Self> {
        let path = dir.join(FILE);
        path.is_file().then_some(Self { place: Place::File(path), model_key: None })
    }

    /// Secrets that end with the process.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn in_memory() -> Result<Self, StartError> {
        let secrets = Self { place: Place::Memory(Mutex::default()), model_key: None };
        secrets.complete()?;
        Ok(secrets)
    }

    /// With this key of a model, which is kept nowhere.
    ///
    /// # Errors
    /// The system has no randomness.
    pub(crate) fn with_model_key(self, key: Option<String>) -> Result<Self, StartError> {
        let model_key = key.map(|value| Ok::<_, StartError>(Version { value, ..make()? })).transpose()?;
        Ok(Self { model_key: model_key.map(|current| Secret { current, previous: None }), ..self })
    }

    /// The signing key as it is now.
    ///
    /// # Errors
    /// The file can not be read or understood.
    pub fn signing_key(&self) -> Result<Secret, StartError> {
        self.get(SIGNING_KEY)
    }

    /// The origin key as it is now.
    ///
    /// # Errors
    /// The file can not be read or understood.
    pub fn origin_key(&self) -> Result<String, StartError> {
        Ok(self.get(ORIGIN_KEY)?.current.value)
    }

    /// The token that a metrics collector shows, as it is now.
    ///
    /// # Errors
    /// The file can not be read or understood.
    pub fn scrape_token(&self) -> Result<String, StartError> {
        Ok(self.get(SCRAPE_TOKEN)?.current.value)
    }

    /// The access key that a program shows to the table and to the secrets.
    ///
    /// # Errors
    /// The file can not be read or understood.
    pub fn access_key(&self) -> Result<String, StartError> {
        Ok(self.get(ACCESS_KEY)?.current.value)
    }

    /// Makes a new signing key; the one in use becomes the previous one, and the previous one is
    /// gone. Returns the new version id.
    ///
    /// # Errors
    /// The file can not be read, understood or written, or the system has no randomness.
    pub fn rotate_signing_key(&self) -> Result<String, StartError> {
        let mut contents = self.read()?;
        let current = make()?;
        let version_id = current.version_id.clone();
        let previous = contents.remove(SIGNING_KEY).map(|before| before.current);
        contents.insert(SIGNING_KEY.to_owned(), Secret { current, previous });
        self.write(contents)?;
        Ok(version_id)
    }

    fn complete(&self) -> Result<(), StartError> {
        let mut contents = self.read()?;
        let before = contents.len();
        for id in [SIGNING_KEY, ORIGIN_KEY, SCRAPE_TOKEN, ACCESS_KEY] {
            if !contents.contains_key(id) {
                let secret = Secret { current: make()?, previous: None };
                contents.insert(id.to_owned(), secret);
            }
        }
        if contents.len() == before {
            return Ok(());
        }
        self.write(contents)
    }

    fn get(&self, id: &str) -> Result<Secret, StartError> {
        let missing = || StartError::Secrets(format!("{id} is missing"));
        self.read()?.remove(id).ok_or_else(missing)
    }

    fn read(&self) -> Result<Contents, StartError> {
        let path = match &self.place {
            Place::Memory(contents) => {
                return Ok(contents.lock().unwrap_or_else(PoisonError::into_inner).clone());
            }
            Place::File(path) => path,
        };
        let failed = |error: &dyn std::fmt::Display| StartError::Secrets(format!("{}: {error}", path.display()));
        match fs::read(path) {
            Ok(json) => serde_json::from_slice(&json).map_err(|error| failed(&error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Contents::new()),
            Err(error) => Err(failed(&error)),
        }
    }

    fn write(&self, contents: Contents) -> Result<(), StartError> {
        match &self.place {
            Place::Memory(place) => {
                *place.lock().unwrap_or_else(PoisonError::into_inner) = contents;
                Ok(())
            }
            Place::File(path) => serde_json::to_vec_pretty(&contents)
                .map_err(std::io::Error::other)
                .and_then(|json| write_private(path, &json))
                .map_err(|error| StartError::Secrets(format!("{}: {error}", path.display()))),
        }
    }

    /// Answers one call to the service that came to its door.
    pub(crate) async fn serve(&self, door: &Door, request: Request<Incoming>, _peer: SocketAddr) -> Answer {
        if let Err(refused) = door.admit(&request) {
            let body = json!({ "__type": "UnrecognizedClientException", "Message": refused.to_string() });
            return service_answer(StatusCode::FORBIDDEN, &body);
        }
        let target = request.headers().get("x-amz-target").and_then(|t| t.to_str().ok());
        if target != Some("secretsmanager.GetSecretValue") {
            return refuse("UnknownOperationException", "Only GetSecretValue is served here.");
        }
        let body = Limited::new(request.into_body(), REQUEST_LIMIT).collect().await;
        let asked = body.ok().and_then(|body| serde_json::from_slice(&body.to_bytes()).ok());
        match asked {
            Some(asked) => self.get_secret_value(&asked),
            None => refuse("SerializationException", "The request is no JSON."),
        }
    }

    fn get_secret_value(&self, asked: &Value) -> Answer {
        let field = |name| asked.get(name).and_then(Value::as_str);
        let Some(id) = field("SecretId") else {
            return refuse("InvalidParameterException", "SecretId is missing.");
        };
        let contents = match self.read() {
            Ok(contents) => contents,
            Err(error) => {
                tracing::error!(%error, "the secrets could not be read");
                return service_answer(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    &json!({ "__type": "InternalServiceError", "Message": "An error occurred on the server side." }),
                );
            }
        };
        let model_key = self.model_key.as_ref().filter(|_| id == MODEL_KEY);
        let Some(secret) = model_key.or_else(|| contents.get(id)) else {
            return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        };
        let version_id = field("VersionId");
        let stage = field("VersionStage").or(version_id.is_none().then_some("AWSCURRENT"));
        let versions = [("AWSCURRENT", Some(&secret.current)), ("AWSPREVIOUS", secret.previous.as_ref())];
        let found = versions.into_iter().find_map(|(label, version)| {
            let version = version?;
            let wanted =
                stage.is_none_or(|stage| stage == label) && version_id.is_none_or(|id| id == version.version_id);
            wanted.then_some((label, version))
        });
        match found {
            Some((label, version)) => service_answer(
                StatusCode::OK,
                &json!({
                    "ARN": format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:{id}-local0"),
                    "Name": id,
                    "VersionId": version.version_id,
                    "SecretString": version.value,
                    "VersionStages": [label],
                    "CreatedDate": version.created,
                }),
            ),
            None => refuse(
                "ResourceNotFoundException",
                &match (stage, version_id) {
                    (Some(stage), _) => {
                        format!("Secrets Manager can't find the specified secret value for staging label: {stage}")
                    }
                    (None, id) => format!(
                        "Secrets Manager can't find the specified secret value for VersionId: {}",
                        id.unwrap_or_default()
                    ),
                },
            ),
        }
    }
}

fn refuse(kind: &str, message: &str) -> Answer {
    service_answer(StatusCode::BAD_REQUEST, &json!({ "__type": kind, "Message": message }))
}

fn service_answer(status: StatusCode, body: &Value) -> Answer {
    answer(status, "application/x-amz-json-1.1", body.to_string())
}

fn make() -> Result<Version, StartError> {
    Ok(Version {
        version_id: random_text(32)?,
        value: random_text(SECRET_LENGTH)?,
        created: jiff::Timestamp::now().as_second(),
    })
}

/// `length` characters of [`ALPHABET`], each with six random bits of the system's.
///
/// # Errors
/// The system has no randomness.
pub(crate) fn random_text(length: usize) -> Result<String, StartError> {
    let mut bytes = vec![0; length];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| StartError::Secrets("the system has no randomness".to_owned()))?;
    let character = |byte: &u8| ALPHABET.get(usize::from(byte % 64)).copied().map(char::from);
    Ok(bytes.iter().filter_map(character).collect())
}

/// Puts `bytes` in place of the file at once, or not at all; only its owner may read it.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_added_extension("new");
    let mut file = open_private(&beside, fs::OpenOptions::new().write(true).truncate(true))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn ask(secrets: &Secrets, asked: Value) -> (StatusCode, Value) {
        let (head, body) = secrets.get_secret_value(&asked).into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_rotation_keeps_the_key_before_it() {
        let secrets = Secrets::in_memory().unwrap();
        let first = secrets.signing_key().unwrap().current;
        assert_eq!(first.value.len(), SECRET_LENGTH);
        let previous = json!({ "SecretId": SIGNING_KEY, "VersionStage": "AWSPREVIOUS" });

        let (status, none) = ask(&secrets, previous.clone()).await;
        assert_eq!(status, 400);
        assert_eq!(none["__type"], "ResourceNotFoundException");

        let version = secrets.rotate_signing_key().unwrap();
        let (_, current) = ask(&secrets, json!({ "SecretId": SIGNING_KEY })).await;
        assert_eq!(current["VersionId"], version);
        assert_ne!(current["SecretString"], first.value);
        let (_, before) = ask(&secrets, previous).await;
        assert_eq!(before["SecretString"], first.value);
        let by_id = json!({ "SecretId": SIGNING_KEY, "VersionId": first.version_id });
        assert_eq!(ask(&secrets, by_id).await.1["VersionStages"], json!(["AWSPREVIOUS"]));
    }

    #[tokio::test]
    async fn an_unknown_secret_is_not_found() {
        let secrets = Secrets::in_memory().unwrap();
        let (status, body) = ask(&secrets, json!({ "SecretId": "other" })).await;
        assert_eq!(status, 400);
        assert_eq!(body["__type"], "ResourceNotFoundException");
    }

    #[test]
    fn the_file_is_kept_and_private() {
        let dir = std::env::temp_dir().join(random_text(16).unwrap());
        fs::create_dir(&dir).unwrap();
        let made = Secrets::open(&dir).unwrap().signing_key().unwrap();
        assert_eq!(Secrets::open(&dir).unwrap().signing_key().unwrap(), made);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(dir.join("secrets.json")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::remove_dir_all(&dir).unwrap();
    }
}
