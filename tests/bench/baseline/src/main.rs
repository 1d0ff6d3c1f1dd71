//! The baseline: four of SprintSync's routes on axum and PostgreSQL, as one program that always runs, written as by a
//! team that cares for speed. `BENCH_DSN` says where PostgreSQL is, `BENCH_SECRET` what tokens are signed with,
//! `BENCH_PORT` where it listens on 127.0.0.1, `BENCH_POOL` how many connections it keeps (10).
//!
//! Left out, all of it in the baseline's favour: sessions that end at once when one signs out, `Idempotency-Key`, cursors,
//! the filter by status, minutes worked, an administrator's way to others' tasks, compression, the line that SprintSync
//! logs of each request, and the headers that protect a browser.

mod problem;
mod tasks;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use jsonwebtoken::DecodingKey;
use tokio_postgres::NoTls;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What handlers work with.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) pool: Pool,
    pub(crate) key: Arc<DecodingKey>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let [dsn, secret, port] = ["BENCH_DSN", "BENCH_SECRET", "BENCH_PORT"].map(std::env::var);
    let connections = std::env::var("BENCH_POOL").map_or(Ok(10), |size| size.parse())?;
    // Nothing is asked before a connection is used again: it would be a query each time.
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(dsn?.parse()?, NoTls, recycling);
    let pool = Pool::builder(manager).max_size(connections).build()?;
    let app = App { pool, key: Arc::new(DecodingKey::from_secret(secret?.as_bytes())) };
    let router = Router::new()
        .route("/tasks", get(tasks::list).post(tasks::create))
        .route("/tasks/{id}", get(tasks::read))
        .route("/tasks/{id}/status", post(tasks::set_status))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port?.parse()?)).await?;
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        // Without it the kernel would keep small answers back.
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}
