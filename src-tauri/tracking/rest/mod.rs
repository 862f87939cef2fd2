//! A tracking server over HTTP.
