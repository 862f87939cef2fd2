//! The app used in process, as the window uses it, against real servers.

pub mod desk;
mod profiles;
mod states;
mod trust;
mod writes;
