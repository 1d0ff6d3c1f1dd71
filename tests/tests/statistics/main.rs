//! Statistics beside a model that recounts what people did, whatever happens to the stream on the way.
//!
//! `SPRINTSYNC_OPERATIONS=10000` makes it long; `SPRINTSYNC_SEED=N` does the same again.

mod consumer;
mod model;
mod people;
mod records;
mod walk;
