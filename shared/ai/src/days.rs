//! The days, dates and times of day that a text names.
//!
//! A plan has a day, its tasks may have a due day, and nothing in it has a time of day. So whatever else a text names is
//! made up: "by Friday", "tomorrow at 5", "25 November", "next week".

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use sprintsync_domain::Day;

/// The days that may be named.
pub(crate) struct Days {
    today: Option<Date>,
    known: BTreeSet<Date>,
}

impl Days {
    /// Of a plan: its own, and those on which its tasks are due.
    pub(crate) fn of(today: Day, due: impl IntoIterator<Item = Day>) -> Self {
        let known = due.into_iter().chain([today]).map(Day::date).collect();
        Self { today: Some(today.date()), known }
    }

    /// Where nothing is known of any day.
    pub(crate) fn none() -> Self {
        Self { today: None, known: BTreeSet::new() }
    }

    /// All of them.
    pub(crate) fn dates(&self) -> impl Iterator<Item = Date> {
        self.known.iter().copied()
    }

    /// Whether every day that the text names is one of them, and it names no time of day.
    pub(crate) fn hold(&self, text: &str) -> bool {
        let words = words(text);
        (0..words.len()).all(|at| Reader { words: &words, days: self }.holds(at))
    }

    fn any(&self, is: impl Fn(Date) -> bool) -> bool {
        self.known.iter().any(|date| is(*date))
    }

    fn is_from_today(&self, days: i64) -> bool {
        self.today.is_some_and(|today| {
            self.any(|date| i64::from(date.since(today).map_or(i32::MAX, |span| span.get_days())) == days)
        })
    }
}

/// A word or a number, and what stands between it and the next.
struct Word<'t> {
    written: &'t str,
    small: String,
    gap: &'t str,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        rest = rest.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (written, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let gap = after.find(char::is_alphanumeric).and_then(|end| after.get(..end)).unwrap_or(after);
        words.push(Word { written, small: written.to_lowercase(), gap });
        rest = after;
    }
    words
}

struct Reader<'w, 't> {
    words: &'w [Word<'t>],
    days: &'w Days,
}

impl Reader<'_, '_> {
    fn small(&self, at: Option<usize>) -> &str {
        at.and_then(|at| self.words.get(at)).map_or("", |word| word.small.as_str())
    }

    fn gap(&self, at: Option<usize>) -> &str {
        at.and_then(|at| self.words.get(at)).map_or("", |word| word.gap)
    }

