//! A browser that keeps no cookie is told so, and one that takes no `Secure` cookie over plain HTTP gets one that it takes.

use tests::{Answer, PASSWORD, Person, api};

const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/26.0 Safari/605.1.15";
const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";

fn sign_in(person: &Person, agent: &str, next: &str) -> Answer {
    let form = [("username", &*person.name), ("password", PASSWORD), ("next", next)];
    api().call("POST", "/web/login").same_origin().header("user-agent", agent).form(&form).send().expect(303)
}

fn location(answer: &Answer) -> &str {
    answer.header("location").expect("where it leads")
}

#[test]
fn who_comes_without_the_cookie_is_told_why_and_goes_on_where_they_wanted() {
    let person = Person::new();
    let arriving = sign_in(&person, CHROME, "/week?day=2026-11-23");
    assert_eq!(location(&arriving), "/signed-in?next=%2Fweek%3Fday%3D2026%2D11%2D23");
    let kept = api().call("GET", location(&arriving)).cookie(&person.token).send().expect(303);
    assert_eq!(location(&kept), "/week?day=2026-11-23");
    let lost = api().get(location(&arriving)).expect(303);
    assert_eq!(location(&lost), "/login?done=no-cookie&next=%2Fweek%3Fday%3D2026%2D11%2D23");
    let told = api().get(location(&lost)).expect(200);
    for part in ["refused the sign-in cookie", "--plain-cookie", "value=\"/week?day=2026-11-23\""] {
        assert!(told.text().contains(part), "{part}: {}", told.text());
    }
    assert!(!api().get("/login").text().contains("cookie."));

    // Nowhere in particular, and nowhere else.
    assert_eq!(location(&sign_in(&person, CHROME, "")), "/signed-in?next=");
    for away in ["", "//evil.example", "https://evil.example/"] {
        let next = api().call("GET", &format!("/signed-in?next={away}")).cookie(&person.token).send().expect(303);
        assert_eq!(location(&next), "/dashboard", "{away}");
    }
    // Signing up is signing in.
    let form = [("username", &*tests::fresh_name()), ("password", PASSWORD)];
    let new = api().call("POST", "/web/signup").same_origin().form(&form).send().expect(303);
    assert_eq!(location(&new), "/signed-in?next=");
}

#[test]
fn safari_stays_signed_in_over_plain_http_and_no_other_browser_s_cookie_is_weaker() {
    let person = Person::new();
    let cookie = |answer: &Answer| answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie(&sign_in(&person, CHROME, "")).starts_with("__Host-sprintsync="));
    let plain = cookie(&sign_in(&person, SAFARI, ""));
    assert!(plain.starts_with("loopback-sprintsync=") && !plain.contains("Secure"), "{plain}");
    assert!(plain.contains("; HttpOnly") && plain.contains("; SameSite=Lax") && plain.contains("; Path=/"), "{plain}");
    let pair = plain.split(';').next().expect("a pair");
    let page = |agent: &str| api().call("GET", "/dashboard").header("cookie", pair).header("user-agent", agent).send();
    page(SAFARI).expect(200);
    page(CHROME).expect(303);
    // Signing out takes it away again.
    let out = api().call("POST", "/web/logout").same_origin().header("cookie", pair).header("user-agent", SAFARI);
    let gone = cookie(&out.form(&[]).send().expect(303));
    assert!(gone.starts_with("loopback-sprintsync=;") && gone.contains("Max-Age=0"), "{gone}");
    page(SAFARI).expect(303);
}
