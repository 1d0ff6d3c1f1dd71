//! Faults at every table call of every write.

mod smoke;
