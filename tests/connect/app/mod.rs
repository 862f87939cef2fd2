//! The app used in process, as the window uses it, against real servers.

mod profiles;
mod states;
pub mod test_app;
mod trust;
mod writes;
