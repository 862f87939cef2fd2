//! Whether artifacts can be read: through the server, whose own rights count, or not at all.

use crate::entities::{ArtifactRoot, Run};
use crate::tracking::rest::client::Client;
use crate::tracking::rest::{artifacts, experiments, runs};
use crate::tracking::{Result, RunsQuery, StoreError};

use super::{Finding, ServerChecks};

/// Experiments whose newest run is looked for.
const EXPERIMENTS: usize = 100;

impl ServerChecks {
    /// Looks at the artifacts of the newest run, as reading them would.
    pub async fn artifacts(&self) -> Finding {
        if self.info.as_ref().is_some_and(|info| info.artifacts_presigned_only) {
            return Finding::bad(
                "neither: the server hands out presigned links only, straight to its bucket",
                "Start the server without --artifacts-presigned-only to see artifacts here.",
            );
        }
        let client = self.inside();
        let run = match newest_run(&client).await {
            Ok(Some(run)) => run,
            Ok(None) => return Finding::not_here("there is no run yet to try it with"),
            Err(error) => return Finding::failed(&error),
        };
        let listed = artifacts::list_below(&client, &ArtifactRoot::Run(run.info.run_id.clone()), "").await;
        judged(&place_of(&run.info.artifact_uri), listed.map(|entries| entries.len()))
    }
}

async fn newest_run(client: &Client) -> Result<Option<Run>> {
    let experiments = experiments::search(client, None).await?.items;
    let experiment_ids = experiments.into_iter().map(|experiment| experiment.experiment_id).take(EXPERIMENTS).collect();
    let query = RunsQuery { experiment_ids, max_results: 1, ..RunsQuery::default() };
    Ok(runs::search(client, &query).await?.items.into_iter().next())
}

/// Where artifacts are kept, as far as it can be said without anything secret: an address may carry
/// a name and a password.
enum Place {
    /// The server's own proxy; where that keeps them is its secret.
    Proxied,
    /// A bucket or share: `s3://bucket`.
    Remote { scheme: String, root: String },
    /// A folder on some machine.
    Folder { path: String },
}

fn place_of(uri: &str) -> Place {
    // The user looks for this place under its name.
    let plain = |text: &str| untrusted_text::name(text, 120);
    match uri.split_once(':') {
        Some(("mlflow-artifacts", _)) => Place::Proxied,
        Some(("file", path)) => Place::Folder { path: plain(path.trim_start_matches("//")) },
        // One letter is a drive of Windows.
        Some((scheme, rest)) if scheme.len() > 1 && !scheme.contains('/') => {
            let host = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
            let host = host.rsplit('@').next().unwrap_or_default();
            Place::Remote { scheme: plain(scheme), root: format!("{}://{}", plain(scheme), plain(host)) }
        }
        _ => Place::Folder { path: plain(uri) },
    }
}

fn judged(place: &Place, listed: Result<usize>) -> Finding {
    match (place, listed) {
        (Place::Proxied, Ok(_)) => Finding::good("proxied: the server stores and hands out the files"),
        (Place::Remote { root, .. }, Ok(_)) => {
            Finding::good(format!("kept in {root}; the server reads them with its own credentials and hands them out"))
        }
        (Place::Folder { path }, Ok(0)) => Finding::warn(
            format!("kept in the folder {path} of whichever machine trained; the server sees nothing there"),
            "If runs are trained elsewhere, start the server with --serve-artifacts and log to mlflow-artifacts:/.",
        ),
        (Place::Folder { path }, Ok(_)) => {
            Finding::good(format!("kept in the folder {path} of the server, which hands them out"))
        }
        (_, Err(error @ (StoreError::Forbidden { .. } | StoreError::Unauthenticated { .. }))) => {
            Finding::failed(&error)
        }
        (Place::Proxied, Err(error)) => Finding::bad(
            format!("neither: {error}"),
            "Start the server with --serve-artifacts and a reachable --artifacts-destination.",
        ),
        (Place::Remote { scheme, root }, Err(error)) => {
            Finding::bad(format!("neither: the server cannot read {root}: {error}"), credentials_of(scheme))
        }
        (Place::Folder { path }, Err(error)) => Finding::bad(
            format!("neither: the server cannot read the folder {path}: {error}"),
            "The folder is on another machine, or its owner does not let the server in.",
        ),
    }
}

/// What the server's process needs; nothing of this is needed on this machine.
fn credentials_of(scheme: &str) -> String {
    let needs = match scheme {
        "s3" | "r2" | "b2" => {
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or a role), perhaps MLFLOW_S3_ENDPOINT_URL, and boto3"
        }
        "gs" => "GOOGLE_APPLICATION_CREDENTIALS and google-cloud-storage",
        "wasbs" | "abfss" => "AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_ACCESS_KEY, and azure-storage-blob",
        "hdfs" | "viewfs" => "MLFLOW_KERBEROS_USER, a ticket, and pyarrow",
        "sftp" => "an SSH key without a passphrase, and pysftp",
        _ => "credentials of this store",
    };
    format!("The server itself needs {needs}; nothing of it on this machine.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_artifacts_are_is_told_without_a_password() {
        let shown = |uri: &str| judged(&place_of(uri), Ok(0)).detail;
        assert!(shown("mlflow-artifacts:/0/abc/artifacts").starts_with("proxied"));
        assert!(shown("s3://models/0/abc?endpoint=x").contains("s3://models;"));
        let sftp = shown("sftp://ana:secret@gpu-box:22/data");
        assert!(sftp.contains("sftp://gpu-box:22;") && !sftp.contains("secret"), "{sftp}");
        for folder in ["/data/mlruns/0/a", "file:///data/mlruns", "C:\\data\\mlruns", "./mlruns"] {
            assert!(shown(folder).contains("folder"), "{folder}");
        }
    }

    #[test]
    fn where_artifacts_are_cannot_disguise_itself() {
        let shown = |uri: &str| judged(&place_of(uri), Ok(1)).detail;
        let folder = shown("/data\u{202e}/sn\u{200b}ur\u{1b}[2J");
        assert!(folder.contains("/data\u{fffd}/sn\u{fffd}ur\u{fffd}[2J of the server"), "{folder}");
        let bucket = shown("s3://mod\u{200b}els\u{2066}/0");
        assert!(bucket.contains("s3://mod\u{fffd}els\u{fffd};"), "{bucket}");
    }

    #[test]
    fn a_store_that_the_server_cannot_read_names_what_it_needs() {
        let error = StoreError::ServerFailed { address: "a".into(), status: 500, message: "no credentials".into() };
        let finding = judged(&place_of("s3://models/x"), Err(error));
        assert_eq!(finding.status, super::super::CheckStatus::Bad);
        assert!(finding.remedy.is_some_and(|remedy| remedy.contains("AWS_ACCESS_KEY_ID")));
    }
}
