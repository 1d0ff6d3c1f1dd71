//! The rights that functions need at the table, and the template grants.

use tests::{Lab, Rights, Template, wire};

/// The least that a function must be allowed: what it was seen to do here is what the template grants, no less and no
/// more. (That nothing else is needed when calls fail, the fault matrix looks at.)
pub(crate) fn are_the_least() {
    let (used, counting, template) = (wire().used(), of_counts(), Template::read());
    for function in ["auth", "admin", "tasks", "ai", "web", "ops"] {
        let mut used = used.of(function);
        used.extend(counting.of(function));
        // When it starts, every function reads something small, to open its connection.
        used.insert("dynamodb:GetItem".to_owned());
        assert_eq!(used, template.table_rights(function), "{function}: used, and granted");
        if let Some(granted) = template.partitions(function) {
            let mut written = wire().used().partitions_of(function);
            written.extend(counting.partitions_of(function));
            assert_eq!(written, granted, "{function}: written to, and granted");
        }
    }
}

/// What the functions do at the table when they write down how many requests they answered, and when that is read.
fn of_counts() -> Rights {
    let lab = Lab::start();
    let paths = ["/auth/me", "/auth/users", "/tasks", "/ai/suggest", "/login", "/docs"];
    let ask = || paths.iter().for_each(|path| drop(lab.api.get(path)));
    ask();
    lab.clock.advance(60);
    ask();
    let admin = lab.admin();
    admin.get("/metrics").expect(200);
    lab.faults.used()
}
