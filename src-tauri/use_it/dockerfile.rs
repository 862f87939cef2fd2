//! An image with the files of the version in it, so that a container needs neither the tracking server nor a secret.

use super::{UsedVersion, quote};

/// Where a model without a word on its Python is likely to run.
const PYTHON: &str = "3.11";

pub fn text(used: &UsedVersion) -> String {
    let python = used.python.as_deref().filter(|version| is_version(version)).unwrap_or(PYTHON);
    let mlflow = match used.mlflow.as_deref().filter(|version| is_version(version)) {
        Some(version) => format!("mlflow=={version}"),
        None => "mlflow".to_owned(),
    };
    let requirements = match used.requires_mlflow {
        Some(true) => "-r /opt/model/requirements.txt".to_owned(),
        _ => format!("{mlflow} -r /opt/model/requirements.txt"),
    };
    format!(
        "# The files of the model are in the folder `model` beside this file: the commands for Docker put them there.\n\
         FROM python:{python}-slim\n\n\
         LABEL org.opencontainers.image.title={} \\\n      org.opencontainers.image.version={}\n\n\
         ENV PYTHONUNBUFFERED=1\n\
         # Some models use OpenMP.\n\
         RUN apt-get update \\\n && apt-get install --yes --no-install-recommends libgomp1 \\\n \
         && rm -rf /var/lib/apt/lists/*\n\n\
         COPY model/requirements.txt /opt/model/requirements.txt\n\
         RUN pip install --no-cache-dir {requirements}\n\
         COPY model /opt/model\n\n\
         RUN useradd --create-home --uid 10001 serving\n\
         USER 10001\n\
         EXPOSE 8080\n\
         HEALTHCHECK --start-period=60s CMD [\"python\", \"-c\", \
         \"import urllib.request as r; r.urlopen('http://127.0.0.1:8080/ping')\"]\n\
         CMD [\"mlflow\", \"models\", \"serve\", \"--model-uri\", \"/opt/model\", \"--host\", \"0.0.0.0\", \
         \"--port\", \"8080\", \"--env-manager\", \"local\"]\n",
        quote::label(&used.model),
        quote::label(&used.version),
    )
}

/// Digits and dots: nothing else may stand after `FROM` and `pip install`.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::super::tests::used;
    use super::*;

    #[test]
    fn an_image_has_the_python_and_packages_of_the_model_and_nothing_that_a_file_slipped_in() {
        let known = text(&used("churn", None));
        assert!(
            known.contains("FROM python:3.11.7-slim\n") && known.contains("pip install --no-cache-dir -r"),
            "{known}"
        );
        let other = UsedVersion {
            python: Some("3.11\nRUN evil".to_owned()),
            mlflow: Some("3.17.2; evil".to_owned()),
            requires_mlflow: None,
            ..used("a\"\nRUN evil $HOME", None)
        };
        let text = text(&other);
        assert!(text.contains("FROM python:3.11-slim\n") && text.contains("--no-cache-dir mlflow -r"), "{text}");
        assert!(text.contains(r#"title="a\" RUN evil \$HOME""#), "{text}");
    }
}
