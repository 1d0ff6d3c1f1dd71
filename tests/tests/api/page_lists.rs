//! The dashboard's addresses: the list from either end, the text filter, the board, and what is found by words.

use tests::{Answer, Person, api};

fn page(person: &Person, path: &str) -> String {
    api().call("GET", path).cookie(&person.token).send().expect(200).text().to_owned()
}

/// A page or fragment that says no.
pub(crate) fn refused(answer: Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.text().to_owned()
}

/// The titles of the tasks that a page or fragment shows, from the top.
fn titles(html: &str) -> Vec<&str> {
    let after = html.split("class=\"row-title\"").skip(1);
    after.filter_map(|rest| rest.split_once('>')?.1.split_once('<').map(|(title, _)| title)).collect()
}

fn add(person: &Person, titles: &[&str]) {
    for title in titles {
        person.task(title);
    }
}

/// The address of a link whose text is this, or which begins with it.
fn link<'a>(html: &'a str, attribute: &str, text: &str) -> Option<&'a str> {
    let tag = html
        .split("<a ")
        .find(|tag| tag.split_once('>').is_some_and(|(_, rest)| rest.trim_start().starts_with(text)))?;
    let value = tag.split_once(&format!(" {attribute}=\"")).or(tag.split_once(&format!("{attribute}=\"")))?.1;
    value.split_once('"').map(|(value, _)| value)
}

fn unescaped(address: &str) -> String {
    address.replace("&#38;", "&").replace("&amp;", "&")
}

