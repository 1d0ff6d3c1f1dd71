//! What the stream may hold beside events that can be read.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;

use activity::{Activity, Answer, Call, GivenUp};
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use serde_json::{Value, json};
use sprintsync_domain::{TimeZone, Timestamp};
use tests::{Lab, Person, Stream, Table, run};

fn handled(lab: &Lab, records: &[Value]) -> Value {
    handled_by(lab.stack.activity(), records)
}

fn handled_by(activity: &Activity, records: &[Value]) -> Value {
    let call: Call = serde_json::from_value(json!({"Records": records})).expect("a batch");
    match run(activity.call(call)) {
        Ok(Answer::Handled(handled)) => serde_json::to_value(handled).expect("JSON"),
        other => panic!("no answer to a batch: {other:?}"),
    }
}

fn total_tasks(admin: &Person) -> Value {
    admin.get("/auth/admin/stats").ok(200)["system_overview"]["total_tasks"].clone()
}

/// A queue that answers with these statuses, one after the other: its address, and what it is sent.
fn queue(statuses: Vec<u16>) -> (String, mpsc::Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for status in statuses {
            let (stream, _) = listener.accept().expect("a caller");
            let mut reader = BufReader::new(&stream);
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).expect("a line") > 2 {
                let (name, value) = line.split_once(':').unwrap_or_default();
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().expect("a number");
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            tell.send(serde_json::from_slice(&body).expect("JSON")).expect("somebody listens");
            let answer = "HTTP/1.1 STATUS x\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 19\r\n\
                          connection: close\r\n\r\n{\"MessageId\":\"one\"}";
            (&stream).write_all(answer.replace("STATUS", &status.to_string()).as_bytes()).expect("an answer");
        }
    });
    (url, told)
}

/// The function behind requests, which sends what it cannot count to this address.
fn sending(lab: &Lab, url: &str) -> Activity {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "tests"))
        .endpoint_url(url)
        .retry_config(RetryConfig::disabled());
    let given_up = GivenUp::Queue { sqs: aws_sdk_sqs::Client::from_conf(config.build()), url: format!("{url}/queue") };
    Activity::new(Table::of(&lab.stack).client(), local::TABLE, sprintsync_http::world(), given_up)
}

#[test]
fn a_record_that_cannot_be_read_is_sent_away_and_does_not_come_again() {
    let lab = Lab::start();
    let admin = Person::on(&lab.api);
    Table::of(&lab.stack).grant_admin(&admin.name);
    admin.task("one");
    admin.task("two");
    let mut records = Stream::default().news(&lab.stack);
    records[0]["dynamodb"]["NewImage"]["what"] = json!({"S": "something_new"});
    let (url, sent) = queue(vec![500, 200]);
    let activity = sending(&lab, &url);
    let number = records[0]["dynamodb"]["SequenceNumber"].clone();
    let again = json!({"batchItemFailures": [{"itemIdentifier": number}]});
    assert_eq!(handled_by(&activity, &records), again, "it was not sent away: it comes again");
    assert_eq!(handled_by(&activity, &records), json!({"batchItemFailures": []}));
    assert_eq!(total_tasks(&admin), 1, "the other is counted, once");
    let message = sent.iter().nth(1).expect("two messages");
    let body: Value = serde_json::from_str(message["MessageBody"].as_str().expect("a text")).expect("JSON");
    let image = &records[0]["dynamodb"]["NewImage"];
    assert_eq!(body, json!({"sequence_number": number, "pk": image["pk"]["S"], "sk": image["sk"]["S"]}));
}

