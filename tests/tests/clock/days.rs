//! Days and weeks are the person's own: where they are, on the nights that change the clock too.

use serde_json::json;
use tests::{Lab, Person};

/// Someone in a zone, on a stack whose clock shows this instant.
fn at(instant: &str, zone: &str) -> (Lab, Person) {
    let lab = Lab::start();
    lab.clock.set(instant);
    let person = Person::on(&lab.api);
    person.patch("/auth/me", &json!({"time_zone": zone})).ok(200);
    (lab, person)
}

#[test]
fn today_is_where_the_person_is() {
    for (instant, zone, today, tomorrow) in [
        ("2026-11-23T23:30:00Z", "UTC", "2026-11-23", "2026-11-24"),
        ("2026-11-23T23:30:00Z", "Asia/Tokyo", "2026-11-24", "2026-11-25"),
        ("2026-11-23T02:30:00Z", "America/Los_Angeles", "2026-11-22", "2026-11-23"),
        ("2026-11-23T10:30:00Z", "Pacific/Kiritimati", "2026-11-24", "2026-11-25"),
        ("2026-11-23T11:30:00Z", "Pacific/Pago_Pago", "2026-11-23", "2026-11-24"),
        // The last minute of the day of 23 hours, and the first after it; and of the day of 25.
        ("2026-03-29T21:59:00Z", "Europe/Berlin", "2026-03-29", "2026-03-30"),
        ("2026-03-29T22:01:00Z", "Europe/Berlin", "2026-03-30", "2026-03-31"),
        ("2026-10-25T22:59:00Z", "Europe/Berlin", "2026-10-25", "2026-10-26"),
        ("2026-10-25T23:01:00Z", "Europe/Berlin", "2026-10-26", "2026-10-27"),
        // Midnight does not exist there on this day.
        ("2026-09-06T04:00:30Z", "America/Santiago", "2026-09-06", "2026-09-07"),
    ] {
        let (lab, person) = at(instant, zone);
        let path = person.task_path("x");
        let log = |body| person.post(&format!("{path}/time"), &body);
        assert_eq!(log(json!({"minutes": 5})).ok(201)["worked_on"], today, "{instant} {zone}");
        log(json!({"minutes": 5, "worked_on": today})).ok(201);
        log(json!({"minutes": 5, "worked_on": tomorrow})).names(&["worked_on"]);
        let task = person.post("/tasks", &json!({"title": "x", "total_minutes": 5})).ok(201);
        let of_task = person.get(&format!("/tasks/{}/time", task["id"].as_str().expect("an id"))).ok(200);
        assert_eq!(of_task[0]["worked_on"], today, "{instant} {zone}");
        let listed = person.get(&format!("/time?from={today}&to={today}")).ok(200);
        assert_eq!(listed.as_array().map(Vec::len), Some(3), "{instant} {zone}");
        drop(lab);
    }
}

#[test]
fn who_moves_keeps_the_days_that_were() {
    let (lab, person) = at("2026-11-23T20:00:00Z", "Asia/Tokyo");
    let path = person.task_path("x");
    let log = || person.post(&format!("{path}/time"), &json!({"minutes": 5})).ok(201)["worked_on"].clone();
    assert_eq!(log(), "2026-11-24");
    person.patch("/auth/me", &json!({"time_zone": "America/New_York"})).ok(200);
    assert_eq!(log(), "2026-11-23");
    let days = person.walk("/time?from=2026-11-23&to=2026-11-24").0;
    assert_eq!(days.iter().map(|entry| &entry["worked_on"]).collect::<Vec<_>>(), ["2026-11-24", "2026-11-23"]);
    drop(lab);
}

#[test]
fn a_week_is_shown_from_monday_to_sunday_with_its_sums() {
    // In Berlin it is Monday already; in New York still Sunday.
    for (zone, from, to) in
        [("Europe/Berlin", "2026-11-23", "2026-11-29"), ("America/New_York", "2026-11-16", "2026-11-22")]
    {
        let (lab, person) = at("2026-11-23T03:00:00Z", zone);
        let path = person.task_path("Worked on");
        for (minutes, day) in [(90, "2026-11-16"), (45, "2026-11-22"), (30, "2026-11-22")] {
            person.post(&format!("{path}/time"), &json!({"minutes": minutes, "worked_on": day})).ok(201);
        }
        let page = |path: &str| lab.api.call("GET", path).cookie(&person.token).send().expect(200).text().to_owned();
        let week = page("/week");
        assert!(
            week.contains(&format!("datetime=\"{from}\"")) && week.contains(&format!("datetime=\"{to}\"")),
            "{zone}"
        );
        let other = page("/week?day=2026-11-19");
        assert!(other.contains("2h 45m") && other.contains("1h 30m") && other.contains("1h 15m"), "{other}");
        assert!(other.contains("Worked on"));
        assert_eq!(week.contains("2h 45m"), zone == "America/New_York");
        let (day, sunday) = (page("/day"), page("/day?on=2026-11-22"));
        assert_eq!(day.contains("<strong>1h 15m</strong>"), zone == "America/New_York", "{day}");
        assert!(sunday.contains("<strong>1h 15m</strong>") && !sunday.contains("<strong>2h 45m"), "{sunday}");
    }
}
