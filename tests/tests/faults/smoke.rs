//! The wire with faults does what it says.

use serde_json::json;
use tests::{Fault, Lab, Person};

#[test]
fn a_lost_answer_is_one_effect() {
    let lab = Lab::start();
    let person = Person::on(&lab.api);
    for fault in Fault::ALL {
        let mut once = true;
        lab.faults.plan(move |call| {
            let hit = once && call.operation == "TransactWriteItems";
            once &= !hit;
            hit.then_some(fault)
        });
        person.post("/tasks", &json!({"title": format!("{fault:?}")})).ok(201);
        assert_eq!(lab.faults.happened(), 1, "{fault:?}: {:?}", lab.faults.seen());
        lab.faults.calm();
    }
    assert_eq!(person.walk("/tasks").0.len(), Fault::ALL.len());
}
