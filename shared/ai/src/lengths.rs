//! The lengths of time that a text names.
//!
//! English as planners write it: "90 minutes", "1.5 hours", "2h 30m", "1h30", "1:30", "an hour and a half",
//! "forty-five minutes", "30-45 min". The units of a few neighbouring languages are known too, since a model may fall
//! into the language of the titles. What is vague ("a few minutes") names no length.

mod tokens;

use tokens::{Token, What, tokens};

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Length {
    /// In milliseconds.
    Time(i64),
    /// In thousandths of a day.
    Days(i64),
    /// A number in digits that are not read here.
    Unread,
}

impl Length {
    /// So many minutes.
    pub(crate) fn minutes(minutes: i64) -> Self {
        Self::Time(minutes.saturating_mul(60_000))
    }

    /// So many days.
    pub(crate) fn days(days: i64) -> Self {
        Self::Days(days.saturating_mul(1_000))
    }
}

/// The numbers that a text names, in digits or in words, in thousandths.
pub(crate) fn numbers(text: &str) -> Vec<i64> {
    let of = |token: &Token<'_>| match token.what {
        What::Number { milli, .. } => Some(milli),
        What::Word(_) | What::Mark(_) | What::Unread => None,
    };
    tokens(text).iter().filter_map(of).collect()
}

/// All of them, in the order of the text.
pub(crate) fn lengths(text: &str) -> Vec<Length> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at = match (token.what, Reader { tokens: &tokens }.lengths(at)) {
            (What::Unread, _) => {
                found.push(Length::Unread);
                at + 1
            }
            (_, Some((lengths, next))) => {
                found.extend(lengths);
                next
            }
            (_, None) => at + 1,
        };
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
}

impl Unit {
    /// Single letters are units in small letters alone: "5M users" and "3D" are something else.
    fn of(word: &str) -> Option<Self> {
        match word {
            "s" => return Some(Self::Second),
            "m" => return Some(Self::Minute),
            "h" | "H" => return Some(Self::Hour),
            "d" => return Some(Self::Day),
            "w" => return Some(Self::Week),
            _ => {}
        }
        Some(match word.to_lowercase().as_str() {
            "sec" | "secs" | "second" | "seconds" | "sekunde" | "sekunden" => Self::Second,
            "min" | "mins" | "minute" | "minutes" | "minuten" | "minuto" | "minutos" | "minuti" => Self::Minute,
            "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" | "heure" | "heures" | "hora" | "horas"
            | "ora" | "ore" => Self::Hour,
            "day" | "days" | "tag" | "tage" | "tagen" => Self::Day,
            "week" | "weeks" | "wk" | "wks" | "woche" | "wochen" => Self::Week,
            _ => return None,
        })
    }

    fn length(self, milli: i64) -> Length {
        match self {
            Self::Second => Length::Time(milli),
            Self::Minute => Length::Time(milli.saturating_mul(60)),
            Self::Hour => Length::Time(milli.saturating_mul(3_600)),
            Self::Day => Length::Days(milli),
            Self::Week => Length::Days(milli.saturating_mul(7)),
        }
    }

    /// The unit that may follow within one length.
    fn smaller(self) -> Option<Self> {
        match self {
            Self::Hour => Some(Self::Minute),
            Self::Minute => Some(Self::Second),
            Self::Second | Self::Day | Self::Week => None,
        }
    }
}

/// Words that begin something else than a unit's kind.
fn says_else(word: &str) -> bool {
    matches!(
        word,
        "in" | "of"
            | "for"
            | "to"
            | "and"
            | "or"
            | "at"
            | "per"
            | "a"
            | "an"
            | "the"
            | "within"
            | "after"
            | "before"
            | "take"
            | "takes"
            | "need"
            | "needs"
            | "task"
            | "tasks"
            | "block"
            | "blocks"
            | "with"
            | "until"
            | "every"
            | "few"
            | "several"
            | "is"
            | "are"
            | "has"
            | "have"
            | "that"
    )
}

struct Reader<'t> {
    tokens: &'t [Token<'t>],
}

