//! What an `MLmodel` file says of a model besides its signature. MLflow writes it as plain YAML, a key a line. Pure.

use serde::Serialize;
use specta::Type;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MlModel {
    /// How it can be loaded, such as `python_function` and `sklearn`.
    pub flavors: Vec<String>,
    /// The Python that it was logged with.
    pub python: Option<String>,
    /// The MLflow that it was logged with.
    pub mlflow: Option<String>,
    /// It has an example of a request beside it.
    pub has_request: bool,
}

/// Reads what is there; all may be missing.
pub fn ml_model(text: &str) -> MlModel {
    let mut model = MlModel::default();
    let mut part = "";
    for line in text.lines() {
        let content = line.trim_start();
        let Some((key, value)) = content.split_once(':') else { continue };
        let value = Some(value.trim().trim_matches(['\'', '"'])).filter(|value| !matches!(*value, "" | "null"));
        match (line.len() - content.len(), part) {
            (0, _) => {
                part = key;
                if key == "mlflow_version" {
                    model.mlflow = value.map(str::to_owned);
                }
            }
            (2, "flavors") => model.flavors.push(key.trim_matches(['\'', '"']).to_owned()),
            (4, "flavors") if key == "python_version" => model.python = value.map(str::to_owned),
            (2, "saved_input_example_info") if key == "serving_input_path" => model.has_request = value.is_some(),
            _ => {}
        }
    }
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flavors_versions_and_the_example_are_found() {
        let text = "artifact_path: model\nflavors:\n  python_function:\n    env:\n      conda: conda.yaml\n    python_version: 3.11.7\n  \
                    sklearn:\n    code: null\nmlflow_version: 3.17.2\nsaved_input_example_info:\n  artifact_path: a.json\n  \
                    serving_input_path: serving_input_example.json\nsignature:\n  inputs: '[{\"type\": \"double\"}]'\n";
        let expected = MlModel {
            flavors: vec!["python_function".to_owned(), "sklearn".to_owned()],
            python: Some("3.11.7".to_owned()),
            mlflow: Some("3.17.2".to_owned()),
            has_request: true,
        };
        assert_eq!(ml_model(text), expected);
        assert_eq!(ml_model(""), MlModel::default());
        assert_eq!(ml_model("flavors: {}\nmlflow_version: null\n"), MlModel::default());
    }
}
