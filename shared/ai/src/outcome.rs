//! What comes of asking a model.

use sprintsync_domain::NO_MODEL;

use crate::Provider;

/// What came of asking, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked<T> {
    /// The answer, or why there is none.
    pub outcome: Result<Told<T>, Declined>,
    /// What it took.
    pub used: Use,
}

/// What a model told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    /// The answer, checked.
    pub told: T,
    /// The protocol that it came by.
    pub provider: Provider,
    /// The model that was asked.
    pub model: String,
}

/// What asking took: for the log and the metrics, and free of anybody's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// `told`, or [`Declined::as_str`].
    pub outcome: &'static str,
    /// Requests sent; 0 where none was, for want of a key or while the model rests.
    pub tries: u32,
    /// The status of the last response, if there was one.
    pub status: Option<u16>,
    /// Milliseconds from the question to its outcome, the fetching of the key included.
    pub latency_ms: u64,
    /// Tokens of the question, as the provider counts them.
    pub input_tokens: u64,
    /// Tokens of the answer and of what the model thought before it, as the provider counts them.
    pub output_tokens: u64,
}

/// Why there is no answer of a model's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Declined {
    /// There is no key.
    NoKey,
    /// The time for an answer ran out.
    TimedOut,
    /// The provider's quota is used up (429).
    Busy,
    /// The provider has an error of its own (5xx).
    Failing,
    /// No connection, or a broken one; or the key cannot be read just now.
    Unreachable,
    /// The provider does not take the key (401, 403).
    KeyRefused,
    /// The provider does not take the request (400, 404 and the like): the model or the address is wrong.
    Misconfigured,
    /// The provider or the model will not answer this.
    Blocked,
    /// The answer is malformed, cut off, too long, or no plain text.
    Unusable,
    /// The answer does not agree with the plan.
    Mismatch,
    /// The answer names a length of time or a day that nobody gave.
    Invented,
    /// The model failed again and again, and is left alone for a while.
    Resting,
}

impl Declined {
    /// Why, in a sentence for the person who waited.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoKey => NO_MODEL,
            Self::TimedOut => "The AI took too long. Try again later.",
            Self::Busy => "The AI is busy.",
            Self::Failing => "The AI is unavailable. Try again later.",
            Self::Unreachable => "The AI can't be reached. Try again later.",
            Self::KeyRefused => "The AI rejected this instance's key.",
            Self::Misconfigured => "AI isn't set up correctly here.",
            Self::Blocked => "The AI declined to answer this.",
            Self::Unusable => "The AI's answer couldn't be used.",
            Self::Mismatch => "The AI's answer didn't match the plan.",
            Self::Invented => "The AI made up a date or a length of time.",
            Self::Resting => "AI paused for a few minutes after repeated errors.",
        }
    }

    /// Its name in log and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoKey => "no_key",
            Self::TimedOut => "timed_out",
            Self::Busy => "busy",
            Self::Failing => "failing",
            Self::Unreachable => "unreachable",
            Self::KeyRefused => "key_refused",
            Self::Misconfigured => "misconfigured",
            Self::Blocked => "blocked",
            Self::Unusable => "unusable",
            Self::Mismatch => "mismatch",
            Self::Invented => "invented",
            Self::Resting => "resting",
        }
    }

    /// Whether asking something else would end the same way: that is what the breaker counts. An answer that is no good
    /// says nothing about the next.
    pub(crate) fn is_of_the_provider(self) -> bool {
        match self {
            Self::TimedOut
            | Self::Busy
            | Self::Failing
            | Self::Unreachable
            | Self::KeyRefused
            | Self::Misconfigured => true,
            Self::NoKey | Self::Blocked | Self::Unusable | Self::Mismatch | Self::Invented | Self::Resting => false,
        }
    }
}
