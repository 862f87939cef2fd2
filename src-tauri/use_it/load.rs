//! Python that loads the version: as MLflow loads any model, and as what it is.

use super::{UsedVersion, quote};

/// Flavors that MLflow loads with a module of their name.
const LOADED_BY_NAME: &[&str] = &[
    "catboost",
    "diviner",
    "dspy",
    "fastai",
    "h2o",
    "keras",
    "langchain",
    "lightgbm",
    "llama_index",
    "onnx",
    "openai",
    "paddle",
    "pmdarima",
    "prophet",
    "pytorch",
    "sentence_transformers",
    "sklearn",
    "spacy",
    "spark",
    "statsmodels",
    "tensorflow",
    "transformers",
    "xgboost",
];

pub fn text(used: &UsedVersion) -> String {
    let uri = quote::text(&used.uri());
    let flavor = used.flavors.iter().find_map(|flavor| LOADED_BY_NAME.iter().find(|known| *known == flavor));
    let (mut imports, data) = used.request.python();
    imports.push("import mlflow");
    imports.sort_unstable();
    let mut text = String::new();
    for (name, value) in used.server.variables() {
        if name != "MLFLOW_TRACKING_URI" {
            text += &format!("os.environ[{}] = {}\n", quote::text(name), quote::text(value));
        }
    }
    let mut first = String::new();
    if !text.is_empty() {
        first += "import os\n\n";
    }
    first += &(imports.join("\n") + "\n");
    if let Some(flavor) = flavor {
        first += &format!("import mlflow.{flavor}\n");
    }
    for name in used.server.secrets() {
        text += &format!("# {name} is read from the environment.\n");
    }
    let (_, address) = used.server.variables().remove(0);
    text += &format!("mlflow.set_tracking_uri({})\n\n", quote::text(address));
    text += &format!("# {}.\n", used.called());
    text += &format!("model = mlflow.pyfunc.load_model({uri})\n\n{data}print(model.predict(data))\n");
    if let Some(flavor) = flavor {
        text +=
            &format!("\n# The same with all that {flavor} knows of it.\nnative = mlflow.{flavor}.load_model({uri})\n");
    }
    format!("{first}\n{text}")
}