#[test]
fn a_list_is_read_from_either_end_page_by_page() {
    let person = Person::new();
    let all: Vec<String> = (0..65).map(|n| format!("task {n}")).collect();
    add(&person, &all.iter().map(String::as_str).collect::<Vec<_>>());
    for (order, expected) in [("order=oldest", all.clone()), ("", all.iter().rev().cloned().collect())] {
        let mut address = format!("/dashboard?{order}");
        let mut seen: Vec<String> = Vec::new();
        loop {
            let html = page(&person, &address);
            seen.extend(titles(&html).into_iter().map(str::to_owned));
            match link(&html, "href", "Load more") {
                Some(next) => address = unescaped(next),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{order}");
    }
}

#[test]
fn a_cursor_is_of_one_list_only() {
    let person = Person::new();
    add(&person, &["x"; 31]);
    let html = page(&person, "/dashboard");
    let next = unescaped(link(&html, "href", "Load more").expect("more"));
    for other in ["&order=oldest", "&status=todo", "&q=x"] {
        leads_to_the_list(&person, &format!("{next}{other}"));
    }
    leads_to_the_list(&Person::new(), &next);
}

/// That an address whose query nobody can read opens the nearest page.
#[track_caller]
fn leads_to_the_list(person: &Person, address: &str) {
    let answer = api().call("GET", address).cookie(&person.token).send().expect(303);
    assert_eq!(answer.header("location"), Some("/dashboard"), "{address}");
}

#[test]
fn what_nobody_can_read_in_an_address_opens_the_nearest_page() {
    let person = Person::new();
    for (address, nearest) in [
        ("/dashboard?cursor=zzz", "/dashboard"),
        ("/dashboard?status=open&order=oldest", "/dashboard?order=oldest"),
        ("/day?on=2026-13-45", "/day"),
        ("/day?on=2026-11-23&on=2026-11-24", "/day"),
        ("/week?day=tomorrow", "/week"),
        ("/trash?cursor=zzz", "/trash"),
    ] {
        let answer = api().call("GET", address).cookie(&person.token).send().expect(303);
        assert_eq!(answer.header("location"), Some(nearest), "{address}");
        api().call("GET", nearest).cookie(&person.token).send().expect(200);
    }
}

#[test]
fn words_are_found_in_titles_and_descriptions_and_the_rest_is_looked_through_by_cursor() {
    let person = Person::new();
    let described = serde_json::json!({"title": "Plain", "description": "about a Needle"});
    person.post("/tasks", &described).ok(201);
    add(&person, &["hay"; 600]);
    add(&person, &["needle in the title", "hay"]);
    let html = page(&person, "/dashboard?q=NEEDLE");
    assert_eq!(titles(&html), ["needle in the title"]);
    assert!(html.contains("Searched 500 tasks, back to "), "it says how far it looked");
    let next = unescaped(link(&html, "href", "Search older tasks").expect("a way on"));
    let html = page(&person, &next);
    assert_eq!(titles(&html), ["Plain"]);
    assert!(html.contains("Searched all 103 tasks."), "and that it came to the end");
    assert!(link(&html, "href", "Search older tasks").is_none());
    let fragment = unescaped(link(&page(&person, "/dashboard?q=hay"), "hx-get", "Search older tasks").expect("more"));
    let more = api()
        .call("GET", &fragment)
        .cookie(&person.token)
        .header("hx-request", "true")
        .send()
        .expect(200)
        .text()
        .to_owned();
    assert_eq!(titles(&more).len(), 30);
    assert!(more.contains("<hx-partial") && !more.contains("<html"));
}

#[test]
fn a_search_goes_along_to_the_other_filters_and_to_the_board() {
    let person = Person::new();
    add(&person, &["needle & thread", "hay"]);
    let list = page(&person, "/dashboard?q=needle+%26");
    let leads_to = |html: &str, address: &str| unescaped(html).contains(&format!("href=\"{address}\""));
    assert!(leads_to(&list, "/dashboard?status=todo&q=needle%20%26"), "{list}");
    assert!(leads_to(&list, "/dashboard?view=board&q=needle%20%26"), "{list}");
    let board = page(&person, "/dashboard?view=board&q=needle+%26");
    assert!(unescaped(&board).contains("needle & thread") && !board.contains("hay"), "{board}");
    assert!(unescaped(&board).contains(r#"value="needle &""#), "{board}");
    assert!(leads_to(&board, "/dashboard?q=needle%20%26"), "{board}");
    assert!(leads_to(&board, "/dashboard?status=done&q=needle%20%26"), "{board}");
}

#[test]
fn the_palette_offers_what_has_the_words_in_its_title_first() {
    let person = Person::new();
    add(&person, &["The needle itself"]);
    for n in 0..10 {
        let hidden = serde_json::json!({"title": format!("Hay {n}"), "description": "a needle in it"});
        person.post("/tasks", &hidden).ok(201);
    }
    let found = api().call("GET", "/web/find?q=needle").cookie(&person.token).send().expect(200).text().to_owned();
    let first = found.split("</a>").next().expect("an offer");
    assert!(first.contains("The needle itself"), "{found}");
    assert_eq!(found.matches("role=\"option\"").count(), 8);
}

#[test]
fn words_that_are_none_or_too_many() {
    let person = Person::new();
    add(&person, &["one"]);
    assert_eq!(titles(&page(&person, "/dashboard?q=%20%20")), ["one"]);
    assert_eq!(titles(&page(&person, "/dashboard?q=none+such")), [""; 0]);
    leads_to_the_list(&person, "/dashboard?q=%ff");
    let title = "a whole title of two hundred letters ".repeat(5) + "and the last on";
    add(&person, &[&title]);
    let typed = title.replace(' ', "+");
    assert_eq!(titles(&page(&person, &format!("/dashboard?q={typed}"))), [&*title]);
    let endless = page(&person, &format!("/dashboard?q={}", "x".repeat(5_000)));
    assert_eq!(titles(&endless), [""; 0]);
    assert!(
        endless.contains(&format!("value=\"{}\"", "x".repeat(200))),
        "what was typed stands there, as far as it counts"
    );
    api().call("GET", &format!("/web/find?q={}", "x".repeat(201))).cookie(&person.token).send().expect(200);
    let hostile = page(&person, "/dashboard?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    assert!(!hostile.contains("<script>alert"));
}

#[test]
fn the_board_has_a_column_a_status_and_each_goes_on() {
    let person = Person::new();
    for n in 0..25 {
        person.post("/tasks", &serde_json::json!({"title": format!("done {n}"), "status": "done"})).ok(201);
    }
    person.post("/tasks", &serde_json::json!({"title": "begun", "status": "in_progress"})).ok(201);
    let html = page(&person, "/dashboard?view=board");
    let columns: Vec<&str> = html.split("<section class=\"column\"").skip(1).collect();
    let shown: Vec<usize> = columns.iter().map(|column| titles(column).len()).collect();
    assert_eq!(shown, [0, 1, 20]);
    let done = columns.last().expect("a column");
    let next = unescaped(link(done, "hx-get", "More").expect("more"));
    let more = api()
        .call("GET", &next)
        .cookie(&person.token)
        .header("hx-request", "true")
        .send()
        .expect(200)
        .text()
        .to_owned();
    assert_eq!(titles(&more), ["done 4", "done 3", "done 2", "done 1", "done 0"]);
    let whole = page(&person, &unescaped(link(done, "href", "More").expect("more")));
    assert_eq!(titles(&whole), ["done 4", "done 3", "done 2", "done 1", "done 0"]);
}

#[test]
fn the_palette_offers_the_newest_tasks_or_those_with_the_words() {
    let person = Person::new();
    add(&person, &["alpha", "beta", "gamma"]);
    let found = |query: &str| {
        let html = page(&person, &format!("/web/find{query}"));
        html.matches("palette-item").count()
    };
    assert_eq!((found(""), found("?q=a"), found("?q=beta"), found("?q=delta")), (3, 3, 1, 0));
    let anonymous: Answer = api().get("/web/find");
    assert_eq!(anonymous.status, 303);
}

#[test]
fn a_page_asked_for_ahead_may_be_kept_for_a_moment_by_its_person_alone() {
    let person = Person::new();
    let id = person.task("one")["id"].as_str().expect("an id").to_owned();
    let path = format!("/task/{id}");
    let ahead = api().call("GET", &path).cookie(&person.token).header("purpose", "prefetch").send().expect(200);
    assert_eq!(ahead.header("cache-control"), Some("private, max-age=5"));
    assert!(ahead.header("vary").is_some_and(|vary| vary.contains("Cookie")));
    let opened = api().call("GET", &path).cookie(&person.token).send().expect(200);
    assert_eq!(opened.header("cache-control"), Some("no-store"));
}