impl<'t> Reader<'t> {
    fn word(&self, at: usize) -> Option<&'t str> {
        match self.tokens.get(at)?.what {
            What::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        self.word(at).is_some_and(|word| words.iter().any(|one| one.eq_ignore_ascii_case(word)))
    }

    fn number(&self, at: usize) -> Option<i64> {
        match self.tokens.get(at)?.what {
            What::Number { milli, .. } => Some(milli),
            _ => None,
        }
    }

    fn mark(&self, at: usize) -> Option<char> {
        match self.tokens.get(at)?.what {
            What::Mark(mark) => Some(mark),
            _ => None,
        }
    }

    fn is_dash(&self, at: usize) -> bool {
        self.mark(at).is_some_and(|mark| matches!(mark, '-' | '\u{2010}'..='\u{2015}' | '/'))
    }

    /// Past words that may be there, one of each.
    fn past(&self, at: usize, each: &[&[&str]]) -> usize {
        each.iter().fold(at, |at, words| at + usize::from(self.is(at, words)))
    }

    /// The lengths that begin here, and where they end: one, or those of a list with one unit ("30 to 45 minutes").
    fn lengths(&self, at: usize) -> Option<(Vec<Length>, usize)> {
        if let Some((length, next)) = self.clock(at) {
            return Some((vec![length], next));
        }
        let (mut listed, mut last) = (Vec::new(), at);
        loop {
            if let Some((unit, length, next)) = self.length(last) {
                let mut all: Vec<Length> = listed.into_iter().map(|milli| unit.length(milli)).collect();
                all.push(length);
                return Some((all, next));
            }
            listed.push(self.number(last)?);
            let joined = self.is(last + 1, &["to", "or", "and", "bis"]) || self.is_dash(last + 1);
            if !joined || self.number(last + 2).is_none() {
                return None;
            }
            last += 2;
        }
    }

    /// Hours and minutes as a clock shows them: `1:30`.
    fn clock(&self, at: usize) -> Option<(Length, usize)> {
        let hours = self.number(at)?;
        let (colon, minutes) = (self.tokens.get(at + 1)?, self.tokens.get(at + 2)?);
        let What::Number { milli, two_digits: true } = minutes.what else { return None };
        let one = colon.what == What::Mark(':') && colon.glued && minutes.glued && milli < 60_000;
        let length = Length::Time(hours.saturating_mul(3_600).saturating_add(milli.saturating_mul(60)));
        let next = at + 3 + usize::from(self.word(at + 3).and_then(Unit::of) == Some(Unit::Hour));
        one.then_some((length, next))
    }

    /// A number with its unit, and with what follows in smaller units.
    fn length(&self, at: usize) -> Option<(Unit, Length, usize)> {
        let (milli, vague, next) = self.quantity(at)?;
        let next = next + usize::from(self.is_dash(next));
        let next = self.past_kind(next, vague);
        let unit = Unit::of(self.word(next)?)?;
        // "a second block", "half a day" and "in a day" name no length.
        if vague && !matches!(unit, Unit::Hour | Unit::Minute) {
            return None;
        }
        let next = next + 1;
        if let Some((part, next)) = self.and_a_part(next) {
            return Some((unit, unit.length(milli.saturating_add(part)), next));
        }
        if let (Some(smaller), Length::Time(time)) = (unit.smaller(), unit.length(milli))
            && let Some((rest, next)) = self.rest(next, smaller)
        {
            let Length::Time(rest) = smaller.length(rest) else { return None };
            return Some((unit, Length::Time(time.saturating_add(rest)), next));
        }
        Some((unit, unit.length(milli), next))
    }

    /// Past a word or two that say of what kind the unit is: "extra", "more focused". After "a" only one unit is a length:
    /// "a few minutes" is vague.
    fn past_kind(&self, at: usize, vague: bool) -> usize {
        let unit = |at: usize| self.word(at).filter(|word| word.chars().count() > 1 && Unit::of(word).is_some());
        let kind = |at: usize| self.word(at).is_some_and(|word| !says_else(&word.to_ascii_lowercase()));
        let one = |word: &str| matches!(word.to_ascii_lowercase().as_str(), "hour" | "minute");
        if self.word(at).and_then(Unit::of).is_some() {
            return at;
        }
        let found = (1..=2).find(|ahead| unit(at + ahead).is_some_and(|word| !vague || one(word)));
        found.filter(|ahead| (at..at + ahead).all(kind)).map_or(at, |ahead| at + ahead)
    }

