//! A try that is counted under a limit is counted once, and none is heard beyond it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use local::{Options, TABLE};
use serde_json::json;
use sprintsync_domain::Limit;
use sprintsync_store::{RateKey, RateKind, Store, patient};
use tests::{Answer, Fault, Faults, Own, PASSWORD, fresh_name, run};

use crate::weather::{at_once, counts};

/// A stack with the contract's own limits, and the wire to its table.
fn strict() -> (Own, Faults) {
    let faults = Faults::default();
    let own = Own::start(Options { limit_factor: 1, table_http: Some(faults.client()), ..Options::default() });
    (own, faults)
}

/// From now on the answer to the first try of each request that counts is lost, though it was counted.
fn lose_answers(faults: &Faults) {
    let mut met: Vec<String> = Vec::new();
    faults.plan(move |call| {
        let counts = ["UpdateItem", "PutItem"].contains(&call.operation);
        let fresh = counts && met.iter().all(|operation| operation != call.operation);
        fresh.then(|| met.push(call.operation.to_owned())).map(|()| Fault::AnswerLost)
    });
}

#[test]
fn a_sign_up_whose_count_was_answered_to_nobody_counts_once() {
    let (own, faults) = strict();
    let sign_up = || -> Answer {
        lose_answers(&faults);
        own.api.post("/auth/signup", &json!({"username": fresh_name(), "password": PASSWORD}))
    };
    for _ in 0..20 {
        sign_up().expect(201);
        assert_eq!(faults.happened(), 1);
    }
    sign_up().expect(429);
}

#[test]
fn a_failed_sign_in_whose_count_was_answered_to_nobody_counts_once() {
    let (own, faults) = strict();
    let name = fresh_name();
    own.api.post("/auth/signup", &json!({"username": name, "password": PASSWORD})).expect(201);
    let sign_in = |password: &str| -> Answer {
        lose_answers(&faults);
        own.api.post("/auth/login", &json!({"username": name, "password": password}))
    };
    for _ in 0..5 {
        sign_in("wrong wrong wrong").expect(401);
        assert_eq!(faults.happened(), 2);
    }
    sign_in(PASSWORD).expect(429);
}

#[test]
fn a_try_that_is_given_back_to_nobody_is_given_back_once() {
    let (own, faults) = strict();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(
            own.stack.secrets().access_key().expect("a key"),
            "tests",
            None,
            None,
            "tests",
        ))
        .http_client(faults.client())
        .endpoint_url(own.stack.table_endpoint());
    let store = Store::new(Client::from_conf(patient(config).build()), TABLE, sprintsync_http::world());
    let limit = Limit { tries: 3, window: 3_600, doubling: false };
    let key = RateKey::new(RateKind::SignInName, limit, "someone");
    let add = || run(store.add(&key)).expect("an answer").ok();
    let [first, _, third] = [add(), add(), add()];
    assert!(first.is_some() && third.is_some() && add().is_none(), "three tries are heard");
    lose_answers(&faults);
    run(store.give_back(&first.expect("a try"))).expect("an answer");
    assert_eq!((faults.happened(), faults.seen().len()), (1, 2));
    faults.calm();
    assert!(add().is_some() && add().is_none(), "one is heard again");
}

#[test]
fn of_many_tries_at_once_no_more_are_heard_than_the_limit_says() {
    let own = Own::start(Options { limit_factor: 1, ..Options::default() });
    let name = fresh_name();
    let sign_up = |name: &str| own.api.post("/auth/signup", &json!({"username": name, "password": PASSWORD}));
    sign_up(&name).expect(201);
    let wrong = json!({"username": name, "password": "wrong wrong wrong"});
    let answers = at_once(15, |_| own.api.post("/auth/login", &wrong));
    assert_eq!(counts(&answers, [401, 429]), [5, 10]);
    let answers = at_once(25, |_| sign_up(&fresh_name()));
    assert_eq!(counts(&answers, [201, 429]), [19, 6]);
}
