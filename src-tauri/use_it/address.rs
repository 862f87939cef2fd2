//! Where the tracking server is, as MLflow's own variables say it.

use super::quote;

/// What MLflow's client has to know of the server; no secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrackingServer {
    /// None where a snippet cannot name it.
    pub uri: Option<String>,
    pub sign_in: SignIn,
    pub workspace: Option<String>,
    /// A PEM file on this machine.
    pub ca_file: Option<String>,
    /// It is reached from here in a way that MLflow's client does not know, such as SSH: in words.
    pub reached_by: Option<String>,
    /// It is a file of this machine.
    pub is_file: bool,
}

/// How one signs in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignIn {
    #[default]
    None,
    Password,
    Token,
}

impl TrackingServer {
    /// The variables with what they are, in the order in which they are written.
    pub fn variables(&self) -> Vec<(&'static str, &str)> {
        let uri = self.uri.as_deref().unwrap_or("http://127.0.0.1:5000");
        let mut all = vec![("MLFLOW_TRACKING_URI", uri)];
        all.extend(self.workspace.as_deref().map(|workspace| ("MLFLOW_WORKSPACE", workspace)));
        all.extend(self.ca_file.as_deref().map(|file| ("MLFLOW_TRACKING_SERVER_CERT_PATH", file)));
        all
    }

    /// The variables that hold secrets.
    pub fn secrets(&self) -> &'static [&'static str] {
        match self.sign_in {
            SignIn::None => &[],
            SignIn::Password => &["MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"],
            SignIn::Token => &["MLFLOW_TRACKING_TOKEN"],
        }
    }

    /// Lines of a shell that set the variables, and name those that it must have already.
    pub fn exports(&self) -> String {
        let set = |(name, value): (&str, &str)| format!("export {name}={}\n", quote::shell(value));
        let mut lines: String = self.variables().into_iter().map(set).collect();
        for name in self.secrets() {
            lines += &format!(": \"${{{name}:?is to be set before}}\"\n");
        }
        lines
    }

    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.uri.is_none() {
            remarks.push("The address of the server is not one that MLflow's client knows: fill it in.".to_owned());
        }
        if self.is_file {
            remarks
                .push("The runs are in a database of this machine: no other machine finds it at this path.".to_owned());
        }
        if let Some(way) = &self.reached_by {
            remarks
                .push(format!("From here the server is reached {way}; where this runs, the address must lead to it."));
        }
        match self.secrets() {
            [] => {}
            names => remarks.push(format!("Secrets are not filled in: {}.", names.join(" and "))),
        }
        remarks
    }
}