    /// What stands before a unit, in thousandths, and whether it is a word that is often no number.
    fn quantity(&self, at: usize) -> Option<(i64, bool, usize)> {
        if let Some(milli) = self.number(at) {
            if let Some((part, next)) = self.and_a_part(at + 1) {
                return Some((milli + part, false, next));
            }
            if self.is(at + 1, &["quarters"]) {
                return Some((milli / 4, false, self.past(at + 2, &[&["of"], &["a", "an"]])));
            }
            return Some((milli, false, at + 1));
        }
        let start = self.past(at, &[&["a", "an"]]);
        if self.is(start, &["couple"]) {
            return Some((2_000, false, self.past(start + 1, &[&["of"], &["more"]])));
        }
        if self.is(start, &["dozen"]) {
            return Some((12_000, false, self.past(start + 1, &[&["of"], &["more"]])));
        }
        if self.is(start, &["half"]) {
            let next = start + 1 + usize::from(self.is_dash(start + 1));
            return Some((500, true, self.past(next, &[&["of"], &["a", "an"]])));
        }
        if self.is(start, &["quarter"]) {
            let next = start + 1 + usize::from(self.is_dash(start + 1));
            return Some((250, true, self.past(next, &[&["of"], &["a", "an"]])));
        }
        (start > at).then_some((1_000, true, start))
    }

    /// `and a half`, `and a quarter`.
    fn and_a_part(&self, at: usize) -> Option<(i64, usize)> {
        if !self.is(at, &["and"]) || !self.is(at + 1, &["a", "one"]) {
            return None;
        }
        match self.word(at + 2)?.to_ascii_lowercase().as_str() {
            "half" => Some((500, at + 3)),
            "quarter" => Some((250, at + 3)),
            _ => None,
        }
    }

