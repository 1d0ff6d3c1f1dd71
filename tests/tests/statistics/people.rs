//! What people do, by chance, over the API; the model is told of it by the answers.

use serde_json::{Value, json};
use sprintsync_domain::{Status, Timestamp, UserId};
use tests::{Answer, Dice, Lab, PASSWORD, Person, Table};

use crate::model::{Model, Task, utc};

/// Seconds after which people sign in again.
const SIGNED_IN: i64 = 20 * 3_600;

/// People at work, one of them an administrator who stays.
pub(crate) struct Crowd {
    pub(crate) admin: Person,
    people: Vec<Person>,
    signed_in: Timestamp,
    entries: Vec<(usize, String, Person)>,
}

impl Crowd {
    pub(crate) fn new(lab: &Lab, model: &mut Model) -> Self {
        let admin = Person::on(&lab.api);
        Table::of(&lab.stack).grant_admin(&admin.name);
        model.people.push(id(&admin));
        let mut crowd = Self { people: vec![admin.clone()], admin, signed_in: lab.clock.now(), entries: Vec::new() };
        for _ in 0..3 {
            crowd.join(lab, model);
        }
        crowd
    }

    fn join(&mut self, lab: &Lab, model: &mut Model) {
        let person = Person::on(&lab.api);
        model.people.push(id(&person));
        self.people.push(person);
    }

    /// One thing that somebody does.
    pub(crate) fn act(&mut self, lab: &Lab, model: &mut Model, dice: &mut Dice) {
        if lab.clock.now() > self.signed_in.plus_seconds(SIGNED_IN) {
            self.signed_in = lab.clock.now();
            for person in &mut self.people {
                *person = person.with(&person.sign_in(PASSWORD));
            }
            self.admin = self.people[0].clone();
        }
        match dice.below(100) {
            0..=24 => self.create(model, dice),
            25..=49 => self.set_status(model, dice),
            50..=61 => self.log(lab, model, dice),
            62..=66 => self.reverse(model, dice),
            67..=73 => self.delete(model, dice),
            74..=78 => self.restore(model, dice),
            79..=87 => self.assign(model, dice),
            88..=90 => self.rename(model, dice),
            91..=93 => lab.clock.advance(i64::try_from(dice.below(5_000)).expect("seconds")),
            94..=96 if self.people.len() < 8 => self.join(lab, model),
            97 if self.people.len() > 3 => self.leave(lab, model, dice),
            _ => {}
        }
    }

    fn someone(&self, dice: &mut Dice) -> Person {
        self.people[dice.below(self.people.len())].clone()
    }

    fn owner(&self, task: &Task) -> Person {
        self.people.iter().find(|person| id(person) == task.owner).expect("the owner").clone()
    }

    fn live(model: &Model, dice: &mut Dice) -> Option<usize> {
        let live: Vec<usize> = model.live().map(|(at, _)| at).collect();
        (!live.is_empty()).then(|| live[dice.below(live.len())])
    }

    fn create(&mut self, model: &mut Model, dice: &mut Dice) {
        let person = self.someone(dice);
        let status = Status::ALL[dice.below(3)];
        let minutes = if dice.below(3) == 0 { dice.below(90) } else { 0 };
        let made = person.post("/tasks", &json!({"title": "Counted", "status": status, "total_minutes": minutes}));
        let made = made.ok(201);
        let created_at = time(&made["created_at"]);
        model.tasks.push(Task {
            id: made["id"].as_str().expect("an id").to_owned(),
            owner: id(&person),
            created_by: id(&person),
            created_at,
            status,
            since: created_at,
            completed_at: (status == Status::Done).then_some(created_at),
            trashed: false,
            erased: false,
        });
        if minutes > 0 {
            model.entries.push((id(&person), utc(created_at), i64::try_from(minutes).expect("minutes")));
        }
    }

    fn set_status(&mut self, model: &mut Model, dice: &mut Dice) {
        let Some(at) = Self::live(model, dice) else { return };
        let (task, status) = (model.tasks[at].clone(), Status::ALL[dice.below(3)]);
        let by = if dice.below(4) == 0 { self.admin.clone() } else { self.owner(&task) };
        let moved = by.post(&format!("/tasks/{}/status", task.id), &json!({"status": status})).ok(200);
        model.moved(at, status, time(&moved["updated_at"]));
    }

