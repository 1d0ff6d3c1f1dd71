//! What the functions share that answer with pages: the frame, toasts, problems, and how each is answered.

pub mod answer;
pub mod views;
