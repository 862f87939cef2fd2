//! HTTP through SSH, against real servers: sshd, ssh-agent, and a web server behind them.

mod answers;
mod asking;
mod basics;
mod far;
mod hosts;
mod https;
mod keys;
mod recovery;
mod routes;
mod setup;
