//! Ready-to-paste ways to use a version of a model: code, a server, a container, a cluster, a CI job. Pure.
//!
//! Each snippet is a file here. Podium runs none of them. What comes from the registry, names first of all, was written
//! by others: [`quote`] makes it a text of the snippet's own language, so that it can never be read as code. Passwords and
//! tokens are not known here: snippets name the variables that hold them.

mod address;
mod ci;
mod docker;
mod dockerfile;
mod kubernetes;
mod load;
mod quote;
mod request;
mod serve;
mod slug;

use serde::Serialize;
use specta::Type;

pub use address::{SignIn, TrackingServer};
pub use request::Request;

/// The version that is to be used, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct UsedVersion {
    pub model: String,
    /// A number.
    pub version: String,
    /// The snippets follow this alias where they can.
    pub alias: Option<String>,
    /// Where the version says that its files are.
    pub source: String,
    pub server: TrackingServer,
    /// The flavors of its `MLmodel`, such as `python_function` and `sklearn`; none where that was not read.
    pub flavors: Vec<String>,
    pub python: Option<String>,
    pub mlflow: Option<String>,
    /// Whether its `requirements.txt` asks for MLflow itself; None where that was not read.
    pub requires_mlflow: Option<bool>,
    /// What a client sends.
    pub request: Request,
}

/// One way to use a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Snippet {
    pub kind: SnippetKind,
    /// How the text is called when it is saved as a file.
    pub file: String,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SnippetKind {
    Load,
    Serve,
    Dockerfile,
    Docker,
    Kubernetes,
    Ci,
}

/// All snippets, in the order of [`SnippetKind`].
pub fn snippets(used: &UsedVersion) -> Vec<Snippet> {
    use SnippetKind::{Ci, Docker, Dockerfile, Kubernetes, Load, Serve};
    let snippet = |kind, file: &str, text| Snippet { kind, file: file.to_owned(), text };
    vec![
        snippet(Load, "load.py", load::text(used)),
        snippet(Serve, "serve.sh", serve::text(used)),
        snippet(Dockerfile, "Dockerfile", dockerfile::text(used)),
        snippet(Docker, "docker.sh", docker::text(used)),
        snippet(Kubernetes, "deployment.yaml", kubernetes::text(used)),
        snippet(Ci, "promote.yml", ci::text(used)),
    ]
}

/// What a reader has to know before he pastes them, in sentences.
pub fn remarks(used: &UsedVersion) -> Vec<String> {
    let mut remarks = Vec::new();
    if !used.is_named_in_addresses() {
        remarks.push(format!(
            "MLflow cannot read the name of this model in an address, so the snippets name the files of version {} and \
             follow no alias.",
            used.version
        ));
    }
    if used.model.chars().any(|c| !untrusted_text::is_harmless(c)) {
        remarks.push("The name of this model has characters that cannot be seen.".to_owned());
    }
    remarks.extend(used.server.remarks());
    remarks.extend(used.request.remark().map(str::to_owned));
    remarks
}

impl UsedVersion {
    /// The address by which MLflow finds the version: by its alias, else by its number, else by its files.
    pub fn uri(&self) -> String {
        match &self.alias {
            _ if !self.is_named_in_addresses() => self.source.clone(),
            Some(alias) => format!("models:/{}@{alias}", self.model),
            None => format!("models:/{}/{}", self.model, self.version),
        }
    }

    /// MLflow reads a name up to these.
    fn is_named_in_addresses(&self) -> bool {
        !self.model.contains(['/', '?', '#', '\t', '\r', '\n'])
    }

    /// `"churn": champion, which is version 31 now`, for comments: in one line.
    fn called(&self) -> String {
        let (model, version) = (quote::text(&self.model), untrusted_text::line(&self.version, 40));
        match &self.alias {
            Some(alias) if self.is_named_in_addresses() => {
                format!("{model}: {}, which is version {version} now", untrusted_text::line(alias, 255))
            }
            _ => format!("{model}: version {version}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn used(model: &str, alias: Option<&str>) -> UsedVersion {
        UsedVersion {
            model: model.to_owned(),
            version: "31".to_owned(),
            alias: alias.map(str::to_owned),
            source: "models:/m-1".to_owned(),
            server: TrackingServer {
                uri: Some("https://mlflow.example".to_owned()),
                sign_in: SignIn::Token,
                ..TrackingServer::default()
            },
            flavors: vec!["python_function".to_owned(), "sklearn".to_owned()],
            python: Some("3.11.7".to_owned()),
            mlflow: Some("3.17.2".to_owned()),
            requires_mlflow: Some(true),
            request: Request::Unknown,
        }
    }

    fn text(used: &UsedVersion, kind: SnippetKind) -> String {
        snippets(used).into_iter().find(|snippet| snippet.kind == kind).unwrap().text
    }

    #[test]
    fn a_snippet_follows_the_alias_and_says_where_the_server_is() {
        let used = used("churn-gbdt", Some("champion"));
        assert_eq!(used.uri(), "models:/churn-gbdt@champion");
        assert_eq!(UsedVersion { alias: None, ..used.clone() }.uri(), "models:/churn-gbdt/31");
        for kind in [SnippetKind::Load, SnippetKind::Serve, SnippetKind::Docker] {
            let text = text(&used, kind);
            assert!(text.contains("models:/churn-gbdt@champion") && text.contains("https://mlflow.example"), "{text}");
        }
        assert!(text(&used, SnippetKind::Load).contains("mlflow.sklearn.load_model("));
        assert!(text(&used, SnippetKind::Dockerfile).contains("FROM python:3.11.7-slim"));
        assert!(remarks(&used).iter().any(|remark| remark.contains("signature")));
    }

    #[test]
    fn a_name_that_mlflow_cannot_read_in_an_address_is_not_written_into_one() {
        let used = used("team/churn", Some("champion"));
        assert_eq!(used.uri(), "models:/m-1");
        assert!(!text(&used, SnippetKind::Load).contains("models:/team"));
        assert!(remarks(&used)[0].contains("version 31"), "{:?}", remarks(&used));
    }

    #[test]
    fn a_ci_job_is_given_names_of_secrets_and_no_expression_of_others() {
        let text = text(&used("a${{ secrets.X }}b", Some("champion")), SnippetKind::Ci);
        assert!(text.contains("MLFLOW_TRACKING_TOKEN: ${{ secrets.MLFLOW_TRACKING_TOKEN }}"), "{text}");
        assert!(text.contains("a${{ '${{' }} secrets.X }}b"), "{text}");
    }
}
