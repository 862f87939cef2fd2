//! Where a version says that it came from. Pure.

use serde::Serialize;
use specta::Type;

use crate::entities::ModelVersion;

/// What the source of a version names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum VersionOrigin {
    LoggedModel {
        model_id: String,
    },
    /// A folder of a run.
    Run {
        run_id: String,
        path: String,
    },
    /// A version of a registered model: this one is a copy of it.
    Version {
        model: String,
        version: String,
    },
    /// The version of a registered model that an alias was on when this one was made.
    Alias {
        model: String,
        alias: String,
    },
    /// An address of files.
    Files {
        uri: String,
    },
    /// The server says nothing.
    NotKnown,
}

impl VersionOrigin {
    pub fn of(version: &ModelVersion) -> Self {
        let source = version.source.trim();
        if let Some(rest) = source.strip_prefix("models:/") {
            let rest = rest.trim_start_matches('/');
            if let Some((model, number)) = rest.rsplit_once('/')
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
            {
                return Self::Version { model: model.to_owned(), version: number.to_owned() };
            }
            if let Some((model, alias)) = rest.rsplit_once('@')
                && !model.is_empty()
            {
                return Self::Alias { model: model.to_owned(), alias: alias.to_owned() };
            }
        }
        if let Some(model_id) = ModelVersion::model_id_of(source) {
            return Self::LoggedModel { model_id };
        }
        if let Some((run_id, path)) = source.strip_prefix("runs:/").and_then(|rest| rest.split_once('/')) {
            return Self::Run { run_id: run_id.to_owned(), path: path.to_owned() };
        }
        if let Some(run_id) = &version.run_id
            && let Some((_, path)) = source.split_once(&format!("/{run_id}/artifacts/"))
        {
            return Self::Run { run_id: run_id.clone(), path: path.to_owned() };
        }
        match source {
            "" => Self::NotKnown,
            uri => Self::Files { uri: uri.to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::side::tests::version;
    use super::*;

    #[test]
    fn each_kind_of_source_is_told_apart() {
        let of = |source: &str| {
            VersionOrigin::of(&ModelVersion {
                source: source.into(),
                run_id: Some("r1".into()),
                ..version("1", "READY")
            })
        };
        let run = |run_id: &str, path: &str| VersionOrigin::Run { run_id: run_id.into(), path: path.into() };
        assert_eq!(of("models:/m-1"), VersionOrigin::LoggedModel { model_id: "m-1".into() });
        assert_eq!(
            of("mlflow-artifacts:/1/models/m-1/artifacts"),
            VersionOrigin::LoggedModel { model_id: "m-1".into() }
        );
        assert_eq!(
            of("models:/dev/churn/3"),
            VersionOrigin::Version { model: "dev/churn".into(), version: "3".into() }
        );
        assert_eq!(
            of("models:/churn@champion"),
            VersionOrigin::Alias { model: "churn".into(), alias: "champion".into() }
        );
        assert_eq!(of("runs:/r2/a/model"), run("r2", "a/model"));
        assert_eq!(of("s3://b/1/r1/artifacts/model"), run("r1", "model"));
        assert_eq!(of("s3://elsewhere"), VersionOrigin::Files { uri: "s3://elsewhere".into() });
        assert_eq!(of(" "), VersionOrigin::NotKnown);
    }
}
