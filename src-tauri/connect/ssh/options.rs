//! What a tunnel is made of.

use std::path::PathBuf;
use std::sync::Arc;

use rustls_pki_types::ServerName;

use super::consent::Consents;
use super::target::FarEnd;
use crate::connect::secrets::Vault;
use crate::connect::{Keep, Route};
use ssh_config::config::ConfigFiles;

pub struct TunnelOptions {
    pub route: Route,
    pub config: ConfigFiles,
    /// What the user accepts is written here and nowhere else.
    pub own_known_hosts: PathBuf,
    pub vault: Vault,
    /// How secrets are preferably kept.
    pub keep: Keep,
    pub consents: Consents,
    /// Where HTTP goes.
    pub target: FarEnd,
    /// For https: whom to trust, and the name the certificate has to be for.
    pub tls: Option<(Arc<rustls::ClientConfig>, ServerName<'static>)>,
}