    fn rename(&mut self, model: &mut Model, dice: &mut Dice) {
        let Some(at) = Self::live(model, dice) else { return };
        let (task, status) = (model.tasks[at].clone(), Status::ALL[dice.below(3)]);
        let edit = json!({"title": format!("Counted {}", dice.below(9)), "status": status});
        let edited = self.owner(&task).patch(&format!("/tasks/{}", task.id), &edit).ok(200);
        model.moved(at, status, time(&edited["updated_at"]));
    }

    fn log(&mut self, lab: &Lab, model: &mut Model, dice: &mut Dice) {
        let Some(at) = Self::live(model, dice) else { return };
        let (task, minutes) = (model.tasks[at].clone(), 1 + dice.below(200));
        let person = self.owner(&task);
        let day = utc(lab.clock.now()).plus(-i64::try_from(dice.below(4)).expect("days"));
        let body = json!({"minutes": minutes, "worked_on": day});
        let entry = person.post(&format!("/tasks/{}/time", task.id), &body).ok(201);
        model.entries.push((id(&person), day, i64::try_from(minutes).expect("minutes")));
        self.entries.push((at, entry["id"].as_str().expect("an id").to_owned(), person));
    }

    fn reverse(&mut self, model: &mut Model, dice: &mut Dice) {
        if self.entries.is_empty() {
            return;
        }
        let (at, entry, who) = self.entries.swap_remove(dice.below(self.entries.len()));
        let task = &model.tasks[at];
        if task.trashed || task.erased || !self.people.iter().any(|person| person.id == who.id) {
            return;
        }
        let path = format!("/tasks/{}/time/{entry}/reversal", task.id);
        let opposite = self.admin.post(&path, &json!({})).ok(201);
        let day = opposite["worked_on"].as_str().and_then(|day| day.parse().ok()).expect("a day");
        model.entries.push((id(&who), day, opposite["minutes"].as_i64().expect("minutes")));
    }

    fn delete(&mut self, model: &mut Model, dice: &mut Dice) {
        let Some(at) = Self::live(model, dice) else { return };
        self.owner(&model.tasks[at]).delete(&format!("/tasks/{}", model.tasks[at].id)).expect(204);
        model.tasks[at].trashed = true;
    }

    fn restore(&mut self, model: &mut Model, dice: &mut Dice) {
        let gone: Vec<usize> =
            (0..model.tasks.len()).filter(|at| model.tasks[*at].trashed && !model.tasks[*at].erased).collect();
        if gone.is_empty() {
            return;
        }
        let at = gone[dice.below(gone.len())];
        let owner = self.owner(&model.tasks[at]);
        let path = format!("/tasks/{}", model.tasks[at].id);
        owner.post(&format!("{path}/restore"), &json!({})).expect(200);
        let history = owner.get(&format!("{path}/history?limit=2")).ok(200);
        let (back, away) = (time(&history[0]["at"]), time(&history[1]["at"]));
        let task = &mut model.tasks[at];
        task.trashed = false;
        if task.completed_at.is_none() {
            task.since = Timestamp::from_ms(task.since.ms() + back.ms() - away.ms());
        }
    }

    fn assign(&mut self, model: &mut Model, dice: &mut Dice) {
        let Some(at) = Self::live(model, dice) else { return };
        let to = self.someone(dice);
        let path = format!("/tasks/{}/assign", model.tasks[at].id);
        self.admin.post(&path, &json!({"user_id": to.id})).ok(200);
        model.tasks[at].owner = id(&to);
    }

    fn leave(&mut self, lab: &Lab, model: &mut Model, dice: &mut Dice) {
        let person = self.people.remove(1 + dice.below(self.people.len() - 1));
        let left: Answer = person.call("DELETE", "/auth/me").json(&json!({"password": PASSWORD})).send();
        left.expect(204);
        lab.clock.advance(120);
        model.people.retain(|known| *known != id(&person));
        for task in model.tasks.iter_mut().filter(|task| task.owner == id(&person)) {
            task.erased = true;
        }
        self.entries.retain(|(_, _, who)| who.id != person.id);
        tests::run(lab.stack.activity().act(activity::Act::Erase(true))).expect("it is erased");
    }
}

pub(crate) fn id(person: &Person) -> UserId {
    person.id.parse().expect("an id")
}

fn time(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).expect("a time")
}
