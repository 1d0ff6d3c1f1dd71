//! Who someone is: passwords, tokens, sessions, the keys behind them, and what a request must show to act by cookie.

mod accounts;
pub mod csrf;
mod keys;
mod password;
mod source;
mod token;

pub use accounts::{Accounts, Error, Keeper, SignUp, SignUpMode, SignedIn, Suggested, create_invite};
pub use keys::{Key, KeyError, KeyRing, Keys, check_secret};
pub use password::Password;
pub use source::Source;
pub use token::Token;