    /// Whether the word here names no day, or one that is known.
    fn holds(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at) else { return true };
        let (before, next) = (at.checked_sub(1), Some(at + 1));
        let (previous, following) = (self.small(before), self.small(next));
        let small = word.small.as_str();
        let capital = word.written.starts_with(char::is_uppercase);
        if let Some(weekday) = weekday(small).filter(|_| small.chars().count() > 3 || capital) {
            return self.days.any(|date| date.weekday() == weekday);
        }
        if let Some(month) = month(small) {
            return self.month_holds(at, month, capital);
        }
        match small {
            "tomorrow" | "tmrw" | "morgen" | "demain" | "domani" | "mañana" => return self.days.is_from_today(1),
            "yesterday" | "gestern" | "ayer" | "ieri" => return self.days.is_from_today(-1),
            "today" => return self.days.today.is_some(),
            "weekend" | "weekends" | "wochenende" | "fortnight" | "noon" | "midday" | "midnight" | "oclock"
            | "tonight" | "eod" | "eow" | "übermorgen" => return false,
            "o" if following == "clock" => return false,
            "next" | "this" | "last" | "coming" | "following" | "nächste" | "nächsten"
                if matches!(following, "week" | "month" | "year" | "woche" | "monat") =>
            {
                return false;
            }
            "past" if matches!(previous, "half" | "quarter") || number(previous).is_some() => return false,
            "quarter" if matches!(following, "to" | "before") && number(self.small(Some(at + 2))).is_some() => {
                return false;
            }
            _ => {}
        }
        self.number_holds(at)
    }

    /// A month alone is one that a known day is in; with a number beside it, the day itself is known. "May" and "March"
    /// are months beside a number alone.
    fn month_holds(&self, at: usize, month: i8, capital: bool) -> bool {
        let beside = |at: Option<usize>| day_of_month(self.small(at));
        let back = at.checked_sub(if self.small(at.checked_sub(1)) == "of" { 2 } else { 1 });
        let ahead = Some(if self.small(Some(at + 1)) == "the" { at + 2 } else { at + 1 });
        let known = |day: i8| self.days.any(|date| date.month() == month && date.day() == day);
        match (beside(back), beside(ahead)) {
            (None, None) => {
                let word = self.small(Some(at));
                let verb = matches!(word, "may" | "march" | "mar" | "sep" | "dec" | "jan" | "mai");
                (verb && (!capital || matches!(word, "may" | "march"))) || self.days.any(|date| date.month() == month)
            }
            (back, ahead) => back.is_some_and(known) || ahead.is_some_and(known),
        }
    }

    /// Dates in numbers, and times of day.
    fn number_holds(&self, at: usize) -> bool {
        let word = self.small(Some(at));
        if let Some(digits) =
            word.strip_suffix("am").or_else(|| word.strip_suffix("pm")).or_else(|| word.strip_suffix("uhr"))
            && (digits.chars().all(|c| c.is_ascii_digit()))
        {
            let before = number(self.small(at.checked_sub(1)));
            return digits.is_empty() && before.is_none();
        }
        if let Some(day) = ordinal(word) {
            let on = at.checked_sub(2).map(|at| self.small(Some(at)));
            let dated = self.small(at.checked_sub(1)) == "the" && on.is_some_and(|on| on == "on" || is_until(on));
            return !dated || self.days.any(|date| date.day() == day);
        }
        let Some(value) = number(word) else { return true };
        if let Some(holds) = self.date_holds(at) {
            return holds;
        }
        let (before, next) = (self.small(at.checked_sub(1)), self.small(Some(at + 1)));
        if matches!(next, "a" | "p") && self.small(Some(at + 2)) == "m" && self.gap(Some(at + 1)).starts_with('.') {
            return false;
        }
        if (1900..2200).contains(&value) && (before == "in" || is_until(before)) {
            return self.days.any(|date| i64::from(date.year()) == value);
        }
        let ends = self.gap(Some(at)).contains(['.', ',', ';', '!', '?', ')', ':', '–', '—']) || next.is_empty();
        let alone = ends
            || matches!(
                next,
                "and"
                    | "or"
                    | "then"
                    | "so"
                    | "but"
                    | "to"
                    | "you"
                    | "today"
                    | "tomorrow"
                    | "sharp"
                    | "on"
                    | "for"
                    | "with"
            );
        !(value <= 24 && alone && (before == "at" || is_until(before)))
    }

    /// `2026-11-25`, `25/11`, `11/25/2026`, `25.11.2026`: at its first number whether it is known, later on yes.
    fn date_holds(&self, at: usize) -> Option<bool> {
        let digits = |at: Option<usize>| {
            let word = self.small(at);
            (!word.is_empty() && word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit())).then_some(word)
        };
        let joined = |at: Option<usize>| matches!(self.gap(at), "-" | "/" | ".");
        let before = at.checked_sub(1);
        if digits(before).is_some() && joined(before) && self.gap(before) != "." {
            return Some(true);
        }
        let (first, second) = (digits(Some(at))?, digits(Some(at + 1)).filter(|_| joined(Some(at)))?);
        let mark = self.gap(Some(at));
        let third = digits(Some(at + 2)).filter(|_| self.gap(Some(at + 1)) == mark);
        let value = |text: &str| text.parse::<i8>().unwrap_or_default();
        match third {
            Some(third) if first.len() == 4 && mark == "-" => {
                let year: i16 = first.parse().unwrap_or_default();
                Some(
                    self.days
                        .any(|date| (date.year(), date.month(), date.day()) == (year, value(second), value(third))),
                )
            }
            Some(third) if third.len() == 4 || first.len() == 4 => Some(false),
            _ if mark == "/" => Some(!((1..=31).contains(&value(first)) && (1..=31).contains(&value(second)))),
            _ => None,
        }
    }
}

fn is_until(word: &str) -> bool {
    matches!(word, "by" | "until" | "till" | "til" | "before" | "after" | "around" | "from" | "since" | "um" | "bis")
}

