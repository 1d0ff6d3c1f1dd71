//! Who someone is: passwords, tokens, sessions, the keys behind them, and what a request must show to act by cookie.

mod accounts;
mod code;
pub mod csrf;
mod device;
mod guess;
mod keys;
mod password;
mod sign_in;
mod source;
mod token;

pub use accounts::{Accounts, Error, Keeper, SignUp, SignedIn, Suggested};
pub use code::{Code, create_invite, invite_until, reset_until};
pub use guess::Known;
pub use keys::{Key, KeyError, KeyRing, Keys, check_secret};
pub use password::{Candidate, Password, legacy_hash};
pub use sign_in::SigningIn;
pub use source::Source;
pub use token::Token;
