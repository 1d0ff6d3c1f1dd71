//! A text in words, numbers and marks.

/// The greatest number that is read; longer ones count as this.
const MOST: i64 = 999_999_999;

/// A word, a number or a mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) what: What<'t>,
    /// No space stands before it.
    pub(super) glued: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum What<'t> {
    /// In thousandths, and whether it is written in digits, two of them.
    Number { milli: i64, two_digits: bool },
    /// Letters, as they are written.
    Word(&'t str),
    /// Anything else.
    Mark(char),
    /// Digits of another script.
    Unread,
}

/// The text in its parts, without its spaces.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let (mut rest, mut glued) = (text, false);
    while let Some(c) = rest.chars().next() {
        let end = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let (what, length) = match c {
            c if c.is_whitespace() => {
                glued = false;
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
                continue;
            }
            '0'..='9' => digits(rest),
            '½' => (number(500), c.len_utf8()),
            '¼' => (number(250), c.len_utf8()),
            '¾' => (number(750), c.len_utf8()),
            c if c.is_alphabetic() => {
                // "m²" is one word, and no minute.
                let length = end(|c| c.is_alphabetic() || is_raised(c));
                (What::Word(rest.get(..length).unwrap_or_default()), length)
            }
            c if c.is_numeric() && !is_raised(c) => (What::Unread, c.len_utf8()),
            c => (What::Mark(c), c.len_utf8()),
        };
        rest = rest.get(length..).unwrap_or_default();
        join(&mut tokens, Token { what, glued });
        glued = true;
    }
    tokens
}

/// Raised or lowered digits, which count nothing.
fn is_raised(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '\u{2070}'..='\u{209c}')
}

fn number(milli: i64) -> What<'static> {
    What::Number { milli, two_digits: false }
}

/// A number in digits: `90`, `1.5`, `1,5`, `1,440`.
fn digits(text: &str) -> (What<'_>, usize) {
    let run = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (whole, rest) = text.split_at_checked(run(text)).unwrap_or((text, ""));
    let part = |mark: char| {
        let part = rest.strip_prefix(mark)?;
        part.get(..run(part)).filter(|part| !part.is_empty())
    };
    // What is too long to be read is too long for a day.
    let value = |digits: &str| digits.parse().unwrap_or(MOST).min(MOST);
    let thousandths = |part: &str| {
        let (first, finer) = part.split_at_checked(3).unwrap_or((part, ""));
        let scale = [1_000, 100, 10].get(first.len()).copied().unwrap_or(1);
        // A finer part makes it another number than without it, and none that anybody plans with.
        value(first) * scale + i64::from(finer.bytes().any(|b| b != b'0'))
    };
    let (milli, length) = match (part('.'), part(',')) {
        (None, None) => (value(whole) * 1_000, 0),
        (None, Some(part)) if part.len() == 3 => ((value(whole) * 1_000 + value(part)) * 1_000, part.len() + 1),
        (Some(part), _) | (None, Some(part)) => (value(whole) * 1_000 + thousandths(part), part.len() + 1),
    };
    let length = whole.len() + length;
    (What::Number { milli, two_digits: length == 2 }, length)
}

/// Adds a token, after making one number of what belongs to one: `2½`, `forty-five`, `one hundred and twenty`.
fn join<'t>(tokens: &mut Vec<Token<'t>>, token: Token<'t>) {
    let spoken = match token.what {
        What::Word(word) => spoken(&word.to_lowercase()),
        _ => None,
    };
    let last = tokens.last().map(|token| token.what);
    let sum = match (token.what, spoken, last) {
        (What::Number { milli, .. }, None, Some(What::Number { milli: before, .. }))
            if (1..1_000).contains(&milli) && before % 1_000 == 0 && before > 0 =>
        {
            Some((before + milli, 1))
        }
        (_, Some(100), Some(What::Number { milli, .. })) => Some((milli.saturating_mul(100), 1)),
        (_, Some(value), _) => Some(match tokens.as_slice() {
            [.., ten, hyphen] if hyphen.what == What::Mark('-') && is_ten(ten, value) => {
                (milli_of(ten) + value * 1_000, 2)
            }
            [.., ten] if is_ten(ten, value) => (milli_of(ten) + value * 1_000, 1),
            [.., hundred, and] if and.what == What::Word("and") && is_hundred(hundred, value) => {
                (milli_of(hundred) + value * 1_000, 2)
            }
            _ => (value * 1_000, 0),
        }),
        _ => None,
    };
    let Some((milli, eaten)) = sum else { return tokens.push(token) };
    let first = tokens.len().saturating_sub(eaten);
    let glued = tokens.get(first).map_or(token.glued, |token| token.glued);
    tokens.truncate(first);
    tokens.push(Token { what: number(milli), glued });
}

fn milli_of(token: &Token<'_>) -> i64 {
    match token.what {
        What::Number { milli, .. } => milli,
        _ => 0,
    }
}

/// Whether this is a number in words that ends in a ten, and the value may follow it: `forty five`.
fn is_ten(token: &Token<'_>, value: i64) -> bool {
    let ten = milli_of(token) / 1_000 % 100;
    (1..10).contains(&value) && ten >= 20 && ten % 10 == 0 && milli_of(token) % 1_000 == 0
}

fn is_hundred(token: &Token<'_>, value: i64) -> bool {
    (1..100).contains(&value) && milli_of(token) >= 100_000 && milli_of(token) % 100_000 == 0
}

fn spoken(word: &str) -> Option<i64> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let place = |words: &[&str]| words.iter().position(|one| *one == word).and_then(|at| i64::try_from(at).ok());
    place(&SMALL).or_else(|| place(&TENS).map(|at| at * 10 + 20)).or_else(|| (word == "hundred").then_some(100))
}