/// A whole number up to four digits, or in words up to twelve: what a clock shows, or a year.
fn number(word: &str) -> Option<i64> {
    const SPOKEN: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    if (1..=4).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()) {
        return word.parse().ok();
    }
    SPOKEN.iter().position(|one| *one == word).and_then(|at| i64::try_from(at + 1).ok())
}

fn ordinal(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end))?;
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn day_of_month(word: &str) -> Option<i8> {
    ordinal(word).or_else(|| word.parse().ok()).filter(|day| (1..=31).contains(day))
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mondays" | "mon" | "montag" | "lundi" | "lunes" => Weekday::Monday,
        "tuesday" | "tuesdays" | "tue" | "tues" | "dienstag" | "mardi" | "martes" => Weekday::Tuesday,
        "wednesday" | "wednesdays" | "wed" | "mittwoch" | "mercredi" | "miércoles" => Weekday::Wednesday,
        "thursday" | "thursdays" | "thu" | "thurs" | "donnerstag" | "jeudi" | "jueves" => Weekday::Thursday,
        "friday" | "fridays" | "fri" | "freitag" | "vendredi" | "viernes" => Weekday::Friday,
        "saturday" | "saturdays" | "sat" | "samstag" | "samedi" | "sábado" => Weekday::Saturday,
        "sunday" | "sundays" | "sun" | "sonntag" | "dimanche" | "domingo" => Weekday::Sunday,
        _ => return None,
    })
}

fn month(word: &str) -> Option<i8> {
    Some(match word {
        "january" | "jan" | "januar" => 1,
        "february" | "feb" | "februar" => 2,
        "march" | "mar" | "märz" => 3,
        "april" | "apr" => 4,
        "may" | "mai" => 5,
        "june" | "jun" | "juni" => 6,
        "july" | "jul" | "juli" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "october" | "oct" | "oktober" => 10,
        "november" | "nov" => 11,
        "december" | "dec" | "dezember" => 12,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A Wednesday, with tasks due on the Sunday before, the day after and the Monday after.
    fn days() -> Days {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        Days::of(day("2026-11-25"), [day("2026-11-22"), day("2026-11-26"), day("2026-11-30")])
    }

    #[test]
    fn days_that_are_not_the_plans_and_times_of_day_are_found() {
        for text in [
            "tomorrow at 5",
            "by Friday",
            "on Fridays",
            "Send it on Tue.",
            "at 5",
            "at 9, then the rest",
            "by six.",
            "until 17",
            "5pm",
            "5 pm",
            "10 a.m.",
            "at 5 o'clock",
            "half past two",
            "a quarter to five",
            "before noon",
            "by midnight",
            "next week",
            "this month",
            "over the weekend",
            "yesterday",
            "24 November",
            "November 24th",
            "the 24th of November",
            "Dec 24",
            "May 3",
            "in December",
            "by the 5th",
            "2026-11-24",
            "2027-11-25",
            "24/11",
            "11/25/2026",
            "25.11.2026",
            "in 2027",
            "bis Freitag",
            "EOD",
        ] {
            assert!(!days().hold(text), "{text}");
            assert!(!days().hold(&format!("Start here, {text}")), "{text}");
        }
    }

    #[test]
    fn the_plans_own_days_and_what_names_no_day_hold() {
        for text in [
            "",
            "It was due on Sunday, 22 November.",
            "Due tomorrow, so begin with it today.",
            "Due on 2026-11-26 or on Monday, November 30th.",
            "It may wait; march on.",
            "the 2nd block, then block 3",
            "After 2 tasks, look at 3 more at 45 minutes each.",
            "at first, by itself, before lunch",
            "This is the last quarter of the work.",
            "version 1.2.3 or 2.5",
            "the past two tasks",
            "Two of three are overdue since 22 November 2026.",
        ] {
            assert!(days().hold(text), "{text}");
        }
        assert!(Days::none().hold("Add the form, then check the password twice."));
        assert!(!Days::none().hold("Finish it today.") && !Days::none().hold("Ship it on Monday."));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,60}|[0-9/.: apmthA-Z-]{0,30}") {
            let _ = days().hold(&text);
        }
    }
}
