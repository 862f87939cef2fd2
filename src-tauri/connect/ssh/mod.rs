//! SSH inside the process: from a route to sessions that HTTP runs over. No local port is opened.

pub mod place;
