//! What only an answer shows: ids, instants, tokens. The model knows such a value by its slot, and what the first
//! answer puts there every later one must repeat.

use serde_json::Value;
use sprintsync_domain::Timestamp;

/// Between which milliseconds of the clock a request was sent and answered.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub lo: i64,
    pub hi: i64,
}

#[derive(Debug, Clone)]
enum Kind {
    Id,
    /// From one instant to another, as they are written.
    Instant(String, String),
    Text,
}

/// The slots of a walk.
#[derive(Debug, Clone, Default)]
pub struct Slots(Vec<(Kind, Option<String>)>);

/// No text that a step sends begins with it.
const MARK: &str = "\u{1}slot ";

impl Slots {
    /// An id that nothing else has.
    pub fn id(&mut self) -> Value {
        self.slot(Kind::Id)
    }

    /// An instant within this window, so many milliseconds later.
    pub fn instant(&mut self, window: Window, later: i64) -> Value {
        let at = |ms: i64| Timestamp::from_ms(ms + later).to_string();
        self.slot(Kind::Instant(at(window.lo), at(window.hi)))
    }

    /// A text that nothing else is.
    pub fn text(&mut self) -> Value {
        self.slot(Kind::Text)
    }

    fn slot(&mut self, kind: Kind) -> Value {
        self.0.push((kind, None));
        format!("{MARK}{}", self.0.len() - 1).into()
    }

    /// What stands in a slot, once an answer showed it.
    pub fn known(&self, slot: &Value) -> Option<&str> {
        self.0[place(slot)?].1.as_deref()
    }

    /// Whether what was shown is what was expected; fills the slots that were empty.
    pub fn agree(&mut self, expected: &Value, shown: &Value) -> Result<(), String> {
        if let Some(place) = place(expected) {
            return self.fill(place, shown.as_str().ok_or_else(|| format!("{shown} is no text"))?);
        }
        match (expected, shown) {
            (Value::Object(expected), Value::Object(shown)) => {
                if expected.len() != shown.len() || !expected.keys().all(|name| shown.contains_key(name)) {
                    let names = |object: &serde_json::Map<String, Value>| format!("{:?}", object.keys());
                    return Err(format!("fields {} instead of {}", names(shown), names(expected)));
                }
                expected.iter().try_for_each(|(name, expected)| {
                    self.agree(expected, &shown[name]).map_err(|why| format!("{name}: {why}"))
                })
            }
            (Value::Array(expected), Value::Array(shown)) => {
                if expected.len() != shown.len() {
                    return Err(format!("{} items instead of {}", shown.len(), expected.len()));
                }
                let mut both = expected.iter().zip(shown).enumerate();
                both.try_for_each(|(at, (expected, shown))| {
                    self.agree(expected, shown).map_err(|why| format!("[{at}] {why}"))
                })
            }
            _ if expected == shown => Ok(()),
            _ => Err(format!("{shown} instead of {expected}")),
        }
    }

    fn fill(&mut self, place: usize, shown: &str) -> Result<(), String> {
        let (kind, known) = &self.0[place];
        if let Some(known) = known {
            return if known == shown { Ok(()) } else { Err(format!("{shown} instead of {known}")) };
        }
        match kind {
            Kind::Instant(lo, hi) if shown.len() != lo.len() || shown < lo.as_str() || shown > hi.as_str() => {
                return Err(format!("{shown} is not between {lo} and {hi}"));
            }
            Kind::Id if !is_id(shown) => return Err(format!("{shown} is no id")),
            Kind::Id | Kind::Text if self.0.iter().any(|(_, known)| known.as_deref() == Some(shown)) => {
                return Err(format!("{shown} is something else already"));
            }
            _ => {}
        }
        self.0[place].1 = Some(shown.to_owned());
        Ok(())
    }
}

fn place(value: &Value) -> Option<usize> {
    value.as_str()?.strip_prefix(MARK)?.parse().ok()
}

/// A UUID of version 7 in lower case.
fn is_id(text: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let shape = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        14 => c == '7',
        19 => "89ab".contains(c),
        _ => digit(c),
    };
    text.len() == 36 && text.chars().enumerate().all(shape)
}