    /// What follows in this unit: `30m`, `and 30 minutes`, or `30` at once, as in `1h30`.
    fn rest(&self, at: usize, unit: Unit) -> Option<(i64, usize)> {
        let token = self.tokens.get(at)?;
        let start = at + usize::from(self.mark(at) == Some(','));
        let start = self.past(start, &[&["and", "und"]]);
        if let Some(milli) = self.number(start)
            && self.word(start + 1).and_then(Unit::of) == Some(unit)
        {
            return Some((milli, start + 2));
        }
        let milli = self.number(at).filter(|_| token.glued)?;
        Some((milli, at + 1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minutes(text: &str) -> Vec<f64> {
        let of = |length| match length {
            Length::Time(ms) => f64::from(i32::try_from(ms).expect("short")) / 60_000.0,
            Length::Days(_) | Length::Unread => panic!("{text}: {length:?}"),
        };
        lengths(text).into_iter().map(of).collect()
    }

    #[test]
    fn a_length_is_found_however_it_is_written() {
        for (text, expected) in [
            ("90 minutes", 90.0),
            ("90-minute", 90.0),
            ("(90min)", 90.0),
            ("90 MINUTES", 90.0),
            ("1 minute", 1.0),
            ("45m", 45.0),
            ("1.5 hours", 90.0),
            ("1,5 h", 90.0),
            ("0.75h", 45.0),
            ("an 8-hour day", 480.0),
            ("2h 30m", 150.0),
            ("2h30m", 150.0),
            ("1h30", 90.0),
            ("1 h 30 min", 90.0),
            ("1 hour 30 minutes", 90.0),
            ("1 hour, 30 minutes", 90.0),
            ("1 hour and 30 minutes", 90.0),
            ("1:30", 90.0),
            ("1:30h", 90.0),
            ("0:45 hours", 45.0),
            ("1,440 minutes", 1_440.0),
            ("an hour", 60.0),
            ("one hour", 60.0),
            ("half an hour", 30.0),
            ("a half-hour", 30.0),
            ("a quarter of an hour", 15.0),
            ("three quarters of an hour", 45.0),
            ("an hour and a half", 90.0),
            ("an hour and a quarter", 75.0),
            ("two and a half hours", 150.0),
            ("2½ hours", 150.0),
            ("½ hour", 30.0),
            ("ninety minutes", 90.0),
            ("forty-five minutes", 45.0),
            ("Forty five minutes", 45.0),
            ("one hundred and twenty minutes", 120.0),
            ("a hundred minutes", 100.0),
            ("two hundred minutes", 200.0),
            ("20 seconds", 1.0 / 3.0),
            ("90 Minuten", 90.0),
            ("2 Stunden und 15 Minuten", 135.0),
            ("999 extra minutes", 999.0),
            ("two more focused hours", 120.0),
            ("an extra hour", 60.0),
            ("a couple of hours", 120.0),
            ("a dozen minutes", 12.0),
            ("1.2501 hours", 1.251 * 60.0),
            ("45.0001 minutes", 45.001),
        ] {
            let found = minutes(text);
            assert!(found.len() == 1 && (found[0] - expected).abs() < 1e-9, "{text}: {found:?}");
            assert_eq!(minutes(&format!("Take {text}, then rest.")), found, "{text}");
            assert_eq!(minutes(&format!("2 tasks in {text}")), found, "{text}");
        }
    }

    #[test]
    fn every_length_of_a_text_is_found() {
        assert_eq!(minutes("30 to 45 minutes, then 2 hours"), [30.0, 45.0, 120.0]);
        assert_eq!(minutes("30-45 min and 1-2 h"), [30.0, 45.0, 60.0, 120.0]);
        assert_eq!(minutes("30 or 45 or 60 minutes"), [30.0, 45.0, 60.0]);
        assert_eq!(minutes("from 9:00–10:30"), [540.0, 630.0]);
        assert_eq!(minutes("On 2026-11-25, 90 minutes are left of 480 minutes."), [90.0, 480.0]);
        assert_eq!(minutes("Block 2: 30 minutes; block 3: 1h 5m"), [30.0, 65.0]);
        assert_eq!(minutes("1 hour and 30 minutes and an hour"), [90.0, 60.0]);
    }

    #[test]
    fn days_are_another_matter() {
        assert_eq!(lengths("3 days overdue"), [Length::days(3)]);
        assert_eq!(lengths("due in two weeks"), [Length::days(14)]);
        assert_eq!(lengths("2d"), [Length::days(2)]);
    }

    #[test]
    fn what_is_no_length_is_left() {
        for text in [
            "",
            "3 tasks and 2 bugs",
            "a few minutes, several hours",
            "two tasks take minutes",
            "a few extra minutes",
            "the last two need hours",
            "the first and the second block",
            "a second look",
            "half a day, every day of the week",
            "due on 2026-11-25 (version 1.2.3)",
            "5M users in 3D",
            "10 m² of H₂O",
            "ticket 20261125001122334455",
            "hours and minutes",
            "block 2",
            "one of them",
        ] {
            assert_eq!(lengths(text), [], "{text}");
        }
    }

    #[test]
    fn digits_of_other_scripts_are_not_read() {
        assert_eq!(lengths("\u{669}\u{660} minutes"), [Length::Unread, Length::Unread]);
        assert_eq!(lengths("\u{ff19}\u{ff10} minutes"), [Length::Unread, Length::Unread]);
    }

    proptest! {
        #[test]
        fn any_number_of_minutes_is_read_back(n in 0i64..100_000) {
            let rest = n % 60;
            for text in [
                format!("{n} minutes"),
                format!("{}h {rest}m", n / 60),
                format!("{}h{rest:02}", n / 60),
                format!("{}:{rest:02}", n / 60),
                format!("{} hours and {rest} minutes", n / 60),
                format!("Then a {n}-minute block"),
                format!("Give it {}.", sprintsync_domain::in_hours(n)),
            ] {
                prop_assert_eq!(lengths(&text), vec![Length::minutes(n)], "{}", text);
            }
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,60}|[0-9:.,½ a-hm-]{0,30}") {
            let _ = lengths(&text);
        }
    }
}