#[test]
fn a_record_that_cannot_be_read_keeps_no_other_from_being_counted() {
    let lab = Lab::start();
    let admin = Person::on(&lab.api);
    Table::of(&lab.stack).grant_admin(&admin.name);
    admin.task("one");
    admin.task("two");
    let mut records = Stream::default().news(&lab.stack);
    let number = |record: &Value| record["dynamodb"]["SequenceNumber"].as_str().expect("a number").to_owned();
    let poisons: [fn(&mut Value); 3] = [
        |record| record["dynamodb"]["NewImage"]["what"] = json!({"S": "something_new"}),
        |record| record["dynamodb"]["NewImage"]["v"] = json!({"N": "99"}),
        |record| record["dynamodb"]["NewImage"] = json!("no item"),
    ];
    for poison in poisons {
        let mut bad = records[0].clone();
        poison(&mut bad);
        bad["dynamodb"]["SequenceNumber"] = json!("000000000000000999999");
        records.insert(1, bad);
        let without_a_queue =
            Activity::new(Table::of(&lab.stack).client(), local::TABLE, sprintsync_http::world(), GivenUp::Mapping);
        let again = json!({"batchItemFailures": [{"itemIdentifier": number(&records[1])}]});
        assert_eq!(handled_by(&without_a_queue, &records), again, "it is left to the mapping");
        assert_eq!(handled(&lab, &records), json!({"batchItemFailures": []}), "here the log names it");
        assert_eq!(total_tasks(&admin), 2, "the others are counted, once");
        records.remove(1);
    }
    assert_eq!(handled(&lab, &records), json!({"batchItemFailures": []}));
    assert_eq!(total_tasks(&admin), 2);
}

#[test]
fn what_is_no_new_event_is_passed_over() {
    let lab = Lab::start();
    let admin = Person::on(&lab.api);
    Table::of(&lab.stack).grant_admin(&admin.name);
    let path = admin.task_path("one");
    let mut records = Stream::default().news(&lab.stack);
    for record in &mut records {
        record["eventName"] = json!("MODIFY");
    }
    assert_eq!(handled(&lab, &records), json!({"batchItemFailures": []}));
    assert_eq!(total_tasks(&admin), 0, "an item that was changed is no new event");
    let mut task = records[0].clone();
    task["eventName"] = json!("INSERT");
    task["dynamodb"]["NewImage"]["sk"] = json!({"S": path.replace("/tasks/", "TASK#")});
    assert_eq!(handled(&lab, &[task]), json!({"batchItemFailures": []}));
    assert_eq!(handled(&lab, &[]), json!({"batchItemFailures": []}));
}

#[test]
fn a_stack_with_a_file_counts_by_itself_and_goes_on_where_it_was() {
    let dir = tempfile::tempdir().expect("a folder");
    let options =
        || local::Options { data: local::Data::Dir(dir.path().to_owned()), limit_factor: 100, ..Default::default() };
    let own = tests::Own::start(options());
    let admin = Person::on(&own.api);
    Table::of(&own.stack).grant_admin(&admin.name);
    admin.task("one");
    until(|| total_tasks(&admin) == 1);
    admin.task("two");
    own.stop();
    // What was not counted then is counted now, and nothing twice.
    let own = tests::Own::start(options());
    let admin = Person { api: own.api.clone(), ..admin };
    until(|| total_tasks(&admin) == 2);
    admin.task("three");
    until(|| total_tasks(&admin) == 3);
    own.stop();
}

fn until(so: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !so() {
        assert!(began.elapsed().as_secs() < 30, "it did not come");
        std::thread::yield_now();
    }
}

#[test]
fn a_rebuild_empties_what_was_read_before_in_stretches_too() {
    let lab = Lab::start();
    let (person, admin) = (Person::on(&lab.api), lab.admin());
    let (path, today) = (person.task_path("one"), lab.clock.now().day_in(&TimeZone::utc()));
    for ago in 1..=150 {
        let day = today.plus(-ago).to_string();
        person.post(&format!("{path}/time"), &json!({"minutes": 1, "worked_on": day})).expect(201);
    }
    let table = Table::of(&lab.stack);
    let rebuilt = |go_on| run(table.store().rebuild(Timestamp::from_ms(0), go_on)).expect("a rebuild").done;
    let mut done = rebuilt(false);
    while !done {
        done = rebuilt(true);
    }
    let full = table.sort_keys("STATISTICS#1").len();
    assert!(full > 150, "{full}");
    let (mut half_empty, mut done) = (0, rebuilt(false));
    while !done {
        assert_eq!(total_tasks(&admin), 1, "what is read is whole meanwhile");
        done = rebuilt(true);
        half_empty += usize::from((1..full).contains(&table.sort_keys("STATISTICS#1").len()));
    }
    assert!(half_empty > 0, "a call empties no more than it has time for");
    assert_eq!((table.sort_keys("STATISTICS#0").len(), table.sort_keys("STATISTICS#1").len()), (full, 0));
}
